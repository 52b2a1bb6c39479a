// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/fakehttpservice.h"

#include <QtCore/QPointer>

namespace Atom::Test {

//! \brief A real HTTP/1.1 server on a free loopback port that answers when and how the test says: byte by byte, half,
//! or never. It keeps every connection until the client or the test closes it.
class PushService : public QTcpServer
{
    Q_OBJECT
public:
    using Request = FakeHttpService::Request;

    PushService()
    {
        if (!listen(QHostAddress::LocalHost))
            qFatal("cannot listen on loopback");
        connect(this, &QTcpServer::pendingConnectionAvailable, this, [this] {
            while (QTcpSocket *socket = nextPendingConnection())
                serve(socket);
        });
    }

    QString url(const QString &rest = QStringLiteral("/")) const
    {
        return QStringLiteral("http://127.0.0.1:%1%2").arg(serverPort()).arg(rest);
    }
    QString hostPort() const { return QStringLiteral("127.0.0.1:%1").arg(serverPort()); }
    const QList<Request> &requests() const { return m_requests; }
    int closedByClient() const { return m_closedByClient; }
    //! \brief The connection of the newest request; null once it is closed.
    QTcpSocket *socket() const { return m_socket; }

    static QByteArray chunk(const QByteArray &bytes)
    {
        return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n";
    }
    static QByteArray chunkedHead(int status = 200, const QByteArray &type = "text/event-stream",
                                  const QByteArray &more = {})
    {
        return "HTTP/1.1 " + QByteArray::number(status) + " Status\r\nContent-Type: " + type +
               "\r\nTransfer-Encoding: chunked\r\n" + more + "\r\n";
    }
    void send(const QByteArray &bytes)
    {
        if (!m_socket)
            qFatal("the connection is closed already");
        m_socket->write(bytes);
        m_socket->flush();
    }
    void startChunked(int status = 200) { send(chunkedHead(status)); }
    void sendChunk(const QByteArray &bytes) { send(chunk(bytes)); }
    void endChunked() { send("0\r\n\r\n"); }
    void cut() { m_socket->disconnectFromHost(); }

Q_SIGNALS:
    void requested(); //!< requests() has one more, socket() is its connection

private:
    void serve(QTcpSocket *socket)
    {
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
        connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
            m_closedByClient += socket->error() == QAbstractSocket::RemoteHostClosedError;
            socket->deleteLater();
            if (m_socket == socket)
                m_socket.clear();
        });
    }
    void read(QTcpSocket *socket)
    {
        QByteArray &buffer = m_buffers[socket];
        buffer += socket->readAll();
        const std::optional<Request> request = FakeHttpService::takeRequest(buffer);
        if (!request)
            return;
        m_buffers.remove(socket);
        m_requests.append(*request);
        m_socket = socket;
        Q_EMIT requested();
    }

    QHash<QTcpSocket *, QByteArray> m_buffers;
    QList<Request> m_requests;
    QPointer<QTcpSocket> m_socket;
    int m_closedByClient = 0;
};

} // namespace Atom::Test
