// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/identity/accounts.h"

namespace Atom::HttpEndpoints {

//! \brief Accounts of others: what everybody may see of them, and what administrators do about their credentials,
//! invitations, imports and erasure. Main thread.
class AccountAdminEndpoint
{
public:
    AccountAdminEndpoint(Identity::UserService &users, Identity::SessionService &sessions,
                         Identity::Accounts &accounts);
    QList<Route> routes();

private:
    Response publicProfile(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> issueReset(Request request, Actor actor);
    QCoro::Task<Response> removeSecondFactor(Request request, Actor actor);
    Response sessions(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> revokeSession(Request request, Actor actor);
    QCoro::Task<Response> revokeSessions(Request request, Actor actor);
    QCoro::Task<Response> erase(Request request, Actor actor);
    QCoro::Task<Response> importUsers(Request request, Actor actor);
    Response invitations(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> invite(Request request, Actor actor);
    QCoro::Task<Response> withdraw(Request request, Actor actor);

    Identity::UserService &m_users;
    Identity::SessionService &m_sessions;
    Identity::Accounts &m_accounts;
};

} // namespace Atom::HttpEndpoints
