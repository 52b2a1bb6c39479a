// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/egressclient.h"
#include "server/http/endpoints/api.h"
#include "tests/unit/server/http/endpoints/fakeviews.h"
#include "tests/unit/server/http/endpoints/roomfixture.h"

namespace Atom::Test {

//! \brief The whole API over real services, except the assistant and the realtime edge.
struct ApiFixture : RoomFixture
{
    Connectors::SystemResolver resolver;
    std::unique_ptr<Connectors::EgressClient> egress;
    std::unique_ptr<Workflows::WorkflowService> workflows;
    Search::SearchService search{storage->search(), *rooms, clock, metrics};
    std::unique_ptr<Rooms::PersonalService> personal;
    Identity::RoleService roles{storage->permissions(), permissions, *users, clock};
    Rooms::RoomPermissionService roomPermissions{storage->permissions(), permissions, *rooms, *users, clock};
    Rooms::BreakGlassService breakGlass{{}, storage->permissions(), permissions, *rooms, clock};
    Rooms::PresenceTracker presence{clock};
    Monitoring::AlertService alerts{
        {}, [](const MetricSample &, const QString &) { return std::nullopt; }, storage->alerts(), clock};
    Monitoring::MetricSampler sampler{Monitoring::MetricSampler::Sources{metrics.counter("m", "m"),
                                                                         metrics.counter("d", "d"),
                                                                         metrics.counter("r", "r"),
                                                                         {},
                                                                         metrics.histogram("a", "a")},
                                      [] { return Monitoring::MetricSampler::Levels{}; }, clock};
    Audit::AuditLog audit{{folder.path() + QStringLiteral("/checkpoints.jsonl")}, storage->audit(), clock, metrics};
    Assistant::IntentCatalog intents{storage->intents(), *rooms, permissions, clock};
    Assistant::RoomMemory memory{storage->assistant(), storage->facts(), *rooms, permissions,
                                 [](const UserId &) { return Assistant::Person(); }, clock};
    FakeAssistant assistant;
    FakeRealtime realtime;
    std::unique_ptr<HttpEndpoints::Api> api;
    std::unique_ptr<RouteCaller> caller;

    explicit ApiFixture(Identity::GuestPolicy guests = Identity::GuestPolicy::Off) : RoomFixture(guests)
    {
        auto client = Connectors::EgressClient::create({}, resolver, clock, metrics);
        must(client);
        egress = std::move(*client);
        workflows =
            std::make_unique<Workflows::WorkflowService>(storage->workflows(), *egress, *traces, clock, metrics);
        must(QCoro::waitFor(workflows->load(folder.path())));
        personal = std::make_unique<Rooms::PersonalService>(storage->personal(), *rooms, *users, permissions, clock,
                                                            Rooms::PersonalLimits());
        must(QCoro::waitFor(personal->load()));
        assistant.intents = &intents;
        assistant.remembered = &memory;
        assistant.rooms = rooms.get();
        HttpEndpoints::Readiness readiness{[this] { return storage->probe(); }, [] { return false; }};
        HttpEndpoints::SettingsAccess settings{[] { return HttpEndpoints::LogLevels{}; },
                                               [](const HttpEndpoints::LogLevels &) { return Result<void>(); },
                                               [] { return QJsonObject{}; }};
        HttpEndpoints::ApiServices services{{},         {},        readiness,  settings,    clock,     metrics,
                                            *sessions,  *users,    *accounts,  permissions, roles,     roomPermissions,
                                            breakGlass, *rooms, *invitations, *preferences, *exports, search,     *personal,   presence,  *workflows,
                                            assistant,  realtime,  *traces,    sampler,     alerts,    audit};
        auto made = HttpEndpoints::Api::create(std::move(services));
        must(made);
        api = std::move(*made);
        caller = std::make_unique<RouteCaller>(api->routes(), &permissions);
    }
    ~ApiFixture()
    {
        QCoro::waitFor(memory.close());
        QCoro::waitFor(intents.close());
        QCoro::waitFor(personal->close());
        QCoro::waitFor(search.close());
        QCoro::waitFor(breakGlass.close());
        QCoro::waitFor(workflows->close());
        QCoro::waitFor(alerts.close());
        QCoro::waitFor(audit.close());
    }
};

} // namespace Atom::Test
