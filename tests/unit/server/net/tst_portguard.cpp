// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "server/net/eventdispatcher.h"
#include "server/net/facadesocket.h"
#include "server/net/portguard.h"
#include "tests/support/fakeclock.h"
#include "tests/support/rawclient.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Atom;
using namespace Atom::Net;
using namespace Atom::Test;

namespace {
//! A long body of numbered bytes that breaks after `good`.
class Counted : public BodySource
{
public:
    explicit Counted(qint64 good) : m_good(good) {}
    static QByteArray bytesAt(qint64 from, qint64 count)
    {
        QByteArray bytes(count, Qt::Uninitialized);
        for (qint64 i = 0; i < count; ++i)
            bytes[i] = char('a' + (from + i) % 23);
        return bytes;
    }
    qint64 size() const override { return 20'000'000; }
    QByteArray read(qint64 limit) override
    {
        const qint64 count = std::min(limit, m_good - m_at);
        m_at += count;
        return bytesAt(m_at - count, count);
    }
    qint64 taken() const { return m_at; }

private:
    const qint64 m_good;
    qint64 m_at = 0;
};

//! Stands where a QHttpServer stands: takes the facades and answers by the path.
class Consumer : public QObject
{
public:
    explicit Consumer(PortGuard &guard)
    {
        connect(&guard, &QTcpServer::pendingConnectionAvailable, this, [this, &guard] {
            while (QTcpSocket *socket = guard.nextPendingConnection()) {
                ++facades;
                connect(socket, &QTcpSocket::readyRead, this, [this, socket] { onRequest(socket); });
                connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
                connect(socket, &QObject::destroyed, this, [this] { --facades; });
            }
        });
    }
    QList<QByteArray> requests;
    QList<ExchangeHandle> late;
    std::weak_ptr<Counted> source;
    int facades = 0;

private:
    void onRequest(QTcpSocket *socket)
    {
        const QByteArray request = socket->readAll();
        requests.append(request);
        const QByteArray path = request.split(' ').value(1);
        if (path == "/raw") {
            socket->write("HTTP/1.1 201 Created\r\nX-Raw: yes\r\nContent-Length: 3\r\n\r\nraw");
        } else if (path == "/nobody") {
            return;
        } else if (path == "/late") {
            late.append(PortGuard::currentExchange());
        } else if (path == "/evil") {
            PortGuard::currentExchange().finish(200, {{"X-Evil", "a\r\nSet-Cookie: b"}}, "x");
        } else if (path == "/streamed" || path == "/broken") {
            auto body = std::make_shared<Counted>(path == "/broken" ? 1'000'000 : 20'000'000);
            source = body;
            PortGuard::currentExchange().stream(200, {}, std::move(body));
        } else if (path == "/large") {
            PortGuard::currentExchange().finish(200, {}, QByteArray(20'000'000, 'L'));
        } else {
            const qsizetype end = request.indexOf("\r\n\r\n");
            PortGuard::currentExchange().finish(200, {{"X-Path", path}}, request.mid(end + 4));
        }
    }
};
const QByteArray host = "Host: localhost\r\n";
QByteArray get(const QByteArray &path, const QByteArray &headers = {})
{
    return "GET " + path + " HTTP/1.1\r\n" + host + headers + "\r\n";
}
} // namespace

class TestPortGuard : public QObject
{
    Q_OBJECT

    FakeClock m_clock;
    std::unique_ptr<MetricRegistry> m_metrics;
    std::unique_ptr<PortGuard> m_guard;
    std::unique_ptr<Consumer> m_consumer;
    quint16 m_port = 0;

