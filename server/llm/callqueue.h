// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/cancellation.h"
#include "shared/core/deadline.h"
#include "shared/core/oneshot.h"
#include "shared/core/result.h"

#include <QCoro/QCoroTask>

#include <QtCore/QObject>

#include <deque>

namespace Atom::Llm {

//! \brief Waits, unless it is cancelled first. `context` must outlive the wait or cancel it. \return Cancelled.
QCoro::Task<Result<void>> pauseFor(Clock &clock, QObject *context, milliseconds time, CancellationToken token);

//! \brief Lets so many calls run at once; the others wait in the order they came. Main thread.
class CallQueue
{
public:
    CallQueue(int parallel, int waiting) : m_parallel(parallel), m_mostWaiting(waiting) {}

    //! \brief Resumes when a place is free; every success must be followed by leave(). The queue must outlive the wait
    //! or the token must end it. \return Unavailable: too many wait; DeadlineExceeded; Cancelled.
    QCoro::Task<Result<void>> enter(Clock &clock, QObject *context, Deadline deadline, CancellationToken token);
    void leave();
    int running() const { return m_running; }
    int waiting() const { return int(m_waiting.size()); }

private:
    using Turn = OneShot<Result<void>>;
    const int m_parallel;
    const int m_mostWaiting;
    int m_running = 0;
    std::deque<Turn> m_waiting;
};

} // namespace Atom::Llm
