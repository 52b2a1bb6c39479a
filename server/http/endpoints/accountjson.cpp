// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/accountjson.h"

#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

QJsonObject accountJson(const Identity::StoredUser &stored)
{
    QJsonObject json = Protocol::toJson(stored.user);
    const bool isService = stored.kind == Identity::AccountKind::Service;
    json.insert(u"kind"_s, isService ? u"service"_s : u"person"_s);
    if (isService)
        json.insert(u"managed_by"_s, stored.managedBy.toString());
    else
        json.insert(u"totp_enabled"_s, stored.secondFactor.isActive());
    return json;
}

QJsonObject statusJson(const UserStatus &status)
{
    QJsonObject json{{u"text"_s, status.text}, {u"emoji"_s, status.emoji}, {u"do_not_disturb"_s, status.doNotDisturb}};
    if (status.expiresAt)
        json.insert(u"expires_at"_s, toIso(*status.expiresAt));
    return json;
}

QJsonObject publicProfileJson(const Identity::StoredUser &stored)
{
    const Profile &p = stored.profile;
    return {{u"id"_s, stored.user.id.toString()},
            {u"display_name"_s, stored.user.displayName},
            {u"title"_s, p.title},
            {u"pronouns"_s, p.pronouns},
            {u"bio"_s, p.bio},
            {u"time_zone"_s, p.timeZone},
            {u"kind"_s, stored.kind == Identity::AccountKind::Service ? u"service"_s : u"person"_s},
            {u"status"_s, statusJson(stored.status)}};
}

QJsonObject ownProfileJson(const Identity::StoredUser &stored)
{
    QJsonObject json = publicProfileJson(stored);
    json.insert(u"email"_s, stored.profile.email);
    json.insert(u"locale"_s, stored.profile.locale);
    return json;
}

QJsonObject sessionJson(const Identity::SessionSummary &session, const SessionId &acting)
{
    return {{u"id"_s, session.id.toString()},
            {u"device"_s, session.device},
            {u"address"_s, session.address},
            {u"created_at"_s, toIso(session.createdAt)},
            {u"last_used_at"_s, toIso(session.lastUsedAt)},
            {u"expires_at"_s, toIso(session.expiresAt)},
            {u"second_factor"_s, session.usedSecondFactor},
            {u"current"_s, session.id == acting}};
}

QJsonObject tokenJson(const Identity::StoredToken &token)
{
    QJsonArray actions;
    for (const QByteArray &action : token.actions)
        actions.append(QString::fromLatin1(action));
    QJsonArray rooms;
    for (const RoomId &room : token.rooms)
        rooms.append(room.toString());
    QJsonObject json{{u"id"_s, QString::fromLatin1(token.id)},
                     {u"user_id"_s, token.user.toString()},
                     {u"name"_s, token.name},
                     {u"actions"_s, actions},
                     {u"rooms"_s, rooms},
                     {u"created_by"_s, token.createdBy.toString()},
                     {u"created_at"_s, toIso(token.createdAt)}};
    if (token.expiresAt)
        json.insert(u"expires_at"_s, toIso(*token.expiresAt));
    if (token.lastUsedAt)
        json.insert(u"last_used_at"_s, toIso(*token.lastUsedAt));
    return json;
}

QJsonObject invitationJson(const Identity::StoredInvitation &invitation)
{
    return {{u"id"_s, QString::fromLatin1(invitation.id)},
            {u"role"_s, roleName(invitation.role)},
            {u"note"_s, invitation.note},
            {u"created_by"_s, invitation.createdBy.toString()},
            {u"created_at"_s, toIso(invitation.createdAt)},
            {u"expires_at"_s, toIso(invitation.expiresAt)},
            {u"max_uses"_s, invitation.maxUses},
            {u"uses"_s, invitation.uses}};
}

QJsonObject enrolmentJson(const Identity::SecondFactorService::Enrolment &enrolment)
{
    return {{u"secret"_s, QString::fromLatin1(enrolment.secret)}, {u"uri"_s, enrolment.uri}};
}

QJsonArray codesJson(const QByteArrayList &codes)
{
    QJsonArray list;
    for (const QByteArray &code : codes)
        list.append(QString::fromLatin1(code));
    return list;
}

Http::Response signInResponse(const Identity::TokenPair &tokens)
{
    if (tokens.challenge) {
        return Http::Response::json(QJsonObject{{u"totp_required"_s, true},
                                                {u"enrolment_required"_s, tokens.challenge->mustEnrol},
                                                {u"challenge"_s, QString::fromLatin1(tokens.challenge->token)},
                                                {u"expires_in"_s, qint64(tokens.challenge->lifetime.count())}},
                                    202);
    }
    QJsonObject json{{u"access_token"_s, QString::fromLatin1(tokens.accessToken)},
                     {u"token_type"_s, u"Bearer"_s},
                     {u"expires_in"_s, qint64(tokens.accessLifetime.count())},
                     {u"refresh_token"_s, QString::fromLatin1(tokens.refreshToken)},
                     {u"session_id"_s, tokens.session.toString()},
                     {u"user"_s, Protocol::toJson(tokens.user)}};
    if (!tokens.recoveryCodes.isEmpty())
        json.insert(u"recovery_codes"_s, codesJson(tokens.recoveryCodes));
    return Http::Response::json(json);
}

} // namespace Atom::HttpEndpoints
