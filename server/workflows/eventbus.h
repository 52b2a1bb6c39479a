// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/eventindex.h"
#include "shared/core/result.h"

#include <QCoro/QCoroTask>

#include <algorithm>
#include <functional>
#include <map>

namespace Atom::Workflows {

//! \brief Events (JSON format of CloudEvents 1.0) inside of this process, for what is no run: schedules, bridges to
//! chat rooms, live topics. Runs that listen are served by the engine itself. Main thread.
//!
//! An event comes at least once: one whose handlers had not all returned when the process died comes again after the
//! next start, with the same `source` and `id`.
class EventBus
{
public:
    //! Called in the order of publication; the event counts as delivered when the task is done.
    using Handler = std::function<QCoro::Task<void>(QJsonObject event)>;
    using Subscription = quint64;

    //! \brief `interests`: any of them; one without attributes takes every event except those about workflows
    //! themselves (`io.serverlessworkflow.*`), which must be named by their type.
    Subscription subscribe(const QList<EventInterest> &interests, Handler handler)
    {
        const Subscription id = m_next++;
        m_handlers.emplace(id, std::move(handler));
        m_index.set(id, interests);
        return id;
    }
    void unsubscribe(Subscription id)
    {
        m_index.remove(id);
        m_handlers.erase(id);
    }
    bool isWanted(const QJsonObject &event) const { return !m_index.find(event).isEmpty(); }
    bool wantsLifecycle() const { return m_index.wantsLifecycle(); }
    //! \brief Hands the event to the handlers that want it; resumes when all are done.
    QCoro::Task<void> publish(QJsonObject event)
    {
        QList<Subscription> ids = m_index.find(event);
        std::sort(ids.begin(), ids.end());
        for (const Subscription id : ids) {
            const auto it = m_handlers.find(id);
            if (it == m_handlers.end())
                continue; // gone meanwhile
            const Handler handler = it->second;
            co_await handler(event);
        }
    }

private:
    EventIndex<Subscription> m_index;
    std::map<Subscription, Handler> m_handlers;
    Subscription m_next = 1;
};

} // namespace Atom::Workflows
