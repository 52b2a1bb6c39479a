// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/runsendpoint.h"

#include "server/http/endpoints/jsonreader.h"
#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

RunsEndpoint::RunsEndpoint(Workflows::WorkflowService &workflows, Rooms::RoomService &rooms,
                           const Identity::Permissions &permissions)
    : m_workflows(workflows), m_rooms(rooms), m_permissions(permissions)
{
}

QList<Route> RunsEndpoint::routes()
{
    return {
        checkedRoute("POST", u"/api/v1/workflows/{workflow_id}/runs"_s, Action::WorkflowManage,
                     bind(this, &RunsEndpoint::start)),
        checkedRoute("GET", u"/api/v1/runs"_s, Action::RunRead, bind(this, &RunsEndpoint::list)),
        checkedRoute("GET", u"/api/v1/runs/{run_id}"_s, Action::RunRead, bind(this, &RunsEndpoint::show)),
        checkedRoute("POST", u"/api/v1/runs/{run_id}/cancel"_s, Action::WorkflowManage,
                     bind(this, &RunsEndpoint::cancel)),
    };
}

QJsonObject RunsEndpoint::runFor(const Actor &actor, RunSnapshot run)
{
    const bool visible =
        actor.user == run.startedBy ||
        (run.room.isEmpty() ? m_permissions.can(actor, Action::WorkflowManage, Identity::Object::none())
                            : m_rooms.seesContents(actor, run.room, "run"));
    if (visible)
        return Protocol::toJson(run);
    run.input = QJsonValue();
    run.output = QJsonValue();
    // What a service answered can be in the words of an error: its type and status are enough to act on.
    run.error.remove(u"detail"_s);
    for (StepRecord &step : run.steps) {
        step.input = QJsonValue();
        step.output = QJsonValue();
        step.error.remove(u"detail"_s);
    }
    QJsonObject json = Protocol::toJson(run);
    json.insert(u"content_hidden"_s, true);
    return json;
}

QCoro::Task<Response> RunsEndpoint::start(Request request, Actor actor)
{
    const Result<WorkflowId> workflow = pathId<WorkflowId>(request, 0, u"workflow"_s);
    if (!workflow)
        co_return Response::problem(workflow.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    Workflows::StartRequest start;
    start.workflow = *workflow;
    start.input = reader.optionalValue(u"input"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    if (const QByteArray key = idempotencyKey(request); !key.isEmpty())
        start.dedupeKey = "rest:" + actor.user.bytes() + ':' + key; // keys of two callers never meet
    start.actor = actor;
    const Result<RunSnapshot> run = co_await m_workflows.start(start);
    if (!run)
        co_return Response::problem(run.error(), request);
    Response response = Response::json(runFor(actor, *run), 202);
    response.headers.append({QByteArrayLiteral("Location"), "/api/v1/runs/" + run->id.bytes()});
    co_return std::move(response);
}

QCoro::Task<Response> RunsEndpoint::list(Request request, Actor actor)
{
    const Result<WorkflowId> workflow = queryId<WorkflowId>(request, u"workflow"_s);
    if (!workflow)
        co_return Response::problem(workflow.error(), request);
    const Result<RunId> before = queryId<RunId>(request, u"before"_s);
    if (!before)
        co_return Response::problem(before.error(), request);
    const Result<qint64> limit = request.queryInt(u"limit"_s, 50, 1, 200);
    if (!limit)
        co_return Response::problem(limit.error(), request);
    const Result<QList<RunSnapshot>> runs = co_await m_workflows.runs(*workflow, *before, int(*limit));
    if (!runs)
        co_return Response::problem(runs.error(), request);
    QJsonArray items;
    for (const RunSnapshot &run : *runs)
        items.append(runFor(actor, run));
    const bool full = items.size() == *limit;
    co_return Response::json(listOf(items, full ? runs->constLast().id.toString() : QString()));
}

QCoro::Task<Response> RunsEndpoint::show(Request request, Actor actor)
{
    const Result<RunId> id = pathId<RunId>(request, 0, u"run"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<RunSnapshot> run = co_await m_workflows.run(*id);
    if (!run)
        co_return Response::problem(run.error(), request);
    co_return Response::json(runFor(actor, *run));
}

QCoro::Task<Response> RunsEndpoint::cancel(Request request, Actor actor)
{
    const Result<RunId> id = pathId<RunId>(request, 0, u"run"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    if (const Result<void> read = requireNoFields(request); !read)
        co_return Response::problem(read.error(), request);
    const Result<RunSnapshot> run = co_await m_workflows.cancel(*id);
    if (!run)
        co_return Response::problem(run.error(), request);
    co_return Response::json(runFor(actor, *run));
}

} // namespace Atom::HttpEndpoints
