// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

#include <algorithm>
#include <cmath>

namespace Atom::Realtime {

//! \brief How long deliveries may wait for others to the same peer, so that they share one write to the kernel.
//!
//! A write costs the kernel about 4 µs, however small. While all deliveries, each written for itself, would take less
//! than a twentieth of a processor, nothing waits. Above, the wait grows with the rate, to 20 ms when they would take
//! three twentieths: less than anybody feels, and at a million deliveries a second the difference between half a
//! processor and four.
class FlushPacer
{
public:
    static constexpr milliseconds longest{20};

    //! \brief `count` deliveries are due now.
    void add(Monotonic now, int count)
    {
        decay(now);
        m_perSecond += count / window;
    }
    //! \brief The wait that fits the rate of the last tenth of a second.
    milliseconds wait(Monotonic now)
    {
        decay(now);
        const double share = m_perSecond * writeSeconds;
        const double part = std::clamp((share - 0.05) / 0.10, 0.0, 1.0);
        return milliseconds(qint64(part * double(longest.count())));
    }

private:
    static constexpr double window = 0.1; // seconds
    static constexpr double writeSeconds = 4e-6;
    void decay(Monotonic now)
    {
        const double passed = std::chrono::duration<double>(now - m_at).count();
        if (passed > 0) {
            m_perSecond *= std::exp(-passed / window);
            m_at = now;
        }
    }
    double m_perSecond = 0;
    Monotonic m_at{};
};

} // namespace Atom::Realtime
