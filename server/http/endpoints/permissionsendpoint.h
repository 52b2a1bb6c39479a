// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/permissionreader.h"
#include "server/http/endpoints/routing.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/permissions` and `/api/v1/rooms/{room_id}/permissions`: what is allowed and denied in one room, why
//! a decision is as it is, and what a change would turn round.
class PermissionsEndpoint
{
public:
    PermissionsEndpoint(Rooms::RoomPermissionService &service, const Identity::RoleService &roles,
                        const Identity::Permissions &permissions);
    QList<Route> routes();

private:
    Response actions(const Request &request, const Actor &actor) const;
    Response explain(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> simulate(Request request, Actor actor);
    Response overrides(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> changeOverrides(Request request, Actor actor);
    Result<Rooms::PermissionDraft> draftFrom(const Actor &actor, const QJsonObject &body) const;
    QJsonObject changesOf(const Rooms::ChangedDecisions &changed) const;

    Rooms::RoomPermissionService &m_service;
    const Identity::RoleService &m_roles;
    const Identity::Permissions &m_permissions;
};

} // namespace Atom::HttpEndpoints
