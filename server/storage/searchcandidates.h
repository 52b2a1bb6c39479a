// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/search/searchquery.h"
#include "server/storage/searchindexer.h"

#include <deque>

namespace Atom::Storage {

//! \brief One block during a search: in memory or on disk.
struct BlockSource
{
    qint64 block = 0;
    const MemoryBlock *memory = nullptr; //!< null: on disk
    SearchStore::Block stored;
    quint32 messages = 0;
    quint64 words = 0;
};

//! \brief A search in terms of the index.
struct SearchPlan
{
    struct Word
    {
        Search::Words words;
        std::vector<double> weights; //!< of each part: how rare it is (idf)
    };
    using AnyOf = std::vector<QByteArray>;

    std::vector<Word> words;
    std::vector<Word> without;
    std::vector<AnyOf> fields; //!< one term of each list must be there
    AnyOf withoutFields;
    //! Messages by pk, ascending, that count as if they had a term of the list `fields[index]`.
    std::vector<std::pair<size_t, std::vector<qint64>>> extra;
    std::vector<std::vector<qint64>> sets;        //!< ascending pks; the message must be in each
    std::vector<std::vector<qint64>> withoutSets; //!< and in none of these
    std::shared_ptr<const std::vector<quint8>> rooms; //!< by rooms.pk
    QHash<quint32, qint64> unreadFrom; //!< by rooms.pk: the first unread message's pk
    std::optional<bool> unread;        //!< must be, must not be
    std::optional<quint32> sinceSeconds;
    std::optional<quint32> untilSeconds; //!< exclusive
    qint64 newest = 0;
    qint64 before = 0; //!< pk below; 0: any
    qint64 after = 0;  //!< pk above
    std::vector<BlockSource> blocks; //!< the newest first
    quint64 messages = 0;
    quint64 wordCount = 0;
    qint64 budget = 0; //!< postings that may still be read
};

//! \brief The matches of one block, found step by step. All vectors are ascending by slot.
class Candidates
{
public:
    Candidates(Connection &index, const BlockSource &source, const BlockFacts &facts, SearchPlan &plan)
        : m_index(index), m_source(source), m_facts(facts), m_plan(plan)
    {
    }
    //! \brief The messages of the block that are searched for and may be seen.
    const std::vector<quint16> &find();
    //! \brief BM25 of each of find()'s messages.
    std::vector<double> scores() const;

    static quint32 messagesWith(Connection &index, const BlockSource &source, const Search::Words &words,
                                const QByteArray &term);

private:
    const Postings *fetch(const QByteArray &term, bool prefix, Part part);
    bool fetchWords(const SearchPlan::Word &word, std::vector<const Postings *> &parts);
    std::vector<quint16> withAny(const SearchPlan::AnyOf &terms, const std::vector<qint64> *extra);
    void keepVisible();
    void keepPhrases(const std::vector<const Postings *> &parts, const Search::Words &words,
                     std::vector<quint16> &slots) const;
    void keep(const std::vector<quint16> &slots);
    void removeAll(const std::vector<quint16> &slots);
    std::vector<quint16> slotsOf(const std::vector<qint64> &pks) const;
    bool isVisible(quint16 slot) const;

    Connection &m_index;
    const BlockSource &m_source;
    const BlockFacts &m_facts;
    SearchPlan &m_plan;
    bool m_any = true; //!< nothing has narrowed the block yet
    std::vector<quint16> m_slots;
    std::deque<Postings> m_buffers; //!< what was read from the disk; pointers into it stay valid
    std::vector<std::vector<const Postings *>> m_found; //!< of each of the plan's words
};

} // namespace Atom::Storage
