// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/invitationsendpoint.h"

#include "server/http/endpoints/jsonreader.h"
#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;
using Rooms::Invitation;
using Rooms::InvitationService;
using Rooms::RoomPreference;

namespace {
QJsonObject toJson(const Invitation &invitation)
{
    QJsonObject json{{u"id"_s, QString::fromLatin1(invitation.id)},
                     {u"room_id"_s, invitation.room.toString()},
                     {u"created_by"_s, invitation.createdBy.toString()},
                     {u"created_at"_s, toIso(invitation.createdAt)},
                     {u"max_uses"_s, invitation.maxUses},
                     {u"uses"_s, invitation.uses}};
    if (invitation.expiresAt)
        json.insert(u"expires_at"_s, toIso(*invitation.expiresAt));
    if (invitation.revokedAt)
        json.insert(u"revoked_at"_s, toIso(*invitation.revokedAt));
    return json;
}

QJsonObject toJson(const RoomPreference &preference)
{
    return {{u"room_id"_s, preference.room.toString()},
            {u"favourite"_s, preference.favourite},
            {u"notify"_s, Rooms::notificationLevelName(preference.notify)}};
}
} // namespace

QJsonObject preferencesJson(const QList<RoomPreference> &preferences)
{
    QJsonArray items;
    for (const RoomPreference &preference : preferences)
        items.append(toJson(preference));
    return listOf(items);
}

QList<Route> InvitationsEndpoint::routes()
{
    using Self = InvitationsEndpoint;
    const QString room = u"/api/v1/rooms/{room_id}"_s;
    return {
        userRoute("POST", room + u"/invitations"_s, Action::RoomInvite, bind(this, &Self::create)),
        userRoute("GET", room + u"/invitations"_s, Action::RoomModerate, bind(this, &Self::list)),
        userRoute("DELETE", room + u"/invitations/{invitation_id}"_s, Action::RoomModerate, bind(this, &Self::revoke)),
        userRoute("POST", u"/api/v1/room-invitations/redeem"_s, Action::RoomJoin, bind(this, &Self::redeem)),
        userRoute("PATCH", room + u"/preferences"_s, Action::RoomPreferencesSet, bind(this, &Self::setPreference)),
        userRoute("GET", u"/api/v1/users/me/room-preferences"_s, Action::RoomList, bind(this, &Self::preferences)),
        userRoute("PUT", u"/api/v1/users/me/favourites"_s, Action::RoomPreferencesSet,
                  bind(this, &Self::setFavourites)),
    };
}

QCoro::Task<Response> InvitationsEndpoint::create(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    QJsonObject fields;
    if (!request.body.isEmpty()) {
        const Result<QJsonObject> body = request.json();
        if (!body)
            co_return Response::problem(body.error(), request);
        fields = *body;
    }
    JsonReader reader(fields);
    seconds lifetime = InvitationService::usualLifetime;
    if (reader.has(u"expires_in_seconds"_s)) {
        lifetime = seconds(reader.integer(u"expires_in_seconds"_s, 60, InvitationService::longestLifetime.count()));
    }
    int maxUses = 0;
    if (reader.has(u"max_uses"_s))
        maxUses = int(reader.integer(u"max_uses"_s, 0, InvitationService::mostUses));
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<InvitationService::Made> made = co_await m_invitations.create(actor, *room, lifetime, maxUses);
    if (!made)
        co_return Response::problem(made.error(), request);
    QJsonObject json = toJson(made->invitation);
    json.insert(u"token"_s, QString::fromLatin1(made->token));
    // Behind the '#' a browser keeps it to itself: it reaches no log and no Referer.
    json.insert(u"link"_s, u"/#/invitation/"_s + QString::fromLatin1(made->token));
    Response response = Response::json(json, 201);
    response.headers.append({QByteArrayLiteral("Cache-Control"), QByteArrayLiteral("no-store")});
    co_return response;
}

QCoro::Task<Response> InvitationsEndpoint::list(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<QList<Invitation>> list = co_await m_invitations.list(actor, *room);
    if (!list)
        co_return Response::problem(list.error(), request);
    QJsonArray items;
    for (const Invitation &invitation : *list)
        items.append(toJson(invitation));
    co_return Response::json(listOf(items));
}

QCoro::Task<Response> InvitationsEndpoint::revoke(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<void> revoked = co_await m_invitations.revoke(actor, *room, request.args.value(1).toUtf8());
    if (!revoked)
        co_return Response::problem(revoked.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> InvitationsEndpoint::redeem(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString token = reader.string(u"token"_s, 1, 128);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<Room> room = co_await m_invitations.redeem(actor, token.toUtf8());
    if (!room)
        co_return Response::problem(room.error(), request);
    co_return Response::json(Protocol::toJson(*room));
}

QCoro::Task<Response> InvitationsEndpoint::preferences(Request request, Actor actor)
{
    const Result<QList<RoomPreference>> list = co_await m_preferences.list(actor);
    if (!list)
        co_return Response::problem(list.error(), request);
    co_return Response::json(preferencesJson(*list));
}

QCoro::Task<Response> InvitationsEndpoint::setPreference(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    Rooms::PreferenceChange change;
    change.favourite = reader.optionalBool(u"favourite"_s);
    change.notify = reader.optionalChoice(u"notify"_s, &Rooms::notificationLevelFromName, u"all, mentions, none"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<RoomPreference> changed = co_await m_preferences.change(actor, *room, change);
    if (!changed)
        co_return Response::problem(changed.error(), request);
    co_return Response::json(toJson(*changed));
}

QCoro::Task<Response> InvitationsEndpoint::setFavourites(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QList<RoomId> rooms = reader.optionalIds<RoomId>(u"rooms"_s, Rooms::PreferenceService::favouritesPerUser);
    if (!reader.has(u"rooms"_s))
        reader.reject(u"rooms"_s, u"is required"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<QList<RoomPreference>> list = co_await m_preferences.setFavourites(actor, rooms);
    if (!list)
        co_return Response::problem(list.error(), request);
    co_return Response::json(preferencesJson(*list));
}

} // namespace Atom::HttpEndpoints
