// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeServer: who may no longer get a room or a topic, or may again; and following a room without being a member.
#include "server/realtime/realtimecore.h"

namespace Atom::Realtime {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype roomTopicPrefix = 5; // "room:"
}

//! Topic "room:ID": the room's events for who may read it without being a member. By break-glass the beginning is noted
//! here; the end is that of the opening.
void RealtimeServer::Private::watch(Connection &c, const Protocol::ClientFrame &frame)
{
    const RoomId room(frame.topic.mid(roomTopicPrefix));
    const Result<Room> found = rooms.room(*c.actor, room);
    if (!found) {
        refuse(c, found.error(), frame.type, room, frame.ref);
        return;
    }
    Subscription *subscription = fanout.find(c, room);
    if (!subscription) {
        if (!hasSpaceForRoom(c)) {
            sendError(c, Error(Errc::Conflict, u"This connection is in too many rooms."_s), frame.ref);
            return;
        }
        subscription = &fanout.subscribe(c, room, found->lastSeq, false);
        subscription->watching = true;
        rooms.noteReading(*c.actor, room, "live", found->lastSeq + 1, 0);
    }
    const QJsonObject fields{{u"topic"_s, QString::fromLatin1(frame.topic)}, {u"last_seq"_s, subscription->lastSeq}};
    sendFields(c, "subscribed", fields, frame.ref);
}

void RealtimeServer::Private::unwatch(Connection &c, const Protocol::ClientFrame &frame)
{
    const RoomId room(frame.topic.mid(roomTopicPrefix));
    if (const Subscription *s = fanout.find(c, room); s && s->watching && !rooms.isMember(c.actor->user, room))
        fanout.unsubscribe(c, room);
    sendFields(c, "unsubscribed", QJsonObject{{u"topic"_s, QString::fromLatin1(frame.topic)}}, frame.ref);
}

void RealtimeServer::Private::reviewRoom(Connection &c, const RoomId &room)
{
    if (!fanout.find(c, room) || mayHear(*c.actor, room))
        return;
    fanout.unsubscribe(c, room);
    typingTracker.set(room, c.actor->user, DeviceId(c.id), false);
    const QJsonObject fields{
        {u"room_id"_s, room.toString()}, {u"timestamp"_s, toIso(clock.now())}, {u"reason"_s, u"forbidden"_s}};
    sendFields(c, "room_left", fields, {});
}

void RealtimeServer::Private::reviewConnection(Connection &c)
{
    QList<RoomId> mine;
    for (const auto &[room, subscription] : c.rooms)
        mine.append(room);
    for (const RoomId &room : std::as_const(mine))
        reviewRoom(c, room);
    const QList<QByteArray> ended = topics.review(c);
    for (const QByteArray &topic : ended)
        sendFields(c, "unsubscribed", QJsonObject{{u"topic"_s, QString::fromLatin1(topic)}}, {});
}

void RealtimeServer::Private::onRoleChanged(const RoleId &role)
{
    QList<QPointer<Connection>> concerned;
    for (const auto &[c, owned] : connections) {
        if (c->actor && c->actor->customRole == role)
            concerned.append(c);
    }
    for (const QPointer<Connection> &c : std::as_const(concerned)) {
        if (c && c->isOpen())
            reviewConnection(*c);
    }
}

void RealtimeServer::Private::onRoomRulesChanged(const RoomId &room)
{
    QList<QPointer<Connection>> concerned;
    for (Connection *c : fanout.listeners(room))
        concerned.append(c);
    for (const QPointer<Connection> &c : std::as_const(concerned)) {
        if (c && c->isOpen())
            reviewRoom(*c, room);
    }
    // Members who may read again hear the room again.
    const Rooms::RoomState *const state = rooms.find(room);
    if (!state)
        return;
    const bool fewer = byUser.size() < state->members.size();
    const QList<UserId> members = fewer ? byUser.keys() : state->members.keys();
    for (const UserId &user : members) {
        if (!state->members.contains(user))
            continue;
        const QList<Connection *> mine = byUser.value(user);
        for (Connection *c : mine) {
            if (!c->isOpen() || !c->greeted || fanout.find(*c, room) || !hasSpaceForRoom(*c) ||
                !mayHear(*c->actor, room))
                continue;
            fanout.subscribe(*c, room, state->room.lastSeq, false);
            sendFields(*c, "room_joined", joinedFields(room, state->room.lastSeq), {});
        }
    }
}

void RealtimeServer::Private::onGlassChanged(const UserId &user, const RoomId &room)
{
    const QList<Connection *> mine = byUser.value(user);
    for (Connection *c : mine) {
        if (c->isOpen())
            reviewRoom(*c, room);
    }
}

} // namespace Atom::Realtime
