// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/client/backoff.h"

#include <QtCore/QRandomGenerator>

#include <algorithm>

namespace Atom::Client {

Backoff::Backoff(milliseconds first, milliseconds maximum)
    : m_first(std::max(first, milliseconds(1))), m_maximum(std::max(maximum, m_first))
{
}

milliseconds Backoff::next()
{
    // 2^n grows until it passes the maximum: 20 doublings of 1 ms are already a quarter of an hour, 40 are years.
    const int doublings = std::min(m_attempts, 40);
    m_attempts = std::min(m_attempts + 1, 1'000'000);
    const qint64 cap =
        m_first.count() > (m_maximum.count() >> doublings) ? m_maximum.count() : m_first.count() << doublings;
    const qint64 floor = cap / 2;
    return milliseconds(floor + QRandomGenerator::global()->bounded(cap - floor + 1));
}

void Backoff::reset()
{
    m_attempts = 0;
}

} // namespace Atom::Client
