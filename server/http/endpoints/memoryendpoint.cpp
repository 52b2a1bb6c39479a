// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/memoryendpoint.h"

#include "server/http/endpoints/jsonreader.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;
using Memory::Fact;
using Memory::FactId;

namespace {
QJsonObject toJson(const Fact &fact)
{
    QJsonObject json{{u"id"_s, fact.id.toString()}, {u"text"_s, fact.text}, {u"created_at"_s, toIso(fact.createdAt)}};
    if (!fact.message.isEmpty()) {
        json.insert(u"room_id"_s, fact.room.toString());
        json.insert(u"message_id"_s, fact.message.toString());
    }
    return json;
}
} // namespace

MemoryEndpoint::MemoryEndpoint(AssistantView &assistant) : m_assistant(assistant) {}

QList<Route> MemoryEndpoint::routes()
{
    const QString all = u"/api/v1/users/me/memory"_s;
    const QString one = all + u"/{fact_id}"_s;
    // Each handler asks for the actor's own only: there is no way to name somebody else.
    return {userRoute("GET", all, Action::PersonalKeep, bind(this, &MemoryEndpoint::list)),
            userRoute("POST", all, Action::PersonalKeep, bind(this, &MemoryEndpoint::add)),
            userRoute("PUT", one, Action::PersonalKeep, bind(this, &MemoryEndpoint::change)),
            userRoute("DELETE", one, Action::PersonalKeep, bind(this, &MemoryEndpoint::remove))};
}

QCoro::Task<Response> MemoryEndpoint::list(Request request, Actor actor)
{
    const Result<QList<Fact>> facts = co_await m_assistant.memory().facts(actor);
    if (!facts)
        co_return Response::problem(facts.error(), request);
    QJsonArray items;
    for (const Fact &fact : *facts)
        items.append(toJson(fact));
    co_return Response::json(listOf(items));
}

QCoro::Task<Response> MemoryEndpoint::store(Request request, Actor actor, FactId replaces)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString text = reader.string(u"text"_s, 1, Fact::longestText);
    if (!text.isEmpty() && text.simplified().isEmpty())
        reader.reject(u"text"_s, u"must not be blank"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const bool isNew = replaces.isEmpty();
    if (!isNew) {
        const Result<QList<Fact>> facts = co_await m_assistant.memory().facts(actor);
        if (!facts)
            co_return Response::problem(facts.error(), request);
        const bool isOwn =
            std::any_of(facts->begin(), facts->end(), [&](const Fact &fact) { return fact.id == replaces; });
        if (!isOwn)
            co_return Response::problem(noSuch(u"fact"_s), request);
    }
    const Result<Fact> kept = co_await m_assistant.memory().remember(actor, text, replaces);
    if (!kept)
        co_return Response::problem(kept.error(), request);
    co_return Response::json(toJson(*kept), isNew ? 201 : 200);
}

QCoro::Task<Response> MemoryEndpoint::add(Request request, Actor actor)
{
    return store(std::move(request), std::move(actor), {});
}

QCoro::Task<Response> MemoryEndpoint::change(Request request, Actor actor)
{
    const Result<FactId> id = pathId<FactId>(request, 0, u"fact"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    Response stored = co_await store(request, actor, *id);
    co_return stored;
}

QCoro::Task<Response> MemoryEndpoint::remove(Request request, Actor actor)
{
    const Result<FactId> id = pathId<FactId>(request, 0, u"fact"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<void> gone = co_await m_assistant.memory().forget(actor, *id);
    if (!gone)
        co_return Response::problem(gone.error(), request);
    co_return Response::noContent();
}

} // namespace Atom::HttpEndpoints
