// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/searchevaluator.h"

#include "server/storage/logging.h"
#include "server/storage/roomrows.h"

#include <algorithm>
#include <cmath>

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Search::Found;
using Search::Hit;
using Search::Lookup;
using Search::Sort;

namespace {
constexpr double freshDays = 30; //!< a message of today counts twice, one of a month ago half as much more, ...

constexpr Sql beginSql("BEGIN");
constexpr Sql endSql("COMMIT");
constexpr Sql hitSql("SELECT " ATOM_MESSAGE_COLUMNS ", r.id, m.room_pk FROM messages m JOIN rooms r ON r.pk = m.room_pk"
                     " WHERE m.pk = ?");
constexpr Sql beforeSql("SELECT " ATOM_MESSAGE_COLUMNS " FROM messages m WHERE m.room_pk = ? AND m.seq < ? AND"
                        " m.deleted_at IS NULL ORDER BY m.seq DESC LIMIT ?");
constexpr Sql afterSql("SELECT " ATOM_MESSAGE_COLUMNS " FROM messages m WHERE m.room_pk = ? AND m.seq > ? AND"
                       " m.deleted_at IS NULL ORDER BY m.seq LIMIT ?");

} // namespace

SearchEvaluator::SearchEvaluator(std::unique_ptr<Connection> index, std::shared_ptr<SearchState> state, Budget budget)
    : m_index(std::move(index)), m_state(std::move(state)), m_budget(budget)
{
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
            if (failure->isDamage())
                SearchStore::noteDamage(m_state->file);
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
