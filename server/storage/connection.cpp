// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/connection.h"

#include "server/storage/logging.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <sqlite3.h>

namespace Atom::Storage {
using namespace Qt::StringLiterals;

namespace {
constexpr Sql schemaVersionSql("PRAGMA schema_version");
constexpr Sql journalModeSql("PRAGMA journal_mode");

int rememberWalPages(void *pages, sqlite3 *, const char *, int count)
{
    *static_cast<int *>(pages) = count;
    return SQLITE_OK;
}
} // namespace

bool SqliteFailure::isFatal() const
{
    switch (code & 0xff) {
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
        return true;
    default:
        return false;
    }
}

bool SqliteFailure::isConstraint() const
{
    return (code & 0xff) == SQLITE_CONSTRAINT;
}

bool SqliteFailure::isDamage() const
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

Error SqliteFailure::toError() const
{
    const QString cause = u"SQLite %1: %2"_s.arg(code).arg(message);
    if (isConstraint())
        return Error(Errc::Conflict, u"That contradicts what is stored already."_s, cause);
    if ((code & 0xff) == SQLITE_BUSY) {
        Error busy(Errc::Unavailable, u"The database is busy; try again."_s, cause);
        busy.retryAfter = seconds(1);
        return busy;
    }
    return Error(Errc::Internal, u"The database failed."_s, cause);
}

Result<std::unique_ptr<Connection>> Connection::openBlocking(const QString &file, Access access, const QByteArray &vfs)
{
    // Without its statistics SQLite's allocations need no lock: each statement makes a dozen.
    static const int withoutStatistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    Q_UNUSED(withoutStatistics)
    std::unique_ptr<Connection> c(new Connection);
    const int flags = (access == Access::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int rc = sqlite3_open_v2(QFile::encodeName(file).constData(), &c->m_db, flags,
                                   vfs.isEmpty() ? nullptr : vfs.constData());
    if (rc != SQLITE_OK) {
        c->setFailure(rc);
        return Error(Errc::Internal, u"Cannot open %1: %2."_s.arg(file, c->m_failure->message));
    }
    // The writer checkpoints itself (see storagewriter.h), so SQLite's own automatic one, whose failure nobody would
    // hear of, is replaced by a hook that only looks at the size of the log.
    sqlite3_wal_hook(c->m_db, rememberWalPages, &c->m_walPages);
    sqlite3_busy_timeout(c->m_db, 5000);
    return c;
}

bool Connection::configure(Access access)
{
    pragma(schemaVersionSql);
    if (!runScript(
            access == Access::ReadOnly
                ? "PRAGMA query_only=ON; PRAGMA cache_size=-32768;"
                : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                  "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=268435456;"
                  "PRAGMA trusted_schema=OFF;"
                  // What is deleted is overwritten: neither purged nor deleted messages stay readable in free pages.
                  "PRAGMA secure_delete=ON;"))
        return false;
    if (pragmaText(journalModeSql) == "wal")
        return true;
    SqliteFailure failure;
    failure.code = SQLITE_CANTOPEN;
    failure.message = u"no write-ahead log is possible here; the data folder must be on a local file system"_s;
    m_failure = std::move(failure);
    return false;
}

Connection::~Connection()
{
    for (const auto &[key, statement] : m_statements)
        sqlite3_finalize(statement);
    sqlite3_close_v2(m_db);
}

bool Connection::runScript(const QByteArray &script)
{
    if (m_failure)
        return false;
    const int rc = sqlite3_exec(m_db, script.constData(), nullptr, nullptr, nullptr);
    if (rc != SQLITE_OK)
        setFailure(rc);
    return rc == SQLITE_OK;
}

qint64 Connection::pragma(Sql sql)
{
    Statement statement(*this, sql);
    return statement.step() ? statement.integer(0) : 0;
}

QByteArray Connection::pragmaText(Sql sql)
{
    Statement statement(*this, sql);
    return statement.step() ? statement.text(0) : QByteArray();
}

void Connection::setFailure(int code)
{
    if (m_failure)
        return;
    SqliteFailure failure;
    failure.code = code;
    failure.message = m_db ? QString::fromUtf8(sqlite3_errmsg(m_db)) : QString::fromUtf8(sqlite3_errstr(code));
    m_failure = std::move(failure);
}

qint64 Connection::totalChanges() const
{
    return sqlite3_total_changes64(m_db);
}

int Connection::changes() const
{
    return sqlite3_changes(m_db);
}

qint64 Connection::lastInsertRowId() const
{
    return sqlite3_last_insert_rowid(m_db);
}

bool Connection::checkpoint(Checkpoint how, int *copied)
{
    const int mode = how == Checkpoint::Truncate  ? SQLITE_CHECKPOINT_TRUNCATE
                     : how == Checkpoint::Restart ? SQLITE_CHECKPOINT_RESTART
                                                  : SQLITE_CHECKPOINT_PASSIVE;
    const int rc = sqlite3_wal_checkpoint_v2(m_db, nullptr, mode, nullptr, copied);
    if (rc == SQLITE_OK) {
        m_walPages = 0;
        return true;
    }
    if ((rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED)
        return true;
    setFailure(rc);
    return false;
}

sqlite3_stmt *Connection::prepared(Sql sql)
{
    if (m_failure)
        return nullptr;
    sqlite3_stmt *&statement = m_statements[sql.text()];
    if (!statement) {
        const int rc = sqlite3_prepare_v3(m_db, sql.text(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        if (rc != SQLITE_OK)
            setFailure(rc);
    }
    Q_ASSERT_X(!statement || !sqlite3_stmt_busy(statement), "Connection", "a statement is used within itself");
    return statement;
}

Statement::~Statement()
{
    if (!m_statement)
        return;
    sqlite3_reset(m_statement);
    sqlite3_clear_bindings(m_statement);
}

bool Statement::step()
{
    if (!m_statement || m_db.m_failure)
        return false;
    const int rc = sqlite3_step(m_statement);
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE)
        m_db.setFailure(rc);
    return false;
}

qint64 Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

double Statement::real(int column) const
{
    return sqlite3_column_double(m_statement, column);
}

QByteArray Statement::text(int column) const
{
    const void *bytes = sqlite3_column_blob(m_statement, column);
    return QByteArray(static_cast<const char *>(bytes), sqlite3_column_bytes(m_statement, column));
}

QString Statement::string(int column) const
{
    return QString::fromUtf8(text(column));
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

std::optional<Timestamp> Statement::optionalTime(int column) const
{
    return isNull(column) ? std::nullopt : std::optional(time(column));
}

QJsonObject Statement::object(int column) const
{
    return isNull(column) ? QJsonObject() : QJsonDocument::fromJson(text(column)).object();
}

void Statement::bind(qint64 value)
{
    check(sqlite3_bind_int64(m_statement, m_next++, value));
}

void Statement::bind(double value)
{
    check(sqlite3_bind_double(m_statement, m_next++, value));
}

void Statement::bind(const QByteArray &text)
{
    // A null QByteArray has data "", never a null pointer: it is bound as empty text.
    check(sqlite3_bind_text64(m_statement, m_next++, text.constData(), sqlite3_uint64(text.size()), SQLITE_TRANSIENT,
                              SQLITE_UTF8));
}

void Statement::bind(const Blob &blob)
{
    check(sqlite3_bind_blob64(m_statement, m_next++, blob.bytes.constData(), sqlite3_uint64(blob.bytes.size()),
                              SQLITE_TRANSIENT));
}

void Statement::bind(const OrNull &value)
{
    if (value.text.isEmpty())
        bind(std::nullopt);
    else
        bind(value.text);
}

void Statement::bind(std::nullopt_t)
{
    check(sqlite3_bind_null(m_statement, m_next++));
}

void Statement::bind(const std::optional<Timestamp> &time)
{
    if (time)
        bind(*time);
    else
        bind(std::nullopt);
}

void Statement::bind(const QJsonObject &object)
{
    if (object.isEmpty())
        bind(std::nullopt);
    else
        bind(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

void Statement::check(int rc)
{
    if (rc != SQLITE_OK)
        m_db.setFailure(rc);
}

QByteArray jsonValueText(const QJsonValue &value)
{
    if (value.isUndefined())
        return {};
    // QJsonDocument writes only arrays and objects: the value travels in an array.
    const QByteArray wrapped = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return wrapped.mid(1, wrapped.size() - 2);
}

QJsonValue jsonValueFromText(const QByteArray &text)
{
    if (text.isEmpty())
        return QJsonValue(QJsonValue::Undefined);
    return QJsonDocument::fromJson('[' + text + ']').array().at(0);
}

} // namespace Atom::Storage
