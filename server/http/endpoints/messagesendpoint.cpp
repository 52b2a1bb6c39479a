// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/messagesendpoint.h"

#include "server/http/endpoints/jsonreader.h"
#include "server/http/endpoints/messagepath.h"
#include "shared/core/jsonlimits.h"
#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 largestSeq = Q_INT64_C(1) << 53; //!< the largest integer that JSON clients read exactly
constexpr qsizetype clientIdBytes = 128;
constexpr qsizetype anyLength = JsonLimits{}.sizeBytes; //!< of a body
} // namespace

MessagesEndpoint::MessagesEndpoint(Rooms::RoomService &rooms) : m_rooms(rooms) {}

QList<Route> MessagesEndpoint::routes()
{
    const QString all = u"/api/v1/rooms/{room_id}/messages"_s;
    const QString one = u"/api/v1/rooms/{room_id}/messages/{message_id}"_s;
    return {
        userRoute("GET", all, Action::RoomRead, bind(this, &MessagesEndpoint::history)),
        userRoute("POST", all, Action::MessageSend, bind(this, &MessagesEndpoint::post)),
        userRoute("GET", one, Action::RoomRead, bind(this, &MessagesEndpoint::show)),
        userRoute("PATCH", one, Action::MessageEdit, bind(this, &MessagesEndpoint::edit)),
        userRoute("DELETE", one, Action::MessageDelete, bind(this, &MessagesEndpoint::remove)),
        userRoute("POST", u"/api/v1/rooms/{room_id}/read"_s, Action::ReceiptSend,
                  bind(this, &MessagesEndpoint::markRead)),
    };
}

QCoro::Task<Response> MessagesEndpoint::history(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<qint64> before = request.queryInt(u"before"_s, 0, 0, largestSeq);
    const Result<qint64> after = request.queryInt(u"after"_s, 0, 0, largestSeq);
    const Result<qint64> limit = request.queryInt(u"limit"_s, 50, 1, 200);
    if (!before || !after || !limit)
        co_return Response::problem(!before ? before.error() : !after ? after.error() : limit.error(), request);
    const bool hasBefore = request.query.hasQueryItem(u"before"_s);
    const bool hasAfter = request.query.hasQueryItem(u"after"_s);
    if (hasBefore && hasAfter) {
        const Error both = Error::invalid(u"/query/after"_s, u"Give before or after, not both."_s);
        co_return Response::problem(both, request);
    }
    // "After 0" is the beginning; the service takes 0 for "not given". Sequences start at 1 and have no holes.
    const qint64 end = hasAfter && *after == 0 ? *limit + 1 : *before;
    const Result<RoomEventPage> page = co_await m_rooms.history(actor, *room, end, *after, int(*limit));
    if (!page)
        co_return Response::problem(page.error(), request);
    co_return Response::json(Protocol::toJson(*page));
}

QCoro::Task<Response> MessagesEndpoint::post(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    Rooms::MessageDraft draft;
    draft.room = *room;
    draft.text = reader.string(u"message"_s, 1, anyLength); // the service knows the limit
    draft.clientId = reader.optionalString(u"client_id"_s, 1, clientIdBytes).value_or(QString()).toUtf8();
    if (draft.clientId.size() > clientIdBytes)
        reader.reject(u"client_id"_s, u"must have at most %1 bytes in UTF-8"_s.arg(clientIdBytes));
    draft.replyTo = reader.optionalId<MessageId>(u"reply_to"_s);
    draft.messageType = reader.optionalString(u"message_type"_s, 1, 64).value_or(u"text"_s);
    draft.mustAcknowledge = reader.optionalBool(u"must_acknowledge"_s).value_or(false);
    draft.metadata = reader.optionalObject(u"metadata"_s, anyLength).value_or(QJsonObject());
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    if (draft.clientId.isEmpty())
        draft.clientId = idempotencyKey(request); // unlike the server's memory of answers this lasts for ever
    const Result<Rooms::Appended> appended = co_await m_rooms.postTask(actor, draft);
    if (!appended)
        co_return Response::problem(appended.error(), request);
    co_return Response::json(Protocol::toJson(appended->event), appended->duplicate ? 200 : 201);
}

QCoro::Task<Response> MessagesEndpoint::show(Request request, Actor actor)
{
    const Result<MessagePath> path = messagePath(request);
    if (!path)
        co_return Response::problem(path.error(), request);
    const Result<RoomEvent> event = co_await m_rooms.message(actor, path->room, path->message);
    if (!event)
        co_return Response::problem(event.error(), request);
    co_return Response::json(Protocol::toJson(*event));
}

QCoro::Task<Response> MessagesEndpoint::edit(Request request, Actor actor)
{
    const Result<MessagePath> path = messagePath(request);
    if (!path)
        co_return Response::problem(path.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString text = reader.string(u"message"_s, 1, anyLength);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    Result<RoomEvent> event = co_await m_rooms.edit(actor, path->room, path->message, text);
    if (event && event->seq == 0) // it had that text: the message itself
        event = co_await m_rooms.message(actor, path->room, path->message);
    if (!event)
        co_return Response::problem(event.error(), request);
    co_return Response::json(Protocol::toJson(*event));
}

QCoro::Task<Response> MessagesEndpoint::remove(Request request, Actor actor)
{
    const Result<MessagePath> path = messagePath(request);
    if (!path)
        co_return Response::problem(path.error(), request);
    // In the query: many clients and proxies do not send a body with DELETE.
    const QString reason = request.query.queryItemValue(u"reason"_s, QUrl::FullyDecoded);
    Result<RoomEvent> event = co_await m_rooms.remove(actor, path->room, path->message, reason);
    if (event && event->seq == 0) // it was deleted before: the message itself
        event = co_await m_rooms.message(actor, path->room, path->message);
    if (!event)
        co_return Response::problem(event.error(), request);
    co_return Response::json(Protocol::toJson(*event));
}

QCoro::Task<Response> MessagesEndpoint::markRead(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const qint64 upTo = reader.integer(u"up_to"_s, 1, largestSeq);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<RoomEvent> event = co_await m_rooms.markRead(actor, *room, upTo);
    if (!event)
        co_return Response::problem(event.error(), request);
    if (event->seq == 0) // read that far before: nothing happened
        co_return Response::noContent();
    co_return Response::json(Protocol::toJson(*event));
}

} // namespace Atom::HttpEndpoints
