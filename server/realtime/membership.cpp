// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeServer: who gets which room.
#include "server/realtime/realtimecore.h"

namespace Atom::Realtime {
using namespace Qt::StringLiterals;

namespace {
constexpr int membersShown = 50;
constexpr int typingRoomMembers = 200; //!< in a larger room somebody always types, and nobody wants to know
} // namespace

bool RealtimeServer::Private::hasSpaceForRoom(const Connection &c) const
{
    return settings.roomsPerConnection <= 0 || c.rooms.size() < size_t(settings.roomsPerConnection);
}

QJsonObject RealtimeServer::Private::joinedFields(const RoomId &room, qint64 lastSeq) const
{
    QJsonObject fields{{u"room_id"_s, room.toString()}, {u"timestamp"_s, toIso(clock.now())}, {u"last_seq"_s, lastSeq}};
    const Rooms::RoomState *const state = rooms.find(room);
    if (!state)
        return fields;
    QList<UserId> some;
    for (auto it = state->members.cbegin(); it != state->members.cend() && some.size() < membersShown; ++it)
        some.append(it.key());
    std::sort(some.begin(), some.end());
    QJsonArray members;
    for (const UserId &user : std::as_const(some))
        members.append(user.toString());
    fields.insert(u"name"_s, state->room.name);
    fields.insert(u"kind"_s, roomKindName(state->room.kind));
    fields.insert(u"members"_s, members);
    fields.insert(u"member_count"_s, state->members.size());
    return fields;
}

QCoro::Task<void> RealtimeServer::Private::join(QPointer<Connection> c, RoomId room, QByteArray ref)
{
    if (!fanout.find(*c, room) && !hasSpaceForRoom(*c)) {
        sendError(*c, Error(Errc::Conflict, u"This connection is in too many rooms."_s), ref);
        co_return;
    }
    c->block(); // frames that follow may need the membership
    const Actor actor = *c->actor;
    Result<Room> joined = co_await rooms.join(actor, room);
    if (!c)
        co_return;
    c->unblock();
    if (!c->isOpen())
        co_return;
    Subscription *subscription = fanout.find(*c, room);
    if (!joined) {
        refuse(*c, joined.error(), Protocol::ClientFrameType::JoinRoom, room, ref);
    } else if (!mayHear(actor, room)) { // joined to act, not to listen
        const QJsonObject fields{{u"room_id"_s, room.toString()}, {u"timestamp"_s, toIso(clock.now())}};
        sendFields(*c, "room_joined", fields, ref);
    } else if (rooms.isMember(actor.user, room)) {
        if (!subscription)
            subscription = &fanout.subscribe(*c, room, rooms.find(room)->room.lastSeq, false);
        sendFields(*c, "room_joined", joinedFields(room, subscription->lastSeq), ref);
    } else if (rooms.hasRequested(actor.user, room)) {
        QJsonObject fields;
        fields.insert(u"room_id"_s, room.toString());
        fields.insert(u"timestamp"_s, toIso(clock.now()));
        sendFields(*c, "join_pending", fields, ref);
    } else { // and removed again in the same moment
        sendError(*c, Error(Errc::NotFound, u"There is no such room."_s), ref);
    }
    if (subscription && subscription->joining) {
        while (fanout.releaseOne(*subscription)) {
        }
    }
}

QCoro::Task<void> RealtimeServer::Private::leave(QPointer<Connection> c, RoomId room, QByteArray ref)
{
    c->block();
    const Actor actor = *c->actor;
    const Result<void> left = co_await rooms.leave(actor, room);
    if (!c)
        co_return;
    c->unblock();
    if (!left) {
        refuse(*c, left.error(), Protocol::ClientFrameType::LeaveRoom, room, ref);
        co_return;
    }
    QJsonObject fields;
    fields.insert(u"room_id"_s, room.toString());
    fields.insert(u"timestamp"_s, toIso(clock.now()));
    sendFields(*c, "room_left", fields, ref);
}

void RealtimeServer::Private::onEvent(const RoomEvent &event, const DeviceId &origin)
{
    if (event.kind == RoomEventKind::MemberJoined)
        admit(event, origin);
    else if (event.kind == RoomEventKind::MemberLeft)
        expel(event, origin);
    else if (event.kind == RoomEventKind::RoomUpdated && event.metadata.value("changes"_L1)["visibility"_L1].isString())
        onRoomRulesChanged(event.room); // who followed a public room does not hear that and what comes
    const int recipients = fanout.deliver(event, origin);
    if (recipients > 0)
        pacer.add(clock.monotonic(), recipients);
    topics.publishEvent(event);
}

//! The devices of a new member hear the room from this event on.
void RealtimeServer::Private::admit(const RoomEvent &event, const DeviceId &origin)
{
    const QList<Connection *> mine = byUser.value(event.actor);
    for (Connection *c : mine) {
        const bool acts = c->id == origin.bytes();
        if (!c->isOpen() || !mayHear(*c->actor, event.room) || (!acts && !c->greeted) || fanout.find(*c, event.room) ||
            !hasSpaceForRoom(*c))
            continue;
        Subscription &subscription = fanout.subscribe(*c, event.room, event.seq, acts);
        subscription.joining = acts; // its room_joined comes first, see join()
        if (!acts)
            sendFields(*c, "room_joined", joinedFields(event.room, event.seq), {});
    }
}

void RealtimeServer::Private::expel(const RoomEvent &event, const DeviceId &origin)
{
    const QList<Connection *> mine = byUser.value(event.actor);
    for (Connection *c : mine) {
        if (!fanout.find(*c, event.room))
            continue;
        fanout.unsubscribe(*c, event.room);
        typingTracker.set(event.room, event.actor, DeviceId(c->id), false);
        if (c->id == origin.bytes())
            continue; // answered by leave()
        QJsonObject fields{{u"room_id"_s, event.room.toString()}, {u"timestamp"_s, toIso(event.at)}};
        for (const QString &name : {u"removed_by"_s, u"reason"_s, u"banned_until"_s}) {
            if (event.metadata.contains(name))
                fields.insert(name, event.metadata.value(name));
        }
        sendFields(*c, "room_left", fields, {});
    }
}

//! Requests to join are for those who decide and for the one who asked: no events of the room.
void RealtimeServer::Private::onJoinRequest(const Rooms::JoinRequest &request, Rooms::JoinDecision decision,
                                            const UserId &by, const QString &reason)
{
    using Rooms::JoinDecision;
    QJsonObject fields{{u"room_id"_s, request.room.toString()},
                       {u"user_id"_s, request.user.toString()},
                       {u"timestamp"_s, toIso(request.at)}};
    switch (decision) {
    case JoinDecision::Pending:
        fields.insert(u"status"_s, u"pending"_s);
        break;
    case JoinDecision::Approved:
        fields.insert(u"status"_s, u"approved"_s);
        break;
    case JoinDecision::Denied:
        fields.insert(u"status"_s, u"denied"_s);
        break;
    case JoinDecision::Withdrawn:
        fields.insert(u"status"_s, u"withdrawn"_s);
        break;
    }
    if (!reason.isEmpty())
        fields.insert(u"reason"_s, reason);
    const auto tell = [this](const UserId &user, const QJsonObject &what) {
        for (Connection *c : byUser.value(user)) {
            if (c->isOpen() && c->greeted)
                sendFields(*c, "join_request", what, {});
        }
    };
    tell(request.user, fields);
    if (decision == JoinDecision::Approved || decision == JoinDecision::Denied)
        fields.insert(u"decided_by"_s, by.toString());
    if (!request.message.isEmpty())
        fields.insert(u"message"_s, request.message);
    const Rooms::RoomState *const state = rooms.find(request.room);
    if (!state)
        return;
    QList<UserId> moderators;
    for (const Member &member : state->members) {
        if (member.role != MemberRole::Member)
            moderators.append(member.user);
    }
    for (const UserId &user : std::as_const(moderators))
        tell(user, fields);
}

void RealtimeServer::Private::onTyping(const RoomId &room, const UserId &user, const DeviceId &device, bool isTyping)
{
    const Rooms::RoomState *const state = rooms.find(room);
    if (isTyping && state && state->members.size() > typingRoomMembers)
        return; // an end is always told: the room may have grown since the beginning
    const QByteArray frame = FrameCodec::encodeText(Protocol::encodeTyping(room, user, isTyping));
    pacer.add(clock.monotonic(), fanout.sendToRoom(room, frame, Connection::Priority::Droppable, device));
}

void RealtimeServer::tellProgress(const RoomId &room, const QByteArray &frame)
{
    const Rooms::RoomState *const state = d->rooms.find(room);
    if (!state || state->members.size() > typingRoomMembers)
        return;
    const QByteArray encoded = FrameCodec::encodeText(frame);
    d->pacer.add(d->clock.monotonic(),
                 d->fanout.sendToRoom(room, encoded, Connection::Priority::Droppable, DeviceId()));
}

} // namespace Atom::Realtime
