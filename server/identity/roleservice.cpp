// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/roleservice.h"

#include "server/identity/logging.h"
#include "server/identity/userservice.h"

#include <QtCore/QJsonArray>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
Error noSuchRole()
{
    return Error(Errc::NotFound, u"There is no such role."_s);
}

QJsonArray namesOf(const ActionSet &set)
{
    QJsonArray names;
    for (const Action action : actionsIn(set))
        names.append(actionName(action));
    return names;
}
} // namespace

QJsonObject auditValues(const CustomRole &role)
{
    return QJsonObject{{u"name"_s, role.name},
                       {u"base"_s, roleName(role.base)},
                       {u"allow"_s, namesOf(role.effects.allow)},
                       {u"deny"_s, namesOf(role.effects.deny)}};
}

RoleService::RoleService(PermissionRepository &repository, Permissions &permissions, const UserService &users,
                         Clock &clock)
    : m_repository(repository), m_permissions(permissions), m_users(users), m_clock(clock)
{
}

QCoro::Task<Result<void>> RoleService::load()
{
    Result<StoredPermissions> stored = co_await m_repository.all();
    if (!stored)
        co_return std::move(stored.error());
    for (CustomRole &role : stored->roles)
        m_permissions.setRole(std::move(role));
    for (auto it = stored->overrides.cbegin(); it != stored->overrides.cend(); ++it)
        m_permissions.setOverrides(it.key(), it.value());
    co_return Result<void>();
}

int RoleService::usersWith(const RoleId &role) const
{
    int count = 0;
    for (const User &user : m_users.all())
        count += user.customRole == role ? 1 : 0;
    return count;
}

Result<void> RoleService::requireRightsOf(const Actor &actor, const CustomRole &role) const
{
    if (actor.role == Role::Owner)
        return {};
    const std::unique_ptr<Permissions> draft = m_permissions.draft();
    draft->setRole(role);
    const ActionSet mine = m_permissions.holdings(actor.role, actor.customRole);
    const ActionSet beyond = draft->holdings(role.base, role.id) & ~mine;
    if (beyond.none())
        return {};
    QStringList names;
    for (const Action action : actionsIn(beyond))
        names.append(actionName(action));
    return Error(Errc::Forbidden,
                 u"Not permitted: nobody can give rights he does not have himself: %1."_s.arg(names.join(u", "_s)));
}

Result<CustomRole> RoleService::checked(const Actor &actor, const RoleDraft &draft, const CustomRole *present) const
{
    if (Result<void> allowed = m_permissions.require(actor, Action::PermissionsManage, Object::none()); !allowed)
        return std::move(allowed.error());
    CustomRole role = present ? *present : CustomRole{};
    if (present) {
        // Who could not have made it as it is may not take from it either.
        if (Result<void> held = requireRightsOf(actor, *present); !held)
            return std::move(held.error());
    }
    Error mistakes(Errc::ValidationFailed, u"The role cannot be like this."_s);
    const auto reject = [&mistakes](const QString &pointer, const QString &detail) {
        mistakes.fields.append(FieldError{pointer, detail});
    };
    if (!present) {
        role.id = draft.id;
        if (!UserService::isValidUserId(role.id.bytes().isEmpty() ? UserId() : UserId(role.id.bytes())) ||
            roleFromName(role.id.toString()))
            reject(u"/id"_s, u"A role id is 1 to 64 characters of a-z, 0-9, '.', '_' and '-', begins with a letter or"
                             " digit, and is none of the predefined roles."_s);
        if (!draft.base)
            reject(u"/base"_s, u"A role builds on a predefined one: admin, moderator, operator, auditor or member."_s);
        if (!draft.name)
            reject(u"/name"_s, u"A role has a name."_s);
    }
    if (draft.base) {
        if (present && *draft.base != present->base)
            reject(u"/base"_s, u"What a role builds on cannot be changed: make another role."_s);
        else if (*draft.base == Role::Owner || *draft.base == Role::Guest)
            reject(u"/base"_s, u"A role can build on admin, moderator, operator, auditor or member."_s);
        role.base = *draft.base;
    }
    if (draft.name) {
        role.name = draft.name->normalized(QString::NormalizationForm_C).trimmed();
        const bool hasControls = std::any_of(role.name.cbegin(), role.name.cend(),
                                             [](QChar c) { return c.category() == QChar::Other_Control; });
        if (role.name.isEmpty() || role.name.size() > 64 || hasControls)
            reject(u"/name"_s, u"A role's name is 1 to 64 characters without control characters."_s);
    }
    if (draft.allow)
        role.effects.allow = setOf(*draft.allow);
    if (draft.deny)
        role.effects.deny = setOf(*draft.deny);
    if ((role.effects.allow & role.effects.deny).any())
        reject(u"/deny"_s, u"An action is either allowed or denied, not both."_s);
    if (contains(role.effects.deny, Action::RoomLeave))
        reject(u"/deny"_s, u"RoomLeave cannot be denied."_s);
    if (!mistakes.fields.isEmpty()) {
        mistakes.detail = mistakes.fields.constFirst().detail;
        return mistakes;
    }
    if (Result<void> held = requireRightsOf(actor, role); !held)
        return std::move(held.error());
    role.changedBy = actor.user;
    role.changedAt = m_clock.now();
    return role;
}

