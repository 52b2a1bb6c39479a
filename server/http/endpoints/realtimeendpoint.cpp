// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/realtimeendpoint.h"

#include "server/http/endpoints/chatendpoint.h"
#include "server/http/endpoints/jsonreader.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
QString statusName(Rooms::PresenceStatus status)
{
    switch (status) {
    case Rooms::PresenceStatus::Offline:
        return u"offline"_s;
    case Rooms::PresenceStatus::Away:
        return u"away"_s;
    case Rooms::PresenceStatus::Online:
        return u"online"_s;
    }
    return {};
}

//! The fields of the system_message frame asked for by the body.
Result<QJsonObject> systemMessage(const Request &request, const Actor &actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        return body.error();
    JsonReader reader(*body);
    const QString message = reader.string(u"message"_s, 1, 8192);
    const std::optional<QString> type = reader.optionalString(u"message_type"_s, 1, 64);
    const std::optional<QJsonObject> metadata = reader.optionalObject(u"metadata"_s, 8192);
    if (const Result<void> read = reader.finish(); !read)
        return read.error();
    QJsonObject fields{{u"message"_s, message}, {u"from"_s, actor.user.toString()}};
    if (type)
        fields.insert(u"message_type"_s, *type);
    if (metadata)
        fields.insert(u"metadata"_s, *metadata);
    return fields;
}
} // namespace

RealtimeEndpoint::RealtimeEndpoint(RealtimeView &realtime, const Rooms::PresenceTracker &presence,
                                   const Rooms::RoomService &rooms, const Identity::SessionService &sessions,
                                   const Identity::Permissions &permissions, Audit::ActSink &audit, const Clock &clock)
    : m_realtime(realtime), m_presence(presence), m_rooms(rooms), m_sessions(sessions), m_permissions(permissions),
      m_audit(audit), m_clock(clock)
{
}

QList<Route> RealtimeEndpoint::routes()
{
    return {
        guestRoute("GET", u"/api/v1/websocket/stats"_s, Action::PresenceRead, bind(this, &RealtimeEndpoint::stats)),
        guestRoute("GET", u"/api/v1/websocket/users/{user_id}/status"_s, Action::PresenceRead,
                   bind(this, &RealtimeEndpoint::status)),
        guestRoute("GET", u"/api/v1/websocket/rooms/{room_id}"_s, Action::PresenceRead,
                   bind(this, &RealtimeEndpoint::room)),
        checkedRoute("POST", u"/api/v1/websocket/users/{user_id}/message"_s, Action::SystemMessageSend,
                     bind(this, &RealtimeEndpoint::sendToUser)),
        checkedRoute("POST", u"/api/v1/websocket/rooms/{room_id}/broadcast"_s, Action::SystemMessageSend,
                     bind(this, &RealtimeEndpoint::broadcast)),
    };
}

Response RealtimeEndpoint::stats(const Request &request, const Actor &actor) const
{
    if (const Result<void> admitted = requireCaller(m_sessions, request, actor); !admitted)
        return Response::problem(admitted.error(), request);
    const RealtimeCounts c = m_realtime.counts();
    return Response::json(QJsonObject{
        {u"active_connections"_s, c.connections},
        {u"authenticated"_s, c.authenticated},
        {u"users"_s, c.users},
        {u"rooms"_s, c.rooms},
        {u"frames_in"_s, qint64(c.framesIn)},
        {u"frames_out"_s, qint64(c.framesOut)},
        {u"bytes_in"_s, qint64(c.bytesIn)},
        {u"bytes_out"_s, qint64(c.bytesOut)},
        {u"slow_closed"_s, qint64(c.slowClosed)},
        {u"errors_sent"_s, qint64(c.errorsSent)},
        {u"timestamp"_s, toIso(m_clock.now())},
    });
}

Response RealtimeEndpoint::status(const Request &request, const Actor &actor) const
{
    if (const Result<void> admitted = requireCaller(m_sessions, request, actor); !admitted)
        return Response::problem(admitted.error(), request);
    const Result<UserId> user = pathId<UserId>(request, 0, u"user"_s);
    if (!user)
        return Response::problem(user.error(), request);
    // Nobody knows who exists from this: a name never seen is just offline.
    const Rooms::Presence presence = m_presence.of(*user);
    return Response::json(QJsonObject{
        {u"user_id"_s, user->toString()},
        {u"online"_s, presence.status != Rooms::PresenceStatus::Offline},
        {u"status"_s, statusName(presence.status)},
        {u"devices"_s, presence.devices},
        {u"last_seen"_s, presence.lastSeen ? QJsonValue(toIso(*presence.lastSeen)) : QJsonValue()},
    });
}

Response RealtimeEndpoint::room(const Request &request, const Actor &actor) const
{
    if (const Result<void> admitted = requireCaller(m_sessions, request, actor); !admitted)
        return Response::problem(admitted.error(), request);
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    const Rooms::RoomState *state = id ? m_rooms.find(*id) : nullptr;
    if (!state)
        return Response::problem(noSuch(u"room"_s), request);
    bool allowed = m_permissions.can(actor, Action::PresenceRead, m_rooms.objectFor(actor, *state));
    if (!allowed && (actor.user.isEmpty() || actor.isGuest())) {
        // A guest who may walk in may look who is there.
        Actor anyGuest;
        anyGuest.user = UserId(QByteArrayLiteral("guest"));
        allowed = m_permissions.can(anyGuest, Action::RoomJoin, m_rooms.objectFor(anyGuest, *state));
    }
    if (!allowed)
        return Response::problem(noSuch(u"room"_s), request);
    QJsonArray users;
    for (const UserId &user : m_realtime.usersInRoom(*id))
        users.append(user.toString());
    return Response::json(
        QJsonObject{{u"room_id"_s, id->toString()}, {u"users"_s, users}, {u"user_count"_s, users.size()}});
}

QCoro::Task<Response> RealtimeEndpoint::sendToUser(Request request, Actor actor)
{
    const Result<UserId> user = pathId<UserId>(request, 0, u"user"_s);
    if (!user)
        co_return Response::problem(user.error(), request);
    const Result<QJsonObject> fields = systemMessage(request, actor);
    if (!fields)
        co_return Response::problem(fields.error(), request);
    const Audit::Draft act = Audit::draftFor(actor, "system_message.sent", "user", user->bytes(), m_clock.now());
    if (const Result<void> recorded = co_await m_audit.record(act); !recorded)
        co_return Response::problem(recorded.error(), request);
    const int delivered = m_realtime.sendToUser(*user, *fields);
    co_return Response::json(QJsonObject{
        {u"user_id"_s, user->toString()}, {u"delivered"_s, delivered}, {u"timestamp"_s, toIso(m_clock.now())}});
}

QCoro::Task<Response> RealtimeEndpoint::broadcast(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room || !m_rooms.find(*room))
        co_return Response::problem(noSuch(u"room"_s), request);
    const Result<QJsonObject> fields = systemMessage(request, actor);
    if (!fields)
        co_return Response::problem(fields.error(), request);
    const Audit::Draft act = Audit::draftFor(actor, "system_message.sent", "room", room->bytes(), m_clock.now());
    if (const Result<void> recorded = co_await m_audit.record(act); !recorded)
        co_return Response::problem(recorded.error(), request);
    const int delivered = m_realtime.broadcastToRoom(*room, *fields);
    co_return Response::json(QJsonObject{
        {u"room_id"_s, room->toString()}, {u"delivered"_s, delivered}, {u"timestamp"_s, toIso(m_clock.now())}});
}

} // namespace Atom::HttpEndpoints
