// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Events on their way to runs and subscribers.
#include "server/workflows/activerun.h"
#include "server/workflows/eventmatcher.h"
#include "server/workflows/lifecycleevents.h"

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

bool RunDriver::isWanted(const QJsonObject &event) const
{
    return !m_index.find(event).isEmpty() || m_bus.isWanted(event);
}

int RunDriver::deliver(const QJsonObject &event, bool stored, const QList<RunId> &consumers)
{
    QList<RunId> ids = m_index.find(event);
    ids.removeIf([&](const RunId &id) { return consumers.contains(id); });
    const int asked = int(ids.size());
    if (!m_scope.isClosing())
        m_scope.spawn(bring(event, stored, std::move(ids)), "event");
    return asked;
}

// An event is delivered when every run that may want it has journaled that it took it, or does not want it.
QCoro::Task<void> RunDriver::bring(QJsonObject event, bool stored, QList<RunId> ids)
{
    QList<OneShot<bool>> all;
    for (const RunId &id : ids) {
        Delivery delivery{event, {}};
        all.append(delivery.done);
        m_mail[id].events.append(std::move(delivery));
    }
    // First everybody has it, then they go on: what one does may change who else is here.
    for (const RunId &id : ids)
        kick(id);
    co_await m_bus.publish(event);
    for (const OneShot<bool> &done : all)
        (void)co_await done;
    if (stored && !m_scope.isClosing())
        (void)co_await m_repository.eventDelivered(eventIdentity(event));
}

// Nobody pays for what nobody listens to.
void RunDriver::offerLifecycle(const Active &run, const RunTransition &transition)
{
    if (!m_index.wantsLifecycle() && !m_bus.wantsLifecycle())
        return;
    for (const QJsonObject &event : lifecycleEvents(run.lastStatus, transition)) {
        if (isWanted(event))
            deliver(event, false);
    }
}

} // namespace Atom::Workflows
