// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqliteretentionrepository.h"

#include "server/storage/auditappender.h"
#include "server/storage/roomrows.h"
#include "shared/model/passage.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Rooms::Purged;

namespace {
constexpr Sql oldestSql("SELECT (SELECT created_at FROM messages WHERE room_pk = ?1 ORDER BY seq LIMIT 1),"
                        " (SELECT at FROM room_events WHERE room_pk = ?1 ORDER BY seq LIMIT 1)");
constexpr Sql isHeldSql("SELECT held_at IS NOT NULL FROM rooms WHERE pk = ?");
// The oldest events of both tables in one sequence.
constexpr Sql prefixSql("SELECT seq, created_at, id, trace_id FROM messages WHERE room_pk = ?1"
                        " UNION ALL SELECT seq, at, NULL, NULL FROM room_events WHERE room_pk = ?1"
                        " ORDER BY 1 LIMIT ?2");
constexpr Sql purgeMessagesSql("DELETE FROM messages WHERE room_pk = ? AND seq <= ?");
constexpr Sql purgeEventsSql("DELETE FROM room_events WHERE room_pk = ? AND seq <= ?");
constexpr Sql purgeMarksSql("DELETE FROM message_marks WHERE room_pk = ? AND message_seq <= ?");
constexpr Sql purgeMentionsSql("DELETE FROM mentions WHERE room_pk = ? AND seq <= ?");
constexpr Sql purgeOriginalSql("DELETE FROM message_originals WHERE message_id = ?");
// What stays of the newest event when it is a message: that it was there.
constexpr Sql newestMessageSql("SELECT seq, created_at, id, trace_id FROM messages WHERE room_pk = ? AND seq = ?"
                               " AND deleted_at IS NULL");
constexpr Sql emptyNewestSql("UPDATE messages SET body = '', metadata = NULL, mentions = NULL, deleted_at = ?,"
                             " assistant_state = CASE assistant_state WHEN 1 THEN 2 ELSE assistant_state END"
                             " WHERE room_pk = ? AND seq = ?");
constexpr Sql spansOfSql("SELECT id, attributes, error FROM spans WHERE trace_id = ?");
constexpr Sql setSpanSql("UPDATE spans SET attributes = ?, error = NULL WHERE trace_id = ? AND id = ?");
constexpr Sql removeSpansSql("DELETE FROM spans WHERE trace_id = ?");
constexpr Sql emptyRunsSql("UPDATE workflow_runs SET input = NULL, output = NULL, error = NULL, cursor = NULL"
                           " WHERE trace_id = ?"
                           " AND ended_at IS NOT NULL");
constexpr Sql emptyStepsSql("UPDATE workflow_steps SET input = NULL, output = NULL, error = NULL WHERE run_pk IN"
                            " (SELECT pk FROM workflow_runs WHERE trace_id = ? AND ended_at IS NOT NULL)");
constexpr Sql keepTextSql("INSERT INTO held_texts (room_pk, message_id, seq, sender, body, metadata, at, by_user,"
                          " is_deletion) SELECT m.room_pk, m.id, m.seq, m.sender, m.body, m.metadata, ?, ?, ?"
                          " FROM messages m JOIN rooms r ON r.pk = m.room_pk WHERE m.id = ? AND m.room_pk = ?"
                          " AND m.deleted_at IS NULL AND r.held_at IS NOT NULL");
constexpr Sql keepEditsSql("INSERT INTO held_texts (room_pk, message_id, seq, sender, body, metadata, at, by_user,"
                           " is_deletion) SELECT e.room_pk, e.message_id, e.seq, e.actor, e.body, NULL, ?, ?, 1"
                           " FROM room_events e JOIN rooms r ON r.pk = e.room_pk WHERE e.message_id = ?"
                           " AND e.room_pk = ? AND e.kind = 'message_edited' AND e.body IS NOT NULL"
                           " AND r.held_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM held_texts h WHERE"
                           " h.message_id = e.message_id AND h.body = e.body)");
constexpr Sql
    keepOriginalSql("INSERT INTO held_texts (room_pk, message_id, seq, sender, body, metadata, at, by_user,"
                    " is_deletion) SELECT m.room_pk, m.id, m.seq, m.sender, o.body, NULL, ?, ?, 1"
                    " FROM message_originals o JOIN messages m ON m.id = o.message_id JOIN rooms r ON"
                    " r.pk = m.room_pk WHERE o.message_id = ? AND m.room_pk = ? AND r.held_at IS NOT NULL"
                    " AND NOT EXISTS (SELECT 1 FROM held_texts h WHERE h.message_id = m.id AND h.body = o.body)");
constexpr Sql dropReleasedSql("DELETE FROM held_texts WHERE pk IN (SELECT h.pk FROM held_texts h JOIN rooms r ON"
                              " r.pk = h.room_pk WHERE r.held_at IS NULL LIMIT ?)");

//! Whether the room has nothing but its newest event, without contents: then there is nothing to be done, for ever.
bool isAlone(Connection &db, const RoomId &room)
{
    qint64 pk = 0;
    qint64 newest = 0;
    {
        Statement place(db, findRoomSql, room);
        if (!place.step())
            return true;
        pk = place.integer(0);
        newest = place.integer(1);
    }
    {
        Statement first(db, prefixSql, pk, 1);
        if (first.step() && first.integer(0) < newest)
            return false;
    }
    return !Statement(db, newestMessageSql, pk, newest).step();
}

TraceId traceOfRow(const Statement &row)
{
    const TraceId told = row.id<TraceId>(3);
    return told.isEmpty() ? traceOf(row.id<MessageId>(2)) : told;
}

//! The newest event stays for its number; if it is a message, without its contents. True: it was emptied now.
bool emptyNewest(Connection &db, qint64 pk, qint64 newest, Timestamp before, Timestamp now)
{
    TraceId trace;
    QByteArray message;
    {
        Statement row(db, newestMessageSql, pk, newest);
        if (!row.step() || row.time(1) >= before)
            return false;
        trace = traceOfRow(row);
        message = row.text(2);
    }
    MessageTraces::remove(db, trace);
    execute(db, purgeOriginalSql, message);
    execute(db, emptyNewestSql, now, pk, newest);
    execute(db, purgeMarksSql, pk, newest);
    execute(db, purgeMentionsSql, pk, newest);
    return true;
}

Result<Purged> purgeStep(Connection &db, const RoomId &room, Timestamp before, int limit, Audit::Draft audit)
{
    Purged purged;
    qint64 pk = 0;
    qint64 newest = 0;
    {
        Statement place(db, findRoomSql, room);
        if (!place.step())
            return purged;
        pk = place.integer(0);
        newest = place.integer(1);
    }
    {
        Statement held(db, isHeldSql, pk);
        if (held.step() && held.boolean(0))
            return purged;
    }
    qint64 upTo = 0;
    QList<TraceId> traces;
    QList<QByteArray> messages;
    {
        Statement rows(db, prefixSql, pk, limit);
        int seen = 0;
        while (rows.step()) {
            if (rows.integer(0) >= newest || rows.time(1) >= before)
                break;
            upTo = rows.integer(0);
            ++seen;
            if (!rows.isNull(2)) {
                traces.append(traceOfRow(rows));
                messages.append(rows.text(2));
            }
        }
        purged.isDone = seen < limit;
    }
    if (purged.isDone && emptyNewest(db, pk, newest, before, audit.at))
        purged.messages = 1;
    if (upTo == 0 && purged.messages == 0)
        return purged;
    for (const TraceId &trace : std::as_const(traces))
        MessageTraces::remove(db, trace);
    for (const QByteArray &message : std::as_const(messages))
        execute(db, purgeOriginalSql, message);
    execute(db, purgeMessagesSql, pk, upTo);
    purged.messages += db.changes();
    execute(db, purgeEventsSql, pk, upTo);
    purged.events = db.changes();
    execute(db, purgeMarksSql, pk, upTo);
    execute(db, purgeMentionsSql, pk, upTo);
    purged.upToSeq = upTo;
    audit.after = QJsonObject{{u"messages"_s, purged.messages},
                              {u"events"_s, purged.events},
                              {u"up_to_seq"_s, upTo},
                              {u"older_than"_s, toIso(before)}};
    AuditAppender::append(db, audit);
    return purged;
}
} // namespace

