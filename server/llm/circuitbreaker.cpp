// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/circuitbreaker.h"

#include <algorithm>

namespace Atom::Llm {

Result<CircuitBreaker::Ticket> CircuitBreaker::admit()
{
    if (m_openings == 0)
        return Ticket{false};
    const auto left = std::chrono::ceil<seconds>(m_until - m_clock.monotonic());
    if (left.count() > 0 || m_trialRuns) {
        Error error(Errc::Unavailable, QStringLiteral("The language model has failed too often and is not asked now."));
        error.retryAfter = std::max(left, seconds(1));
        return error;
    }
    m_trialRuns = true;
    return Ticket{true};
}

void CircuitBreaker::report(Ticket ticket, Outcome outcome, milliseconds wait)
{
    if (ticket.isTrial)
        m_trialRuns = false;
    switch (outcome) {
    case Outcome::Unknown:
        break;
    case Outcome::Succeeded: // also of a call that began before: it works again
        m_failures = 0;
        m_openings = 0;
        break;
    case Outcome::Failed:
        ++m_failures;
        // Calls that were under way when it opened say nothing new.
        if (m_settings.failures > 0 && (ticket.isTrial || (m_openings == 0 && m_failures >= m_settings.failures)))
            open(wait);
        break;
    }
}

CircuitBreaker::State CircuitBreaker::state() const
{
    if (m_openings == 0)
        return State::Closed;
    return m_clock.monotonic() < m_until ? State::Open : State::Trying;
}

void CircuitBreaker::open(milliseconds wait)
{
    const int doublings = std::min(m_openings, 20);
    ++m_openings;
    const milliseconds pause = std::min(m_settings.most, m_settings.first * (1 << doublings));
    m_until = m_clock.monotonic() + std::clamp(wait, pause, std::max(pause, m_settings.most));
}

} // namespace Atom::Llm
