// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// SqliteRoomRepository: threads, pins, former texts, acknowledgements, and how far people have seen.
#include "server/storage/roomrows.h"
#include "server/storage/sqliteroomrepository.h"

#include <algorithm>

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Rooms::Acknowledgement;
using Rooms::MessageVersion;
using Rooms::SeenMark;

namespace {
constexpr Sql roomPkSql("SELECT pk FROM rooms WHERE id = ?");
constexpr Sql locateSql("SELECT " ATOM_MESSAGE_COLUMNS ", r.id, r.pk FROM messages m JOIN rooms r ON r.pk = m.room_pk"
                        " WHERE m.id = ?");
constexpr Sql threadSql("SELECT " ATOM_MESSAGE_COLUMNS " FROM messages m WHERE m.thread_root = ?1 AND m.seq > ?2"
                        " AND m.room_pk = ?3 ORDER BY m.seq LIMIT ?4");
constexpr Sql pinsSql("SELECT " ATOM_MESSAGE_COLUMNS " FROM message_marks p JOIN messages m"
                      " ON m.room_pk = p.room_pk AND m.seq = p.message_seq"
                      " WHERE p.room_pk = ? AND p.kind = 'pin' ORDER BY p.marked_at DESC, p.message_seq DESC");
constexpr Sql originalSql("SELECT ifnull(o.body, m.body), m.sender, m.created_at, m.deleted_at IS NOT NULL"
                          " FROM messages m LEFT JOIN message_originals o ON o.message_id = m.id"
                          " WHERE m.id = ? AND m.room_pk = ?");
constexpr Sql editsSql("SELECT body, actor, at FROM room_events WHERE message_id = ? AND kind = 'message_edited'"
                       " ORDER BY seq DESC LIMIT ?");
constexpr Sql acknowledgedSql("SELECT a.user_id, a.marked_at FROM messages m JOIN message_marks a"
                              " ON a.room_pk = m.room_pk AND a.message_seq = m.seq AND a.kind = 'acknowledgement'"
                              " WHERE m.id = ? AND m.room_pk = ? ORDER BY a.user_id");
constexpr Sql mentionsOfSql("SELECT " ATOM_MESSAGE_COLUMNS ", r.id FROM mentions n JOIN messages m"
                            " ON m.room_pk = n.room_pk AND m.seq = n.seq JOIN rooms r ON r.pk = n.room_pk"
                            " WHERE n.user_id = ? ORDER BY m.pk DESC LIMIT ?");
constexpr Sql countSql("SELECT ordinal FROM messages WHERE room_pk = ? AND seq <= ? ORDER BY seq DESC LIMIT 1");
// Bounded: who marks years as unread must not keep the reader busy.
constexpr Sql ownBehindSql("SELECT ifnull(sum(sender = ?3), 0) FROM (SELECT sender FROM messages"
                           " WHERE room_pk = ?1 AND seq > ?2 ORDER BY seq LIMIT 10000)");
constexpr Sql seenSql("UPDATE members SET seen_up_to = max(seen_up_to, ?1), seen_count = max(seen_count, ?2),"
                      " seen_pk = max(seen_pk, ?3) WHERE room_pk = (SELECT pk FROM rooms WHERE id = ?4) AND user_id = ?5");
constexpr Sql unseenSql("UPDATE members SET seen_up_to = ?1, seen_count = ?2, seen_pk = ?3"
                        " WHERE room_pk = (SELECT pk FROM rooms WHERE id = ?4) AND user_id = ?5");
constexpr Sql markSql("INSERT INTO marks (name, value) VALUES ('seen', ?)"
                      " ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)");

Error noRoom()
{
    return Error(Errc::NotFound, u"There is no such room."_s);
}

Error noMessage()
{
    return Error(Errc::NotFound, u"There is no such message in this room."_s);
}

std::optional<qint64> pkOf(Connection &db, const RoomId &room)
{
    Statement s(db, roomPkSql, room);
    if (!s.step())
        return std::nullopt;
    return s.integer(0);
}
} // namespace

QCoro::Task<Result<RoomEvent>> SqliteRoomRepository::locate(MessageId id)
{
    return m_reader.run<RoomEvent>([id = std::move(id)](Connection &db) -> Result<RoomEvent> {
        Statement s(db, locateSql, id);
        if (!s.step())
            return Error(Errc::NotFound, u"There is no such message."_s);
        QList<RoomEvent> found;
        found.append(eventFromRow(s, s.id<RoomId>(eventColumns)));
        readMarks(db, s.integer(eventColumns + 1), found);
        return found.takeFirst();
    });
}

