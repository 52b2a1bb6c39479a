// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The real FrameStream against a QWebSocketServer.
#include "shared/client/realtimeclient.h"

#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketServer>

using namespace Atom::Client;
using namespace Qt::StringLiterals;

class TestWebSocketStream : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<QWebSocketServer>(u"test"_s, QWebSocketServer::NonSecureMode);
        QVERIFY(m_server->listen(QHostAddress::LocalHost));
        m_stream = makeWebSocketStream();
        m_closed = std::make_unique<QSignalSpy>(m_stream.get(), &FrameStream::closed);
    }
    void cleanup()
    {
        m_closed.reset();
        m_stream.reset();
        m_server.reset();
    }
    void carriesTextBothWays();
    void reportsCloseCodeAndReason();
    void closesByItself();
    void reportsALostPeer();
    void reportsARefusedConnection();
    void reportsARefusedHandshake();
    void closingBeforeItOpened();
    void opensAgainAfterClosing();

private:
    QUrl url() const { return m_server->serverUrl(); }
    std::unique_ptr<QWebSocket> connectPeer()
    {
        QSignalSpy opened(m_stream.get(), &FrameStream::opened);
        m_stream->open(url());
        if (!QTest::qWaitFor([&] { return opened.size() == 1 && m_server->hasPendingConnections(); }))
            qFatal("no connection");
        return std::unique_ptr<QWebSocket>(m_server->nextPendingConnection());
    }
    std::unique_ptr<QWebSocketServer> m_server;
    std::unique_ptr<FrameStream> m_stream;
    std::unique_ptr<QSignalSpy> m_closed;
};

void TestWebSocketStream::carriesTextBothWays()
{
    const auto peer = connectPeer();
    QSignalSpy atPeer(peer.get(), &QWebSocket::textMessageReceived);
    QSignalSpy received(m_stream.get(), &FrameStream::received);
    m_stream->send("{\"type\":\"ping\",\"x\":\"\xc3\xa4\"}");
    QTRY_COMPARE(atPeer.size(), 1);
    QCOMPARE(atPeer[0][0].toString(), u"{\"type\":\"ping\",\"x\":\"\u00e4\"}"_s);
    const QString large(2'000'000, u'\u00e4');
    peer->sendTextMessage(large);
    QTRY_COMPARE(received.size(), 1);
    QCOMPARE(received[0][0].toByteArray(), large.toUtf8());
}

void TestWebSocketStream::reportsCloseCodeAndReason()
{
    const auto peer = connectPeer();
    peer->close(QWebSocketProtocol::CloseCode(4401), u"expired"_s);
    QTRY_COMPARE(m_closed->size(), 1);
    QCOMPARE(m_closed->at(0)[0].toInt(), 4401);
    QCOMPARE(m_closed->at(0)[1].toString(), u"expired"_s);
    QTest::qWait(50);
    QCOMPARE(m_closed->size(), 1);
}

void TestWebSocketStream::closesByItself()
{
    const auto peer = connectPeer();
    QSignalSpy gone(peer.get(), &QWebSocket::disconnected);
    m_stream->close();
    m_stream->close();
    QTRY_COMPARE(m_closed->size(), 1);
    QTRY_COMPARE(gone.size(), 1);
}

void TestWebSocketStream::reportsALostPeer()
{
    const auto peer = connectPeer();
    peer->abort();
    QTRY_COMPARE(m_closed->size(), 1);
    QCOMPARE(m_closed->at(0)[0].toInt(), 1006);
}

void TestWebSocketStream::reportsARefusedConnection()
{
    const QUrl gone = url();
    m_server->close();
    m_stream->open(gone);
    QTRY_COMPARE(m_closed->size(), 1);
    QCOMPARE(m_closed->at(0)[0].toInt(), 1006);
    QVERIFY(!m_closed->at(0)[1].toString().isEmpty());
}

void TestWebSocketStream::reportsARefusedHandshake()
{
    QTcpServer plain;
    QVERIFY(plain.listen(QHostAddress::LocalHost));
    connect(&plain, &QTcpServer::newConnection, this, [&plain] {
        QTcpSocket *socket = plain.nextPendingConnection();
        socket->write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"); // and it stays open
    });
    m_stream->open(QUrl(u"ws://127.0.0.1:%1/ws"_s.arg(plain.serverPort())));
    QTRY_COMPARE(m_closed->size(), 1);
    QCOMPARE(m_closed->at(0)[0].toInt(), 1006);
}

void TestWebSocketStream::closingBeforeItOpened()
{
    QTcpServer mute; // accepts, and never answers the handshake
    QVERIFY(mute.listen(QHostAddress::LocalHost));
    m_stream->open(QUrl(u"ws://127.0.0.1:%1/ws"_s.arg(mute.serverPort())));
    QTRY_VERIFY(mute.hasPendingConnections());
    m_stream->close();
    QTRY_COMPARE(m_closed->size(), 1);
}

void TestWebSocketStream::opensAgainAfterClosing()
{
    auto peer = connectPeer();
    m_stream->close();
    QTRY_COMPARE(m_closed->size(), 1);
    peer = connectPeer();
    peer->close(QWebSocketProtocol::CloseCodeGoingAway);
    QTRY_COMPARE(m_closed->size(), 2);
    QCOMPARE(m_closed->at(1)[0].toInt(), 1001);
}

QTEST_GUILESS_MAIN(TestWebSocketStream)
#include "tst_websocketstream.moc"
