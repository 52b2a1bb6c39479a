// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqliteinvitationrepository.h"

#include "server/storage/auditappender.h"
#include "server/storage/roomrows.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Rooms::Invitation;
using Rooms::RoomPreference;

namespace {
#define ATOM_INVITATION_COLUMNS                                                                                        \
    "i.id, r.id, i.created_by, i.created_at, i.expires_at, i.max_uses, i.uses, i.revoked_at FROM room_invitations i"   \
    " JOIN rooms r ON r.pk = i.room_pk"
constexpr Sql insertSql("INSERT INTO room_invitations (id, room_pk, token_hash, created_by, created_at, expires_at,"
                        " max_uses) VALUES (?, ?, ?, ?, ?, ?, ?)");
constexpr Sql openCountSql("SELECT count(*) FROM room_invitations WHERE room_pk = ? AND revoked_at IS NULL"
                           " AND (max_uses = 0 OR uses < max_uses) AND (expires_at IS NULL OR expires_at > ?)");
constexpr Sql forgetOldSql("DELETE FROM room_invitations WHERE room_pk = ? AND (revoked_at < ?2 OR expires_at < ?2)");
constexpr Sql ofRoomSql("SELECT " ATOM_INVITATION_COLUMNS " WHERE r.id = ? ORDER BY i.created_at DESC, i.id DESC"
                        " LIMIT 1000");
constexpr Sql ofTokenSql("SELECT " ATOM_INVITATION_COLUMNS " WHERE i.token_hash = ?");
constexpr Sql isRevokedSql("SELECT revoked_at IS NOT NULL FROM room_invitations WHERE id = ? AND room_pk = ?");
constexpr Sql revokeSql("UPDATE room_invitations SET revoked_at = ?, revoked_by = ? WHERE id = ?");
constexpr milliseconds keptAfterTheEnd = std::chrono::days(30);

constexpr Sql preferencesSql("SELECT r.id, p.favourite_rank, p.notify FROM room_preferences p JOIN rooms r ON"
                             " r.pk = p.room_pk WHERE p.user_id = ? ORDER BY p.favourite_rank IS NULL,"
                             " p.favourite_rank, r.id");
constexpr Sql preferenceSql("SELECT favourite_rank, notify FROM room_preferences WHERE user_id = ? AND room_pk = ?");
constexpr Sql nextRankSql("SELECT ifnull(max(favourite_rank), 0) + 1 FROM room_preferences WHERE user_id = ?");
constexpr Sql putPreferenceSql("INSERT INTO room_preferences (user_id, room_pk, favourite_rank, notify)"
                               " VALUES (?, ?, nullif(?, 0), ?) ON CONFLICT (user_id, room_pk) DO UPDATE SET"
                               " favourite_rank = excluded.favourite_rank, notify = excluded.notify");
constexpr Sql noFavouritesSql("UPDATE room_preferences SET favourite_rank = NULL WHERE user_id = ?");
constexpr Sql rankSql("INSERT INTO room_preferences (user_id, room_pk, favourite_rank) VALUES (?, ?, ?)"
                      " ON CONFLICT (user_id, room_pk) DO UPDATE SET favourite_rank = excluded.favourite_rank");

Error noRoom()
{
    return Error(Errc::NotFound, u"There is no such room."_s);
}

Invitation invitationFromRow(const Statement &row)
{
    Invitation invitation;
    invitation.id = row.text(0);
    invitation.room = row.id<RoomId>(1);
    invitation.createdBy = row.id<UserId>(2);
    invitation.createdAt = row.time(3);
    invitation.expiresAt = row.optionalTime(4);
    invitation.maxUses = int(row.integer(5));
    invitation.uses = int(row.integer(6));
    invitation.revokedAt = row.optionalTime(7);
    return invitation;
}
} // namespace

QCoro::Task<Result<void>> SqliteInvitationRepository::store(Invitation invitation, QByteArray tokenHash,
                                                            QList<Audit::Draft> audit)
{
    Writer::Work<void> work = [invitation = std::move(invitation), tokenHash = std::move(tokenHash),
                               audit = std::move(audit)](Connection &db) -> Result<void> {
        const std::optional<qint64> room = roomKey(db, invitation.room);
        if (!room)
            return noRoom();
        execute(db, forgetOldSql, *room, invitation.createdAt - keptAfterTheEnd);
        {
            Statement open(db, openCountSql, *room, invitation.createdAt);
            if (open.step() && open.integer(0) >= Rooms::InvitationService::openPerRoom)
                return Error(Errc::Conflict, u"The room has too many open invitations: revoke some first."_s);
        }
        execute(db, insertSql, invitation.id, *room, Blob{tokenHash}, invitation.createdBy, invitation.createdAt,
                invitation.expiresAt, invitation.maxUses);
        AuditAppender::append(db, audit);
        return {};
    };
    return m_writer.run<void>(std::move(work));
}

