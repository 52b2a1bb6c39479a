// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"
#include "shared/model/room.h"
#include "shared/model/user.h"

namespace Atom::Identity {

//! \brief Everything anybody can do. Each REST route and each realtime frame names exactly one.
enum class Action {
    // rooms; Object::forRoom
    RoomList,
    RoomCreate,
    RoomRead, //!< see the room, its members, its history, its live events
    RoomJoin,
    RoomLeave,
    RoomManageMembers,
    MessageSend,
    MessageEdit,   //!< Object::owner = sender of the message
    MessageDelete, //!< Object::owner = sender of the message
    ReceiptSend,
    TypingSend,
    PresenceRead,
    ChatWithAssistant,
    // own account
    ProfileRead, //!< Object::owner = whose
    // administration; Object::none unless said otherwise
    UserManage, //!< Object::forAccount with the account's present role, or none for the list
    RoleAssign, //!< Object::forAccount; Object::targetRole = the role to be given
    ConnectionsRead,
    MetricsRead,
    AlertsRead,
    AlertsAcknowledge,
    TraceRead, //!< structure; contents only for members of the room
    WorkflowRead,
    WorkflowManage,
    RunRead,
    ConfigRead,
    LogsManage,        //!< change log levels
    SystemMessageSend, //!< send on behalf of the system to a user or room
};

//! \brief What the action is about. Only the fields that the action needs are set.
struct Object
{
    UserId owner;
    std::optional<Role> targetRole;
    std::optional<Role> currentRole; //!< the role the account has now; none: an account that is just being made
    bool isRoom = false;
    RoomKind roomKind = RoomKind::Group;
    RoomVisibility roomVisibility = RoomVisibility::Private;
    bool isMember = false;                      //!< the actor is a member of the room
    MemberRole memberRole = MemberRole::Member; //!< the actor's, when isMember

    static Object none() { return {}; }
    static Object ownedBy(UserId user)
    {
        Object o;
        o.owner = std::move(user);
        return o;
    }
    //! \brief An account with the role `current` (none: it is being made) that is to get the role `target` (if any).
    static Object forAccount(std::optional<Role> current, std::optional<Role> target = {})
    {
        Object o;
        o.currentRole = current;
        o.targetRole = target;
        return o;
    }
};

//! \brief A decision and the rule behind it, in words for an administrator.
struct Decision
{
    bool allowed = false;
    QString reason;
};

//! \brief The one place where permissions are decided, for REST and realtime alike: deny by default, pure, any thread.
//! Membership rules of a room win over global roles: an owner or admin who is not a member may not read contents of
//! a private, direct or assistant room. The server's own actors ("assistant", "system") read and post anywhere.
Decision decide(const Actor &actor, Action action, const Object &object);
inline bool can(const Actor &actor, Action action, const Object &object)
{
    return decide(actor, action, object).allowed;
}
//! \brief decide() as a Result: Unauthenticated for a guest where an account is needed, else Forbidden with the reason.
Result<void> require(const Actor &actor, Action action, const Object &object);

} // namespace Atom::Identity