Result<CustomRole> RoleService::preview(const Actor &actor, const RoleDraft &draft) const
{
    return checked(actor, draft, m_permissions.role(draft.id));
}

QCoro::Task<Result<CustomRole>> RoleService::store(Actor actor, CustomRole role, std::optional<CustomRole> before)
{
    if (m_storing.contains(role.id))
        co_return Error(Errc::Conflict, u"Somebody else changes this role at this moment; try again."_s);
    const QByteArray act = before ? "role.changed" : "role.created";
    Audit::Draft audit = Audit::draftFor(actor, act, "role", role.id.bytes(), role.changedAt);
    if (before)
        audit.before = auditValues(*before);
    audit.after = auditValues(role);
    m_storing.insert(role.id);
    const Result<void> saved = co_await m_repository.saveRole(role, !before, std::move(audit));
    m_storing.remove(role.id);
    if (!saved)
        co_return saved.error();
    m_permissions.setRole(role);
    qCInfo(lcIdentity) << "role" << role.id.toString() << (before ? "changed" : "made") << "by"
                       << actor.user.toString();
    co_return role;
}

QCoro::Task<Result<CustomRole>> RoleService::create(Actor actor, RoleDraft draft)
{
    Result<CustomRole> role = checked(actor, draft, nullptr);
    if (!role)
        co_return std::move(role.error());
    if (m_permissions.role(role->id))
        co_return Error(Errc::Conflict, u"There is already a role of that id."_s);
    if (m_permissions.roles().size() >= maxRoles)
        co_return Error(Errc::Conflict, u"There are %1 roles already; remove one first."_s.arg(maxRoles));
    Result<CustomRole> stored = co_await store(std::move(actor), std::move(*role), std::nullopt);
    co_return stored;
}

QCoro::Task<Result<CustomRole>> RoleService::change(Actor actor, RoleDraft draft)
{
    const CustomRole *present = m_permissions.role(draft.id);
    if (Result<void> allowed = m_permissions.require(actor, Action::PermissionsManage, Object::none()); !allowed)
        co_return std::move(allowed.error());
    if (!present)
        co_return noSuchRole();
    Result<CustomRole> role = checked(actor, draft, present);
    if (!role)
        co_return std::move(role.error());
    std::optional<CustomRole> before = *present;
    if (before->name == role->name && before->effects == role->effects)
        co_return Result<CustomRole>(*before);
    Result<CustomRole> stored = co_await store(std::move(actor), std::move(*role), std::move(before));
    co_return stored;
}

QCoro::Task<Result<void>> RoleService::remove(Actor actor, RoleId id)
{
    if (Result<void> allowed = m_permissions.require(actor, Action::PermissionsManage, Object::none()); !allowed)
        co_return std::move(allowed.error());
    const CustomRole *present = m_permissions.role(id);
    if (!present)
        co_return noSuchRole();
    if (Result<void> held = requireRightsOf(actor, *present); !held)
        co_return std::move(held.error());
    if (const int count = usersWith(id); count > 0)
        co_return Error(Errc::Conflict, u"%1 accounts have this role; give them another one first."_s.arg(count));
    if (m_storing.contains(id))
        co_return Error(Errc::Conflict, u"Somebody else changes this role at this moment; try again."_s);
    Audit::Draft audit = Audit::draftFor(actor, "role.removed", "role", id.bytes(), m_clock.now());
    audit.before = auditValues(*present);
    m_storing.insert(id);
    const Result<void> removed = co_await m_repository.removeRole(id, std::move(audit));
    m_storing.remove(id);
    if (!removed)
        co_return removed.error();
    m_permissions.removeRole(id);
    co_return Result<void>();
}

} // namespace Atom::Identity
