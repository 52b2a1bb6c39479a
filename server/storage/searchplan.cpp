// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// SearchEvaluator: from a search to what is looked for in the index.
#include "server/storage/searchevaluator.h"

#include "shared/model/user.h"

#include <algorithm>
#include <limits>

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Search::Lookup;
using Search::Sort;
using Search::Trait;

namespace {
constexpr size_t scopesKept = 32;

constexpr Sql roomSql("SELECT pk FROM rooms WHERE id = ?");
constexpr Sql roomsSql("SELECT pk, id FROM rooms");
constexpr Sql pkOfSql("SELECT pk FROM messages WHERE id = ?");
constexpr Sql bookmarksSql("SELECT m.pk FROM user_items i JOIN messages m ON m.id = i.key WHERE i.user_id = ? AND"
                           " i.kind = 'bookmark' AND i.value IS NOT NULL");
constexpr Sql firstUnreadSql("SELECT pk FROM messages WHERE room_pk = ? AND seq > ? ORDER BY seq LIMIT 1");

quint32 secondsOf(Timestamp time)
{
    return quint32(std::clamp<qint64>(toMillis(time) / 1000, 0, std::numeric_limits<quint32>::max()));
}

//! The index's term for what `has:` and `is:` ask; empty: it is no matter of the index.
QByteArray termOf(Trait trait, const UserId &user)
{
    switch (trait) {
    case Trait::Link:
        return traitTerm("link");
    case Trait::File:
        return traitTerm("file");
    case Trait::Code:
        return traitTerm("code");
    case Trait::Edited:
        return traitTerm("edited");
    case Trait::Reply:
        return traitTerm("reply");
    case Trait::Reaction:
        return traitTerm("reaction");
    case Trait::Pin:
        return traitTerm("pin");
    case Trait::Mention:
        return mentionTerm({});
    case Trait::Mentioned:
        return mentionTerm(user.bytes().toLower());
    case Trait::Mine:
        return senderTerm(user.bytes());
    case Trait::Bot:
        return senderTerm(assistantUser().bytes());
    case Trait::Unread:
    case Trait::Bookmarked:
        return {};
    }
    return {};
}
} // namespace

qint64 SearchEvaluator::roomPk(Connection &source, const RoomId &room)
{
    if (m_roomPks.isEmpty()) {
        Statement all(source, roomsSql);
        while (all.step())
            m_roomPks.insert(all.id<RoomId>(1), all.integer(0));
    }
    if (const auto it = m_roomPks.constFind(room); it != m_roomPks.cend())
        return *it;
    Statement s(source, roomSql, room);
    const qint64 pk = s.step() ? s.integer(0) : 0;
    if (pk > 0)
        m_roomPks.insert(room, pk);
    return pk;
}

std::shared_ptr<const std::vector<quint8>> SearchEvaluator::tableOf(Connection &source, const Lookup &lookup)
{
    const auto fill = [&](std::vector<quint8> &table, const QList<RoomId> &rooms, quint8 value) {
        for (const RoomId &room : rooms) {
            const auto pk = size_t(roomPk(source, room));
            if (pk >= table.size())
                table.resize(pk + 1);
            table[pk] = pk == 0 ? 0 : value;
        }
    };
    const auto known = std::find_if(m_scopes.begin(), m_scopes.end(),
                                    [&](const Rooms &rooms) { return rooms.scope == lookup.scope; });
    std::shared_ptr<const std::vector<quint8>> all;
    if (known != m_scopes.end()) {
        all = known->table;
    } else {
        auto table = std::make_shared<std::vector<quint8>>();
        fill(*table, lookup.scope->rooms, 1);
        all = table;
        Rooms rooms;
        rooms.scope = lookup.scope;
        rooms.table = all;
        m_scopes.push_front(std::move(rooms));
        if (m_scopes.size() > scopesKept)
            m_scopes.pop_back();
    }
    if (!lookup.only && lookup.without.isEmpty())
        return all;
    auto narrowed = std::make_shared<std::vector<quint8>>();
    if (lookup.only) {
        fill(*narrowed, *lookup.only, 1);
        for (size_t pk = 0; pk < narrowed->size(); ++pk)
            (*narrowed)[pk] &= pk < all->size() ? (*all)[pk] : 0;
    } else {
        *narrowed = *all;
    }
    fill(*narrowed, lookup.without, 0);
    return narrowed;
}

