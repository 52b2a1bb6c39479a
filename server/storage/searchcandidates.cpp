// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/searchcandidates.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace Atom::Storage {

namespace {
constexpr int mostExpansions = 256; //!< of `prefix*` in one block
constexpr double k1 = 1.2;
constexpr double b = 0.4; //!< messages are short: their length says little

bool isPhrase(const Search::Words &words)
{
    return words.parts.size() > 1;
}

//! Several lists of messages as one.
class Union
{
public:
    void add(const Postings &postings)
    {
        for (size_t i = 0; i < postings.slots.size(); ++i) {
            quint16 &count = m_counts[postings.slots[i]];
            count = quint16(std::min<int>(65'535, count + std::max<int>(1, postings.counts[i])));
        }
    }
    void add(quint16 slot) { m_counts[slot] = std::max<quint16>(1, m_counts[slot]); }
    void take(Postings &into) const
    {
        for (int slot = 0; slot < blockSize; ++slot) {
            if (m_counts[size_t(slot)] == 0)
                continue;
            into.slots.push_back(quint16(slot));
            into.counts.push_back(m_counts[size_t(slot)]);
        }
    }

private:
    std::vector<quint16> m_counts = std::vector<quint16>(blockSize);
};
} // namespace

quint32 Candidates::messagesWith(Connection &index, const BlockSource &source, const Search::Words &words,
                                 const QByteArray &term)
{
    if (!source.memory) {
        return words.prefix ? SearchStore::countPrefix(index, source.block, term, mostExpansions)
                            : SearchStore::messagesWith(index, source.block, term);
    }
    if (!words.prefix) {
        const Postings *found = source.memory->find(term);
        return found ? quint32(found->slots.size()) : 0;
    }
    quint32 sum = 0;
    for (const auto &[key, postings] : source.memory->terms()) {
        if (key.startsWith(term))
            sum += quint32(postings.slots.size());
    }
    return sum;
}

const Postings *Candidates::fetch(const QByteArray &term, bool prefix, Part part)
{
    const Postings *found = nullptr;
    if (prefix) {
        Union all;
        int expansions = 0;
        const auto add = [&](const Postings &postings) {
            if (++expansions <= mostExpansions)
                all.add(postings);
        };
        if (m_source.memory) {
            for (const auto &[key, postings] : m_source.memory->terms()) {
                if (key.startsWith(term))
                    add(postings);
            }
        } else {
            SearchStore::withPrefix(m_index, m_source.block, term, mostExpansions, add);
        }
        Postings &into = m_buffers.emplace_back();
        all.take(into);
        found = into.isEmpty() ? nullptr : &into;
    } else if (m_source.memory) {
        found = m_source.memory->find(term);
    } else {
        Postings &into = m_buffers.emplace_back();
        if (SearchStore::postings(m_index, m_source.block, term, part, into))
            found = &into;
    }
    if (found)
        m_plan.budget -= qint64(found->slots.size()) * (part == Part::Everything ? 3 : 1);
    return found;
}

//! False: a part of them is not in the block.
bool Candidates::fetchWords(const SearchPlan::Word &word, std::vector<const Postings *> &parts)
{
    const Part part = isPhrase(word.words) ? Part::Everything : Part::Slots;
    for (const Search::Words::Part &each : word.words.parts) {
        const Postings *found = fetch(each.term, word.words.prefix, part);
        if (!found)
            return false;
        parts.push_back(found);
    }
    return true;
}

std::vector<quint16> Candidates::slotsOf(const std::vector<qint64> &pks) const
{
    std::vector<quint16> slots;
    const qint64 first = firstOf(m_source.block);
    for (auto it = std::lower_bound(pks.begin(), pks.end(), first); it != pks.end() && *it < first + blockSize; ++it)
        slots.push_back(slotOf(*it));
    return slots;
}

std::vector<quint16> Candidates::withAny(const SearchPlan::AnyOf &terms, const std::vector<qint64> *extra)
{
    if (terms.size() == 1 && !extra) {
        const Postings *found = fetch(terms.front(), false, Part::Slots);
        return found ? found->slots : std::vector<quint16>();
    }
    Union all;
    for (const QByteArray &term : terms) {
        if (const Postings *found = fetch(term, false, Part::Slots))
            all.add(*found);
    }
    if (extra) {
        for (const quint16 slot : slotsOf(*extra))
            all.add(slot);
    }
    Postings joined;
    all.take(joined);
    return joined.slots;
}

void Candidates::keep(const std::vector<quint16> &slots)
{
    if (std::exchange(m_any, false)) {
        m_slots = slots;
        return;
    }
    std::vector<quint16> both;
    both.reserve(std::min(m_slots.size(), slots.size()));
    std::set_intersection(m_slots.begin(), m_slots.end(), slots.begin(), slots.end(), std::back_inserter(both));
    m_slots.swap(both);
}

void Candidates::removeAll(const std::vector<quint16> &slots)
{
    std::vector<quint16> rest;
    rest.reserve(m_slots.size());
    std::set_difference(m_slots.begin(), m_slots.end(), slots.begin(), slots.end(), std::back_inserter(rest));
    m_slots.swap(rest);
}

void Candidates::keepPhrases(const std::vector<const Postings *> &parts, const Search::Words &words,
                             std::vector<quint16> &slots) const
{
    std::vector<PositionWalker> walkers;
    walkers.reserve(parts.size());
    for (const Postings *part : parts)
        walkers.emplace_back(*part);
    std::erase_if(slots, [&](quint16 slot) {
        // Positions of the first part at which all parts so far stand in their places.
        std::vector<quint32> begins = walkers.front().positionsOf(slot);
        for (size_t i = 1; i < walkers.size() && !begins.empty(); ++i) {
            const std::vector<quint32> &at = walkers[i].positionsOf(slot);
            const auto offset = quint32(words.parts.at(qsizetype(i)).offset);
            std::erase_if(begins, [&](quint32 begin) {
                return !std::binary_search(at.begin(), at.end(), begin + offset);
            });
        }
        return begins.empty();
    });
}

bool Candidates::isVisible(quint16 slot) const
{
    if (!m_facts.has(slot))
        return false;
    const quint32 room = m_facts.rooms[slot];
    if (room >= m_plan.rooms->size() || !(*m_plan.rooms)[room])
        return false;
    const quint32 time = m_facts.times[slot];
    if ((m_plan.sinceSeconds && time < *m_plan.sinceSeconds) || (m_plan.untilSeconds && time >= *m_plan.untilSeconds))
        return false;
    const qint64 pk = firstOf(m_source.block) + slot;
    if ((m_plan.newest > 0 && pk > m_plan.newest) || (m_plan.before > 0 && pk >= m_plan.before) || pk <= m_plan.after)
        return false;
    if (!m_plan.unread)
        return true;
    const auto from = m_plan.unreadFrom.constFind(room);
    return *m_plan.unread == (from != m_plan.unreadFrom.cend() && pk >= *from);
}

void Candidates::keepVisible()
{
    if (m_any) {
        m_any = false;
        m_slots.resize(m_facts.rooms.size());
        for (size_t slot = 0; slot < m_slots.size(); ++slot)
            m_slots[slot] = quint16(slot);
    }
    std::erase_if(m_slots, [this](quint16 slot) { return !isVisible(slot); });
}

const std::vector<quint16> &Candidates::find()
{
    m_slots.clear();
    for (const SearchPlan::Word &word : m_plan.words) {
        if (!fetchWords(word, m_found.emplace_back()))
            return m_slots;
    }
    for (size_t i = 0; i < m_plan.fields.size(); ++i) {
        const std::vector<qint64> *extra = nullptr;
        for (const auto &[index, pks] : m_plan.extra) {
            if (index == i)
                extra = &pks;
        }
        keep(withAny(m_plan.fields[i], extra));
        if (m_slots.empty())
            return m_slots;
    }
    for (const std::vector<qint64> &set : m_plan.sets)
        keep(slotsOf(set));
    // The rarest first: what follows looks at few.
    std::vector<const Postings *> all;
    for (const auto &parts : m_found)
        all.insert(all.end(), parts.begin(), parts.end());
    std::sort(all.begin(), all.end(),
              [](const Postings *x, const Postings *y) { return x->slots.size() < y->slots.size(); });
    for (const Postings *postings : all)
        keep(postings->slots);
    keepVisible();
    for (size_t i = 0; i < m_found.size() && !m_slots.empty(); ++i) {
        if (isPhrase(m_plan.words[i].words))
            keepPhrases(m_found[i], m_plan.words[i].words, m_slots);
    }
    for (const std::vector<qint64> &set : m_plan.withoutSets)
        removeAll(slotsOf(set));
    if (!m_slots.empty() && !m_plan.withoutFields.empty())
        removeAll(withAny(m_plan.withoutFields, nullptr));
    for (const SearchPlan::Word &word : m_plan.without) {
        std::vector<const Postings *> parts;
        if (m_slots.empty() || !fetchWords(word, parts))
            continue;
        std::vector<quint16> with = m_slots;
        for (const Postings *part : parts) {
            std::vector<quint16> both;
            std::set_intersection(with.begin(), with.end(), part->slots.begin(), part->slots.end(),
                                  std::back_inserter(both));
            with.swap(both);
        }
        if (isPhrase(word.words))
            keepPhrases(parts, word.words, with);
        removeAll(with);
    }
    return m_slots;
}

std::vector<double> Candidates::scores() const
{
    std::vector<double> scores(m_slots.size());
    const double average = std::max(1.0, double(m_plan.wordCount) / double(std::max<quint64>(1, m_plan.messages)));
    for (size_t w = 0; w < m_found.size(); ++w) {
        for (size_t p = 0; p < m_found[w].size(); ++p) {
            const Postings &postings = *m_found[w][p];
            const double weight = m_plan.words[w].weights[p];
            size_t at = 0;
            for (size_t i = 0; i < m_slots.size(); ++i) {
                while (postings.slots[at] < m_slots[i]) // it is there: find() kept only those
                    ++at;
                const double count = postings.counts[at];
                const double length = m_facts.lengths[m_slots[i]] / average;
                scores[i] += weight * count * (k1 + 1) / (count + k1 * (1 - b + b * length));
            }
        }
    }
    return scores;
}

} // namespace Atom::Storage
