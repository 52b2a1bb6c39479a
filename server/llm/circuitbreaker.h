// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/result.h"

namespace Atom::Llm {

//! \brief Stops asking who does not answer: after some failures in a row calls are refused at once, for a time that
//! doubles with each failed trial, so that the local answer comes without waiting. Then one call at a time may try.
//! Main thread.
class CircuitBreaker
{
public:
    struct Settings
    {
        int failures = 5; //!< in a row; 0: never stops asking
        milliseconds first{10'000};
        milliseconds most{300'000};
    };
    enum class State { Closed, Open, Trying };
    enum class Outcome {
        Succeeded,
        Failed,
        Unknown, //!< says nothing about the service: cancelled, or our own fault
    };
    //! \brief The right to make one call; to be given back with report().
    struct Ticket
    {
        bool isTrial = false;
    };

    CircuitBreaker(Settings settings, Clock &clock) : m_settings(settings), m_clock(clock) {}

    //! \return Unavailable with retryAfter.
    Result<Ticket> admit();
    //! \brief `wait`: the service itself asked not to be called before.
    void report(Ticket ticket, Outcome outcome, milliseconds wait = milliseconds(0));
    State state() const;
    int failuresInRow() const { return m_failures; }

private:
    void open(milliseconds wait);

    const Settings m_settings;
    Clock &m_clock;
    int m_failures = 0;
    int m_openings = 0; //!< in a row; 0: closed
    Monotonic m_until{};
    bool m_trialRuns = false;
};

} // namespace Atom::Llm
