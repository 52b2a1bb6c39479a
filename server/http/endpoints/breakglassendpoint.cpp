// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/breakglassendpoint.h"

#include "server/http/endpoints/jsonreader.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;
using Identity::GlassOpening;

BreakGlassEndpoint::BreakGlassEndpoint(Rooms::BreakGlassService &service, const Clock &clock)
    : m_service(service), m_clock(clock)
{
}

QList<Route> BreakGlassEndpoint::routes()
{
    return {
        checkedRoute("GET", u"/api/v1/break-glass"_s, Action::BreakGlassRead, bind(this, &BreakGlassEndpoint::list)),
        userRoute("POST", u"/api/v1/break-glass"_s, Action::BreakGlassOpen, bind(this, &BreakGlassEndpoint::open)),
        userRoute("DELETE", u"/api/v1/break-glass/{opening_id}"_s, Action::BreakGlassOpen,
                  bind(this, &BreakGlassEndpoint::end)),
    };
}

QJsonObject BreakGlassEndpoint::toJson(const GlassOpening &opening) const
{
    QJsonObject json{{u"id"_s, QString::fromLatin1(opening.id)}, {u"user_id"_s, opening.user.toString()},
                     {u"room_id"_s, opening.room.toString()},    {u"reason"_s, opening.reason},
                     {u"opened_at"_s, toIso(opening.openedAt)},  {u"expires_at"_s, toIso(opening.expiresAt)},
                     {u"open"_s, opening.isOpen(m_clock.now())}};
    if (opening.closedAt) {
        json.insert(u"closed_at"_s, toIso(*opening.closedAt));
        json.insert(u"closed_by"_s, opening.closedBy.toString());
    }
    return json;
}

QCoro::Task<Response> BreakGlassEndpoint::open(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const RoomId room = reader.id<RoomId>(u"room_id"_s);
    const QString reason = reader.string(u"reason"_s, 1, 1000);
    const qint64 minutes = reader.integer(u"minutes"_s, 1, 100'000);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const std::chrono::minutes duration(minutes);
    const Result<GlassOpening> opening = co_await m_service.open(actor, room, reason, duration);
    if (!opening)
        co_return Response::problem(opening.error(), request);
    co_return Response::json(toJson(*opening), 201);
}

QCoro::Task<Response> BreakGlassEndpoint::list(Request request, Actor actor)
{
    const Result<RoomId> room = queryId<RoomId>(request, u"room"_s);
    const Result<UserId> user = queryId<UserId>(request, u"user"_s);
    const Result<qint64> limit = request.queryInt(u"limit"_s, 50, 1, 200);
    const Result<QStringList> cursor = queryCursor(request, 1);
    const QString open = request.query.queryItemValue(u"open"_s);
    if (!room || !user)
        co_return Response::problem(room ? user.error() : room.error(), request);
    if (!limit || !cursor)
        co_return Response::problem(limit ? cursor.error() : limit.error(), request);
    if (!open.isEmpty() && open != u"true"_s) {
        const Error wrong = Error::invalid(u"/query/open"_s, u"open is true or absent."_s);
        co_return Response::problem(wrong, request);
    }
    Identity::GlassQuery query;
    query.room = *room;
    query.user = *user;
    query.limit = int(*limit);
    if (!open.isEmpty())
        query.openAt = m_clock.now();
    if (!cursor->isEmpty())
        query.before = cursor->constFirst().toLatin1();
    const Result<QList<GlassOpening>> openings = co_await m_service.list(actor, query);
    if (!openings)
        co_return Response::problem(openings.error(), request);
    QJsonArray items;
    for (const GlassOpening &opening : *openings)
        items.append(toJson(opening));
    const bool isFull = items.size() == *limit;
    co_return Response::json(
        listOf(items, isFull ? encodeCursor({QString::fromLatin1(openings->constLast().id)}) : QString()));
}

QCoro::Task<Response> BreakGlassEndpoint::end(Request request, Actor actor)
{
    const QByteArray id = request.args.value(0).toLatin1();
    const Result<GlassOpening> ended = co_await m_service.end(actor, id);
    if (!ended)
        co_return Response::problem(ended.error(), request);
    co_return Response::json(toJson(*ended));
}

} // namespace Atom::HttpEndpoints
