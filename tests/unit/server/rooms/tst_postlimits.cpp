// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/postlimits.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Rooms;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {
Actor actorOf(const QByteArray &user, const QByteArray &session = "s1", const QByteArray &address = "192.0.2.1")
{
    Actor actor;
    actor.user = UserId(user);
    actor.role = Role::Member;
    actor.session = SessionId(session);
    actor.address = address;
    return actor;
}
} // namespace

class PostLimitsTest : public QObject
{
    Q_OBJECT

    MetricRegistry metrics;
    Monotonic now{1h};
    int sent = 0;

    //! How many of `tries` different messages pass.
    int passing(PostLimits &limits, const Actor &actor, const QByteArray &room, int tries)
    {
        int passed = 0;
        for (int i = 0; i < tries; ++i)
            passed += limits.message(actor, RoomId(room), u"text number %1"_s.arg(++sent), {}, now).isOk();
        return passed;
    }
    quint64 counted(const char *limit)
    {
        return metrics.counter("atom_limited_total", {}, QByteArray("limit=\"") + limit + '"').value();
    }

private Q_SLOTS:
    void nothingIsLimitedUnlessAsked()
    {
        PostLimits limits({}, metrics);
        for (int i = 0; i < 1000; ++i)
            QVERIFY(limits.message(actorOf("ada"), RoomId("r"), u"the same text"_s, {}, now));
        QCOMPARE(limits.tableSize(), 0);
    }

    void eachRateHasItsOwnBucket()
    {
        PostRates rates;
        rates.user = {1, 3};
        PostLimits byUser(rates, metrics);
        QCOMPARE(passing(byUser, actorOf("ada"), "r", 10), 3);
        QCOMPARE(passing(byUser, actorOf("ada", "s2", "192.0.2.2"), "r2", 10), 0); // another device is the same user
        QCOMPARE(passing(byUser, actorOf("grace"), "r", 10), 3);
        QCOMPARE(counted("user"), 24);

        rates = {};
        rates.session = {1, 3};
        PostLimits bySession(rates, metrics);
        QCOMPARE(passing(bySession, actorOf("ada"), "r", 10), 3);
        QCOMPARE(passing(bySession, actorOf("ada", "s2"), "r", 10), 3);

        rates = {};
        rates.address = {1, 3};
        PostLimits byAddress(rates, metrics);
        QCOMPARE(passing(byAddress, actorOf("ada"), "r", 10), 3);
        QCOMPARE(passing(byAddress, actorOf("grace", "s2"), "r", 10), 0); // behind the same address
        QCOMPARE(passing(byAddress, actorOf("grace", "s2", "192.0.2.9"), "r", 10), 3);

        rates = {};
        rates.room = {1, 3};
        PostLimits byRoom(rates, metrics);
        QCOMPARE(passing(byRoom, actorOf("ada"), "r", 2), 2);
        QCOMPARE(passing(byRoom, actorOf("grace", "s2", "192.0.2.9"), "r", 10), 1);
        QCOMPARE(passing(byRoom, actorOf("ada"), "r2", 10), 3);
    }

    void saysWhenToComeBack()
    {
        PostRates rates;
        rates.user = {0.1, 1};
        PostLimits limits(rates, metrics);
        QVERIFY(limits.message(actorOf("ada"), RoomId("r"), u"first"_s, {}, now));
        const Result<void> refused = limits.message(actorOf("ada"), RoomId("r"), u"second"_s, {}, now);
        QCOMPARE(refused.error().code, Errc::RateLimited);
        QCOMPARE(refused.error().retryAfter, std::optional(10s));
        QVERIFY(limits.message(actorOf("ada"), RoomId("r"), u"second"_s, {}, now + *refused.error().retryAfter));
    }

