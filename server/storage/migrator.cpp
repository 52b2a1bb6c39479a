// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/migrator.h"

#include "server/storage/connection.h"
#include "server/storage/logging.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

#include <map>

// Q_INIT_RESOURCE must stand outside of namespaces. A static library's resources are dropped by the linker unless asked
// for; in a shared library this is harmless.
static void initSqlResources()
{
    Q_INIT_RESOURCE(sql);
}

namespace Atom::Storage {
using namespace Qt::StringLiterals;

namespace {
constexpr Sql userVersionSql("PRAGMA user_version");
constexpr Sql applicationIdSql("PRAGMA application_id");
constexpr Sql tableCountSql("SELECT count(*) FROM sqlite_schema");
constexpr qint64 applicationId = 0x41746f6d; // "Atom"

std::map<int, QString> scripts()
{
    initSqlResources();
    std::map<int, QString> found;
    const QDir folder(u":/atom/sql/migrations"_s);
    const QStringList names = folder.entryList({u"*.sql"_s}, QDir::Files, QDir::Name);
    for (const QString &name : names)
        found.emplace(name.section(u'_', 0, 0).toInt(), folder.filePath(name));
    return found;
}
} // namespace

int Migrator::newestVersionBlocking()
{
    const auto all = scripts();
    return all.empty() ? 0 : all.rbegin()->first;
}

bool Migrator::isDueBlocking(Connection &db)
{
    const qint64 present = db.pragma(userVersionSql);
    return present > 0 && present < newestVersionBlocking();
}

Result<int> Migrator::migrateBlocking(Connection &db)
{
    const int present = int(db.pragma(userVersionSql));
    const qint64 application = db.pragma(applicationIdSql);
    const qint64 tables = db.pragma(tableCountSql);
    if (db.failure())
        return db.failure()->toError();
    if (application != applicationId && (application != 0 || present != 0 || tables != 0)) {
        return Error(
            Errc::Internal,
            u"The file atom.db belongs to another program. Give the server a folder of its own with --data."_s);
    }
    const auto all = scripts();
    const int newest = all.empty() ? 0 : all.rbegin()->first;
    if (present > newest) {
        return Error(Errc::Internal,
                     u"The database has schema version %1, this program knows versions up to %2. Install the newer "
                     "program again, or restore a backup made before the upgrade."_s.arg(present)
                         .arg(newest));
    }
    for (auto it = all.upper_bound(present); it != all.end(); ++it) {
        const auto &[version, path] = *it;
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return Error(Errc::Internal, u"Migration %1 cannot be read."_s.arg(path));
        const QByteArray script = "BEGIN IMMEDIATE;\n" + file.readAll() +
                                  "\nPRAGMA application_id=" + QByteArray::number(applicationId) +
                                  ";\nPRAGMA user_version=" + QByteArray::number(version) + ";\nCOMMIT;";
        if (!db.runScript(script)) {
            Error error(Errc::Internal,
                        u"Migration %1 failed and was undone: %2."_s.arg(version).arg(db.failure()->message));
            db.clearFailure();
            db.runScript("ROLLBACK;");
            db.clearFailure();
            return error;
        }
        qCInfo(lcStorage) << "database brought to schema version" << version;
    }
    return present;
}

} // namespace Atom::Storage
