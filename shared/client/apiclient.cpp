// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/client/apiclient_p.h"

#include "shared/protocol/restcodec.h"

#include <QtCore/QJsonArray>

// Every function takes its share of the session first and does not touch `this` after an await: the client may be gone.

namespace Atom::Client {
using namespace Qt::StringLiterals;

namespace {
constexpr milliseconds budget = RestSession::defaultBudget;
constexpr int pagesAtMost = 1'000; // of one list: a server that repeats itself must not keep us for ever

Error unreadable(const QString &cause)
{
    return Error(Errc::UpstreamFailed, u"The server's answer cannot be read."_s, cause);
}

//! \brief An id as one segment of a path; nullopt for what would be another path.
template <typename IdType> std::optional<QString> segment(const IdType &id)
{
    if (!isValidIdText(id.bytes()) || id.bytes() == "." || id.bytes() == "..")
        return std::nullopt;
    return id.toString();
}

Error badId()
{
    return Error::invalid(u"/id"_s, u"This is not an id."_s);
}

void addItem(QUrlQuery &query, const QString &key, const QString &value)
{
    // QUrlQuery leaves "+" and the like as they are, which servers read as something else.
    query.addQueryItem(key, QString::fromLatin1(QUrl::toPercentEncoding(value)));
}

template <typename T> Result<T> decoded(Result<QJsonObject> answer, Result<T> (*decode)(const QJsonObject &))
{
    if (!answer)
        return std::move(answer.error());
    Result<T> value = decode(*answer);
    if (!value)
        return unreadable(value.error().detail);
    return value;
}

Result<void> discarded(const Result<QJsonObject> &answer)
{
    return answer ? Result<void>() : Result<void>(answer.error());
}

template <typename T>
std::optional<Error> appendItems(QList<T> &items, const QJsonObject &page, Result<T> (*decode)(const QJsonObject &))
{
    const QJsonValue list = page.value("items"_L1);
    if (!list.isArray())
        return unreadable(u"items are missing"_s);
    for (const QJsonValue &value : list.toArray()) {
        Result<T> item = decode(value.toObject());
        if (!item)
            return unreadable(item.error().detail);
        items.append(std::move(*item));
    }
    return std::nullopt;
}

//! \brief One page, or with `all` the whole list by its cursors.
template <typename T>
QCoro::Task<Result<QList<T>>> list(RestSession::Self session, QString path, QUrlQuery query, bool all,
                                   Result<T> (*decode)(const QJsonObject &))
{
    QList<T> items;
    QString cursor;
    for (int pages = 0; pages < pagesAtMost; ++pages) {
        QUrlQuery pageQuery = query;
        if (!cursor.isEmpty())
            addItem(pageQuery, u"cursor"_s, cursor);
        RestRequest request("GET", path, pageQuery);
        Result<QJsonObject> page = co_await RestSession::call(session, std::move(request), budget);
        if (!page)
            co_return std::move(page.error());
        std::optional<Error> error = appendItems(items, *page, decode);
        if (error)
            co_return std::move(*error);
        const QString next = page->value("next"_L1).toString();
        if (!all || next.isEmpty())
            co_return items;
        if (next == cursor)
            break;
        cursor = next;
    }
    co_return unreadable(u"the list does not end"_s);
}

Result<ChatReply> chatReplyFromJson(const QJsonObject &json)
{
    ChatReply reply;
    const auto at = fromIso(json.value("timestamp"_L1).toString());
    if (!json.value("response"_L1).isString() || !at)
        return Error::invalid(u"/response"_s, u"response or timestamp is missing"_s);
    reply.response = json.value("response"_L1).toString();
    reply.contextId = RoomId::fromString(json.value("context_id"_L1).toString());
    reply.workflowTriggered = json.value("workflow_triggered"_L1).toBool();
    reply.workflowId = RunId::fromString(json.value("workflow_id"_L1).toString());
    for (const QJsonValue &value : json.value("suggestions"_L1).toArray())
        reply.suggestions.append(value.toString());
    reply.timestamp = *at;
    return reply;
}
} // namespace

ApiClient::ApiClient(QUrl baseUrl, Clock &clock, QObject *parent) : QObject(parent), d(std::make_unique<Private>())
{
    d->session = std::make_shared<RestSession>(std::move(baseUrl), clock,
                                               [this](const Tokens &tokens) { Q_EMIT tokensChanged(tokens); });
}

ApiClient::~ApiClient()
{
    d->session->close();
}

QUrl ApiClient::baseUrl() const
{
    return d->session->baseUrl();
}

const Tokens &ApiClient::tokens() const
{
    return d->session->tokens();
}

void ApiClient::setTokens(Tokens tokens)
{
    d->session->setTokens(std::move(tokens));
}

QCoro::Task<Result<User>> ApiClient::me()
{
    const RestSession::Self session = d->session;
    RestRequest request("GET", u"/api/v1/users/me"_s);
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<User>(std::move(answer), Protocol::userFromJson);
}

QCoro::Task<Result<QList<Room>>> ApiClient::rooms()
{
    return list<Room>(d->session, u"/api/v1/rooms"_s, QUrlQuery(), true, Protocol::roomFromJson);
}

QCoro::Task<Result<Room>> ApiClient::createRoom(QJsonObject draft)
{
    const RestSession::Self session = d->session;
    RestRequest request("POST", u"/api/v1/rooms"_s, QUrlQuery(), draft);
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<Room>(std::move(answer), Protocol::roomFromJson);
}

QCoro::Task<Result<Room>> ApiClient::room(RoomId id)
{
    const RestSession::Self session = d->session;
    const auto name = segment(id);
    if (!name)
        co_return badId();
    RestRequest request("GET", u"/api/v1/rooms/%1"_s.arg(*name));
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<Room>(std::move(answer), Protocol::roomFromJson);
}

QCoro::Task<Result<QList<Member>>> ApiClient::members(RoomId room)
{
    const RestSession::Self session = d->session;
    const auto name = segment(room);
    if (!name)
        co_return badId();
    co_return co_await list<Member>(session, u"/api/v1/rooms/%1/members"_s.arg(*name), QUrlQuery(), true,
                                    Protocol::memberFromJson);
}

QCoro::Task<Result<Room>> ApiClient::joinRoom(RoomId room)
{
    const RestSession::Self session = d->session;
    const auto name = segment(room);
    if (!name)
        co_return badId();
    RestRequest request("POST", u"/api/v1/rooms/%1/join"_s.arg(*name));
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<Room>(std::move(answer), Protocol::roomFromJson);
}

QCoro::Task<Result<void>> ApiClient::leaveRoom(RoomId room)
{
    const RestSession::Self session = d->session;
    const auto name = segment(room);
    if (!name)
        co_return badId();
    RestRequest request("POST", u"/api/v1/rooms/%1/leave"_s.arg(*name));
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return discarded(answer);
}

QCoro::Task<Result<RoomEventPage>> ApiClient::history(RoomId room, qint64 before, qint64 after, int limit)
{
    const RestSession::Self session = d->session;
    const auto name = segment(room);
    if (!name)
        co_return badId();
    QUrlQuery query;
    if (before > 0)
        addItem(query, u"before"_s, QString::number(before));
    if (after > 0)
        addItem(query, u"after"_s, QString::number(after));
    addItem(query, u"limit"_s, QString::number(limit));
    RestRequest request("GET", u"/api/v1/rooms/%1/messages"_s.arg(*name), query);
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<RoomEventPage>(std::move(answer), Protocol::roomEventPageFromJson);
}

QCoro::Task<Result<RoomEvent>> ApiClient::sendMessage(RoomId room, QString text, QByteArray clientId)
{
    const RestSession::Self session = d->session;
    const auto name = segment(room);
    if (!name)
        co_return badId();
    QJsonObject body;
    body.insert(u"message"_s, text);
    if (!clientId.isEmpty())
        body.insert(u"client_id"_s, QString::fromUtf8(clientId));
    RestRequest request("POST", u"/api/v1/rooms/%1/messages"_s.arg(*name), QUrlQuery(), body);
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<RoomEvent>(std::move(answer), Protocol::roomEventFromJson);
}

QCoro::Task<Result<RoomEvent>> ApiClient::editMessage(RoomId room, MessageId message, QString text)
{
    const RestSession::Self session = d->session;
    const auto name = segment(room);
    const auto id = segment(message);
    if (!name || !id)
        co_return badId();
    QJsonObject body;
    body.insert(u"message"_s, text);
    RestRequest request("PATCH", u"/api/v1/rooms/%1/messages/%2"_s.arg(*name, *id), QUrlQuery(), body);
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<RoomEvent>(std::move(answer), Protocol::roomEventFromJson);
}

QCoro::Task<Result<RoomEvent>> ApiClient::deleteMessage(RoomId room, MessageId message)
{
    const RestSession::Self session = d->session;
    const auto name = segment(room);
    const auto id = segment(message);
    if (!name || !id)
        co_return badId();
    RestRequest request("DELETE", u"/api/v1/rooms/%1/messages/%2"_s.arg(*name, *id));
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<RoomEvent>(std::move(answer), Protocol::roomEventFromJson);
}

QCoro::Task<Result<ChatReply>> ApiClient::chat(QString text, UserId user, RoomId context)
{
    const RestSession::Self session = d->session;
    QJsonObject body;
    body.insert(u"message"_s, text);
    body.insert(u"user_id"_s, user.toString());
    if (!context.isEmpty())
        body.insert(u"context_id"_s, context.toString());
    RestRequest request("POST", u"/api/v1/chat/message"_s, QUrlQuery(), body);
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<ChatReply>(std::move(answer), chatReplyFromJson);
}

QCoro::Task<Result<Trace>> ApiClient::trace(TraceId id)
{
    const RestSession::Self session = d->session;
    const auto name = segment(id);
    if (!name)
        co_return badId();
    RestRequest request("GET", u"/api/v1/traces/%1"_s.arg(*name));
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<Trace>(std::move(answer), Protocol::traceFromJson);
}

QCoro::Task<Result<Trace>> ApiClient::traceOfMessage(MessageId message)
{
    const RestSession::Self session = d->session;
    const auto name = segment(message);
    if (!name)
        co_return badId();
    RestRequest request("GET", u"/api/v1/messages/%1/trace"_s.arg(*name));
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<Trace>(std::move(answer), Protocol::traceFromJson);
}

QCoro::Task<Result<QList<TraceSummary>>> ApiClient::traces(RoomId room, qint64 beforeMicros, int limit)
{
    QUrlQuery query;
    if (!room.isEmpty())
        addItem(query, u"room"_s, room.toString());
    if (beforeMicros > 0)
        addItem(query, u"before"_s, QString::number(beforeMicros));
    addItem(query, u"limit"_s, QString::number(limit));
    return list<TraceSummary>(d->session, u"/api/v1/traces"_s, query, false, Protocol::traceSummaryFromJson);
}

QCoro::Task<Result<QList<MetricSample>>> ApiClient::metricHistory(int seconds)
{
    QUrlQuery query;
    addItem(query, u"seconds"_s, QString::number(seconds));
    return list<MetricSample>(d->session, u"/api/v1/metrics/history"_s, query, true, Protocol::metricSampleFromJson);
}

QCoro::Task<Result<QList<Alert>>> ApiClient::alerts()
{
    return list<Alert>(d->session, u"/api/v1/alerts"_s, QUrlQuery(), true, Protocol::alertFromJson);
}

QCoro::Task<Result<Alert>> ApiClient::acknowledgeAlert(AlertId id)
{
    const RestSession::Self session = d->session;
    const auto name = segment(id);
    if (!name)
        co_return badId();
    RestRequest request("POST", u"/api/v1/alerts/%1/acknowledge"_s.arg(*name));
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<Alert>(std::move(answer), Protocol::alertFromJson);
}

QCoro::Task<Result<QList<RunSnapshot>>> ApiClient::runs(WorkflowId workflow, RunId before, int limit)
{
    QUrlQuery query;
    if (!workflow.isEmpty())
        addItem(query, u"workflow"_s, workflow.toString());
    if (!before.isEmpty())
        addItem(query, u"before"_s, before.toString());
    addItem(query, u"limit"_s, QString::number(limit));
    return list<RunSnapshot>(d->session, u"/api/v1/runs"_s, query, false, Protocol::runFromJson);
}

QCoro::Task<Result<RunSnapshot>> ApiClient::run(RunId id)
{
    const RestSession::Self session = d->session;
    const auto name = segment(id);
    if (!name)
        co_return badId();
    RestRequest request("GET", u"/api/v1/runs/%1"_s.arg(*name));
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), budget);
    co_return decoded<RunSnapshot>(std::move(answer), Protocol::runFromJson);
}

QCoro::Task<Result<QJsonObject>> ApiClient::call(QByteArray method, QString path, QUrlQuery query, QJsonObject body,
                                                 milliseconds budgetOfCall)
{
    RestRequest request(std::move(method), std::move(path), std::move(query), std::move(body));
    return RestSession::call(d->session, std::move(request), budgetOfCall);
}

} // namespace Atom::Client
