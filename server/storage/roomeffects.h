// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomrepository.h"
#include "server/storage/connection.h"

//! What the events of settings and moderation change beside themselves. On the writer's thread, inside the job that
//! stores the event; a failure is the connection's. `roomPk` is the row of the room.
namespace Atom::Storage::RoomEffects {

//! \brief Applies metadata "changes" to the row of the room.
void roomUpdated(Connection &db, qint64 roomPk, const RoomEvent &event);
//! \brief Role and mute. \return false: no such member.
bool memberUpdated(Connection &db, qint64 roomPk, const RoomEvent &event);
void userBanned(Connection &db, qint64 roomPk, const RoomEvent &event);
//! \return false: the user was not banned.
bool userUnbanned(Connection &db, qint64 roomPk, const RoomEvent &event);
//! \brief Counts one use of the invitation. \return false: it is used up, revoked or over at `at`.
bool useInvitation(Connection &db, qint64 roomPk, const QByteArray &invitation, Timestamp at);
void endJoinRequest(Connection &db, qint64 roomPk, const UserId &user);

//! \brief The columns of rooms that readRoom() reads, from `first` on.
#define ATOM_ROOM_COLUMNS                                                                                              \
    "id, name, kind, visibility, assistant_enabled, created_by, created_at, topic, purpose, read_only, join_approval," \
    " slow_mode_seconds, archived_at, retention_days, held_at, held_by, hold_reason"
inline constexpr int roomColumns = 17;
Room readRoom(const Statement &row, int first);
//! \brief Restrictions, join requests and last messages in slow mode, for rooms by their key.
void readModeration(Connection &db, const QHash<qint64, Rooms::RoomState *> &rooms);

} // namespace Atom::Storage::RoomEffects
