// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/permissions.h"

#include <array>
#include <initializer_list>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {

//! The global role and the room position of the actor, as the rules below ask for them.
struct Facts
{
    const Actor &actor;
    const Object &object;

    bool hasRole(std::initializer_list<Role> roles) const
    {
        for (const Role role : roles) {
            if (actor.role == role)
                return true;
        }
        return false;
    }
    bool hasAccount() const { return actor.role != Role::Guest; }
    //! Guests cannot take these names (UserService::isFreeForGuest), and a guest's role never counts as internal.
    bool isInternal() const
    {
        return hasAccount() && (actor.user == assistantUser() || actor.user.bytes() == "system");
    }
    bool owns() const { return !object.owner.isEmpty() && object.owner == actor.user; }

    bool isMember() const { return object.isRoom && object.isMember; }
    bool isGroup() const { return object.isRoom && object.roomKind == RoomKind::Group; }
    bool isPublicGroup() const { return isGroup() && object.roomVisibility == RoomVisibility::Public; }
    bool moderatesRoom() const { return isMember() && object.memberRole != MemberRole::Member; }
    bool moderatesServer() const { return hasRole({Role::Owner, Role::Admin, Role::Moderator}); }

    //! Only owners make, unmake and disable owners; who has no role to give names none.
    bool respectsOwners() const
    {
        return actor.role == Role::Owner || (object.currentRole != Role::Owner && object.targetRole != Role::Owner);
    }
};

Decision when(bool allowed, const QString &rule)
{
    Decision decision;
    decision.allowed = allowed;
    decision.reason = rule;
    return decision;
}

} // namespace

Decision decide(const Actor &actor, Action action, const Object &object)
{
    if (actor.user.isEmpty())
        return when(false, u"nobody is signed in"_s);

    const Facts f{actor, object};
    const bool isInternal = f.isInternal();

    // One line per action, no default: a new action does not compile until somebody has decided about it.
    switch (action) {
    case Action::RoomList:
        return when(true, u"everybody may list the rooms that are visible to them"_s);
    case Action::RoomCreate:
        return when(f.hasAccount(), u"only accounts may create rooms"_s);
    case Action::RoomRead:
        return when(isInternal || f.isMember() || (f.isPublicGroup() && f.hasAccount()),
                    u"only members may read a room; public rooms may be read by every account"_s);
    case Action::RoomJoin:
        return when(isInternal ? object.isRoom : f.isMember() || f.isPublicGroup(),
                    u"everybody may join public rooms; members are added to the others"_s);
    case Action::RoomLeave:
        return when(f.isMember(), u"only members may leave a room"_s);
    case Action::RoomManageMembers:
        return when(f.isGroup() && f.moderatesRoom(),
                    u"only the owner and moderators of a group room may manage its members"_s);
    case Action::MessageSend:
        return when(isInternal || f.isMember(), u"only members may send messages to a room"_s);
    case Action::ReceiptSend:
        return when(isInternal || f.isMember(), u"only members may send receipts to a room"_s);
    case Action::TypingSend:
        return when(isInternal || f.isMember(), u"only members may show in a room that they type"_s);
    case Action::MessageEdit:
        return when(f.owns() && (isInternal || f.isMember()), u"only the sender may edit a message, while a member"_s);
    case Action::MessageDelete: {
        // Two people in a direct room are equals, whoever opened it and whatever they are elsewhere.
        const bool asModerator =
            f.isMember() && object.roomKind != RoomKind::Direct && (f.moderatesRoom() || f.moderatesServer());
        return when((f.owns() && (isInternal || f.isMember())) || asModerator,
                    u"only the sender, moderators of the room and moderators of the server who are members may delete"
                    u" a message; in direct rooms only the sender"_s);
    }
    case Action::PresenceRead:
        return when(!object.isRoom || isInternal || f.isMember() || (f.isPublicGroup() && f.hasAccount()),
                    u"the presence in a room is for those who may read it"_s);
    case Action::ChatWithAssistant:
        return when(true, u"everybody may talk with the assistant"_s);

    case Action::ProfileRead:
        return when(f.owns() || f.hasRole({Role::Owner, Role::Admin}),
                    u"a profile is for the person itself, owners and admins"_s);

    case Action::UserManage:
        return when(f.hasRole({Role::Owner, Role::Admin}) && f.respectsOwners(),
                    u"only owners and admins may manage accounts, and only owners those of owners"_s);
    case Action::RoleAssign:
        return when(f.hasRole({Role::Owner, Role::Admin}) && object.targetRole.has_value() && f.respectsOwners(),
                    u"only owners and admins may assign roles, and only owners may give or take the role owner"_s);
    case Action::ConnectionsRead:
    case Action::MetricsRead:
    case Action::AlertsRead:
    case Action::AlertsAcknowledge:
    case Action::LogsManage:
        return when(f.hasRole({Role::Owner, Role::Admin, Role::Operator}),
                    u"only owners, admins and operators look after the server"_s);
    case Action::TraceRead:
    case Action::WorkflowRead:
    case Action::RunRead:
        return when(f.hasRole({Role::Owner, Role::Admin, Role::Operator, Role::Auditor}),
                    u"only owners, admins, operators and auditors see how messages are processed"_s);
    case Action::WorkflowManage:
    case Action::ConfigRead:
        return when(f.hasRole({Role::Owner, Role::Admin}), u"only owners and admins change and see settings"_s);
    case Action::SystemMessageSend:
        return when(f.hasRole({Role::Owner, Role::Admin, Role::Moderator}),
                    u"only owners, admins and moderators speak for the system"_s);
    }
    return when(false, u"unknown action"_s);
}

Result<void> require(const Actor &actor, Action action, const Object &object)
{
    const Decision decision = decide(actor, action, object);
    if (decision.allowed)
        return {};
    // "Sign in" helps only where some account, in the same place, would be allowed.
    if (actor.isGuest()) {
        constexpr std::array accounts{Role::Member,    Role::Auditor, Role::Operator,
                                      Role::Moderator, Role::Admin,   Role::Owner};
        for (const Role role : accounts) {
            Actor signedIn = actor;
            signedIn.role = role;
            if (can(signedIn, action, object))
                return Error(Errc::Unauthenticated, u"Sign in first: %1."_s.arg(decision.reason));
        }
    }
    return Error(Errc::Forbidden, u"Not permitted: %1."_s.arg(decision.reason));
}

} // namespace Atom::Identity
