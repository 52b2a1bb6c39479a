// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/backup.h"

#include "server/audit/checkpointfile.h"
#include "server/storage/archive.h"
#include "server/storage/connection.h"
#include "server/storage/folderlock.h"
#include "server/storage/migrator.h"
#include "server/storage/sqliteauditrepository.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QScopeGuard>
#include <QtCore/QtEndian>

#include <sodium.h>
#include <sqlite3.h>

namespace Atom::Storage::Backup {
using namespace Qt::StringLiterals;

namespace {
constexpr QByteArrayView manifestName("manifest.json");
constexpr QByteArrayView databaseName("atom.db");
constexpr qint64 manifestLimit = 64 * 1024;
// Columns that every schema has and no later one gives another meaning.
constexpr Sql
    messagesSql("SELECT room_pk, seq, id, sender, type, body, created_at, deleted_at FROM messages ORDER BY pk");
constexpr Sql auditTableSql("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'audit'");
constexpr Sql integritySql("PRAGMA integrity_check(1)");
constexpr Sql foreignKeysSql("PRAGMA foreign_key_check");
constexpr Sql usersSql("SELECT count(*) FROM users");
constexpr Sql roomsSql("SELECT count(*) FROM rooms");
constexpr Sql schemaSql("PRAGMA user_version");

class Hash
{
public:
    Hash() { crypto_generichash_init(&m_state, nullptr, 0, 32); }
    void add(QByteArrayView bytes)
    {
        crypto_generichash_update(&m_state, reinterpret_cast<const unsigned char *>(bytes.data()),
                                  static_cast<unsigned long long>(bytes.size()));
    }
    //! Fields cannot run into each other.
    void addField(QByteArrayView bytes)
    {
        char size[8];
        qToBigEndian(qint64(bytes.size()), size);
        add(QByteArrayView(size, 8));
        add(bytes);
    }
    QByteArray result()
    {
        QByteArray hash(32, Qt::Uninitialized);
        crypto_generichash_final(&m_state, reinterpret_cast<unsigned char *>(hash.data()), 32);
        return hash;
    }

private:
    crypto_generichash_state m_state;
};

Error failed(const QString &what, const QString &why)
{
    return Error(Errc::Internal, u"%1: %2."_s.arg(what, why));
}
Error unfit(const QString &why)
{
    return Error(Errc::ValidationFailed, u"The backup cannot be used: %1."_s.arg(why));
}

//! What is counted and hashed to see that a copy is the same.
Result<void> summarise(Connection &db, Manifest &manifest)
{
    manifest.schema = int(db.pragma(schemaSql));
    manifest.users = db.pragma(usersSql);
    manifest.rooms = db.pragma(roomsSql);
    Hash hash;
    {
        Statement s(db, messagesSql);
        while (s.step()) {
            ++manifest.messages;
            for (int column = 0; column < 8; ++column)
                hash.addField(s.text(column));
        }
    }
    manifest.messagesHash = hash.result();
    manifest.audit.hash = Audit::chainStart();
    if (db.pragma(auditTableSql) > 0)
        manifest.audit = readAuditHead(db);
    if (db.failure())
        return failed(u"The database cannot be read"_s, db.failure()->message);
    return {};
}

Result<void> copyDatabase(const QString &from, const QString &to)
{
    Result<std::unique_ptr<Connection>> source = Connection::openBlocking(from, Connection::Access::ReadOnly, {});
    if (!source)
        return source.error();
    Result<std::unique_ptr<Connection>> target = Connection::openBlocking(to, Connection::Access::ReadWrite, {});
    if (!target)
        return target.error();
    sqlite3 *const db = (*target)->handle();
    sqlite3_busy_timeout((*source)->handle(), 60'000);
    sqlite3_backup *const backup = sqlite3_backup_init(db, "main", (*source)->handle(), "main");
    if (!backup)
        return failed(u"Cannot copy the database"_s, QString::fromUtf8(sqlite3_errmsg(db)));
    // In one step: in WAL mode that is one snapshot, and the server goes on writing meanwhile. Step by step, each of
    // its commits would make the copy begin again.
    sqlite3_backup_step(backup, -1);
    if (const int rc = sqlite3_backup_finish(backup); rc != SQLITE_OK)
        return failed(u"Cannot copy the database"_s, QString::fromUtf8(sqlite3_errstr(rc)));
    // One file: the copy must not need a log beside it.
    if (!(*target)->runScript("PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;"))
        return failed(u"Cannot finish the copy"_s, (*target)->failure()->message);
    return {};
}

Result<void> describeFile(const QString &name, Manifest &manifest)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return failed(u"Cannot read %1"_s.arg(name), file.errorString());
    Hash hash;
    for (QByteArray piece = file.read(1 << 20); !piece.isEmpty(); piece = file.read(1 << 20)) {
        hash.add(piece);
        manifest.bytes += piece.size();
    }
    manifest.hash = hash.result();
    return {};
}

Result<void> writeArchive(const QString &name, const Manifest &manifest, const QString &database)
{
    QFile file(name);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly))
        return failed(u"Cannot make %1"_s.arg(name), file.errorString());
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    const qint64 time = toMillis(manifest.createdAt) / 1000;
    ArchiveWriter archive(file);
    Result<void> done = archive.add(manifestName.toByteArray(), QJsonDocument(manifest.toJson()).toJson(), time);
    if (done)
        done = archive.addFile(databaseName.toByteArray(), database, time);
    if (done)
        done = archive.finish();
    if (done && (!file.flush() || !Audit::CheckpointFile::syncToDisk(file)))
        done = failed(u"Cannot write %1"_s.arg(name), file.errorString());
    return done;
}

