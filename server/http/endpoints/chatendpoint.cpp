// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/chatendpoint.h"

#include "server/http/endpoints/jsonreader.h"
#include "shared/core/jsonlimits.h"
#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype longestQuestion = 1'000;
constexpr qsizetype anyLength = JsonLimits{}.sizeBytes; //!< the rooms know the limits of a message

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonObject toJson(const Memory::ContextEntry &entry)
{
    QJsonObject json{{u"kind"_s, Memory::kindName(entry.kind)},
                     {u"text"_s, entry.text},
                     {u"score"_s, std::round(entry.score * 1000) / 1000},
                     {u"reason"_s, entry.reason},
                     {u"tokens"_s, entry.tokens},
                     {u"included"_s, entry.included}};
    if (entry.kind != Memory::ContextEntry::Kind::Fact) {
        json.insert(u"speaker"_s, entry.speaker);
        json.insert(u"room_id"_s, entry.room.toString());
        json.insert(u"message_id"_s, entry.message.toString());
        json.insert(u"at"_s, toIso(entry.at));
    }
    if (!entry.included)
        json.insert(u"dropped"_s, Memory::droppedName(entry.dropped));
    return json;
}

QJsonObject toJson(const ConnectionRow &row)
{
    return QJsonObject{
        {u"id"_s, QString::fromLatin1(row.id)},
        {u"user_id"_s, row.user.toString()},
        {u"guest"_s, row.guest},
        {u"device"_s, QString::fromUtf8(row.device)},
        {u"peer"_s, row.peer},
        {u"since"_s, toIso(row.since)},
        {u"rooms"_s, row.rooms},
        {u"backlog_bytes"_s, row.backlogBytes},
    };
}
} // namespace

Result<void> requireCaller(const Identity::SessionService &sessions, const Request &request, const Actor &actor)
{
    if (!actor.user.isEmpty() || sessions.guestsAllowed(request.peer))
        return {};
    return Error(Errc::Unauthenticated, u"Sign in first: guests are not allowed here."_s);
}

ChatEndpoint::ChatEndpoint(ChatLimits limits, AssistantView &assistant, const RealtimeView &realtime,
                           const Identity::SessionService &sessions, const Identity::Permissions &permissions,
                           const Clock &clock)
    : m_limits(limits), m_assistant(assistant), m_realtime(realtime), m_sessions(sessions), m_permissions(permissions),
      m_clock(clock)
{
}

QList<Route> ChatEndpoint::routes()
{
    return {
        guestRoute("POST", u"/api/v1/chat/message"_s, Action::ChatWithAssistant, bind(this, &ChatEndpoint::message)),
        userRoute("POST", u"/api/v1/messages/{message_id}/stop"_s, Action::MessageDelete,
                  bind(this, &ChatEndpoint::stop)),
        guestRoute("GET", u"/api/v1/chat/users/{user_id}/context"_s, Action::ProfileRead,
                   bind(this, &ChatEndpoint::context)),
        guestRoute("GET", u"/api/v1/chat/connections"_s, Action::ConnectionsRead,
                   bind(this, &ChatEndpoint::connections)),
        guestRoute("GET", u"/api/v1/chat/features"_s, Action::RoomList, bind(this, &ChatEndpoint::features)),
    };
}

QCoro::Task<Response> ChatEndpoint::message(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString text = reader.string(u"message"_s, 1, anyLength);
    const UserId user = reader.id<UserId>(u"user_id"_s);
    const RoomId context = reader.optionalId<RoomId>(u"context_id"_s);
    const QString messageType = reader.optionalString(u"message_type"_s, 1, 64).value_or(u"text"_s);
    QJsonObject metadata = reader.optionalObject(u"metadata"_s, anyLength).value_or(QJsonObject());
    reader.allowOthers(); // clients of older systems send more
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);

    if (actor.user.isEmpty()) {
        const Result<Actor> guest = m_sessions.guest(user, request.peer);
        if (!guest)
            co_return Response::problem(guest.error(), request);
        actor = *guest;
    } else if (actor.user != user) {
        const Error other(Errc::Forbidden, u"user_id must be the user of the access token."_s);
        co_return Response::problem(other, request);
    }
    if (messageType != u"text"_s)
        metadata.insert(u"message_type"_s, messageType);
    const Result<Assistant::Reply> reply =
        co_await m_assistant.chat(actor, text, context, metadata, m_limits.replyBudget);
    if (!reply)
        co_return Response::problem(reply.error(), request);
    const QJsonObject json{
        {u"response"_s, reply->text},
        {u"context_id"_s, reply->context.toString()},
        {u"workflow_triggered"_s, reply->workflowTriggered},
        {u"workflow_id"_s, orNull(reply->run.toString())},
        {u"suggestions"_s, QJsonArray::fromStringList(reply->suggestions)},
        {u"timestamp"_s, toIso(m_clock.now())},
        {u"message_id"_s, orNull(reply->message.toString())},
        {u"trace_id"_s, orNull(reply->trace.toString())},
    };
    co_return Response::json(json);
}

