// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqliteroomrepository.h"

#include "server/storage/auditappender.h"
#include "server/storage/roomeffects.h"
#include "server/storage/roomrows.h"

#include <algorithm>
#include <limits>

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Rooms::Appended;
using Rooms::EventDraft;
using Rooms::Mention;
using Rooms::RoomState;

namespace {
constexpr Sql roomsSql("SELECT pk, " ATOM_ROOM_COLUMNS ","
                       " max(ifnull((SELECT seq FROM messages WHERE room_pk = rooms.pk ORDER BY seq DESC LIMIT 1), 0),"
                       " ifnull((SELECT seq FROM room_events WHERE room_pk = rooms.pk ORDER BY seq DESC LIMIT 1), 0)),"
                       " ifnull((SELECT ordinal FROM messages WHERE room_pk = rooms.pk ORDER BY seq DESC LIMIT 1), 0)"
                       " FROM rooms ORDER BY pk");
constexpr Sql membersSql("SELECT room_pk, user_id, role, joined_at, read_up_to, seen_up_to, seen_count"
                         " FROM members ORDER BY room_pk, user_id");
constexpr Sql mentionsSql("SELECT room_pk, seq, user_id FROM mentions ORDER BY room_pk, seq");
// After a crash: what was sent since the positions were written down the last time moves them now.
constexpr Sql recoverSeenSql("UPDATE members SET seen_up_to = max(seen_up_to, s.seq), seen_count = max(seen_count, s.n)"
                             " FROM (SELECT room_pk, sender, max(seq) AS seq, max(ordinal) AS n, max(pk) AS pk"
                             " FROM messages WHERE pk > ifnull((SELECT value FROM marks WHERE name = 'seen'), 0)"
                             " GROUP BY room_pk, sender) AS s"
                             " WHERE members.room_pk = s.room_pk AND user_id = s.sender AND seen_pk < s.pk");
constexpr Sql seenMarkSql("INSERT INTO marks (name, value) SELECT 'seen', ifnull(max(pk), 0) FROM messages WHERE true"
                          " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
constexpr Sql afterSql("SELECT " ATOM_MESSAGE_COLUMNS " FROM messages m WHERE m.room_pk = ?1 AND m.seq > ?2"
                       " UNION ALL"
                       " SELECT " ATOM_EVENT_COLUMNS " FROM room_events e WHERE e.room_pk = ?1 AND e.seq > ?2"
                       " ORDER BY 2 LIMIT ?3");
constexpr Sql beforeSql("SELECT " ATOM_MESSAGE_COLUMNS " FROM messages m WHERE m.room_pk = ?1 AND m.seq < ?2"
                        " UNION ALL"
                        " SELECT " ATOM_EVENT_COLUMNS " FROM room_events e WHERE e.room_pk = ?1 AND e.seq < ?2"
                        " ORDER BY 2 DESC LIMIT ?3");
constexpr Sql firstSeqSql("SELECT min("
                          "ifnull((SELECT seq FROM messages WHERE room_pk = ?1 ORDER BY seq LIMIT 1), 1 << 62), "
                          "ifnull((SELECT seq FROM room_events WHERE room_pk = ?1 ORDER BY seq LIMIT 1), 1 << 62))");
constexpr Sql ofClientIdSql("SELECT " ATOM_MESSAGE_COLUMNS ", r.id FROM messages m JOIN rooms r ON r.pk = m.room_pk"
                            " WHERE m.sender = ? AND m.client_id = ?");
constexpr Sql storeRequestSql("INSERT INTO room_join_requests (room_pk, user_id, at, message) VALUES (?, ?, ?, ?)"
                              " ON CONFLICT (room_pk, user_id) DO UPDATE SET at = excluded.at,"
                              " message = excluded.message");
constexpr Sql messageSql("SELECT " ATOM_MESSAGE_COLUMNS ", m.room_pk FROM messages m JOIN rooms r ON r.pk = m.room_pk"
                         " WHERE m.id = ? AND r.id = ?");

qint64 firstSeqOf(Connection &db, qint64 pk)
{
    Statement row(db, firstSeqSql, pk);
    return row.step() ? row.integer(0) : 0;
}

Result<RoomEventPage> readPage(Connection &db, const RoomId &room, qint64 cursor, int limit, bool forward)
{
    qint64 pk = 0;
    qint64 lastSeq = 0;
    {
        Statement place(db, findRoomSql, room);
        if (!place.step())
            return Error(Errc::NotFound, u"There is no such room."_s);
        pk = place.integer(0);
        lastSeq = place.integer(1);
    }
    RoomEventPage page;
    if (forward) {
        Statement rows(db, afterSql, pk, cursor, limit);
        while (rows.step())
            page.events.append(eventFromRow(rows, room));
    } else {
        Statement rows(db, beforeSql, pk, cursor > 0 ? cursor : std::numeric_limits<qint64>::max(), limit);
        while (rows.step())
            page.events.append(eventFromRow(rows, room));
        std::reverse(page.events.begin(), page.events.end());
    }
    readMarks(db, pk, page.events);
    // A room's sequence has no holes; it begins at 1, or later where the oldest events were purged.
    if (!page.events.isEmpty()) {
        page.hasMoreBefore = page.events.constFirst().seq > 1 && page.events.constFirst().seq > firstSeqOf(db, pk);
        page.hasMoreAfter = page.events.constLast().seq < lastSeq;
    } else {
        page.hasMoreBefore = forward && lastSeq > 0 && cursor >= firstSeqOf(db, pk);
        page.hasMoreAfter = !forward && cursor > 0 && lastSeq >= cursor;
    }
    return page;
}

Result<QList<RoomState>> readAll(Connection &db)
{
    QList<RoomState> rooms;
    QHash<qint64, qsizetype> indexOf;
    {
        Statement s(db, roomsSql);
        while (s.step()) {
            RoomState state;
            state.room = RoomEffects::readRoom(s, 1);
            state.room.lastSeq = s.integer(1 + RoomEffects::roomColumns);
            state.room.messageCount = s.integer(2 + RoomEffects::roomColumns);
            indexOf.insert(s.integer(0), rooms.size());
            rooms.append(std::move(state));
        }
    }
    QHash<qint64, RoomState *> byPk;
    for (auto it = indexOf.cbegin(); it != indexOf.cend(); ++it)
        byPk.insert(it.key(), &rooms[it.value()]);
    RoomEffects::readModeration(db, byPk);
    {
        Statement s(db, membersSql);
        while (s.step()) {
            Member member;
            member.user = s.id<UserId>(1);
            member.role = memberRoleFromName(s.string(2)).value_or(MemberRole::Member);
            member.joinedAt = s.time(3);
            member.readUpTo = s.integer(4);
            member.seenUpTo = s.integer(5);
            member.seenCount = s.integer(6);
            RoomState &state = rooms[indexOf.value(s.integer(0))];
            state.members.insert(member.user, member);
            state.room.memberCount = int(state.members.size());
            state.room.messageCount = std::max(state.room.messageCount, member.seenCount);
        }
    }
    Statement s(db, mentionsSql);
    while (s.step()) {
        RoomState &state = rooms[indexOf.value(s.integer(0))];
        Mention mention;
        mention.seq = s.integer(1);
        mention.user = s.id<UserId>(2);
        state.mentions.append(std::move(mention));
        if (state.mentions.size() > Rooms::mentionsKept)
            state.mentions.removeFirst();
    }
    return rooms;
}
} // namespace

SqliteRoomRepository::SqliteRoomRepository(Writer &writer, Reader &reader)
    : m_writer(writer), m_reader(reader), m_appender(std::make_shared<RoomAppender>())
{
}

QCoro::Task<Result<QList<RoomState>>> SqliteRoomRepository::all()
{
    Writer::Work<void> recover = [](Connection &db) -> Result<void> {
        execute(db, recoverSeenSql);
        execute(db, seenMarkSql);
        return {};
    };
    Result<void> recovered = co_await m_writer.run<void>(std::move(recover));
    if (!recovered)
        co_return std::move(recovered.error());
    Result<QList<RoomState>> rooms = co_await m_reader.run<QList<RoomState>>(readAll);
    co_return rooms;
}

QCoro::Task<Result<QList<RoomEvent>>> SqliteRoomRepository::create(RoomState state)
{
    return m_writer.run<QList<RoomEvent>>(
        [appender = m_appender, state = std::move(state)](Connection &db) { return appender->create(db, state); });
}

void SqliteRoomRepository::append(EventDraft draft, std::function<void(Result<Appended>)> done)
{
    m_writer.submit<Appended>(
        [appender = m_appender.get(), draft = std::move(draft)](Connection &db) { return appender->append(db, draft); },
        std::move(done));
}

void SqliteRoomRepository::appendAll(QList<EventDraft> drafts, std::function<void(Result<QList<Appended>>)> done)
{
    m_writer.submit<QList<Appended>>([appender = m_appender.get(), drafts = std::move(drafts)](
                                         Connection &db) { return appender->appendAll(db, drafts); },
                                     std::move(done));
}

QCoro::Task<Result<RoomEvent>> SqliteRoomRepository::messageOfClientId(RoomId, UserId sender, QByteArray clientId)
{
    return m_reader.run<RoomEvent>(
        [sender = std::move(sender), clientId = std::move(clientId)](Connection &db) -> Result<RoomEvent> {
            Statement s(db, ofClientIdSql, sender, clientId);
            if (!s.step())
                return Error(Errc::NotFound, u"There is no such message."_s);
            return eventFromRow(s, s.id<RoomId>(eventColumns));
        });
}

QCoro::Task<Result<void>> SqliteRoomRepository::storeJoinRequest(Rooms::JoinRequest request, QList<Audit::Draft> audit)
{
    return m_writer.run<void>([request = std::move(request), audit = std::move(audit)](Connection &db) -> Result<void> {
        const std::optional<qint64> pk = roomKey(db, request.room);
        if (!pk)
            return Error(Errc::NotFound, u"There is no such room."_s);
        execute(db, storeRequestSql, *pk, request.user, request.at, request.message);
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<void>> SqliteRoomRepository::dropJoinRequest(RoomId room, UserId user, QList<Audit::Draft> audit)
{
    return m_writer.run<void>(
        [room = std::move(room), user = std::move(user), audit = std::move(audit)](Connection &db) -> Result<void> {
            const std::optional<qint64> pk = roomKey(db, room);
            if (!pk)
                return Error(Errc::NotFound, u"There is no such room."_s);
            RoomEffects::endJoinRequest(db, *pk, user);
            AuditAppender::append(db, audit);
            return {};
        });
}

QCoro::Task<Result<RoomEventPage>> SqliteRoomRepository::eventsAfter(RoomId room, qint64 after, int limit)
{
    return m_reader.run<RoomEventPage>(
        [room = std::move(room), after, limit](Connection &db) { return readPage(db, room, after, limit, true); });
}

QCoro::Task<Result<RoomEventPage>> SqliteRoomRepository::eventsBefore(RoomId room, qint64 before, int limit)
{
    return m_reader.run<RoomEventPage>(
        [room = std::move(room), before, limit](Connection &db) { return readPage(db, room, before, limit, false); });
}

QCoro::Task<Result<RoomEvent>> SqliteRoomRepository::message(RoomId room, MessageId id)
{
    return m_reader.run<RoomEvent>([room = std::move(room), id = std::move(id)](Connection &db) -> Result<RoomEvent> {
        Statement s(db, messageSql, id, room);
        if (!s.step())
            return Error(Errc::NotFound, u"There is no such message in this room."_s);
        QList<RoomEvent> found;
        found.append(eventFromRow(s, room));
        readMarks(db, s.integer(eventColumns), found);
        return found.takeFirst();
    });
}

} // namespace Atom::Storage
