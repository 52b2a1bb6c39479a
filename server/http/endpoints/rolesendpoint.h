// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/identity/roleservice.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/roles`: the predefined roles as they are, and those the administrators made.
class RolesEndpoint
{
public:
    RolesEndpoint(Identity::RoleService &roles, const Identity::Permissions &permissions);
    QList<Route> routes();

private:
    Response list(const Request &request, const Actor &actor) const;
    Response show(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> create(Request request, Actor actor);
    QCoro::Task<Response> change(Request request, Actor actor);
    QCoro::Task<Response> remove(Request request, Actor actor);
    QJsonObject toJson(const Identity::CustomRole &role) const;
    QJsonObject toJson(Role predefined) const;

    Identity::RoleService &m_roles;
    const Identity::Permissions &m_permissions;
};

} // namespace Atom::HttpEndpoints
