// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/realtime/fanout.h"

#include "server/realtime/realtimemetrics.h"
#include "shared/protocol/realtimeframes.h"

namespace Atom::Realtime {
using namespace Qt::StringLiterals;

Subscription &Fanout::subscribe(Connection &connection, const RoomId &room, qint64 lastSeq, bool holding)
{
    auto owned = std::make_unique<Subscription>();
    Subscription &subscription = *owned;
    subscription.connection = &connection;
    subscription.room = room;
    subscription.lastSeq = lastSeq;
    subscription.holding = holding;
    QList<Subscription *> &audience = m_audiences[room];
    subscription.index = audience.size();
    audience.append(&subscription);
    connection.rooms.emplace(room, std::move(owned));
    return subscription;
}

Subscription *Fanout::find(Connection &connection, const RoomId &room)
{
    const auto it = connection.rooms.find(room);
    return it == connection.rooms.end() ? nullptr : it->second.get();
}

void Fanout::unsubscribe(Connection &connection, const RoomId &room)
{
    const auto it = connection.rooms.find(room);
    if (it == connection.rooms.end())
        return;
    const std::unique_ptr<Subscription> gone = std::move(it->second);
    connection.rooms.erase(it);
    const auto audience = m_audiences.find(gone->room);
    Subscription *const last = audience->takeLast();
    if (last != gone.get()) {
        (*audience)[gone->index] = last;
        last->index = gone->index;
    }
    if (audience->isEmpty())
        m_audiences.erase(audience);
}

void Fanout::unsubscribeAll(Connection &connection)
{
    while (!connection.rooms.empty()) {
        const RoomId room = connection.rooms.begin()->first;
        unsubscribe(connection, room);
    }
}

int Fanout::deliver(const RoomEvent &event, const DeviceId &origin)
{
    const auto found = m_audiences.constFind(event.room);
    if (found == m_audiences.cend())
        return 0;
    const QList<Subscription *> audience = *found;
    const bool isTraced = event.kind == RoomEventKind::Message && !event.trace.isEmpty();
    const qint64 startMicros = isTraced ? unixMicros() : 0;
    const auto start = isTraced ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
    QByteArray frame;
    const auto encoded = [&frame, &event]() -> const QByteArray & { // not at all when only the sender listens
        if (frame.isEmpty())
            frame = FrameCodec::encodeText(Protocol::encodeRoomEvent(event));
        return frame;
    };
    int recipients = 0;
    for (Subscription *s : audience) {
        const bool isOwn = s->connection->id == origin.bytes();
        if (s->holding) {
            s->held.append(Subscription::Held{event.seq, isOwn ? QByteArray() : encoded()});
            if (s->held.size() > Subscription::heldLimit)
                s->held.removeFirst();
            continue;
        }
        if (event.seq <= s->lastSeq)
            continue;
        s->lastSeq = event.seq;
        if (isOwn)
            continue;
        s->connection->sendFrame(encoded(), Connection::Priority::Delivery);
        ++recipients;
    }
    m_metrics.deliveries.add(quint64(recipients));
    if (isTraced) {
        Fanned fanned;
        fanned.startMicros = startMicros;
        fanned.durationMicros =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count();
        fanned.recipients = recipients;
        fanned.encodedBytes = int(frame.size());
        m_traces.fannedOut(event.trace, fanned);
    }
    return recipients;
}

bool Fanout::releaseOne(Subscription &s)
{
    while (!s.held.isEmpty()) {
        const Subscription::Held held = s.held.takeFirst();
        if (held.seq <= s.lastSeq)
            continue;
        s.lastSeq = held.seq;
        if (held.frame.isEmpty())
            continue;
        m_metrics.deliveries.add();
        s.connection->sendFrame(held.frame);
        return true;
    }
    s.holding = false;
    s.joining = false;
    s.held = {};
    return false;
}

int Fanout::sendToRoom(const RoomId &room, const QByteArray &frame, Connection::Priority priority,
                       const DeviceId &exceptDevice, const UserId &exceptUser)
{
    int reached = 0;
    const QList<Subscription *> audience = m_audiences.value(room);
    for (Subscription *s : audience) {
        Connection &c = *s->connection;
        if (c.id == exceptDevice.bytes() || (!exceptUser.isEmpty() && c.actor && c.actor->user == exceptUser))
            continue;
        c.sendFrame(frame, priority);
        ++reached;
    }
    return reached;
}

QList<Connection *> Fanout::listeners(const RoomId &room) const
{
    QList<Connection *> found;
    for (const Subscription *s : m_audiences.value(room))
        found.append(s->connection);
    return found;
}

QList<UserId> Fanout::users(const RoomId &room) const
{
    QList<UserId> found;
    for (const Subscription *s : m_audiences.value(room)) {
        if (s->connection->actor && !s->watching)
            found.append(s->connection->actor->user);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

} // namespace Atom::Realtime
