// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/identity/sessionservice.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/users`: accounts, for those who manage them; `/api/v1/people`: whom everybody can talk to. Main
//! thread.
class UsersEndpoint
{
public:
    UsersEndpoint(Identity::UserService &users, Identity::SessionService &sessions,
                  const Identity::Permissions &permissions);
    QList<Route> routes();

private:
    Response list(const Request &request, const Actor &actor) const;
    Response people(const Request &request, const Actor &actor) const;
    Response show(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> create(Request request, Actor actor);
    QCoro::Task<Response> change(Request request, Actor actor);

    Identity::UserService &m_users;
    Identity::SessionService &m_sessions;
    const Identity::Permissions &m_permissions;
};

} // namespace Atom::HttpEndpoints
