// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/connection.h"

#include <QtCore/QThread>

#include <atomic>
#include <functional>

namespace Atom::Storage {

//! \brief Reads a large database through, table by table, on a thread of its own with low priority, while it is in use.
//! Each table is one read transaction, so that the log can be emptied in between.
class IntegrityCheck
{
public:
    //! \brief Starts at once. `damaged` is called on the check's thread, once, with SQLite's words.
    IntegrityCheck(std::unique_ptr<Connection> db, std::function<void(const QString &)> damaged);
    ~IntegrityCheck();
    Q_DISABLE_COPY_MOVE(IntegrityCheck)
    //! \brief Gives up when it still runs.
    void stopBlocking();

    //! \brief The whole file, now. Empty: it is sound; else what is wrong with it.
    static QString findBlocking(Connection &db);

private:
    void run(const std::function<void(const QString &)> &damaged);

    std::unique_ptr<Connection> m_db;
    std::atomic<bool> m_stopping{false};
    std::unique_ptr<QThread> m_thread;
};

} // namespace Atom::Storage
