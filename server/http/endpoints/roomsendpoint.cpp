// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/roomsendpoint.h"

#include "server/http/endpoints/jsonreader.h"
#include "shared/protocol/restcodec.h"

#include <algorithm>

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype maxFirstMembers = 1000;

std::optional<RoomPersistence> persistenceFromName(const QString &name)
{
    if (name == u"durable"_s)
        return RoomPersistence::Durable;
    if (name == u"ephemeral"_s)
        return RoomPersistence::Ephemeral;
    return std::nullopt;
}

//! Rooms are listed by name, then id.
std::pair<QString, QString> positionOf(const Room &room)
{
    return {room.name, room.id.toString()};
}
} // namespace

RoomsEndpoint::RoomsEndpoint(Rooms::RoomService &rooms, const Identity::UserService &users)
    : m_rooms(rooms), m_users(users)
{
}

QList<Route> RoomsEndpoint::routes()
{
    return {
        userRoute("GET", u"/api/v1/rooms"_s, Action::RoomList, bind(this, &RoomsEndpoint::list)),
        userRoute("POST", u"/api/v1/rooms"_s, Action::RoomCreate, bind(this, &RoomsEndpoint::create)),
        userRoute("GET", u"/api/v1/rooms/{room_id}"_s, Action::RoomRead, bind(this, &RoomsEndpoint::show)),
        userRoute("POST", u"/api/v1/rooms/{room_id}/join"_s, Action::RoomJoin, bind(this, &RoomsEndpoint::join)),
        userRoute("POST", u"/api/v1/rooms/{room_id}/leave"_s, Action::RoomLeave, bind(this, &RoomsEndpoint::leave)),
        userRoute("GET", u"/api/v1/rooms/{room_id}/members"_s, Action::RoomRead, bind(this, &RoomsEndpoint::members)),
        userRoute("POST", u"/api/v1/rooms/{room_id}/members"_s, Action::RoomManageMembers,
                  bind(this, &RoomsEndpoint::addMember)),
        userRoute("DELETE", u"/api/v1/rooms/{room_id}/members/{user_id}"_s, Action::RoomManageMembers,
                  bind(this, &RoomsEndpoint::removeMember)),
    };
}

bool RoomsEndpoint::exists(const UserId &user) const
{
    return user == assistantUser() || m_users.find(user);
}

QList<Room> RoomsEndpoint::roomsOf(const Actor &actor) const
{
    QList<Room> rooms;
    const QList<RoomId> mine = m_rooms.roomsOf(actor.user);
    for (const RoomId &id : mine) {
        if (const Result<Room> room = m_rooms.room(actor, id))
            rooms.append(*room);
    }
    return rooms;
}

Response RoomsEndpoint::list(const Request &request, const Actor &actor) const
{
    const Result<qint64> limit = request.queryInt(u"limit"_s, 100, 1, 1000);
    const Result<QStringList> cursor = queryCursor(request, 2);
    if (!limit || !cursor)
        return Response::problem(limit ? cursor.error() : limit.error(), request);
    const QString member = request.query.queryItemValue(u"member"_s, QUrl::FullyDecoded);
    if (!member.isEmpty() && member != "true"_L1 && member != "false"_L1)
        return Response::problem(Error::invalid(u"/query/member"_s, u"member is true or false."_s), request);
    QList<Room> rooms = member == "true"_L1 ? roomsOf(actor) : m_rooms.visibleTo(actor);
    const auto before = [](const Room &a, const Room &b) { return positionOf(a) < positionOf(b); };
    std::sort(rooms.begin(), rooms.end(), before);
    auto room = rooms.cbegin();
    if (!cursor->isEmpty()) {
        const std::pair seen(cursor->at(0), cursor->at(1));
        room = std::find_if(room, rooms.cend(), [&](const Room &r) { return seen < positionOf(r); });
    }
    QJsonArray items;
    QString next;
    for (; room != rooms.cend(); ++room) {
        if (items.size() == *limit) {
            const auto [name, id] = positionOf(*std::prev(room));
            next = encodeCursor({name, id});
            break;
        }
        QJsonObject item = Protocol::toJson(*room);
        if (m_rooms.isMember(actor.user, room->id)) {
            const Rooms::Counters counters = m_rooms.counters(actor.user, room->id);
            item.insert(u"unread"_s, counters.unread);
            item.insert(u"mentions"_s, counters.mentions);
            item.insert(u"seen_up_to"_s, counters.seenUpTo);
        }
        items.append(std::move(item));
    }
    return Response::json(listOf(items, next));
}

