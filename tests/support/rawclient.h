// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QElapsedTimer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

namespace Atom::Test {

//! \brief One response, split as it came.
struct RawResponse
{
    int status = 0;
    QByteArray head;
    QByteArray body;
    QByteArray header(const QByteArray &name) const
    {
        for (const QByteArray &line : head.split('\n')) {
            const qsizetype colon = line.indexOf(':');
            if (colon > 0 && line.first(colon).compare(name, Qt::CaseInsensitive) == 0)
                return line.mid(colon + 1).trimmed();
        }
        return {};
    }
};

//! \brief A client that sends bytes as they are and turns the event loop while it waits.
class RawClient
{
public:
    explicit RawClient(quint16 port)
    {
        m_socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
        (void)QTest::qWaitFor([this] { return m_socket.state() == QAbstractSocket::ConnectedState; }, 5'000);
    }
    void send(const QByteArray &bytes)
    {
        m_socket.write(bytes);
        m_socket.flush();
    }
    //! \brief The next response, by its Content-Length; status 0 when none came.
    RawResponse next(bool hasBody = true)
    {
        RawResponse response;
        (void)QTest::qWaitFor(
            [&] {
                m_data += m_socket.readAll();
                return take(response, hasBody) || (isClosed() && m_socket.bytesAvailable() == 0);
            },
            10'000);
        m_data += m_socket.readAll();
        if (response.status == 0)
            take(response, hasBody);
        return response;
    }
    bool waitClosed()
    {
        return QTest::qWaitFor(
            [this] {
                m_data += m_socket.readAll();
                return isClosed();
            },
            10'000);
    }
    bool isClosed() const { return m_socket.state() == QAbstractSocket::UnconnectedState; }
    QByteArray rest() const { return m_data; }
    QTcpSocket &socket() { return m_socket; }

private:
    bool take(RawResponse &response, bool hasBody)
    {
        const qsizetype end = m_data.indexOf("\r\n\r\n");
        if (end < 0)
            return false;
        RawResponse found;
        found.head = m_data.first(end);
        found.status = found.head.mid(9, 3).toInt();
        const qsizetype length = hasBody && found.status >= 200 ? found.header("Content-Length").toLongLong() : 0;
        if (m_data.size() < end + 4 + length)
            return false;
        found.body = m_data.mid(end + 4, length);
        m_data.remove(0, end + 4 + length);
        response = found;
        return true;
    }
    QTcpSocket m_socket;
    QByteArray m_data;
};

} // namespace Atom::Test
