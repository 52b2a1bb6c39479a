// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/idempotencycache.h"
#include "tests/support/fakeclock.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Http;
using Outcome = IdempotencyCache::Outcome;

namespace {
Response ok(const QByteArray &body, int status = 200)
{
    Response response;
    response.status = status;
    response.body = body;
    return response;
}
const UserId anna(QByteArrayLiteral("anna"));
const UserId bert(QByteArrayLiteral("bert"));
} // namespace

class TestIdempotencyCache : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void replaysTheFirstAnswer()
    {
        Test::FakeClock clock;
        IdempotencyCache cache({}, clock);
        const auto first = cache.claim(anna, "k", "f");
        QCOMPARE(first.outcome, Outcome::First);
        QCOMPARE(cache.claim(anna, "k", "f").outcome, Outcome::InProgress);
        QCOMPARE(cache.claim(anna, "k", "g").outcome, Outcome::Mismatch);
        QCOMPARE(cache.claim(bert, "k", "g").outcome, Outcome::First);
        cache.finish(first.ticket, ok("answer", 201));
        const auto again = cache.claim(anna, "k", "f");
        QCOMPARE(again.outcome, Outcome::Replay);
        QCOMPARE(again.response.status, 201);
        QCOMPARE(again.response.body, QByteArray("answer"));
        QCOMPARE(cache.claim(anna, "k", "g").outcome, Outcome::Mismatch);
    }

    void failuresThatInviteARepetitionAreForgotten()
    {
        Test::FakeClock clock;
        IdempotencyCache cache({}, clock);
        for (const int status : {401, 409, 429, 500, 503}) {
            const auto claim = cache.claim(anna, "k", "f");
            QCOMPARE(claim.outcome, Outcome::First);
            cache.finish(claim.ticket, ok("", status));
        }
        QCOMPARE(cache.size(), 0);
        const auto claim = cache.claim(anna, "k", "f");
        cache.finish(claim.ticket, ok("", 422)); // deterministic: the same again
        QCOMPARE(cache.claim(anna, "k", "f").outcome, Outcome::Replay);
    }

    void forgetsAfterItsLifetime()
    {
        Test::FakeClock clock;
        IdempotencyCache cache({milliseconds(600'000)}, clock);
        const auto claim = cache.claim(anna, "k", "f");
        cache.finish(claim.ticket, ok(""));
        const auto running = cache.claim(anna, "running", "f");
        clock.advance(milliseconds(599'000));
        QCOMPARE(cache.claim(anna, "k", "f").outcome, Outcome::Replay);
        clock.advance(milliseconds(2'000));
        QCOMPARE(cache.claim(anna, "k", "f").outcome, Outcome::First);
        QCOMPARE(cache.claim(anna, "running", "f").outcome, Outcome::InProgress); // as long as it takes
        cache.finish(running.ticket, ok(""));
    }

    void isBoundedInEntries()
    {
        Test::FakeClock clock;
        IdempotencyCache cache({milliseconds(600'000), 3}, clock);
        std::vector<quint64> tickets;
        for (const char *key : {"a", "b", "c"})
            tickets.push_back(cache.claim(anna, key, "f").ticket);
        QCOMPARE(cache.claim(anna, "d", "f").outcome, Outcome::Full); // nothing that may be forgotten
        cache.finish(tickets[1], ok(""));
        QCOMPARE(cache.claim(anna, "d", "f").outcome, Outcome::First);
        QCOMPARE(cache.size(), 3);
        QCOMPARE(cache.claim(anna, "a", "f").outcome, Outcome::InProgress);
    }

    void isBoundedInBytes()
    {
        Test::FakeClock clock;
        IdempotencyCache cache({milliseconds(600'000), 100, 1'000}, clock);
        for (const char *key : {"a", "b", "c"})
            cache.finish(cache.claim(anna, key, "f").ticket, ok(QByteArray(400, 'x')));
        QCOMPARE(cache.size(), 2);
        QCOMPARE(cache.claim(anna, "c", "f").outcome, Outcome::Replay);
        QCOMPARE(cache.claim(anna, "a", "f").outcome, Outcome::First);
    }
};

QTEST_GUILESS_MAIN(TestIdempotencyCache)
#include "tst_idempotencycache.moc"
