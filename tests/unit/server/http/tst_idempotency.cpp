// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/idempotency.h"
#include "tests/support/fakeclock.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Http;
using namespace Qt::StringLiterals;

class IdempotencyTest : public QObject
{
    Q_OBJECT
private:
    static Request write(const QByteArray &key, const QByteArray &body)
    {
        Request request;
        request.method = "POST";
        request.path = u"/api/v1/rooms"_s;
        request.headers.insert("idempotency-key", key);
        request.body = body;
        return request;
    }
    static Response made(int status, const QByteArray &body = "made")
    {
        Response response;
        response.status = status;
        response.body = body;
        return response;
    }
    const UserId ada{"ada"};

private Q_SLOTS:
    void aRepeatGetsTheFirstAnswer()
    {
        Test::FakeClock clock;
        IdempotencyCache cache(clock);
        const Request request = write("k", "{}");
        QVERIFY(!cache.begin(ada, request)->has_value());
        const auto during = cache.begin(ada, request);
        QVERIFY(!during.isOk());
        QVERIFY(during.error().code == Errc::Conflict);
        cache.store(ada, request, made(201));
        const auto repeated = cache.begin(ada, request);
        QVERIFY(repeated.isOk() && repeated->has_value());
        QCOMPARE((*repeated)->status, 201);
        QCOMPARE((*repeated)->body, QByteArray("made"));
    }

    void aKeyBelongsToOneRequestAndOneUser()
    {
        Test::FakeClock clock;
        IdempotencyCache cache(clock);
        QVERIFY(!cache.begin(ada, write("k", "{}"))->has_value());
        cache.store(ada, write("k", "{}"), made(201));
        const auto other = cache.begin(ada, write("k", "{\"a\":1}"));
        QVERIFY(!other.isOk());
        QVERIFY(other.error().code == Errc::ValidationFailed);
        for (const QByteArray &odd : {QByteArray("two words"), QByteArray("gr\xc3\xbc"), QByteArray("tab\t")})
            QVERIFY(cache.begin(ada, write(odd, "{}")).error().code == Errc::ValidationFailed);
        QVERIFY(!cache.begin(UserId("eve"), write("k", "{}"))->has_value());
        QVERIFY(cache.begin(ada, write(QByteArray(129, 'k'), "{}")).error().code == Errc::ValidationFailed);
    }

    void failuresMayBeTriedAgain()
    {
        Test::FakeClock clock;
        IdempotencyCache cache(clock);
        for (const int status : {500, 503, 429}) {
            QVERIFY(!cache.begin(ada, write("k", "{}"))->has_value());
            cache.store(ada, write("k", "{}"), made(status));
        }
        QVERIFY(!cache.begin(ada, write("k", "{}"))->has_value());
    }

    void entriesEndByAgeAndNumberAndBytes()
    {
        Test::FakeClock clock;
        IdempotencyCache cache(clock);
        const auto keep = [&](const QByteArray &key, const QByteArray &body) {
            QVERIFY(cache.begin(ada, write(key, "{}")).isOk());
            cache.store(ada, write(key, "{}"), made(201, body));
        };
        keep("old", "x");
        clock.advance(std::chrono::minutes(11));
        QVERIFY(!cache.begin(ada, write("old", "{}"))->has_value());
        keep("first", "x");
        for (int i = 0; i < 10'005; ++i)
            keep(QByteArray::number(i), "x");
        QVERIFY(!cache.begin(ada, write("first", "{}"))->has_value());
        keep("big", QByteArray(1000, 'x'));
        for (int i = 0; i < 40; ++i)
            keep("m" + QByteArray::number(i), QByteArray(1 << 20, 'x'));
        QVERIFY(!cache.begin(ada, write("big", "{}"))->has_value());
    }
};

QTEST_GUILESS_MAIN(IdempotencyTest)
#include "tst_idempotency.moc"
