// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/transport.h"

#include <QtCore/QObject>
#include <QtNetwork/QTcpSocket>

namespace Atom::Net {

//! \brief A Transport over QTcpSocket (every platform) or QSslSocket (TLS). QTcpSocket knows no half-closed connection:
//! here a peer that ends its direction ends both.
class SocketTransport final : public QObject, public Transport
{
    Q_OBJECT
public:
    SocketTransport(std::unique_ptr<QTcpSocket> socket, std::shared_ptr<void> ticket);
    ~SocketTransport() override;

    void setEvents(Events *events) override;
    qint64 read(char *buffer, qint64 size) override;
    bool write(const QByteArray &bytes) override;
    qint64 backlog() const override;
    void setReadPaused(bool paused) override;
    void closeAfterFlush() override;
    void abort() override;
    QHostAddress peerAddress() const override { return m_peer; }
    quint16 peerPort() const override { return m_peerPort; }

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    void onReadyRead();
    void onBytesWritten();
    void onDisconnected();
    void notifyLater();
    void startLingering();
    void reportClosed();
    void release();

    // Deleted later: QTcpSocket does not survive its deletion inside its own signals.
    struct Later
    {
        void operator()(QTcpSocket *socket) const;
    };
    std::unique_ptr<QTcpSocket, Later> m_socket;
    std::shared_ptr<void> m_ticket;
    Events *m_events = nullptr;
    QHostAddress m_peer;
    quint16 m_peerPort;
    qint64 m_lastBacklog = 0;
    int m_timer = 0;
    int m_ticks = 0;
    int m_quietTicks = 0;
    bool m_paused = false;
    bool m_closing = false;
    bool m_reported = false;
    bool m_notifyQueued = false;
};

} // namespace Atom::Net
