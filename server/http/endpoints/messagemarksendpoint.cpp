// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/messagemarksendpoint.h"

#include "server/http/endpoints/jsonreader.h"
#include "server/http/endpoints/messagepath.h"
#include "shared/protocol/restcodec.h"

#include <algorithm>

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 largestSeq = Q_INT64_C(1) << 53;

//! What a change answers: its event, or nothing where it was so already.
Response changed(const Result<RoomEvent> &event, const Request &request)
{
    if (!event)
        return Response::problem(event.error(), request);
    if (event->seq == 0)
        return Response::noContent();
    return Response::json(Protocol::toJson(*event));
}
} // namespace

MessageMarksEndpoint::MessageMarksEndpoint(Rooms::RoomService &rooms) : m_rooms(rooms) {}

QList<Route> MessageMarksEndpoint::routes()
{
    const QString one = u"/api/v1/rooms/{room_id}/messages/{message_id}"_s;
    return {
        userRoute("GET", u"/api/v1/messages/{message_id}"_s, Action::RoomRead, bind(this, &MessageMarksEndpoint::link)),
        userRoute("PUT", one + u"/reactions/{reaction}"_s, Action::MessageReact,
                  bind(this, &MessageMarksEndpoint::addReaction)),
        userRoute("DELETE", one + u"/reactions/{reaction}"_s, Action::MessageReact,
                  bind(this, &MessageMarksEndpoint::takeReaction)),
        userRoute("PUT", one + u"/pin"_s, Action::MessagePin, bind(this, &MessageMarksEndpoint::pin)),
        userRoute("DELETE", one + u"/pin"_s, Action::MessagePin, bind(this, &MessageMarksEndpoint::unpin)),
        userRoute("GET", u"/api/v1/rooms/{room_id}/pins"_s, Action::RoomRead, bind(this, &MessageMarksEndpoint::pins)),
        userRoute("PUT", one + u"/acknowledgement"_s, Action::MessageAcknowledge,
                  bind(this, &MessageMarksEndpoint::acknowledge)),
        userRoute("GET", one + u"/acknowledgements"_s, Action::RoomRead,
                  bind(this, &MessageMarksEndpoint::acknowledgements)),
        userRoute("GET", one + u"/thread"_s, Action::RoomRead, bind(this, &MessageMarksEndpoint::thread)),
        userRoute("GET", one + u"/versions"_s, Action::RoomRead, bind(this, &MessageMarksEndpoint::versions)),
        userRoute("POST", u"/api/v1/rooms/{room_id}/unread"_s, Action::ReceiptSend,
                  bind(this, &MessageMarksEndpoint::markUnread)),
    };
}

