// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

namespace Atom::Client {

//! \brief Delays between attempts: exponential with full jitter ("equal" floor), so that many clients spread out.
//! delay(n) is uniform in [cap_n / 2, cap_n] with cap_n = min(maximum, first * 2^n).
class Backoff
{
public:
    explicit Backoff(milliseconds first = milliseconds(500), milliseconds maximum = milliseconds(30'000));
    milliseconds next(); //!< the delay before the next attempt
    void reset();        //!< after success
    int attempts() const { return m_attempts; }

private:
    milliseconds m_first;
    milliseconds m_maximum;
    int m_attempts = 0;
};

} // namespace Atom::Client
