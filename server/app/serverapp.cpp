// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/serverapp.h"

#include "server/app/demodata.h"
#include "server/app/logging.h"
#include "server/app/logsink.h"
#include "server/assistant/assistantservice.h"
#include "server/connectors/egressclient.h"
#include "server/http/endpoints/api.h"
#include "server/http/httpserver.h"
#include "server/identity/sessionservice.h"
#include "server/monitoring/alertservice.h"
#include "server/monitoring/metricsampler.h"
#include "server/monitoring/processusage.h"
#include "server/monitoring/traceservice.h"
#include "server/net/portguard.h"
#include "server/realtime/realtimeserver.h"
#include "server/rooms/presence.h"
#include "server/rooms/roomservice.h"
#include "server/storage/storage.h"
#include "server/workflows/workflowservice.h"
#include "shared/protocol/restcodec.h"

namespace Atom::App
{
using namespace Qt::StringLiterals;

namespace
{
constexpr milliseconds drainSpread(5'000); //!< clients come back over this long
constexpr milliseconds drainLimit(5'000);
} // namespace

//! Members in order of construction: each may use those above it; destruction is the reverse.
struct ServerApp::Private {
    Private(ServerApp &owner, ServerConfig settings, LogSink &sink) : q(owner), config(std::move(settings)), log(sink) {}

    Result<void> openStorage();
    void makeServices();
    QCoro::Task<Result<void>> loadServices();
    Result<void> makeEdges();
    void wire();
    Result<BoundPorts> listen();
    HttpEndpoints::ApiServices apiServices();

    ServerApp &q;
    const ServerConfig config;
    LogSink &log;
    SystemClock clock;
    MetricRegistry metrics;
    FirstStart firstStart;
    bool draining = false;

    std::unique_ptr<Storage::Storage> storage;
    std::unique_ptr<Monitoring::TraceService> traces;
    std::unique_ptr<Identity::PasswordHasher> hasher;
    std::unique_ptr<Identity::UserService> users;
    std::unique_ptr<Identity::SessionService> sessions;
    std::unique_ptr<Rooms::PresenceTracker> presence;
    std::unique_ptr<Rooms::RoomService> rooms;
    std::unique_ptr<Connectors::EgressClient> egress;
    std::unique_ptr<Workflows::WorkflowService> workflows;
    std::unique_ptr<Assistant::AssistantService> assistant;
    std::unique_ptr<Monitoring::AlertService> alerts;
    std::unique_ptr<Realtime::RealtimeServer> realtime;
    std::unique_ptr<Monitoring::MetricSampler> sampler;
    std::unique_ptr<HttpEndpoints::AssistantServiceView> assistantView;
    std::unique_ptr<HttpEndpoints::RealtimeViewOf<Realtime::RealtimeServer>> realtimeView;
    std::unique_ptr<HttpEndpoints::Api> api;
    std::unique_ptr<Http::HttpServer> http;
    std::unique_ptr<Net::PortGuard> httpPort;
    std::unique_ptr<Net::PortGuard> realtimePort;
};

ServerApp::ServerApp(ServerConfig config, LogSink &log) : d(std::make_unique<Private>(*this, std::move(config), log)) {}
ServerApp::~ServerApp() = default;

const FirstStart &ServerApp::firstStart() const
{
    return d->firstStart;
}

UserId ownerUser()
{
    return UserId(QByteArrayLiteral("owner"));
}

QCoro::Task<Result<QString>> ensureOwner(Identity::UserService &users)
{
    if (!users.isEmpty())
        co_return Result<QString>(QString());
    const QString password = Identity::UserService::generatePassword();
    const Result<User> owner = co_await users.create(ownerUser(), u"Owner"_s, Role::Owner, password);
    if (!owner)
        co_return owner.error();
    co_return Result<QString>(password);
}

Result<void> ServerApp::Private::openStorage()
{
    Result<std::unique_ptr<Storage::Storage>> opened =
        Storage::Storage::openBlocking(config.dataFolder, clock, metrics);
    if (!opened)
        return opened.error();
    storage = std::move(*opened);
    storage->onFatal([this](const Error &error) { Q_EMIT q.fatal(error.detail + u' ' + error.cause); });
    return {};
}

QCoro::Task<Result<BoundPorts>> ServerApp::start()
{
    if (const Result<void> opened = d->openStorage(); !opened)
        co_return opened.error();
    d->makeServices();
    const Result<void> loaded = co_await d->loadServices();
    if (!loaded)
        co_return loaded.error();
    if (const Result<void> made = d->makeEdges(); !made)
        co_return made.error();
    d->wire();
    co_return d->listen();
}

void ServerApp::Private::makeServices()
{
    traces = std::make_unique<Monitoring::TraceService>(storage->traces(), clock, metrics);
    hasher = std::make_unique<Identity::PasswordHasher>();
    users = std::make_unique<Identity::UserService>(storage->users(), *hasher, clock);
    Identity::SessionService::Settings sessionSettings;
    sessionSettings.accessLifetime = config.accessLifetime;
    sessionSettings.refreshLifetime = config.refreshLifetime;
    sessionSettings.guests = config.guests;
    sessions = std::make_unique<Identity::SessionService>(sessionSettings, *users, storage->sessions(), *hasher, clock);
    presence = std::make_unique<Rooms::PresenceTracker>(clock);
    rooms = std::make_unique<Rooms::RoomService>(storage->rooms(), *traces, clock, metrics, config.roomLimits());
    egress = std::make_unique<Connectors::EgressClient>(config.egressSettings(), clock, metrics);
    workflows = std::make_unique<Workflows::WorkflowService>(storage->workflows(), *egress, *traces, clock, metrics);
    assistant = std::make_unique<Assistant::AssistantService>(config.assistantSettings(), storage->assistant(), *rooms,
                                                              *workflows, *traces, clock, metrics);
    alerts = std::make_unique<Monitoring::AlertService>(config.alertRules, Protocol::metricValue, storage->alerts(),
                                                        clock);
}

} // namespace Atom::App
