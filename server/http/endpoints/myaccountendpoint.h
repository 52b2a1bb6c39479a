// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/identity/accounts.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/users/me/*` and `/api/v1/tokens`: what people do about their own account. Main thread.
class MyAccountEndpoint
{
public:
    MyAccountEndpoint(Identity::UserService &users, Identity::SessionService &sessions, Identity::Accounts &accounts,
                      const Clock &clock);
    QList<Route> routes();

private:
    Response profile(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> changeProfile(Request request, Actor actor);
    QCoro::Task<Response> setStatus(Request request, Actor actor);
    QCoro::Task<Response> clearStatus(Request request, Actor actor);
    QCoro::Task<Response> changePassword(Request request, Actor actor);
    Response secondFactor(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> enrol(Request request, Actor actor);
    QCoro::Task<Response> confirm(Request request, Actor actor);
    QCoro::Task<Response> renewRecoveryCodes(Request request, Actor actor);
    QCoro::Task<Response> removeSecondFactor(Request request, Actor actor);
    Response sessions(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> revokeSession(Request request, Actor actor);
    QCoro::Task<Response> revokeOthers(Request request, Actor actor);
    Response tokens(const Request &request, const Actor &actor) const;
    Response tokenActions(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> createToken(Request request, Actor actor);
    QCoro::Task<Response> revokeToken(Request request, Actor actor);

    Identity::UserService &m_users;
    Identity::SessionService &m_sessions;
    Identity::Accounts &m_accounts;
    const Clock &m_clock;
};

} // namespace Atom::HttpEndpoints
