// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/api.h"

namespace Atom::HttpEndpoints {

Result<std::unique_ptr<Api>> Api::create(ApiServices services)
{
    Result<std::unique_ptr<HomeEndpoint>> home = HomeEndpoint::create(services.facts);
    if (!home)
        return home.error();
    return std::unique_ptr<Api>(new Api(std::move(services), std::move(*home)));
}

Api::Api(ApiServices s, std::unique_ptr<HomeEndpoint> home)
    : m_home(std::move(home)), m_system(s.facts, s.readiness, s.permissions, s.metrics, s.clock),
      m_auth(s.sessions, s.users, s.accounts), m_myAccount(s.users, s.sessions, s.accounts, s.clock),
      m_accountAdmin(s.users, s.sessions, s.accounts), m_users(s.users, s.sessions, s.permissions),
      m_chat(s.limits, s.assistant, s.realtime, s.sessions, s.permissions, s.clock),
      m_realtime(s.realtime, s.presence, s.rooms, s.sessions, s.permissions, s.audit, s.clock),
      m_rooms(s.rooms, s.users), m_roomSettings(s.rooms), m_roomModeration(s.rooms),
      m_invitations(s.invitations, s.preferences), m_exports(s.exports), m_messages(s.rooms),
      m_search(s.search, s.rooms), m_marks(s.rooms), m_personal(s.personal, s.rooms), m_workflows(s.workflows),
      m_runs(s.workflows, s.rooms, s.permissions), m_intents(s.assistant), m_memory(s.assistant), m_traces(s.traces, s.rooms, s.permissions),
      m_monitoring(s.sampler, s.alerts), m_settings(s.settings, s.audit, s.clock), m_audit(s.audit, s.clock),
      m_bulk(s.users, s.sessions, s.rooms, s.permissions, s.clock), m_roles(s.roles, s.permissions),
      m_permissions(s.roomPermissions, s.roles, s.permissions), m_breakGlass(s.breakGlass, s.clock)
{
}

QList<Route> Api::routes()
{
    QList<Route> all;
    all += m_home->routes();
    all += m_system.routes();
    all += m_auth.routes(); // before users: /users/me
    all += m_myAccount.routes();
    all += m_accountAdmin.routes();
    all += m_bulk.routes();        // before users and members: /users/bulk
    all += m_invitations.routes(); // likewise: /users/me/favourites
    all += m_users.routes();
    all += m_chat.routes();
    all += m_realtime.routes();
    all += m_rooms.routes();
    all += m_roomSettings.routes();
    all += m_roomModeration.routes();
    all += m_exports.routes();
    all += m_messages.routes();
    all += m_search.routes();
    all += m_marks.routes();
    all += m_personal.routes();
    all += m_workflows.routes();
    all += m_runs.routes();
    all += m_intents.routes();
    all += m_memory.routes();
    all += m_traces.routes();
    all += m_monitoring.routes();
    all += m_settings.routes();
    all += m_audit.routes();
    all += m_roles.routes();
    all += m_permissions.routes();
    all += m_breakGlass.routes();
    for (Route &route : all)
        route.query = m_home->document().queryParameters(route.method, route.path);
    return all;
}

} // namespace Atom::HttpEndpoints