QCoro::Task<Response> RoomsEndpoint::create(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    Rooms::RoomDraft draft;
    draft.id = reader.optionalId<RoomId>(u"id"_s);
    draft.name = reader.optionalString(u"name"_s, 0, 128).value_or(QString());
    draft.kind =
        reader.optionalChoice(u"kind"_s, &roomKindFromName, u"group, direct, assistant"_s).value_or(RoomKind::Group);
    // Only groups are open by default: a direct or assistant room is nobody else's business.
    const RoomVisibility usual = draft.kind == RoomKind::Group ? RoomVisibility::Public : RoomVisibility::Private;
    const QJsonValue name = body->value(u"name"_s);
    const bool isUnnamed = name.isUndefined() || (name.isString() && name.toString().trimmed().isEmpty());
    if (draft.kind == RoomKind::Group && isUnnamed) {
        draft.name = draft.id.toString(); // so that people see what they are in
        if (draft.id.isEmpty() && !body->contains(u"id"_s))
            reader.reject(u"name"_s, u"is missing: a group needs a name, or at least an id to be called by"_s);
    }
    draft.visibility =
        reader.optionalChoice(u"visibility"_s, &roomVisibilityFromName, u"public, private"_s).value_or(usual);
    draft.persistence = reader.optionalChoice(u"persistence"_s, &persistenceFromName, u"durable, ephemeral"_s)
                            .value_or(RoomPersistence::Durable);
    draft.assistantEnabled = reader.optionalBool(u"assistant_enabled"_s).value_or(false);
    draft.members = reader.optionalIds<UserId>(u"members"_s, maxFirstMembers);
    if (std::any_of(draft.members.cbegin(), draft.members.cend(), [this](const UserId &u) { return !exists(u); }))
        reader.reject(u"members"_s, u"names an account that does not exist"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);

    // Asking for a direct room that exists returns it.
    QList<RoomId> had;
    if (draft.kind == RoomKind::Direct)
        had = m_rooms.roomsOf(actor.user);
    const Result<Room> made = co_await m_rooms.create(actor, draft);
    if (!made)
        co_return Response::problem(made.error(), request);
    const bool existed = had.contains(made->id);
    Response response = Response::json(Protocol::toJson(*made), existed ? 200 : 201);
    if (!existed)
        response.headers.append({QByteArrayLiteral("Location"), "/api/v1/rooms/" + made->id.bytes()});
    co_return std::move(response);
}

Response RoomsEndpoint::show(const Request &request, const Actor &actor) const
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    if (!id)
        return Response::problem(id.error(), request);
    const Result<Room> room = m_rooms.room(actor, *id);
    if (!room)
        return Response::problem(room.error(), request);
    return Response::json(Protocol::toJson(*room));
}

QCoro::Task<Response> RoomsEndpoint::join(Request request, Actor actor)
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    QString message;
    if (!request.body.isEmpty()) {
        const Result<QJsonObject> body = request.json();
        if (!body)
            co_return Response::problem(body.error(), request);
        JsonReader reader(*body);
        message = reader.optionalString(u"message"_s, 0, Rooms::reasonLimit).value_or(QString());
        if (const Result<void> read = reader.finish(); !read)
            co_return Response::problem(read.error(), request);
    }
    const Result<Room> room = co_await m_rooms.join(actor, *id, message);
    if (!room)
        co_return Response::problem(room.error(), request);
    const bool waits = m_rooms.hasRequested(actor.user, *id);
    co_return Response::json(Protocol::toJson(*room), waits ? 202 : 200);
}

QCoro::Task<Response> RoomsEndpoint::leave(Request request, Actor actor)
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    if (const Result<void> read = requireNoFields(request); !read)
        co_return Response::problem(read.error(), request);
    const Result<void> left = co_await m_rooms.leave(actor, *id);
    if (!left)
        co_return Response::problem(left.error(), request);
    co_return Response::noContent();
}

Response RoomsEndpoint::members(const Request &request, const Actor &actor) const
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    if (!id)
        return Response::problem(id.error(), request);
    const Result<qint64> limit = request.queryInt(u"limit"_s, 1000, 1, 5000);
    const Result<QStringList> after = queryCursor(request, 1);
    if (!limit || !after)
        return Response::problem(limit ? after.error() : limit.error(), request);
    const Result<QList<Member>> members = m_rooms.members(actor, *id);
    if (!members)
        return Response::problem(members.error(), request);
    QJsonArray items;
    QString last;
    for (const Member &member : *members) {
        const QString user = member.user.toString();
        if (!after->isEmpty() && user <= after->constFirst())
            continue;
        if (items.size() == *limit)
            return Response::json(listOf(items, encodeCursor({last})));
        items.append(Protocol::toJson(member));
        last = user;
    }
    return Response::json(listOf(items));
}

QCoro::Task<Response> RoomsEndpoint::addMember(Request request, Actor actor)
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const UserId user = reader.id<UserId>(u"user_id"_s);
    const MemberRole role = reader.optionalChoice(u"role"_s, &memberRoleFromName, u"owner, moderator, member"_s)
                                .value_or(MemberRole::Member);
    if (!user.isEmpty() && !exists(user))
        reader.reject(u"user_id"_s, u"names an account that does not exist"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<Member> member = co_await m_rooms.addMember(actor, *id, user, role);
    if (!member)
        co_return Response::problem(member.error(), request);
    co_return Response::json(Protocol::toJson(*member), 201);
}

QCoro::Task<Response> RoomsEndpoint::removeMember(Request request, Actor actor)
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<UserId> user = pathId<UserId>(request, 1, u"member"_s);
    if (!user)
        co_return Response::problem(user.error(), request);
    const QString reason = request.query.queryItemValue(u"reason"_s, QUrl::FullyDecoded);
    const Result<void> removed = co_await m_rooms.removeMember(actor, *id, *user, reason);
    if (!removed)
        co_return Response::problem(removed.error(), request);
    co_return Response::noContent();
}

} // namespace Atom::HttpEndpoints
