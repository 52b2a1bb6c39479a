// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/egressclient.h"
#include "tests/support/fakeclock.h"
#include "tests/support/pushservice.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Connectors;
using namespace Qt::StringLiterals;
using Atom::Test::FakeClock;
using Atom::Test::PushService;

namespace {
class SilentResolver final : public HostResolver
{
public:
    void resolve(const QString &, QObject *, ResolveDone) override {}
};

//! An open() and then one next() at a time, with what came of them.
struct Reading
{
    std::optional<Result<std::unique_ptr<EgressStream>>> opened;
    std::optional<Result<QByteArray>> piece;

    void open(EgressClient &client, const QString &url, StreamLimits limits = {}, CancellationToken token = {},
              Deadline deadline = {})
    {
        HttpCall call;
        call.method = "POST";
        call.url = url;
        call.body = "{}";
        client.open(std::move(call), limits, deadline, std::move(token)).then([this](auto r) {
            opened = std::move(r);
        });
    }
    EgressStream &stream() const { return **opened.value(); }
    void ask()
    {
        piece.reset();
        stream().next().then([this](Result<QByteArray> r) { piece = std::move(r); });
    }
    bool isOpen() const { return opened && opened->isOk(); }
    Errc openError() const { return opened && !*opened ? opened->error().code : Errc::Internal; }
    Errc pieceError() const { return piece && !*piece ? piece->error().code : Errc::Internal; }
};
} // namespace

class TestEgressStream : public QObject
{
    Q_OBJECT

    FakeClock m_clock;
    MetricRegistry m_metrics;
    SilentResolver m_resolver;
    std::vector<Reading> m_readings;
    std::unique_ptr<EgressClient> m_client;

