// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/llm/chattypes.h"
#include "server/llm/llmusagerepository.h"
#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QtCore/QHash>
#include <QtCore/QSet>

#include <memory>

namespace Atom::Llm {

//! \brief What the language model may be used for in a day, by user, by room and in all. Days are UTC. In memory;
//! changedRows() and restore() connect it with a LlmUsageRepository. Main thread.
//!
//! A call reserves an estimate first, so that calls at the same time cannot pass the bound together, and settles with
//! what it really used - also when that is more. What is settled after midnight counts for the new day.
class LlmBudget
{
public:
    struct Limit
    {
        qint64 tokens = 0;     //!< input and output together; 0: no bound
        qint64 costMicros = 0; //!< 0: no bound
    };
    struct Settings
    {
        Limit user;
        Limit room;
        Limit server;
        int warnPercent = 80; //!< of any bound; from there on Reservation::isNear() says so
        //! Millionths of the currency for a million tokens: 2.50 are 2'500'000. At most 10^10.
        qint64 inputPrice = 0;
        qint64 outputPrice = 0;
    };

private:
    struct State;

public:
    //! \brief A place in the budget. Given back when it is destroyed without settle(). May outlive the budget.
    class Reservation
    {
    public:
        Reservation() = default;
        Reservation(Reservation &&) noexcept = default;
        Reservation &operator=(Reservation &&other) noexcept;
        ~Reservation();
        //! \brief Once; more do nothing.
        void settle(const TokenUsage &actual);
        //! \brief A soft bound is reached: tell people before the hard one stops them.
        bool isNear() const { return m_near; }

    private:
        friend class LlmBudget;
        std::weak_ptr<State> m_state;
        quint64 m_id = 0;
        bool m_near = false;
    };

    LlmBudget(Settings settings, Clock &clock);

    //! \brief Reserves for one call; `user` or `room` may be empty.
    //! \return RateLimited, with retryAfter until the next midnight UTC and a detail that says whose budget it was.
    Result<Reservation> reserve(const UserId &user, const RoomId &room, const TokenUsage &estimate);
    //! \brief In millionths, rounded up.
    qint64 costMicros(const TokenUsage &usage) const;

    //! \brief What was used today; reservations are not in it.
    UsageRow used(BudgetScope scope, const QByteArray &subject = {}) const;
    qint64 today() const;

    //! \brief Takes what a repository kept of today; rows of other days are ignored.
    void restore(const QList<UsageRow> &rows);
    //! \brief Rows that changed since the last call, for LlmUsageRepository::save(), those of a day that has ended
    //! included. If saving fails: changeAgain().
    QList<UsageRow> changedRows();
    void changeAgain(const QList<UsageRow> &rows);
    //! \brief An account was erased: nothing of it is told any more.
    void forgetUser(const UserId &user);

private:
    std::shared_ptr<State> m_state;
};

} // namespace Atom::Llm
