// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/systemendpoint.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr milliseconds probeLifetime{1'000};

//! A proxy on this machine makes every client look local; the headers it adds give it away.
bool isDirectLoopback(const Request &request)
{
    return request.peer.isLoopback() && request.header("x-forwarded-for").isEmpty() &&
           request.header("forwarded").isEmpty();
}
} // namespace

SystemEndpoint::SystemEndpoint(ServerFacts facts, Readiness readiness, const Identity::Permissions &permissions,
                               const MetricRegistry &metrics, const Clock &clock)
    : m_facts(std::move(facts)), m_readiness(std::move(readiness)), m_permissions(permissions), m_metrics(metrics),
      m_clock(clock), m_started(clock.monotonic())
{
}

QList<Route> SystemEndpoint::routes()
{
    Route metricsRoute = publicRoute("GET", u"/metrics"_s, bind(this, &SystemEndpoint::metrics));
    metricsRoute.action = Action::MetricsRead; // decided in the handler: loopback needs no token
    return {
        publicRoute("GET", u"/health"_s, bind(this, &SystemEndpoint::health)),
        publicRoute("GET", u"/livez"_s, bind(this, &SystemEndpoint::live)),
        publicRoute("GET", u"/readyz"_s, bind(this, &SystemEndpoint::ready)),
        metricsRoute,
    };
}

Response SystemEndpoint::health(const Request &, const Actor &) const
{
    const auto uptime = std::chrono::floor<seconds>(m_clock.monotonic() - m_started);
    return Response::json(QJsonObject{
        {u"status"_s, u"ok"_s},
        {u"service"_s, m_facts.name},
        {u"version"_s, m_facts.version},
        {u"time"_s, toIso(m_clock.now())},
        {u"uptime_seconds"_s, qint64(uptime.count())},
    });
}

Response SystemEndpoint::live(const Request &, const Actor &) const
{
    return Response::json(QJsonObject{{u"status"_s, u"ok"_s}});
}

QCoro::Task<Response> SystemEndpoint::ready(Request, Actor)
{
    const Monotonic now = m_clock.monotonic();
    if (!m_probedAt || now - *m_probedAt >= probeLifetime) {
        m_probedAt = now; // before the probe: those who ask meanwhile hear the last answer
        const Result<void> probed = co_await m_readiness.probeStorage();
        m_storageOk = probed.isOk();
    }
    const bool draining = m_readiness.isDraining();
    const bool isReady = m_storageOk && !draining;
    const QJsonObject checks{{u"storage"_s, m_storageOk ? u"ok"_s : u"failed"_s}, {u"draining"_s, draining}};
    const QJsonObject body{{u"status"_s, isReady ? u"ready"_s : u"not_ready"_s}, {u"checks"_s, checks}};
    co_return Response::json(body, isReady ? 200 : 503);
}

Response SystemEndpoint::metrics(const Request &request, const Actor &actor) const
{
    if (!isDirectLoopback(request) && !m_permissions.can(actor, Action::MetricsRead, Identity::Object::none())) {
        const Error refused(Errc::Forbidden, u"Metrics are for this machine and for accounts that may read them."_s);
        return Response::problem(refused, request);
    }
    Response response;
    response.contentType = QByteArrayLiteral("text/plain; version=0.0.4; charset=utf-8");
    response.body = m_metrics.renderPrometheus();
    return response;
}

} // namespace Atom::HttpEndpoints
