// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/searchevaluator.h"

#include "server/storage/logging.h"
#include "server/storage/roomrows.h"
#include "shared/model/user.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Search::Found;
using Search::Hit;
using Search::Lookup;
using Search::Sort;
using Search::Trait;

namespace {
constexpr size_t scopesKept = 32;
constexpr double freshDays = 30; //!< a message of today counts twice, one of a month ago half as much more, ...

constexpr Sql beginSql("BEGIN");
constexpr Sql endSql("COMMIT");
constexpr Sql roomSql("SELECT pk FROM rooms WHERE id = ?");
constexpr Sql roomsSql("SELECT pk, id FROM rooms");
constexpr Sql pkOfSql("SELECT pk FROM messages WHERE id = ?");
constexpr Sql bookmarksSql("SELECT m.pk FROM user_items i JOIN messages m ON m.id = i.key WHERE i.user_id = ? AND"
                           " i.kind = 'bookmark' AND i.value IS NOT NULL");
constexpr Sql firstUnreadSql("SELECT pk FROM messages WHERE room_pk = ? AND seq > ? ORDER BY seq LIMIT 1");
constexpr Sql hitSql("SELECT " ATOM_MESSAGE_COLUMNS ", r.id, m.room_pk FROM messages m JOIN rooms r ON r.pk = m.room_pk"
                     " WHERE m.pk = ?");
constexpr Sql beforeSql("SELECT " ATOM_MESSAGE_COLUMNS " FROM messages m WHERE m.room_pk = ? AND m.seq < ? AND"
                        " m.deleted_at IS NULL ORDER BY m.seq DESC LIMIT ?");
constexpr Sql afterSql("SELECT " ATOM_MESSAGE_COLUMNS " FROM messages m WHERE m.room_pk = ? AND m.seq > ? AND"
                       " m.deleted_at IS NULL ORDER BY m.seq LIMIT ?");

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

SearchEvaluator::SearchEvaluator(std::unique_ptr<Connection> index, std::shared_ptr<SearchState> state, Budget budget)
    : m_index(std::move(index)), m_state(std::move(state)), m_budget(budget)
{
}

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

std::shared_ptr<const BlockFacts> SearchEvaluator::factsOf(const SearchStore::Block &block)
{
    KeptFacts &kept = m_facts[block.block];
    if (!kept.facts || kept.version != block.version) {
        std::optional<BlockFacts> read = SearchStore::facts(*m_index, block.block);
        if (!read) {
            m_facts.erase(block.block);
            return std::make_shared<BlockFacts>();
        }
        kept.facts = std::make_shared<BlockFacts>(std::move(*read));
        kept.version = block.version;
    }
    kept.used = ++m_uses;
    const std::shared_ptr<const BlockFacts> facts = kept.facts;
    if (qsizetype(m_facts.size()) > m_budget.factsBlocks) {
        m_facts.erase(std::min_element(m_facts.begin(), m_facts.end(), [](const auto &x, const auto &y) {
            return x.second.used < y.second.used;
        }));
    }
    return facts;
}

Result<Found> SearchEvaluator::find(Connection &source, const Lookup &lookup)
{
    Found found;
    SearchPlan searched = plan(source, lookup);
    std::vector<Ranked> hits;
    {
        // Fresh blocks first, then the snapshot of the disk: one that is stored in between is seen at least once.
        const std::lock_guard lock(m_state->mutex);
        found.isComplete = m_state->isComplete.load(std::memory_order_relaxed);
        execute(*m_index, beginSql);
        for (const SearchStore::Block &stored : SearchStore::blocks(*m_index)) {
            if (m_state->fresh.contains(stored.block))
                continue;
            BlockSource block;
            block.block = stored.block;
            block.stored = stored;
            block.messages = stored.messages;
            block.words = stored.words;
            searched.blocks.push_back(block);
        }
        for (const auto &[number, memory] : m_state->fresh) {
            BlockSource block;
            block.block = number;
            block.memory = memory.get();
            block.messages = memory->facts().messages;
            block.words = memory->facts().words;
            searched.blocks.push_back(block);
        }
        std::sort(searched.blocks.begin(), searched.blocks.end(),
                  [](const BlockSource &x, const BlockSource &y) { return x.block > y.block; });
        for (const BlockSource &block : searched.blocks) {
            searched.messages += block.messages;
            searched.wordCount += block.words;
        }
        if (!searched.blocks.empty()) {
            const BlockSource &newest = searched.blocks.front();
            found.newest = lookup.newest > 0 ? lookup.newest
                           : newest.memory   ? newest.memory->lastPk()
                                             : firstOf(newest.block + 1) - 1;
        }
        if (lookup.sort == Sort::Relevance)
            rank(lookup, searched, hits, found);
        else
            inOrder(lookup, searched, hits, found);
        const std::optional<SqliteFailure> failure = m_index->failure();
        m_index->clearFailure();
        execute(*m_index, endSql);
        m_index->clearFailure();
        if (failure) {
            const Error error = failure->toError();
            qCWarning(lcStorage) << "a search failed:" << error.cause;
            return Error(Errc::Unavailable, u"The search index cannot be read; restarting the server makes it anew."_s,
                         error.cause);
        }
    }
    for (const Ranked &ranked : hits) {
        Hit hit = load(source, lookup, ranked);
        if (!hit.message.message.isEmpty())
            found.hits.append(std::move(hit));
    }
    return found;
}

void SearchEvaluator::rank(const Lookup &lookup, SearchPlan &plan, std::vector<Ranked> &best, Found &found)
{
    // How rare each part is. A part that is nowhere ends the search.
    const double all = double(std::max<quint64>(1, plan.messages));
    for (SearchPlan::Word &word : plan.words) {
        for (const Search::Words::Part &part : word.words.parts) {
            quint64 with = 0;
            for (const BlockSource &block : plan.blocks)
                with += Candidates::messagesWith(*m_index, block, word.words, part.term);
            if (with == 0)
                return;
            word.weights.push_back(std::log(1.0 + (all - std::min(all, double(with)) + 0.5) / (double(with) + 0.5)));
        }
    }
    const auto better = [](const Ranked &x, const Ranked &y) {
        return x.score != y.score ? x.score > y.score : x.pk > y.pk;
    };
    const size_t wanted = size_t(lookup.skip) + size_t(lookup.limit) + 1;
    const double now = double(toMillis(lookup.now)) / 86'400'000;
    for (const BlockSource &block : plan.blocks) {
        if (plan.budget <= 0) {
            found.isTotal = false;
            break;
        }
        const std::shared_ptr<const BlockFacts> stored = block.memory ? nullptr : factsOf(block.stored);
        const BlockFacts &facts = block.memory ? block.memory->facts() : *stored;
        Candidates candidates(*m_index, block, facts, plan);
        const std::vector<quint16> &slots = candidates.find();
        if (slots.empty())
            continue;
        found.total += qint64(slots.size());
        const std::vector<double> scores = candidates.scores();
        for (size_t i = 0; i < slots.size(); ++i) {
            const double age = std::max(0.0, now - double(facts.times[slots[i]]) / 86'400);
            Ranked ranked;
            // Without words only the age counts.
            ranked.score = (plan.words.empty() ? 1 : scores[i]) * (1 + std::exp2(-age / freshDays));
            ranked.pk = firstOf(block.block) + slots[i];
            if (best.size() < wanted) {
                best.push_back(ranked);
                std::push_heap(best.begin(), best.end(), better);
            } else if (better(ranked, best.front())) {
                std::pop_heap(best.begin(), best.end(), better);
                best.back() = ranked;
                std::push_heap(best.begin(), best.end(), better);
            }
        }
    }
    std::sort(best.begin(), best.end(), better);
    best.erase(best.begin(), best.begin() + std::min<qptrdiff>(lookup.skip, qptrdiff(best.size())));
    found.hasMore = best.size() > size_t(lookup.limit);
    best.resize(std::min(best.size(), size_t(lookup.limit)));
}

void SearchEvaluator::inOrder(const Lookup &lookup, SearchPlan &plan, std::vector<Ranked> &hits, Found &found)
{
    const bool newestFirst = lookup.sort == Sort::Newest;
    if (!newestFirst)
        std::reverse(plan.blocks.begin(), plan.blocks.end());
    const size_t wanted = size_t(lookup.limit) + 1;
    for (const BlockSource &block : plan.blocks) {
        if (hits.size() >= wanted)
            break;
        if ((plan.before > 0 && firstOf(block.block) >= plan.before) || firstOf(block.block + 1) <= plan.after)
            continue;
        const std::shared_ptr<const BlockFacts> stored = block.memory ? nullptr : factsOf(block.stored);
        Candidates candidates(*m_index, block, block.memory ? block.memory->facts() : *stored, plan);
        std::vector<quint16> slots = candidates.find();
        if (newestFirst)
            std::reverse(slots.begin(), slots.end());
        for (const quint16 slot : slots) {
            if (hits.size() >= wanted)
                break;
            Ranked ranked;
            ranked.pk = firstOf(block.block) + slot;
            hits.push_back(ranked);
        }
    }
    found.total = qint64(hits.size());
    found.hasMore = hits.size() >= wanted;
    // Only the page was looked for.
    found.isTotal = !found.hasMore && lookup.position == 0;
    if (found.hasMore)
        hits.pop_back();
}

Hit SearchEvaluator::load(Connection &source, const Lookup &lookup, const Ranked &ranked)
{
    Hit hit;
    hit.score = ranked.score;
    hit.position = ranked.pk;
    qint64 room = 0;
    {
        Statement s(source, hitSql, ranked.pk);
        if (!s.step())
            return hit;
        RoomEvent message = eventFromRow(s, s.id<RoomId>(eventColumns));
        if (message.deleted) // a moment ago
            return hit;
        room = s.integer(eventColumns + 1);
        hit.message = std::move(message);
    }
    hit.highlights = Search::highlights(hit.message.text, lookup.query);
    QList<RoomEvent> around{hit.message};
    if (lookup.context > 0) {
        Statement before(source, beforeSql, room, hit.message.seq, lookup.context);
        while (before.step())
            around.prepend(eventFromRow(before, hit.message.room));
        Statement after(source, afterSql, room, hit.message.seq, lookup.context);
        while (after.step())
            around.append(eventFromRow(after, hit.message.room));
    }
    readMarks(source, room, around);
    for (RoomEvent &event : around) {
        if (event.seq == hit.message.seq)
            hit.message = std::move(event);
        else
            (event.seq < hit.message.seq ? hit.before : hit.after).append(std::move(event));
    }
    return hit;
}

} // namespace Atom::Storage