Result<Manifest> readManifest(ArchiveReader &archive)
{
    const Result<ArchiveReader::Member> member = archive.next();
    if (!member)
        return member.error();
    if (member->name != manifestName || member->size > manifestLimit)
        return unfit(u"it does not begin with a manifest"_s);
    QByteArray text;
    if (Result<void> read = archive.read([&text](const QByteArray &piece) {
            text += piece;
            return true;
        });
        !read)
        return read.error();
    return Manifest::fromJson(QJsonDocument::fromJson(text).object());
}

Result<void> extractDatabase(ArchiveReader &archive, const Manifest &manifest, const QString &to)
{
    const Result<ArchiveReader::Member> member = archive.next();
    if (!member)
        return member.error();
    if (member->name != databaseName || member->size != manifest.bytes)
        return unfit(u"the database in it is not of the size that the manifest tells"_s);
    QFile file(to);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly))
        return failed(u"Cannot make %1"_s.arg(to), file.errorString());
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    Hash hash;
    const Result<void> read = archive.read([&](const QByteArray &piece) {
        hash.add(piece);
        return file.write(piece) == piece.size();
    });
    if (!read && read.error().code != Errc::Cancelled)
        return read;
    if (!read || !file.flush() || !Audit::CheckpointFile::syncToDisk(file))
        return failed(u"Cannot write %1"_s.arg(to), file.errorString());
    if (hash.result() != manifest.hash)
        return unfit(u"the database in it is not the one that was backed up (its hash differs)"_s);
    return {};
}