QCoro::Task<Result<QList<Invitation>>> SqliteInvitationRepository::ofRoom(RoomId room)
{
    return m_reader.run<QList<Invitation>>([room = std::move(room)](Connection &db) -> Result<QList<Invitation>> {
        QList<Invitation> list;
        Statement rows(db, ofRoomSql, room);
        while (rows.step())
            list.append(invitationFromRow(rows));
        return list;
    });
}

QCoro::Task<Result<Invitation>> SqliteInvitationRepository::ofToken(QByteArray tokenHash)
{
    return m_reader.run<Invitation>([tokenHash = std::move(tokenHash)](Connection &db) -> Result<Invitation> {
        Statement row(db, ofTokenSql, Blob{tokenHash});
        if (!row.step())
            return Error(Errc::NotFound, u"There is no such invitation."_s);
        return invitationFromRow(row);
    });
}

QCoro::Task<Result<void>> SqliteInvitationRepository::revoke(RoomId room, QByteArray id, UserId by, Timestamp at,
                                                             QList<Audit::Draft> audit)
{
    Writer::Work<void> work = [room = std::move(room), id = std::move(id), by = std::move(by), at,
                               audit = std::move(audit)](Connection &db) -> Result<void> {
        const std::optional<qint64> pk = roomKey(db, room);
        if (!pk)
            return noRoom();
        {
            Statement row(db, isRevokedSql, id, *pk);
            if (!row.step())
                return Error(Errc::NotFound, u"There is no such invitation."_s);
            if (row.boolean(0))
                return {};
        }
        execute(db, revokeSql, at, by, id);
        AuditAppender::append(db, audit);
        return {};
    };
    return m_writer.run<void>(std::move(work));
}

QCoro::Task<Result<QList<RoomPreference>>> SqlitePreferenceRepository::ofUser(UserId user)
{
    return m_reader.run<QList<RoomPreference>>(
        [user = std::move(user)](Connection &db) -> Result<QList<RoomPreference>> {
            QList<RoomPreference> list;
            Statement rows(db, preferencesSql, user);
            while (rows.step()) {
                RoomPreference preference;
                preference.room = rows.id<RoomId>(0);
                preference.favourite = !rows.isNull(1);
                preference.notify =
                    Rooms::notificationLevelFromName(rows.string(2)).value_or(Rooms::NotificationLevel::All);
                list.append(preference);
            }
            return list;
        });
}

QCoro::Task<Result<RoomPreference>> SqlitePreferenceRepository::change(UserId user, RoomId room,
                                                                       Rooms::PreferenceChange change)
{
    Writer::Work<RoomPreference> work = [user = std::move(user), room = std::move(room),
                                         change](Connection &db) -> Result<RoomPreference> {
        const std::optional<qint64> pk = roomKey(db, room);
        if (!pk)
            return noRoom();
        RoomPreference preference;
        preference.room = room;
        qint64 rank = 0;
        {
            Statement row(db, preferenceSql, user, *pk);
            if (row.step()) {
                rank = row.integer(0);
                preference.notify =
                    Rooms::notificationLevelFromName(row.string(1)).value_or(Rooms::NotificationLevel::All);
            }
        }
        if (change.favourite && !*change.favourite) {
            rank = 0;
        } else if (change.favourite && rank == 0) {
            Statement next(db, nextRankSql, user);
            rank = next.step() ? next.integer(0) : 1;
        }
        preference.favourite = rank > 0;
        preference.notify = change.notify.value_or(preference.notify);
        execute(db, putPreferenceSql, user, *pk, rank, Rooms::notificationLevelName(preference.notify));
        return preference;
    };
    return m_writer.run<RoomPreference>(std::move(work));
}

QCoro::Task<Result<void>> SqlitePreferenceRepository::setFavourites(UserId user, QList<RoomId> rooms)
{
    Writer::Work<void> work = [user = std::move(user), rooms = std::move(rooms)](Connection &db) -> Result<void> {
        execute(db, noFavouritesSql, user);
        qint64 rank = 0;
        for (const RoomId &room : rooms) {
            if (const std::optional<qint64> pk = roomKey(db, room))
                execute(db, rankSql, user, *pk, ++rank);
        }
        return {};
    };
    return m_writer.run<void>(std::move(work));
}

} // namespace Atom::Storage
