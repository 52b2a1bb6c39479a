// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/serverapp.h"

#include "server/app/demodata.h"
#include "server/app/leaverooms.h"
#include "server/app/logging.h"
#include "server/app/logsink.h"
#include "server/app/settings.h"
#include "server/assistant/assistantservice.h"
#include "server/audit/auditlog.h"
#include "server/connectors/egressclient.h"
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
#include "shared/protocol/restcodec.h"

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {
constexpr milliseconds drainSpread(5'000); //!< clients come back over this long
constexpr milliseconds drainLimit(5'000);

void warnAll(const QString &what, const QStringList &mistakes)
{
    for (const QString &mistake : mistakes)
        qCWarning(lcApp).noquote() << what << mistake;
}

QString urlOf(const char *scheme, const QString &address, quint16 port)
{
    const QHostAddress host(address);
    const QString name =
        host.protocol() == QAbstractSocket::IPv6Protocol ? u'[' + host.toString() + u']' : host.toString();
    return u"%1://%2:%3"_s.arg(QLatin1StringView(scheme), name).arg(port);
}
} // namespace

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

void ServerApp::Private::observeProcess()
{
    metrics.observe("process_cpu_seconds_total", "CPU time of the process",
                    [] { return double(Monitoring::currentProcessUsage().cpuMicros) / 1e6; });
    metrics.observe("process_resident_memory_bytes", "Resident set of the process",
                    [] { return double(Monitoring::currentProcessUsage().residentBytes); });
    metrics.observe("process_open_fds", "Open descriptors of the process",
                    [] { return double(Monitoring::openDescriptors()); });
    metrics.observe("atom_users_online", "Users with at least one device connected",
                    [this] { return double(presence->onlineUsers()); });
    metrics.observe("atom_workflow_runs_active", "Workflow runs that have not ended",
                    [this] { return double(workflows->runningCount()); });
}

ServerApp::ServerApp(StartOptions options, LogSink &log) : d(std::make_unique<Private>(*this, std::move(options), log))
{
}

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
        Storage::Storage::openBlocking(config.dataFolder(), clock, metrics);
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
    if (const Result<void> made = d->makeServices(); !made)
        co_return made.error();
    const Result<void> loaded = co_await d->loadServices();
    if (!loaded)
        co_return loaded.error();
    if (const Result<void> made = d->makeEdges(); !made)
        co_return made.error();
    d->wire();
    // Owed answers are taken up last: their replies must find the fan-out in place.
    const Result<QStringList> intents = co_await d->assistant->load(d->config.assistant.intents);
    if (!intents)
        co_return intents.error();
    // What was due meanwhile, for the same reason.
    if (const Result<void> kept = co_await d->personal->load(); !kept)
        co_return kept.error();
    warnAll(u"intents"_s, *intents);
    const Result<void> seeded = co_await d->seed();
    if (!seeded)
        co_return seeded.error();
    co_return d->listen();
}

Result<void> ServerApp::Private::makeServices()
{
    audit = std::make_unique<Audit::AuditLog>(auditSettings(config), storage->audit(), clock, metrics);
    traces = std::make_unique<Monitoring::TraceService>(storage->traces(), clock, metrics);
    hasher = std::make_unique<Identity::PasswordHasher>();
    users = std::make_unique<Identity::UserService>(storage->users(), *hasher, clock);
    permissions = std::make_unique<Identity::Permissions>(clock);
    roles = std::make_unique<Identity::RoleService>(storage->permissions(), *permissions, *users, clock);
    Identity::SessionService::Settings forSessions;
    forSessions.accessLifetime = std::chrono::minutes(config.auth.accessMinutes);
    forSessions.refreshLifetime = std::chrono::days(config.auth.refreshDays);
    forSessions.guests = config.auth.guests;
    forSessions.stepUp = std::chrono::minutes(config.auth.stepUpMinutes);
    auto box = openSecretsBlocking(config);
    if (!box)
        return box.error();
    secrets = std::move(*box);
    sealedSecrets = std::make_unique<Identity::SealedSecrets>(storage->sessions(), *secrets);
    sessions = std::make_unique<Identity::SessionService>(forSessions, *users, *sealedSecrets, *hasher, clock);
    sessions->setRefusals(audit.get());
    accounts = std::make_unique<Identity::Accounts>(accountSettings(config), *users, *sessions, storage->accounts(),
                                                    *secrets, *permissions, clock);
    presence = std::make_unique<Rooms::PresenceTracker>(clock);
    rooms = std::make_unique<Rooms::RoomService>(storage->rooms(), *permissions, *traces, clock, metrics,
                                                 roomLimits(config));
    rooms->setOnline([this](const UserId &user) { return presence->of(user).status != Rooms::PresenceStatus::Offline; });
    roomPermissions =
        std::make_unique<Rooms::RoomPermissionService>(storage->permissions(), *permissions, *rooms, *users, clock);
    breakGlass = std::make_unique<Rooms::BreakGlassService>(breakGlassSettings(config), storage->permissions(),
                                                            *permissions, *rooms, clock);
    personal = std::make_unique<Rooms::PersonalService>(storage->personal(), *rooms, *users, *permissions, clock,
                                                        Rooms::PersonalLimits());
    search = std::make_unique<Search::SearchService>(storage->search(), *rooms, clock, metrics);
    invitations = std::make_unique<Rooms::InvitationService>(storage->invitations(), *rooms, clock);
    preferences = std::make_unique<Rooms::PreferenceService>(storage->preferences(), *rooms);
    retention = std::make_unique<Rooms::RetentionService>(retentionSettings(config), storage->retention(), *rooms,
                                                          clock, metrics);
    Exports::ExportService::Settings forExports;
    forExports.folder = config.dataFolder() + u"/exports"_s;
    forExports.server = u"Atom Chat "_s + QStringLiteral(ATOM_VERSION);
    const auto sign = [this](const QByteArray &message) {
        const auto [keyId, signature] = sessions->signDocument(message);
        return Exports::Signature{keyId, signature};
    };
    exports = std::make_unique<Exports::ExportService>(forExports, storage->exports(), *rooms, sign, clock, metrics);
    resolver = std::make_unique<Connectors::SystemResolver>();
    Connectors::EgressClient::Settings forEgress;
    forEgress.allow = config.egress.allow;
    forEgress.timeout = seconds(config.egress.timeoutSeconds);
    forEgress.replyBytes = config.egress.maxBytes;
    auto client = Connectors::EgressClient::create(forEgress, *resolver, clock, metrics);
    if (!client)
        return client.error();
    egress = std::move(*client);
    workflows = std::make_unique<Workflows::WorkflowService>(storage->workflows(), *egress, *traces, clock, metrics);
    Assistant::AssistantService::Settings forAssistant;
    forAssistant.enabled = config.assistant.enabled;
    forAssistant.threshold = config.assistant.threshold;
    assistant = std::make_unique<Assistant::AssistantService>(forAssistant, storage->assistant(), *rooms, *workflows,
                                                              *traces, clock, metrics);
    alerts = std::make_unique<Monitoring::AlertService>(config.alerts.rules, Protocol::metricValue, storage->alerts(),
                                                        clock);
    return {};
}

QCoro::Task<Result<void>> ServerApp::Private::loadServices()
{
    Result<void> loaded = co_await audit->load();
    if (loaded)
        loaded = co_await users->load();
    if (loaded)
        loaded = co_await roles->load();
    if (loaded)
        loaded = co_await sessions->load();
    if (loaded)
        loaded = co_await accounts->load();
    if (loaded)
        loaded = co_await rooms->load();
    if (loaded)
        loaded = co_await breakGlass->load();
    if (loaded)
        loaded = co_await exports->load();
    if (loaded)
        loaded = co_await alerts->load();
    if (!loaded)
        co_return loaded;
    Result<QString> owner = co_await ensureOwner(*users);
    if (!owner)
        co_return owner.error();
    firstStart.ownerPassword = std::move(*owner);
    accounts->erasure.setLeaveRooms([this](UserId user) { return leaveAllRooms(rooms.get(), std::move(user)); });
    const Result<void> resumed = co_await accounts->resume();
    if (!resumed)
        co_return resumed.error();
    const Result<QStringList> definitions = co_await workflows->load(config.workflows.folder);
    if (!definitions)
        co_return definitions.error();
    warnAll(u"workflows"_s, *definitions);
    co_return Result<void>();
}

QCoro::Task<Result<void>> ServerApp::Private::seed()
{
    if (!withDemo)
        co_return Result<void>();
    Result<QList<DemoAccount>> people = co_await seedDemo(*users, *rooms);
    if (!people)
        co_return people.error();
    if (!firstStart.ownerPassword.isEmpty()) {
        DemoAccount owner{ownerUser(), firstStart.ownerPassword};
        people->prepend(std::move(owner));
    }
    co_return writeDemoCredentials(config.dataFolder(), *people);
}

Result<void> ServerApp::Private::makeEdges()
{
    realtime = std::make_unique<Realtime::RealtimeServer>(realtimeSettings(config), *rooms, *presence, *sessions,
                                                          *users, *permissions, *traces, clock, metrics);
    realtime->serve(*personal);
    Counter &serverErrors = metrics.counter("atom_http_responses_total", "", "class=\"5xx\"");
    Counter &frameErrors = metrics.counter("atom_realtime_errors_total", "Error frames sent");
    Monitoring::MetricSampler::Sources sources{
        metrics.counter("atom_messages_committed_total", "Messages committed"),
        metrics.counter("atom_deliveries_total", "Events handed to connections"),
        metrics.counter("atom_http_requests_total", "HTTP requests answered"),
        {&serverErrors, &frameErrors},
        metrics.histogram("atom_message_ack_seconds", "Message received to committed")};
    sampler = std::make_unique<Monitoring::MetricSampler>(
        std::move(sources),
        [this] {
            const Realtime::RealtimeStats stats = realtime->stats();
            Monitoring::MetricSampler::Levels levels;
            levels.connections = stats.connections;
            levels.users = presence->onlineUsers();
            levels.rooms = rooms->roomCount();
            levels.runningWorkflows = workflows->runningCount();
            levels.storageQueue = storage->queuedJobs();
            return levels;
        },
        clock);
    assistantView = std::make_unique<HttpEndpoints::AssistantServiceView>(*assistant);
    realtimeView = std::make_unique<HttpEndpoints::RealtimeViewOf<Realtime::RealtimeServer>>(*realtime);
    auto made = HttpEndpoints::Api::create(apiServices());
    if (!made)
        return made.error();
    api = std::move(*made);
    Http::HttpSettings forHttp = httpSettings(config);
    forHttp.refusals = audit.get();
    http = std::make_unique<Http::HttpServer>(
        forHttp, [this](QByteArrayView token) { return sessions->verify(token); }, *permissions, clock, metrics);
    http->addRoutes(api->routes());
    httpPort = std::make_unique<Net::PortGuard>(
        guardLimits(config, config.http.connections, config.http.connectionsPerAddress), clock, metrics);
    realtimePort = std::make_unique<Net::PortGuard>(
        guardLimits(config, config.http.connections, config.realtime.connectionsPerAddress), clock, metrics);
    const int ioThreads = config.realtime.ioThreads;
    ioShards = std::make_unique<Net::IoShards>(ioThreads >= 0 ? ioThreads : Net::IoShards::fitting());
    realtimePort->setShards(ioShards.get());
    observeProcess();
    return {};
}

HttpEndpoints::ApiServices ServerApp::Private::apiServices()
{
    HttpEndpoints::ServerFacts facts;
    facts.version = QStringLiteral(ATOM_VERSION);
    facts.realtimePort = [this] { return realtimePort ? int(realtimePort->serverPort()) : 0; };
    HttpEndpoints::ChatLimits limits;
    limits.rooms = roomLimits(config);
    limits.frameBytes = config.realtime.maxMessageBytes;
    limits.messagesPerSecond = config.realtime.messagesPerSecond;
    HttpEndpoints::Readiness readiness;
    readiness.probeStorage = [this] { return storage->probe(); };
    readiness.isDraining = [this] { return draining; };
    HttpEndpoints::SettingsAccess settings;
    settings.logLevels = [this] { return log.levels(); };
    settings.setLogLevels = [this](const HttpEndpoints::LogLevels &levels) -> Result<void> {
        for (auto it = levels.cbegin(); it != levels.cend(); ++it) {
            if (Result<void> set = log.setLevel(it.key(), it.value()); !set)
                return set;
        }
        return {};
    };
    settings.config = [this] { return shownConfig; };
    return HttpEndpoints::ApiServices{facts,         limits,     readiness,    settings,       clock,        metrics,
                                      *sessions,     *users,     *accounts,    *permissions,   *roles,       *roomPermissions,
                                      *breakGlass,   *rooms,     *invitations, *preferences, *exports, *search,      *personal,      *presence,    *workflows,
                                      *assistantView, *realtimeView, *traces,  *sampler,       *alerts,      *audit};
}

//! Signals between parts that do not know each other.
void ServerApp::Private::wire()
{
    QObject::connect(rooms.get(), &Rooms::RoomService::assistantTurnDue, assistant.get(),
                     &Assistant::AssistantService::takeTurn);
    QObject::connect(sampler.get(), &Monitoring::MetricSampler::sampled, &q, [this](const MetricSample &sample) {
        alerts->evaluate(sample);
        if (realtime->hasSubscribers("metrics"))
            realtime->publish("metrics", Protocol::toJson(sample));
    });
    QObject::connect(alerts.get(), &Monitoring::AlertService::alertChanged, &q,
                     [this](const Alert &alert) { realtime->publish("alerts", Protocol::toJson(alert)); });
    QObject::connect(preferences.get(), &Rooms::PreferenceService::changed, &q,
                     [this](const UserId &user, const QList<Rooms::RoomPreference> &list) {
                         realtime->notify(user, "room_preferences", HttpEndpoints::preferencesJson(list));
                     });
    QObject::connect(exports.get(), &Exports::ExportService::jobChanged, &q, [this](const Exports::ExportJob &job) {
        realtime->notify(job.requestedBy, "room_export", HttpEndpoints::toJson(job));
    });
    traces->setWatched([this] { return realtime->hasSubscribers("traces"); });
    QObject::connect(traces.get(), &Monitoring::TraceService::tracesUpdated, &q,
                     [this](const QList<TraceSummary> &summaries) {
                         for (const TraceSummary &summary : summaries)
                             realtime->publish("traces", Protocol::toJson(summary));
                     });
    QObject::connect(workflows.get(), &Workflows::WorkflowService::runChanged, &q, [this](const RunSnapshot &run) {
        if (!realtime->hasSubscribers("runs"))
            return;
        // Inputs and outputs are contents: the topic shows the course of a run, REST shows the rest to who may see it.
        RunSnapshot course = run;
        course.input = course.output = QJsonValue();
        for (StepRecord &step : course.steps)
            step.input = step.output = QJsonValue();
        realtime->publish("runs", Protocol::toJson(course));
    });
}

Result<BoundPorts> ServerApp::Private::listen()
{
    const auto bind = [this](Net::PortGuard &port, const QString &address, int number) -> Result<quint16> {
        port.setUpgradeHandler([this](Net::UpgradeRequest request) { realtime->accept(std::move(request)); });
        Result<quint16> bound = port.listenOn(QHostAddress(address), quint16(number));
        if (bound)
            http->bind(port); // after listening: Qt warns about a server that does not
        return bound;
    };
    const Result<quint16> rest = bind(*httpPort, config.http.address, config.http.port);
    if (!rest)
        return rest.error();
    const Result<quint16> live = bind(*realtimePort, config.realtime.address, config.realtime.port);
    if (!live)
        return live.error();
    sampler->start();
    retention->start();
    BoundPorts ports;
    ports.httpUrl = urlOf("http", config.http.address, *rest);
    ports.realtimeUrl = urlOf("ws", config.realtime.address, *live);
    qCInfo(lcApp) << "ready on" << ports.httpUrl << "and" << ports.realtimeUrl << "data in" << config.dataFolder();
    return ports;
}

QCoro::Task<void> ServerApp::stop()
{
    qCInfo(lcApp) << "stopping";
    d->draining = true;
    d->httpPort->stopAccepting();
    d->realtimePort->stopAccepting();
    d->sampler->stop();
    co_await d->realtime->drain(drainSpread, drainLimit);
    co_await d->personal->close();
    co_await d->assistant->close();
    co_await d->workflows->close();
    co_await d->http->close();
    co_await d->alerts->close();
    co_await d->retention->close();
    co_await d->exports->close();
    co_await d->search->close();
    co_await d->accounts->close(); // before rooms: an erasure under way leaves them
    co_await d->breakGlass->close();
    co_await d->rooms->close();
    co_await d->sessions->close();
    co_await d->users->close();
    co_await d->audit->close();
    d->traces->flush();
    d->storage->closeBlocking();
    qCInfo(lcApp) << "stopped";
}

} // namespace Atom::App
