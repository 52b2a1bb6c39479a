// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// SqliteAccountRepository: what is left of an erased account.
#include "server/storage/auditappender.h"
#include "server/storage/sqliteaccountrepository.h"
#include "server/storage/userrows.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Identity::StoredErasure;
using Identity::StoredUser;

namespace {
//! A step of a sweep keeps the writer busy for a few milliseconds only: others write meanwhile.
constexpr qint64 messagesAtOnce = 5'000;
constexpr qint64 roomsAtOnce = 100;

// What is only the person's own goes with the account.
constexpr Sql ownRowsSql[] = {
    Sql("DELETE FROM sessions WHERE user_id = ?"),
    Sql("DELETE FROM application_tokens WHERE user_id = ?"),
    Sql("DELETE FROM password_resets WHERE user_id = ?"),
    Sql("DELETE FROM facts WHERE user_id = ?"),
    Sql("DELETE FROM conversations WHERE user_id = ?"),
    Sql("DELETE FROM assistant_feedback WHERE user_id = ?"),
    Sql("DELETE FROM user_items WHERE user_id = ?"),
    Sql("DELETE FROM user_item_floors WHERE user_id = ?"),
    Sql("DELETE FROM mentions WHERE user_id = ?"),
    Sql("DELETE FROM permission_overrides WHERE kind = 'user' AND subject = ?"),
    Sql("DELETE FROM room_preferences WHERE user_id = ?"),
    Sql("DELETE FROM room_join_requests WHERE user_id = ?"),
    Sql("DELETE FROM room_restrictions WHERE user_id = ?"),
    Sql("DELETE FROM llm_usage WHERE scope = 'user' AND subject = ?"),
};
constexpr Sql insertSql("INSERT INTO erasures (user_id, pseudonym, removes_messages, at) VALUES (?, ?, ?, ?)"
                        " ON CONFLICT (user_id) DO UPDATE SET messages_done = 0, rooms_done = 0, complete = 0");
constexpr Sql allSql("SELECT user_id, pseudonym, removes_messages, at, messages_done, rooms_done, complete"
                     " FROM erasures ORDER BY at, user_id");
constexpr Sql progressSql("UPDATE erasures SET messages_done = ?, rooms_done = ?, complete = ? WHERE user_id = ?");

constexpr Sql lastMessageSql("SELECT coalesce(max(pk), 0) FROM messages");
constexpr Sql keepMessagesSql("UPDATE messages SET sender = ?1, metadata = NULL"
                              " WHERE pk > ?3 AND pk <= ?4 AND sender = ?2");
constexpr Sql removeMessagesSql("UPDATE messages SET sender = ?1, metadata = NULL, mentions = NULL, body = '',"
                                " deleted_at = coalesce(deleted_at, ?5) WHERE pk > ?3 AND pk <= ?4 AND sender = ?2");
constexpr Sql removeOriginalsSql("DELETE FROM message_originals WHERE message_id IN (SELECT id FROM messages"
                                 " WHERE pk > ?2 AND pk <= ?3 AND sender = ?1)");
// What the person added to messages of others stays, as somebody's.
constexpr Sql marksSql("UPDATE OR IGNORE message_marks SET user_id = ?1"
                       " WHERE room_pk > ?3 AND room_pk <= ?4 AND user_id = ?2");
// A legal hold of a room wins: what it holds is kept, out of sight, until the hold ends.
constexpr Sql keepHeldSql("INSERT INTO held_texts (room_pk, message_id, seq, sender, body, metadata, at, by_user,"
                          " is_deletion) SELECT m.room_pk, m.id, m.seq, m.sender, m.body, m.metadata, ?5, ?1, 1"
                          " FROM messages m JOIN rooms r ON r.pk = m.room_pk WHERE m.pk > ?3 AND m.pk <= ?4"
                          " AND m.sender = ?2 AND m.deleted_at IS NULL AND r.held_at IS NOT NULL");
constexpr Sql
    keepHeldOriginalsSql("INSERT INTO held_texts (room_pk, message_id, seq, sender, body, metadata, at, by_user,"
                         " is_deletion) SELECT m.room_pk, m.id, m.seq, m.sender, o.body, NULL, ?5, ?1, 1"
                         " FROM messages m JOIN message_originals o ON o.message_id = m.id"
                         " JOIN rooms r ON r.pk = m.room_pk WHERE m.pk > ?3 AND m.pk <= ?4"
                         " AND m.sender = ?2 AND r.held_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
                         " held_texts h WHERE h.message_id = m.id AND h.body = o.body)");
constexpr Sql keepHeldEditsSql("INSERT INTO held_texts (room_pk, message_id, seq, sender, body, metadata, at, by_user,"
                               " is_deletion) SELECT e.room_pk, e.message_id, e.seq, e.actor, e.body, NULL, ?5, ?1, 1"
                               " FROM room_events e JOIN rooms r ON r.pk = e.room_pk WHERE e.room_pk > ?3"
                               " AND e.room_pk <= ?4 AND e.actor = ?2 AND e.kind = 'message_edited'"
                               " AND e.body IS NOT NULL AND r.held_at IS NOT NULL AND NOT EXISTS (SELECT 1"
                               " FROM held_texts h WHERE h.message_id = e.message_id AND h.body = e.body)");
constexpr Sql lastRoomSql("SELECT coalesce(max(pk), 0) FROM rooms");
constexpr Sql keepEventsSql("UPDATE room_events SET actor = ?1 WHERE room_pk > ?3 AND room_pk <= ?4 AND actor = ?2");
constexpr Sql removeEventsSql("UPDATE room_events SET actor = ?1, body = NULL, metadata = NULL"
                              " WHERE room_pk > ?3 AND room_pk <= ?4 AND actor = ?2");
constexpr Sql roomsMadeSql("UPDATE rooms SET created_by = ?1 WHERE pk > ?3 AND pk <= ?4 AND created_by = ?2");
constexpr Sql runsSql("UPDATE workflow_runs SET started_by = ? WHERE started_by = ?");

qint64 lastOf(Connection &db, Sql sql)
{
    Statement s(db, sql);
    return s.step() ? s.integer(0) : 0;
}
} // namespace

