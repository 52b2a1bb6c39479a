// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqlitestorage.h"

#include "server/storage/logging.h"
#include "server/storage/migrator.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

namespace Atom::Storage {
using namespace Qt::StringLiterals;

namespace {
constexpr Sql quickCheckSql("PRAGMA quick_check(1)");
constexpr Sql writeProbeSql("INSERT INTO probe (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at");
constexpr Sql readProbeSql("SELECT at FROM probe WHERE id = 1");

Error damaged(const QString &file, const QString &what)
{
    return Error(Errc::Internal,
                 u"The database %1 is damaged (%2), so the server does not start on it. Nothing was changed. To go on: "
                 "copy the whole data folder to a safe place, remove atom.db, atom.db-wal and atom.db-shm from it, put "
                 "the newest backup there as atom.db, and start again."_s.arg(file, what),
                 what);
}

//! People's messages are nobody else's: folder and files are for the server's own account only.
Result<void> prepareFolderBlocking(const QString &folder, const QString &file)
{
    const bool isNew = !QFileInfo::exists(folder);
    if (folder.isEmpty() || !QDir().mkpath(folder))
        return Error(Errc::Internal, u"The data folder \"%1\" cannot be made."_s.arg(folder));
    if (isNew)
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    if (QFileInfo::exists(file))
        return {};
    // SQLite gives its other files the permissions of this one.
    QFile empty(file);
    if (!empty.open(QIODevice::WriteOnly | QIODevice::NewOnly))
        return Error(Errc::Internal, u"Cannot make %1: %2."_s.arg(file, empty.errorString()));
    empty.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    return {};
}

Result<std::unique_ptr<Connection>> connectBlocking(const QString &file, Connection::Access access,
                                                    const QByteArray &vfs)
{
    Result<std::unique_ptr<Connection>> opened = Connection::openBlocking(file, access, vfs);
    if (!opened)
        return opened;
    std::unique_ptr<Connection> connection = std::move(*opened);
    if (connection->configure(access))
        return connection;
    const SqliteFailure failure = *connection->failure();
    if (failure.isDamage())
        return damaged(file, failure.message);
    return Error(Errc::Internal, u"The database %1 cannot be used: %2."_s.arg(file, failure.message),
                 failure.toError().cause);
}

Result<void> checkBlocking(Connection &db, const QString &file)
{
    QString found;
    {
        Statement check(db, quickCheckSql);
        if (check.step())
            found = check.string(0);
    }
    if (db.failure())
        return damaged(file, db.failure()->message);
    if (found != "ok"_L1)
        return damaged(file, found);
    return {};
}
} // namespace

Result<std::unique_ptr<Storage>> Storage::openBlocking(const QString &dataFolder, Clock &clock, MetricRegistry &metrics)
{
    SqliteStorage::Options options;
    options.folder = dataFolder;
    Result<std::unique_ptr<SqliteStorage>> opened = SqliteStorage::openBlocking(options, clock, metrics);
    if (!opened)
        return std::move(opened.error());
    return std::unique_ptr<Storage>(std::move(*opened));
}

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::openBlocking(const Options &options, Clock &clock,
                                                                   MetricRegistry &metrics)
{
    Result<Parts> parts = openPartsBlocking(options);
    if (!parts)
        return std::move(parts.error());
    return std::unique_ptr<SqliteStorage>(new SqliteStorage(std::move(*parts), options, clock, metrics));
}

Result<SqliteStorage::Parts> SqliteStorage::openPartsBlocking(const Options &options)
{
    const QString file = options.folder + u"/atom.db"_s;
    if (Result<void> prepared = prepareFolderBlocking(options.folder, file); !prepared)
        return std::move(prepared.error());
    Parts parts;
    Result<std::unique_ptr<FolderLock>> lock = FolderLock::acquire(options.folder);
    if (!lock)
        return std::move(lock.error());
    parts.lock = std::move(*lock);

    Result<std::unique_ptr<Connection>> writing = connectBlocking(file, Connection::Access::ReadWrite, options.vfs);
    if (!writing)
        return std::move(writing.error());
    parts.writing = std::move(*writing);
    // Before the migration: a script that moves damaged rows would make the damage final.
    if (Result<void> sound = checkBlocking(*parts.writing, file); !sound)
        return std::move(sound.error());
    if (Result<int> migrated = Migrator::migrateBlocking(*parts.writing); !migrated)
        return std::move(migrated.error());

    Result<std::unique_ptr<Connection>> copying = connectBlocking(file, Connection::Access::ReadWrite, options.vfs);
    if (!copying)
        return std::move(copying.error());
    parts.checkpointing = std::move(*copying);
    Result<std::unique_ptr<Connection>> reading = connectBlocking(file, Connection::Access::ReadOnly, options.vfs);
    if (!reading)
        return std::move(reading.error());
    parts.reading = std::move(*reading);
    return parts;
}

SqliteStorage::SqliteStorage(Parts parts, const Options &options, Clock &clock, MetricRegistry &metrics)
    : m_clock(clock), m_lock(std::move(parts.lock)),
      m_writer(std::move(parts.writing), std::move(parts.checkpointing), m_completions, metrics, options.limits),
      m_reader(std::move(parts.reading), m_completions), m_users(m_writer, m_reader), m_sessions(m_writer, m_reader),
      m_accounts(m_writer, m_reader), m_rooms(m_writer, m_reader), m_personal(m_writer, m_reader),
      m_workflows(m_writer, m_reader),
      m_assistant(m_writer, m_reader), m_traces(m_writer, m_reader, metrics), m_alerts(m_writer, m_reader)
{
}

SqliteStorage::~SqliteStorage()
{
    closeBlocking();
}

QCoro::Task<Result<void>> SqliteStorage::probe()
{
    const Timestamp now = m_clock.now();
    Writer::Work<void> write = [now](Connection &db) -> Result<void> {
        execute(db, writeProbeSql, now);
        return {};
    };
    Result<void> written = co_await m_writer.run<void>(std::move(write));
    if (!written)
        co_return std::move(written.error());
    Reader::Work<Timestamp> read = [](Connection &db) -> Result<Timestamp> {
        Statement s(db, readProbeSql);
        return s.step() ? s.time(0) : Timestamp();
    };
    Result<Timestamp> found = co_await m_reader.run<Timestamp>(std::move(read));
    if (!found)
        co_return std::move(found.error());
    // A later probe may have written already.
    if (*found < now)
        co_return Error(Errc::Internal, u"The database does not return what was written."_s);
    co_return Result<void>();
}

void SqliteStorage::closeBlocking()
{
    if (std::exchange(m_closed, true))
        return;
    // Readers first, so that the writer's last checkpoint finds the log unused; then whoever still waits is answered.
    m_reader.stopBlocking();
    m_writer.stopBlocking();
    m_completions.drain();
}

} // namespace Atom::Storage
