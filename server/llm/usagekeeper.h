// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/llm/llmbudget.h"
#include "shared/core/taskscope.h"

#include <QtCore/QObject>

namespace Atom::Llm {

//! \brief Keeps the budget of the day over restarts: reads it at the start, writes what changed a few seconds later and
//! at the end. A crash forgets the last seconds of use, never more. Main thread.
class UsageKeeper : public QObject
{
    Q_OBJECT
public:
    static constexpr seconds pause{5};
    static constexpr qint64 daysKept = 400;

    //! \brief Both outlive it.
    UsageKeeper(LlmBudget &budget, LlmUsageRepository &repository, Clock &clock);
    ~UsageKeeper() override;

    //! \return the error of the repository; then nothing is counted over restarts, and nothing is written.
    QCoro::Task<Result<void>> start();
    QCoro::Task<void> close();

private:
    void schedule();
    QCoro::Task<void> save();

    LlmBudget &m_budget;
    LlmUsageRepository &m_repository;
    Clock &m_clock;
    Clock::TimerId m_timer = 0;
    qint64 m_cleanedOn = 0;
    TaskScope m_scope{QStringLiteral("llm usage")};
};

} // namespace Atom::Llm
