// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QPointer>
#include <QtCore/QUrl>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketServer>

#include <functional>

namespace Atom::Test {

//! \brief A server with canned answers on a free loopback port: REST by a table, and on the same port a WebSocket that
//! speaks hello, welcome, subscribe and topic. It can be lost and come back at the same port. Same thread as the test.
class FakeServer : public QObject
{
    Q_OBJECT
public:
    struct Reply
    {
        int status = 200;
        QJsonObject body;
        QByteArray headers; //!< whole lines, each with CR LF
    };
    using Answer = std::function<Reply(const QJsonObject &body)>;

    FakeServer() : m_webSockets(QStringLiteral("fake"), QWebSocketServer::NonSecureMode)
    {
        connect(&m_tcp, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_tcp.nextPendingConnection())
                serve(socket);
        });
        connect(&m_webSockets, &QWebSocketServer::newConnection, this, [this] {
            while (QWebSocket *socket = m_webSockets.nextPendingConnection())
                talk(socket);
        });
        start();
    }
    ~FakeServer() override { stop(); }

    void start()
    {
        if (!m_tcp.listen(QHostAddress::LocalHost, m_port))
            qFatal("cannot listen on loopback");
        m_port = m_tcp.serverPort();
    }
    //! \brief Refuses new connections and cuts the present ones.
    void stop()
    {
        m_tcp.close();
        for (const QPointer<QObject> &socket : std::exchange(m_sockets, {})) {
            if (auto *ws = qobject_cast<QWebSocket *>(socket))
                ws->abort();
            else if (auto *tcp = qobject_cast<QTcpSocket *>(socket))
                tcp->abort();
        }
        m_subscribers.clear();
    }
    QUrl url() const { return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(m_port)); }

    //! \brief `what`: method and path without query, "GET /api/v1/rooms".
    void answer(const QByteArray &what, Answer how) { m_answers.insert(what, std::move(how)); }
    void answer(const QByteArray &what, const QJsonObject &body)
    {
        answer(what, [body](const QJsonObject &) { return Reply{200, body, {}}; });
    }
    void answerItems(const QByteArray &what, const QJsonArray &items)
    {
        const QJsonObject list{{QStringLiteral("items"), items}};
        answer(what, list);
    }
    static Reply problem(int status, const QString &code, const QByteArray &headers = {})
    {
        const QJsonObject body{{QStringLiteral("status"), status},
                               {QStringLiteral("code"), code},
                               {QStringLiteral("detail"), QStringLiteral("as the test wants it")}};
        return Reply{status, body, headers};
    }
    void publish(const QByteArray &topic, const QJsonObject &data)
    {
        const QJsonObject frame{{QStringLiteral("type"), QStringLiteral("topic")},
                                {QStringLiteral("topic"), QString::fromLatin1(topic)},
                                {QStringLiteral("data"), data}};
        for (const QPointer<QWebSocket> &socket : m_subscribers.value(topic)) {
            if (socket)
                send(socket, frame);
        }
    }
    int subscribers(const QByteArray &topic) const { return int(m_subscribers.value(topic).size()); }
    //! \brief "METHOD /path" of every request, in order.
    const QList<QByteArray> &requests() const { return m_requests; }

private:
    static void send(QWebSocket *socket, const QJsonObject &frame)
    {
        socket->sendTextMessage(QString::fromUtf8(QJsonDocument(frame).toJson(QJsonDocument::Compact)));
    }

    void serve(QTcpSocket *socket)
    {
        m_sockets.append(socket);
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
    }

    void read(QTcpSocket *socket)
    {
        const QByteArray seen = socket->peek(1 << 20);
        const qsizetype end = seen.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        const QByteArray head = seen.left(end).toLower();
        if (head.contains("upgrade: websocket")) {
            socket->disconnect(this);
            m_webSockets.handleConnection(socket);
            // The request is in the buffer already and no further readyRead would tell of it.
            QMetaObject::invokeMethod(socket, "readyRead", Qt::QueuedConnection);
            return;
        }
        qsizetype length = 0;
        for (const QByteArray &line : head.split('\n')) {
            if (line.startsWith("content-length:"))
                length = line.mid(15).trimmed().toLongLong();
        }
        if (seen.size() < end + 4 + length)
            return;
        socket->read(end + 4 + length);
        const QList<QByteArray> words = seen.left(seen.indexOf('\r')).split(' ');
        const QByteArray path = words.value(1).split('?').first();
        const QByteArray what = words.value(0) + ' ' + path;
        m_requests.append(what);
        const QJsonObject body = QJsonDocument::fromJson(seen.mid(end + 4, length)).object();
        const Answer how = m_answers.value(what);
        const Reply reply = how ? how(body) : problem(404, QStringLiteral("not_found"));
        const QByteArray text = QJsonDocument(reply.body).toJson(QJsonDocument::Compact);
        socket->write("HTTP/1.1 " + QByteArray::number(reply.status) + " x\r\nContent-Type: application/json\r\n" +
                      reply.headers + "Content-Length: " + QByteArray::number(text.size()) + "\r\n\r\n" + text);
    }

    void talk(QWebSocket *socket)
    {
        m_sockets.append(socket);
        connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QWebSocket::textMessageReceived, this, [this, socket](const QString &text) {
            const QJsonObject frame = QJsonDocument::fromJson(text.toUtf8()).object();
            const QString type = frame.value(QStringLiteral("type")).toString();
            if (type == QStringLiteral("hello")) {
                const QJsonObject user{{QStringLiteral("id"), QStringLiteral("ada")}};
                const QJsonObject welcome{{QStringLiteral("type"), QStringLiteral("welcome")},
                                          {QStringLiteral("user"), user},
                                          {QStringLiteral("rooms"), QJsonArray()}};
                send(socket, welcome);
            } else if (type == QStringLiteral("subscribe")) {
                m_subscribers[frame.value(QStringLiteral("topic")).toString().toLatin1()].append(socket);
            } else if (type == QStringLiteral("ping")) {
                const QJsonObject pong{{QStringLiteral("type"), QStringLiteral("pong")}};
                send(socket, pong);
            }
        });
    }

    QTcpServer m_tcp;
    QWebSocketServer m_webSockets;
    quint16 m_port = 0;
    QHash<QByteArray, Answer> m_answers;
    QHash<QByteArray, QList<QPointer<QWebSocket>>> m_subscribers;
    QList<QPointer<QObject>> m_sockets;
    QList<QByteArray> m_requests;
};

} // namespace Atom::Test
