// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomservice.h"

namespace Atom::Rooms {

//! \brief A link by which people become members of a group room, also of a private one or one with approval.
struct Invitation
{
    QByteArray id;
    RoomId room;
    UserId createdBy;
    Timestamp createdAt{};
    std::optional<Timestamp> expiresAt;
    int maxUses = 0; //!< 0: no bound
    int uses = 0;
    std::optional<Timestamp> revokedAt;
    bool isOpen(Timestamp now) const
    {
        return !revokedAt && (maxUses == 0 || uses < maxUses) && (!expiresAt || *expiresAt > now);
    }
    bool operator==(const Invitation &) const = default;
};

//! \brief Where invitations live. Main thread. Using one up is part of RoomRepository::append().
class InvitationRepository
{
public:
    virtual ~InvitationRepository() = default;
    //! \brief `tokenHash`: SHA-256 of the secret, which is stored nowhere. \return Conflict when the room has
    //! InvitationService::openPerRoom open ones already.
    virtual QCoro::Task<Result<void>> store(Invitation invitation, QByteArray tokenHash, QList<Audit::Draft> audit) = 0;
    virtual QCoro::Task<Result<QList<Invitation>>> ofRoom(RoomId room) = 0; //!< newest first
    virtual QCoro::Task<Result<Invitation>> ofToken(QByteArray tokenHash) = 0; //!< NotFound
    //! \return NotFound; a second time: a success that changes and records nothing.
    virtual QCoro::Task<Result<void>> revoke(RoomId room, QByteArray id, UserId by, Timestamp at,
                                             QList<Audit::Draft> audit) = 0;
};

//! \brief Makes, lists, revokes and redeems invitations. Main thread. What is over is kept for 30 days, for the list.
class InvitationService
{
public:
    static constexpr seconds usualLifetime = std::chrono::days(7);
    static constexpr seconds longestLifetime = std::chrono::days(366);
    static constexpr int openPerRoom = 100;
    static constexpr int mostUses = 100'000;

    InvitationService(InvitationRepository &repository, RoomService &rooms, Clock &clock)
        : m_repository(repository), m_rooms(rooms), m_clock(clock)
    {
    }

    struct Made
    {
        Invitation invitation;
        QByteArray token; //!< "ari_" and 32 characters base64url: shown once
    };
    //! \return ValidationFailed at /expires_in_seconds or /max_uses, Conflict (too many open ones), NotFound, Forbidden.
    QCoro::Task<Result<Made>> create(Actor actor, RoomId room, seconds lifetime, int maxUses);
    QCoro::Task<Result<QList<Invitation>>> list(Actor actor, RoomId room);
    QCoro::Task<Result<void>> revoke(Actor actor, RoomId room, QByteArray id);
    //! \brief Becomes a member; who is one already uses nothing up. \return NotFound in the same words for a wrong, an
    //! old, a revoked and a used up one; Forbidden for a banned user or an archived room; Unauthenticated for guests.
    QCoro::Task<Result<Room>> redeem(Actor actor, QByteArray token);

private:
    InvitationRepository &m_repository;
    RoomService &m_rooms;
    Clock &m_clock;
};

} // namespace Atom::Rooms
