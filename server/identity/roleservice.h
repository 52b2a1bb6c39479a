// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/permissionrepository.h"
#include "server/identity/permissions.h"

#include <QtCore/QSet>

namespace Atom::Identity {

class UserService;

//! \brief What is to become of a custom role. Only what is set changes; a new role needs id, name and base.
struct RoleDraft
{
    RoleId id;
    std::optional<QString> name;
    std::optional<Role> base; //!< only for a new role
    std::optional<QList<Action>> allow;
    std::optional<QList<Action>> deny;
};

//! \brief Custom roles: made, changed, removed, by who may, and never beyond what they may themselves. Predefined roles
//! are not here: nobody can change them. Main thread.
class RoleService
{
public:
    RoleService(PermissionRepository &repository, Permissions &permissions, const UserService &users, Clock &clock);

    //! \brief Reads roles and overrides into the Permissions; once, before anything is decided.
    QCoro::Task<Result<void>> load();

    //! \return Forbidden without PermissionsManage or for rights the actor does not hold himself; ValidationFailed with
    //! pointers /id, /name, /base, /allow, /deny; Conflict when the id is taken (create) or somebody else changes the
    //! role at this moment; NotFound (change).
    QCoro::Task<Result<CustomRole>> create(Actor actor, RoleDraft draft);
    QCoro::Task<Result<CustomRole>> change(Actor actor, RoleDraft draft);
    //! \return Forbidden, NotFound; Conflict while an account has the role.
    QCoro::Task<Result<void>> remove(Actor actor, RoleId role);

    //! \brief The role as the draft would make it, with all the checks of create() or change(), and nothing stored.
    Result<CustomRole> preview(const Actor &actor, const RoleDraft &draft) const;
    int usersWith(const RoleId &role) const;

    static constexpr int maxRoles = 200;

private:
    Result<CustomRole> checked(const Actor &actor, const RoleDraft &draft, const CustomRole *present) const;
    Result<void> requireRightsOf(const Actor &actor, const CustomRole &role) const;
    QCoro::Task<Result<CustomRole>> store(Actor actor, CustomRole role, std::optional<CustomRole> before);

    PermissionRepository &m_repository;
    Permissions &m_permissions;
    const UserService &m_users;
    Clock &m_clock;
    QSet<RoleId> m_storing; //!< a second change of the same role meanwhile is refused: it would undo the first
};

//! \brief {id, name, base, allow, deny}: a role as its audit records hold it.
QJsonObject auditValues(const CustomRole &role);

} // namespace Atom::Identity
