// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/personalendpoint.h"

#include "server/http/endpoints/jsonreader.h"
#include "shared/core/jsonlimits.h"
#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;
using Rooms::PersonalItem;

namespace {
constexpr qint64 largestVersion = Q_INT64_C(1) << 53;
constexpr qsizetype anyLength = JsonLimits{}.sizeBytes; //!< of a body; the service knows the limit

QJsonObject itemJson(const PersonalItem &item)
{
    QJsonObject json = item.value;
    json.insert(u"version"_s, item.version);
    return json;
}

Timestamp timeOf(JsonReader &reader)
{
    const QString text = reader.string(u"at"_s, 1, 64);
    const std::optional<Timestamp> at = fromIso(text);
    if (!at && !text.isEmpty())
        reader.reject(u"at"_s, u"must be a time like 2026-01-02T03:04:05.678Z"_s);
    return at.value_or(Timestamp());
}

Rooms::ScheduledDraft scheduledOf(JsonReader &reader)
{
    Rooms::ScheduledDraft draft;
    draft.message.room = reader.id<RoomId>(u"room_id"_s);
    draft.message.text = reader.string(u"message"_s, 1, anyLength);
    draft.message.replyTo = reader.optionalId<MessageId>(u"reply_to"_s);
    draft.message.mustAcknowledge = reader.optionalBool(u"must_acknowledge"_s).value_or(false);
    draft.at = timeOf(reader);
    return draft;
}

Response stored(const Result<PersonalItem> &item, const Request &request, int status = 200)
{
    if (!item)
        return Response::problem(item.error(), request);
    return Response::json(itemJson(*item), status);
}
} // namespace

PersonalEndpoint::PersonalEndpoint(Rooms::PersonalService &personal, Rooms::RoomService &rooms)
    : m_personal(personal), m_rooms(rooms)
{
}

QList<Route> PersonalEndpoint::routes()
{
    const Action keep = Action::PersonalKeep;
    const QString me = u"/api/v1/users/me/"_s;
    return {
        userRoute("GET", me + u"counters"_s, Action::RoomList, bind(this, &PersonalEndpoint::counters)),
        userRoute("GET", me + u"mentions"_s, Action::RoomList, bind(this, &PersonalEndpoint::mentions)),
        userRoute("GET", me + u"state"_s, keep, bind(this, &PersonalEndpoint::state)),
        userRoute("GET", me + u"drafts"_s, keep, bind(this, &PersonalEndpoint::drafts)),
        userRoute("PUT", me + u"drafts/{room_id}"_s, keep, bind(this, &PersonalEndpoint::putDraft)),
        userRoute("DELETE", me + u"drafts/{room_id}"_s, keep, bind(this, &PersonalEndpoint::removeDraft)),
        userRoute("GET", me + u"bookmarks"_s, keep, bind(this, &PersonalEndpoint::bookmarks)),
        userRoute("PUT", me + u"bookmarks/{message_id}"_s, keep, bind(this, &PersonalEndpoint::putBookmark)),
        userRoute("DELETE", me + u"bookmarks/{message_id}"_s, keep, bind(this, &PersonalEndpoint::removeBookmark)),
        userRoute("GET", me + u"keywords"_s, keep, bind(this, &PersonalEndpoint::keywords)),
        userRoute("PUT", me + u"keywords"_s, keep, bind(this, &PersonalEndpoint::putKeywords)),
        userRoute("GET", me + u"reminders"_s, keep, bind(this, &PersonalEndpoint::reminders)),
        userRoute("POST", me + u"reminders"_s, keep, bind(this, &PersonalEndpoint::addReminder)),
        userRoute("DELETE", me + u"reminders/{reminder_id}"_s, keep, bind(this, &PersonalEndpoint::removeReminder)),
        userRoute("GET", me + u"scheduled"_s, keep, bind(this, &PersonalEndpoint::scheduled)),
        userRoute("POST", me + u"scheduled"_s, keep, bind(this, &PersonalEndpoint::addScheduled)),
        userRoute("PUT", me + u"scheduled/{scheduled_id}"_s, keep, bind(this, &PersonalEndpoint::changeScheduled)),
        userRoute("DELETE", me + u"scheduled/{scheduled_id}"_s, keep, bind(this, &PersonalEndpoint::removeScheduled)),
    };
}