QCoro::Task<Response> ChatEndpoint::stop(Request request, Actor actor)
{
    const Result<MessageId> message = pathId<MessageId>(request, 0, u"message"_s);
    if (!message)
        co_return Response::problem(message.error(), request);
    const Result<void> stopped = co_await m_assistant.stop(actor, *message);
    if (!stopped)
        co_return Response::problem(stopped.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> ChatEndpoint::context(Request request, Actor actor)
{
    const Result<UserId> user = pathId<UserId>(request, 0, u"user"_s);
    if (!user)
        co_return Response::problem(user.error(), request);
    if (actor.user.isEmpty()) {
        // The guest of that name asks about itself; names of accounts need a token.
        const Result<Actor> guest = m_sessions.guest(*user, request.peer);
        if (!guest) {
            const Error signIn(Errc::Unauthenticated, u"Sign in first: this context is not open to you as a guest."_s);
            co_return Response::problem(signIn, request);
        }
        actor = *guest;
    }
    const Identity::Object profile = Identity::Object::ownedBy(*user);
    if (const Result<void> allowed = m_permissions.require(actor, Action::ProfileRead, profile); !allowed)
        co_return Response::problem(allowed.error(), request);
    const QString about = request.query.queryItemValue(u"about"_s, QUrl::FullyDecoded).trimmed();
    if (about.size() > longestQuestion) {
        const Error tooLong = Error::invalid(u"/about"_s, u"about is at most %1 characters."_s.arg(longestQuestion));
        co_return Response::problem(tooLong, request);
    }
    // Who may read the profile of others still may not read what they said.
    const bool own = actor.user == *user;
    const QString wanted = own ? about : QString();
    const Result<Assistant::UserContext> found = co_await m_assistant.contextOf(actor, *user, wanted);
    if (!found)
        co_return Response::problem(found.error(), request);
    QJsonObject json{
        {u"user_id"_s, found->user.toString()},
        {u"context_id"_s, found->context.toString()},
        {u"state"_s, own ? QJsonValue(found->state) : QJsonValue()},
        {u"timestamp"_s, toIso(m_clock.now())},
    };
    QJsonArray recent;
    for (const RoomEvent &event : found->recent)
        recent.append(Protocol::toJson(event));
    json.insert(u"recent_messages"_s, own ? recent : QJsonArray());
    if (!about.isEmpty() && own) {
        QJsonArray remembered;
        for (const Memory::ContextEntry &entry : found->remembered)
            remembered.append(toJson(entry));
        json.insert(u"remembered"_s, remembered);
        json.insert(u"complete"_s, found->isComplete);
    }
    if (!own)
        json.insert(u"content_hidden"_s, true);
    co_return Response::json(json);
}

Response ChatEndpoint::connections(const Request &request, const Actor &actor) const
{
    if (const Result<void> admitted = requireCaller(m_sessions, request, actor); !admitted)
        return Response::problem(admitted.error(), request);
    const RealtimeCounts counts = m_realtime.counts();
    QJsonObject json{
        {u"active_connections"_s, counts.connections},
        {u"authenticated"_s, counts.authenticated},
        {u"users"_s, counts.users},
        {u"rooms"_s, counts.rooms},
        {u"timestamp"_s, toIso(m_clock.now())},
    };
    if (!m_permissions.can(actor, Action::ConnectionsRead, Identity::Object::none()))
        return Response::json(json);

    const Result<qint64> limit = request.queryInt(u"limit"_s, 200, 1, 1000);
    const Result<QStringList> cursor = queryCursor(request, 2);
    if (!limit || !cursor)
        return Response::problem(limit ? cursor.error() : limit.error(), request);
    QList<ConnectionRow> rows = m_realtime.connections();
    const auto position = [](const ConnectionRow &row) { return std::pair(toMillis(row.since), row.id); };
    std::sort(rows.begin(), rows.end(), [&](const auto &a, const auto &b) { return position(a) < position(b); });
    auto row = rows.cbegin();
    if (!cursor->isEmpty()) {
        const std::pair seen(cursor->at(0).toLongLong(), cursor->at(1).toLatin1());
        row = std::find_if(row, rows.cend(), [&](const auto &r) { return seen < position(r); });
    }
    QJsonArray items;
    for (; row != rows.cend() && items.size() < *limit; ++row)
        items.append(toJson(*row));
    json.insert(u"items"_s, items);
    if (row != rows.cend() && row != rows.cbegin()) {
        const ConnectionRow &last = *std::prev(row);
        json.insert(u"next"_s, encodeCursor({QString::number(toMillis(last.since)), QString::fromLatin1(last.id)}));
    }
    return Response::json(json);
}

Response ChatEndpoint::features(const Request &request, const Actor &actor) const
{
    if (const Result<void> admitted = requireCaller(m_sessions, request, actor); !admitted)
        return Response::problem(admitted.error(), request);
    const QStringList features{
        u"rooms"_s,     u"direct_messages"_s, u"message_editing"_s, u"message_deletion"_s, u"read_receipts"_s,
        u"typing"_s,    u"presence"_s,        u"history"_s,         u"resume"_s,           u"idempotent_send"_s,
        u"assistant"_s, u"workflows"_s,       u"traces"_s,
    };
    const QJsonObject limits{
        {u"message_bytes"_s, qint64(m_limits.rooms.textBytes)},
        {u"metadata_bytes"_s, qint64(m_limits.rooms.metadataBytes)},
        {u"frame_bytes"_s, m_limits.frameBytes},
        {u"messages_per_second"_s, m_limits.messagesPerSecond},
        {u"rooms_per_user"_s, m_limits.rooms.roomsPerUser},
        {u"members_per_room"_s, m_limits.rooms.membersPerRoom},
    };
    return Response::json(QJsonObject{
        {u"features"_s, QJsonArray::fromStringList(features)},
        {u"guests"_s, m_sessions.guestsAllowed(request.peer)},
        {u"limits"_s, limits},
        {u"timestamp"_s, toIso(m_clock.now())},
    });
}

} // namespace Atom::HttpEndpoints
