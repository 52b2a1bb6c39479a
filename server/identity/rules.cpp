// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/rules.h"

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
    bool isInternal() const { return isInternalActor(actor); }
    bool owns() const { return !object.owner.isEmpty() && object.owner == actor.user; }

    bool isMember() const { return object.isRoom && object.isMember; }
    bool isGroup() const { return object.isRoom && object.roomKind == RoomKind::Group; }
    bool isPublicGroup() const { return isGroup() && object.roomVisibility == RoomVisibility::Public; }
    bool moderatesRoom() const { return isMember() && object.memberRole != MemberRole::Member; }
    bool ownsRoom() const { return isMember() && object.memberRole == MemberRole::Owner; }
    bool isShared() const { return object.isRoom && object.roomKind != RoomKind::Direct; }
    //! Everything that people say somewhere goes through these: what nobody is exempt from, and what a role may lift.
    bool mayEverSpeak() const { return isMember() && !object.isArchived && !object.isMuted && !object.isBanned; }
    //! The server's own notices, as that somebody opened the room by break-glass, are told in archived rooms as well.
    bool isNotice() const { return isInternal() && actor.user == systemUser(); }
    bool speaksByRole() const { return !object.isReadOnly || moderatesRoom(); }
    QString silence(const QString &otherwise) const
    {
        if (object.isArchived)
            return u"the room is archived: it can be read, but nothing can be posted"_s;
        if (isMember() && object.isMuted)
            return u"a moderator has muted you in this room"_s;
        if (isMember() && !speaksByRole())
            return u"the room is read-only: only its owners and moderators post"_s;
        return otherwise;
    }
    bool moderatesServer() const { return hasRole({Role::Owner, Role::Admin, Role::Moderator}); }

    //! Only owners make, unmake and disable owners; who has no role to give names none.
    bool respectsOwners() const
    {
        return actor.role == Role::Owner || (object.currentRole != Role::Owner && object.targetRole != Role::Owner);
    }
};

//! Nobody can be allowed it by a custom role or an override; it can only be denied.
Rule when(bool allowed, const QString &words)
{
    Rule rule;
    rule.possible = allowed;
    rule.byRole = allowed;
    rule.words = words;
    return rule;
}

//! The condition `possible` holds for everybody; within it, who is not meant by `byRole` can be allowed it.
Rule grantable(bool possible, bool byRole, const QString &words)
{
    Rule rule;
    rule.possible = possible;
    rule.byRole = byRole;
    rule.words = words;
    return rule;
}

} // namespace

