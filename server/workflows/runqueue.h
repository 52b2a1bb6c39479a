// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/workflow.h"

#include <QtCore/QHash>

#include <deque>
#include <functional>
#include <map>
#include <optional>

namespace Atom::Workflows {

//! \brief Runs that want to go on and wait for their turn: first come, first served, except that a workflow at its own
//! limit does not hold up others.
class RunQueue
{
public:
    struct Entry
    {
        RunId id;
        WorkflowId workflow;
    };
    bool contains(const RunId &id) const { return m_ids.contains(id); }
    int size() const { return int(m_ids.size()); }
    void append(const RunId &id, const WorkflowId &workflow)
    {
        if (m_ids.contains(id))
            return;
        m_ids.insert(id, workflow);
        m_lists[workflow.bytes()].push_back({m_next++, id});
    }
    WorkflowId remove(const RunId &id) { return m_ids.take(id); } //!< its place stays and is skipped
    //! \brief Takes the first run of a workflow for which `mayGoOn` is true; nullopt: none.
    std::optional<Entry> take(const std::function<bool(const WorkflowId &)> &mayGoOn)
    {
        auto best = m_lists.end();
        for (auto it = m_lists.begin(); it != m_lists.end();) {
            auto &list = it->second;
            while (!list.empty() && !m_ids.contains(list.front().second))
                list.pop_front();
            if (list.empty()) {
                it = m_lists.erase(it);
                continue;
            }
            const bool earlier = best == m_lists.end() || list.front().first < best->second.front().first;
            if (earlier && mayGoOn(WorkflowId(it->first)))
                best = it;
            ++it;
        }
        if (best == m_lists.end())
            return std::nullopt;
        const RunId id = best->second.front().second;
        best->second.pop_front();
        m_ids.remove(id);
        return Entry{id, WorkflowId(best->first)};
    }

private:
    std::map<QByteArray, std::deque<std::pair<quint64, RunId>>> m_lists; //!< by workflow
    QHash<RunId, WorkflowId> m_ids;
    quint64 m_next = 0;
};

} // namespace Atom::Workflows