QCoro::Task<Result<RoomEventPage>> SqliteRoomRepository::thread(RoomId room, MessageId root, qint64 after, int limit)
{
    return m_reader.run<RoomEventPage>(
        [room = std::move(room), root = std::move(root), after, limit](Connection &db) -> Result<RoomEventPage> {
            const std::optional<qint64> pk = pkOf(db, room);
            if (!pk)
                return noRoom();
            RoomEventPage page;
            Statement s(db, threadSql, root, after, *pk, limit + 1);
            while (s.step())
                page.events.append(eventFromRow(s, room));
            if (page.events.size() > limit) {
                page.events.removeLast();
                page.hasMoreAfter = true;
            }
            page.hasMoreBefore = after > 0;
            readMarks(db, *pk, page.events);
            return page;
        });
}

QCoro::Task<Result<QList<RoomEvent>>> SqliteRoomRepository::pins(RoomId room)
{
    return m_reader.run<QList<RoomEvent>>([room = std::move(room)](Connection &db) -> Result<QList<RoomEvent>> {
        const std::optional<qint64> pk = pkOf(db, room);
        if (!pk)
            return noRoom();
        QList<RoomEvent> pinned;
        Statement s(db, pinsSql, *pk);
        while (s.step())
            pinned.append(eventFromRow(s, room));
        // One by one: they may lie far apart, and there are few.
        for (RoomEvent &event : pinned) {
            QList<RoomEvent> one{event};
            readMarks(db, *pk, one);
            event = one.takeFirst();
        }
        return pinned;
    });
}

QCoro::Task<Result<QList<MessageVersion>>> SqliteRoomRepository::versions(RoomId room, MessageId id, int limit)
{
    return m_reader.run<QList<MessageVersion>>([room = std::move(room), id = std::move(id),
                                                limit](Connection &db) -> Result<QList<MessageVersion>> {
        const std::optional<qint64> pk = pkOf(db, room);
        if (!pk)
            return noRoom();
        QList<MessageVersion> versions;
        MessageVersion first;
        {
            Statement s(db, originalSql, id, *pk);
            if (!s.step())
                return noMessage();
            if (s.boolean(3))
                return versions;
            first.text = s.string(0);
            first.editor = s.id<UserId>(1);
            first.at = s.time(2);
        }
        {
            Statement s(db, editsSql, id, limit);
            while (s.step()) {
                MessageVersion version;
                version.text = s.string(0);
                version.editor = s.id<UserId>(1);
                version.at = s.time(2);
                versions.append(std::move(version));
            }
        }
        if (versions.size() < limit)
            versions.append(std::move(first));
        std::reverse(versions.begin(), versions.end());
        return versions;
    });
}

QCoro::Task<Result<QList<Acknowledgement>>> SqliteRoomRepository::acknowledgements(RoomId room, MessageId id)
{
    return m_reader.run<QList<Acknowledgement>>(
        [room = std::move(room), id = std::move(id)](Connection &db) -> Result<QList<Acknowledgement>> {
            const std::optional<qint64> pk = pkOf(db, room);
            if (!pk)
                return noRoom();
            QList<Acknowledgement> list;
            Statement s(db, acknowledgedSql, id, *pk);
            while (s.step()) {
                Acknowledgement one;
                one.user = s.id<UserId>(0);
                one.at = s.time(1);
                list.append(std::move(one));
            }
            return list;
        });
}

QCoro::Task<Result<QList<RoomEvent>>> SqliteRoomRepository::mentionsOf(UserId user, int limit)
{
    return m_reader.run<QList<RoomEvent>>([user = std::move(user), limit](Connection &db) -> Result<QList<RoomEvent>> {
        QList<RoomEvent> found;
        Statement s(db, mentionsOfSql, user, limit);
        while (s.step())
            found.append(eventFromRow(s, s.id<RoomId>(eventColumns)));
        return found;
    });
}

QCoro::Task<Result<qint64>> SqliteRoomRepository::seenCount(RoomId room, UserId user, qint64 upTo)
{
    return m_reader.run<qint64>(
        [room = std::move(room), user = std::move(user), upTo](Connection &db) -> Result<qint64> {
            const std::optional<qint64> pk = pkOf(db, room);
            if (!pk)
                return noRoom();
            qint64 count = 0;
            {
                Statement s(db, countSql, *pk, upTo);
                if (s.step())
                    count = s.integer(0);
            }
            Statement own(db, ownBehindSql, *pk, upTo, user);
            return count + (own.step() ? own.integer(0) : 0);
        });
}

QCoro::Task<Result<void>> SqliteRoomRepository::saveSeen(QList<SeenMark> marks, qint64 accounted)
{
    return m_writer.run<void>([marks = std::move(marks), accounted](Connection &db) -> Result<void> {
        for (const SeenMark &mark : marks) {
            if (mark.isExact)
                execute(db, unseenSql, mark.upTo, mark.count, mark.rowId, mark.room, mark.user);
            else
                execute(db, seenSql, mark.upTo, mark.count, mark.rowId, mark.room, mark.user);
        }
        if (accounted > 0)
            execute(db, markSql, accounted);
        return {};
    });
}

} // namespace Atom::Storage
