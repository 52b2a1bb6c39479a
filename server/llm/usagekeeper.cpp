// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/usagekeeper.h"

#include "server/llm/logging.h"

namespace Atom::Llm {

UsageKeeper::UsageKeeper(LlmBudget &budget, LlmUsageRepository &repository, Clock &clock)
    : m_budget(budget), m_repository(repository), m_clock(clock)
{
}

UsageKeeper::~UsageKeeper() = default;

QCoro::Task<Result<void>> UsageKeeper::start()
{
    const Result<QList<UsageRow>> rows = co_await m_repository.load(m_budget.today());
    if (!rows)
        co_return rows.error();
    m_budget.restore(*rows);
    schedule();
    co_return Result<void>();
}

QCoro::Task<void> UsageKeeper::close()
{
    if (m_timer)
        m_clock.cancel(std::exchange(m_timer, 0));
    co_await m_scope.close();
    co_await save();
}

void UsageKeeper::schedule()
{
    m_timer = m_clock.callAfter(pause, this, [this] {
        m_timer = 0;
        if (!m_scope.isClosing())
            m_scope.spawn(save(), "save");
    });
}

QCoro::Task<void> UsageKeeper::save()
{
    const QList<UsageRow> rows = m_budget.changedRows();
    if (!rows.isEmpty()) {
        const Result<void> saved = co_await m_repository.save(rows);
        if (!saved) {
            m_budget.changeAgain(rows);
            qCWarning(lcLlm) << "the use of the language model could not be kept:" << saved.error().detail;
        }
    }
    if (const qint64 today = m_budget.today(); today != m_cleanedOn) {
        m_cleanedOn = today;
        const Result<void> cleaned = co_await m_repository.forgetBefore(today - daysKept);
        if (!cleaned)
            qCWarning(lcLlm) << "old use of the language model stays:" << cleaned.error().detail;
    }
    if (!m_scope.isClosing())
        schedule();
}

} // namespace Atom::Llm