Result<void> checkDatabase(const QString &name, const Manifest &manifest)
{
    Result<std::unique_ptr<Connection>> opened = Connection::openBlocking(name, Connection::Access::ReadWrite, {});
    if (!opened)
        return opened.error();
    Connection &db = **opened;
    const QByteArray integrity = db.pragmaText(integritySql);
    if (db.failure() || integrity != "ok")
        return unfit(u"integrity_check says: %1"_s.arg(QString::fromUtf8(integrity)));
    if (Statement(db, foreignKeysSql).step())
        return unfit(u"foreign_key_check found rows without what they refer to"_s);
    if (db.pragma(schemaSql) > Migrator::newestVersionBlocking())
        return unfit(u"it was made by a newer server; install that one to restore it"_s);
    Manifest found;
    if (Result<void> read = summarise(db, found); !read)
        return read;
    if (found.schema != manifest.schema || found.users != manifest.users || found.rooms != manifest.rooms)
        return unfit(u"it has another schema, or another number of accounts or rooms, than the manifest tells"_s);
    if (found.messages != manifest.messages || found.messagesHash != manifest.messagesHash)
        return unfit(u"its messages are not those that were backed up"_s);
    if (found.audit.seq != manifest.audit.seq || found.audit.hash != manifest.audit.hash)
        return unfit(u"its audit log does not end as the manifest tells"_s);
    if (db.pragma(auditTableSql) > 0) {
        Audit::Verifier verifier;
        if (Result<void> read = verifyAuditBlocking(db, Audit::Verifier::beginning, verifier); !read)
            return read;
        const Audit::Report report = verifier.finish();
        if (!report.isIntact())
            return unfit(u"its audit log is not intact. "_s + report.explanation.chopped(1));
    }
    return {};
}
} // namespace

QByteArray hashOf(QByteArrayView bytes)
{
    Hash hash;
    hash.add(bytes);
    return hash.result();
}

QJsonObject Manifest::toJson() const
{
    const QJsonObject auditJson{{u"seq"_s, audit.seq}, {u"hash"_s, QString::fromLatin1(audit.hash.toHex())}};
    return QJsonObject{
        {u"format"_s, format},
        {u"server_version"_s, serverVersion},
        {u"created_at"_s, toIso(createdAt)},
        {u"schema"_s, schema},
        {u"bytes"_s, bytes},
        {u"hash"_s, QString::fromLatin1(hash.toHex())},
        {u"users"_s, users},
        {u"rooms"_s, rooms},
        {u"messages"_s, messages},
        {u"messages_hash"_s, QString::fromLatin1(messagesHash.toHex())},
        {u"audit"_s, auditJson},
    };
}

Result<Manifest> Manifest::fromJson(const QJsonObject &json)
{
    const auto hash = [](const QJsonValue &value) { return QByteArray::fromHex(value.toString().toLatin1()); };
    Manifest m;
    m.format = json.value("format"_L1).toInt();
    if (m.format > 1)
        return unfit(u"it was made by a newer server; install that one to restore it"_s);
    m.serverVersion = json.value("server_version"_L1).toString();
    m.createdAt = fromIso(json.value("created_at"_L1).toString()).value_or(Timestamp());
    m.schema = json.value("schema"_L1).toInt();
    m.bytes = json.value("bytes"_L1).toInteger(-1);
    m.hash = hash(json.value("hash"_L1));
    m.users = json.value("users"_L1).toInteger(-1);
    m.rooms = json.value("rooms"_L1).toInteger(-1);
    m.messages = json.value("messages"_L1).toInteger(-1);
    m.messagesHash = hash(json.value("messages_hash"_L1));
    m.audit.seq = json.value("audit"_L1).toObject().value("seq"_L1).toInteger(-1);
    m.audit.hash = hash(json.value("audit"_L1).toObject().value("hash"_L1));
    if (m.format != 1 || m.bytes <= 0 || m.hash.size() != 32 || m.messagesHash.size() != 32)
        return unfit(u"its manifest cannot be read"_s);
    return m;
}

