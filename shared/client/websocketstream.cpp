// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The real FrameStream: one QWebSocket per connection.
#include "shared/client/realtimeclient.h"

#include <QtCore/QTimer>
#include <QtWebSockets/QWebSocket>

namespace Atom::Client
{

namespace
{
// A page of 200 events of 32 KB each, with room for escapes; Qt's own default is 2 GB.
constexpr quint64 incomingLimitBytes = 32 * 1024 * 1024;
constexpr int abnormalClosure = 1006; // RFC 6455 section 7.4.1: no close frame was seen
constexpr milliseconds closeTimeout{5'000};

class WebSocketStream final : public FrameStream
{
public:
    WebSocketStream()
    {
        m_socket.setMaxAllowedIncomingFrameSize(incomingLimitBytes);
        m_socket.setMaxAllowedIncomingMessageSize(incomingLimitBytes);
        connect(&m_socket, &QWebSocket::connected, this, &FrameStream::opened);
        connect(&m_socket, &QWebSocket::textMessageReceived, this,
                [this](const QString &text) { Q_EMIT received(text.toUtf8()); });
        connect(&m_socket, &QWebSocket::disconnected, this, &WebSocketStream::finish);
        // A failed opening has no disconnected(); only the state tells in every case.
        connect(&m_socket, &QWebSocket::stateChanged, this, [this](QAbstractSocket::SocketState state) {
            if (state == QAbstractSocket::UnconnectedState)
                finishSoon();
        });
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
        connect(&m_socket, &QWebSocket::errorOccurred, this, &WebSocketStream::finishSoon);
#else
        connect(&m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
                &WebSocketStream::finishSoon);
#endif
        m_closing.setSingleShot(true);
        // QWebSocket waits for ever for a peer that does not read.
        connect(&m_closing, &QTimer::timeout, this, [this] {
            m_socket.abort();
            finish();
        });
    }

    void open(const QUrl &url) override
    {
        m_open = true;
        m_socket.open(url);
    }
    void send(const QByteArray &text) override { m_socket.sendTextMessage(QString::fromUtf8(text)); }
    void close() override
    {
        if (!m_open)
            return;
        m_closing.start(closeTimeout);
        if (m_socket.state() == QAbstractSocket::ConnectedState) {
            m_socket.close();
        } else {
            m_socket.abort();
            finishSoon();
        }
    }

private:
    // QWebSocket reports an error before it has settled its state, close code and reason.
    void finishSoon()
    {
        QMetaObject::invokeMethod(
            this,
            [this] {
                if (m_socket.state() == QAbstractSocket::UnconnectedState)
                    finish();
                else if (m_socket.state() == QAbstractSocket::ConnectingState) // refused by an HTTP status
                    m_socket.abort();
            },
            Qt::QueuedConnection);
    }
    void finish()
    {
        if (!std::exchange(m_open, false))
            return;
        m_closing.stop();
        const bool byPeer = !m_socket.closeReason().isEmpty()
            || m_socket.closeCode() != QWebSocketProtocol::CloseCodeNormal
            || m_socket.error() == QAbstractSocket::UnknownSocketError;
        Q_EMIT closed(byPeer ? int(m_socket.closeCode()) : abnormalClosure,
                      byPeer ? m_socket.closeReason() : m_socket.errorString());
    }

    QWebSocket m_socket;
    QTimer m_closing;
    bool m_open = false;
};
} // namespace

std::unique_ptr<FrameStream> makeWebSocketStream()
{
    return std::make_unique<WebSocketStream>();
}

} // namespace Atom::Client
