// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"
#include "shared/core/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QJsonObject>

#include <memory>
#include <optional>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace Atom::Storage {

//! \brief The text of a statement: always a literal, so that nothing from outside can become SQL, and its address can
//! serve as the key of the statement cache.
class Sql
{
public:
    consteval Sql(const char *text) : m_text(text) {} // NOLINT: implicit by design
    const char *text() const { return m_text; }

private:
    const char *m_text;
};

//! \brief What SQLite refused: an (extended) result code and its words.
struct SqliteFailure
{
    int code = 0;
    QString message;

    //! \brief The database cannot be trusted to store any more: I/O error, disk full, damaged, out of memory.
    bool isFatal() const;
    bool isConstraint() const;
    bool isDamage() const; //!< the file is not (or no longer) a whole database
    Error toError() const; //!< Conflict for a constraint, Unavailable when busy, else Internal
};

//! \brief One connection to the database. Used by one thread at a time (opened without SQLite's own mutex).
//!
//! The first failure of a statement sticks: later statements do nothing until clearFailure(), so that a unit of work
//! is written straight down and asked once at its end.
class Connection
{
public:
    enum class Access { ReadWrite, ReadOnly };
    //! \brief Opens; `vfs`: empty for the system's. \return Internal with the reason.
    static Result<std::unique_ptr<Connection>> openBlocking(const QString &file, Access access, const QByteArray &vfs);
    //! \brief Sets the pragmas: WAL, synchronous=FULL, foreign_keys. The first read, so a damaged file shows itself
    //! here. \return false: see failure().
    bool configure(Access access);
    ~Connection();
    Q_DISABLE_COPY_MOVE(Connection)

    //! \brief Runs a script (migrations, pragmas); false: see failure().
    bool runScript(const QByteArray &script);
    //! \brief The integer that a pragma answers; 0 when it fails.
    qint64 pragma(Sql sql);
    QByteArray pragmaText(Sql sql);

    const std::optional<SqliteFailure> &failure() const { return m_failure; }
    void clearFailure() { m_failure.reset(); }
    void setFailure(int code);

    qint64 totalChanges() const; //!< rows written since opening; to see whether a unit of work wrote anything
    int changes() const;         //!< by the last statement
    qint64 lastInsertRowId() const;
    //! \brief Grows with every rollback: caches of what is in the database are void when it changed.
    quint64 rollbacks() const { return m_rollbacks; }
    void noteRollback() { ++m_rollbacks; }

    //! \brief Pages in the write-ahead log after the last commit.
    int walPages() const { return m_walPages; }
    enum class Checkpoint {
        Passive,  //!< what no reader needs any more
        Restart,  //!< waits for readers (the busy time-out at most), so that the log begins anew
        Truncate, //!< and makes its file empty
    };
    //! \brief Moves the log into the database; `copied`: pages of the log that are there now, in all. Busy readers, or
    //! another one who does the same, are not an error. \return false: see failure().
    bool checkpoint(Checkpoint how, int *copied = nullptr);

    sqlite3 *handle() const { return m_db; }

private:
    friend class Statement;
    Connection() = default;
    sqlite3_stmt *prepared(Sql sql);
    sqlite3 *m_db = nullptr;
    std::unordered_map<const void *, sqlite3_stmt *> m_statements;
    std::optional<SqliteFailure> m_failure;
    quint64 m_rollbacks = 0;
    int m_walPages = 0;
};

//! \brief Bytes to be stored as a blob rather than as text.
struct Blob
{
    const QByteArray &bytes;
};
//! \brief Text that is stored as NULL when it is empty.
struct OrNull
{
    const QByteArray &text;
};

//! \brief A prepared statement with its parameters bound, for one execution. Reset when it goes out of scope.
//! Columns are counted from 0.
class Statement
{
public:
    template <typename... Args> Statement(Connection &db, Sql sql, const Args &...args) : m_db(db)
    {
        m_statement = db.prepared(sql);
        if (m_statement)
            (bind(args), ...);
    }
    ~Statement();
    Q_DISABLE_COPY_MOVE(Statement)

    //! \brief True: a row is there. False: no more rows, or a failure (then Connection::failure() is set).
    bool step();

    qint64 integer(int column) const;
    bool boolean(int column) const { return integer(column) != 0; }
    double real(int column) const;
    QByteArray text(int column) const; //!< also for blobs; empty for NULL
    QString string(int column) const;
    bool isNull(int column) const;
    Timestamp time(int column) const { return fromMillis(integer(column)); }
    std::optional<Timestamp> optionalTime(int column) const;
    QJsonObject object(int column) const; //!< empty for NULL
    template <typename I> I id(int column) const { return I(text(column)); }

private:
    void bind(qint64 value);
    void bind(int value) { bind(qint64(value)); }
    void bind(bool value) { bind(qint64(value ? 1 : 0)); }
    void bind(double value);
    void bind(const QByteArray &text);
    void bind(const QString &text) { bind(text.toUtf8()); }
    void bind(const Blob &blob);
    void bind(const OrNull &value);
    void bind(std::nullopt_t);
    void bind(Timestamp time) { bind(qint64(toMillis(time))); }
    void bind(const std::optional<Timestamp> &time);
    void bind(const QJsonObject &object); //!< NULL when empty
    template <typename Tag> void bind(const Id<Tag> &id) { bind(id.bytes()); }
    //! Nothing that merely converts: a pointer would silently be bound as a boolean.
    template <typename T> void bind(const T *) = delete;
    void check(int rc);

    Connection &m_db;
    sqlite3_stmt *m_statement = nullptr;
    int m_next = 1;
};

//! \brief Runs a statement that gives no rows. \return false: see Connection::failure().
template <typename... Args> bool execute(Connection &db, Sql sql, const Args &...args)
{
    Statement statement(db, sql, args...);
    statement.step();
    return !db.failure();
}

//! \brief Any JSON value as text; empty for Undefined.
QByteArray jsonValueText(const QJsonValue &value);
//! \brief The reverse of jsonValueText().
QJsonValue jsonValueFromText(const QByteArray &text);

} // namespace Atom::Storage