SearchPlan SearchEvaluator::plan(Connection &source, const Lookup &lookup)
{
    const Search::Query &query = lookup.query;
    SearchPlan plan;
    for (const Search::Words &words : query.words)
        plan.words.push_back({words, {}});
    for (const Search::Words &words : query.withoutWords)
        plan.without.push_back({words, {}});
    const auto field = [](const auto &ids, QByteArray (*term)(const QByteArray &)) {
        SearchPlan::AnyOf any;
        for (const auto &id : ids)
            any.push_back(term(id.bytes()));
        return any;
    };
    const auto addField = [&plan](SearchPlan::AnyOf any) {
        if (!any.empty())
            plan.fields.push_back(std::move(any));
    };
    const auto exclude = [&plan](const SearchPlan::AnyOf &any) {
        plan.withoutFields.insert(plan.withoutFields.end(), any.begin(), any.end());
    };
    const auto mention = [](const QByteArray &user) { return mentionTerm(user.toLower()); };
    addField(field(query.from, &senderTerm));
    exclude(field(query.notFrom, &senderTerm));
    addField(field(query.mentions, mention));
    exclude(field(query.notMentions, mention));
    exclude(field(query.notThreads, &threadTerm));
    const auto roots = [&source](const QList<MessageId> &ids) {
        std::vector<qint64> pks;
        for (const MessageId &id : ids) {
            Statement s(source, pkOfSql, id);
            if (s.step())
                pks.push_back(s.integer(0));
        }
        std::sort(pks.begin(), pks.end());
        return pks;
    };
    if (!query.threads.isEmpty()) {
        plan.fields.push_back(field(query.threads, &threadTerm));
        plan.extra.emplace_back(plan.fields.size() - 1, roots(query.threads));
    }
    if (!query.notThreads.isEmpty())
        plan.withoutSets.push_back(roots(query.notThreads));
    for (const Trait trait : query.traits) {
        if (const QByteArray term = termOf(trait, lookup.user); !term.isEmpty())
            addField({term});
    }
    for (const Trait trait : query.notTraits) {
        if (const QByteArray term = termOf(trait, lookup.user); !term.isEmpty())
            plan.withoutFields.push_back(term);
    }
    if (query.traits.contains(Trait::Unread) || query.notTraits.contains(Trait::Unread)) {
        plan.unread = query.traits.contains(Trait::Unread);
        for (auto it = lookup.unreadAfter.cbegin(); it != lookup.unreadAfter.cend(); ++it) {
            const qint64 room = roomPk(source, it.key());
            Statement s(source, firstUnreadSql, room, it.value());
            if (s.step())
                plan.unreadFrom.insert(quint32(room), s.integer(0));
        }
    }
    if (query.since)
        plan.sinceSeconds = secondsOf(*query.since + milliseconds(999));
    if (query.until)
        plan.untilSeconds = secondsOf(*query.until + milliseconds(999));
    if (query.traits.contains(Trait::Bookmarked) || query.notTraits.contains(Trait::Bookmarked)) {
        std::vector<qint64> kept;
        {
            Statement s(source, bookmarksSql, lookup.user);
            while (s.step())
                kept.push_back(s.integer(0));
        }
        std::sort(kept.begin(), kept.end());
        (query.traits.contains(Trait::Bookmarked) ? plan.sets : plan.withoutSets).push_back(std::move(kept));
    }
    plan.rooms = tableOf(source, lookup);
    plan.newest = lookup.newest;
    if (lookup.sort == Sort::Newest)
        plan.before = lookup.position;
    if (lookup.sort == Sort::Oldest)
        plan.after = lookup.position;
    plan.budget = m_budget.postings;
    return plan;
}

} // namespace Atom::Storage
