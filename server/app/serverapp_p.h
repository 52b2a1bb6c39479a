// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/serverapp.h"
#include "server/app/logsink.h"
#include "server/app/settings.h"
#include "server/assistant/assistantservice.h"
#include "server/assistant/handover.h"
#include "server/assistant/modelreply.h"
#include "server/audit/auditlog.h"
#include "server/connectors/egressclient.h"
#include "server/llm/openaimodel.h"
#include "server/llm/usagekeeper.h"
#include "server/exports/exportservice.h"
#include "server/http/endpoints/api.h"
#include "server/http/httpserver.h"
#include "server/identity/accounts.h"
#include "server/identity/roleservice.h"
#include "server/identity/sealedsecrets.h"
#include "server/monitoring/alertservice.h"
#include "server/monitoring/metricsampler.h"
#include "server/monitoring/processusage.h"
#include "server/monitoring/traceservice.h"
#include "server/net/portguard.h"
#include "server/realtime/realtimeserver.h"
#include "server/rooms/personalservice.h"
#include "server/rooms/presence.h"
#include "server/rooms/roompermissions.h"
#include "server/rooms/roomservice.h"
#include "server/search/searchservice.h"
#include "server/storage/storage.h"
#include "server/workflows/workflowservice.h"

namespace Atom::App {

//! \brief The parts of a server, as the files of ServerApp share them.
//! Members in order of construction: each may use those above it; destruction is the reverse.
struct ServerApp::Private
{
    Private(ServerApp &owner, StartOptions options, LogSink &sink)
        : q(owner), config(std::move(options.config)), shownConfig(std::move(options.shownConfig)),
          withDemo(options.demo), log(sink)
    {
    }

    Result<void> openStorage();
    Result<void> makeServices();
    Result<void> makeModel();
    void tellProgress(const Assistant::ReplyProgress &piece);
    QCoro::Task<Result<void>> loadServices();
    QCoro::Task<Result<void>> seed();
    Result<void> makeEdges();
    void wire();
    void observeProcess();
    Result<BoundPorts> listen();
    HttpEndpoints::ApiServices apiServices();

    ServerApp &q;
    const ServerConfig config;
    const QJsonObject shownConfig;
    const bool withDemo;
    LogSink &log;
    SystemClock clock;
    MetricRegistry metrics;
    FirstStart firstStart;
    bool draining = false;

    std::unique_ptr<Storage::Storage> storage;
    std::unique_ptr<Audit::AuditLog> audit;
    std::unique_ptr<Monitoring::TraceService> traces;
    std::unique_ptr<Identity::PasswordHasher> hasher;
    std::unique_ptr<Identity::UserService> users;
    std::unique_ptr<Identity::Permissions> permissions;
    std::unique_ptr<Identity::SecretBox> secrets;
    std::unique_ptr<Identity::SealedSecrets> sealedSecrets;
    std::unique_ptr<Identity::RoleService> roles;
    std::unique_ptr<Identity::SessionService> sessions;
    std::unique_ptr<Identity::Accounts> accounts;
    std::unique_ptr<Rooms::PresenceTracker> presence;
    std::unique_ptr<Rooms::RoomService> rooms;
    std::unique_ptr<Rooms::RoomPermissionService> roomPermissions;
    std::unique_ptr<Rooms::BreakGlassService> breakGlass;
    std::unique_ptr<Search::SearchService> search;
    std::unique_ptr<Rooms::PersonalService> personal;
    std::unique_ptr<Rooms::InvitationService> invitations;
    std::unique_ptr<Rooms::PreferenceService> preferences;
    std::unique_ptr<Rooms::RetentionService> retention;
    std::unique_ptr<Exports::ExportService> exports;
    std::unique_ptr<Connectors::HostResolver> resolver;
    std::unique_ptr<Connectors::EgressClient> egress;
    std::unique_ptr<Workflows::WorkflowService> workflows;
    //! \brief The language model with what it costs; all null without [llm] url.
    struct Model
    {
        std::unique_ptr<Connectors::EgressClient> egress; //!< its own: other addresses are allowed to it
        std::unique_ptr<Llm::OpenAiModel> service;
        std::unique_ptr<Llm::LlmBudget> budget;
        std::unique_ptr<Llm::UsageKeeper> usage;
        std::optional<Llm::PromptLibrary> prompts;
        std::unique_ptr<Assistant::ModelReply> reply;
    } model;
    std::unique_ptr<Assistant::HandOver> handOver;
    std::unique_ptr<Assistant::Actions> actions;
    std::unique_ptr<Assistant::IntentCatalog> intents;
    std::unique_ptr<Assistant::RoomMemory> memory;
    std::unique_ptr<Assistant::AssistantService> assistant;
    std::unique_ptr<Monitoring::AlertService> alerts;
    std::unique_ptr<Net::IoShards> ioShards; //!< before all that has connections
    std::unique_ptr<Realtime::RealtimeServer> realtime;
    std::unique_ptr<Monitoring::MetricSampler> sampler;
    std::unique_ptr<HttpEndpoints::AssistantServiceView> assistantView;
    std::unique_ptr<HttpEndpoints::RealtimeViewOf<Realtime::RealtimeServer>> realtimeView;
    std::unique_ptr<HttpEndpoints::Api> api;
    std::unique_ptr<Http::HttpServer> http;
    std::unique_ptr<Net::PortGuard> httpPort; //!< after http: QHttpServer becomes the parent of what it is bound to
    std::unique_ptr<Net::PortGuard> realtimePort;
};

} // namespace Atom::App
