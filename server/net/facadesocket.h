// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtNetwork/QTcpSocket>

#include <functional>

namespace Atom::Net {

//! \brief A QTcpSocket without a descriptor: shows Qt's servers exactly one validated request and collects what they
//! answer. It looks connected until closeFacade(). Main thread.
class FacadeSocket : public QTcpSocket
{
    Q_OBJECT
public:
    FacadeSocket(const QHostAddress &peer, quint16 peerPort, QObject *parent = nullptr);

    //! \brief Makes `bytes` readable and emits readyRead().
    void feed(const QByteArray &bytes);
    //! \brief Called with each piece that Qt writes.
    void setSink(std::function<void(QByteArrayView)> sink);
    //! \brief Ends the pretence: state Unconnected, disconnected() emitted.
    void closeFacade();

    qint64 bytesAvailable() const override;
    bool canReadLine() const override;
    bool isSequential() const override { return true; }

protected:
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 readLineData(char *data, qint64 maxSize) override;
    qint64 writeData(const char *data, qint64 size) override;

private:
    QByteArray m_input;
    std::function<void(QByteArrayView)> m_sink;
};

} // namespace Atom::Net
