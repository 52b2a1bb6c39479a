// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// ServerApp: what it is made of, and how the parts are joined.
#include "server/app/llmconfig.h"
#include "server/app/logging.h"
#include "server/app/serverapp_p.h"
#include "server/app/settings.h"
#include "shared/protocol/realtimeframes.h"
#include "shared/protocol/restcodec.h"

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {
//! What the assistant is told about an account.
Assistant::Person personOf(const UserId &user, const Identity::UserService &users)
{
    Assistant::Person person;
    person.actor.user = user;
    const Identity::StoredUser *const account = users.find(user);
    if (!account)
        return person; // a guest
    person.actor.role = account->user.role;
    person.actor.customRole = account->user.customRole;
    person.displayName = account->user.displayName;
    person.isDisabled = account->user.disabled;
    if (!account->profile.timeZone.isEmpty())
        person.zone = QTimeZone(account->profile.timeZone.toLatin1());
    const QString date = QLocale(account->profile.locale).dateFormat(QLocale::ShortFormat);
    person.dayFirst = !account->profile.locale.isEmpty() && date.indexOf(u'd') < date.indexOf(u'M');
    return person;
}
} // namespace

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
    rooms->setOnline(
        [this](const UserId &user) { return presence->of(user).status != Rooms::PresenceStatus::Offline; });
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
    if (Result<void> made = makeModel(); !made)
        return made;
    Assistant::AssistantService::Settings forAssistant;
    forAssistant.enabled = config.assistant.enabled;
    forAssistant.threshold = config.assistant.threshold;
    handOver = std::make_unique<Assistant::HandOver>(
        *rooms, [this](const UserId &user) { return personOf(user, *users); },
        RoomId::fromString(config.assistant.handOverRoom));
    actions = std::make_unique<Assistant::Actions>(*rooms, *personal, *search, handOver.get(), clock);
    intents = std::make_unique<Assistant::IntentCatalog>(storage->intents(), *rooms, *permissions, clock);
    const auto act = [this](Assistant::ActionCall call) { return actions->run(std::move(call)); };
    const auto people = [this](const UserId &user) { return personOf(user, *users); };
    memory = std::make_unique<Assistant::RoomMemory>(storage->assistant(), storage->facts(), *rooms, *permissions,
                                                     people, clock);
    assistant = std::make_unique<Assistant::AssistantService>(
        forAssistant,
        Assistant::AssistantService::Parts{storage->assistant(), *rooms, *workflows, *intents, *memory, act, people,
                                           *traces, clock, metrics, model.reply.get(),
                                           [this](const Assistant::ReplyProgress &piece) { tellProgress(piece); }});
    alerts = std::make_unique<Monitoring::AlertService>(config.alerts.rules, Protocol::metricValue, storage->alerts(),
                                                        clock);
    return {};
}

Result<void> ServerApp::Private::makeModel()
{
    Result<Llm::LlmSettings> settings = llmSettingsBlocking(config);
    if (!settings)
        return settings.error();
    if (!settings->isOn() || settings->model.isEmpty())
        return {};
    auto client = Connectors::EgressClient::create(Llm::egressSettings(*settings), *resolver, clock, metrics);
    if (!client)
        return client.error();
    model.egress = std::move(*client);
    Result<Llm::PromptLibrary> prompts = Llm::PromptLibrary::loadBlocking(settings->prompts);
    if (!prompts)
        return prompts.error();
    model.prompts = std::move(*prompts);
    model.budget = std::make_unique<Llm::LlmBudget>(settings->budget, clock);
    model.usage = std::make_unique<Llm::UsageKeeper>(*model.budget, storage->llmUsage(), clock);
    model.service = std::make_unique<Llm::OpenAiModel>(*settings, *model.egress, clock, metrics);
    model.reply =
        std::make_unique<Assistant::ModelReply>(*model.service, *model.budget, *model.prompts, *traces, clock);
    return {};
}

//! Answers that are being written go to the devices in the room; nothing of it is kept.
void ServerApp::Private::tellProgress(const Assistant::ReplyProgress &piece)
{
    if (realtime)
        realtime->tellProgress(piece.room,
                               Protocol::encodeReplyProgress(piece.room, piece.question, piece.offset, piece.text));
}

Result<void> ServerApp::Private::makeEdges()
{
    realtime = std::make_unique<Realtime::RealtimeServer>(realtimeSettings(config), *rooms, *presence, *sessions,
                                                          *users, *permissions, *traces, clock, metrics);
    realtime->serve(*personal);
    realtime->recordRefusals(*audit);
    rooms->recordRefusals(*audit);
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
    return HttpEndpoints::ApiServices{
        facts,     limits,       readiness, settings,         clock,       metrics,        *sessions,     *users,
        *accounts, *permissions, *roles,    *roomPermissions, *breakGlass, *rooms,         *invitations,  *preferences,
        *exports,  *search,      *personal, *presence,        *workflows,  *assistantView, *realtimeView, *traces,
        *sampler,  *alerts,      *audit};
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

} // namespace Atom::App
