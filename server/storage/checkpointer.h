// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/connection.h"

#include <QtCore/QThread>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace Atom::Storage {

//! \brief Copies the write-ahead log into the database on a thread of its own, while the writer goes on committing.
//!
//! The copy of a full log (64 MB, spread over the whole database) and its sync take some hundred milliseconds; done by
//! the writer, everybody waits for them. Here pass after pass copies what came during the one before, until little is
//! left; the writer copies that rest itself, so that the log begins anew. All but the constructor: the writer's thread.
class Checkpointer
{
public:
    //! \brief `connection`: one of its own, able to write. `smallRest`: pages that the writer may copy by itself.
    Checkpointer(std::unique_ptr<Connection> connection, int smallRest);
    ~Checkpointer();
    Q_DISABLE_COPY_MOVE(Checkpointer)

    //! \brief Begins; does nothing while it works.
    void start();
    bool isWorking() const { return m_working.load(std::memory_order_acquire); }
    //! \brief Tells the pages of the log after a commit.
    void noteLog(int pages) { m_logPages.store(pages, std::memory_order_relaxed); }
    //! \brief Returns when it does not work any more.
    void waitBlocking();
    //! \brief Why the last pass failed: the database cannot be trusted to store. Only while it does not work.
    const std::optional<SqliteFailure> &failure() const { return m_connection->failure(); }

private:
    void loop();
    void copyLog();

    std::unique_ptr<Connection> m_connection; //!< its thread's while it works
    const int m_smallRest;
    std::atomic<bool> m_working{false};
    std::atomic<int> m_logPages{0};
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopping = false; //!< guarded
    std::unique_ptr<QThread> m_thread;
};

} // namespace Atom::Storage
