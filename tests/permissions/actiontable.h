// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/permissions.h"

#include <QtCore/QByteArrayList>

#include <cstring>

//! Who may do what, where: the permissions of the product as a table. An action without a row fails tst_permissions.
namespace Atom::Test {

//! Roles: o owner, a admin, m moderator, p operator, u auditor, e member, g guest, s the server's own actor.
struct Who
{
    char letter;
    Role role;
    const char *id;
};
inline constexpr Who everyRole[] = {{'o', Role::Owner, "ann"},     {'a', Role::Admin, "ann"},
                                    {'m', Role::Moderator, "ann"}, {'p', Role::Operator, "ann"},
                                    {'u', Role::Auditor, "ann"},   {'e', Role::Member, "ann"},
                                    {'g', Role::Guest, "ann"},     {'s', Role::Member, "assistant"}};

//! Where: "--" no room, then the state of the room (G public group, P private group, D direct, A assistant) and the
//! position in it (0 stranger, 1 member, 2 moderator, 3 owner of the room), then what is special: nothing, or a the
//! room is archived, r it is read-only, m the person is muted in it, b banned from it.
inline QList<QByteArray> allPlaces()
{
    QList<QByteArray> places{"--"};
    for (const char kind : {'G', 'P', 'D', 'A'}) {
        for (const char position : {'0', '1', '2', '3'}) {
            for (const char *special : {"", "a", "r", "m", "b"})
                places.append(QByteArray(1, kind) + position + special);
        }
    }
    return places;
}
inline QByteArray plainPlace(const QByteArray &place)
{
    return place.left(2);
}
inline char specialOf(const QByteArray &place)
{
    return place.size() > 2 ? place[2] : ' ';
}

inline Identity::Object objectAt(const QByteArray &place, bool own)
{
    Identity::Object object;
    object.owner = UserId(own ? "self" : "bob");
    object.isRoom = place != "--";
    object.roomKind = place[0] == 'D' ? RoomKind::Direct : place[0] == 'A' ? RoomKind::Assistant : RoomKind::Group;
    object.roomVisibility = place[0] == 'G' ? RoomVisibility::Public : RoomVisibility::Private;
    object.isMember = object.isRoom && place[1] != '0';
    object.memberRole = place[1] == '3'   ? MemberRole::Owner
                        : place[1] == '2' ? MemberRole::Moderator
                                          : MemberRole::Member;
    object.isArchived = specialOf(place) == 'a';
    object.isReadOnly = specialOf(place) == 'r';
    object.isMuted = specialOf(place) == 'm';
    object.isBanned = specialOf(place) == 'b';
    return object;
}

//! One sentence of the permission: these roles, in these places, own things only or any. What no row allows is refused.
struct Allow
{
    Identity::Action action;
    const char *roles;
    const char *places;
    bool ownOnly = false;
};

inline constexpr const char *everybody = "oampuegs";
inline constexpr const char *accounts = "oampues";
inline constexpr const char *humans = "oampueg";
inline constexpr const char *anywhere = "-- G0 G1 G2 G3 P0 P1 P2 P3 D0 D1 D2 D3 A0 A1 A2 A3";
inline constexpr const char *asMember = "G1 G2 G3 P1 P2 P3 D1 D2 D3 A1 A2 A3";
inline constexpr const char *inRooms = "G0 G1 G2 G3 P0 P1 P2 P3 D0 D1 D2 D3 A0 A1 A2 A3";

using Identity::Action;
inline constexpr Allow actionTable[] = {
    {Action::RoomList, everybody, anywhere},
    {Action::RoomCreate, accounts, anywhere},
    {Action::RoomRead, humans, asMember},
    {Action::RoomRead, accounts, "G0"},
    {Action::RoomRead, "s", anywhere},
    {Action::RoomJoin, humans, "G0"},
    {Action::RoomJoin, humans, asMember},
    {Action::RoomJoin, "s", inRooms},
    {Action::RoomLeave, everybody, asMember},
    {Action::RoomManageMembers, everybody, "G2 G3 P2 P3"},
    {Action::MessageSend, humans, asMember},
    {Action::MessageSend, "s", anywhere},
    {Action::ReceiptSend, humans, asMember},
    {Action::ReceiptSend, "s", anywhere},
    {Action::TypingSend, humans, asMember},
    {Action::TypingSend, "s", anywhere},
    {Action::MessageEdit, humans, asMember, true},
    {Action::MessageEdit, "s", anywhere, true},
    {Action::MessageDelete, humans, asMember, true},
    {Action::MessageDelete, "s", anywhere, true},
    {Action::MessageDelete, everybody, "G2 G3 P2 P3 A2 A3"},
    {Action::MessageDelete, "oam", "G1 P1 A1"},
    {Action::PresenceRead, everybody, "--"},
    {Action::PresenceRead, humans, asMember},
    {Action::PresenceRead, accounts, "G0"},
    {Action::PresenceRead, "s", anywhere},
    {Action::ChatWithAssistant, everybody, anywhere},
    {Action::MessageReact, humans, asMember},
    {Action::MessageReact, "s", anywhere},
    {Action::MessagePin, humans, asMember},
    {Action::MessagePin, "s", anywhere},
    {Action::MessageAcknowledge, everybody, asMember},
    {Action::PersonalKeep, accounts, anywhere, true},
    {Action::MentionEverybody, humans, asMember},
    {Action::MentionEverybody, "s", anywhere},
    {Action::ProfileRead, everybody, anywhere, true},
    {Action::ProfileRead, "oa", anywhere},
    {Action::PeopleRead, accounts, anywhere},
    {Action::AccountManage, accounts, anywhere, true},
    {Action::TokenManage, accounts, anywhere, true},
    {Action::TokenManage, "oa", anywhere},
    {Action::UserManage, "oa", anywhere},
    {Action::UserInvite, "oa", anywhere},
    {Action::UserErase, "oa", anywhere},
    {Action::ConnectionsRead, "oap", anywhere},
    {Action::MetricsRead, "oap", anywhere},
    {Action::AlertsRead, "oap", anywhere},
    {Action::AlertsAcknowledge, "oap", anywhere},
    {Action::LogsManage, "oap", anywhere},
    {Action::TraceRead, "oapu", anywhere},
    {Action::WorkflowRead, "oapu", anywhere},
    {Action::RunRead, "oapu", anywhere},
    {Action::WorkflowManage, "oa", anywhere},
    {Action::ConfigRead, "oa", anywhere},
    {Action::SystemMessageSend, "oam", anywhere},
    {Action::RoomPermissionsManage, "oa", "G0 G1 G2 G3 P0 P1 P2 P3"},
    {Action::RoomPermissionsManage, accounts, "G3 P3"},
    {Action::BreakGlassOpen, "oau", "-- G0 P0 D0 A0"},
    {Action::PermissionsRead, "oau", anywhere},
    {Action::AuditRead, "oau", anywhere},
    {Action::BreakGlassRead, "oau", anywhere},
    {Action::PermissionsManage, "oa", anywhere},
    {Action::RoomUpdate, everybody, "G2 G3 P2 P3 A2 A3"},
    {Action::RoomAdminister, everybody, "G3 P3 A3"},
    {Action::RoomModerate, everybody, "G2 G3 P2 P3"},
    {Action::RoomModerate, "oam", "G1 P1"},
    {Action::RoomInvite, everybody, "G2 G3 P2 P3"},
    {Action::RoomPreferencesSet, accounts, asMember},
    {Action::RoomExport, accounts, "G3 P3 A3 D1 D2 D3"},
    {Action::LegalHoldManage, "oa", anywhere},
};

//! What is special takes away from the table above, and never gives: this action, from these roles, in these places.
struct Refuse
{
    Action action;
    const char *specials;
    const char *roles;
    const char *places;
};
inline constexpr const char *asStranger = "G0 P0 D0 A0";
inline constexpr const char *withoutOffice = "G0 G1 P0 P1 D0 D1 A0 A1";

inline constexpr Refuse specialTable[] = {
    // An archived room is read, left and looked after; nobody speaks in it, comes in or is invited.
    {Action::MessageSend, "a", everybody, inRooms},
    {Action::TypingSend, "a", everybody, inRooms},
    {Action::MessageEdit, "a", everybody, inRooms},
    {Action::MessageReact, "a", everybody, inRooms},
    {Action::MessagePin, "a", everybody, inRooms},
    {Action::RoomJoin, "a", everybody, asStranger},
    {Action::RoomInvite, "a", everybody, inRooms},
    // In a read-only room its owners and moderators speak; the others react.
    {Action::MessageSend, "r", humans, withoutOffice},
    {Action::TypingSend, "r", humans, withoutOffice},
    {Action::MessageEdit, "r", humans, withoutOffice},
    {Action::MessagePin, "r", humans, withoutOffice},
    // Who is muted or banned says nothing in any way, whatever their office. The server's own actor cannot be silenced.
    {Action::MessageSend, "mb", humans, inRooms},
    {Action::TypingSend, "mb", humans, inRooms},
    {Action::MessageEdit, "mb", humans, inRooms},
    {Action::MessageReact, "mb", humans, inRooms},
    {Action::MessagePin, "mb", humans, inRooms},
    // Who is banned does not see the room either.
    {Action::RoomRead, "b", everybody, inRooms},
    {Action::PresenceRead, "b", humans, inRooms},
    {Action::RoomJoin, "b", everybody, inRooms},
    {Action::RoomExport, "b", everybody, inRooms},
};

inline bool isListed(const char *places, const QByteArray &place)
{
    return QByteArray(places).split(' ').contains(plainPlace(place));
}

//! Whether what is special at `place` takes `action` away.
inline bool isTakenAway(Action action, char who, const QByteArray &place)
{
    for (const Refuse &row : specialTable) {
        if (row.action == action && strchr(row.specials, specialOf(place)) && strchr(row.roles, who) &&
            isListed(row.places, place))
            return true;
    }
    return false;
}

inline bool expected(Action action, char who, const QByteArray &place, bool own)
{
    for (const Allow &row : actionTable) {
        if (row.action == action && strchr(row.roles, who) && isListed(row.places, place) && (own || !row.ownOnly))
            return !isTakenAway(action, who, place);
    }
    return false;
}

} // namespace Atom::Test
