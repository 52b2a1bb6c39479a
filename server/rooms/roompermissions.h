// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/permissionrepository.h"
#include "server/rooms/roomservice.h"

namespace Atom::Identity {
class UserService;
}

namespace Atom::Rooms {

//! \brief Whose decision is asked for.
struct Question
{
    UserId user;
    Identity::Action action = Identity::Action::RoomRead;
    RoomId room;  //!< empty: not about a room
    UserId owner; //!< of the message or profile; empty: somebody else
};

//! \brief A change that is only tried: a role as it would be, overrides of a room, another role for a user.
struct PermissionDraft
{
    std::optional<Identity::CustomRole> role;
    RoomId room;
    QList<Identity::Override> overrides; //!< Effect::None takes an override away
    UserId user;                         //!< who would get this role; empty: nobody
    Role give = Role::Member;            //!< predefined, or the base of `giveCustom`
    RoleId giveCustom;
};

//! \brief A decision that a draft would turn round.
struct ChangedDecision
{
    UserId user;
    RoomId room; //!< empty: not about a room
    Identity::Action action = Identity::Action::RoomRead;
    bool allowed = false; //!< afterwards
    QString reason;       //!< of the decision afterwards
};
struct ChangedDecisions
{
    QList<ChangedDecision> list; //!< by user, room, action
    bool isComplete = true;      //!< false: there are more; only so many are looked for
};

//! \brief Who may do what in one room, why, and what would change it. Main thread.
class RoomPermissionService
{
public:
    RoomPermissionService(Identity::PermissionRepository &repository, Identity::Permissions &permissions,
                          const RoomService &rooms, const Identity::UserService &users, Clock &clock);

    //! \return NotFound for a room the actor may not know of, Forbidden.
    Result<QList<Identity::Override>> overrides(const Actor &actor, const RoomId &room) const;
    //! \brief All or none of 1..100 changes; the room's overrides afterwards.
    //! \return NotFound; Forbidden without RoomPermissionsManage, or for giving a right the actor does not have there;
    //! ValidationFailed with pointers /changes/N/…; Conflict above overridesPerRoom.
    QCoro::Task<Result<QList<Identity::Override>>> change(Actor actor, RoomId room, QList<Identity::Override> changes);

    //! \brief About oneself for everybody; about others with PermissionsRead, or RoomPermissionsManage in the room.
    //! A name that is no account is that of a guest.
    //! \return Forbidden; NotFound for a room that `actor` may not know of.
    Result<Identity::Explanation> explain(const Actor &actor, const Question &question) const;
    //! \brief The same after a draft, which must be one the actor could save.
    Result<Identity::Explanation> explainAfter(const Actor &actor, const Question &question,
                                               const PermissionDraft &draft) const;
    //! \brief Whose decisions a draft turns round: of accounts with the role, in their rooms and on the server; of the
    //! members of the room; of the user. At most `limit`, 1..1000. \return as explainAfter().
    Result<ChangedDecisions> simulate(const Actor &actor, const PermissionDraft &draft, int limit) const;

    static constexpr int overridesPerRoom = 500;

private:
    Result<const RoomState *> roomFor(const Actor &actor, const RoomId &room) const;
    Result<void> requireChange(const Actor &actor, const RoomState &state,
                               const QList<Identity::Override> &changes) const;
    Result<std::unique_ptr<Identity::Permissions>> applied(const Actor &actor, const PermissionDraft &draft) const;
    Result<Identity::Explanation> explainWith(const Identity::Permissions &permissions, const Actor &actor,
                                              const Question &question, const PermissionDraft &draft) const;
    Actor actorOf(const UserId &user) const;
    Actor actorAfter(const UserId &user, const PermissionDraft &draft) const;

    Identity::PermissionRepository &m_repository;
    Identity::Permissions &m_permissions;
    const RoomService &m_rooms;
    const Identity::UserService &m_users;
    Clock &m_clock;
};

} // namespace Atom::Rooms
