// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqlitepersonalrepository.h"

#include <QtCore/QJsonDocument>

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Rooms::DueItem;
using Rooms::PersonalChanges;
using Rooms::PersonalItem;

namespace {
constexpr Sql newestSql("SELECT max(ifnull((SELECT max(version) FROM user_items WHERE user_id = ?1), 0),"
                        " ifnull((SELECT floor FROM user_item_floors WHERE user_id = ?1), 0))");
constexpr Sql floorSql("SELECT floor FROM user_item_floors WHERE user_id = ?");
constexpr Sql isThereSql("SELECT 1 FROM user_items WHERE user_id = ? AND kind = ? AND key = ? AND value IS NOT NULL");
constexpr Sql countSql("SELECT count(*) FROM user_items WHERE user_id = ? AND kind = ? AND value IS NOT NULL");
constexpr Sql putSql("INSERT INTO user_items (user_id, kind, key, version, value, due_at, changed_at)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, kind, key) DO UPDATE SET"
                     " version = excluded.version, value = excluded.value, due_at = excluded.due_at,"
                     " changed_at = excluded.changed_at");
// The removals that are forgotten: all but the newest thousand.
constexpr Sql oldestSql("SELECT version FROM user_items WHERE user_id = ? AND value IS NULL"
                        " ORDER BY version DESC LIMIT 1 OFFSET 1000");
constexpr Sql forgetSql("DELETE FROM user_items WHERE user_id = ? AND value IS NULL AND version <= ?");
constexpr Sql setFloorSql("INSERT INTO user_item_floors (user_id, floor) VALUES (?, ?)"
                          " ON CONFLICT (user_id) DO UPDATE SET floor = excluded.floor");
constexpr Sql getSql("SELECT kind, key, version, value, due_at FROM user_items"
                     " WHERE user_id = ? AND kind = ? AND key = ? AND value IS NOT NULL");
constexpr Sql listSql("SELECT kind, key, version, value, due_at FROM user_items"
                      " WHERE user_id = ? AND kind = ? AND key > ? AND value IS NOT NULL ORDER BY key LIMIT ?");
constexpr Sql changesSql("SELECT kind, key, version, value, due_at FROM user_items"
                         " WHERE user_id = ?1 AND version > ?2 AND (?3 OR value IS NOT NULL)"
                         " ORDER BY version LIMIT ?4");
constexpr Sql dueSql("SELECT kind, key, version, value, due_at, user_id FROM user_items"
                     " WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at LIMIT ?");
constexpr Sql nextDueSql("SELECT min(due_at) FROM user_items WHERE due_at IS NOT NULL");
constexpr Sql allSql("SELECT kind, key, version, value, due_at, user_id FROM user_items"
                     " WHERE kind = ? AND value IS NOT NULL");

PersonalItem itemFromRow(const Statement &row)
{
    PersonalItem item;
    item.kind = row.text(0);
    item.key = row.text(1);
    item.version = row.integer(2);
    item.value = row.object(3);
    item.dueAt = row.optionalTime(4);
    return item;
}

DueItem dueFromRow(const Statement &row)
{
    DueItem due;
    due.item = itemFromRow(row);
    due.user = row.id<UserId>(5);
    return due;
}

bool isThere(Connection &db, const UserId &user, const QByteArray &kind, const QByteArray &key)
{
    return Statement(db, isThereSql, user, kind, key).step();
}

//! Stores it, with or without a value, under the user's next version.
PersonalItem store(Connection &db, const UserId &user, PersonalItem item, Timestamp now)
{
    {
        Statement newest(db, newestSql, user);
        item.version = (newest.step() ? newest.integer(0) : 0) + 1;
    }
    execute(db, putSql, user, item.kind, item.key, item.version, item.value, item.dueAt, now);
    if (!item.value.isEmpty())
        return item;
    qint64 floor = 0;
    {
        Statement oldest(db, oldestSql, user);
        if (oldest.step())
            floor = oldest.integer(0);
    }
    if (floor > 0) {
        execute(db, forgetSql, user, floor);
        execute(db, setFloorSql, user, floor);
    }
    return item;
}

Error noItem()
{
    return Error(Errc::NotFound, u"There is no such thing among yours."_s);
}
} // namespace

