// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/identity/sessionservice.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/auth/*`, `/api/v1/users/me`, `/.well-known/jwks.json`. Main thread.
class AuthEndpoint
{
public:
    AuthEndpoint(Identity::SessionService &sessions, Identity::UserService &users);
    QList<Route> routes();

private:
    QCoro::Task<Response> signIn(Request request, Actor actor);
    QCoro::Task<Response> refresh(Request request, Actor actor);
    QCoro::Task<Response> signOut(Request request, Actor actor);
    Response me(const Request &request, const Actor &actor) const;
    Response keys(const Request &request, const Actor &actor) const;

    Identity::SessionService &m_sessions;
    Identity::UserService &m_users;
};

} // namespace Atom::HttpEndpoints
