// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqlitesessionrepository.h"

#include "server/storage/auditappender.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Identity::StoredSession;

namespace {
constexpr Sql activeSql(
    "SELECT id, user_id, device, refresh_hash, previous_hash, sealed_successor, rotated_at,"
    " created_at, expires_at, revoked, address, second_factor FROM sessions WHERE revoked = 0 AND expires_at > ?"
    " ORDER BY created_at, id");
constexpr Sql userExistsSql("SELECT 1 FROM users WHERE id = ?");
constexpr Sql saveSql("INSERT INTO sessions (id, user_id, device, refresh_hash, previous_hash, sealed_successor,"
                      " rotated_at, created_at, expires_at, revoked, address, second_factor)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                      " ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, device = excluded.device,"
                      " refresh_hash = excluded.refresh_hash, previous_hash = excluded.previous_hash,"
                      " sealed_successor = excluded.sealed_successor, rotated_at = excluded.rotated_at,"
                      " created_at = excluded.created_at, expires_at = excluded.expires_at,"
                      " revoked = excluded.revoked");
constexpr Sql secretSql("SELECT value FROM secrets WHERE name = ?");
constexpr Sql saveSecretSql("INSERT INTO secrets (name, value) VALUES (?, ?)"
                            " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
} // namespace

QCoro::Task<Result<QList<StoredSession>>> SqliteSessionRepository::active(Timestamp now)
{
    return m_reader.run<QList<StoredSession>>([now](Connection &db) -> Result<QList<StoredSession>> {
        QList<StoredSession> sessions;
        Statement s(db, activeSql, now);
        while (s.step()) {
            StoredSession x;
            x.id = s.id<SessionId>(0);
            x.user = s.id<UserId>(1);
            x.device = s.string(2);
            x.refreshHash = s.text(3);
            x.previousHash = s.text(4);
            x.sealedSuccessor = s.text(5);
            x.rotatedAt = s.time(6);
            x.createdAt = s.time(7);
            x.expiresAt = s.time(8);
            x.revoked = s.boolean(9);
            x.address = s.string(10);
            x.usedSecondFactor = s.boolean(11);
            sessions.append(std::move(x));
        }
        return sessions;
    });
}

QCoro::Task<Result<void>> SqliteSessionRepository::save(StoredSession session, Audit::Draft audit)
{
    return m_writer.run<void>([x = std::move(session), audit = std::move(audit)](Connection &db) -> Result<void> {
        if (!Statement(db, userExistsSql, x.user).step())
            return Error(Errc::Conflict, u"There is no account for this session."_s);
        execute(db, saveSql, x.id, x.user, x.device, Blob{x.refreshHash}, Blob{x.previousHash}, Blob{x.sealedSuccessor},
                x.rotatedAt, x.createdAt, x.expiresAt, x.revoked, x.address, x.usedSecondFactor);
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<QByteArray>> SqliteSessionRepository::secret(QByteArray name)
{
    return m_reader.run<QByteArray>([name = std::move(name)](Connection &db) -> Result<QByteArray> {
        Statement s(db, secretSql, name);
        return s.step() ? s.text(0) : QByteArray();
    });
}

QCoro::Task<Result<void>> SqliteSessionRepository::saveSecret(QByteArray name, QByteArray value)
{
    return m_writer.run<void>([name = std::move(name), value = std::move(value)](Connection &db) -> Result<void> {
        execute(db, saveSecretSql, name, Blob{value});
        return {};
    });
}

} // namespace Atom::Storage
