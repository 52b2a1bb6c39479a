// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

#include <bitset>
#include <optional>

namespace Atom::Identity {

//! \brief Everything anybody can do. Each REST route and each realtime frame names exactly one.
//!
//! To add one: the enumerator at the end of its group, its name in actionName(), its rule in rules.cpp, its row in
//! tests/support/permissiontable.h. The compiler and tst_permissions find what is missing.
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
    RoomPermissionsManage, //!< allow and deny in one room
    BreakGlassOpen,        //!< see the contents of a room for a while without being a member: audited, told to members
    MessageReact,
    MessagePin,
    MessageAcknowledge,
    MentionEverybody, //!< "@room" and "@here" count for all; otherwise they are words
    RoomUpdate,            //!< name, topic, purpose, slow mode, read-only, approval of who joins
    RoomAdminister,        //!< visibility, assistant, retention, archive, roles of members, ownership
    RoomModerate,          //!< mute, ban, let in
    RoomInvite,            //!< make invitation links
    RoomPreferencesSet,    //!< favourite and notifications, each for themselves
    RoomExport,            //!< the whole room as an archive
    // own account
    ProfileRead,   //!< Object::owner = whose
    PeopleRead,    //!< what others show of themselves: names, profiles, statuses
    AccountManage, //!< Object::owner = whose profile, password, second factor and sessions
    TokenManage,   //!< Object::owner = for whom application tokens act, with forAccount()
    PersonalKeep,  //!< Object::owner = whose: drafts, bookmarks, keywords, reminders, scheduled messages
    // administration; Object::none unless said otherwise
    UserManage, //!< Object::forAccount with the account's present role, or none for the list
    RoleAssign, //!< Object::forAccount; Object::targetRole = the role to be given
    UserInvite, //!< let people make accounts by a link
    UserErase,  //!< Object::forAccount
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
    PermissionsRead,   //!< roles, overrides, and why somebody else can or cannot do something
    PermissionsManage, //!< make, change and delete roles
    AuditRead,         //!< who did what, and whether that is the truth
    LegalHoldManage,   //!< of any room, without a look into it
    BreakGlassRead,    //!< who has opened which room, and why
};

//! \brief The name on the wire and in the documentation: the enumerator itself. Empty for a value that is none.
QString actionName(Action action);
std::optional<Action> actionFromName(const QString &name);
//! \brief Every action once, in the order of the enumeration.
const QList<Action> &allActions();

using ActionSet = std::bitset<256>;
inline bool contains(const ActionSet &set, Action action)
{
    return set.test(size_t(action));
}
ActionSet setOf(const QList<Action> &actions);
QList<Action> actionsIn(const ActionSet &set); //!< in the order of the enumeration

} // namespace Atom::Identity
