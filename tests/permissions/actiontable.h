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
//! position in it (0 stranger, 1 member, 2 moderator, 3 owner of the room).
inline QList<QByteArray> allPlaces()
{
    QList<QByteArray> places{"--"};
    for (const char state : {'G', 'P', 'D', 'A'}) {
        for (const char position : {'0', '1', '2', '3'})
            places.append(QByteArray(1, state) + position);
    }
    return places;
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

inline bool expected(Action action, char who, const QByteArray &place, bool own)
{
    for (const Allow &row : actionTable) {
        if (row.action == action && strchr(row.roles, who) && QByteArray(row.places).split(' ').contains(place) &&
            (own || !row.ownOnly))
            return true;
    }
    return false;
}

} // namespace Atom::Test