    void open(GuardLimits limits = {})
    {
        m_consumer.reset();
        m_guard.reset();
        m_metrics = std::make_unique<MetricRegistry>();
        m_guard = std::make_unique<PortGuard>(limits, m_clock, *m_metrics);
        const auto port = m_guard->listenOn(QHostAddress(QHostAddress::LocalHost), 0);
        QVERIFY(port.isOk());
        m_port = *port;
        m_consumer = std::make_unique<Consumer>(*m_guard);
    }
    void waitForRequests(qsizetype n) { QTRY_COMPARE(m_consumer->requests.size(), n); }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        open();
    }
    void cleanup()
    {
        m_guard.reset();
        m_consumer.reset();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    void servesAndKeepsAlive()
    {
        RawClient client(m_port);
        for (int i = 0; i < 3; ++i) {
            client.send(get("/a?b=c"));
            const RawResponse response = client.next();
            QCOMPARE(response.status, 200);
            QCOMPARE(response.header("X-Path"), QByteArray("/a?b=c"));
            QVERIFY(response.header("Date").endsWith(" GMT"));
            QVERIFY(response.header("Connection").isEmpty());
        }
        QCOMPARE(m_consumer->facades, 1);
        QCOMPARE(m_guard->openConnections(), 1);
        QCOMPARE(m_metrics->gauge("atom_http_connections", {}).value(), 1);
        client.socket().disconnectFromHost();
        QTRY_COMPARE(m_guard->openConnections(), 0);
        QCOMPARE(m_metrics->gauge("atom_http_connections", {}).value(), 0);
        QTRY_COMPARE(m_consumer->facades, 0);
    }

    void chunkedArrivesWithALengthAndWithoutHopHeaders()
    {
        RawClient client(m_port);
        client.send(
            "POST /e HTTP/1.1\r\n" + host +
            "X-Keep: k\r\nConnection: x, Upgrade\r\nUpgrade: h2c\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n"
            "2\r\nab\r\n1;x=y\r\nc\r\n0\r\nX-Trailer: t\r\n\r\n");
        QCOMPARE(client.next().body, QByteArray("abc"));
        const QByteArray seen = m_consumer->requests.constFirst();
        QVERIFY(seen.contains("X-Keep: k\r\n"));
        QVERIFY(seen.contains("Content-Length: 3\r\n"));
        for (const char *gone : {"Connection", "Upgrade", "TE:", "Transfer-Encoding", "Trailer"})
            QVERIFY2(!seen.contains(gone), gone);
    }

    void pipelinedRequestsAreAnsweredInOrder()
    {
        RawClient client(m_port);
        QByteArray all;
        for (int i = 0; i < 500; ++i)
            all += i == 3 ? get("/late") : get("/n" + QByteArray::number(i));
        client.send(all);
        for (int i = 0; i < 3; ++i)
            QCOMPARE(client.next().header("X-Path"), "/n" + QByteArray::number(i));
        waitForRequests(4);
        QTest::qWait(5);
        QCOMPARE(m_consumer->requests.size(), 4); // the next ones wait
        QCOMPARE(m_guard->pendingRequests(), 1);
        QVERIFY(m_consumer->late.constFirst().finish(202, {}, "late"));
        QCOMPARE(client.next().body, QByteArray("late"));
        for (int i = 4; i < 500; ++i)
            QCOMPARE(client.next().header("X-Path"), "/n" + QByteArray::number(i));
        QCOMPARE(m_guard->pendingRequests(), 0);
    }

    void bytesAheadOfAnAnswerAreBounded()
    {
        RawClient client(m_port);
        client.send(get("/late"));
        waitForRequests(1);
        client.socket().write(QByteArray(30'000'000, 'x'));
        QTest::qWait(200);
        QVERIFY(client.socket().bytesToWrite() > 10'000'000); // stays with the client and the kernel
        m_consumer->late.constFirst().finish(200, {}, "ok");
        QCOMPARE(client.next().status, 200);
        QVERIFY(client.next().status >= 400);
    }

    void headHasNoBodyButItsLength()
    {
        RawClient client(m_port);
        client.send("HEAD /raw HTTP/1.1\r\n" + host + "\r\n" + get("/raw"));
        const RawResponse head = client.next(false);
        QCOMPARE(head.status, 201);
        QCOMPARE(head.header("Content-Length"), QByteArray("3"));
        const RawResponse whole = client.next();
        QCOMPARE(whole.header("X-Raw"), QByteArray("yes"));
        QCOMPARE(whole.body, QByteArray("raw"));
    }

    void oldAndClosingClientsAreLetGo()
    {
        RawClient old(m_port);
        old.send("GET /a HTTP/1.0\r\n\r\n");
        QCOMPARE(old.next().header("Connection"), QByteArray("close"));
        QVERIFY(old.waitClosed());
        RawClient closing(m_port);
        closing.send(get("/a", "Connection: close\r\n"));
        QCOMPARE(closing.next().header("Connection"), QByteArray("close"));
        QVERIFY(closing.waitClosed());
        RawClient keeping(m_port);
        keeping.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        QCOMPARE(keeping.next().header("Connection"), QByteArray("keep-alive"));
    }

    void aHalfClosedClientStillGetsItsAnswers()
    {
        RawClient client(m_port);
        client.send(get("/1") + get("/2"));
        ::shutdown(int(client.socket().socketDescriptor()), SHUT_WR);
        QCOMPARE(client.next().header("X-Path"), QByteArray("/1"));
        QCOMPARE(client.next().header("X-Path"), QByteArray("/2"));
        QVERIFY(client.waitClosed());
        QTRY_COMPARE(m_guard->openConnections(), 0);
    }

    void continuesWhenAskedTo()
    {
        RawClient client(m_port);
        client.send("POST /e HTTP/1.1\r\n" + host + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        QCOMPARE(client.next().status, 100);
        client.send("{}");
        QCOMPARE(client.next().body, QByteArray("{}"));
    }

    void refusesWithAProblemAndCloses()
    {
        RawClient client(m_port);
        client.send("GET /a HTTP/1.1\r\n\r\n");
        const RawResponse response = client.next();
        QCOMPARE(response.status, 400);
        QCOMPARE(response.header("Content-Type"), QByteArray("application/problem+json"));
        QCOMPARE(response.header("X-Request-Id").size(), 36);
        const QJsonObject problem = QJsonDocument::fromJson(response.body).object();
        QCOMPARE(problem.value(QLatin1String("status")).toInt(), 400);
        QCOMPARE(problem.value(QLatin1String("code")).toString(), QStringLiteral("malformed_request"));
        QVERIFY(!problem.value(QLatin1String("detail")).toString().isEmpty());
        QVERIFY(client.waitClosed());
        QCOMPARE(m_metrics->counter("atom_http_rejected_total", {}).value(), 1);
        QCOMPARE(m_consumer->requests.size(), 0);
    }

    void anUploadingClientSeesTheRefusal()
    {
        RawClient client(m_port);
        client.send("POST /e HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 40; ++i)
            client.send("10000\r\n" + QByteArray(65536, 'x') + "\r\n");
        QCOMPARE(client.next().status, 413);
        QVERIFY(client.waitClosed());
        QCOMPARE(client.socket().error(), QAbstractSocket::RemoteHostClosedError); // no reset
    }

    void deadlines_data()
    {
        QTest::addColumn<QByteArray>("sent");
        QTest::addColumn<int>("requests");
        QTest::addColumn<int>("afterMs");
        QTest::addColumn<int>("status"); // 0: closed without words
        QTest::newRow("silence") << QByteArray() << 0 << 10'000 << 0;
        QTest::newRow("head") << QByteArray("GET / HTTP/1.1\r\n") << 0 << 10'000 << 408;
        QTest::newRow("body") << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1") << 0 << 20'000
                              << 408;
        QTest::newRow("answer") << get("/late") << 1 << 65'000 << 503;
    }
    void deadlines()
    {
        QFETCH(int, requests);
        QFETCH(int, afterMs);
        QFETCH(int, status);
        QFETCH(QByteArray, sent);
        if (status == 503)
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("no answer in time")));
        RawClient client(m_port);
        QTRY_COMPARE(m_guard->openConnections(), 1);
        client.send(sent);
        waitForRequests(requests);
        QTest::qWait(20); // the bytes are in
        m_clock.advance(milliseconds(afterMs - 1'000));
        QTest::qWait(5);
        QVERIFY(!client.isClosed());
        m_clock.advance(milliseconds(2'000));
        if (status != 0)
            QCOMPARE(client.next().status, status);
        QVERIFY(client.waitClosed());
        QTRY_COMPARE(m_guard->openConnections(), 0);
        if (requests > 0) {
            QVERIFY(!m_consumer->late.constFirst().isAlive());
            QVERIFY(!m_consumer->late.constFirst().finish(200, {}, "too late"));
        }
        QCOMPARE(m_guard->pendingRequests(), 0);
    }

    void idleConnectionsAreLetGo()
    {
        RawClient client(m_port);
        client.send(get("/a"));
        QCOMPARE(client.next().status, 200);
        m_clock.advance(milliseconds(29'000));
        QTest::qWait(5);
        QVERIFY(!client.isClosed());
        m_clock.advance(milliseconds(2'000));
        QVERIFY(client.waitClosed());
        QVERIFY(client.rest().isEmpty());
    }

    void aClientThatDoesNotReadIsLeft()
    {
        RawClient client(m_port);
        client.socket().setReadBufferSize(1024);
        client.send(get("/large") + get("/a"));
        waitForRequests(1);
        QTest::qWait(50);
        QCOMPARE(m_consumer->requests.size(), 1); // not before the first answer is out
        m_clock.advance(milliseconds(31'000));    // what it read in between counts as progress, once
        m_clock.advance(milliseconds(31'000));
        QTRY_COMPARE(m_guard->openConnections(), 0);
    }

    void aSlowReaderGetsEverything()
    {
        RawClient client(m_port);
        client.send(get("/large") + get("/a"));
        QCOMPARE(client.next().body.size(), 20'000'000);
        QCOMPARE(client.next().header("X-Path"), QByteArray("/a"));
    }

    void longBodiesAreReadAsTheyAreTaken()
    {
        RawClient client(m_port);
        client.socket().setReadBufferSize(1024);
        client.send(get("/streamed") + get("/a"));
        waitForRequests(1);
        QTest::qWait(50);
        const auto source = m_consumer->source.lock();
        QVERIFY(source);
        QVERIFY2(source->taken() < 15'000'000, qPrintable(QString::number(source->taken()))); // what the kernel holds
        client.socket().setReadBufferSize(0);
        const RawResponse response = client.next();
        QVERIFY(response.body == Counted::bytesAt(0, 20'000'000));
        QCOMPARE(client.next().header("X-Path"), QByteArray("/a"));
        client.send("HEAD /streamed HTTP/1.1\r\n" + host + "\r\n");
        const RawResponse head = client.next(false);
        QCOMPARE(head.header("Content-Length"), QByteArray("20000000"));
        client.send(get("/streamed", "Connection: close\r\n"));
        QCOMPARE(client.next().body.size(), 20'000'000);
        QVERIFY(client.waitClosed());
    }

    void aLongBodyThatBreaksOffBreaksTheConnection()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("broke off")));
        RawClient client(m_port);
        client.send(get("/broken"));
        QVERIFY(client.waitClosed());
        QVERIFY(client.rest().size() < 20'000'000);
        QTRY_COMPARE(m_guard->openConnections(), 0);
    }

    void clientsThatLeaveWhileAnAnswerIsPendingHarmNobody()
    {
        for (int i = 0; i < 30; ++i) {
            auto client = std::make_unique<RawClient>(m_port);
            client->send(get("/late"));
            waitForRequests(i + 1);
            if (i % 2)
                client->socket().abort();
            client.reset();
        }
        QTest::qWait(20);
        for (const ExchangeHandle &handle : std::as_const(m_consumer->late)) {
            handle.finish(200, {{"X", "y"}}, "z");
            QVERIFY(!handle.isAlive());
            QVERIFY(!handle.finish(200, {}, "again"));
            QVERIFY(handle.head().method.isEmpty());
        }
        QTRY_COMPARE(m_guard->openConnections(), 0);
        QCOMPARE(m_guard->pendingRequests(), 0);
        RawClient client(m_port);
        client.send(get("/a"));
        QCOMPARE(client.next().status, 200);
    }

    void aHandleOutlivesTheGuard()
    {
        RawClient client(m_port);
        client.send(get("/late"));
        waitForRequests(1);
        const ExchangeHandle handle = m_consumer->late.constFirst();
        QVERIFY(handle.isAlive());
        QCOMPARE(handle.head().target, QByteArray("/late"));
        QCOMPARE(handle.peerPort(), client.socket().localPort());
        m_guard.reset();
        QVERIFY(!handle.isAlive());
        QVERIFY(!handle.finish(200, {}, {}));
    }

    void aRequestNobodyAnswersIsAnError()
    {
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(QStringLiteral("neither an answer nor an owner")));
        RawClient client(m_port);
        client.send(get("/nobody") + get("/a"));
        QCOMPARE(client.next().status, 500);
        QCOMPARE(client.next().status, 200);
    }

    void headersThatWouldSplitTheResponseAreWithheld()
    {
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(QStringLiteral("invalid status or header")));
        RawClient client(m_port);
        client.send(get("/evil"));
        const RawResponse response = client.next();
        QCOMPARE(response.status, 500);
        QVERIFY(!response.head.contains("Set-Cookie"));
    }

    void withoutAConsumerItIsNotReady()
    {
        m_consumer.reset();
        RawClient client(m_port);
        client.send(get("/a"));
        QCOMPARE(client.next().status, 503);
    }

    void upgradesAreHandedOverWithWhatFollowed()
    {
        std::optional<UpgradeRequest> upgrade;
        m_guard->setUpgradeHandler([&](UpgradeRequest request) { upgrade.emplace(std::move(request)); });
        RawClient client(m_port);
        const QByteArray head = "GET /ws/anna HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
        client.send("\r\n" + head + "frames");
        QTRY_VERIFY(upgrade);
        QCOMPARE(upgrade->rawHead, head);
        QCOMPARE(upgrade->leftover, QByteArray("frames"));
        QCOMPARE(upgrade->head.target, QByteArray("/ws/anna"));
        QCOMPARE(m_guard->openConnections(), 0);
        QVERIFY(upgrade->transport->write("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
        QCOMPARE(client.next().status, 101);
        QVERIFY(!client.isClosed());
        m_guard.reset(); // the transport does not need the guard any more
        upgrade.reset();
        QVERIFY(client.waitClosed());
    }

    void withoutAHandlerUpgradesAreRefused()
    {
        RawClient client(m_port);
        client.send("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        QCOMPARE(client.next().status, 501);
    }

    void connectionsAreBoundedWithUpgradedOnesCounted()
    {
        GuardLimits limits;
        limits.connections = 2;
        open(limits);
        std::vector<UpgradeRequest> upgrades;
        m_guard->setUpgradeHandler([&](UpgradeRequest request) { upgrades.push_back(std::move(request)); });
        RawClient one(m_port), two(m_port);
        one.send("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        two.send(get("/a"));
        QCOMPARE(two.next().status, 200);
        QTRY_COMPARE(upgrades.size(), size_t(1));
        RawClient three(m_port);
        const RawResponse refused = three.next();
        QCOMPARE(refused.status, 503);
        QVERIFY(!refused.header("Retry-After").isEmpty());
        QVERIFY(three.waitClosed());
        QTRY_COMPARE(m_guard->openConnections(), 1);
        upgrades.clear();
        RawClient four(m_port);
        four.send(get("/a"));
        QCOMPARE(four.next().status, 200);
    }

    void connectionsPerAddressAreBounded()
    {
        GuardLimits limits;
        limits.connectionsPerAddress = 1;
        open(limits);
        auto one = std::make_unique<RawClient>(m_port);
        RawClient two(m_port);
        QCOMPARE(two.next().status, 503);
        QVERIFY(two.waitClosed());
        one.reset();
        QTRY_COMPARE(m_guard->openConnections(), 0);
        RawClient three(m_port);
        three.send(get("/a"));
        QCOMPARE(three.next().status, 200);
    }

    void bodiesBeingReadAreBoundedTogether()
    {
        GuardLimits limits;
        limits.bufferedBodies = 10'000;
        open(limits);
        RawClient one(m_port), two(m_port);
        const QByteArray head = "POST /e HTTP/1.1\r\n" + host + "Content-Length: 8000\r\n\r\n";
        one.send(head + QByteArray(7'000, 'x'));
        QTest::qWait(20);
        two.send(head + QByteArray(7'000, 'x'));
        QCOMPARE(two.next().status, 503);
        one.send(QByteArray(1'000, 'x'));
        QCOMPARE(one.next().status, 200);
        RawClient three(m_port);
        three.send(head + QByteArray(8'000, 'x'));
        QCOMPARE(three.next().status, 200);
    }

    void drainsGracefully()
    {
        RawClient idle(m_port), busy(m_port), starting(m_port);
        idle.send(get("/a"));
        QCOMPARE(idle.next().status, 200);
        busy.send(get("/late"));
        waitForRequests(2);
        starting.send("GET /a HTTP/1.1\r\n");
        QTest::qWait(20);
        m_guard->stopAccepting();
        QVERIFY(idle.waitClosed());
        starting.send(host + "\r\n"); // its first request: needs a new facade although nothing listens any more
        const RawResponse last = starting.next();
        QCOMPARE(last.status, 200);
        QCOMPARE(last.header("Connection"), QByteArray("close"));
        m_consumer->late.constFirst().finish(200, {}, "done");
        QCOMPARE(busy.next().header("Connection"), QByteArray("close"));
        QVERIFY(busy.waitClosed());
        QTRY_COMPARE(m_guard->openConnections(), 0);
        QTcpSocket refused;
        refused.connectToHost(QHostAddress(QHostAddress::LocalHost), m_port);
        QTRY_COMPARE(refused.error(), QAbstractSocket::ConnectionRefusedError);
    }

    void acceptsAgainAfterDescriptorsRanOut()
    {
        rlimit limit{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
        const int lowest = ::dup(0);
        ::close(lowest);
        // Room for the client's socket alone: the server's accept() fails.
        QTcpSocket client;
        const rlimit tight{rlim_t(lowest) + 1, limit.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &tight), 0);
        QTest::ignoreMessage(QtWarningMsg,
                             "accepting pauses: QAbstractSocket::SocketResourceError \"Out of resources\"");
        client.connectToHost(QHostAddress(QHostAddress::LocalHost), m_port);
        QTRY_COMPARE(client.state(), QAbstractSocket::ConnectedState);
        client.write(get("/a"));
        QTest::qWait(50);
        QCOMPARE(m_guard->openConnections(), 0);
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        m_clock.advance(milliseconds(300));
        QTRY_VERIFY(client.bytesAvailable() > 0);
        QVERIFY(client.readAll().startsWith("HTTP/1.1 200 "));
        for (int i = 0; i < 3; ++i) { // and goes on without another pause: the clock stands still
            RawClient next(m_port);
            next.send(get("/b"));
            QCOMPARE(next.next().status, 200);
        }
    }

    void saysWhyItCannotListen()
    {
        PortGuard second({}, m_clock, *m_metrics);
        const auto result = second.listenOn(QHostAddress(QHostAddress::LocalHost), m_port);
        QVERIFY(!result.isOk());
        QCOMPARE(result.error().code, Errc::Unavailable);
        QVERIFY(result.error().detail.contains(QString::number(m_port)));
    }
};

int main(int argc, char **argv)
{
    installEventDispatcher();
    QCoreApplication app(argc, argv);
    TestPortGuard test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_portguard.moc"
