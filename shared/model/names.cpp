// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The wire names of the enumerations of shared/model, in one table each.
#include "shared/model/monitoring.h"
#include "shared/model/room.h"
#include "shared/model/roomevent.h"
#include "shared/model/user.h"
#include "shared/model/workflow.h"

#include <array>
#include <utility>

namespace Atom {

namespace {
template <typename E, size_t N> using Names = std::array<std::pair<E, const char *>, N>;

constexpr Names<Role, 7> roles{{{Role::Owner, "owner"},
                                {Role::Admin, "admin"},
                                {Role::Moderator, "moderator"},
                                {Role::Operator, "operator"},
                                {Role::Auditor, "auditor"},
                                {Role::Member, "member"},
                                {Role::Guest, "guest"}}};
constexpr Names<RoomKind, 3> roomKinds{
    {{RoomKind::Group, "group"}, {RoomKind::Direct, "direct"}, {RoomKind::Assistant, "assistant"}}};
constexpr Names<RoomVisibility, 2> visibilities{
    {{RoomVisibility::Public, "public"}, {RoomVisibility::Private, "private"}}};
constexpr Names<MemberRole, 3> memberRoles{
    {{MemberRole::Owner, "owner"}, {MemberRole::Moderator, "moderator"}, {MemberRole::Member, "member"}}};
constexpr Names<RoomEventKind, 15> eventKinds{{{RoomEventKind::Message, "chat_message"},
                                               {RoomEventKind::Edit, "message_edited"},
                                               {RoomEventKind::Deletion, "message_deleted"},
                                               {RoomEventKind::Receipt, "read_receipt"},
                                               {RoomEventKind::MemberJoined, "user_joined"},
                                               {RoomEventKind::MemberLeft, "user_left"},
                                               {RoomEventKind::ReactionAdded, "reaction_added"},
                                               {RoomEventKind::ReactionRemoved, "reaction_removed"},
                                               {RoomEventKind::Pinned, "message_pinned"},
                                               {RoomEventKind::Unpinned, "message_unpinned"},
                                               {RoomEventKind::Acknowledged, "message_acknowledged"},
                                               {RoomEventKind::RoomUpdated, "room_updated"},
                                               {RoomEventKind::MemberUpdated, "member_updated"},
                                               {RoomEventKind::UserBanned, "user_banned"},
                                               {RoomEventKind::UserUnbanned, "user_unbanned"}}};
constexpr Names<RunStatus, 7> runStates{{{RunStatus::Pending, "pending"},
                                         {RunStatus::Running, "running"},
                                         {RunStatus::Waiting, "waiting"},
                                         {RunStatus::Completed, "completed"},
                                         {RunStatus::Faulted, "faulted"},
                                         {RunStatus::Cancelled, "cancelled"},
                                         {RunStatus::Suspended, "suspended"}}};
constexpr Names<AlertState, 4> alertStates{{{AlertState::Pending, "pending"},
                                            {AlertState::Firing, "firing"},
                                            {AlertState::Acknowledged, "acknowledged"},
                                            {AlertState::Resolved, "resolved"}}};
constexpr Names<AlertSeverity, 2> severities{
    {{AlertSeverity::Warning, "warning"}, {AlertSeverity::Critical, "critical"}}};

template <typename E, size_t N> const char *nameOf(const Names<E, N> &names, E value)
{
    for (const auto &[e, name] : names) {
        if (e == value)
            return name;
    }
    return "";
}

template <typename E, size_t N> std::optional<E> fromName(const Names<E, N> &names, QByteArrayView text)
{
    for (const auto &[e, name] : names) {
        if (text == QByteArrayView(name))
            return e;
    }
    return std::nullopt;
}
} // namespace

QString roleName(Role role)
{
    return QString::fromLatin1(nameOf(roles, role));
}
std::optional<Role> roleFromName(const QString &name)
{
    return fromName(roles, name.toUtf8());
}
QString roomKindName(RoomKind kind)
{
    return QString::fromLatin1(nameOf(roomKinds, kind));
}
std::optional<RoomKind> roomKindFromName(const QString &name)
{
    return fromName(roomKinds, name.toUtf8());
}
QString roomVisibilityName(RoomVisibility v)
{
    return QString::fromLatin1(nameOf(visibilities, v));
}
std::optional<RoomVisibility> roomVisibilityFromName(const QString &n)
{
    return fromName(visibilities, n.toUtf8());
}
QString memberRoleName(MemberRole role)
{
    return QString::fromLatin1(nameOf(memberRoles, role));
}
std::optional<MemberRole> memberRoleFromName(const QString &name)
{
    return fromName(memberRoles, name.toUtf8());
}
QByteArray roomEventType(RoomEventKind kind)
{
    return nameOf(eventKinds, kind);
}
std::optional<RoomEventKind> roomEventKindFromType(QByteArrayView type)
{
    return fromName(eventKinds, type);
}
QString runStatusName(RunStatus status)
{
    return QString::fromLatin1(nameOf(runStates, status));
}
std::optional<RunStatus> runStatusFromName(const QString &name)
{
    return fromName(runStates, name.toUtf8());
}
QString alertStateName(AlertState state)
{
    return QString::fromLatin1(nameOf(alertStates, state));
}
std::optional<AlertState> alertStateFromName(const QString &name)
{
    return fromName(alertStates, name.toUtf8());
}
QString alertSeverityName(AlertSeverity s)
{
    return QString::fromLatin1(nameOf(severities, s));
}
std::optional<AlertSeverity> alertSeverityFromName(const QString &n)
{
    return fromName(severities, n.toUtf8());
}

} // namespace Atom
