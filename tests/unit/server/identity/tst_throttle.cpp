// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/throttle.h"

#include "tests/support/fakeclock.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Identity;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class tst_throttle : public QObject
{
    Q_OBJECT
    const QHostAddress home{u"192.0.2.7"_s};

    static void fail(SignInThrottle &throttle, const QByteArray &account, const QHostAddress &peer)
    {
        QCOMPARE(throttle.begin(account, peer), 0s);
        throttle.failed(account, peer);
    }

private Q_SLOTS:
    void delayDoublesUpToAQuarterOfAnHour()
    {
        Test::FakeClock clock;
        SignInThrottle throttle(clock);
        for (int i = 0; i < 5; ++i)
            fail(throttle, "ann", home);
        seconds wanted = 2s;
        for (int i = 0; i < 15; ++i) {
            QCOMPARE(throttle.begin("ann", home), wanted);
            clock.advance(wanted - 1s);
            QCOMPARE(throttle.begin("ann", home), 1s);
            clock.advance(1s);
            fail(throttle, "ann", home); // allowed again: never a hard lock
            wanted = std::min<seconds>(wanted * 2, 900s);
        }
        QCOMPARE(wanted, 900s);
    }

    void successAndTimeForget()
    {
        Test::FakeClock clock;
        SignInThrottle throttle(clock);
        for (int i = 0; i < 5; ++i)
            fail(throttle, "ann", home);
        clock.advance(2s);
        QCOMPARE(throttle.begin("ann", home), 0s);
        throttle.succeeded("ann", home);
        for (int i = 0; i < 4; ++i)
            fail(throttle, "ann", home);
        QCOMPARE(throttle.begin("ann", home), 0s); // the count began anew
        throttle.failed("ann", home);
        QCOMPARE(throttle.begin("ann", home), 2s);
        clock.advance(1h);
        for (int i = 0; i < 4; ++i)
            fail(throttle, "ann", home);
        QCOMPARE(throttle.begin("ann", home), 0s);
    }

    void accountsAreIndependent()
    {
        Test::FakeClock clock;
        SignInThrottle throttle(clock);
        for (int i = 0; i < 5; ++i)
            fail(throttle, "ann", home);
        QVERIFY(throttle.begin("ann", home) > 0s);
        QCOMPARE(throttle.begin("bob", home), 0s);
    }

    void parallelGuessesDoNotOutrunTheCount()
    {
        Test::FakeClock clock;
        SignInThrottle throttle(clock);
        int started = 0;
        for (int i = 0; i < 40; ++i)
            started += throttle.begin("ann", home) == 0s ? 1 : 0;
        QCOMPARE(started, SignInThrottle::attemptsAtOnce);
        for (int i = 0; i < started; ++i)
            throttle.failed("ann", home);
        const seconds wait = throttle.begin("ann", home);
        QVERIFY(wait > 0s);
        clock.advance(wait);
        QCOMPARE(throttle.begin("ann", home), 0s);
        QCOMPARE(throttle.begin("ann", home), 1s); // one at a time from now on
    }

    void abandonedAttemptsCountNeitherWay()
    {
        Test::FakeClock clock;
        SignInThrottle throttle(clock);
        for (int i = 0; i < 4; ++i)
            fail(throttle, "ann", home);
        QCOMPARE(throttle.begin("ann", home), 0s);
        throttle.abandoned("ann", home);
        QCOMPARE(throttle.begin("ann", home), 0s);
        throttle.failed("ann", home); // the fifth
        QCOMPARE(throttle.begin("ann", home), 2s);
    }

    void networksHaveABucket()
    {
        Test::FakeClock clock;
        SignInThrottle throttle(clock);
        int tried = 0;
        while (tried < 1000 && throttle.begin("user" + QByteArray::number(tried), home) == 0s)
            throttle.failed("user" + QByteArray::number(tried++), home);
        QCOMPARE(tried, int(SignInThrottle::networkBurst));
        QVERIFY(throttle.begin("new", QHostAddress(u"192.0.2.200"_s)) > 0s); // same /24
        QCOMPARE(throttle.begin("new", QHostAddress(u"192.0.3.7"_s)), 0s);
        throttle.abandoned("new", QHostAddress(u"192.0.3.7"_s));
        const seconds wait = throttle.begin("new", home);
        QCOMPARE(wait, 2s);
        clock.advance(wait);
        QCOMPARE(throttle.begin("new", home), 0s);
    }

    void successCostsTheNetworkNothing()
    {
        Test::FakeClock clock;
        SignInThrottle throttle(clock);
        for (int i = 0; i < 1000; ++i) {
            QCOMPARE(throttle.begin("ann", home), 0s);
            throttle.succeeded("ann", home);
        }
    }

    void networkOf_data()
    {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<bool>("same");
        QTest::newRow("same /24") << u"192.0.2.1"_s << u"192.0.2.255"_s << true;
        QTest::newRow("next /24") << u"192.0.2.1"_s << u"192.0.3.1"_s << false;
        QTest::newRow("mapped") << u"192.0.2.1"_s << u"::ffff:192.0.2.9"_s << true;
        QTest::newRow("same /56") << u"2001:db8:1:22::1"_s << u"2001:db8:1:33:ffff::9"_s << true;
        QTest::newRow("next /56") << u"2001:db8:1:22::1"_s << u"2001:db8:1:122::1"_s << false;
        QTest::newRow("families") << u"::1"_s << u"127.0.0.1"_s << false;
    }
    void networkOf()
    {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QFETCH(bool, same);
        QCOMPARE(SignInThrottle::networkOf(QHostAddress(a)) == SignInThrottle::networkOf(QHostAddress(b)), same);
    }

    void tablesAreBounded()
    {
        Test::FakeClock clock;
        SignInThrottle throttle(clock);
        for (quint32 i = 0; i < 25'000; ++i) {
            const QHostAddress peer(0x0a000000u + (i << 8));
            const QByteArray name = "n" + QByteArray::number(i);
            if (throttle.begin(name, peer) == 0s)
                throttle.failed(name, peer);
            if (i % 100 == 0)
                clock.advance(1ms);
        }
        QVERIFY(throttle.tableSize() <= SignInThrottle::tableLimit);
    }
};

QTEST_GUILESS_MAIN(tst_throttle)
#include "tst_throttle.moc"
