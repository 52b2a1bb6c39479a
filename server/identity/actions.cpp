// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/actions.h"

namespace Atom::Identity {
using namespace Qt::StringLiterals;

QString actionName(Action action)
{
    switch (action) { // no default: a new action does not compile without its name
    case Action::RoomList:
        return u"RoomList"_s;
    case Action::RoomCreate:
        return u"RoomCreate"_s;
    case Action::RoomRead:
        return u"RoomRead"_s;
    case Action::RoomJoin:
        return u"RoomJoin"_s;
    case Action::RoomLeave:
        return u"RoomLeave"_s;
    case Action::RoomManageMembers:
        return u"RoomManageMembers"_s;
    case Action::MessageSend:
        return u"MessageSend"_s;
    case Action::MessageEdit:
        return u"MessageEdit"_s;
    case Action::MessageDelete:
        return u"MessageDelete"_s;
    case Action::ReceiptSend:
        return u"ReceiptSend"_s;
    case Action::TypingSend:
        return u"TypingSend"_s;
    case Action::PresenceRead:
        return u"PresenceRead"_s;
    case Action::ChatWithAssistant:
        return u"ChatWithAssistant"_s;
    case Action::RoomPermissionsManage:
        return u"RoomPermissionsManage"_s;
    case Action::BreakGlassOpen:
        return u"BreakGlassOpen"_s;
    case Action::MessageReact:
        return u"MessageReact"_s;
    case Action::MessagePin:
        return u"MessagePin"_s;
    case Action::MessageAcknowledge:
        return u"MessageAcknowledge"_s;
    case Action::MentionEverybody:
        return u"MentionEverybody"_s;
    case Action::RoomUpdate:
        return u"RoomUpdate"_s;
    case Action::RoomAdminister:
        return u"RoomAdminister"_s;
    case Action::RoomModerate:
        return u"RoomModerate"_s;
    case Action::RoomInvite:
        return u"RoomInvite"_s;
    case Action::RoomPreferencesSet:
        return u"RoomPreferencesSet"_s;
    case Action::RoomExport:
        return u"RoomExport"_s;
    case Action::ProfileRead:
        return u"ProfileRead"_s;
    case Action::PeopleRead:
        return u"PeopleRead"_s;
    case Action::AccountManage:
        return u"AccountManage"_s;
    case Action::TokenManage:
        return u"TokenManage"_s;
    case Action::PersonalKeep:
        return u"PersonalKeep"_s;
    case Action::UserManage:
        return u"UserManage"_s;
    case Action::RoleAssign:
        return u"RoleAssign"_s;
    case Action::UserInvite:
        return u"UserInvite"_s;
    case Action::UserErase:
        return u"UserErase"_s;
    case Action::ConnectionsRead:
        return u"ConnectionsRead"_s;
    case Action::MetricsRead:
        return u"MetricsRead"_s;
    case Action::AlertsRead:
        return u"AlertsRead"_s;
    case Action::AlertsAcknowledge:
        return u"AlertsAcknowledge"_s;
    case Action::TraceRead:
        return u"TraceRead"_s;
    case Action::WorkflowRead:
        return u"WorkflowRead"_s;
    case Action::WorkflowManage:
        return u"WorkflowManage"_s;
    case Action::RunRead:
        return u"RunRead"_s;
    case Action::ConfigRead:
        return u"ConfigRead"_s;
    case Action::LogsManage:
        return u"LogsManage"_s;
    case Action::SystemMessageSend:
        return u"SystemMessageSend"_s;
    case Action::PermissionsRead:
        return u"PermissionsRead"_s;
    case Action::PermissionsManage:
        return u"PermissionsManage"_s;
    case Action::AuditRead:
        return u"AuditRead"_s;
    case Action::LegalHoldManage:
        return u"LegalHoldManage"_s;
    case Action::BreakGlassRead:
        return u"BreakGlassRead"_s;
    }
    return {};
}

const QList<Action> &allActions()
{
    static const QList<Action> all = [] {
        QList<Action> list;
        for (int i = 0; i < int(ActionSet().size()) && !actionName(Action(i)).isEmpty(); ++i)
            list.append(Action(i));
        return list;
    }();
    return all;
}

std::optional<Action> actionFromName(const QString &name)
{
    for (const Action action : allActions()) {
        if (actionName(action) == name)
            return action;
    }
    return std::nullopt;
}

ActionSet setOf(const QList<Action> &actions)
{
    ActionSet set;
    for (const Action action : actions)
        set.set(size_t(action));
    return set;
}

QList<Action> actionsIn(const ActionSet &set)
{
    QList<Action> list;
    for (const Action action : allActions()) {
        if (contains(set, action))
            list.append(action);
    }
    return list;
}

} // namespace Atom::Identity
