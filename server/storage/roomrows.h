// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/connection.h"
#include "shared/model/roomevent.h"

// The columns of an event, the same in number and meaning for both tables, so that a page of a room is one UNION ALL
// that SQLite merges by seq. Macros, because a statement is a literal (see Sql).
#define ATOM_MESSAGE_COLUMNS                                                                                           \
    "'chat_message', m.seq, m.sender, m.created_at, m.id, m.body, m.type, m.client_id, m.reply_to, m.metadata,"        \
    " m.trace_id, NULL, m.edited_at IS NOT NULL, m.deleted_at IS NOT NULL, m.thread_root, m.must_acknowledge,"            \
    " m.mentions"
#define ATOM_EVENT_COLUMNS                                                                                             \
    "e.kind, e.seq, e.actor, e.at, e.message_id, e.body, NULL, NULL, NULL, e.metadata, NULL, e.read_up_to, 0, 0, NULL, 0, NULL"

namespace Atom::Storage {

//! \brief A room's key, the seq of its newest event (0: none) and the number of messages ever sent in it, by its id.
//! (Where all messages were purged, the members still know how many there were.)
inline constexpr Sql
    findRoomSql("SELECT r.pk, max("
                "ifnull((SELECT seq FROM messages WHERE room_pk = r.pk ORDER BY seq DESC LIMIT 1), 0), "
                "ifnull((SELECT seq FROM room_events WHERE room_pk = r.pk ORDER BY seq DESC LIMIT 1), 0)), "
                "ifnull((SELECT ordinal FROM messages WHERE room_pk = r.pk ORDER BY seq DESC LIMIT 1),"
                " ifnull((SELECT max(seen_count) FROM members WHERE room_pk = r.pk), 0))"
                " FROM rooms r WHERE r.id = ?");
//! \brief The key of a room by its id. The seq above would cost two more look-ups.
std::optional<qint64> roomKey(Connection &db, const RoomId &room);
//! \brief The number of columns above; what a query adds follows.
inline constexpr int eventColumns = 17;
//! \brief Reads a row of the columns above.
RoomEvent eventFromRow(const Statement &row, const RoomId &room);
//! \brief Fills in the marks of those events of one room that are messages. Two statements, whatever their number.
void readMarks(Connection &db, qint64 roomPk, QList<RoomEvent> &events);

} // namespace Atom::Storage
