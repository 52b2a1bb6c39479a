// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/roomrows.h"

#include "shared/model/passage.h"

namespace Atom::Storage {

RoomEvent eventFromRow(const Statement &row, const RoomId &room)
{
    RoomEvent e;
    e.room = room;
    e.kind = roomEventKindFromType(row.text(0)).value_or(RoomEventKind::Message);
    e.seq = row.integer(1);
    e.actor = row.id<UserId>(2);
    e.at = row.time(3);
    e.message = row.id<MessageId>(4);
    e.text = row.string(5);
    e.messageType = row.string(6);
    e.clientId = row.text(7);
    e.replyTo = row.id<MessageId>(8);
    e.metadata = row.object(9);
    e.trace = row.id<TraceId>(10);
    if (e.trace.isEmpty() && e.kind == RoomEventKind::Message)
        e.trace = traceOf(e.message);
    e.readUpTo = row.integer(11);
    e.edited = row.boolean(12);
    e.deleted = row.boolean(13);
    return e;
}

} // namespace Atom::Storage
