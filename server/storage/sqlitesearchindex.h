// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/searchevaluator.h"
#include "server/storage/storagereader.h"

namespace Atom::Storage {

//! \brief The search over the stored messages: one thread that indexes, one that searches. Deleted and edited texts are
//! gone from the index within seconds; see SearchIndexer.
class SqliteSearchIndex final : public Search::SearchIndex
{
public:
    struct Parts
    {
        std::unique_ptr<Connection> indexing;    //!< search.db, for writing
        std::unique_ptr<Connection> indexSource; //!< atom.db
        std::unique_ptr<Connection> searching;   //!< search.db
        std::unique_ptr<Connection> searchSource; //!< atom.db
        QString file;                             //!< search.db
    };
    SqliteSearchIndex(Parts parts, Writer &writer, CompletionQueue &completions, MetricRegistry &metrics,
                      SearchIndexer::Options options = {}, SearchEvaluator::Budget budget = {});

    QCoro::Task<Result<Search::Found>> find(Search::Lookup lookup) override;
    void wake() override { m_indexer.wake(); }
    //! \brief Answers what waits, ends both threads.
    void stopBlocking();

private:
    static constexpr int waitingSearches = 200;
    std::shared_ptr<SearchState> m_state;
    SearchIndexer m_indexer; //!< first made, last gone: only who may write can tidy up the log when closing
    std::shared_ptr<SearchEvaluator> m_evaluator; //!< used on the reader's thread only
    Reader m_reader;
};

} // namespace Atom::Storage
