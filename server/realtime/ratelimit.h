// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

#include <algorithm>
#include <cmath>

namespace Atom::Realtime {

//! \brief A token bucket: `burst` at once, `perSecond` in the long run. perSecond <= 0 means no bound.
class TokenBucket
{
public:
    //! \return true when one token was there and was taken.
    bool take(Monotonic now, double perSecond, int burst)
    {
        if (perSecond <= 0)
            return true;
        refill(now, perSecond, burst);
        if (m_tokens < 1)
            return false;
        m_tokens -= 1;
        return true;
    }
    //! \brief How long until a token is there, at least 1 s: clients are told whole seconds.
    seconds retryAfter(double perSecond) const
    {
        return seconds(std::max<qint64>(1, qint64(std::ceil((1 - m_tokens) / std::max(perSecond, 1e-6)))));
    }
    //! \brief Full again: forgetting the bucket changes nothing.
    bool isFull(Monotonic now, double perSecond, int burst)
    {
        if (perSecond <= 0)
            return true;
        refill(now, perSecond, burst);
        return m_tokens >= burst;
    }

private:
    void refill(Monotonic now, double perSecond, int burst)
    {
        if (!m_started) {
            m_started = true;
            m_tokens = burst;
        } else {
            const double passed = std::chrono::duration<double>(now - m_at).count();
            m_tokens = std::min<double>(burst, m_tokens + std::max(0.0, passed) * perSecond);
        }
        m_at = now;
    }
    double m_tokens = 0;
    Monotonic m_at{};
    bool m_started = false;
};

} // namespace Atom::Realtime
