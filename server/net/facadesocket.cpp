// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/facadesocket.h"

#include <algorithm>
#include <cstring>

namespace Atom::Net {

FacadeSocket::FacadeSocket(const QHostAddress &peer, quint16 peerPort, QObject *parent) : QTcpSocket(parent)
{
    setPeerAddress(peer);
    setPeerPort(peerPort);
    setSocketState(QAbstractSocket::ConnectedState);
    open(QIODevice::ReadWrite | QIODevice::Unbuffered);
}

void FacadeSocket::feed(const QByteArray &bytes)
{
    m_input = m_input.isEmpty() ? bytes : m_input + bytes;
    Q_EMIT readyRead();
}

void FacadeSocket::setSink(std::function<void(QByteArrayView)> sink)
{
    m_sink = std::move(sink);
}

void FacadeSocket::closeFacade()
{
    m_sink = nullptr;
    m_input.clear();
    if (state() == QAbstractSocket::UnconnectedState)
        return;
    // Stays open as a device: Qt still peeks at a socket that it has just refused.
    setSocketState(QAbstractSocket::UnconnectedState);
    Q_EMIT disconnected();
}

qint64 FacadeSocket::bytesAvailable() const
{
    return m_input.size() + QIODevice::bytesAvailable();
}

bool FacadeSocket::canReadLine() const
{
    return m_input.contains('\n') || QIODevice::canReadLine();
}

qint64 FacadeSocket::readData(char *data, qint64 maxSize)
{
    const auto n = qsizetype(std::min<qint64>(maxSize, m_input.size()));
    if (n > 0) // memcpy from nothing is undefined, also for no bytes
        std::memcpy(data, m_input.constData(), size_t(n));
    if (n == m_input.size())
        m_input = {};
    else
        m_input.remove(0, n);
    return n;
}

qint64 FacadeSocket::readLineData(char *data, qint64 maxSize)
{
    const qsizetype end = m_input.indexOf('\n');
    return readData(data, end < 0 ? maxSize : std::min<qint64>(maxSize, end + 1));
}

qint64 FacadeSocket::writeData(const char *data, qint64 size)
{
    // A copy of the sink: what it causes may replace it or close this facade.
    if (const auto sink = m_sink)
        sink(QByteArrayView(data, size));
    return size;
}

} // namespace Atom::Net