    void makeClient(const PushService &service, qint64 replyBytes = 1 << 20, int lanes = 1)
    {
        EgressClient::Settings settings;
        settings.allow = {service.hostPort()};
        settings.timeout = milliseconds(60'000);
        settings.replyBytes = replyBytes;
        settings.lanes = lanes;
        auto made = EgressClient::create(settings, m_resolver, m_clock, m_metrics);
        QVERIFY(made.isOk());
        m_client = std::move(*made);
    }
    void openOne(PushService &service, Reading &reading, StreamLimits limits = {}, CancellationToken token = {},
                 Deadline deadline = {})
    {
        const qsizetype before = service.requests().size();
        reading.open(*m_client, service.url(), limits, std::move(token), deadline);
        QTRY_COMPARE(service.requests().size(), before + 1);
        service.startChunked();
        QTRY_VERIFY(reading.isOpen());
    }

private Q_SLOTS:
    void cleanup()
    {
        m_client.reset(); // first: what it ends is told to the readings
        m_readings.clear();
    }

    void givesPiecesAsTheyCome()
    {
        PushService service;
        makeClient(service);
        Reading reading;
        reading.open(*m_client, service.url(u"/v1"_s));
        QTRY_COMPARE(service.requests().size(), 1);
        QVERIFY(!reading.opened);
        service.send(PushService::chunkedHead(429, "text/plain", "Retry-After: 3\r\n"));
        QTRY_VERIFY(reading.isOpen());
        QCOMPARE(reading.stream().head().status, 429);
        QCOMPARE(reading.stream().head().header("retry-after"), QByteArray("3"));
        for (const QByteArray &text : {"one"_ba, "two"_ba}) {
            reading.ask();
            QCoreApplication::processEvents();
            QVERIFY(!reading.piece);
            service.sendChunk(text);
            QTRY_VERIFY(reading.piece);
            QCOMPARE(**reading.piece, text);
        }
        reading.ask();
        service.endChunked();
        QTRY_VERIFY(reading.piece);
        QVERIFY(reading.piece->isOk());
        QVERIFY((**reading.piece).isEmpty());
        reading.ask();
        QVERIFY(reading.piece && (**reading.piece).isEmpty()); // the end stays the end
        QCOMPARE(m_client->running(), 0);
        QCOMPARE(m_clock.pending(), 0);
        QCOMPARE(service.closedByClient(), 0); // it can serve again
    }

    void cancellationClosesTheConnection()
    {
        PushService service;
        makeClient(service);
        CancellationSource source;
        Reading reading;
        openOne(service, reading, {}, source.token());
        service.sendChunk("text");
        reading.ask();
        QTRY_VERIFY(reading.piece);
        reading.ask();
        source.cancel();
        QVERIFY(reading.piece);
        QCOMPARE(reading.pieceError(), Errc::Cancelled);
        QTRY_COMPARE(service.closedByClient(), 1);
        reading.ask();
        QCOMPARE(reading.pieceError(), Errc::Cancelled);
        QCOMPARE(m_client->running(), 0);
        QCOMPARE(m_clock.pending(), 0);
    }

    void cancellationWhileOpening()
    {
        PushService service;
        makeClient(service);
        CancellationSource source;
        Reading reading;
        reading.open(*m_client, service.url(), {}, source.token());
        QTRY_COMPARE(service.requests().size(), 1);
        source.cancel();
        QCOMPARE(reading.openError(), Errc::Cancelled);
        QTRY_COMPARE(service.closedByClient(), 1);
    }

    void droppingItClosesTheConnection()
    {
        PushService service;
        makeClient(service);
        Reading reading;
        openOne(service, reading);
        reading.ask();
        reading.opened.reset();
        QVERIFY(reading.piece);
        QCOMPARE(reading.pieceError(), Errc::Cancelled);
        QTRY_COMPARE(service.closedByClient(), 1);
        QCOMPARE(m_client->running(), 0);
    }

    void outlivesItsClient()
    {
        PushService service;
        makeClient(service);
        Reading reading;
        openOne(service, reading);
        reading.ask();
        m_client.reset();
        QCOMPARE(reading.pieceError(), Errc::Cancelled);
        reading.ask();
        QCOMPARE(reading.pieceError(), Errc::Cancelled);
        QCOMPARE(m_clock.pending(), 0);
    }

    void boundsTheTimeBetweenPieces()
    {
        PushService service;
        makeClient(service);
        Reading reading;
        StreamLimits limits;
        limits.idle = milliseconds(5'000);
        openOne(service, reading, limits);
        m_clock.advance(milliseconds(20'000)); // nobody waits: the consumer is slow, not the service
        for (int i = 0; i < 3; ++i) {
            reading.ask();
            m_clock.advance(milliseconds(4'999));
            QVERIFY(!reading.piece);
            service.sendChunk("x");
            QTRY_VERIFY(reading.piece);
            QVERIFY(reading.piece->isOk());
        }
        reading.ask();
        m_clock.advance(milliseconds(5'000));
        QCOMPARE(reading.pieceError(), Errc::DeadlineExceeded);
        QTRY_COMPARE(service.closedByClient(), 1);
    }

    void boundsTheTimeInAll_data()
    {
        QTest::addColumn<int>("limitMs");
        QTest::addColumn<int>("deadlineMs");
        QTest::newRow("of the limits") << 30'000 << 90'000;
        QTest::newRow("the deadline") << 90'000 << 30'000;
    }
    void boundsTheTimeInAll()
    {
        QFETCH(int, limitMs);
        QFETCH(int, deadlineMs);
        PushService service;
        makeClient(service);
        Reading reading;
        StreamLimits limits;
        limits.idle = milliseconds(5'000);
        limits.total = milliseconds(limitMs);
        openOne(service, reading, limits, {}, Deadline::after(m_clock, milliseconds(deadlineMs)));
        for (int i = 0; i < 7; ++i) {
            reading.ask();
            m_clock.advance(milliseconds(4'000));
            service.sendChunk("x");
            QTRY_VERIFY(reading.piece);
            QVERIFY(reading.piece->isOk());
        }
        m_clock.advance(milliseconds(2'000)); // also while nobody waits
        reading.ask();
        QCOMPARE(reading.pieceError(), Errc::DeadlineExceeded);
        QTRY_COMPARE(service.closedByClient(), 1);
    }

    void boundsTheTimeToTheHead()
    {
        PushService service;
        makeClient(service);
        StreamLimits limits;
        limits.connect = milliseconds(1'000);
        limits.firstByte = milliseconds(9'000);
        Reading reading;
        reading.open(*m_client, service.url(), limits);
        QTRY_COMPARE(service.requests().size(), 1);
        m_clock.advance(milliseconds(8'999));
        QVERIFY(!reading.opened);
        m_clock.advance(milliseconds(1));
        QCOMPARE(reading.openError(), Errc::DeadlineExceeded);
    }

    void boundsTheTimeToConnect()
    {
        PushService deaf; // accepts, and never says a word of TLS
        makeClient(deaf);
        StreamLimits limits;
        limits.connect = milliseconds(1'000);
        const QStringList urls{u"https://"_s + deaf.hostPort() + u'/', u"http://unanswered.test/"_s};
        for (const QString &url : urls) {
            Reading reading;
            reading.open(*m_client, url, limits);
            QCoreApplication::processEvents();
            m_clock.advance(milliseconds(999));
            QVERIFY(!reading.opened);
            m_clock.advance(milliseconds(1));
            QCOMPARE(reading.openError(), Errc::UpstreamFailed);
        }
        QCOMPARE(m_client->running(), 0);
    }

    void boundsTheBody()
    {
        PushService service;
        makeClient(service, 1 << 20);
        Reading reading;
        StreamLimits limits;
        limits.replyBytes = 1'000;
        openOne(service, reading, limits);
        service.sendChunk(QByteArray(1'000, 'x'));
        qsizetype got = 0;
        while (got < 1'000) {
            reading.ask();
            QTRY_VERIFY(reading.piece);
            QVERIFY(reading.piece->isOk());
            got += (**reading.piece).size();
        }
        reading.ask();
        service.sendChunk("y");
        QTRY_VERIFY(reading.piece);
        QCOMPARE(reading.pieceError(), Errc::PayloadTooLarge);
        QTRY_COMPARE(service.closedByClient(), 1);
    }

    //! Nobody takes the bytes: what waits in memory stays within the bound of the body.
    void aServiceThatPushesTooMuchIsCutOff()
    {
        PushService service;
        const qint64 limit = 1 << 20;
        makeClient(service, limit);
        Reading reading;
        openOne(service, reading);
        service.sendChunk(QByteArray(64 << 20, 'x'));
        QTRY_COMPARE(service.closedByClient(), 1);
        reading.ask();
        QTRY_VERIFY(reading.piece);
        QCOMPARE(reading.pieceError(), Errc::PayloadTooLarge);
    }

    void aLargeAnswerComesInSmallPieces()
    {
        PushService service;
        makeClient(service, 8 << 20);
        Reading reading;
        openOne(service, reading);
        const qint64 size = 4 << 20;
        service.sendChunk(QByteArray(size, 'x'));
        qint64 got = 0;
        while (got < size) {
            reading.ask();
            QTRY_VERIFY(reading.piece);
            QVERIFY(reading.piece->isOk());
            QVERIFY((**reading.piece).size() <= 64 * 1024);
            got += (**reading.piece).size();
        }
        QCOMPARE(got, size);
    }

    void aBrokenAnswerIsAnError()
    {
        PushService service;
        makeClient(service);
        Reading reading;
        reading.open(*m_client, service.url());
        QTRY_COMPARE(service.requests().size(), 1);
        service.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
        QTRY_VERIFY(reading.isOpen());
        reading.ask();
        QTRY_VERIFY(reading.piece);
        QCOMPARE(**reading.piece, QByteArray("short"));
        reading.ask();
        service.cut();
        QTRY_VERIFY(reading.piece);
        QCOMPARE(reading.pieceError(), Errc::UpstreamFailed);
    }

    void refusesAsSendDoes()
    {
        PushService service;
        makeClient(service);
        Reading reading;
        reading.open(*m_client, u"http://127.0.0.1:9/"_s);
        QCOMPARE(reading.openError(), Errc::Forbidden);
        Reading nonsense;
        nonsense.open(*m_client, u"ftp://127.0.0.1/"_s);
        QCOMPARE(nonsense.openError(), Errc::ValidationFailed);
    }

    void lanesServeMoreAtOnce_data()
    {
        QTest::addColumn<int>("lanes");
        QTest::addColumn<int>("atOnce");
        QTest::newRow("one") << 1 << 6;
        QTest::newRow("two") << 2 << 8;
    }
    void lanesServeMoreAtOnce()
    {
        QFETCH(int, lanes);
        QFETCH(int, atOnce);
        PushService service;
        makeClient(service, 1 << 20, lanes);
        m_readings = std::vector<Reading>(8);
        for (Reading &reading : m_readings)
            reading.open(*m_client, service.url());
        QCOMPARE(m_client->running(), 8);
        QTRY_COMPARE(service.requests().size(), atOnce);
    }
};

QTEST_GUILESS_MAIN(TestEgressStream)
#include "tst_egressstream.moc"
