// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RoomAppender: what people add to messages of others.
#include "server/storage/roomappender.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Rooms::Appended;
using Rooms::MarkLimits;

namespace {
constexpr Sql markableSql("SELECT seq, deleted_at IS NOT NULL, must_acknowledge FROM messages"
                          " WHERE id = ? AND room_pk = ?");
constexpr Sql addMarkSql("INSERT OR IGNORE INTO message_marks (room_pk, message_seq, kind, value, user_id, marked_at)"
                         " VALUES (?, ?, ?, ?, ?, ?)");
constexpr Sql removeReactionSql("DELETE FROM message_marks WHERE room_pk = ? AND message_seq = ?"
                                " AND kind = 'reaction' AND value = ? AND user_id = ?");
constexpr Sql reactionsSql("SELECT count(*), count(DISTINCT value), ifnull(max(value = ?), 0) FROM message_marks"
                           " WHERE room_pk = ? AND message_seq = ? AND kind = 'reaction'");
constexpr Sql isPinnedSql("SELECT 1 FROM message_marks WHERE room_pk = ? AND message_seq = ? AND kind = 'pin'");
constexpr Sql pinsSql("SELECT count(*) FROM message_marks WHERE room_pk = ? AND kind = 'pin'");
constexpr Sql unpinSql("DELETE FROM message_marks WHERE room_pk = ? AND message_seq = ? AND kind = 'pin'");

Appended nothingNew(RoomEvent event)
{
    event.seq = 0;
    Appended appended;
    appended.event = std::move(event);
    appended.duplicate = true;
    return appended;
}
} // namespace

Result<RoomAppender::Marked> RoomAppender::markable(Connection &db, const Place &place, const RoomEvent &event)
{
    Statement s(db, markableSql, event.message, place.pk);
    if (!s.step())
        return Error(Errc::NotFound, u"There is no such message in this room."_s);
    if (s.boolean(1))
        return Error(Errc::Conflict, u"The message was deleted."_s);
    Marked marked;
    marked.seq = s.integer(0);
    marked.mustAcknowledge = s.boolean(2);
    return marked;
}

RoomAppender::Outcome RoomAppender::react(Connection &db, Place &place, RoomEvent event)
{
    const Result<Marked> message = markable(db, place, event);
    if (!message)
        return message.error();
    if (event.kind == RoomEventKind::ReactionRemoved) {
        execute(db, removeReactionSql, place.pk, message->seq, event.text, event.actor);
        return db.changes() > 0 ? store(db, place, std::move(event)) : nothingNew(std::move(event));
    }
    {
        Statement s(db, reactionsSql, event.text, place.pk, message->seq);
        if (s.step() && (s.integer(0) >= MarkLimits::reactions ||
                         (s.integer(1) >= MarkLimits::reactionKinds && !s.boolean(2))))
            return Error(Errc::Conflict, u"The message has as many reactions as it can take."_s);
    }
    execute(db, addMarkSql, place.pk, message->seq, "reaction"_ba, event.text, event.actor, event.at);
    return db.changes() > 0 ? store(db, place, std::move(event)) : nothingNew(std::move(event));
}

RoomAppender::Outcome RoomAppender::pin(Connection &db, Place &place, RoomEvent event)
{
    const Result<Marked> message = markable(db, place, event);
    if (!message)
        return message.error();
    if (event.kind == RoomEventKind::Unpinned) {
        execute(db, unpinSql, place.pk, message->seq);
        return db.changes() > 0 ? store(db, place, std::move(event)) : nothingNew(std::move(event));
    }
    if (Statement(db, isPinnedSql, place.pk, message->seq).step())
        return nothingNew(std::move(event));
    {
        Statement s(db, pinsSql, place.pk);
        if (s.step() && s.integer(0) >= MarkLimits::pins)
            return Error(Errc::Conflict, u"A room has at most %1 pinned messages."_s.arg(MarkLimits::pins));
    }
    execute(db, addMarkSql, place.pk, message->seq, "pin"_ba, QByteArray(""), event.actor, event.at);
    return store(db, place, std::move(event));
}

RoomAppender::Outcome RoomAppender::acknowledge(Connection &db, Place &place, RoomEvent event)
{
    const Result<Marked> message = markable(db, place, event);
    if (!message)
        return message.error();
    if (!message->mustAcknowledge)
        return Error(Errc::Conflict, u"Nobody asked to acknowledge this message."_s);
    execute(db, addMarkSql, place.pk, message->seq, "acknowledgement"_ba, QByteArray(""), event.actor, event.at);
    return db.changes() > 0 ? store(db, place, std::move(event)) : nothingNew(std::move(event));
}

} // namespace Atom::Storage
