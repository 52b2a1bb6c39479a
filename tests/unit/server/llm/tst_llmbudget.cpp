// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/llmbudget.h"
#include "tests/support/fakeclock.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Llm;
using namespace Qt::StringLiterals;
using Atom::Test::FakeClock;

class TestLlmBudget : public QObject
{
    Q_OBJECT

    FakeClock m_clock; // begins at midnight UTC
    const UserId alice{"alice"};
    const UserId bob{"bob"};
    const RoomId lobby{"lobby"};

    static LlmBudget::Settings bounds(qint64 user, qint64 room, qint64 server)
    {
        LlmBudget::Settings settings;
        settings.user.tokens = user;
        settings.room.tokens = room;
        settings.server.tokens = server;
        return settings;
    }
    static TokenUsage tokens(qint64 input, qint64 output) { return {input, output, false}; }

private Q_SLOTS:
    void countsForEachScope()
    {
        LlmBudget budget(bounds(1'000, 1'500, 2'000), m_clock);
        const auto use = [&](const UserId &user, const RoomId &room, qint64 amount) {
            auto r = budget.reserve(user, room, tokens(amount, 0));
            if (r)
                r->settle(tokens(amount, 0));
            return r.isOk();
        };
        QVERIFY(use(alice, lobby, 900));
        QVERIFY(!use(alice, RoomId("other"), 101)); // of the user
        QVERIFY(use(alice, lobby, 100));            // exactly
        QVERIFY(!use(bob, lobby, 501));             // of the room
        QVERIFY(use(bob, RoomId("other"), 1'000));  // and now the server has none
        const auto refused = budget.reserve(UserId("carol"), {}, tokens(1, 0));
        QCOMPARE(refused.error().code, Errc::RateLimited);
        QVERIFY(refused.error().detail.contains(u"2026-01-02T00:00:00"_s));
        QCOMPARE(budget.used(BudgetScope::User, "alice").inputTokens, 1'000);
        QCOMPARE(budget.used(BudgetScope::User, "alice").calls, 2);
        QCOMPARE(budget.used(BudgetScope::Server).inputTokens, 2'000);
    }

    void reservationsCount()
    {
        LlmBudget budget(bounds(100, 0, 0), m_clock);
        auto first = budget.reserve(alice, lobby, tokens(60, 0));
        QVERIFY(first.isOk());
        QVERIFY(!budget.reserve(alice, lobby, tokens(60, 0)).isOk()); // both together are too much
        first->settle(tokens(10, 0));
        first->settle(tokens(10, 0)); // once is enough
        QCOMPARE(budget.used(BudgetScope::User, "alice").inputTokens, 10);
        {
            auto dropped = budget.reserve(alice, lobby, tokens(90, 0));
            QVERIFY(dropped.isOk());
        }
        auto moved = budget.reserve(alice, lobby, tokens(90, 0)); // it was given back
        QVERIFY(moved.isOk());
        LlmBudget::Reservation other = std::move(*moved);
        other = LlmBudget::Reservation();
        QVERIFY(budget.reserve(alice, lobby, tokens(90, 0)).isOk());
        // More than was reserved counts in full.
        auto small = budget.reserve(alice, lobby, tokens(1, 0));
        small->settle(tokens(500, 0));
        QVERIFY(!budget.reserve(alice, lobby, tokens(1, 0)).isOk());
    }

    void countsCosts()
    {
        LlmBudget::Settings settings;
        settings.inputPrice = 2'500'000; // 2.50 for a million
        settings.outputPrice = 10'000'000;
        settings.server.costMicros = 1'000;
        LlmBudget budget(settings, m_clock);
        QCOMPARE(budget.costMicros(tokens(100, 10)), 350);
        QCOMPARE(budget.costMicros(tokens(1, 0)), 3); // rounded up
        QCOMPARE(budget.costMicros(tokens(0, 0)), 0);
        auto call = budget.reserve(alice, lobby, tokens(100, 10));
        QVERIFY(call.isOk());
        call->settle(tokens(200, 30));
        QCOMPARE(budget.used(BudgetScope::Room, "lobby").costMicros, 800);
        QVERIFY(!budget.reserve(alice, lobby, tokens(100, 0)).isOk());
        QVERIFY(budget.reserve(alice, lobby, tokens(80, 0)).isOk());
    }

    void warnsBefore()
    {
        LlmBudget budget(bounds(0, 0, 100), m_clock);
        auto first = budget.reserve(alice, {}, tokens(79, 0));
        QVERIFY(first.isOk() && !first->isNear());
        auto second = budget.reserve(alice, {}, tokens(1, 0));
        QVERIFY(second.isOk() && second->isNear());
    }

    void aNewDayBeginsAtMidnightUtc()
    {
        LlmBudget budget(bounds(100, 0, 0), m_clock);
        const qint64 day = budget.today();
        auto open = budget.reserve(alice, lobby, tokens(60, 0));
        auto call = budget.reserve(alice, lobby, tokens(40, 0));
        call->settle(tokens(40, 0));
        m_clock.advance(std::chrono::hours(23));
        QCOMPARE(budget.reserve(alice, lobby, tokens(1, 0)).error().retryAfter, std::optional(seconds(3'600)));
        m_clock.advance(std::chrono::hours(1));
        QCOMPARE(budget.today(), day + 1);
        QCOMPARE(budget.used(BudgetScope::User, "alice").inputTokens, 0);
        QVERIFY(budget.reserve(alice, lobby, tokens(100, 0)).isOk());
        open->settle(tokens(70, 0)); // counts today
        QCOMPARE(budget.used(BudgetScope::User, "alice").inputTokens, 70);
        QVERIFY(budget.reserve(alice, lobby, tokens(30, 0)).isOk());
        QVERIFY(!budget.reserve(alice, lobby, tokens(31, 0)).isOk());
        m_clock.sleep(-std::chrono::hours(2)); // the clock is set back: nobody gets the day again
        QVERIFY(!budget.reserve(alice, lobby, tokens(31, 0)).isOk());
    }

    void survivesARestart()
    {
        QList<UsageRow> rows;
        {
            LlmBudget budget(bounds(100, 0, 0), m_clock);
            QVERIFY(budget.changedRows().isEmpty());
            auto call = budget.reserve(alice, lobby, tokens(50, 10));
            call->settle(tokens(50, 10));
            rows = budget.changedRows();
            QCOMPARE(rows.size(), 3);
            QVERIFY(budget.changedRows().isEmpty());
            budget.changeAgain(rows); // saving failed
            auto more = budget.reserve(alice, {}, tokens(1, 1));
            more->settle(tokens(1, 1));
            rows = budget.changedRows();
            QCOMPARE(rows.size(), 3); // the newer totals
        }
        LlmBudget budget(bounds(100, 0, 0), m_clock);
        UsageRow old = rows.constFirst();
        old.day -= 1;
        old.scope = BudgetScope::User;
        old.subject = "bob";
        budget.restore(rows + QList<UsageRow>{old});
        QCOMPARE(budget.used(BudgetScope::User, "alice").inputTokens, 51);
        QCOMPARE(budget.used(BudgetScope::User, "bob").inputTokens, 0);
        QVERIFY(!budget.reserve(alice, lobby, tokens(39, 0)).isOk());
        QVERIFY(budget.reserve(alice, lobby, tokens(38, 0)).isOk());
    }

    void anErasedUserIsForgotten()
    {
        LlmBudget budget(bounds(100, 0, 0), m_clock);
        auto open = budget.reserve(alice, lobby, tokens(1, 0));
        auto call = budget.reserve(alice, lobby, tokens(1, 0));
        call->settle(tokens(1, 0));
        budget.forgetUser(alice);
        open->settle(tokens(1, 0));
        for (const UsageRow &row : budget.changedRows())
            QVERIFY(row.scope != BudgetScope::User);
        QCOMPARE(budget.used(BudgetScope::User, "alice").calls, 0);
        QCOMPARE(budget.used(BudgetScope::Room, "lobby").calls, 2);
    }

    void nothingOverflows()
    {
        LlmBudget::Settings settings = bounds(0, 0, 0);
        settings.inputPrice = std::numeric_limits<qint64>::max();
        settings.outputPrice = std::numeric_limits<qint64>::max();
        LlmBudget budget(settings, m_clock);
        const qint64 most = std::numeric_limits<qint64>::max();
        for (int i = 0; i < 20'000; ++i) {
            auto call = budget.reserve(alice, lobby, tokens(most, most));
            QVERIFY(call.isOk());
            call->settle(tokens(most, most));
        }
        QVERIFY(budget.used(BudgetScope::Server).costMicros > 0);
        QVERIFY(budget.used(BudgetScope::Server).inputTokens > 0);
        QCOMPARE(budget.costMicros(tokens(-5, -5)), 0);
    }

    void reservationsMayOutliveTheBudget()
    {
        auto budget = std::make_unique<LlmBudget>(bounds(1, 1, 1), m_clock);
        auto call = budget->reserve(alice, lobby, tokens(1, 0));
        QVERIFY(call.isOk());
        budget.reset();
        call->settle(tokens(1, 0));
    }
};

QTEST_GUILESS_MAIN(TestLlmBudget)
#include "tst_llmbudget.moc"
