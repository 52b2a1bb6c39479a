// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/roomrows.h"

#include "shared/model/passage.h"

#include <QtCore/QHash>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <limits>

namespace Atom::Storage {

namespace {
constexpr Sql marksSql("SELECT message_seq, kind, value, user_id FROM message_marks"
                       " WHERE room_pk = ? AND message_seq BETWEEN ? AND ? ORDER BY message_seq, kind, value, user_id");
constexpr Sql repliesSql("SELECT m.id, count(*), max(t.seq) FROM messages m JOIN messages t ON t.thread_root = m.id"
                         " WHERE m.room_pk = ? AND m.seq BETWEEN ? AND ? GROUP BY m.id");
constexpr Sql roomKeySql("SELECT pk FROM rooms WHERE id = ?");
} // namespace

std::optional<qint64> roomKey(Connection &db, const RoomId &room)
{
    Statement row(db, roomKeySql, room);
    if (!row.step())
        return std::nullopt;
    return row.integer(0);
}

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
    e.threadRoot = row.id<MessageId>(14);
    e.mustAcknowledge = row.boolean(15);
    if (!row.isNull(16)) {
        const QJsonArray mentions = QJsonDocument::fromJson(row.text(16)).array();
        for (const QJsonValue &mention : mentions)
            e.mentions.append(mention.toString().toUtf8());
    }
    return e;
}

void readMarks(Connection &db, qint64 roomPk, QList<RoomEvent> &events)
{
    QHash<qint64, qsizetype> placeOf; // by seq
    QHash<MessageId, qsizetype> placeOfId;
    qint64 first = std::numeric_limits<qint64>::max();
    qint64 last = 0;
    for (qsizetype i = 0; i < events.size(); ++i) {
        const RoomEvent &event = events.at(i);
        if (event.kind != RoomEventKind::Message)
            continue;
        placeOf.insert(event.seq, i);
        placeOfId.insert(event.message, i);
        first = std::min(first, event.seq);
        last = std::max(last, event.seq);
    }
    if (placeOf.isEmpty())
        return;
    {
        Statement s(db, marksSql, roomPk, first, last);
        while (s.step()) {
            const auto place = placeOf.constFind(s.integer(0));
            if (place == placeOf.cend())
                continue;
            MessageMarks &marks = events[*place].marks;
            const QByteArray kind = s.text(1);
            if (kind == "reaction")
                marks.reactions[s.string(2)].append(s.id<UserId>(3));
            else if (kind == "acknowledgement")
                marks.acknowledgedBy.append(s.id<UserId>(3));
            else if (kind == "pin")
                marks.pinnedBy = s.id<UserId>(3);
        }
    }
    Statement s(db, repliesSql, roomPk, first, last);
    while (s.step()) {
        const auto place = placeOfId.constFind(s.id<MessageId>(0));
        if (place == placeOfId.cend())
            continue;
        events[*place].marks.replies = int(s.integer(1));
        events[*place].marks.lastReplySeq = s.integer(2);
    }
}

} // namespace Atom::Storage