Rule builtInRule(const Actor &actor, Action action, const Object &object)
{
    const Facts f{actor, object};
    const bool isInternal = f.isInternal();

    // One line per action, no default: a new action does not compile until somebody has decided about it. `when` for
    // what follows from the thing itself; `grantable` where a role makes the difference, so that another may get it.
    switch (action) {
    case Action::RoomList:
        return when(true, u"everybody may list the rooms that are visible to them"_s);
    case Action::RoomCreate:
        return when(f.hasAccount(), u"only accounts may create rooms"_s);
    case Action::RoomRead:
        if (object.isBanned)
            return when(false, u"you are banned from this room"_s);
        return grantable(isInternal || f.isMember() || f.isPublicGroup(), isInternal || f.isMember() || f.hasAccount(),
                         u"only members may read a room; public rooms may be read by every account"_s);
    case Action::RoomJoin:
        if (object.isBanned)
            return when(false, u"you are banned from this room"_s);
        if (object.isArchived && !f.isMember())
            return when(false, u"the room is archived: nobody can join it any more"_s);
        return when(isInternal
                        ? object.isRoom
                        : f.isMember() || f.isPublicGroup() || (f.isGroup() && object.isInvited && f.hasAccount()),
                    u"everybody may join public rooms; members are added or invited to the others"_s);
    case Action::RoomLeave:
        return when(f.isMember(), u"only members may leave a room"_s);
    case Action::RoomManageMembers:
        return grantable(f.isGroup() && f.isMember(), f.moderatesRoom(),
                         u"only the owner and moderators of a group room may manage its members"_s);
    case Action::MessageSend:
        return grantable(isInternal ? !object.isArchived || f.isNotice() : f.mayEverSpeak(),
                         isInternal || f.speaksByRole(), f.silence(u"only members may send messages to a room"_s));
    case Action::ReceiptSend:
        return when(isInternal || f.isMember(), u"only members may send receipts to a room"_s);
    case Action::TypingSend:
        return grantable(isInternal ? !object.isArchived : f.mayEverSpeak(), isInternal || f.speaksByRole(),
                         f.silence(u"only members may show in a room that they type"_s));
    case Action::MessageEdit: {
        const QString otherwise = u"only the sender may edit a message, while a member"_s;
        return grantable(f.owns() && (isInternal ? !object.isArchived : f.mayEverSpeak()),
                         isInternal || f.speaksByRole(), f.owns() ? f.silence(otherwise) : otherwise);
    }
    case Action::MessageDelete:
        // Two people in a direct room are equals, whoever opened it and whatever they are elsewhere.
        return grantable((f.owns() && (isInternal || f.isMember())) ||
                             (f.isMember() && object.roomKind != RoomKind::Direct),
                         f.owns() || f.moderatesRoom() || f.moderatesServer(),
                         u"only the sender, moderators of the room and moderators of the server who are members may"
                         u" delete a message; in direct rooms only the sender"_s);
    case Action::PresenceRead:
        if (object.isBanned && !isInternal)
            return when(false, u"you are banned from this room"_s);
        return grantable(!object.isRoom || isInternal || f.isMember() || f.isPublicGroup(),
                         !object.isRoom || isInternal || f.isMember() || f.hasAccount(),
                         u"the presence in a room is for those who may read it"_s);
    case Action::ChatWithAssistant:
        return when(true, u"everybody may talk with the assistant"_s);
    case Action::RoomPermissionsManage:
        return grantable(f.isGroup() && f.hasAccount(), f.ownsRoom() || f.hasRole({Role::Owner, Role::Admin}),
                         u"only the room's owner, and owners and admins of the server, say who may do what in a group"
                         u" room"_s);
    case Action::BreakGlassOpen:
        return grantable(f.hasAccount() && !f.isMember(), f.hasRole({Role::Owner, Role::Admin, Role::Auditor}),
                         u"only owners, admins and auditors may open a room by break-glass, and only one they are not"
                         u" a member of"_s);

    case Action::MessageReact:
        return when(isInternal ? !object.isArchived : f.mayEverSpeak(),
                    f.silence(u"only members may react to messages of a room"_s));
    case Action::MessagePin:
        return grantable(isInternal ? !object.isArchived : f.mayEverSpeak(), isInternal || f.speaksByRole(),
                         f.silence(u"only members may pin messages of a room"_s));
    case Action::MessageAcknowledge:
        return when(f.isMember(), u"only members may acknowledge messages of a room"_s);
    case Action::MentionEverybody:
        return when(isInternal || f.isMember(), u"only members may mention everybody in a room"_s);
    case Action::RoomUpdate:
        return grantable(f.isShared() && f.isMember(), f.moderatesRoom(),
                         u"only the owners and moderators of a room may change its settings; direct rooms have none"_s);
    case Action::RoomAdminister:
        return when(f.isShared() && f.ownsRoom(),
                    u"only the owners of a room decide who sees it, how long it is kept, its roles and its end"_s);
    case Action::RoomModerate:
        return grantable(f.isGroup() && f.isMember(), f.moderatesRoom() || f.moderatesServer(),
                         u"only owners and moderators of a group room, and moderators of the server who are members,"
                         u" may moderate it"_s);
    case Action::RoomInvite:
        return grantable(f.isGroup() && f.isMember() && !object.isArchived, f.moderatesRoom(),
                         object.isArchived ? u"the room is archived: nobody can be invited any more"_s
                                           : u"only the owners and moderators of a group room may invite by a link"_s);
    case Action::RoomPreferencesSet:
        return when(f.isMember() && f.hasAccount(), u"favourites and notifications are for members with an account"_s);
    case Action::RoomExport:
        return grantable(f.isMember() && f.hasAccount() && !object.isBanned,
                         object.roomKind == RoomKind::Direct || f.ownsRoom(),
                         u"only the owners of a room, or those who talk in a direct room, may export it"_s);

    case Action::PersonalKeep:
        return when(f.hasAccount() && f.owns(), u"only accounts keep drafts, bookmarks and the like, each their own"_s);
    case Action::ProfileRead:
        return grantable(true, f.owns() || f.hasRole({Role::Owner, Role::Admin}),
                         u"a profile is for the person itself, owners and admins"_s);

    case Action::PeopleRead:
        return grantable(true, f.hasAccount(), u"every account sees what others show of themselves"_s);
    case Action::AccountManage:
        return when(f.hasAccount() && f.owns(), u"only the person itself changes its profile and credentials"_s);
    case Action::TokenManage:
        return grantable(f.hasAccount() && (f.owns() || f.respectsOwners()),
                         f.owns() || f.hasRole({Role::Owner, Role::Admin}),
                         u"application tokens are for the person itself; owners and admins see and revoke them, and"
                         u" only owners those of owners"_s);

    case Action::UserManage:
        return grantable(f.respectsOwners(), f.hasRole({Role::Owner, Role::Admin}),
                         u"only owners and admins may manage accounts, and only owners those of owners"_s);
    case Action::RoleAssign:
        return grantable(object.targetRole.has_value() && f.respectsOwners(), f.hasRole({Role::Owner, Role::Admin}),
                         u"only owners and admins may assign roles, and only owners may give or take the role owner"_s);
    case Action::UserInvite:
        return grantable(f.hasAccount(), f.hasRole({Role::Owner, Role::Admin}),
                         u"only owners and admins invite people to the server"_s);
    case Action::UserErase:
        return grantable(f.hasAccount() && f.respectsOwners(), f.hasRole({Role::Owner, Role::Admin}),
                         u"only owners and admins erase accounts, and only owners those of owners"_s);
    case Action::ConnectionsRead:
    case Action::MetricsRead:
    case Action::AlertsRead:
    case Action::AlertsAcknowledge:
    case Action::LogsManage:
        return grantable(f.hasAccount(), f.hasRole({Role::Owner, Role::Admin, Role::Operator}),
                         u"only owners, admins and operators look after the server"_s);
    case Action::TraceRead:
    case Action::WorkflowRead:
    case Action::RunRead:
        return grantable(f.hasAccount(), f.hasRole({Role::Owner, Role::Admin, Role::Operator, Role::Auditor}),
                         u"only owners, admins, operators and auditors see how messages are processed"_s);
    case Action::WorkflowManage:
    case Action::ConfigRead:
        return grantable(f.hasAccount(), f.hasRole({Role::Owner, Role::Admin}),
                         u"only owners and admins change and see settings"_s);
    case Action::SystemMessageSend:
        return grantable(f.hasAccount(), f.hasRole({Role::Owner, Role::Admin, Role::Moderator}),
                         u"only owners, admins and moderators speak for the system"_s);
    case Action::PermissionsRead:
    case Action::BreakGlassRead:
        return grantable(f.hasAccount(), f.hasRole({Role::Owner, Role::Admin, Role::Auditor}),
                         u"only owners, admins and auditors see what others may do and which rooms were opened"_s);
    case Action::AuditRead:
        return grantable(f.hasAccount(), f.hasRole({Role::Owner, Role::Admin, Role::Auditor}),
                         u"only owners, admins and auditors read the audit log"_s);
    case Action::LegalHoldManage:
        return grantable(f.hasAccount(), f.hasRole({Role::Owner, Role::Admin}),
                         u"only owners and admins of the server may hold a room"_s);
    case Action::PermissionsManage:
        return grantable(f.hasAccount(), f.hasRole({Role::Owner, Role::Admin}),
                         u"only owners and admins make and change roles"_s);
    }
    return when(false, u"unknown action"_s);
}

QString ruleWords(Action action)
{
    Actor anybody;
    anybody.user = UserId(QByteArrayLiteral("anybody"));
    return builtInRule(anybody, action, Object::none()).words;
}

bool isOverridable(Action action)
{
    // Nobody is kept in a room, and who runs a room cannot keep it from being opened by break-glass.
    return action < Action::ProfileRead && action != Action::RoomList && action != Action::RoomCreate &&
           action != Action::ChatWithAssistant && action != Action::RoomLeave && action != Action::BreakGlassOpen;
}

bool isWithinRoom(Action action)
{
    // Leaving is always possible; opening and arranging a room is not about its contents.
    return action != Action::RoomLeave && action != Action::RoomRead && action != Action::BreakGlassOpen &&
           action != Action::RoomPermissionsManage;
}

bool isReading(Action action)
{
    return action == Action::RoomRead || action == Action::PresenceRead || action == Action::RoomExport;
}

} // namespace Atom::Identity
