// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/roomeffects.h"

#include "server/rooms/roomchange.h"

namespace Atom::Storage::RoomEffects {
using namespace Qt::StringLiterals;
using Rooms::Restriction;
using Rooms::RestrictionKind;

namespace {
constexpr Sql roomSql("SELECT " ATOM_ROOM_COLUMNS " FROM rooms WHERE pk = ?");
constexpr Sql updateRoomSql("UPDATE rooms SET name = ?, visibility = ?, assistant_enabled = ?, topic = ?, purpose = ?,"
                            " read_only = ?, join_approval = ?, slow_mode_seconds = ?, archived_at = ?,"
                            " retention_days = ?, held_at = ?, held_by = ?, hold_reason = ? WHERE pk = ?");
constexpr Sql setRoleSql("UPDATE members SET role = ? WHERE room_pk = ? AND user_id = ?");
constexpr Sql isMemberSql("SELECT 1 FROM members WHERE room_pk = ? AND user_id = ?");
constexpr Sql restrictSql("INSERT INTO room_restrictions (room_pk, user_id, kind, by_user, at, until_at, reason)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (room_pk, user_id, kind) DO UPDATE SET"
                          " by_user = excluded.by_user, at = excluded.at, until_at = excluded.until_at,"
                          " reason = excluded.reason");
constexpr Sql endRestrictionSql("DELETE FROM room_restrictions WHERE room_pk = ? AND user_id = ? AND kind = ?");
constexpr Sql dropEndedSql("DELETE FROM room_restrictions WHERE room_pk = ? AND until_at <= ?");
constexpr Sql useInvitationSql("UPDATE room_invitations SET uses = uses + 1 WHERE id = ? AND room_pk = ?"
                               " AND revoked_at IS NULL AND (max_uses = 0 OR uses < max_uses)"
                               " AND (expires_at IS NULL OR expires_at > ?)");
constexpr Sql endRequestSql("DELETE FROM room_join_requests WHERE room_pk = ? AND user_id = ?");
constexpr Sql restrictionsSql("SELECT room_pk, user_id, kind, by_user, at, until_at, reason FROM room_restrictions");
constexpr Sql requestsSql("SELECT room_pk, user_id, at, message FROM room_join_requests");
constexpr Sql newestSendersSql("SELECT sender, created_at FROM messages WHERE room_pk = ? ORDER BY seq DESC LIMIT ?");
constexpr int sendersLookedAt = 10'000;

QByteArray kindName(RestrictionKind kind)
{
    return kind == RestrictionKind::Ban ? "ban" : "mute";
}

UserId memberOf(const RoomEvent &event)
{
    return UserId::fromString(event.metadata.value("member_id"_L1).toString());
}

void restrict(Connection &db, qint64 roomPk, RestrictionKind kind, const RoomEvent &event,
              const std::optional<Timestamp> &until)
{
    execute(db, dropEndedSql, roomPk, event.at);
    execute(db, restrictSql, roomPk, memberOf(event), kindName(kind), event.actor, event.at, until,
            event.metadata.value("reason"_L1).toString());
}
} // namespace

void roomUpdated(Connection &db, qint64 roomPk, const RoomEvent &event)
{
    Room room;
    {
        Statement row(db, roomSql, roomPk);
        if (!row.step())
            return;
        room = readRoom(row, 0);
    }
    Rooms::applyRoomChanges(room, event);
    std::optional<Timestamp> heldAt;
    QByteArray heldBy;
    QByteArray reason;
    if (room.hold) {
        heldAt = room.hold->since;
        heldBy = room.hold->by.bytes();
        reason = room.hold->reason.toUtf8();
    }
    // A negative number stands for "as the server is configured": one statement for both.
    execute(db, updateRoomSql, room.name, roomVisibilityName(room.visibility), room.assistantEnabled, room.topic,
            room.purpose, room.readOnly, room.joinApproval, room.slowModeSeconds, room.archivedAt,
            room.retentionDays.value_or(-1), heldAt, heldBy, reason, roomPk);
}

bool memberUpdated(Connection &db, qint64 roomPk, const RoomEvent &event)
{
    const UserId member = memberOf(event);
    if (!Statement(db, isMemberSql, roomPk, member).step())
        return false;
    const QJsonObject changes = event.metadata.value("changes"_L1).toObject();
    if (const QJsonValue role = changes.value("role"_L1); role.isString())
        execute(db, setRoleSql, role.toString(), roomPk, member);
    if (const QJsonValue until = changes.value("muted_until"_L1); until.isString())
        restrict(db, roomPk, RestrictionKind::Mute, event, fromIso(until.toString()));
    else if (until.isNull() && changes.contains("muted_until"_L1))
        execute(db, endRestrictionSql, roomPk, member, kindName(RestrictionKind::Mute));
    return true;
}

void userBanned(Connection &db, qint64 roomPk, const RoomEvent &event)
{
    std::optional<Timestamp> until;
    if (const QJsonValue text = event.metadata.value("banned_until"_L1); text.isString())
        until = fromIso(text.toString());
    restrict(db, roomPk, RestrictionKind::Ban, event, until);
    endJoinRequest(db, roomPk, memberOf(event));
}

bool userUnbanned(Connection &db, qint64 roomPk, const RoomEvent &event)
{
    execute(db, endRestrictionSql, roomPk, memberOf(event), kindName(RestrictionKind::Ban));
    return db.changes() > 0;
}

bool useInvitation(Connection &db, qint64 roomPk, const QByteArray &invitation, Timestamp at)
{
    execute(db, useInvitationSql, invitation, roomPk, at);
    return db.changes() > 0;
}

void endJoinRequest(Connection &db, qint64 roomPk, const UserId &user)
{
    execute(db, endRequestSql, roomPk, user);
}

Room readRoom(const Statement &row, int first)
{
    Room room;
    room.id = row.id<RoomId>(first);
    room.name = row.string(first + 1);
    room.kind = roomKindFromName(row.string(first + 2)).value_or(RoomKind::Group);
    // What cannot be read must not become public.
    room.visibility = roomVisibilityFromName(row.string(first + 3)).value_or(RoomVisibility::Private);
    room.assistantEnabled = row.boolean(first + 4);
    room.createdBy = row.id<UserId>(first + 5);
    room.createdAt = row.time(first + 6);
    room.topic = row.string(first + 7);
    room.purpose = row.string(first + 8);
    room.readOnly = row.boolean(first + 9);
    room.joinApproval = row.boolean(first + 10);
    room.slowModeSeconds = int(row.integer(first + 11));
    room.archivedAt = row.optionalTime(first + 12);
    if (const qint64 days = row.integer(first + 13); days >= 0)
        room.retentionDays = int(days);
    if (const std::optional<Timestamp> since = row.optionalTime(first + 14))
        room.hold = LegalHold{row.id<UserId>(first + 15), *since, row.string(first + 16)};
    return room;
}

void readModeration(Connection &db, const QHash<qint64, Rooms::RoomState *> &rooms)
{
    {
        Statement s(db, restrictionsSql);
        while (s.step()) {
            Rooms::RoomState *const state = rooms.value(s.integer(0));
            if (!state)
                continue;
            Restriction restriction;
            restriction.user = s.id<UserId>(1);
            restriction.kind = s.text(2) == "ban" ? RestrictionKind::Ban : RestrictionKind::Mute;
            restriction.by = s.id<UserId>(3);
            restriction.at = s.time(4);
            restriction.until = s.optionalTime(5);
            restriction.reason = s.string(6);
            auto &list = restriction.kind == RestrictionKind::Ban ? state->bans : state->mutes;
            list.insert(restriction.user, restriction);
        }
    }
    {
        Statement s(db, requestsSql);
        while (s.step()) {
            Rooms::RoomState *const state = rooms.value(s.integer(0));
            if (!state)
                continue;
            Rooms::JoinRequest request;
            request.room = state->room.id;
            request.user = s.id<UserId>(1);
            request.at = s.time(2);
            request.message = s.string(3);
            state->requests.insert(request.user, request);
        }
    }
    for (auto it = rooms.constBegin(); it != rooms.constEnd(); ++it) {
        Rooms::RoomState &state = *it.value();
        if (state.room.slowModeSeconds <= 0)
            continue;
        Statement s(db, newestSendersSql, it.key(), sendersLookedAt);
        std::optional<Timestamp> oldest; // counted from the newest message, which cannot be later than now
        while (s.step() && (!oldest || s.time(1) > *oldest)) {
            if (!oldest)
                oldest = s.time(1) - seconds(state.room.slowModeSeconds);
            const UserId sender = s.id<UserId>(0);
            if (!state.lastPosts.contains(sender))
                state.lastPosts.insert(sender, s.time(1));
        }
    }
}

} // namespace Atom::Storage::RoomEffects
