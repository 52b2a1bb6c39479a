// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/identity/accounts.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/auth/*`, `/api/v1/users/me`, `/.well-known/jwks.json`. Main thread.
class AuthEndpoint
{
public:
    AuthEndpoint(Identity::SessionService &sessions, Identity::UserService &users, Identity::Accounts &accounts);
    QList<Route> routes();

private:
    QCoro::Task<Response> signIn(Request request, Actor actor);
    QCoro::Task<Response> enrolAtSignIn(Request request, Actor actor);
    QCoro::Task<Response> completeSignIn(Request request, Actor actor);
    QCoro::Task<Response> stepUp(Request request, Actor actor);
    QCoro::Task<Response> resetPassword(Request request, Actor actor);
    QCoro::Task<Response> join(Request request, Actor actor);
    QCoro::Task<Response> refresh(Request request, Actor actor);
    QCoro::Task<Response> signOut(Request request, Actor actor);
    Response me(const Request &request, const Actor &actor) const;
    Response keys(const Request &request, const Actor &actor) const;

    Identity::SessionService &m_sessions;
    Identity::UserService &m_users;
    Identity::Accounts &m_accounts;
};

} // namespace Atom::HttpEndpoints
