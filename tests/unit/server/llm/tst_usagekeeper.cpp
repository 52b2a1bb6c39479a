// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/usagekeeper.h"
#include "tests/support/fakeclock.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Llm;
using namespace std::chrono_literals;

namespace {
class Kept final : public LlmUsageRepository
{
public:
    QCoro::Task<Result<QList<UsageRow>>> load(qint64) override { co_return rows; }
    QCoro::Task<Result<void>> save(QList<UsageRow> changed) override
    {
        ++saves;
        if (isBroken)
            co_return Error(Errc::Unavailable, QStringLiteral("full"));
        rows = changed;
        co_return Result<void>();
    }
    QCoro::Task<Result<void>> forgetBefore(qint64 day) override
    {
        forgotten.append(day);
        co_return Result<void>();
    }
    QList<UsageRow> rows;
    QList<qint64> forgotten;
    int saves = 0;
    bool isBroken = false;
};
void use(LlmBudget &budget, qint64 tokens)
{
    auto place = budget.reserve(UserId("ann"), {}, {});
    QVERIFY(place.isOk());
    place->settle({tokens, 0, false});
}
} // namespace

class TestUsageKeeper : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsUsedSurvivesARestart()
    {
        Test::FakeClock clock;
        Kept kept;
        {
            LlmBudget budget({}, clock);
            UsageKeeper keeper(budget, kept, clock);
            QVERIFY(QCoro::waitFor(keeper.start()));
            use(budget, 70);
            clock.advance(UsageKeeper::pause);
            QTRY_COMPARE(kept.saves, 1);
            kept.isBroken = true;
            use(budget, 5);
            clock.advance(UsageKeeper::pause);
            QTRY_COMPARE(kept.saves, 2);
            kept.isBroken = false;
            QCoro::waitFor(keeper.close()); // what could not be written is not lost
        }
        LlmBudget::Settings limits;
        limits.user.tokens = 80;
        LlmBudget budget(limits, clock);
        UsageKeeper keeper(budget, kept, clock);
        QVERIFY(QCoro::waitFor(keeper.start()));
        QCOMPARE(budget.used(BudgetScope::User, "ann").inputTokens, 75);
        QCOMPARE(budget.reserve(UserId("ann"), {}, {6, 0, true}).error().code, Errc::RateLimited);
        QCoro::waitFor(keeper.close());
    }

    void oldDaysAreForgottenOnceADay()
    {
        Test::FakeClock clock;
        Kept kept;
        LlmBudget budget({}, clock);
        UsageKeeper keeper(budget, kept, clock);
        QVERIFY(QCoro::waitFor(keeper.start()));
        for (int i = 0; i < 5; ++i) {
            clock.advance(UsageKeeper::pause);
            QCoreApplication::processEvents();
        }
        QCOMPARE(kept.forgotten, QList<qint64>{budget.today() - UsageKeeper::daysKept});
        clock.advance(24h);
        QTRY_COMPARE(kept.forgotten.size(), 2);
        QCoro::waitFor(keeper.close());
    }
};

QTEST_GUILESS_MAIN(TestUsageKeeper)
#include "tst_usagekeeper.moc"
