// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/workflows/workflowservice.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/workflows`: definitions. Main thread.
class WorkflowsEndpoint
{
public:
    explicit WorkflowsEndpoint(Workflows::WorkflowService &workflows);
    QList<Route> routes();

private:
    Response list(const Request &request, const Actor &actor) const;
    Response show(const Request &request, const Actor &actor) const;
    Response validate(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> import(Request request, Actor actor);

    Workflows::WorkflowService &m_workflows;
};

} // namespace Atom::HttpEndpoints
