// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/search/searchindex.h"
#include "server/storage/searchcandidates.h"

#include <deque>

namespace Atom::Storage {

//! \brief Answers searches, one after the other, on the thread of its reader.
//!
//! Goes through the blocks from the newest (or the oldest): takes the messages that hold every term, leaves those the
//! asker may not read, and ranks the rest by BM25 with a bonus for young ones. Order by time ends as soon as the page
//! is full. Order by relevance looks at every match, up to a bound on the work (`Budget`): above it, only the newest
//! part of a very frequent combination is ranked, and the answer says so.
class SearchEvaluator
{
public:
    struct Budget
    {
        qint64 postings = 8'000'000; //!< read at most so many for one search; some 40 ms
        qsizetype factsBlocks = 192; //!< kept in memory: 330 kB each
    };
    SearchEvaluator(std::unique_ptr<Connection> index, std::shared_ptr<SearchState> state, Budget budget);

    //! \brief `source` reads atom.db.
    Result<Search::Found> find(Connection &source, const Search::Lookup &lookup);

private:
    struct Ranked
    {
        double score = 0;
        qint64 pk = 0;
    };
    //! The rooms of a scope as a table by rooms.pk.
    struct Rooms
    {
        std::shared_ptr<const Search::RoomScope> scope;
        std::shared_ptr<const std::vector<quint8>> table;
    };
    qint64 roomPk(Connection &source, const RoomId &room);
    std::shared_ptr<const std::vector<quint8>> tableOf(Connection &source, const Search::Lookup &lookup);
    SearchPlan plan(Connection &source, const Search::Lookup &lookup);
    std::shared_ptr<const BlockFacts> factsOf(const SearchStore::Block &block);
    void rank(const Search::Lookup &lookup, SearchPlan &plan, std::vector<Ranked> &best, Search::Found &found);
    void inOrder(const Search::Lookup &lookup, SearchPlan &plan, std::vector<Ranked> &hits, Search::Found &found);
    Search::Hit load(Connection &source, const Search::Lookup &lookup, const Ranked &ranked);

    std::unique_ptr<Connection> m_index;
    std::shared_ptr<SearchState> m_state;
    const Budget m_budget;
    QHash<RoomId, qint64> m_roomPks;
    std::deque<Rooms> m_scopes; //!< the last ones used, newest first
    struct KeptFacts
    {
        qint64 version = 0;
        quint64 used = 0;
        std::shared_ptr<const BlockFacts> facts;
    };
    std::map<qint64, KeptFacts> m_facts;
    quint64 m_uses = 0;
};

} // namespace Atom::Storage
