// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/searchstore.h"
#include "server/storage/storagewriter.h"

#include <map>

namespace Atom::Storage {

//! \brief What the thread that indexes and the thread that searches share.
struct SearchState
{
    QString file; //!< search.db
    std::mutex mutex;
    //! Guarded. Blocks that are not in search.db yet: the newest, and for a moment one that is being stored.
    std::map<qint64, std::shared_ptr<MemoryBlock>> fresh;
    std::atomic<bool> isComplete{false}; //!< nothing waits to be indexed
};

//! \brief Follows the stored messages on a thread of its own, with low priority, so that a message costs its sender
//! nothing: reads what was committed since, in batches, on its own connection.
//!
//! New messages are found by their rising pk; edits, deletions and what else changes a message by the table
//! `search_changes`, which triggers fill in the transaction of the change. Whole blocks are stored in search.db; the
//! newest block lives in memory and is read again from the messages at the next start, so there is one watermark, the
//! last stored block, which cannot disagree with the index. An entry of `search_changes` is removed after the index
//! without the old text is on disk and its log is emptied.
class SearchIndexer
{
public:
    struct Options
    {
        milliseconds gather{100};  //!< from the first new message to its batch
        milliseconds recheck{2000}; //!< looks without being woken
        milliseconds retry{10'000}; //!< after a failure
    };
    //! \brief `source` reads atom.db, `index` writes search.db. Starts at once.
    SearchIndexer(std::unique_ptr<Connection> source, std::unique_ptr<Connection> index, Writer &writer,
                  std::shared_ptr<SearchState> state, MetricRegistry &metrics, Options options);
    ~SearchIndexer();
    Q_DISABLE_COPY_MOVE(SearchIndexer)

    void wake(); //!< any thread; cheap when it is awake already
    void stopBlocking();

private:
    void loop();
    bool waitForWork();
    void recall();
    //! \return whether there may be more to do.
    bool step();
    bool indexNew();
    bool rewind(qint64 newest);
    bool applyChanges();
    void emptyLog();
    bool transaction(const std::function<void()> &work);
    std::vector<MessageFacts> readMessages(Sql sql, qint64 first, int limit);
    bool failed();

    std::unique_ptr<Connection> m_source;
    std::unique_ptr<Connection> m_index;
    Writer &m_writer;
    std::shared_ptr<SearchState> m_state;
    const Options m_options;
    Counter &m_indexed;
    Gauge &m_behind;

    qint64 m_upTo = 0;       //!< all messages up to this pk are in the index
    qint64 m_lastChange = 0; //!< applied up to this one
    qint64 m_toForget = 0;   //!< changes up to this one are applied and wait for the log to be emptied
    bool m_logHoldsOld = false;
    bool m_isDamaged = false; //!< search.db: nothing more is done until the next start makes it anew

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::atomic<bool> m_awake{true};
    bool m_stopping = false; //!< guarded
    std::unique_ptr<QThread> m_thread;
};

} // namespace Atom::Storage
