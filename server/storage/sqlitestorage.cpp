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
constexpr Sql writeProbeSql("INSERT INTO probe (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at");
constexpr Sql readProbeSql("SELECT at FROM probe WHERE id = 1");

Error damaged(const QString &file, const QString &what)
{
    return Error(
        Errc::Internal,
        u"The database %1 is damaged (%2), so the server does not start on it. Nothing was changed. To go on: "
        "copy the whole data folder to a safe place, remove atom.db, atom.db-wal, atom.db-shm and search.db from "
        "it, put the newest backup there as atom.db, and start again."_s.arg(file, what),
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

Result<SqliteSearchIndex::Parts> openSearchBlocking(const QString &folder, const QByteArray &vfs)
{
    const QString messages = folder + u"/atom.db"_s;
    const QString index = folder + u"/search.db"_s;
    SqliteSearchIndex::Parts parts;
    parts.file = index;
    const auto take = [](Result<std::unique_ptr<Connection>> opened,
                         std::unique_ptr<Connection> &into) -> Result<void> {
        if (!opened)
            return std::move(opened.error());
        into = std::move(*opened);
        return {};
    };
    // The writing one first: it makes the file.
    Result<void> taken = take(SearchStore::openBlocking(index, vfs), parts.indexing);
    if (taken)
        taken = take(SearchStore::openReaderBlocking(index, vfs), parts.searching);
    if (taken)
        taken = take(connectBlocking(messages, Connection::Access::ReadOnly, vfs), parts.indexSource);
    if (taken)
        taken = take(connectBlocking(messages, Connection::Access::ReadOnly, vfs), parts.searchSource);
    if (!taken)
        return std::move(taken.error());
    return parts;
}

//! Says to the next start that the database must be checked before anything else.
QString suspicionOf(const QString &file)
{
    return file + u".suspect"_s;
}

//! A large database takes seconds to read through: then the server is up while that happens. Not when there is a reason
//! for doubt, and never before a migration: a script that moves damaged rows would make the damage final.
bool mustCheckFirst(Connection &db, const QString &file, qint64 checkFirstBytes)
{
    return QFileInfo(file).size() <= checkFirstBytes || QFile::exists(suspicionOf(file)) || Migrator::isDueBlocking(db);
}

Result<void> checkBlocking(Connection &db, const QString &file)
{
    const QString found = IntegrityCheck::findBlocking(db);
    if (!found.isEmpty())
        return damaged(file, found);
    QFile::remove(suspicionOf(file));
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
    const bool isChecked = mustCheckFirst(*parts.writing, file, options.checkFirstBytes);
    if (isChecked) {
        if (Result<void> sound = checkBlocking(*parts.writing, file); !sound)
            return std::move(sound.error());
    }
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
    if (!isChecked) {
        Result<std::unique_ptr<Connection>> checking = connectBlocking(file, Connection::Access::ReadOnly, options.vfs);
        if (!checking)
            return std::move(checking.error());
        parts.checking = std::move(*checking);
    }
    if (Result<SqliteSearchIndex::Parts> search = openSearchBlocking(options.folder, options.vfs); !search)
        return std::move(search.error());
    else
        parts.search = std::move(*search);
    return parts;
}

SqliteStorage::SqliteStorage(Parts parts, const Options &options, Clock &clock, MetricRegistry &metrics)
    : m_clock(clock), m_folder(options.folder), m_lock(std::move(parts.lock)),
      m_writer(std::move(parts.writing), std::move(parts.checkpointing), m_completions, metrics, options.limits),
      m_reader(std::move(parts.reading), m_completions), m_audit(m_writer, m_reader), m_users(m_writer, m_reader),
      m_sessions(m_writer, m_reader), m_accounts(m_writer, m_reader), m_permissions(m_writer, m_reader),
      m_rooms(m_writer, m_reader), m_invitations(m_writer, m_reader), m_preferences(m_writer, m_reader),
      m_retention(m_writer, m_reader), m_exports(m_writer, m_reader), m_personal(m_writer, m_reader),
      m_search(std::move(parts.search), m_writer, m_completions, metrics, options.indexing),
      m_workflows(m_writer, m_reader), m_assistant(m_writer, m_reader), m_intents(m_writer, m_reader),
      m_facts(m_writer, m_reader), m_llmUsage(m_writer, m_reader), m_traces(m_writer, m_reader, metrics),
      m_alerts(m_writer, m_reader)
{
    if (parts.checking)
        m_check = std::make_unique<IntegrityCheck>(std::move(parts.checking),
                                                   [this](const QString &found) { reportDamage(found); });
}

SqliteStorage::~SqliteStorage()
{
    closeBlocking();
}

void SqliteStorage::onFatal(std::function<void(const Error &)> handler)
{
    m_onFatal = handler;
    m_writer.onFatal(std::move(handler));
}

void SqliteStorage::reportDamage(const QString &found)
{
    const QString file = m_folder + u"/atom.db"_s;
    QFile suspicion(suspicionOf(file));
    if (suspicion.open(QIODevice::WriteOnly))
        suspicion.write(found.toUtf8());
    suspicion.close();
    m_completions.post([this, file, found] {
        if (m_onFatal)
            m_onFatal(damaged(file, found));
        else
            qFatal("%s", qPrintable(damaged(file, found).detail));
    });
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
    if (m_check)
        m_check->stopBlocking();
    m_reader.stopBlocking();
    m_search.stopBlocking();
    m_writer.stopBlocking();
    m_completions.drain();
}

} // namespace Atom::Storage
