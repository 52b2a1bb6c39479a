// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/roommoderationendpoint.h"

#include "server/http/endpoints/jsonreader.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;
using Rooms::Restriction;
using Rooms::RestrictionKind;

namespace {
constexpr qint64 longestSeconds = 366 * 86'400;

//! The room and the user of the path.
struct Target
{
    RoomId room;
    UserId user;
};
Result<Target> targetOf(const Request &request)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        return room.error();
    const Result<UserId> user = pathId<UserId>(request, 1, u"user"_s);
    if (!user)
        return user.error();
    Target target;
    target.room = *room;
    target.user = *user;
    return target;
}

QJsonObject toJson(const Restriction &restriction)
{
    QJsonObject json{{u"user_id"_s, restriction.user.toString()},
                     {u"by"_s, restriction.by.toString()},
                     {u"at"_s, toIso(restriction.at)}};
    if (restriction.until)
        json.insert(u"until"_s, toIso(*restriction.until));
    if (!restriction.reason.isEmpty())
        json.insert(u"reason"_s, restriction.reason);
    return json;
}

QJsonObject toJson(const Rooms::JoinRequest &request)
{
    QJsonObject json{{u"user_id"_s, request.user.toString()}, {u"at"_s, toIso(request.at)}};
    if (!request.message.isEmpty())
        json.insert(u"message"_s, request.message);
    return json;
}

//! A page of items that are sorted by `key`.
template <typename T, typename Key> Response pageOf(const QList<T> &sorted, const Request &request, Key key)
{
    const Result<qint64> limit = request.queryInt(u"limit"_s, 100, 1, 1000);
    const Result<QStringList> after = queryCursor(request, 1);
    if (!limit || !after)
        return Response::problem(limit ? after.error() : limit.error(), request);
    QJsonArray items;
    QString last;
    for (const T &item : sorted) {
        const QString position = key(item);
        if (!after->isEmpty() && position <= after->constFirst())
            continue;
        if (items.size() == *limit)
            return Response::json(listOf(items, encodeCursor({last})));
        items.append(toJson(item));
        last = position;
    }
    return Response::json(listOf(items));
}

struct Terms
{
    std::optional<seconds> duration;
    QString reason;
};
Result<Terms> readTerms(const Request &request, bool needsDuration)
{
    const Result<QJsonObject> body = request.body.isEmpty() && !needsDuration ? QJsonObject() : request.json();
    if (!body)
        return body.error();
    JsonReader reader(*body);
    Terms terms;
    if (needsDuration || reader.has(u"seconds"_s))
        terms.duration = seconds(reader.integer(u"seconds"_s, 1, longestSeconds));
    terms.reason = reader.optionalString(u"reason"_s, 0, Rooms::reasonLimit).value_or(QString());
    if (const Result<void> read = reader.finish(); !read)
        return read.error();
    return terms;
}
} // namespace

QList<Route> RoomModerationEndpoint::routes()
{
    using Self = RoomModerationEndpoint;
    const QString room = u"/api/v1/rooms/{room_id}"_s;
    const QString asking = room + u"/join-requests/{user_id}"_s;
    return {
        userRoute("GET", room + u"/mutes"_s, Action::RoomModerate, bind(this, &Self::mutes)),
        userRoute("PUT", room + u"/mutes/{user_id}"_s, Action::RoomModerate, bind(this, &Self::mute)),
        userRoute("DELETE", room + u"/mutes/{user_id}"_s, Action::RoomModerate, bind(this, &Self::unmute)),
        userRoute("GET", room + u"/bans"_s, Action::RoomModerate, bind(this, &Self::bans)),
        userRoute("PUT", room + u"/bans/{user_id}"_s, Action::RoomModerate, bind(this, &Self::ban)),
        userRoute("DELETE", room + u"/bans/{user_id}"_s, Action::RoomModerate, bind(this, &Self::unban)),
        userRoute("GET", room + u"/join-requests"_s, Action::RoomModerate, bind(this, &Self::joinRequests)),
        userRoute("POST", asking + u"/approve"_s, Action::RoomModerate, bind(this, &Self::approve)),
        userRoute("POST", asking + u"/deny"_s, Action::RoomModerate, bind(this, &Self::deny)),
        userRoute("DELETE", asking, Action::RoomJoin, bind(this, &Self::withdraw)),
    };
}