QCoro::Task<Result<PersonalItem>> SqlitePersonalRepository::put(UserId user, PersonalItem item, int limit,
                                                                Timestamp now)
{
    return m_writer.run<PersonalItem>(
        [user = std::move(user), item = std::move(item), limit, now](Connection &db) -> Result<PersonalItem> {
            if (!isThere(db, user, item.kind, item.key)) {
                Statement count(db, countSql, user, item.kind);
                if (count.step() && count.integer(0) >= limit)
                    return Error(Errc::Conflict, u"There are %1 of these already, as many as can be kept."_s.arg(limit));
            }
            return store(db, user, item, now);
        });
}

QCoro::Task<Result<PersonalItem>> SqlitePersonalRepository::remove(UserId user, QByteArray kind, QByteArray key,
                                                                   Timestamp now)
{
    return m_writer.run<PersonalItem>([user = std::move(user), kind = std::move(kind), key = std::move(key),
                                       now](Connection &db) -> Result<PersonalItem> {
        if (!isThere(db, user, kind, key))
            return noItem();
        PersonalItem gone;
        gone.kind = kind;
        gone.key = key;
        return store(db, user, std::move(gone), now);
    });
}

QCoro::Task<Result<PersonalItem>> SqlitePersonalRepository::get(UserId user, QByteArray kind, QByteArray key)
{
    return m_reader.run<PersonalItem>([user = std::move(user), kind = std::move(kind),
                                       key = std::move(key)](Connection &db) -> Result<PersonalItem> {
        Statement s(db, getSql, user, kind, key);
        if (!s.step())
            return noItem();
        return itemFromRow(s);
    });
}

QCoro::Task<Result<QList<PersonalItem>>> SqlitePersonalRepository::list(UserId user, QByteArray kind, QByteArray after,
                                                                        int limit)
{
    return m_reader.run<QList<PersonalItem>>([user = std::move(user), kind = std::move(kind), after = std::move(after),
                                              limit](Connection &db) -> Result<QList<PersonalItem>> {
        QList<PersonalItem> items;
        Statement s(db, listSql, user, kind, after, limit);
        while (s.step())
            items.append(itemFromRow(s));
        return items;
    });
}

QCoro::Task<Result<PersonalChanges>> SqlitePersonalRepository::changes(UserId user, qint64 since, int limit)
{
    return m_reader.run<PersonalChanges>(
        [user = std::move(user), since, limit](Connection &db) -> Result<PersonalChanges> {
            qint64 newest = 0;
            qint64 floor = 0;
            {
                Statement s(db, newestSql, user);
                if (s.step())
                    newest = s.integer(0);
            }
            {
                Statement s(db, floorSql, user);
                if (s.step())
                    floor = s.integer(0);
            }
            PersonalChanges changes;
            // A version from the future was given before the server was restored from a backup.
            changes.complete = since <= 0 || since < floor || since > newest;
            Statement s(db, changesSql, user, changes.complete ? qint64(0) : since, !changes.complete, limit + 1);
            while (s.step())
                changes.items.append(itemFromRow(s));
            changes.more = changes.items.size() > limit;
            if (changes.more)
                changes.items.removeLast();
            changes.version = changes.more ? changes.items.constLast().version : newest;
            return changes;
        });
}

QCoro::Task<Result<QList<DueItem>>> SqlitePersonalRepository::due(Timestamp now, int limit)
{
    return m_reader.run<QList<DueItem>>([now, limit](Connection &db) -> Result<QList<DueItem>> {
        QList<DueItem> items;
        Statement s(db, dueSql, now, limit);
        while (s.step())
            items.append(dueFromRow(s));
        return items;
    });
}

QCoro::Task<Result<std::optional<Timestamp>>> SqlitePersonalRepository::nextDue()
{
    return m_reader.run<std::optional<Timestamp>>([](Connection &db) -> Result<std::optional<Timestamp>> {
        Statement s(db, nextDueSql);
        return s.step() ? s.optionalTime(0) : std::optional<Timestamp>();
    });
}

QCoro::Task<Result<QList<DueItem>>> SqlitePersonalRepository::all(QByteArray kind)
{
    return m_reader.run<QList<DueItem>>([kind = std::move(kind)](Connection &db) -> Result<QList<DueItem>> {
        QList<DueItem> items;
        Statement s(db, allSql, kind);
        while (s.step())
            items.append(dueFromRow(s));
        return items;
    });
}

} // namespace Atom::Storage
