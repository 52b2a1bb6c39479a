// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

#include <algorithm>

namespace Atom {

//! \brief The moment by which work must be done; travels down by value. Default: never.
class Deadline
{
public:
    Deadline() = default;
    explicit Deadline(Monotonic at) : m_at(at) {}
    static Deadline after(const Clock &clock, milliseconds budget) { return Deadline(clock.monotonic() + budget); }

    bool isNever() const { return m_at == Monotonic::max(); }
    bool hasPassed(const Clock &clock) const { return !isNever() && clock.monotonic() >= m_at; }
    //! \brief What is left, never negative; 24 h when there is no deadline.
    milliseconds remaining(const Clock &clock) const
    {
        if (isNever())
            return std::chrono::hours(24);
        return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(m_at - clock.monotonic()));
    }
    //! \brief The earlier of this deadline and `budget` from now.
    Deadline earlier(const Clock &clock, milliseconds budget) const
    {
        return Deadline(std::min(m_at, clock.monotonic() + std::chrono::microseconds(budget)));
    }

private:
    Monotonic m_at = Monotonic::max();
};

} // namespace Atom
