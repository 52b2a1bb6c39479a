// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/monitoringendpoint.h"

#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
QJsonObject toJson(const AlertRule &rule)
{
    return QJsonObject{
        {u"name"_s, rule.name},
        {u"metric"_s, rule.metric},
        {u"above"_s, rule.above},
        {u"threshold"_s, rule.threshold},
        {u"hold_for_seconds"_s, qint64(rule.holdFor.count())},
        {u"severity"_s, alertSeverityName(rule.severity)},
        {u"summary"_s, rule.summary},
    };
}
} // namespace

MonitoringEndpoint::MonitoringEndpoint(const Monitoring::MetricSampler &sampler, Monitoring::AlertService &alerts)
    : m_sampler(sampler), m_alerts(alerts)
{
}

QList<Route> MonitoringEndpoint::routes()
{
    return {
        checkedRoute("GET", u"/api/v1/metrics/history"_s, Action::MetricsRead,
                     bind(this, &MonitoringEndpoint::history)),
        checkedRoute("GET", u"/api/v1/alerts"_s, Action::AlertsRead, bind(this, &MonitoringEndpoint::alerts)),
        checkedRoute("GET", u"/api/v1/alerts/rules"_s, Action::AlertsRead, bind(this, &MonitoringEndpoint::rules)),
        checkedRoute("POST", u"/api/v1/alerts/{alert_id}/acknowledge"_s, Action::AlertsAcknowledge,
                     bind(this, &MonitoringEndpoint::acknowledge)),
    };
}

Response MonitoringEndpoint::history(const Request &request, const Actor &) const
{
    const Result<qint64> seconds = request.queryInt(u"seconds"_s, 300, 1, Monitoring::MetricSampler::historySeconds);
    if (!seconds)
        return Response::problem(seconds.error(), request);
    QJsonArray items;
    for (const MetricSample &sample : m_sampler.history(int(*seconds)))
        items.append(Protocol::toJson(sample));
    return Response::json(listOf(items));
}

Response MonitoringEndpoint::alerts(const Request &, const Actor &) const
{
    QJsonArray items;
    for (const Alert &alert : m_alerts.alerts())
        items.append(Protocol::toJson(alert));
    return Response::json(listOf(items));
}

Response MonitoringEndpoint::rules(const Request &, const Actor &) const
{
    QJsonArray items;
    for (const AlertRule &rule : m_alerts.rules())
        items.append(toJson(rule));
    return Response::json(listOf(items));
}

QCoro::Task<Response> MonitoringEndpoint::acknowledge(Request request, Actor actor)
{
    const Result<AlertId> id = pathId<AlertId>(request, 0, u"alert"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    if (const Result<void> read = requireNoFields(request); !read)
        co_return Response::problem(read.error(), request);
    const Result<Alert> alert = co_await m_alerts.acknowledge(*id, actor);
    if (!alert)
        co_return Response::problem(alert.error(), request);
    co_return Response::json(Protocol::toJson(*alert));
}

} // namespace Atom::HttpEndpoints
