// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "shared/core/clock.h"
#include "shared/core/metrics.h"

namespace Atom::HttpEndpoints {

//! \brief Facts about this server that are known when it starts.
struct ServerFacts
{
    QString name = QStringLiteral("Atom Chat");
    QString version;
    std::function<int()> realtimePort; //!< as bound; absent or 0: left out
};

//! \brief What readiness asks.
struct Readiness
{
    std::function<QCoro::Task<Result<void>>()> probeStorage;
    std::function<bool()> isDraining;
};

//! \brief `/health`, `/livez`, `/readyz`, `/metrics`. Main thread.
//!
//! Liveness says that the event loop turns; readiness that requests can be served: storage answers a probe (asked at
//! most once a second, however often clients ask) and the server is not draining.
class SystemEndpoint
{
public:
    SystemEndpoint(ServerFacts facts, Readiness readiness, const Identity::Permissions &permissions,
                   const MetricRegistry &metrics, const Clock &clock);
    QList<Route> routes();

private:
    Response health(const Request &request, const Actor &actor) const;
    Response live(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> ready(Request request, Actor actor);
    Response metrics(const Request &request, const Actor &actor) const;

    const ServerFacts m_facts;
    const Readiness m_readiness;
    const Identity::Permissions &m_permissions;
    const MetricRegistry &m_metrics;
    const Clock &m_clock;
    const Monotonic m_started;
    std::optional<Monotonic> m_probedAt;
    bool m_storageOk = false;
};

} // namespace Atom::HttpEndpoints
