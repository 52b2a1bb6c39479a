// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/workflowsendpoint.h"

#include "server/http/endpoints/definitionbody.h"
#include "shared/protocol/restcodec.h"

#include <algorithm>

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype sourceBytes = 256 * 1024;
}

WorkflowsEndpoint::WorkflowsEndpoint(Workflows::WorkflowService &workflows) : m_workflows(workflows) {}

QList<Route> WorkflowsEndpoint::routes()
{
    return {
        checkedRoute("GET", u"/api/v1/workflows"_s, Action::WorkflowRead, bind(this, &WorkflowsEndpoint::list)),
        checkedRoute("POST", u"/api/v1/workflows"_s, Action::WorkflowManage, bind(this, &WorkflowsEndpoint::import)),
        checkedRoute("POST", u"/api/v1/workflows/validate"_s, Action::WorkflowRead,
                     bind(this, &WorkflowsEndpoint::validate)),
        checkedRoute("GET", u"/api/v1/workflows/{workflow_id}"_s, Action::WorkflowRead,
                     bind(this, &WorkflowsEndpoint::show)),
    };
}

Response WorkflowsEndpoint::list(const Request &, const Actor &) const
{
    QJsonArray items;
    for (const WorkflowSummary &summary : m_workflows.definitions())
        items.append(Protocol::toJson(summary));
    return Response::json(listOf(items));
}

Response WorkflowsEndpoint::show(const Request &request, const Actor &) const
{
    const Result<WorkflowId> id = pathId<WorkflowId>(request, 0, u"workflow"_s);
    if (!id)
        return Response::problem(id.error(), request);
    const QList<WorkflowSummary> all = m_workflows.definitions();
    const auto found = std::find_if(all.cbegin(), all.cend(), [&](const auto &s) { return s.id == *id; });
    const std::optional<QByteArray> source = m_workflows.source(*id);
    if (found == all.cend() || !source)
        return Response::problem(noSuch(u"workflow"_s), request);
    QJsonObject json = Protocol::toJson(*found);
    json.insert(u"source"_s, QString::fromUtf8(*source));
    return Response::json(json);
}

Response WorkflowsEndpoint::validate(const Request &request, const Actor &) const
{
    const Result<QByteArray> source = definitionSource(request, sourceBytes);
    if (!source)
        return Response::problem(source.error(), request);
    QJsonArray issues;
    for (const Workflows::DefinitionIssue &issue : Workflows::WorkflowService::validate(*source)) {
        issues.append(QJsonObject{{u"line"_s, issue.line},
                                  {u"column"_s, issue.column},
                                  {u"pointer"_s, issue.pointer},
                                  {u"message"_s, issue.message}});
    }
    return Response::json(QJsonObject{{u"valid"_s, issues.isEmpty()}, {u"issues"_s, issues}});
}

QCoro::Task<Response> WorkflowsEndpoint::import(Request request, Actor actor)
{
    const Result<QByteArray> source = definitionSource(request, sourceBytes);
    if (!source)
        co_return Response::problem(source.error(), request);
    const Result<WorkflowSummary> summary = co_await m_workflows.importDefinition(*source, actor);
    if (!summary)
        co_return Response::problem(summary.error(), request);
    Response response = Response::json(Protocol::toJson(*summary), 201);
    response.headers.append({QByteArrayLiteral("Location"), "/api/v1/workflows/" + summary->id.bytes()});
    co_return std::move(response);
}

} // namespace Atom::HttpEndpoints
