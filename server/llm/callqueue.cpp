// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/callqueue.h"

#include <algorithm>

namespace Atom::Llm {
using namespace Qt::StringLiterals;

QCoro::Task<Result<void>> pauseFor(Clock &clock, QObject *context, milliseconds time, CancellationToken token)
{
    const OneShot<Result<void>> over;
    const Clock::TimerId timer = clock.callAfter(time, context, [over] { over.resolve(Result<void>()); });
    token.onCancelled([over] { over.resolve(Error(Errc::Cancelled, u"The call was cancelled."_s)); });
    Result<void> result = co_await over;
    if (!result)
        clock.cancel(timer);
    co_return result;
}

QCoro::Task<Result<void>> CallQueue::enter(Clock &clock, QObject *context, Deadline deadline, CancellationToken token)
{
    if (m_running < m_parallel) {
        ++m_running;
        co_return Result<void>();
    }
    if (int(m_waiting.size()) >= m_mostWaiting) {
        Error error(Errc::Unavailable, u"Too many calls of the language model wait already."_s);
        error.retryAfter = seconds(5);
        co_return error;
    }
    const Turn turn;
    m_waiting.push_back(turn);
    const Clock::TimerId timer = clock.callAfter(deadline.remaining(clock), context, [turn] {
        turn.resolve(Error(Errc::DeadlineExceeded, u"The language model was busy for too long."_s));
    });
    token.onCancelled([turn] { turn.resolve(Error(Errc::Cancelled, u"The call was cancelled."_s)); });
    Result<void> result = co_await turn;
    clock.cancel(timer);
    // Who gave up is still in the line.
    if (!result)
        std::erase_if(m_waiting, [](const Turn &t) { return t.isResolved(); });
    co_return result;
}

void CallQueue::leave()
{
    while (!m_waiting.empty()) {
        const Turn next = m_waiting.front();
        m_waiting.pop_front();
        if (!next.isResolved()) {
            next.resolve(Result<void>()); // takes over the place
            return;
        }
    }
    --m_running;
}

} // namespace Atom::Llm
