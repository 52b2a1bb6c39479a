// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqliteaccountrepository.h"

#include "server/storage/auditappender.h"
#include "server/storage/userrows.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Identity::StoredInvitation;
using Identity::StoredReset;
using Identity::StoredToken;
using Identity::StoredUser;

namespace {
constexpr Sql tokensSql("SELECT id, user_id, name, token_hash, actions, rooms, created_by, created_at, expires_at,"
                        " last_used_at FROM application_tokens ORDER BY created_at, id");
constexpr Sql
    insertTokenSql("INSERT INTO application_tokens (id, user_id, name, token_hash, actions, rooms, created_by,"
                   " created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
constexpr Sql removeTokenSql("DELETE FROM application_tokens WHERE id = ?");
constexpr Sql noteUseSql("UPDATE application_tokens SET last_used_at = ? WHERE id = ?");

constexpr Sql invitationsSql("SELECT id, token_hash, role, note, created_by, created_at, expires_at, max_uses, uses"
                             " FROM server_invitations ORDER BY created_at, id");
constexpr Sql insertInvitationSql("INSERT INTO server_invitations (id, token_hash, role, note, created_by, created_at,"
                                  " expires_at, max_uses, uses) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
constexpr Sql removeInvitationSql("DELETE FROM server_invitations WHERE id = ?");
constexpr Sql useInvitationSql("UPDATE server_invitations SET uses = uses + 1 WHERE id = ? AND uses < max_uses");

constexpr Sql saveResetSql("INSERT INTO password_resets (user_id, token_hash, created_by, expires_at)"
                           " VALUES (?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash,"
                           " created_by = excluded.created_by, expires_at = excluded.expires_at");
constexpr Sql resetSql("SELECT user_id, token_hash, created_by, expires_at FROM password_resets WHERE token_hash = ?");
constexpr Sql useResetSql("DELETE FROM password_resets WHERE token_hash = ?");

QByteArrayList splitWords(const QByteArray &text)
{
    return text.isEmpty() ? QByteArrayList() : text.split(' ');
}

void saveResetRow(Connection &db, const StoredReset &reset)
{
    execute(db, saveResetSql, reset.user, Blob{reset.hash}, reset.createdBy, reset.expiresAt);
}
} // namespace

QCoro::Task<Result<QList<StoredToken>>> SqliteAccountRepository::tokens()
{
    return m_reader.run<QList<StoredToken>>([](Connection &db) -> Result<QList<StoredToken>> {
        QList<StoredToken> tokens;
        Statement s(db, tokensSql);
        while (s.step()) {
            StoredToken t;
            t.id = s.text(0);
            t.user = s.id<UserId>(1);
            t.name = s.string(2);
            t.hash = s.text(3);
            t.actions = splitWords(s.text(4));
            for (const QByteArray &room : splitWords(s.text(5)))
                t.rooms.append(RoomId(room));
            t.createdBy = s.id<UserId>(6);
            t.createdAt = s.time(7);
            t.expiresAt = s.optionalTime(8);
            t.lastUsedAt = s.optionalTime(9);
            tokens.append(std::move(t));
        }
        return tokens;
    });
}

QCoro::Task<Result<void>> SqliteAccountRepository::insertToken(StoredToken token, Audit::Draft audit)
{
    return m_writer.run<void>([t = std::move(token), audit = std::move(audit)](Connection &db) -> Result<void> {
        QByteArrayList rooms;
        for (const RoomId &room : t.rooms)
            rooms.append(room.bytes());
        execute(db, insertTokenSql, t.id, t.user, t.name, Blob{t.hash}, t.actions.join(' '), rooms.join(' '),
                t.createdBy, t.createdAt, t.expiresAt);
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<void>> SqliteAccountRepository::removeToken(QByteArray id, Audit::Draft audit)
{
    return m_writer.run<void>([id = std::move(id), audit = std::move(audit)](Connection &db) -> Result<void> {
        execute(db, removeTokenSql, id);
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<void>> SqliteAccountRepository::noteTokenUse(QByteArray id, Timestamp at)
{
    return m_writer.run<void>([id = std::move(id), at](Connection &db) -> Result<void> {
        execute(db, noteUseSql, at, id);
        return {};
    });
}

QCoro::Task<Result<QList<StoredInvitation>>> SqliteAccountRepository::invitations()
{
    return m_reader.run<QList<StoredInvitation>>([](Connection &db) -> Result<QList<StoredInvitation>> {
        QList<StoredInvitation> invitations;
        Statement s(db, invitationsSql);
        while (s.step()) {
            const std::optional<Role> role = roleFromName(s.string(2));
            if (!role)
                continue; // of a newer server: nobody here knows what it would give
            StoredInvitation i;
            i.id = s.text(0);
            i.hash = s.text(1);
            i.role = *role;
            i.note = s.string(3);
            i.createdBy = s.id<UserId>(4);
            i.createdAt = s.time(5);
            i.expiresAt = s.time(6);
            i.maxUses = int(s.integer(7));
            i.uses = int(s.integer(8));
            invitations.append(std::move(i));
        }
        return invitations;
    });
}

QCoro::Task<Result<void>> SqliteAccountRepository::insertInvitation(StoredInvitation invitation, Audit::Draft audit)
{
    return m_writer.run<void>([i = std::move(invitation), audit = std::move(audit)](Connection &db) -> Result<void> {
        execute(db, insertInvitationSql, i.id, Blob{i.hash}, roleName(i.role), i.note, i.createdBy, i.createdAt,
                i.expiresAt, i.maxUses, i.uses);
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<void>> SqliteAccountRepository::removeInvitation(QByteArray id, Audit::Draft audit)
{
    return m_writer.run<void>([id = std::move(id), audit = std::move(audit)](Connection &db) -> Result<void> {
        execute(db, removeInvitationSql, id);
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<void>> SqliteAccountRepository::redeemInvitation(QByteArray id, StoredUser user, Audit::Draft audit)
{
    return m_writer.run<void>(
        [id = std::move(id), user = std::move(user), audit = std::move(audit)](Connection &db) -> Result<void> {
            // The account first: when its id is taken nothing was written, and the invitation keeps its use.
            if (UserRows::exists(db, user.user.id))
                return Error(Errc::Conflict, u"There is already an account of that name."_s);
            execute(db, useInvitationSql, id);
            if (db.changes() == 0)
                return Error(Errc::Conflict, u"The invitation was used up meanwhile."_s);
            if (Result<void> inserted = UserRows::insert(db, user); !inserted)
                return inserted;
            AuditAppender::append(db, audit);
            return {};
        });
}

QCoro::Task<Result<void>> SqliteAccountRepository::saveReset(StoredReset reset, Audit::Draft audit)
{
    return m_writer.run<void>([reset = std::move(reset), audit = std::move(audit)](Connection &db) -> Result<void> {
        saveResetRow(db, reset);
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<StoredReset>> SqliteAccountRepository::reset(QByteArray hash)
{
    return m_reader.run<StoredReset>([hash = std::move(hash)](Connection &db) -> Result<StoredReset> {
        StoredReset reset;
        Statement s(db, resetSql, Blob{hash});
        if (s.step()) {
            reset.user = s.id<UserId>(0);
            reset.hash = s.text(1);
            reset.createdBy = s.id<UserId>(2);
            reset.expiresAt = s.time(3);
        }
        return reset;
    });
}

QCoro::Task<Result<void>> SqliteAccountRepository::redeemReset(QByteArray hash, StoredUser user, Audit::Draft audit)
{
    return m_writer.run<void>(
        [hash = std::move(hash), user = std::move(user), audit = std::move(audit)](Connection &db) -> Result<void> {
            execute(db, useResetSql, Blob{hash});
            if (db.changes() == 0)
                return Error(Errc::Conflict, u"The reset token was used meanwhile."_s);
            if (Result<void> updated = UserRows::update(db, user, audit); !updated)
                return updated;
            AuditAppender::append(db, audit);
            return {};
        });
}

QCoro::Task<Result<void>> SqliteAccountRepository::insertUsers(QList<StoredUser> users, QList<StoredReset> resets,
                                                               QList<Audit::Draft> audit)
{
    return m_writer.run<void>([users = std::move(users), resets = std::move(resets),
                               audit = std::move(audit)](Connection &db) -> Result<void> {
        for (const StoredUser &user : users) {
            if (Result<void> inserted = UserRows::insert(db, user); !inserted)
                return inserted;
        }
        for (const StoredReset &reset : resets)
            saveResetRow(db, reset);
        AuditAppender::append(db, audit);
        return {};
    });
}

} // namespace Atom::Storage
