// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/invitationservice.h"

#include "server/identity/crypto.h"
#include "shared/core/uuid.h"

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;

namespace {
constexpr QByteArrayView tokenPrefix("ari_"); // lets log filters and secret scanners know one when they see it
constexpr int secretBytes = 24;
constexpr qsizetype tokenSize = 36;

Error notValid()
{
    return Error(Errc::NotFound, u"This invitation is not valid, or not any more. Ask for a new one."_s);
}

Audit::Draft auditOf(const Actor &actor, QByteArray action, const RoomId &room, const QByteArray &id, Timestamp now)
{
    Audit::Draft audit = Audit::draftFor(actor, std::move(action), "room", room.bytes(), now);
    audit.after.insert(u"invitation"_s, QString::fromLatin1(id));
    return audit;
}
} // namespace

QCoro::Task<Result<InvitationService::Made>> InvitationService::create(Actor actor, RoomId room, seconds lifetime,
                                                                       int maxUses)
{
    if (Result<void> allowed = m_rooms.require(actor, room, Action::RoomInvite); !allowed)
        co_return std::move(allowed.error());
    if (lifetime < seconds(60) || lifetime > longestLifetime)
        co_return Error::invalid(u"/expires_in_seconds"_s,
                                 u"An invitation is good for 60 to %1 seconds."_s.arg(longestLifetime.count()));
    if (maxUses < 0 || maxUses > mostUses)
        co_return Error::invalid(u"/max_uses"_s, u"max_uses is 0 (no bound) to %1."_s.arg(mostUses));
    const RoomState *const state = m_rooms.find(room);
    if (state && state->room.persistence == RoomPersistence::Ephemeral)
        co_return Error(Errc::Conflict, u"A room that is not stored has no invitations: add members instead."_s);
    Made made;
    made.token = tokenPrefix.toByteArray() + Identity::Crypto::toBase64Url(Identity::Crypto::random(secretBytes));
    Invitation &invitation = made.invitation;
    invitation.createdAt = m_clock.now();
    invitation.id = newUuidV7(invitation.createdAt);
    invitation.room = room;
    invitation.createdBy = actor.user;
    invitation.expiresAt = invitation.createdAt + lifetime;
    invitation.maxUses = maxUses;
    Audit::Draft audit = auditOf(actor, "room.invitation_made", room, invitation.id, invitation.createdAt);
    audit.after.insert(u"expires_at"_s, toIso(*invitation.expiresAt));
    audit.after.insert(u"max_uses"_s, maxUses);
    QList<Audit::Draft> audits;
    audits.append(std::move(audit));
    Result<void> stored =
        co_await m_repository.store(invitation, Identity::Crypto::sha256(made.token), std::move(audits));
    if (!stored)
        co_return std::move(stored.error());
    co_return Result<Made>(std::move(made));
}

QCoro::Task<Result<QList<Invitation>>> InvitationService::list(Actor actor, RoomId room)
{
    if (Result<void> allowed = m_rooms.require(actor, room, Action::RoomModerate); !allowed)
        co_return std::move(allowed.error());
    Result<QList<Invitation>> list = co_await m_repository.ofRoom(room);
    co_return list;
}

QCoro::Task<Result<void>> InvitationService::revoke(Actor actor, RoomId room, QByteArray id)
{
    if (Result<void> allowed = m_rooms.require(actor, room, Action::RoomModerate); !allowed)
        co_return std::move(allowed.error());
    const Timestamp now = m_clock.now();
    QList<Audit::Draft> audits;
    audits.append(auditOf(actor, "room.invitation_revoked", room, id, now));
    Result<void> revoked = co_await m_repository.revoke(room, id, actor.user, now, std::move(audits));
    co_return revoked;
}

QCoro::Task<Result<Room>> InvitationService::redeem(Actor actor, QByteArray token)
{
    if (actor.isGuest())
        co_return Error(Errc::Unauthenticated, u"Sign in first: invitations are for people with an account."_s);
    if (token.size() != tokenSize || !token.startsWith(tokenPrefix))
        co_return notValid();
    const Result<Invitation> found = co_await m_repository.ofToken(Identity::Crypto::sha256(token));
    if (!found)
        co_return found.error().code == Errc::NotFound ? notValid() : found.error();
    const Invitation invitation = *found;
    // A link that is used up still brings a member to the room.
    if (m_rooms.isMember(actor.user, invitation.room))
        co_return m_rooms.room(actor, invitation.room);
    if (!invitation.isOpen(m_clock.now()))
        co_return notValid();
    Result<Room> joined =
        co_await m_rooms.joinByInvitation(actor, invitation.room, invitation.id, invitation.createdBy);
    if (!joined && joined.error().code == Errc::Conflict && !m_rooms.isMember(actor.user, invitation.room)) {
        const Result<Invitation> present = co_await m_repository.ofToken(Identity::Crypto::sha256(token));
        if (present && !present.value().isOpen(m_clock.now()))
            co_return notValid(); // others were faster
    }
    co_return joined;
}

} // namespace Atom::Rooms