    void aFloodDoesNotUseUpWhatOthersHave()
    {
        PostRates rates;
        rates.user = {1, 5};
        rates.room = {1, 100};
        PostLimits limits(rates, metrics);
        QCOMPARE(passing(limits, actorOf("eve"), "r", 10'000), 5);
        QCOMPARE(passing(limits, actorOf("ada"), "r", 10), 5);
    }

    void sameTextAgainAndAgain()
    {
        PostRates rates;
        rates.duplicates = 3;
        PostLimits limits(rates, metrics);
        const Actor ada = actorOf("ada");
        const QString text = u"Buy now at example.org"_s;
        for (int i = 0; i < 3; ++i) // in many rooms is the same as in one
            QVERIFY(limits.message(ada, RoomId("r" + QByteArray::number(i)), text, {}, now));
        const Result<void> refused = limits.message(ada, RoomId("r9"), text, {}, now + 10s);
        QCOMPARE(refused.error().code, Errc::RateLimited);
        QCOMPARE(refused.error().retryAfter, std::optional(20s));
        QCOMPARE(counted("duplicate"), 1);
        QVERIFY(limits.message(ada, RoomId("r"), u"something else"_s, {}, now + 10s));
        QVERIFY(limits.message(actorOf("grace"), RoomId("r"), text, {}, now + 10s)); // others may say it
        QVERIFY(limits.message(ada, RoomId("r"), text, {}, now + 31s));
    }

    void shortWordsRepeat()
    {
        PostRates rates;
        rates.duplicates = 3;
        PostLimits limits(rates, metrics);
        for (int i = 0; i < 100; ++i)
            QVERIFY(limits.message(actorOf("ada"), RoomId("r"), u"yes"_s, {}, now));
    }

    void sendingAgainAfterALostAnswerIsNoDuplicate()
    {
        PostRates rates;
        rates.duplicates = 3;
        PostLimits limits(rates, metrics);
        for (int i = 0; i < 10; ++i)
            QVERIFY(limits.message(actorOf("ada"), RoomId("r"), u"important text"_s, "client-1", now));
        QVERIFY(limits.message(actorOf("ada"), RoomId("r"), u"important text"_s, "client-2", now));
        QVERIFY(limits.message(actorOf("ada"), RoomId("r"), u"important text"_s, "client-3", now));
        QVERIFY(!limits.message(actorOf("ada"), RoomId("r"), u"important text"_s, "client-4", now));
    }

    void quotaOfADay()
    {
        PostRates rates;
        rates.userPerDay = 10;
        PostLimits limits(rates, metrics);
        QCOMPARE(passing(limits, actorOf("ada"), "r", 20), 10);
        const Result<void> refused = limits.message(actorOf("ada"), RoomId("r"), u"x"_s, {}, now + 1h);
        QCOMPARE(refused.error().retryAfter, std::optional(seconds(23h)));
        QVERIFY(limits.message(actorOf("ada"), RoomId("r"), u"x"_s, {}, now + 24h));
    }

    void changesCountAsWell()
    {
        PostRates rates;
        rates.user = {1, 3};
        PostLimits limits(rates, metrics);
        QVERIFY(limits.change(actorOf("ada"), RoomId("r"), now));
        QCOMPARE(passing(limits, actorOf("ada"), "r", 10), 2);
        QCOMPARE(limits.change(actorOf("ada"), RoomId("r"), now).error().code, Errc::RateLimited);
    }

    void theServerItselfIsNotLimited()
    {
        PostRates rates;
        rates.user = {1, 1};
        rates.room = {1, 1};
        rates.duplicates = 1;
        PostLimits limits(rates, metrics);
        for (int i = 0; i < 100; ++i)
            QVERIFY(limits.message(internalActor(assistantUser()), RoomId("r"), u"the same answer"_s, {}, now));
    }

    void tablesDoNotGrowWithoutEnd()
    {
        PostRates rates;
        rates.user = rates.session = rates.address = rates.room = {100, 100};
        rates.duplicates = 3;
        PostLimits limits(rates, metrics);
        for (int i = 0; i < 200'000; ++i) {
            now += 1ms;
            const QByteArray n = QByteArray::number(i);
            QVERIFY(limits.message(actorOf("u" + n, "s" + n, "a" + n), RoomId("r" + n), u"some text"_s, {}, now));
        }
        QVERIFY2(limits.tableSize() <= 4 * 50'000, qPrintable(QString::number(limits.tableSize())));
    }

    void costsLittle()
    {
        PostRates rates;
        rates.user = rates.session = rates.address = rates.room = {1e9, 1'000'000};
        rates.duplicates = 16;
        PostLimits limits(rates, metrics);
        const Actor ada = actorOf("ada");
        const RoomId room("r");
        const QString text(480, u'x');
        QBENCHMARK
        {
            now += 3s;
            std::ignore = limits.message(ada, room, text, {}, now);
        }
    }
};

QTEST_GUILESS_MAIN(PostLimitsTest)
#include "tst_postlimits.moc"
