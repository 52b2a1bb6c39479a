// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/expression.h"
#include "server/expressions/value.h"

#include <chrono>
#include <memory>

namespace Atom::Expressions {

struct Regex;

//! \brief What one evaluation may still spend, and the error it ended with. Errors of the program (failed, not spent)
//! can be caught by it with `try`; a spent budget cannot.
struct Work
{
    explicit Work(const Budget &budget) : m_budget(budget), m_deadline(std::chrono::steady_clock::now() + budget.time)
    {
        heap.limit = budget.memoryBytes;
    }

    Heap heap;
    bool failed = false;
    bool spent = false;
    Value error;       //!< of the program, any value
    QString spentText; //!< which bound was met
    QString regexKey;  //!< the regular expression used last, compiled: programs use one for many values
    std::shared_ptr<const Regex> regex;

    //! \brief Counts work; the clock is read every 1024 units. \return false when a bound is met.
    bool charge(qint64 units = 1)
    {
        m_steps += units;
        if (m_steps >= m_checkAt || heap.isExceeded()) [[unlikely]]
            return check();
        return true;
    }
    //! \brief Asks before something large is made. \return false after ending the evaluation.
    bool reserve(double bytes);
    Value fail(const QString &message);
    Value failWith(Value value);
    Value spend(const QString &text);
    void clearError()
    {
        failed = false;
        error = Value();
    }
    const Budget &budget() const { return m_budget; }
    qint64 steps() const { return m_steps; }
    Value text(QString s) { return Value::string(heap, std::move(s)); }

private:
    bool check();
    Budget m_budget;
    qint64 m_steps = 0;
    qint64 m_checkAt = 1024;
    std::chrono::steady_clock::time_point m_deadline;
};

} // namespace Atom::Expressions