namespace MessageTraces {
void strip(Connection &db, const TraceId &trace)
{
    QList<std::pair<QByteArray, QJsonObject>> spans;
    {
        Statement rows(db, spansOfSql, trace);
        while (rows.step()) {
            QJsonObject attributes = rows.object(1);
            const QStringList names = attributes.keys();
            for (const QString &name : names) {
                if (name.startsWith("content."_L1))
                    attributes.remove(name);
            }
            spans.append({rows.text(0), attributes});
        }
    }
    for (const auto &[id, attributes] : std::as_const(spans))
        execute(db, setSpanSql, attributes, trace, id);
    execute(db, emptyStepsSql, trace);
    execute(db, emptyRunsSql, trace);
}

void remove(Connection &db, const TraceId &trace)
{
    execute(db, removeSpansSql, trace);
    execute(db, emptyStepsSql, trace);
    execute(db, emptyRunsSql, trace);
}
} // namespace MessageTraces

//! Each text of a message once, though it is in several places: the text of the newest edit is that of the message.
void keepForHold(Connection &db, qint64 roomPk, const MessageId &message, const UserId &by, Timestamp at,
                 bool isDeletion)
{
    execute(db, keepTextSql, at, by, isDeletion, message, roomPk);
    if (!isDeletion)
        return;
    execute(db, keepOriginalSql, at, by, message, roomPk);
    execute(db, keepEditsSql, at, by, message, roomPk);
}

QCoro::Task<Result<QList<Rooms::RetentionRepository::Due>>> SqliteRetentionRepository::due(QList<Due> rooms)
{
    return m_reader.run<QList<Due>>([rooms = std::move(rooms)](Connection &db) -> Result<QList<Due>> {
        QList<Due> found;
        for (const Due &one : rooms) {
            const std::optional<qint64> pk = roomKey(db, one.room);
            if (!pk)
                continue;
            Statement row(db, oldestSql, *pk);
            if (!row.step())
                continue;
            const auto isOld = [&](int column) { return !row.isNull(column) && row.time(column) < one.before; };
            if ((isOld(0) || isOld(1)) && !isAlone(db, one.room))
                found.append(one);
        }
        return found;
    });
}

QCoro::Task<Result<Purged>> SqliteRetentionRepository::purge(RoomId room, Timestamp before, int limit,
                                                             Audit::Draft audit)
{
    return m_writer.run<Purged>([room = std::move(room), before, limit, audit = std::move(audit)](Connection &db) {
        return purgeStep(db, room, before, limit, audit);
    });
}

QCoro::Task<Result<int>> SqliteRetentionRepository::dropReleased(int limit)
{
    return m_writer.run<int>([limit](Connection &db) -> Result<int> {
        execute(db, dropReleasedSql, limit);
        return db.changes();
    });
}

} // namespace Atom::Storage
