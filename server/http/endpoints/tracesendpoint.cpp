// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/tracesendpoint.h"

#include "server/http/endpoints/jsonreader.h"
#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
QJsonObject withoutContents(Span span)
{
    bool hidden = false;
    for (const QString &key : span.attributes.keys()) {
        if (key.startsWith(u"content."_s)) {
            span.attributes.remove(key);
            hidden = true;
        }
    }
    QJsonObject json = Protocol::toJson(span);
    if (hidden)
        json.insert(u"content_hidden"_s, true);
    return json;
}
} // namespace

TracesEndpoint::TracesEndpoint(Monitoring::TraceService &traces, Rooms::RoomService &rooms,
                               const Identity::Permissions &permissions)
    : m_traces(traces), m_rooms(rooms), m_permissions(permissions)
{
}

QList<Route> TracesEndpoint::routes()
{
    return {
        userRoute("GET", u"/api/v1/traces"_s, Action::TraceRead, bind(this, &TracesEndpoint::list)),
        userRoute("GET", u"/api/v1/traces/{trace_id}"_s, Action::TraceRead, bind(this, &TracesEndpoint::show)),
        userRoute("GET", u"/api/v1/messages/{message_id}/trace"_s, Action::TraceRead,
                  bind(this, &TracesEndpoint::ofMessage)),
    };
}

QCoro::Task<Response> TracesEndpoint::list(Request request, Actor actor)
{
    const Result<RoomId> room = queryId<RoomId>(request, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<qint64> before = request.queryInt(u"before"_s, 0, 0, Q_INT64_C(1) << 53);
    const Result<qint64> limit = request.queryInt(u"limit"_s, 50, 1, 200);
    if (!before || !limit)
        co_return Response::problem(before ? limit.error() : before.error(), request);
    if (room->isEmpty() || !m_rooms.isReader(actor, *room)) {
        const Identity::Object none = Identity::Object::none();
        if (const Result<void> allowed = m_permissions.require(actor, Action::TraceRead, none); !allowed)
            co_return Response::problem(allowed.error(), request);
    }
    const Result<QList<TraceSummary>> traces = co_await m_traces.traces(*room, *before, int(*limit));
    if (!traces)
        co_return Response::problem(traces.error(), request);
    QJsonArray items;
    for (const TraceSummary &summary : *traces)
        items.append(Protocol::toJson(summary));
    const bool full = items.size() == *limit;
    co_return Response::json(listOf(items, full ? QString::number(traces->constLast().startMicros) : QString()));
}

QCoro::Task<Response> TracesEndpoint::show(Request request, Actor actor)
{
    const Result<TraceId> id = pathId<TraceId>(request, 0, u"trace"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<Trace> trace = co_await m_traces.trace(*id);
    co_return traceFor(actor, trace, request);
}

QCoro::Task<Response> TracesEndpoint::ofMessage(Request request, Actor actor)
{
    const Result<MessageId> id = pathId<MessageId>(request, 0, u"trace"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<Trace> trace = co_await m_traces.traceOfMessage(*id);
    co_return traceFor(actor, trace, request);
}

Response TracesEndpoint::traceFor(const Actor &actor, const Result<Trace> &trace, const Request &request)
{
    if (!trace && trace.error().code != Errc::NotFound)
        return Response::problem(trace.error(), request);
    const bool isMember = trace && m_rooms.seesContents(actor, trace->room, "trace");
    const bool mayRead = trace && (isMember || m_permissions.can(actor, Action::TraceRead, Identity::Object::none()));
    if (!mayRead)
        return Response::problem(noSuch(u"trace"_s), request); // the same for missing and foreign
    QJsonObject json = Protocol::toJson(*trace);
    if (!isMember) {
        QJsonArray spans;
        for (const Span &span : trace->spans)
            spans.append(withoutContents(span));
        json.insert(u"spans"_s, spans);
    }
    return Response::json(json);
}

} // namespace Atom::HttpEndpoints
