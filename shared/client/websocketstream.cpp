// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The real FrameStream: one QWebSocket per connection.
#include "shared/client/realtimeclient.h"

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWebSockets/QWebSocket>

namespace Atom::Client {

namespace {
// A page of 200 events of 32 KB each, with room for escapes; Qt's own default is 2 GB.
constexpr quint64 incomingLimitBytes = 32 * 1024 * 1024;
constexpr int abnormalClosure = 1006; // RFC 6455 section 7.4.1: no close frame was seen
constexpr milliseconds closeTimeout{5'000};

class WebSocketStream final : public FrameStream
{
public:
    WebSocketStream()
    {
        m_closing.setSingleShot(true);
        // QWebSocket waits for ever for a peer that does not read.
        connect(&m_closing, &QTimer::timeout, this, [this] {
            m_socket->abort();
            finish();
        });
    }

    ~WebSocketStream() override
    {
        if (m_socket)
            m_socket->disconnect(this); // it tells of its end when it is destroyed, after the timer
    }
    Q_DISABLE_COPY_MOVE(WebSocketStream)

    void open(const QUrl &url) override
    {
        // A socket for each opening: one that was closed does not connect again (Qt 6.4).
        if (m_socket) {
            m_socket->disconnect(this);
            m_socket.release()->deleteLater();
        }
        m_socket = std::make_unique<QWebSocket>();
        m_socket->setMaxAllowedIncomingFrameSize(incomingLimitBytes);
        m_socket->setMaxAllowedIncomingMessageSize(incomingLimitBytes);
        m_isOpen = true;
        m_isConnected = false;
        connect(m_socket.get(), &QWebSocket::connected, this, [this] {
            m_isConnected = true;
            Q_EMIT opened();
        });
        connect(m_socket.get(), &QWebSocket::textMessageReceived, this,
                [this](const QString &text) { Q_EMIT received(text.toUtf8()); });
        connect(m_socket.get(), &QWebSocket::disconnected, this, &WebSocketStream::finish);
        // A failed opening has no disconnected(); only the state tells in every case.
        connect(m_socket.get(), &QWebSocket::stateChanged, this, [this](QAbstractSocket::SocketState state) {
            if (state == QAbstractSocket::UnconnectedState)
                finishSoon();
        });
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
        connect(m_socket.get(), &QWebSocket::errorOccurred, this, &WebSocketStream::finishSoon);
#else
        connect(m_socket.get(), qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
                &WebSocketStream::finishSoon);
#endif
        m_socket->open(url);
    }
    void send(const QByteArray &text) override
    {
        if (m_isConnected)
            m_socket->sendTextMessage(QString::fromUtf8(text));
    }
    void close() override
    {
        if (!m_isOpen)
            return;
        m_closing.start(closeTimeout);
        if (m_isConnected) {
            m_socket->close();
        } else {
            m_socket->abort();
            finishSoon();
        }
    }

private:
    // QWebSocket reports an error before it has settled its state, close code and reason.
    void finishSoon()
    {
        QMetaObject::invokeMethod(
            this,
            [this, which = QPointer<QWebSocket>(m_socket.get())] {
                if (!which || which != m_socket.get())
                    return;
                if (!m_isConnected) // refused, also by an HTTP status, after which the connection may stay open
                    m_socket->abort();
                if (m_socket->state() == QAbstractSocket::UnconnectedState)
                    finish();
            },
            Qt::QueuedConnection);
    }
    void finish()
    {
        if (!std::exchange(m_isOpen, false))
            return;
        m_closing.stop();
        // Qt 6.4 does not know 1012 (restart) and reports it as 1002; `goodbye` came before it anyway.
        // Without a close frame QWebSocket leaves its default, 1000 without a reason, and names an error.
        const bool said = m_isConnected && (m_socket->closeCode() != QWebSocketProtocol::CloseCodeNormal ||
                                            !m_socket->closeReason().isEmpty());
        m_isConnected = false;
        if (said)
            Q_EMIT closed(int(m_socket->closeCode()), m_socket->closeReason());
        else
            Q_EMIT closed(abnormalClosure, m_socket->errorString());
    }

    std::unique_ptr<QWebSocket> m_socket;
    QTimer m_closing;
    bool m_isOpen = false;
    bool m_isConnected = false;
};
} // namespace

std::unique_ptr<FrameStream> makeWebSocketStream()
{
    return std::make_unique<WebSocketStream>();
}

} // namespace Atom::Client
