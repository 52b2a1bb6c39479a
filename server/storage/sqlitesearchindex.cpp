// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqlitesearchindex.h"

namespace Atom::Storage {

namespace {
std::shared_ptr<SearchState> stateFor(const QString &file)
{
    auto state = std::make_shared<SearchState>();
    state->file = file;
    return state;
}
} // namespace

SqliteSearchIndex::SqliteSearchIndex(Parts parts, Writer &writer, CompletionQueue &completions,
                                     MetricRegistry &metrics, SearchIndexer::Options options,
                                     SearchEvaluator::Budget budget)
    : m_state(stateFor(parts.file)),
      m_indexer(std::move(parts.indexSource), std::move(parts.indexing), writer, m_state, metrics, options),
      m_evaluator(std::make_shared<SearchEvaluator>(std::move(parts.searching), m_state, budget)),
      m_reader(std::move(parts.searchSource), completions, waitingSearches)
{
}

QCoro::Task<Result<Search::Found>> SqliteSearchIndex::find(Search::Lookup lookup)
{
    return m_reader.run<Search::Found>([evaluator = m_evaluator, lookup = std::move(lookup)](Connection &source) {
        return evaluator->find(source, lookup);
    });
}

void SqliteSearchIndex::stopBlocking()
{
    m_reader.stopBlocking();
    m_indexer.stopBlocking();
}

} // namespace Atom::Storage