Result<Manifest> makeBlocking(const QString &dataFolder, const QString &file, const QString &serverVersion,
                              Timestamp now)
{
    const QString source = dataFolder + u"/atom.db"_s;
    if (!QFile::exists(source))
        return Error(Errc::NotFound, u"There is no database in %1. Name its folder with --data."_s.arg(dataFolder));
    if (QFile::exists(file))
        return Error(Errc::Conflict, u"%1 is there already; nothing was changed."_s.arg(file));
    const QString copy = file + u".database"_s;
    const QString partial = file + u".partial"_s;
    const auto removeParts = qScopeGuard([&copy, &partial] {
        QFile::remove(copy);
        QFile::remove(copy + u"-journal"_s);
        QFile::remove(partial);
    });
    QFile::remove(copy); // of an attempt that was killed
    QFile::remove(partial);
    {
        QFile empty(copy); // SQLite keeps the permissions: nobody else reads it, not even for a moment
        if (!empty.open(QIODevice::WriteOnly | QIODevice::NewOnly))
            return failed(u"Cannot make %1"_s.arg(copy), empty.errorString());
        empty.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    }
    if (Result<void> copied = copyDatabase(source, copy); !copied)
        return copied.error();
    Manifest manifest;
    manifest.serverVersion = serverVersion;
    manifest.createdAt = now;
    {
        Result<std::unique_ptr<Connection>> db = Connection::openBlocking(copy, Connection::Access::ReadOnly, {});
        if (!db)
            return db.error();
        const QByteArray integrity = (*db)->pragmaText(integritySql);
        if ((*db)->failure() || integrity != "ok")
            return Error(Errc::Internal, u"The database is damaged (%1): a backup of it would be of no use. Restore an "
                                         "older one."_s.arg(QString::fromUtf8(integrity)));
        if (Result<void> read = summarise(**db, manifest); !read)
            return read.error();
    }
    if (Result<void> described = describeFile(copy, manifest); !described)
        return described.error();
    if (Result<void> written = writeArchive(partial, manifest, copy); !written)
        return written.error();
    if (!QFile::rename(partial, file))
        return Error(Errc::Conflict, u"%1 is there already; nothing was changed."_s.arg(file));
    Audit::CheckpointFile::syncFolder(QFileInfo(file).absolutePath());
    return manifest;
}

Result<Manifest> restoreBlocking(const QString &file, const QString &dataFolder)
{
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly))
        return Error(Errc::NotFound, u"Cannot read %1: %2."_s.arg(file, source.errorString()));
    const bool isNew = !QFileInfo::exists(dataFolder);
    if (!QDir().mkpath(dataFolder))
        return Error(Errc::Internal, u"The folder %1 cannot be made."_s.arg(dataFolder));
    // The master key and the ledger of erasures are kept apart from backups and put back first.
    QStringList present = QDir(dataFolder).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    present.removeAll(u"master.key"_s);
    present.removeAll(u"erasures.jsonl"_s);
    if (!present.isEmpty()) {
        return Error(Errc::Conflict, u"The folder %1 is not empty. A backup is restored into a new folder, so that "
                                     "nothing is overwritten."_s.arg(dataFolder));
    }
    if (isNew)
        QFile::setPermissions(dataFolder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    Result<Manifest> manifest;
    const QString partial = dataFolder + u"/atom.db.restoring"_s;
    {
        Result<std::unique_ptr<FolderLock>> lock = FolderLock::acquire(dataFolder);
        if (!lock)
            return lock.error();
        ArchiveReader archive(source);
        manifest = readManifest(archive);
        Result<void> done = manifest ? extractDatabase(archive, *manifest, partial) : Result<void>(manifest.error());
        if (done)
            done = checkDatabase(partial, *manifest);
        if (done && !QFile::rename(partial, dataFolder + u"/atom.db"_s))
            done = failed(u"Cannot rename"_s, partial);
        if (!done)
            manifest = done.error();
    }
    if (!manifest) {
        for (const QString &part : {u".restoring"_s, u".restoring-journal"_s, u".restoring-wal"_s, u".restoring-shm"_s})
            QFile::remove(dataFolder + u"/atom.db"_s + part);
        QFile::remove(dataFolder + u"/atom.lock"_s);
        if (isNew)
            QDir().rmdir(dataFolder);
        return manifest;
    }
    Audit::CheckpointFile::syncFolder(dataFolder);
    return manifest;
}

} // namespace Atom::Storage::Backup