QCoro::Task<Result<void>> SqliteAccountRepository::erase(StoredErasure erasure, StoredUser tombstone,
                                                         Audit::Draft audit)
{
    return m_writer.run<void>([erasure = std::move(erasure), tombstone = std::move(tombstone),
                               audit = std::move(audit)](Connection &db) -> Result<void> {
        if (Result<void> updated = UserRows::update(db, tombstone, audit); !updated)
            return updated;
        for (const Sql sql : ownRowsSql)
            execute(db, sql, erasure.user);
        execute(db, insertSql, erasure.user, erasure.pseudonym, erasure.removesMessages, erasure.at);
        AuditAppender::erase(db, erasure.user); // before the record of the erasure, whose reason stays
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<QList<StoredErasure>>> SqliteAccountRepository::erasures()
{
    return m_reader.run<QList<StoredErasure>>([](Connection &db) -> Result<QList<StoredErasure>> {
        QList<StoredErasure> erasures;
        Statement s(db, allSql);
        while (s.step()) {
            StoredErasure e;
            e.user = s.id<UserId>(0);
            e.pseudonym = s.id<UserId>(1);
            e.removesMessages = s.boolean(2);
            e.at = s.time(3);
            e.messagesDone = s.integer(4);
            e.roomsDone = s.integer(5);
            e.isComplete = s.boolean(6);
            erasures.append(std::move(e));
        }
        return erasures;
    });
}

QCoro::Task<Result<StoredErasure>> SqliteAccountRepository::continueErasure(StoredErasure erasure)
{
    return m_writer.run<StoredErasure>([erasure = std::move(erasure)](Connection &db) -> Result<StoredErasure> {
        StoredErasure next = erasure;
        if (const qint64 last = lastOf(db, lastMessageSql); next.messagesDone < last) {
            const qint64 to = std::min(last, next.messagesDone + messagesAtOnce);
            if (next.removesMessages) {
                execute(db, keepHeldSql, next.pseudonym, next.user, next.messagesDone, to, next.at);
                execute(db, keepHeldOriginalsSql, next.pseudonym, next.user, next.messagesDone, to, next.at);
                execute(db, removeMessagesSql, next.pseudonym, next.user, next.messagesDone, to, next.at);
                execute(db, removeOriginalsSql, next.pseudonym, next.messagesDone, to);
            } else {
                execute(db, keepMessagesSql, next.pseudonym, next.user, next.messagesDone, to);
            }
            next.messagesDone = to;
        } else if (const qint64 lastRoom = lastOf(db, lastRoomSql); next.roomsDone < lastRoom) {
            const qint64 to = std::min(lastRoom, next.roomsDone + roomsAtOnce);
            if (next.removesMessages)
                execute(db, keepHeldEditsSql, next.pseudonym, next.user, next.roomsDone, to, next.at);
            const Sql events = next.removesMessages ? removeEventsSql : keepEventsSql;
            execute(db, events, next.pseudonym, next.user, next.roomsDone, to);
            execute(db, marksSql, next.pseudonym, next.user, next.roomsDone, to);
            execute(db, roomsMadeSql, next.pseudonym, next.user, next.roomsDone, to);
            next.roomsDone = to;
        } else {
            execute(db, runsSql, next.pseudonym, next.user);
            next.isComplete = true;
        }
        execute(db, progressSql, next.messagesDone, next.roomsDone, next.isComplete, next.user);
        return next;
    });
}

} // namespace Atom::Storage
