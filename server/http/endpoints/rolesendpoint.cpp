// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/rolesendpoint.h"

#include "server/http/endpoints/permissionreader.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;
using Identity::CustomRole;

namespace {
constexpr std::array predefined{Role::Owner,   Role::Admin,  Role::Moderator, Role::Operator,
                                Role::Auditor, Role::Member, Role::Guest};
} // namespace

RolesEndpoint::RolesEndpoint(Identity::RoleService &roles, const Identity::Permissions &permissions)
    : m_roles(roles), m_permissions(permissions)
{
}

QList<Route> RolesEndpoint::routes()
{
    return {
        checkedRoute("GET", u"/api/v1/roles"_s, Action::PermissionsRead, bind(this, &RolesEndpoint::list)),
        checkedRoute("POST", u"/api/v1/roles"_s, Action::PermissionsManage, bind(this, &RolesEndpoint::create)),
        checkedRoute("GET", u"/api/v1/roles/{role_id}"_s, Action::PermissionsRead, bind(this, &RolesEndpoint::show)),
        checkedRoute("PATCH", u"/api/v1/roles/{role_id}"_s, Action::PermissionsManage,
                     bind(this, &RolesEndpoint::change)),
        checkedRoute("DELETE", u"/api/v1/roles/{role_id}"_s, Action::PermissionsManage,
                     bind(this, &RolesEndpoint::remove)),
    };
}

QJsonObject RolesEndpoint::toJson(const CustomRole &role) const
{
    return QJsonObject{{u"id"_s, role.id.toString()},
                       {u"name"_s, role.name},
                       {u"predefined"_s, false},
                       {u"base"_s, roleName(role.base)},
                       {u"allow"_s, namesOf(role.effects.allow)},
                       {u"deny"_s, namesOf(role.effects.deny)},
                       {u"holds"_s, namesOf(m_permissions.holdings(role.base, role.id))},
                       {u"users"_s, m_roles.usersWith(role.id)},
                       {u"changed_by"_s, role.changedBy.toString()},
                       {u"changed_at"_s, toIso(role.changedAt)}};
}

QJsonObject RolesEndpoint::toJson(Role role) const
{
    return QJsonObject{{u"id"_s, roleName(role)},
                       {u"name"_s, roleName(role)},
                       {u"predefined"_s, true},
                       {u"holds"_s, namesOf(m_permissions.holdings(role))}};
}

Response RolesEndpoint::list(const Request &, const Actor &) const
{
    QJsonArray items;
    for (const Role role : predefined)
        items.append(toJson(role));
    const QList<CustomRole> roles = m_permissions.roles();
    for (const CustomRole &role : roles)
        items.append(toJson(role));
    return Response::json(listOf(items));
}

Response RolesEndpoint::show(const Request &request, const Actor &) const
{
    const QString id = request.args.value(0);
    if (const std::optional<Role> role = roleFromName(id))
        return Response::json(toJson(*role));
    if (const CustomRole *role = m_permissions.role(RoleId::fromString(id)))
        return Response::json(toJson(*role));
    return Response::problem(noSuch(u"role"_s), request);
}

QCoro::Task<Response> RolesEndpoint::create(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    const Result<Identity::RoleDraft> draft = readRoleDraft(*body);
    if (!draft)
        co_return Response::problem(draft.error(), request);
    const Result<CustomRole> made = co_await m_roles.create(actor, *draft);
    if (!made)
        co_return Response::problem(made.error(), request);
    Response response = Response::json(toJson(*made), 201);
    response.headers.append({QByteArrayLiteral("Location"), "/api/v1/roles/" + made->id.bytes()});
    co_return std::move(response);
}

QCoro::Task<Response> RolesEndpoint::change(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    const QString id = request.args.value(0);
    const Result<Identity::RoleDraft> draft = readRoleChange(*body, RoleId::fromString(id));
    if (!draft)
        co_return Response::problem(draft.error(), request);
    if (roleFromName(id)) {
        const Error fixed(Errc::Conflict, u"Predefined roles cannot be changed; make a role that builds on it."_s);
        co_return Response::problem(fixed, request);
    }
    const Result<CustomRole> changed = co_await m_roles.change(actor, *draft);
    if (!changed)
        co_return Response::problem(changed.error(), request);
    co_return Response::json(toJson(*changed));
}

QCoro::Task<Response> RolesEndpoint::remove(Request request, Actor actor)
{
    const QString id = request.args.value(0);
    if (roleFromName(id)) {
        const Error fixed(Errc::Conflict, u"Predefined roles cannot be removed."_s);
        co_return Response::problem(fixed, request);
    }
    const RoleId role = RoleId::fromString(id);
    const Result<void> removed = co_await m_roles.remove(actor, role);
    if (!removed)
        co_return Response::problem(removed.error(), request);
    co_return Response::noContent();
}

} // namespace Atom::HttpEndpoints
