// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/searchendpoint.h"

#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
Result<Search::Sort> sortOf(const Request &request)
{
    const QString name = request.query.queryItemValue(u"sort"_s, QUrl::FullyDecoded);
    if (name.isEmpty() || name == "relevance"_L1)
        return Search::Sort::Relevance;
    if (name == "newest"_L1)
        return Search::Sort::Newest;
    if (name == "oldest"_L1)
        return Search::Sort::Oldest;
    return Error::invalid(u"/query/sort"_s, u"sort is relevance, newest or oldest."_s);
}

Result<QTimeZone> zoneOf(const Request &request)
{
    const QByteArray name = request.query.queryItemValue(u"timezone"_s, QUrl::FullyDecoded).toUtf8();
    if (name.isEmpty())
        return QTimeZone::utc();
    const QTimeZone zone = name.size() <= 64 ? QTimeZone(name) : QTimeZone();
    if (!zone.isValid())
        return Error::invalid(u"/query/timezone"_s, u"timezone is a name such as Europe/Paris."_s);
    return zone;
}

//! Browsers' forms write a space as "+", and a plus as "%2B".
QString textOf(const Request &request)
{
    QByteArray text = request.query.queryItemValue(u"q"_s, QUrl::FullyEncoded).toUtf8();
    return QUrl::fromPercentEncoding(text.replace('+', ' '));
}

Result<Search::SearchRequest> requestOf(const Request &request)
{
    if (!request.query.hasQueryItem(u"q"_s))
        return Error::invalid(u"/query/q"_s, u"Say what to search for."_s);
    const Result<Search::Sort> sort = sortOf(request);
    if (!sort)
        return sort.error();
    const Result<QTimeZone> zone = zoneOf(request);
    if (!zone)
        return zone.error();
    const Result<qint64> limit = request.queryInt(u"limit"_s, 20, 1, 100);
    const Result<qint64> context = request.queryInt(u"context"_s, 2, 0, 5);
    if (!limit || !context)
        return limit ? context.error() : limit.error();
    const Result<QStringList> cursor = queryCursor(request, Search::SearchService::cursorParts);
    if (!cursor)
        return cursor.error();
    Search::SearchRequest search;
    search.text = textOf(request);
    search.sort = *sort;
    search.zone = *zone;
    search.limit = int(*limit);
    search.context = int(*context);
    search.cursor = *cursor;
    return search;
}

QJsonArray eventsOf(const QList<RoomEvent> &events)
{
    QJsonArray array;
    for (const RoomEvent &event : events)
        array.append(Protocol::toJson(event));
    return array;
}
} // namespace

SearchEndpoint::SearchEndpoint(Search::SearchService &search, const Rooms::RoomService &rooms)
    : m_search(search), m_rooms(rooms)
{
}

QList<Route> SearchEndpoint::routes()
{
    return {userRoute("GET", u"/api/v1/search"_s, Action::RoomRead, bind(this, &SearchEndpoint::find))};
}

QJsonObject SearchEndpoint::toJson(const Search::Hit &hit) const
{
    QJsonArray highlights;
    for (const Search::Highlight &span : hit.highlights) {
        QJsonObject place{{u"start"_s, span.start}, {u"length"_s, span.length}};
        highlights.append(std::move(place));
    }
    QJsonObject room{{u"id"_s, hit.message.room.toString()}};
    if (const Rooms::RoomState *state = m_rooms.find(hit.message.room)) {
        room.insert(u"name"_s, state->room.name);
        room.insert(u"kind"_s, roomKindName(state->room.kind));
    }
    QJsonObject context{{u"before"_s, eventsOf(hit.before)}, {u"after"_s, eventsOf(hit.after)}};
    return QJsonObject{{u"message"_s, Protocol::toJson(hit.message)},
                       {u"room"_s, room},
                       {u"highlights"_s, highlights},
                       {u"score"_s, hit.score},
                       {u"context"_s, context}};
}

QCoro::Task<Response> SearchEndpoint::find(Request request, Actor actor)
{
    Result<Search::SearchRequest> search = requestOf(request);
    if (!search)
        co_return Response::problem(search.error(), request);
    const Result<Search::SearchPage> page = co_await m_search.find(actor, std::move(*search));
    if (!page)
        co_return Response::problem(page.error(), request);
    QJsonArray items;
    for (const Search::Hit &hit : page->hits)
        items.append(toJson(hit));
    QJsonObject answer = listOf(items, page->next.isEmpty() ? QString() : encodeCursor(page->next));
    answer.insert(u"total"_s, page->total);
    answer.insert(u"total_is_exact"_s, page->isTotal);
    answer.insert(u"complete"_s, page->isComplete);
    answer.insert(u"notes"_s, QJsonArray::fromStringList(page->notes));
    co_return Response::json(answer);
}

} // namespace Atom::HttpEndpoints
