// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/monitoring/alertservice.h"
#include "server/monitoring/metricsampler.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/metrics/history` and `/api/v1/alerts`. Main thread.
class MonitoringEndpoint
{
public:
    MonitoringEndpoint(const Monitoring::MetricSampler &sampler, Monitoring::AlertService &alerts);
    QList<Route> routes();

private:
    Response history(const Request &request, const Actor &actor) const;
    Response alerts(const Request &request, const Actor &actor) const;
    Response rules(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> acknowledge(Request request, Actor actor);

    const Monitoring::MetricSampler &m_sampler;
    Monitoring::AlertService &m_alerts;
};

} // namespace Atom::HttpEndpoints