Response PersonalEndpoint::counters(const Request &request, const Actor &actor) const
{
    const Result<qint64> limit = request.queryInt(u"limit"_s, 500, 1, 1000);
    const Result<QStringList> after = queryCursor(request, 1);
    if (!limit || !after)
        return Response::problem(limit ? after.error() : limit.error(), request);
    const QList<RoomId> mine = m_rooms.roomsOf(actor.user); // by id
    QJsonArray items;
    QString last;
    for (const RoomId &room : mine) {
        const QString id = room.toString();
        if (!after->isEmpty() && id <= after->constFirst())
            continue;
        if (!m_rooms.room(actor, room))
            continue; // an application token may be for some rooms only
        if (items.size() == *limit)
            return Response::json(listOf(items, encodeCursor({last})));
        const Rooms::Counters counters = m_rooms.counters(actor.user, room);
        items.append(QJsonObject{{u"room_id"_s, id},
                                 {u"seq"_s, counters.lastSeq},
                                 {u"unread"_s, counters.unread},
                                 {u"mentions"_s, counters.mentions},
                                 {u"seen_up_to"_s, counters.seenUpTo}});
        last = id;
    }
    return Response::json(listOf(items));
}

QCoro::Task<Response> PersonalEndpoint::mentions(Request request, Actor actor)
{
    const Result<qint64> limit = request.queryInt(u"limit"_s, 50, 1, 200);
    if (!limit)
        co_return Response::problem(limit.error(), request);
    const Result<QList<RoomEvent>> found = co_await m_rooms.mentions(actor, int(*limit));
    if (!found)
        co_return Response::problem(found.error(), request);
    co_return Response::json(listOf(Protocol::writeList(*found)));
}

QCoro::Task<Response> PersonalEndpoint::state(Request request, Actor actor)
{
    const Result<qint64> since = request.queryInt(u"since"_s, 0, 0, largestVersion);
    const Result<qint64> limit = request.queryInt(u"limit"_s, 50, 1, 200);
    if (!since || !limit)
        co_return Response::problem(since ? limit.error() : since.error(), request);
    const Result<Rooms::PersonalChanges> changes = co_await m_personal.changes(actor, *since, int(*limit));
    if (!changes)
        co_return Response::problem(changes.error(), request);
    QJsonArray items;
    for (const PersonalItem &item : changes->items) {
        QJsonObject json{{u"kind"_s, QString::fromLatin1(item.kind)},
                         {u"key"_s, QString::fromUtf8(item.key)},
                         {u"version"_s, item.version}};
        if (!item.value.isEmpty())
            json.insert(u"value"_s, item.value);
        items.append(json);
    }
    const QJsonObject answer{{u"items"_s, items},
                             {u"version"_s, changes->version},
                             {u"complete"_s, changes->complete},
                             {u"more"_s, changes->more}};
    co_return Response::json(answer);
}

QCoro::Task<Response> PersonalEndpoint::list(Request request, Actor actor, QByteArray kind)
{
    const Result<qint64> limit = request.queryInt(u"limit"_s, 100, 1, 500);
    const Result<QStringList> after = queryCursor(request, 1);
    if (!limit || !after)
        co_return Response::problem(limit ? after.error() : limit.error(), request);
    const QByteArray from = after->value(0).toUtf8();
    Result<QList<PersonalItem>> found = co_await m_personal.list(actor, kind, from, int(*limit) + 1);
    if (!found)
        co_return Response::problem(found.error(), request);
    QString next;
    if (found->size() > *limit) {
        found->removeLast();
        next = encodeCursor({QString::fromUtf8(found->constLast().key)});
    }
    QJsonArray items;
    for (const PersonalItem &item : std::as_const(*found))
        items.append(itemJson(item));
    co_return Response::json(listOf(items, next));
}

