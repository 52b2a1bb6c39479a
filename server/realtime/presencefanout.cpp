// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/realtime/presencefanout.h"

#include "shared/protocol/realtimeframes.h"

#include <QtCore/QSet>

#include <algorithm>

namespace Atom::Realtime {
using Rooms::PresenceStatus;

namespace {
QByteArray statusName(PresenceStatus status)
{
    switch (status) {
    case PresenceStatus::Online:
        return "online";
    case PresenceStatus::Away:
        return "away";
    case PresenceStatus::Offline:
        return "offline";
    }
    return "offline";
}
} // namespace

PresenceFanout::PresenceFanout(Rooms::RoomService &rooms, Rooms::PresenceTracker &presence, Fanout &fanout,
                               FlushPacer &pacer, Clock &clock)
    : m_rooms(rooms), m_presence(presence), m_fanout(fanout), m_pacer(pacer), m_clock(clock)
{
    connect(&presence, &Rooms::PresenceTracker::changed, this, &PresenceFanout::onChanged);
}

PresenceFanout::~PresenceFanout()
{
    if (m_timer)
        m_clock.cancel(m_timer);
}

void PresenceFanout::onChanged(const UserId &user, PresenceStatus status, PresenceStatus before)
{
    auto waiting = m_waiting.find(user);
    if (waiting == m_waiting.end())
        waiting = m_waiting.insert(user, Waiting{before, Monotonic::max()});
    if (waiting->known == status) {
        m_waiting.erase(waiting); // back to what the others believe
        return;
    }
    const Monotonic now = m_clock.monotonic();
    if (status == PresenceStatus::Offline)
        waiting->due = now + goes;
    else // not postponed by the next change
        waiting->due = std::min(waiting->due, now + comes);
    schedule();
}

void PresenceFanout::schedule()
{
    if (m_timer || m_waiting.isEmpty())
        return;
    m_timer = m_clock.callAfter(comes, this, [this] {
        m_timer = 0;
        tellDue();
        schedule();
    });
}

void PresenceFanout::tellDue()
{
    const Monotonic now = m_clock.monotonic();
    QList<std::pair<Monotonic, UserId>> due;
    for (auto it = m_waiting.cbegin(); it != m_waiting.cend(); ++it) {
        if (it->due <= now)
            due.emplaceBack(it->due, it.key());
    }
    const auto end = due.begin() + std::min<qsizetype>(due.size(), usersPerTick);
    std::partial_sort(due.begin(), end, due.end());
    due.erase(end, due.end());
    for (const auto &[at, user] : std::as_const(due)) {
        m_waiting.remove(user);
        tell(user);
    }
}

QSet<Connection *> PresenceFanout::listenersOf(const UserId &user) const
{
    QSet<Connection *> told;
    const QList<RoomId> mine = m_rooms.roomsOf(user);
    for (const RoomId &room : mine) {
        const Rooms::RoomState *const state = m_rooms.find(room);
        if (!state || state->members.size() > roomMembers)
            continue;
        const QList<Connection *> listeners = m_fanout.listeners(room);
        for (Connection *c : listeners) {
            if (c->actor)
                told.insert(c);
        }
    }
    return told;
}

void PresenceFanout::send(const UserId &user, const QByteArray &frame)
{
    const QSet<Connection *> told = listenersOf(user);
    for (Connection *c : told)
        c->sendFrame(frame, Connection::Priority::Delivery);
    m_pacer.add(m_clock.monotonic(), int(told.size()));
}

void PresenceFanout::tell(const UserId &user)
{
    QSet<Connection *> told = listenersOf(user);
    told.removeIf([&user](Connection *c) { return c->actor->user == user; });
    if (told.isEmpty())
        return;
    const Rooms::Presence now = m_presence.of(user);
    const PresenceStatus status = now.devices == 0 ? PresenceStatus::Offline : now.status;
    const QByteArray text = Protocol::encodePresence(user, statusName(status), now.lastSeen);
    const QByteArray frame = FrameCodec::encodeText(text);
    for (Connection *c : std::as_const(told))
        c->sendFrame(frame, Connection::Priority::Droppable);
    m_pacer.add(m_clock.monotonic(), int(told.size()));
}

} // namespace Atom::Realtime
