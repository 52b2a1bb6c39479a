// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/audit/refusalbuffer.h"

#include <algorithm>
#include <limits>

namespace Atom::Audit {

namespace {
constexpr int largestCount = std::numeric_limits<int>::max();
constexpr int longestInterval = 16; // windows
} // namespace

std::optional<Draft> RefusalBuffer::take(Draft draft)
{
    draft.outcome = Outcome::Refused;
    // Of a refused sign-in there is no actor yet: each account it was tried for is one of its own.
    const UserId who = draft.actor.isEmpty() ? UserId(draft.objectId) : draft.actor;
    const Key key{who, draft.action, draft.objectKind};
    const auto known = m_entries.find(key);
    if (known == m_entries.end()) {
        if (m_entries.size() >= m_keyLimit) {
            ++m_overflow;
            return std::nullopt;
        }
        Entry entry;
        entry.joined = draft;
        entry.joined.count = 0;
        m_entries.insert(key, std::move(entry));
        return draft;
    }
    Draft &joined = known->joined;
    if (joined.count == 0) {
        joined = std::move(draft);
        joined.count = 1;
        return std::nullopt;
    }
    // One record for all: what they do not have in common is left out.
    if (joined.objectId != draft.objectId)
        joined.objectId.clear();
    if (joined.address != draft.address)
        joined.address.clear();
    joined.count = std::min(joined.count, largestCount - 1) + 1;
    joined.at = draft.at;
    return std::nullopt;
}

QList<Draft> RefusalBuffer::endWindow(Timestamp now)
{
    QList<Draft> due;
    for (auto it = m_entries.begin(); it != m_entries.end();) {
        Entry &entry = *it;
        if (entry.joined.count == 0) { // quiet since the last record
            it = m_entries.erase(it);
            continue;
        }
        if (++entry.windows >= entry.interval) {
            due.append(entry.joined);
            entry.joined.count = 0;
            entry.windows = 0;
            entry.interval = std::min(2 * entry.interval, longestInterval);
        }
        ++it;
    }
    std::sort(due.begin(), due.end(), [](const Draft &a, const Draft &b) { return a.at < b.at; });
    appendOverflow(due, now);
    return due;
}

QList<Draft> RefusalBuffer::flush(Timestamp now)
{
    QList<Draft> joined;
    for (const Entry &entry : std::as_const(m_entries)) {
        if (entry.joined.count > 0)
            joined.append(entry.joined);
    }
    m_entries.clear();
    std::sort(joined.begin(), joined.end(), [](const Draft &a, const Draft &b) { return a.at < b.at; });
    appendOverflow(joined, now);
    return joined;
}

void RefusalBuffer::appendOverflow(QList<Draft> &list, Timestamp now)
{
    if (m_overflow == 0)
        return;
    Draft others;
    others.action = QByteArrayLiteral("audit.refusals_joined");
    others.actor = systemUser();
    others.outcome = Outcome::Refused;
    others.count = int(std::min<qint64>(m_overflow, largestCount));
    others.at = now;
    list.append(std::move(others));
    m_overflow = 0;
}

} // namespace Atom::Audit