QCoro::Task<Response> MessageMarksEndpoint::link(Request request, Actor actor)
{
    const Result<MessageId> id = pathId<MessageId>(request, 0, u"message"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<qint64> around = request.queryInt(u"context"_s, 10, 0, 100);
    if (!around)
        co_return Response::problem(around.error(), request);
    const Result<RoomEvent> found = co_await m_rooms.locate(actor, *id);
    if (!found)
        co_return Response::problem(found.error(), request);
    const Result<Room> room = m_rooms.room(actor, found->room);
    if (!room)
        co_return Response::problem(room.error(), request);
    QJsonObject answer{{u"message"_s, Protocol::toJson(*found)}, {u"room"_s, Protocol::toJson(*room)}};
    if (*around > 0) {
        // From so many events before the message to as many after it.
        const int size = int(std::min<qint64>(200, *around * 2 + 1));
        const qint64 from = found->seq - *around;
        const qint64 before = from <= 1 ? size + 1 : 0;
        const qint64 after = from <= 1 ? 0 : from - 1;
        const Result<RoomEventPage> page = co_await m_rooms.history(actor, found->room, before, after, size);
        if (!page)
            co_return Response::problem(page.error(), request);
        answer.insert(u"context"_s, Protocol::toJson(*page));
    }
    co_return Response::json(answer);
}

QCoro::Task<Response> MessageMarksEndpoint::react(Request request, Actor actor, bool take)
{
    const Result<MessagePath> path = messagePath(request);
    if (!path)
        co_return Response::problem(path.error(), request);
    if (const Result<void> read = requireNoFields(request); !read)
        co_return Response::problem(read.error(), request);
    const QString reaction = request.args.value(2);
    const Result<RoomEvent> event = co_await m_rooms.react(actor, path->room, path->message, reaction, take);
    co_return changed(event, request);
}

QCoro::Task<Response> MessageMarksEndpoint::addReaction(Request request, Actor actor)
{
    return react(std::move(request), std::move(actor), false);
}

QCoro::Task<Response> MessageMarksEndpoint::takeReaction(Request request, Actor actor)
{
    return react(std::move(request), std::move(actor), true);
}

QCoro::Task<Response> MessageMarksEndpoint::setPin(Request request, Actor actor, bool take)
{
    const Result<MessagePath> path = messagePath(request);
    if (!path)
        co_return Response::problem(path.error(), request);
    if (const Result<void> read = requireNoFields(request); !read)
        co_return Response::problem(read.error(), request);
    const Result<RoomEvent> event = co_await m_rooms.pin(actor, path->room, path->message, take);
    co_return changed(event, request);
}

QCoro::Task<Response> MessageMarksEndpoint::pin(Request request, Actor actor)
{
    return setPin(std::move(request), std::move(actor), false);
}

QCoro::Task<Response> MessageMarksEndpoint::unpin(Request request, Actor actor)
{
    return setPin(std::move(request), std::move(actor), true);
}

QCoro::Task<Response> MessageMarksEndpoint::pins(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<QList<RoomEvent>> pinned = co_await m_rooms.pins(actor, *room);
    if (!pinned)
        co_return Response::problem(pinned.error(), request);
    co_return Response::json(listOf(Protocol::writeList(*pinned)));
}

QCoro::Task<Response> MessageMarksEndpoint::acknowledge(Request request, Actor actor)
{
    const Result<MessagePath> path = messagePath(request);
    if (!path)
        co_return Response::problem(path.error(), request);
    if (const Result<void> read = requireNoFields(request); !read)
        co_return Response::problem(read.error(), request);
    const Result<RoomEvent> event = co_await m_rooms.acknowledge(actor, path->room, path->message);
    co_return changed(event, request);
}

QCoro::Task<Response> MessageMarksEndpoint::acknowledgements(Request request, Actor actor)
{
    const Result<MessagePath> path = messagePath(request);
    if (!path)
        co_return Response::problem(path.error(), request);
    const Result<QList<Rooms::Acknowledgement>> given =
        co_await m_rooms.acknowledgements(actor, path->room, path->message);
    if (!given)
        co_return Response::problem(given.error(), request);
    QJsonArray items;
    QSet<UserId> done;
    for (const Rooms::Acknowledgement &one : *given) {
        done.insert(one.user);
        QJsonObject item{{u"user_id"_s, one.user.toString()}};
        if (one.at != Timestamp())
            item.insert(u"at"_s, toIso(one.at));
        items.append(item);
    }
    // Asked for in rooms of at most a thousand members only, so neither list needs pages.
    QJsonArray missing;
    const Result<QList<Member>> members = m_rooms.members(actor, path->room);
    for (const Member &member : members.valueOr({})) {
        if (!done.contains(member.user) && member.user != assistantUser())
            missing.append(member.user.toString());
    }
    QJsonObject answer = listOf(items);
    answer.insert(u"missing"_s, missing);
    co_return Response::json(answer);
}

QCoro::Task<Response> MessageMarksEndpoint::thread(Request request, Actor actor)
{
    const Result<MessagePath> path = messagePath(request);
    if (!path)
        co_return Response::problem(path.error(), request);
    const Result<qint64> after = request.queryInt(u"after"_s, 0, 0, largestSeq);
    const Result<qint64> limit = request.queryInt(u"limit"_s, 50, 1, 200);
    if (!after || !limit)
        co_return Response::problem(after ? limit.error() : after.error(), request);
    const Result<RoomEventPage> page =
        co_await m_rooms.thread(actor, path->room, path->message, *after, int(*limit));
    if (!page)
        co_return Response::problem(page.error(), request);
    co_return Response::json(Protocol::toJson(*page));
}

QCoro::Task<Response> MessageMarksEndpoint::versions(Request request, Actor actor)
{
    const Result<MessagePath> path = messagePath(request);
    if (!path)
        co_return Response::problem(path.error(), request);
    const Result<QList<Rooms::MessageVersion>> versions =
        co_await m_rooms.versions(actor, path->room, path->message);
    if (!versions)
        co_return Response::problem(versions.error(), request);
    QJsonArray items;
    for (const Rooms::MessageVersion &version : *versions) {
        items.append(QJsonObject{{u"message"_s, version.text},
                                 {u"user_id"_s, version.editor.toString()},
                                 {u"at"_s, toIso(version.at)}});
    }
    co_return Response::json(listOf(items));
}

QCoro::Task<Response> MessageMarksEndpoint::markUnread(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const qint64 from = reader.integer(u"from"_s, 1, largestSeq);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<Rooms::Counters> counters = co_await m_rooms.markUnread(actor, *room, from);
    if (!counters)
        co_return Response::problem(counters.error(), request);
    const QJsonObject answer{{u"room_id"_s, room->toString()},
                             {u"seq"_s, counters->lastSeq},
                             {u"unread"_s, counters->unread},
                             {u"mentions"_s, counters->mentions},
                             {u"seen_up_to"_s, counters->seenUpTo}};
    co_return Response::json(answer);
}

} // namespace Atom::HttpEndpoints