QCoro::Task<Response> PersonalEndpoint::remove(Request request, Actor actor, QByteArray kind)
{
    const Result<QByteArray> key = pathId<MessageId>(request, 0, QString::fromLatin1(kind)).isOk()
                                       ? Result<QByteArray>(request.args.value(0).toUtf8())
                                       : Result<QByteArray>(noSuch(QString::fromLatin1(kind)));
    if (!key)
        co_return Response::problem(key.error(), request);
    if (const Result<void> read = requireNoFields(request); !read)
        co_return Response::problem(read.error(), request);
    const Result<PersonalItem> gone = co_await m_personal.remove(actor, kind, *key);
    if (!gone)
        co_return Response::problem(gone.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> PersonalEndpoint::drafts(Request request, Actor actor)
{
    return list(std::move(request), std::move(actor), "draft");
}

QCoro::Task<Response> PersonalEndpoint::putDraft(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString text = reader.string(u"message"_s, 1, anyLength);
    const MessageId replyTo = reader.optionalId<MessageId>(u"reply_to"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<PersonalItem> item = co_await m_personal.setDraft(actor, *room, text, replyTo);
    co_return stored(item, request);
}

QCoro::Task<Response> PersonalEndpoint::removeDraft(Request request, Actor actor)
{
    return remove(std::move(request), std::move(actor), "draft");
}

QCoro::Task<Response> PersonalEndpoint::bookmarks(Request request, Actor actor)
{
    return list(std::move(request), std::move(actor), "bookmark");
}

QCoro::Task<Response> PersonalEndpoint::putBookmark(Request request, Actor actor)
{
    const Result<MessageId> message = pathId<MessageId>(request, 0, u"message"_s);
    if (!message)
        co_return Response::problem(message.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString note = reader.optionalString(u"note"_s, 0, 200).value_or(QString());
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<PersonalItem> item = co_await m_personal.setBookmark(actor, *message, note);
    co_return stored(item, request);
}

QCoro::Task<Response> PersonalEndpoint::removeBookmark(Request request, Actor actor)
{
    return remove(std::move(request), std::move(actor), "bookmark");
}

QCoro::Task<Response> PersonalEndpoint::keywords(Request request, Actor actor)
{
    const Result<PersonalItem> item = co_await m_personal.get(actor, "keywords", "words");
    if (item)
        co_return Response::json(itemJson(*item));
    if (item.error().code != Errc::NotFound)
        co_return Response::problem(item.error(), request);
    const QJsonObject none{{u"words"_s, QJsonArray()}, {u"version"_s, 0}};
    co_return Response::json(none);
}

QCoro::Task<Response> PersonalEndpoint::putKeywords(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QStringList words = reader.optionalStrings(u"words"_s, 50, 1, 64).value_or(QStringList());
    if (!reader.has(u"words"_s))
        reader.reject(u"words"_s, u"is missing"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<PersonalItem> item = co_await m_personal.setKeywords(actor, words);
    co_return stored(item, request);
}

QCoro::Task<Response> PersonalEndpoint::reminders(Request request, Actor actor)
{
    return list(std::move(request), std::move(actor), "reminder");
}

QCoro::Task<Response> PersonalEndpoint::addReminder(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const MessageId message = reader.id<MessageId>(u"message_id"_s);
    const Timestamp at = timeOf(reader);
    const QString note = reader.optionalString(u"note"_s, 0, 200).value_or(QString());
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<PersonalItem> item = co_await m_personal.remind(actor, message, at, note);
    co_return stored(item, request, 201);
}

QCoro::Task<Response> PersonalEndpoint::removeReminder(Request request, Actor actor)
{
    return remove(std::move(request), std::move(actor), "reminder");
}

QCoro::Task<Response> PersonalEndpoint::scheduled(Request request, Actor actor)
{
    return list(std::move(request), std::move(actor), "scheduled");
}

QCoro::Task<Response> PersonalEndpoint::addScheduled(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const Rooms::ScheduledDraft draft = scheduledOf(reader);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<PersonalItem> item = co_await m_personal.schedule(actor, draft);
    co_return stored(item, request, 201);
}

QCoro::Task<Response> PersonalEndpoint::changeScheduled(Request request, Actor actor)
{
    const Result<MessageId> id = pathId<MessageId>(request, 0, u"scheduled message"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const Rooms::ScheduledDraft draft = scheduledOf(reader);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const QByteArray key = id->bytes();
    const Result<PersonalItem> item = co_await m_personal.reschedule(actor, key, draft);
    co_return stored(item, request);
}

QCoro::Task<Response> PersonalEndpoint::removeScheduled(Request request, Actor actor)
{
    return remove(std::move(request), std::move(actor), "scheduled");
}

} // namespace Atom::HttpEndpoints
