// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

#include <functional>
#include <memory>
#include <optional>

namespace Atom::Test {

//! \brief A real HTTP/1.1 server on a free loopback port that records requests and answers by a function; one answer
//! per connection. An answer without bytes leaves the client waiting.
class FakeHttpService
{
public:
    struct Request
    {
        QByteArray method;
        QByteArray target;
        QHash<QByteArray, QByteArray> headers; //!< names in lower case
        QByteArray body;
    };
    using Answer = std::function<QByteArray(const Request &)>;

    explicit FakeHttpService(Answer answer, std::unique_ptr<QTcpServer> server = std::make_unique<QTcpServer>())
        : m_answer(std::move(answer)), m_server(std::move(server))
    {
        m_server->listen(QHostAddress::LocalHost);
        QObject::connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, m_server.get(), [this] {
            while (QTcpSocket *socket = m_server->nextPendingConnection()) {
                auto buffer = std::make_shared<QByteArray>();
                QObject::connect(socket, &QTcpSocket::readyRead, m_server.get(), [this, socket, buffer] {
                    *buffer += socket->readAll();
                    tryAnswer(socket, *buffer);
                });
                QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            }
        });
    }

    quint16 port() const { return m_server->serverPort(); }
    QByteArray hostPort() const { return "127.0.0.1:" + QByteArray::number(port()); }
    const QList<Request> &requests() const { return m_requests; }
    void setAnswer(Answer answer) { m_answer = std::move(answer); }

    static QByteArray response(int status, const QByteArray &body, const QByteArray &type = "application/json",
                               const QByteArray &moreHeaders = {})
    {
        return "HTTP/1.1 " + QByteArray::number(status) + " Status\r\nContent-Type: " + type +
               "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\nConnection: close\r\n" + moreHeaders +
               "\r\n" + body;
    }

    //! \brief The whole request at the beginning of `buffer`, which is then empty; nothing while it is not there.
    static std::optional<Request> takeRequest(QByteArray &buffer)
    {
        const qsizetype end = buffer.indexOf("\r\n\r\n");
        if (end < 0)
            return std::nullopt;
        Request request;
        const QList<QByteArray> lines = buffer.left(end).split('\n');
        const QList<QByteArray> first = lines.first().trimmed().split(' ');
        request.method = first.value(0);
        request.target = first.value(1);
        for (const QByteArray &line : lines.mid(1)) {
            const qsizetype colon = line.indexOf(':');
            request.headers.insert(line.left(colon).toLower(), line.mid(colon + 1).trimmed());
        }
        const qsizetype length = request.headers.value("content-length").toLongLong();
        if (buffer.size() < end + 4 + length)
            return std::nullopt;
        request.body = buffer.mid(end + 4, length);
        buffer.clear();
        return request;
    }

private:
    void tryAnswer(QTcpSocket *socket, QByteArray &buffer)
    {
        const std::optional<Request> taken = takeRequest(buffer);
        if (!taken)
            return;
        const Request request = *taken;
        m_requests.append(request);
        const QByteArray answer = m_answer(request);
        if (answer.isEmpty())
            return;
        socket->write(answer);
        socket->disconnectFromHost();
    }

    Answer m_answer;
    QList<Request> m_requests;
    std::unique_ptr<QTcpServer> m_server;
};

} // namespace Atom::Test
