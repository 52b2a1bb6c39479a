// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/work.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

bool Work::check()
{
    m_checkAt = m_steps + 1024;
    if (spent)
        return false;
    if (heap.tooDeep)
        spend(u"a value is nested deeper than %1 levels"_s.arg(Heap::maxDepth));
    else if (heap.live > heap.limit)
        spend(u"the expression needs more than %1 MB of memory"_s.arg(double(heap.limit) / (1024 * 1024), 0, 'g', 3));
    else if (m_steps > m_budget.steps)
        spend(u"the expression takes more than %1 steps"_s.arg(m_budget.steps));
    else if (std::chrono::steady_clock::now() > m_deadline)
        spend(u"the expression takes longer than %1 ms"_s.arg(m_budget.time.count()));
    return !spent;
}

bool Work::reserve(double bytes)
{
    if (heap.fits(bytes))
        return true;
    spend(u"the expression needs more than %1 MB of memory"_s.arg(double(heap.limit) / (1024 * 1024), 0, 'g', 3));
    return false;
}

Value Work::fail(const QString &message)
{
    return failWith(Value::string(heap, message));
}

Value Work::failWith(Value value)
{
    failed = true;
    error = std::move(value);
    return {};
}

Value Work::spend(const QString &text)
{
    failed = spent = true;
    spentText = text;
    return {};
}

} // namespace Atom::Expressions
