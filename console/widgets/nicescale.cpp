// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/nicescale.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace Atom::Console {

namespace {
constexpr double headroom = 1.1;
}

NiceScale::NiceScale(double floor, int patience) : m_floor(roundUp(floor)), m_patience(patience), m_max(m_floor) {}

double NiceScale::roundUp(double value)
{
    if (!(value > 0) || !std::isfinite(value))
        return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : std::array{1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0}) {
        if (step * power >= value * (1 - 1e-9))
            return step * power;
    }
    return 10 * power;
}

bool NiceScale::fit(double largest)
{
    if (!std::isfinite(largest))
        return false;
    if (largest > m_max || largest <= 0.4 * m_max)
        ++m_small;
    else
        m_small = 0;
    if (largest <= m_max && m_small < m_patience)
        return false;
    return refit(largest);
}

bool NiceScale::refit(double largest)
{
    m_small = 0;
    if (!std::isfinite(largest))
        return false;
    const double wanted = std::max(m_floor, roundUp(largest * headroom));
    if (wanted == m_max)
        return false;
    m_max = wanted;
    return true;
}

int NiceScale::ticks() const
{
    const double lead = m_max / std::pow(10, std::floor(std::log10(m_max) + 1e-9));
    switch (int(std::lround(lead * 10))) {
    case 15:
    case 30:
    case 60:
        return 4;
    case 20:
    case 40:
    case 80:
        return 5;
    default: // 1, 2.5, 5
        return 6;
    }
}

} // namespace Atom::Console
