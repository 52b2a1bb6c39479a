// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/accountadminendpoint.h"
#include "server/http/endpoints/auditendpoint.h"
#include "server/http/endpoints/authendpoint.h"
#include "server/http/endpoints/bulkendpoint.h"
#include "server/http/endpoints/breakglassendpoint.h"
#include "server/http/endpoints/chatendpoint.h"
#include "server/http/endpoints/exportsendpoint.h"
#include "server/http/endpoints/homeendpoint.h"
#include "server/http/endpoints/intentsendpoint.h"
#include "server/http/endpoints/memoryendpoint.h"
#include "server/http/endpoints/invitationsendpoint.h"
#include "server/http/endpoints/messagemarksendpoint.h"
#include "server/http/endpoints/messagesendpoint.h"
#include "server/http/endpoints/monitoringendpoint.h"
#include "server/http/endpoints/myaccountendpoint.h"
#include "server/http/endpoints/personalendpoint.h"
#include "server/http/endpoints/permissionsendpoint.h"
#include "server/http/endpoints/realtimeendpoint.h"
#include "server/http/endpoints/rolesendpoint.h"
#include "server/http/endpoints/roommoderationendpoint.h"
#include "server/http/endpoints/roomsendpoint.h"
#include "server/http/endpoints/roomsettingsendpoint.h"
#include "server/http/endpoints/runsendpoint.h"
#include "server/http/endpoints/searchendpoint.h"
#include "server/http/endpoints/settingsendpoint.h"
#include "server/http/endpoints/systemendpoint.h"
#include "server/http/endpoints/tracesendpoint.h"
#include "server/http/endpoints/usersendpoint.h"
#include "server/http/endpoints/workflowsendpoint.h"

namespace Atom::HttpEndpoints {

//! \brief All that the REST API stands on. References outlive the Api.
struct ApiServices
{
    ServerFacts facts;
    ChatLimits limits;
    Readiness readiness;
    SettingsAccess settings;
    const Clock &clock;
    const MetricRegistry &metrics;
    Identity::SessionService &sessions;
    Identity::UserService &users;
    Identity::Accounts &accounts;
    const Identity::Permissions &permissions;
    Identity::RoleService &roles;
    Rooms::RoomPermissionService &roomPermissions;
    Rooms::BreakGlassService &breakGlass;
    Rooms::RoomService &rooms;
    Rooms::InvitationService &invitations;
    Rooms::PreferenceService &preferences;
    Exports::ExportService &exports;
    Search::SearchService &search;
    Rooms::PersonalService &personal;
    const Rooms::PresenceTracker &presence;
    Workflows::WorkflowService &workflows;
    AssistantView &assistant;
    RealtimeView &realtime;
    Monitoring::TraceService &traces;
    const Monitoring::MetricSampler &sampler;
    Monitoring::AlertService &alerts;
    Audit::AuditLog &audit;
};

//! \brief The whole REST API: owns one object per resource. Main thread. Outlives the server that runs its routes.
class Api
{
public:
    //! \return Internal when a built-in resource is missing or broken.
    static Result<std::unique_ptr<Api>> create(ApiServices services);
    //! \brief Every route once. Literal paths come before those with a parameter in their place ("/users/me" before
    //! "/users/{user_id}"): the first that fits wins.
    QList<Route> routes();

private:
    Api(ApiServices services, std::unique_ptr<HomeEndpoint> home);

    std::unique_ptr<HomeEndpoint> m_home;
    SystemEndpoint m_system;
    AuthEndpoint m_auth;
    MyAccountEndpoint m_myAccount;
    AccountAdminEndpoint m_accountAdmin;
    UsersEndpoint m_users;
    ChatEndpoint m_chat;
    RealtimeEndpoint m_realtime;
    RoomsEndpoint m_rooms;
    RoomSettingsEndpoint m_roomSettings;
    RoomModerationEndpoint m_roomModeration;
    InvitationsEndpoint m_invitations;
    ExportsEndpoint m_exports;
    MessagesEndpoint m_messages;
    SearchEndpoint m_search;
    MessageMarksEndpoint m_marks;
    PersonalEndpoint m_personal;
    WorkflowsEndpoint m_workflows;
    RunsEndpoint m_runs;
    IntentsEndpoint m_intents;
    MemoryEndpoint m_memory;
    TracesEndpoint m_traces;
    MonitoringEndpoint m_monitoring;
    SettingsEndpoint m_settings;
    AuditEndpoint m_audit;
    BulkEndpoint m_bulk;
    RolesEndpoint m_roles;
    PermissionsEndpoint m_permissions;
    BreakGlassEndpoint m_breakGlass;
};

} // namespace Atom::HttpEndpoints
