// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/integritycheck.h"

#include "server/storage/logging.h"
#include "server/storage/threadpriority.h"

#include <QtCore/QElapsedTimer>

#include <sqlite3.h>

namespace Atom::Storage {
using namespace Qt::StringLiterals;

namespace {
constexpr Sql wholeSql("PRAGMA quick_check(1)");
constexpr Sql tablesSql("SELECT name FROM sqlite_schema WHERE type = 'table'");
constexpr Sql tableSql("SELECT * FROM pragma_quick_check(?)");

QString wordsOf(Statement &check, Connection &db)
{
    const QString found = check.step() ? check.string(0) : QString();
    if (db.failure())
        return db.failure()->message;
    return found == "ok"_L1 ? QString() : found;
}
} // namespace

IntegrityCheck::IntegrityCheck(std::unique_ptr<Connection> db, std::function<void(const QString &)> damaged)
    : m_db(std::move(db))
{
    m_thread.reset(QThread::create([this, damaged = std::move(damaged)] { run(damaged); }));
    m_thread->setObjectName(u"storage-check"_s);
    m_thread->start();
}

IntegrityCheck::~IntegrityCheck()
{
    stopBlocking();
}

void IntegrityCheck::stopBlocking()
{
    m_stopping = true;
    sqlite3_interrupt(m_db->handle());
    m_thread->wait();
}

QString IntegrityCheck::findBlocking(Connection &db)
{
    Statement check(db, wholeSql);
    return wordsOf(check, db);
}

void IntegrityCheck::run(const std::function<void(const QString &)> &damaged)
{
    lowerPriorityOfThisThread();
    QElapsedTimer timer;
    timer.start();
    QStringList tables;
    {
        Statement all(*m_db, tablesSql);
        while (all.step())
            tables.append(all.string(0));
    }
    for (const QString &table : std::as_const(tables)) {
        Statement check(*m_db, tableSql, table);
        const QString found = wordsOf(check, *m_db);
        if (m_stopping)
            return;
        // Busy is no damage: somebody else locks the file, and a table less was read.
        const bool isBusy = m_db->failure() && !m_db->failure()->isDamage() && !m_db->failure()->isFatal();
        m_db->clearFailure();
        if (found.isEmpty() || isBusy)
            continue;
        damaged(found);
        return;
    }
    qCInfo(lcStorage) << "the database was read through and is sound," << timer.elapsed() << "ms";
}

} // namespace Atom::Storage
