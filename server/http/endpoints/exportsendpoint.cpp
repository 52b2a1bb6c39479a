// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/exportsendpoint.h"

#include "server/http/endpoints/jsonreader.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;
using Exports::ExportJob;
using Exports::ExportState;

namespace {
QString pathOf(const ExportJob &job)
{
    return u"/api/v1/rooms/%1/exports/%2"_s.arg(job.room.toString(), QString::fromLatin1(job.id));
}
} // namespace

QJsonObject toJson(const ExportJob &job)
{
    QJsonObject json{{u"id"_s, QString::fromLatin1(job.id)},
                     {u"room_id"_s, job.room.toString()},
                     {u"state"_s, Exports::exportStateName(job.state)},
                     {u"with_held"_s, job.withHeld},
                     {u"created_at"_s, toIso(job.createdAt)},
                     {u"file_name"_s, job.fileName},
                     {u"events"_s, job.events},
                     {u"bytes"_s, job.bytes}};
    if (job.finishedAt)
        json.insert(u"finished_at"_s, toIso(*job.finishedAt));
    if (job.state == ExportState::Ready) {
        json.insert(u"sha256"_s, QString::fromLatin1(job.sha256));
        json.insert(u"download"_s, pathOf(job) + u"/archive"_s);
    }
    if (job.expiresAt)
        json.insert(u"expires_at"_s, toIso(*job.expiresAt));
    if (!job.error.isEmpty())
        json.insert(u"error"_s, job.error);
    return json;
}

QList<Route> ExportsEndpoint::routes()
{
    using Self = ExportsEndpoint;
    const QString all = u"/api/v1/rooms/{room_id}/exports"_s;
    const QString one = all + u"/{export_id}"_s;
    return {
        userRoute("POST", all, Action::RoomExport, bind(this, &Self::request)),
        userRoute("GET", all, Action::RoomExport, bind(this, &Self::list)),
        userRoute("GET", one, Action::RoomExport, bind(this, &Self::show)),
        userRoute("DELETE", one, Action::RoomExport, bind(this, &Self::remove)),
        userRoute("GET", one + u"/archive"_s, Action::RoomExport, bind(this, &Self::download)),
    };
}

QCoro::Task<Response> ExportsEndpoint::request(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    bool withHeld = false;
    if (!request.body.isEmpty()) {
        const Result<QJsonObject> body = request.json();
        if (!body)
            co_return Response::problem(body.error(), request);
        JsonReader reader(*body);
        withHeld = reader.optionalBool(u"with_held"_s).value_or(false);
        if (const Result<void> read = reader.finish(); !read)
            co_return Response::problem(read.error(), request);
    }
    const Result<ExportJob> job = co_await m_exports.request(actor, *room, withHeld);
    if (!job)
        co_return Response::problem(job.error(), request);
    Response response = Response::json(toJson(*job), 202);
    response.headers.append({QByteArrayLiteral("Location"), pathOf(*job).toLatin1()});
    co_return response;
}

Response ExportsEndpoint::list(const Request &request, const Actor &actor) const
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        return Response::problem(room.error(), request);
    const Result<QList<ExportJob>> jobs = m_exports.list(actor, *room);
    if (!jobs)
        return Response::problem(jobs.error(), request);
    QJsonArray items;
    for (const ExportJob &job : *jobs)
        items.append(toJson(job));
    return Response::json(listOf(items));
}

Response ExportsEndpoint::show(const Request &request, const Actor &actor) const
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        return Response::problem(room.error(), request);
    const Result<ExportJob> job = m_exports.find(actor, *room, request.args.value(1).toUtf8());
    if (!job)
        return Response::problem(job.error(), request);
    return Response::json(toJson(*job));
}

QCoro::Task<Response> ExportsEndpoint::download(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const QByteArray id = request.args.value(1).toUtf8();
    const Result<std::shared_ptr<QFile>> file = co_await m_exports.open(actor, *room, id);
    if (!file)
        co_return Response::problem(file.error(), request);
    const Result<ExportJob> job = m_exports.find(actor, *room, id);
    if (!job)
        co_return Response::problem(job.error(), request);
    Response response;
    response.contentType = QByteArrayLiteral("application/zip");
    response.file = *file;
    response.headers.append(
        {QByteArrayLiteral("Content-Disposition"), "attachment; filename=\"" + job->fileName.toLatin1() + '"'});
    response.headers.append({QByteArrayLiteral("Cache-Control"), QByteArrayLiteral("private, no-store")});
    response.headers.append({QByteArrayLiteral("Content-Security-Policy"), QByteArrayLiteral("sandbox")});
    co_return response;
}

QCoro::Task<Response> ExportsEndpoint::remove(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<void> removed = co_await m_exports.remove(actor, *room, request.args.value(1).toUtf8());
    if (!removed)
        co_return Response::problem(removed.error(), request);
    co_return Response::noContent();
}

} // namespace Atom::HttpEndpoints
