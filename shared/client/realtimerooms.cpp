// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeClient: the way of an event to its receivers, in order, and what is known of each room.
#include "shared/client/realtimeclient_p.h"

namespace Atom::Client {

void RealtimeClient::Private::resumeDone(const RoomId &room)
{
    lastResumeAt = clock.monotonic();
    if (!awaiting.remove(room))
        return;
    if (awaiting.isEmpty() && !roomsPending && state == ConnectionState::Resuming)
        goOnline();
    else
        pump();
}

void RealtimeClient::Private::accept(RoomEvent event)
{
    const RoomId room = event.room;
    if (awaiting.contains(room))
        lastResumeAt = clock.monotonic();
    if (event.actor == user) {
        // The acknowledgement of an earlier connection was lost, but here is what it would have told.
        if (const std::optional<OutboxEntry> entry = outbox.settle(event))
            acknowledged(*entry, event);
    }
    QList<RoomEvent> ready = rooms[room].sequence.offer(std::move(event));
    deliver(room, std::move(ready));
}

void RealtimeClient::Private::deliver(const RoomId &room, QList<RoomEvent> events)
{
    bool left = false;
    for (const RoomEvent &event : std::as_const(events)) {
        if (event.actor == user) {
            if (event.kind == RoomEventKind::MemberLeft)
                left = true;
            else if (event.kind == RoomEventKind::MemberJoined)
                left = false;
            else if (event.kind == RoomEventKind::Receipt) {
                Receipt &receipt = receipts[room];
                receipt.confirmed = std::max(receipt.confirmed, event.readUpTo);
            }
        }
        countEvent(event);
        announce([this, event] { Q_EMIT q->roomEvent(event); });
    }
    const auto track = rooms.find(room);
    if (track == rooms.end())
        return;
    if (left && !track->second.sequence.hasHole()) {
        wanted.remove(room);
        forgetRoom(room);
        announce([this, room] { Q_EMIT q->roomLeft(room); });
        return;
    }
    if (!events.isEmpty()) {
        track->second.emptyAnswers = 0;
        track->second.holeSince = clock.monotonic();
    }
    if (!track->second.sequence.hasHole()) {
        holes.erase(room);
    } else {
        if (holes.insert(room).second)
            track->second.holeSince = clock.monotonic();
        pumpHoles();
    }
}

void RealtimeClient::Private::skipTo(const RoomId &room, qint64 seq)
{
    while (true) {
        const auto track = rooms.find(room);
        if (track == rooms.end() || track->second.sequence.position() >= seq)
            return;
        RoomSequencer::Skipped skipped = track->second.sequence.skipTo(seq);
        announce([this, room, from = skipped.from, to = skipped.to] { Q_EMIT q->gap(room, from, to); });
        deliver(room, std::move(skipped.events));
    }
}

void RealtimeClient::Private::noteExists(const RoomId &room, qint64 seq)
{
    const auto track = rooms.find(room);
    if (track == rooms.end() || seq <= 0)
        return;
    track->second.sequence.noteExists(seq);
    deliver(room, {});
}

void RealtimeClient::Private::forgetRoom(const RoomId &room)
{
    rooms.erase(room);
    holes.erase(room);
    serverRooms.remove(room);
    receipts.erase(room);
    counters.remove(room);
    pendingUnread.remove(room);
    pendingDrafts.remove(room);
    takeRequests(Request::Kind::Unread, room);
    takeRequests(Request::Kind::Draft, room);
    takeRequests(Request::Kind::History, room);
    takeRequests(Request::Kind::Receipt, room);
    resumeDone(room);
}

//! An entry left the outbox because the server has it; `event` is what became of it.
void RealtimeClient::Private::acknowledged(const OutboxEntry &entry, RoomEvent event)
{
    if (entry.kind == OutboxEntry::Kind::Message)
        announce([this, key = entry.key, event = std::move(event)] { Q_EMIT q->messageAcknowledged(key, event); });
}

} // namespace Atom::Client
