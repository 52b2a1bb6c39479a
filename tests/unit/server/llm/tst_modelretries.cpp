// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// When a call is repeated, when it is refused at once, and who waits for whom.
#include "tests/unit/server/llm/modelfixture.h"

using namespace Atom;
using namespace Atom::Llm;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using End = FakeModelServer::End;

class TestModelRetries : public QObject
{
    Q_OBJECT

    std::unique_ptr<ModelFixture> f;

    //! \brief The request number `count` has come and been answered: the wait for the next one runs.
    void waitForPause(qsizetype count)
    {
        QTRY_COMPARE(f->server.requests().size(), count);
        // Only the timer of the pause is left.
        QTRY_COMPARE(f->clock.pending(), 1);
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<ModelFixture>();
        f->start();
    }
    void cleanup() { f.reset(); }

    void repeatsAfterTheTimeTheServiceAsks_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<int>("waitMs");
        QTest::newRow("429, seconds") << 429 << "Retry-After: 7\r\n"_ba << 7'000;
        QTest::newRow("429, milliseconds") << 429 << "retry-after-ms: 1500\r\n"_ba << 1'500;
        QTest::newRow("503, date") << 503 << "Retry-After: Thu, 01 Jan 2026 00:00:09 GMT\r\n"_ba << 9'000;
        QTest::newRow("429, silent") << 429 << QByteArray() << 500;
        QTest::newRow("429, nonsense") << 429 << "Retry-After: soon\r\n"_ba << 500;
        QTest::newRow("502") << 502 << QByteArray() << 500;
        QTest::newRow("504") << 504 << QByteArray() << 500;
    }
    void repeatsAfterTheTimeTheServiceAsks()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, headers);
        QFETCH(int, waitMs);
        f->server.addError(status, {}, u"busy"_s, headers);
        f->server.addStream(FakeModelServer::greeting());
        const auto asked = f->ask(ModelFixture::request());
        waitForPause(1);
        f->clock.advance(milliseconds(waitMs - 1));
        QCoreApplication::processEvents();
        QCOMPARE(f->server.requests().size(), 1);
        f->clock.advance(milliseconds(1));
        QTRY_VERIFY(asked->outcome);
        QVERIFY(asked->outcome->isOk());
        QCOMPARE(asked->outcome->attempts, 2);
        QCOMPARE(asked->text(), u"Hello, world"_s);
    }

    void waitsDoubleWithJitter()
    {
        f->settings.retries.attempts = 4;
        f->random = 0; // the shortest: half of the wait
        f->start();
        for (int i = 0; i < 4; ++i)
            f->server.addError(503, {}, {});
        const auto asked = f->ask(ModelFixture::request());
        int requests = 1;
        for (const int wait : {250, 500, 1'000}) {
            waitForPause(requests);
            f->clock.advance(milliseconds(wait - 1));
            QCoreApplication::processEvents();
            QCOMPARE(f->server.requests().size(), requests);
            f->clock.advance(milliseconds(1));
            ++requests;
        }
        QTRY_VERIFY(asked->outcome);
        QCOMPARE(modelFaultName(asked->outcome->fault), u"server_failed"_s);
        QCOMPARE(asked->outcome->error->code, Errc::Unavailable);
        QCOMPARE(asked->outcome->attempts, 4);
    }

    void repeatsWhenItCannotConnect()
    {
        f->server.close(); // its port is known, and nobody listens
        const auto asked = f->ask(ModelFixture::request());
        QTRY_COMPARE(f->clock.pending(), 1);
        f->clock.advance(milliseconds(500));
        QTRY_COMPARE(f->clock.pending(), 1);
        f->clock.advance(milliseconds(1'000));
        QTRY_VERIFY(asked->outcome);
        QCOMPARE(modelFaultName(asked->outcome->fault), u"unreachable"_s);
        QCOMPARE(asked->outcome->error->code, Errc::UpstreamFailed);
        QCOMPARE(asked->outcome->attempts, 3);
        QCOMPARE(asked->outcome->answer.usage, TokenUsage());
    }

    void aWaitBeyondTheDeadlineIsNotBegun()
    {
        f->server.addError(429, {}, {}, "Retry-After: 60\r\n");
        const auto asked = f->ask(ModelFixture::request(), {}, Deadline::after(f->clock, milliseconds(30'000)));
        QTRY_VERIFY(asked->outcome); // although the clock stands
        QCOMPARE(asked->outcome->error->code, Errc::RateLimited);
        QCOMPARE(asked->outcome->error->retryAfter, std::optional(seconds(60)));
        QCOMPARE(asked->outcome->attempts, 1);
    }

    void aSlowServiceIsNotAskedAgain()
    {
        const auto asked = f->ask(ModelFixture::request());
        QTRY_COMPARE(f->server.requests().size(), 1);
        f->clock.advance(f->settings.timeouts.firstByte);
        QVERIFY(asked->outcome);
        QCOMPARE(modelFaultName(asked->outcome->fault), u"timeout"_s);
        QCOMPARE(asked->outcome->error->code, Errc::DeadlineExceeded);
        QCOMPARE(asked->outcome->attempts, 1);
    }

    void cancellingEndsAPause()
    {
        f->server.addError(429, {}, {}, "Retry-After: 60\r\n");
        CancellationSource source;
        const auto asked = f->ask(ModelFixture::request(), source.token());
        waitForPause(1);
        source.cancel();
        QVERIFY(asked->outcome);
        QCOMPARE(asked->outcome->error->code, Errc::Cancelled);
        QCOMPARE(f->clock.pending(), 0);
    }

    void destroyingEndsEverything()
    {
        f->settings.parallel = 2;
        f->start();
        f->server.addError(429, {}, {}, "Retry-After: 60\r\n");
        const auto pausing = f->ask(ModelFixture::request());
        waitForPause(1);
        const auto reading = f->ask(ModelFixture::request());
        QTRY_COMPARE(f->server.requests().size(), 2);
        const auto waiting = f->ask(ModelFixture::request());
        f->model.reset();
        for (const auto &asked : {pausing, reading, waiting}) {
            QVERIFY(asked->outcome);
            QCOMPARE(asked->outcome->error->code, Errc::Cancelled);
        }
        QCOMPARE(f->server.requests().size(), 2);
        QCOMPARE(f->clock.pending(), 0);
    }

    void theBreakerRefusesAtOnce()
    {
        f->settings.breaker.failures = 2;
        f->start();
        for (int i = 0; i < 2; ++i) {
            QVERIFY(!f->model->isDown());
            f->server.addError(500, {}, {});
            QVERIFY(!f->askAndWait()->outcome->isOk());
        }
        QVERIFY(f->model->isDown());
        const auto refused = f->ask(ModelFixture::request());
        QVERIFY(refused->outcome); // without the event loop
        QCOMPARE(modelFaultName(refused->outcome->fault), u"down"_s);
        QCOMPARE(refused->outcome->error->code, Errc::Unavailable);
        QCOMPARE(refused->outcome->error->retryAfter, std::optional(seconds(10)));
        QCOMPARE(refused->outcome->attempts, 0);
        QCOMPARE(f->server.requests().size(), 2);

        f->clock.advance(seconds(10));
        const auto trial = f->ask(ModelFixture::request()); // one may try, no second one with it
        QVERIFY(f->ask(ModelFixture::request())->outcome);
        QTRY_COMPARE(f->server.requests().size(), 3);
        f->server.send(PushService::chunkedHead());
        for (const QByteArray &piece : FakeModelServer::greeting())
            f->server.sendChunk(piece);
        QTRY_VERIFY(trial->outcome);
        QVERIFY(trial->outcome->isOk());
        QVERIFY(!f->model->isDown());
    }

    void theBreakerCountsOnlyTheService()
    {
        f->settings.breaker.failures = 1;
        f->start();
        f->server.addError(400, u"context_length_exceeded"_s, {});
        QVERIFY(!f->askAndWait()->outcome->isOk());
        CancellationSource source;
        const auto asked = f->ask(ModelFixture::request(), source.token());
        QTRY_COMPARE(f->server.requests().size(), 2);
        source.cancel();
        QVERIFY(asked->outcome);
        QVERIFY(!f->model->isDown());
    }

    void theBreakerWaitsLongerEachTime()
    {
        FakeClock clock;
        CircuitBreaker breaker({2, seconds(10), seconds(35)}, clock);
        const auto fail = [&](milliseconds wait = milliseconds(0)) {
            const auto ticket = breaker.admit();
            QVERIFY(ticket.isOk());
            breaker.report(*ticket, CircuitBreaker::Outcome::Failed, wait);
        };
        fail();
        QCOMPARE(breaker.state(), CircuitBreaker::State::Closed);
        fail();
        for (const int wait : {10, 20, 35, 35}) {
            QCOMPARE(breaker.admit().error().retryAfter, std::optional(seconds(wait)));
            clock.advance(seconds(wait) - milliseconds(1));
            QCOMPARE(breaker.state(), CircuitBreaker::State::Open);
            clock.advance(milliseconds(1));
            QCOMPARE(breaker.state(), CircuitBreaker::State::Trying);
            fail();
        }
        clock.advance(seconds(35));
        const auto trial = breaker.admit();
        QVERIFY(!breaker.admit().isOk());
        breaker.report(*trial, CircuitBreaker::Outcome::Unknown); // somebody else may try
        fail(seconds(60));                                        // asked for longer than we ever wait
        QCOMPARE(breaker.admit().error().retryAfter, std::optional(seconds(35)));
        clock.advance(seconds(35));
        breaker.report(*breaker.admit(), CircuitBreaker::Outcome::Succeeded);
        QCOMPARE(breaker.state(), CircuitBreaker::State::Closed);
        fail();
        QCOMPARE(breaker.state(), CircuitBreaker::State::Closed); // it counts from the beginning
    }

    void callsWaitForTheirTurn()
    {
        f->settings.parallel = 1;
        f->settings.waiting = 2;
        f->start();
        CancellationSource source;
        const auto first = f->ask(ModelFixture::request(u"1"_s));
        const auto second = f->ask(ModelFixture::request(u"2"_s), source.token());
        const auto third = f->ask(ModelFixture::request(u"3"_s));
        const auto fourth = f->ask(ModelFixture::request(u"4"_s));
        QVERIFY(fourth->outcome);
        QCOMPARE(modelFaultName(fourth->outcome->fault), u"busy"_s);
        QCOMPARE(fourth->outcome->error->code, Errc::Unavailable);
        source.cancel(); // leaves the line
        QVERIFY(second->outcome);
        const auto late = f->ask(ModelFixture::request(u"5"_s), {}, Deadline::after(f->clock, seconds(3)));
        QTRY_COMPARE(f->server.requests().size(), 1);
        f->clock.advance(seconds(3));
        QVERIFY(late->outcome);
        QCOMPARE(late->outcome->error->code, Errc::DeadlineExceeded);
        f->server.addStream(FakeModelServer::greeting());
        f->server.startChunked();
        f->server.sendChunk(FakeModelServer::greeting().join());
        QTRY_VERIFY(third->outcome);
        QVERIFY(first->outcome && first->outcome->isOk());
        QVERIFY(third->outcome->isOk());
        QCOMPARE(f->server.requests().size(), 2);
        QCOMPARE(f->model->running(), 0);
    }

    void onlyItsOwnAddressIsAllowed()
    {
        Connectors::EgressClient::Settings egress = egressSettings(f->settings);
        QCOMPARE(egress.allow, QStringList{f->server.hostPort()});
        f->settings.url = u"http://[::1]:8080/v1"_s;
        QCOMPARE(egressSettings(f->settings).allow, QStringList{u"[::1]:8080"_s});
        f->settings.url = u"https://Models.Example.org/v1"_s;
        QCOMPARE(egressSettings(f->settings).allow, QStringList{u"models.example.org:443"_s});
        f->settings.parallel = 13;
        QCOMPARE(egressSettings(f->settings).lanes, 3);
    }
};

QTEST_GUILESS_MAIN(TestModelRetries)
#include "tst_modelretries.moc"
