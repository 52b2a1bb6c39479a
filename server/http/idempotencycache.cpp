// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/idempotencycache.h"

#include <algorithm>

namespace Atom::Http {

namespace {
bool isToBeTriedAgain(int status)
{
    return status == 401 || status == 408 || status == 409 || status == 425 || status == 429 || status >= 500;
}
} // namespace

IdempotencyCache::Claim IdempotencyCache::claim(const UserId &user, const QByteArray &key,
                                                const QByteArray &fingerprint)
{
    const Monotonic now = m_clock.monotonic();
    while (!m_order.empty()) { // the oldest first: all live equally long
        const auto it = m_entries.find(m_order.front());
        if (it != m_entries.end() && it->second.expires > now)
            break;
        if (it != m_entries.end() && !it->second.finished)
            break; // its handler still runs
        if (it != m_entries.end())
            forget(it->first);
        m_order.pop_front();
    }

    Claim claim;
    const QByteArray name = user.bytes() + '\n' + key; // neither holds a line feed
    if (const auto found = m_byName.constFind(name); found != m_byName.constEnd()) {
        const Entry &entry = m_entries.at(*found);
        const bool over = entry.finished && entry.expires <= now;
        if (!over) {
            claim.outcome = entry.fingerprint != fingerprint ? Outcome::Mismatch
                            : entry.finished                 ? Outcome::Replay
                                                             : Outcome::InProgress;
            if (claim.outcome == Outcome::Replay)
                claim.response = entry.response;
            return claim;
        }
        forget(*found);
    }
    if (qsizetype(m_entries.size()) >= m_limits.entries && !makeRoom()) {
        claim.outcome = Outcome::Full;
        return claim;
    }
    claim.ticket = m_next++;
    Entry entry;
    entry.name = name;
    entry.fingerprint = fingerprint;
    entry.expires = now + m_limits.lifetime;
    m_entries.emplace(claim.ticket, std::move(entry));
    m_byName.insert(name, claim.ticket);
    m_order.push_back(claim.ticket);
    return claim;
}

void IdempotencyCache::finish(quint64 ticket, const Response &response)
{
    const auto it = m_entries.find(ticket);
    if (it == m_entries.end())
        return;
    if (isToBeTriedAgain(response.status)) {
        forget(ticket);
        return;
    }
    Entry &entry = it->second;
    entry.finished = true;
    entry.response = response;
    entry.bytes = response.body.size();
    m_bytes += entry.bytes;
    while (m_bytes > m_limits.bytes && makeRoom()) {
    }
}

bool IdempotencyCache::makeRoom()
{
    const auto oldest = std::find_if(m_order.begin(), m_order.end(), [this](quint64 ticket) {
        const auto it = m_entries.find(ticket);
        return it != m_entries.end() && it->second.finished;
    });
    if (oldest == m_order.end())
        return false;
    forget(*oldest);
    m_order.erase(oldest);
    return true;
}

void IdempotencyCache::forget(quint64 ticket)
{
    const auto it = m_entries.find(ticket);
    if (it == m_entries.end())
        return;
    m_bytes -= it->second.bytes;
    m_byName.remove(it->second.name);
    m_entries.erase(it);
}

} // namespace Atom::Http
