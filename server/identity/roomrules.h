// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/actions.h"
#include "shared/core/clock.h"
#include "shared/model/room.h"
#include "shared/model/user.h"

#include <QtCore/QHash>

#include <array>

namespace Atom::Identity {

enum class Effect { None /*!< inherit */, Allow, Deny };
QString effectName(Effect effect); //!< inherit, allow, deny
std::optional<Effect> effectFromName(const QString &name);

//! \brief A set of actions that are allowed and one of those that are denied.
struct Effects
{
    ActionSet allow;
    ActionSet deny;
    Effect of(Action action) const
    {
        if (contains(deny, action))
            return Effect::Deny;
        return contains(allow, action) ? Effect::Allow : Effect::None;
    }
    void set(Action action, Effect effect)
    {
        allow.set(size_t(action), effect == Effect::Allow);
        deny.set(size_t(action), effect == Effect::Deny);
    }
    bool operator==(const Effects &) const = default;
};

//! \brief A role of the server's own making: what its base may, and what differs.
struct CustomRole
{
    RoleId id;                //!< as a user id, and none of the predefined names
    QString name;             //!< 1..64 characters, plain text
    Role base = Role::Member; //!< neither Owner nor Guest; never changes
    Effects effects;
    UserId changedBy;
    Timestamp changedAt{};
    bool operator==(const CustomRole &) const = default;
};

//! \brief Whom an override is about. Wire names: user, role, position.
enum class SubjectKind {
    User,
    Role,     //!< a predefined role by its name, or a custom one by its id
    Position, //!< owner, moderator or member of the room
};
QString subjectKindName(SubjectKind kind);
std::optional<SubjectKind> subjectKindFromName(const QString &name);

//! \brief One exception in one room.
struct Override
{
    SubjectKind kind = SubjectKind::User;
    QByteArray subject; //!< 1..128 bytes, see SubjectKind
    Action action = Action::RoomRead;
    Effect effect = Effect::None;
    UserId setBy;
    Timestamp setAt{};
    bool operator==(const Override &) const = default;
};

//! \brief All overrides of one room, as they are asked for.
struct RoomRules
{
    QList<Override> list; //!< by kind, subject, action
    QHash<UserId, Effects> users;
    QHash<RoleId, Effects> customRoles;
    std::array<Effects, 7> roles;
    std::array<Effects, 3> positions;

    static RoomRules from(QList<Override> overrides);
    const Effects &of(Role role) const { return roles[size_t(role)]; }
    const Effects &of(MemberRole position) const { return positions[size_t(position)]; }
};

} // namespace Atom::Identity
