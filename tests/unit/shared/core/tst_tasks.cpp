// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/core/deadline.h"
#include "shared/core/result.h"
#include "shared/core/taskscope.h"
#include "tests/support/fakeclock.h"

#include <QtTest/QTest>

#include <stdexcept>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
QCoro::Task<void> waitFor(OneShot<int> gate, int *out)
{
    *out = co_await gate;
}
QCoro::Task<void> waitForCancel(CancellationToken token, int *out)
{
    OneShot<int> cancelled;
    token.onCancelled([cancelled] { cancelled.resolve(1); });
    *out = co_await cancelled;
}
QCoro::Task<void> throwing()
{
    throw std::runtime_error("boom");
    co_return;
}
QCoro::Task<void> closeInto(TaskScope *scope, bool *closed)
{
    co_await scope->close();
    *closed = true;
}
} // namespace

class TasksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void oneShotTakesTheFirstValueBeforeOrAfterTheWait()
    {
        OneShot<int> early;
        early.resolve(1);
        early.resolve(2);
        int out = 0;
        TaskScope scope(u"test"_s);
        QVERIFY(scope.spawn(waitFor(early, &out), "early"));
        QCOMPARE(out, 1);
        OneShot<int> late;
        QVERIFY(scope.spawn(waitFor(late, &out), "late"));
        QCOMPARE(scope.running(), 1);
        late.resolve(5);
        QCOMPARE(out, 5);
        QCOMPARE(scope.running(), 0);
    }

    void closeCancelsAndWaitsForAll()
    {
        TaskScope scope(u"test"_s);
        OneShot<int> gate;
        int stubborn = 0, polite = 0;
        scope.spawn(waitFor(gate, &stubborn), "stubborn");
        scope.spawn(waitForCancel(scope.token(), &polite), "polite");
        bool closed = false;
        auto closing = closeInto(&scope, &closed);
        QCOMPARE(polite, 1);
        QVERIFY(!closed);
        OneShot<int> ready;
        ready.resolve(3);
        QVERIFY(!scope.spawn(waitFor(ready, &polite), "refused"));
        gate.resolve(9);
        QVERIFY(closed);
        QCOMPARE(stubborn, 9);
    }

    void anExceptionIsLoggedNotLost()
    {
        TaskScope scope(u"test"_s);
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"boom"_s));
        scope.spawn(throwing(), "throwing");
        QCOMPARE(scope.running(), 0);
    }

    void deadlines()
    {
        Test::FakeClock clock;
        const Deadline deadline = Deadline::after(clock, seconds(2));
        QCOMPARE(deadline.remaining(clock), milliseconds(2000));
        QCOMPARE(deadline.earlier(clock, milliseconds(500)).remaining(clock), milliseconds(500));
        clock.advance(seconds(3));
        QVERIFY(deadline.hasPassed(clock));
        QCOMPARE(deadline.remaining(clock), milliseconds(0));
        QVERIFY(!Deadline().hasPassed(clock));
    }

    void results()
    {
        const Result<int> nothing;
        QVERIFY(!nothing.isOk());
        QCOMPARE(Result<int>(4).valueOr(1), 4);
        QCOMPARE(nothing.valueOr(1), 1);
        QVERIFY(Result<void>().isOk());
        QVERIFY(!Result<void>(Error(Errc::Conflict, u"x"_s)).isOk());
    }
};

QTEST_GUILESS_MAIN(TasksTest)
#include "tst_tasks.moc"