Response RoomModerationEndpoint::list(const Request &request, const Actor &actor, RestrictionKind kind) const
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        return Response::problem(room.error(), request);
    const Result<QList<Restriction>> list = m_rooms.restrictions(actor, *room, kind);
    if (!list)
        return Response::problem(list.error(), request);
    return pageOf(*list, request, [](const Restriction &restriction) { return restriction.user.toString(); });
}

Response RoomModerationEndpoint::mutes(const Request &request, const Actor &actor) const
{
    return list(request, actor, RestrictionKind::Mute);
}

Response RoomModerationEndpoint::bans(const Request &request, const Actor &actor) const
{
    return list(request, actor, RestrictionKind::Ban);
}

QCoro::Task<Response> RoomModerationEndpoint::mute(Request request, Actor actor)
{
    const Result<Target> target = targetOf(request);
    if (!target)
        co_return Response::problem(target.error(), request);
    const Result<Terms> terms = readTerms(request, true);
    if (!terms)
        co_return Response::problem(terms.error(), request);
    const Result<Restriction> muted =
        co_await m_rooms.mute(actor, target->room, target->user, *terms->duration, terms->reason);
    if (!muted)
        co_return Response::problem(muted.error(), request);
    co_return Response::json(toJson(*muted));
}

QCoro::Task<Response> RoomModerationEndpoint::unmute(Request request, Actor actor)
{
    const Result<Target> target = targetOf(request);
    if (!target)
        co_return Response::problem(target.error(), request);
    const Result<void> ended = co_await m_rooms.unmute(actor, target->room, target->user);
    if (!ended)
        co_return Response::problem(ended.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> RoomModerationEndpoint::ban(Request request, Actor actor)
{
    const Result<Target> target = targetOf(request);
    if (!target)
        co_return Response::problem(target.error(), request);
    const Result<Terms> terms = readTerms(request, false);
    if (!terms)
        co_return Response::problem(terms.error(), request);
    const Result<Restriction> banned =
        co_await m_rooms.ban(actor, target->room, target->user, terms->duration, terms->reason);
    if (!banned)
        co_return Response::problem(banned.error(), request);
    co_return Response::json(toJson(*banned));
}

QCoro::Task<Response> RoomModerationEndpoint::unban(Request request, Actor actor)
{
    const Result<Target> target = targetOf(request);
    if (!target)
        co_return Response::problem(target.error(), request);
    const Result<void> ended = co_await m_rooms.unban(actor, target->room, target->user);
    if (!ended)
        co_return Response::problem(ended.error(), request);
    co_return Response::noContent();
}

Response RoomModerationEndpoint::joinRequests(const Request &request, const Actor &actor) const
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        return Response::problem(room.error(), request);
    const Result<QList<Rooms::JoinRequest>> list = m_rooms.joinRequests(actor, *room);
    if (!list)
        return Response::problem(list.error(), request);
    return pageOf(*list, request,
                  [](const Rooms::JoinRequest &asked) { return toIso(asked.at) + u' ' + asked.user.toString(); });
}

QCoro::Task<Response> RoomModerationEndpoint::approve(Request request, Actor actor)
{
    const Result<Target> target = targetOf(request);
    if (!target)
        co_return Response::problem(target.error(), request);
    if (const Result<void> read = requireNoFields(request); !read)
        co_return Response::problem(read.error(), request);
    const Result<void> done = co_await m_rooms.approveJoin(actor, target->room, target->user);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> RoomModerationEndpoint::deny(Request request, Actor actor)
{
    const Result<Target> target = targetOf(request);
    if (!target)
        co_return Response::problem(target.error(), request);
    QString reason;
    if (!request.body.isEmpty()) {
        const Result<QJsonObject> body = request.json();
        if (!body)
            co_return Response::problem(body.error(), request);
        JsonReader reader(*body);
        reason = reader.optionalString(u"reason"_s, 0, Rooms::reasonLimit).value_or(QString());
        if (const Result<void> read = reader.finish(); !read)
            co_return Response::problem(read.error(), request);
    }
    const Result<void> done = co_await m_rooms.denyJoin(actor, target->room, target->user, reason);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> RoomModerationEndpoint::withdraw(Request request, Actor actor)
{
    const Result<Target> target = targetOf(request);
    if (!target)
        co_return Response::problem(target.error(), request);
    if (target->user != actor.user)
        co_return Response::problem(noSuch(u"request to join"_s), request);
    const Result<void> done = co_await m_rooms.withdrawJoin(actor, target->room);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

} // namespace Atom::HttpEndpoints
