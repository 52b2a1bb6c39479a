// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/roomsettingsendpoint.h"

#include "server/http/endpoints/jsonreader.h"
#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;
using Rooms::RoomChange;

namespace {
RoomChange readChange(JsonReader &reader)
{
    RoomChange change;
    change.name = reader.optionalString(u"name"_s, 0, 128);
    change.topic = reader.optionalString(u"topic"_s, 0, 250);
    change.purpose = reader.optionalString(u"purpose"_s, 0, 2000);
    change.visibility = reader.optionalChoice(u"visibility"_s, &roomVisibilityFromName, u"public, private"_s);
    change.assistantEnabled = reader.optionalBool(u"assistant_enabled"_s);
    change.readOnly = reader.optionalBool(u"read_only"_s);
    change.joinApproval = reader.optionalBool(u"join_approval"_s);
    if (reader.has(u"slow_mode_seconds"_s))
        change.slowModeSeconds = int(reader.integer(u"slow_mode_seconds"_s, 0, Rooms::slowModeLimitSeconds));
    const QJsonValue days = reader.optionalValue(u"retention_days"_s);
    if (days.toString() == "default"_L1)
        change.retentionDays = std::optional<int>();
    else if (days.isDouble() && days.toInt(-1) == days.toDouble() && days.toInt() >= 0)
        change.retentionDays = std::optional<int>(days.toInt());
    else if (!days.isNull())
        reader.reject(u"retention_days"_s, u"must be a number of days, 0 for ever, or \"default\""_s);
    return change;
}

QJsonObject toJson(const LegalHold &hold)
{
    return {
        {u"held"_s, true}, {u"by"_s, hold.by.toString()}, {u"since"_s, toIso(hold.since)}, {u"reason"_s, hold.reason}};
}

Response roomResponse(const Result<Room> &room, const Request &request)
{
    if (!room)
        return Response::problem(room.error(), request);
    return Response::json(Protocol::toJson(room.value()));
}

//! For acts that may be told a reason: no body at all will do as well.
Result<QString> readReason(const Request &request)
{
    if (request.body.isEmpty())
        return QString();
    const Result<QJsonObject> body = request.json();
    if (!body)
        return body.error();
    JsonReader reader(*body);
    const QString reason = reader.optionalString(u"reason"_s, 0, Rooms::reasonLimit).value_or(QString());
    if (const Result<void> read = reader.finish(); !read)
        return read.error();
    return reason;
}
} // namespace

QList<Route> RoomSettingsEndpoint::routes()
{
    const QString room = u"/api/v1/rooms/{room_id}"_s;
    return {
        userRoute("PATCH", room, Action::RoomUpdate, bind(this, &RoomSettingsEndpoint::update)),
        userRoute("POST", room + u"/archive"_s, Action::RoomAdminister, bind(this, &RoomSettingsEndpoint::archive)),
        userRoute("POST", room + u"/unarchive"_s, Action::RoomAdminister, bind(this, &RoomSettingsEndpoint::unarchive)),
        checkedRoute("GET", room + u"/legal-hold"_s, Action::LegalHoldManage,
                     bind(this, &RoomSettingsEndpoint::showHold)),
        checkedRoute("PUT", room + u"/legal-hold"_s, Action::LegalHoldManage, bind(this, &RoomSettingsEndpoint::hold)),
        checkedRoute("DELETE", room + u"/legal-hold"_s, Action::LegalHoldManage,
                     bind(this, &RoomSettingsEndpoint::endHold)),
        userRoute("PATCH", room + u"/members/{user_id}"_s, Action::RoomAdminister,
                  bind(this, &RoomSettingsEndpoint::setRole)),
        userRoute("PUT", room + u"/owner"_s, Action::RoomAdminister, bind(this, &RoomSettingsEndpoint::transfer)),
    };
}

QCoro::Task<Response> RoomSettingsEndpoint::update(Request request, Actor actor)
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const RoomChange change = readChange(reader);
    const QString reason = reader.optionalString(u"reason"_s, 0, Rooms::reasonLimit).value_or(QString());
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<Room> room = co_await m_rooms.update(actor, *id, change, reason);
    co_return roomResponse(room, request);
}

QCoro::Task<Response> RoomSettingsEndpoint::archive(Request request, Actor actor)
{
    return setArchived(std::move(request), std::move(actor), true);
}

QCoro::Task<Response> RoomSettingsEndpoint::unarchive(Request request, Actor actor)
{
    return setArchived(std::move(request), std::move(actor), false);
}

QCoro::Task<Response> RoomSettingsEndpoint::setArchived(Request request, Actor actor, bool archived)
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<QString> reason = readReason(request);
    if (!reason)
        co_return Response::problem(reason.error(), request);
    RoomChange change;
    change.archived = archived;
    const Result<Room> room = co_await m_rooms.update(actor, *id, change, *reason);
    co_return roomResponse(room, request);
}

Response RoomSettingsEndpoint::showHold(const Request &request, const Actor &actor) const
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    if (!id)
        return Response::problem(id.error(), request);
    const Result<std::optional<LegalHold>> hold = m_rooms.legalHold(actor, *id);
    if (!hold)
        return Response::problem(hold.error(), request);
    return Response::json(hold.value() ? toJson(*hold.value()) : QJsonObject{{u"held"_s, false}});
}

QCoro::Task<Response> RoomSettingsEndpoint::hold(Request request, Actor actor)
{
    return setHold(std::move(request), std::move(actor), true);
}

QCoro::Task<Response> RoomSettingsEndpoint::endHold(Request request, Actor actor)
{
    return setHold(std::move(request), std::move(actor), false);
}

QCoro::Task<Response> RoomSettingsEndpoint::setHold(Request request, Actor actor, bool held)
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<QString> reason = readReason(request);
    if (!reason)
        co_return Response::problem(reason.error(), request);
    const Result<Room> room = co_await m_rooms.setLegalHold(actor, *id, held, *reason);
    if (!room)
        co_return Response::problem(room.error(), request);
    co_return showHold(request, actor);
}

QCoro::Task<Response> RoomSettingsEndpoint::setRole(Request request, Actor actor)
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    const Result<UserId> user = pathId<UserId>(request, 1, u"member"_s);
    if (!id || !user)
        co_return Response::problem(id ? user.error() : id.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const std::optional<MemberRole> role =
        reader.optionalChoice(u"role"_s, &memberRoleFromName, u"owner, moderator, member"_s);
    if (!reader.has(u"role"_s))
        reader.reject(u"role"_s, u"is required"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<Member> member = co_await m_rooms.setMemberRole(actor, *id, *user, *role);
    if (!member)
        co_return Response::problem(member.error(), request);
    co_return Response::json(Protocol::toJson(*member));
}

QCoro::Task<Response> RoomSettingsEndpoint::transfer(Request request, Actor actor)
{
    const Result<RoomId> id = pathId<RoomId>(request, 0, u"room"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const UserId user = reader.id<UserId>(u"user_id"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<Room> room = co_await m_rooms.transferOwnership(actor, *id, user);
    co_return roomResponse(room, request);
}

} // namespace Atom::HttpEndpoints
