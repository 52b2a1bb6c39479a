// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeServer: catching up. While a room is replayed its live events are held back per connection; history is read
// until it meets the first of them, then they follow. So nothing is lost, doubled or out of order, however long it
// takes.
#include "server/realtime/realtimecore.h"

namespace Atom::Realtime {
using namespace Qt::StringLiterals;

QList<RoomEvent> fitting(const QList<RoomEvent> &events, qint64 bytes, bool fromBack)
{
    qint64 used = 0;
    qsizetype count = 0;
    for (; count < events.size(); ++count) {
        const RoomEvent &event = events.at(fromBack ? events.size() - 1 - count : count);
        used += 512 + event.text.size() * 3; // at most three bytes a UTF-16 unit; escapes are rare
        constexpr qint64 nameBytes = 40; // of most people, in quotes
        used += event.marks.acknowledgedBy.size() * nameBytes;
        for (const QList<UserId> &users : event.marks.reactions)
            used += (users.size() + 1) * nameBytes;
        if (count > 0 && used > bytes)
            break;
    }
    return fromBack ? events.last(count) : events.first(count);
}

Subscription *RealtimeServer::Private::subscriptionOf(const QPointer<Connection> &c, const RoomId &room) const
{
    return c && c->isOpen() ? Fanout::find(*c, room) : nullptr;
}

QCoro::Task<void> RealtimeServer::Private::replayRooms(QPointer<Connection> c, QList<Resume> resumes)
{
    for (qsizetype i = 0; i < resumes.size(); ++i) {
        const Resume resume = resumes.at(i);
        if (!c || !c->isOpen())
            co_return;
        co_await replayRoom(c, resume.room, resume.after);
    }
}

QCoro::Task<void> RealtimeServer::Private::replayRoom(QPointer<Connection> c, RoomId room, qint64 after)
{
    Subscription *s = subscriptionOf(c, room);
    const Rooms::RoomState *const state = rooms.find(room);
    if (!s || !state)
        co_return; // left meanwhile, and told so
    const bool isFarBehind = after <= state->room.lastSeq && state->room.lastSeq - s->lastSeq > resumeLimit;
    if (isFarBehind)
        co_await sendGap(c, room);
    const bool complete = co_await catchUp(c, room);
    if (!complete)
        co_await sendGap(c, room);
    for (;;) {
        s = subscriptionOf(c, room);
        if (!s)
            co_return;
        if (!fanout.releaseOne(*s))
            break;
        if (c->backlog() > settings.outgoingBytes / 4) {
            const OneShot<bool> drainedAgain = c->whenDrained();
            co_await drainedAgain;
        }
    }
    QJsonObject fields;
    fields.insert(u"room_id"_s, room.toString());
    fields.insert(u"seq"_s, s->lastSeq);
    sendFields(*c, "resumed", fields, {});
}

QCoro::Task<bool> RealtimeServer::Private::catchUp(QPointer<Connection> c, RoomId room)
{
    for (;;) {
        Subscription *s = subscriptionOf(c, room);
        const Rooms::RoomState *const state = rooms.find(room);
        if (!s || !state)
            co_return true;
        const qint64 lastSeq = s->lastSeq;
        const bool meetsHeld = !s->held.isEmpty() && s->held.first().seq <= lastSeq + 1;
        if (meetsHeld || (s->held.isEmpty() && lastSeq >= state->room.lastSeq))
            co_return true;
        const Actor actor = *c->actor;
        const qint64 before = lastSeq == 0 ? historyPage + 1 : 0; // "after 0" would mean the newest page
        const Result<RoomEventPage> page = co_await rooms.history(actor, room, before, lastSeq, historyPage);
        s = subscriptionOf(c, room);
        if (!s)
            co_return true;
        if (!page || page.value().events.isEmpty() || page.value().events.first().seq > lastSeq + 1)
            co_return false;
        const QList<RoomEvent> events = page.value().events;
        for (const RoomEvent &event : events) {
            if (event.seq <= s->lastSeq)
                continue;
            if (!s->held.isEmpty() && event.seq >= s->held.first().seq)
                break; // held: this device may be its origin
            c->sendText(Protocol::encodeRoomEvent(event));
            metrics.deliveries.add();
            s->lastSeq = event.seq;
            if (c->backlog() > settings.outgoingBytes / 4) {
                const OneShot<bool> drainedAgain = c->whenDrained();
                co_await drainedAgain;
                s = subscriptionOf(c, room);
                if (!s)
                    co_return true;
            }
        }
        if (s->lastSeq == lastSeq)
            co_return false;
    }
}

QCoro::Task<void> RealtimeServer::Private::sendGap(QPointer<Connection> c, RoomId room)
{
    if (!subscriptionOf(c, room))
        co_return;
    const Actor actor = *c->actor;
    const Result<RoomEventPage> page = co_await rooms.history(actor, room, 0, 0, snapshotEvents);
    Subscription *const s = subscriptionOf(c, room);
    const Rooms::RoomState *const state = rooms.find(room);
    if (!s || !state)
        co_return;
    QList<RoomEvent> snapshot;
    if (page)
        snapshot = fitting(page.value().events, pageBytes(), true);
    // Events that are held follow by themselves.
    while (!snapshot.isEmpty() && !s->held.isEmpty() && snapshot.last().seq >= s->held.first().seq)
        snapshot.removeLast();
    while (!snapshot.isEmpty() && snapshot.first().seq <= s->lastSeq)
        snapshot.removeFirst();
    const qint64 newest = s->held.isEmpty() ? state->room.lastSeq : s->held.first().seq - 1;
    const qint64 to = snapshot.isEmpty() ? newest : snapshot.last().seq;
    if (to <= s->lastSeq)
        co_return;
    QJsonObject fields;
    fields.insert(u"room_id"_s, room.toString());
    fields.insert(u"from"_s, s->lastSeq + 1);
    fields.insert(u"to"_s, to);
    c->sendText(Protocol::encodeEventsFrame("gap", fields, "snapshot", snapshot));
    s->lastSeq = to;
}

} // namespace Atom::Realtime
