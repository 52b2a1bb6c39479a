// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/sockettransport.h"

#include <QtCore/QPointer>
#include <QtCore/QTimerEvent>

#ifdef Q_OS_WIN
#include <winsock2.h>
#else
#include <sys/socket.h>
#endif

namespace Atom::Net {

namespace {
constexpr int tickMillis = 1'000;
constexpr int flushTicks = 60;      //!< in all
constexpr int flushQuietTicks = 10; //!< without progress
constexpr int lingerTicks = 10;
constexpr int lingerQuietTicks = 2;
constexpr qint64 readAheadBytes = 64 * 1024; //!< QTcpSocket reads by itself; this is where it stops

void shutdownSending(qintptr descriptor)
{
#ifdef Q_OS_WIN
    ::shutdown(SOCKET(descriptor), SD_SEND);
#else
    ::shutdown(int(descriptor), SHUT_WR);
#endif
}
} // namespace

void SocketTransport::Later::operator()(QTcpSocket *socket) const
{
    socket->disconnect();
    socket->abort();
    socket->deleteLater();
}

SocketTransport::SocketTransport(std::unique_ptr<QTcpSocket> socket, std::shared_ptr<void> ticket)
    : m_socket(socket.release()), m_ticket(std::move(ticket)), m_peer(m_socket->peerAddress()),
      m_peerPort(m_socket->peerPort())
{
    bool isV4 = false;
    const quint32 v4 = m_peer.toIPv4Address(&isV4);
    if (isV4)
        m_peer = QHostAddress(v4);
    m_socket->setReadBufferSize(readAheadBytes);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(m_socket.get(), &QTcpSocket::readyRead, this, &SocketTransport::onReadyRead);
    connect(m_socket.get(), &QTcpSocket::bytesWritten, this, &SocketTransport::onBytesWritten);
    connect(m_socket.get(), &QTcpSocket::disconnected, this, &SocketTransport::onDisconnected);
}

SocketTransport::~SocketTransport() = default;

void SocketTransport::setEvents(Events *events)
{
    m_events = events;
    if (events)
        notifyLater();
}

void SocketTransport::notifyLater()
{
    if (m_notifyQueued || !m_socket ||
        (m_socket->bytesAvailable() == 0 && m_socket->state() == QAbstractSocket::ConnectedState))
        return;
    m_notifyQueued = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_notifyQueued = false;
            if (m_socket && m_socket->bytesAvailable() > 0)
                onReadyRead();
            else if (m_socket && m_socket->state() != QAbstractSocket::ConnectedState)
                onDisconnected();
        },
        Qt::QueuedConnection);
}

qint64 SocketTransport::read(char *buffer, qint64 size)
{
    if (!m_socket || m_closing)
        return -1;
    const qint64 n = m_socket->read(buffer, size);
    if (n > 0)
        return n;
    return m_socket->state() == QAbstractSocket::ConnectedState ? 0 : -1;
}

bool SocketTransport::write(const QByteArray &bytes)
{
    if (!m_socket || m_closing || m_socket->state() != QAbstractSocket::ConnectedState)
        return false;
    if (bytes.isEmpty())
        return true;
    if (m_socket->write(bytes) != bytes.size())
        return false;
    m_socket->flush();
    m_lastBacklog = backlog();
    return true;
}

qint64 SocketTransport::backlog() const
{
    return m_socket ? m_socket->bytesToWrite() : 0;
}

void SocketTransport::setReadPaused(bool paused)
{
    m_paused = paused;
    if (!paused)
        notifyLater();
}

void SocketTransport::onReadyRead()
{
    if (m_closing) {
        m_quietTicks = 0;
        m_socket->skip(m_socket->bytesAvailable());
        return;
    }
    if (!m_events || m_paused)
        return;
    const QPointer self(this);
    m_events->onReadable();
    // readyRead() comes once for what lies in the buffer; our contract says until read() gave 0.
    if (self)
        notifyLater();
}

void SocketTransport::onBytesWritten()
{
    m_quietTicks = 0;
    if (backlog() != 0 || m_lastBacklog == 0)
        return;
    m_lastBacklog = 0;
    if (m_closing)
        startLingering();
    else if (m_events)
        m_events->onDrained();
}

void SocketTransport::onDisconnected()
{
    if (!m_closing && m_events && !m_paused && m_socket && m_socket->bytesAvailable() > 0) {
        const QPointer self(this);
        m_events->onReadable();
        if (!self)
            return;
    }
    reportClosed();
}

void SocketTransport::reportClosed()
{
    if (m_closing)
        release();
    if (m_reported || !m_events)
        return;
    m_reported = true;
    m_events->onClosed();
}

void SocketTransport::closeAfterFlush()
{
    if (m_closing)
        return;
    m_closing = true;
    m_reported = false; // the end of this is told in any case
    m_ticks = m_quietTicks = 0;
    if (m_socket && m_socket->state() == QAbstractSocket::ConnectedState) {
        m_socket->skip(m_socket->bytesAvailable());
        if (backlog() == 0)
            startLingering();
    }
    const bool over = !m_socket || m_socket->state() == QAbstractSocket::UnconnectedState;
    m_timer = startTimer(over ? 0 : tickMillis); // onClosed() never comes from inside a call
}

void SocketTransport::startLingering()
{
    m_ticks = m_quietTicks = 0;
    if (m_socket->inherits("QSslSocket"))
        m_socket->disconnectFromHost(); // TLS ends with its own alert
    else
        shutdownSending(m_socket->socketDescriptor()); // disconnectFromHost() would close both directions: a reset
}

void SocketTransport::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer)
        return;
    const bool over = !m_socket || m_socket->state() == QAbstractSocket::UnconnectedState;
    const bool flushing = !over && m_socket->bytesToWrite() > 0;
    ++m_ticks;
    ++m_quietTicks;
    if (!over && m_ticks < (flushing ? flushTicks : lingerTicks) &&
        m_quietTicks < (flushing ? flushQuietTicks : lingerQuietTicks))
        return;
    killTimer(m_timer);
    m_timer = 0;
    reportClosed();
}

void SocketTransport::release()
{
    if (m_timer != 0)
        killTimer(m_timer);
    m_timer = 0;
    m_socket.reset();
    m_ticket.reset();
}

void SocketTransport::abort()
{
    m_closing = m_reported = true;
    release();
}

} // namespace Atom::Net
