// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqliteuserrepository.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Identity::StoredUser;

namespace {
constexpr Sql allSql("SELECT id, display_name, role, disabled, created_at, password_hash, credential_version"
                     " FROM users ORDER BY id");
constexpr Sql existsSql("SELECT 1 FROM users WHERE id = ?");
constexpr Sql insertSql("INSERT INTO users (id, display_name, role, disabled, created_at, password_hash,"
                        " credential_version) VALUES (?, ?, ?, ?, ?, ?, ?)");
constexpr Sql updateSql("UPDATE users SET display_name = ?, role = ?, disabled = ?, password_hash = ?,"
                        " credential_version = ? WHERE id = ?");
} // namespace

QCoro::Task<Result<QList<StoredUser>>> SqliteUserRepository::all()
{
    return m_reader.run<QList<StoredUser>>([](Connection &db) -> Result<QList<StoredUser>> {
        QList<StoredUser> users;
        Statement s(db, allSql);
        while (s.step()) {
            StoredUser u;
            u.user.id = s.id<UserId>(0);
            u.user.displayName = s.string(1);
            // A role this program does not know must not become a strong one.
            u.user.role = roleFromName(s.string(2)).value_or(Role::Guest);
            u.user.disabled = s.boolean(3);
            u.user.createdAt = s.time(4);
            u.passwordHash = s.text(5);
            u.credentialVersion = s.integer(6);
            users.append(std::move(u));
        }
        return users;
    });
}

QCoro::Task<Result<void>> SqliteUserRepository::insert(StoredUser stored)
{
    return m_writer.run<void>([stored = std::move(stored)](Connection &db) -> Result<void> {
        const User &u = stored.user;
        if (Statement(db, existsSql, u.id).step())
            return Error(Errc::Conflict, u"There is already an account of that name."_s);
        execute(db, insertSql, u.id, u.displayName, roleName(u.role), u.disabled, u.createdAt,
                Blob{stored.passwordHash}, stored.credentialVersion);
        return {};
    });
}

QCoro::Task<Result<void>> SqliteUserRepository::update(StoredUser stored)
{
    return m_writer.run<void>([stored = std::move(stored)](Connection &db) -> Result<void> {
        const User &u = stored.user;
        execute(db, updateSql, u.displayName, roleName(u.role), u.disabled, Blob{stored.passwordHash},
                stored.credentialVersion, u.id);
        if (db.changes() == 0)
            return Error(Errc::NotFound, u"There is no account of that name."_s);
        return {};
    });
}

} // namespace Atom::Storage
