// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/client/outbox.h"

#include <algorithm>

namespace Atom::Client {

Outbox::Outbox(int limit, int window, int roomWindow)
    : m_limit(limit), m_window(std::max(1, window)), m_roomWindow(std::max(1, roomWindow))
{
}

void Outbox::append(OutboxEntry entry)
{
    m_roomOf.insert(entry.key, entry.room);
    m_queues[entry.room].push_back(std::move(entry));
}

bool Outbox::hasInFlight(const RoomId &room) const
{
    const auto queue = m_queues.find(room);
    return queue != m_queues.end() && !queue->second.empty() && queue->second.front().inFlight;
}

std::optional<Monotonic> Outbox::oldestInFlight() const
{
    std::optional<Monotonic> oldest;
    for (const auto &[room, queue] : m_queues) {
        for (const OutboxEntry &entry : queue) {
            if (!entry.inFlight)
                break;
            if (!oldest || entry.sentAt < *oldest)
                oldest = entry.sentAt;
        }
    }
    return oldest;
}

std::optional<OutboxEntry> Outbox::take(const QByteArray &key)
{
    const auto room = m_roomOf.constFind(key);
    if (room == m_roomOf.cend())
        return std::nullopt;
    const RoomId id = *room;
    Queue &queue = m_queues[id];
    return takeAt(id, std::find_if(queue.begin(), queue.end(), [&](const OutboxEntry &e) { return e.key == key; }));
}

std::optional<OutboxEntry> Outbox::takeAt(const RoomId &room, Queue::iterator at)
{
    const auto found = m_queues.find(room);
    if (found == m_queues.end() || at == found->second.end())
        return std::nullopt;
    OutboxEntry entry = std::move(*at);
    found->second.erase(at);
    if (found->second.empty())
        m_queues.erase(found);
    m_roomOf.remove(entry.key);
    if (entry.inFlight)
        --m_inFlight;
    return entry;
}

void Outbox::sendAgain(const QByteArray &key)
{
    const auto room = m_roomOf.constFind(key);
    if (room == m_roomOf.cend())
        return;
    for (OutboxEntry &entry : m_queues[*room]) {
        if (entry.key != key || !entry.inFlight)
            continue;
        entry.inFlight = false;
        --m_inFlight;
    }
}

void Outbox::connectionLost()
{
    for (auto &[room, queue] : m_queues) {
        for (OutboxEntry &entry : queue)
            entry.inFlight = false;
    }
    m_inFlight = 0;
}

std::optional<OutboxEntry> Outbox::settle(const RoomEvent &event)
{
    const auto found = m_queues.find(event.room);
    if (found == m_queues.end())
        return std::nullopt;
    Queue &queue = found->second;
    const auto leadTo = [&](const OutboxEntry &entry) {
        switch (entry.kind) {
        case OutboxEntry::Kind::Message:
            return event.kind == RoomEventKind::Message && entry.key == event.clientId;
        case OutboxEntry::Kind::Edit:
            return event.kind == RoomEventKind::Edit && entry.message == event.message && entry.text == event.text;
        case OutboxEntry::Kind::Deletion:
            return event.kind == RoomEventKind::Deletion && entry.message == event.message;
        case OutboxEntry::Kind::Mark:
            return event.kind == entry.mark && entry.message == event.message && entry.text == event.text;
        }
        return false;
    };
    // Only what was sent at least once can have led to an event, and that is at the front.
    for (auto it = queue.begin(); it != queue.end() && it->attempts > 0; ++it) {
        if (leadTo(*it))
            return takeAt(event.room, it);
    }
    return std::nullopt;
}

} // namespace Atom::Client
