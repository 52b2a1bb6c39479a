// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What callers ask of runs by their id, whatever state they are in.
#include "server/workflows/activerun.h"

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

std::optional<RunSnapshot> RunDriver::find(const RunId &id) const
{
    const auto it = m_active.constFind(id);
    return it == m_active.constEnd() ? std::nullopt : std::optional((*it)->snapshot);
}

bool RunDriver::isKnown(const RunId &id) const
{
    return m_active.contains(id) || m_arriving.contains(id) || m_dormant.contains(id) || m_queue.contains(id) ||
           m_loading.contains(id);
}

QCoro::Task<std::optional<Result<RunSnapshot>>> RunDriver::waitFor(RunId id, Deadline deadline)
{
    if (!isKnown(id) || m_scope.isClosing())
        co_return std::nullopt;
    if (std::optional<RunSnapshot> active = find(id); active && isTerminal(active->status))
        co_return std::optional<Result<RunSnapshot>>(std::move(*active));
    const OneShot<Result<RunSnapshot>> done;
    m_waiters[id].append(done);
    Clock::TimerId timer = 0;
    if (!deadline.isNever()) {
        timer = m_clock.callAfter(deadline.remaining(m_clock), this, [done] {
            done.resolve(Error(Errc::DeadlineExceeded, u"The workflow is still running."_s));
        });
    }
    Result<RunSnapshot> result = co_await done;
    if (timer)
        m_clock.cancel(timer);
    const auto it = m_waiters.find(id);
    if (it != m_waiters.end()) {
        it->removeIf([](const auto &waiter) { return waiter.isResolved(); });
        if (it->isEmpty())
            m_waiters.erase(it);
    }
    co_return std::optional<Result<RunSnapshot>>(std::move(result));
}

bool RunDriver::cancel(const RunId &id, const QString &reason)
{
    if (!isKnown(id) || m_scope.isClosing())
        return false;
    Mail &mail = m_mail[id];
    mail.cancel = true;
    mail.reason = reason;
    kick(id);
    return true;
}

QCoro::Task<std::optional<Result<RunSnapshot>>> RunDriver::suspend(RunId id, QString reason)
{
    if (!isKnown(id) || m_scope.isClosing())
        co_return std::nullopt;
    const OneShot<Result<RunSnapshot>> done;
    m_halts[id].append(done);
    Mail &mail = m_mail[id];
    mail.suspend = true;
    mail.reason = reason;
    kick(id);
    Result<RunSnapshot> result = co_await done;
    co_return std::optional<Result<RunSnapshot>>(std::move(result));
}

QCoro::Task<Result<RunSnapshot>> RunDriver::revive(RunId id, bool cancelled, QString reason)
{
    if (m_scope.isClosing())
        co_return closingError();
    Mail &mail = m_mail[id];
    mail.cancel = cancelled;
    mail.resume = !cancelled;
    mail.reason = reason;
    if (isKnown(id))
        kick(id);
    else
        co_await activate(id, WorkflowId());
    const ActivePtr run = m_active.value(id);
    if (run)
        (void)co_await run->journaled;
    if (run)
        co_return Result<RunSnapshot>(std::as_const(run->snapshot));
    co_return co_await m_repository.run(id);
}

} // namespace Atom::Workflows
