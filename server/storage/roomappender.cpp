// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/roomappender.h"

#include "server/storage/auditappender.h"
#include "server/storage/roomeffects.h"
#include "server/storage/roomrows.h"
#include "server/storage/sqliteretentionrepository.h"
#include "shared/model/passage.h"
#include "shared/model/user.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Rooms::Appended;
using Rooms::EventDraft;
using Rooms::RoomState;

namespace {
constexpr Sql insertRoomSql("INSERT INTO rooms (id, name, kind, visibility, assistant_enabled, created_by, created_at)"
                            " VALUES (?, ?, ?, ?, ?, ?, ?)");
constexpr Sql insertMessageSql("INSERT INTO messages (room_pk, seq, id, sender, type, body, client_id, reply_to,"
                               " metadata, trace_id, created_at, assistant_state, ordinal, thread_root,"
                               " must_acknowledge, mentions)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                               " ON CONFLICT (sender, client_id) WHERE client_id IS NOT NULL DO NOTHING");
constexpr Sql firstOfClientIdSql("SELECT " ATOM_MESSAGE_COLUMNS ", r.id FROM messages m JOIN rooms r ON"
                                 " r.pk = m.room_pk WHERE m.sender = ? AND m.client_id = ?");
constexpr Sql messageInRoomSql("SELECT deleted_at IS NOT NULL, thread_root, seq FROM messages"
                               " WHERE id = ? AND room_pk = ?");
constexpr Sql mentionSql("INSERT OR IGNORE INTO mentions (room_pk, seq, user_id) VALUES (?, ?, ?)");
constexpr Sql deleteMentionsSql("DELETE FROM mentions WHERE room_pk = ? AND seq = ?");
constexpr Sql deleteMarksSql("DELETE FROM message_marks WHERE room_pk = ? AND message_seq = ?");
constexpr Sql keepOriginalSql("INSERT OR IGNORE INTO message_originals (message_id, body)"
                              " SELECT id, body FROM messages WHERE id = ? AND edited_at IS NULL");
constexpr Sql deleteOriginalSql("DELETE FROM message_originals WHERE message_id = ?");
constexpr Sql editMessageSql("UPDATE messages SET body = ?, edited_at = ? WHERE id = ?");
// A turn that is owed for a message that is gone is owed no more.
constexpr Sql
    emptyMessageSql("UPDATE messages SET body = '', metadata = NULL, mentions = NULL, deleted_at = ?, assistant_state ="
                    " CASE assistant_state WHEN 1 THEN 2 ELSE assistant_state END WHERE id = ?");
constexpr Sql traceOfMessageSql("SELECT trace_id FROM messages WHERE id = ?");
constexpr Sql emptyEditsSql("UPDATE room_events SET body = NULL WHERE message_id = ? AND kind = 'message_edited'");
constexpr Sql insertEventSql("INSERT INTO room_events (room_pk, seq, kind, actor, at, message_id, read_up_to, body,"
                             " metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
constexpr Sql isMemberSql("SELECT role FROM members WHERE room_pk = ? AND user_id = ?");
constexpr Sql countSql("SELECT ordinal FROM messages WHERE room_pk = ? AND seq <= ? ORDER BY seq DESC LIMIT 1");
constexpr Sql readSql("UPDATE members SET read_up_to = ?1, seen_up_to = max(seen_up_to, ?1),"
                      " seen_count = max(seen_count, ?2)"
                      " WHERE room_pk = ?3 AND user_id = ?4 AND read_up_to < ?1");
constexpr Sql insertMemberSql("INSERT INTO members (room_pk, user_id, role, joined_at, read_up_to, seen_up_to,"
                              " seen_count) VALUES (?, ?, ?, ?, 0, ?, ?) ON CONFLICT (room_pk, user_id) DO NOTHING");
constexpr Sql deleteMemberSql("DELETE FROM members WHERE room_pk = ? AND user_id = ?");
constexpr Sql heirSql("SELECT user_id FROM members WHERE room_pk = ? AND user_id <> ? AND NOT EXISTS"
                      " (SELECT 1 FROM members WHERE room_pk = ? AND role = 'owner')"
                      " AND EXISTS (SELECT 1 FROM rooms WHERE pk = ? AND kind = 'group')"
                      " ORDER BY role <> 'moderator', joined_at, user_id LIMIT 1");
constexpr Sql promoteSql("UPDATE members SET role = 'owner' WHERE room_pk = ? AND user_id = ?");

Error noRoom()
{
    return Error(Errc::NotFound, u"There is no such room."_s);
}

QByteArray mentionsText(const RoomEvent &event)
{
    if (event.mentions.isEmpty())
        return {};
    QJsonArray mentions;
    for (const QByteArray &mention : event.mentions)
        mentions.append(QString::fromUtf8(mention));
    return QJsonDocument(mentions).toJson(QJsonDocument::Compact);
}

Appended unchanged(RoomEvent event)
{
    event.seq = 0;
    Appended appended;
    appended.event = std::move(event);
    appended.duplicate = true;
    return appended;
}
} // namespace

RoomAppender::Place *RoomAppender::find(Connection &db, const RoomId &room)
{
    if (m_rollbacks != db.rollbacks()) {
        m_rollbacks = db.rollbacks();
        m_places.clear();
    }
    if (const auto it = m_places.find(room); it != m_places.end())
        return &it->second;
    Statement s(db, findRoomSql, room);
    if (!s.step())
        return nullptr;
    Place place;
    place.pk = s.integer(0);
    place.lastSeq = s.integer(1);
    place.messages = s.integer(2);
    return &m_places.emplace(room, place).first->second;
}

Result<QList<RoomEvent>> RoomAppender::create(Connection &db, const RoomState &state)
{
    const Room &room = state.room;
    if (find(db, room.id))
        return Error(Errc::Conflict, u"There is already a room with this id."_s);
    execute(db, insertRoomSql, room.id, room.name, roomKindName(room.kind), roomVisibilityName(room.visibility),
            room.assistantEnabled, room.createdBy, room.createdAt);
    if (db.failure())
        return db.failure()->toError();
    Place place;
    place.pk = db.lastInsertRowId();
    Place &stored = m_places.emplace(room.id, place).first->second;

    // The creator first, the others by id: the same state gives the same events.
    QList<Member> members = state.members.values();
    std::sort(members.begin(), members.end(), [&room](const Member &a, const Member &b) {
        return std::pair(a.user != room.createdBy, a.user) < std::pair(b.user != room.createdBy, b.user);
    });
    QList<RoomEvent> events;
    for (const Member &member : std::as_const(members)) {
        RoomEvent event;
        event.room = room.id;
        event.kind = RoomEventKind::MemberJoined;
        event.actor = member.user;
        event.at = member.joinedAt;
        Outcome outcome = joined(db, stored, std::move(event), member.role);
        if (!outcome)
            return std::move(outcome.error());
        events.append(std::move(outcome->event));
    }
    return events;
}

Result<Appended> RoomAppender::append(Connection &db, const EventDraft &draft)
{
    Place *place = find(db, draft.event.room);
    if (!place)
        return noRoom();
    Outcome outcome = apply(db, *place, draft);
    if (!draft.audit.isEmpty() && outcome && !outcome->duplicate) {
        AuditAppender::append(db, draft.audit);
        if (db.failure())
            return db.failure()->toError();
    }
    return outcome;
}

Result<QList<Appended>> RoomAppender::appendAll(Connection &db, const QList<EventDraft> &drafts)
{
    QList<Appended> all;
    for (const EventDraft &draft : drafts) {
        Result<Appended> appended = append(db, draft);
        if (!appended)
            return std::move(appended.error()); // what was written before is undone by the writer
        all.append(std::move(*appended));
    }
    return all;
}

RoomAppender::Outcome RoomAppender::apply(Connection &db, Place &place, const EventDraft &draft)
{
    switch (draft.event.kind) {
    case RoomEventKind::Message:
        return message(db, place, draft);
    case RoomEventKind::Edit:
        return edit(db, place, draft.event);
    case RoomEventKind::Deletion:
        return deletion(db, place, draft.event);
    case RoomEventKind::Receipt:
        return receipt(db, place, draft.event);
    case RoomEventKind::MemberJoined:
        return joined(db, place, draft.event, draft.memberRole, draft.invitation);
    case RoomEventKind::MemberLeft:
        return left(db, place, draft.event);
    case RoomEventKind::ReactionAdded:
    case RoomEventKind::ReactionRemoved:
        return react(db, place, draft.event);
    case RoomEventKind::Pinned:
    case RoomEventKind::Unpinned:
        return pin(db, place, draft.event);
    case RoomEventKind::Acknowledged:
        return acknowledge(db, place, draft.event);
    case RoomEventKind::RoomUpdated:
        RoomEffects::roomUpdated(db, place.pk, draft.event);
        return store(db, place, draft.event);
    case RoomEventKind::MemberUpdated:
        return memberUpdated(db, place, draft.event);
    case RoomEventKind::UserBanned:
        RoomEffects::userBanned(db, place.pk, draft.event);
        return store(db, place, draft.event);
    case RoomEventKind::UserUnbanned:
        return unbanned(db, place, draft.event);
    }
    return Error(Errc::Internal, u"unknown kind of event"_s);
}

RoomAppender::Outcome RoomAppender::message(Connection &db, Place &place, const EventDraft &draft)
{
    const RoomEvent &e = draft.event;
    MessageId root;
    if (!e.replyTo.isEmpty()) {
        Statement parent(db, messageInRoomSql, e.replyTo, place.pk);
        if (!parent.step())
            return Error::invalid(u"/reply_to"_s, u"There is no such message in this room."_s);
        root = parent.isNull(1) ? e.replyTo : parent.id<MessageId>(1); // a thread has one level
    }
    const TraceId told = e.trace == traceOf(e.message) ? TraceId() : e.trace; // its own is not written down
    const bool inserted = execute(db, insertMessageSql, place.pk, place.lastSeq + 1, e.message, e.actor, e.messageType,
                                  e.text, OrNull{e.clientId}, OrNull{e.replyTo.bytes()}, e.metadata,
                                  OrNull{told.bytes()}, e.at, draft.assistantTurn, place.messages + 1,
                                  OrNull{root.bytes()}, e.mustAcknowledge, OrNull{mentionsText(e)});
    if (!inserted)
        return db.failure()->toError();
    Appended appended;
    if (db.changes() == 0) {
        Statement first(db, firstOfClientIdSql, e.actor, e.clientId);
        if (!first.step())
            return Error(Errc::Internal, u"the first message of a client id is missing"_s);
        appended.event = eventFromRow(first, first.id<RoomId>(eventColumns));
        appended.duplicate = true;
        return appended;
    }
    appended.event = e;
    appended.event.seq = ++place.lastSeq;
    appended.event.threadRoot = std::move(root);
    appended.rowId = db.lastInsertRowId();
    ++place.messages;
    for (const UserId &user : draft.mentioned)
        execute(db, mentionSql, place.pk, appended.event.seq, user);
    return appended;
}

RoomAppender::Outcome RoomAppender::edit(Connection &db, Place &place, RoomEvent event)
{
    {
        Statement present(db, messageInRoomSql, event.message, place.pk);
        if (!present.step())
            return Error(Errc::NotFound, u"There is no such message in this room."_s);
        if (present.boolean(0))
            return Error(Errc::Conflict, u"The message was deleted."_s);
    }
    keepForHold(db, place.pk, event.message, event.actor, event.at, false);
    execute(db, keepOriginalSql, event.message);
    execute(db, editMessageSql, event.text, event.at, event.message);
    return store(db, place, std::move(event));
}

RoomAppender::Outcome RoomAppender::deletion(Connection &db, Place &place, RoomEvent event)
{
    qint64 seq = 0;
    {
        Statement present(db, messageInRoomSql, event.message, place.pk);
        if (!present.step())
            return Error(Errc::NotFound, u"There is no such message in this room."_s);
        if (present.boolean(0))
            return unchanged(std::move(event));
        seq = present.integer(2);
    }
    keepForHold(db, place.pk, event.message, event.actor, event.at, true);
    execute(db, emptyMessageSql, event.at, event.message);
    execute(db, emptyEditsSql, event.message);
    TraceId trace;
    {
        Statement row(db, traceOfMessageSql, event.message);
        if (row.step())
            trace = row.id<TraceId>(0);
    }
    MessageTraces::strip(db, trace.isEmpty() ? traceOf(event.message) : trace);
    execute(db, deleteOriginalSql, event.message);
    execute(db, deleteMarksSql, place.pk, seq);
    execute(db, deleteMentionsSql, place.pk, seq);
    Outcome outcome = store(db, place, std::move(event));
    if (outcome)
        outcome->messageSeq = seq;
    return outcome;
}

RoomAppender::Outcome RoomAppender::receipt(Connection &db, Place &place, RoomEvent event)
{
    if (!Statement(db, isMemberSql, place.pk, event.actor).step())
        return Error(Errc::NotFound, u"There is no such member."_s);
    qint64 count = 0;
    {
        Statement s(db, countSql, place.pk, event.readUpTo);
        if (s.step())
            count = s.integer(0);
    }
    execute(db, readSql, event.readUpTo, count, place.pk, event.actor);
    if (db.changes() == 0)
        return unchanged(std::move(event));
    Outcome outcome = store(db, place, std::move(event));
    if (outcome)
        outcome->messageCount = count;
    return outcome;
}

RoomAppender::Outcome RoomAppender::joined(Connection &db, Place &place, RoomEvent event, MemberRole role,
                                           const QByteArray &invitation)
{
    execute(db, insertMemberSql, place.pk, event.actor, memberRoleName(role), event.at, place.lastSeq + 1,
            place.messages);
    if (db.changes() == 0)
        return unchanged(std::move(event));
    if (!invitation.isEmpty() && !RoomEffects::useInvitation(db, place.pk, invitation, event.at))
        return Error(Errc::Conflict, u"The invitation is used up or over."_s);
    RoomEffects::endJoinRequest(db, place.pk, event.actor);
    return store(db, place, std::move(event));
}

RoomAppender::Outcome RoomAppender::left(Connection &db, Place &place, RoomEvent event)
{
    bool wasOwner = false;
    {
        Statement member(db, isMemberSql, place.pk, event.actor);
        if (!member.step())
            return unchanged(std::move(event));
        wasOwner = member.text(0) == "owner";
    }
    execute(db, deleteMemberSql, place.pk, event.actor);
    if (wasOwner) {
        UserId heir;
        {
            Statement s(db, heirSql, place.pk, assistantUser(), place.pk, place.pk);
            if (s.step())
                heir = s.id<UserId>(0);
        }
        if (!heir.isEmpty()) {
            execute(db, promoteSql, place.pk, heir);
            event.metadata.insert(u"owner"_s, heir.toString());
        }
    }
    return store(db, place, std::move(event));
}

RoomAppender::Outcome RoomAppender::memberUpdated(Connection &db, Place &place, RoomEvent event)
{
    if (!RoomEffects::memberUpdated(db, place.pk, event))
        return Error(Errc::NotFound, u"There is no such member."_s);
    return store(db, place, std::move(event));
}

RoomAppender::Outcome RoomAppender::unbanned(Connection &db, Place &place, RoomEvent event)
{
    if (!RoomEffects::userUnbanned(db, place.pk, event))
        return unchanged(std::move(event));
    return store(db, place, std::move(event));
}

RoomAppender::Outcome RoomAppender::store(Connection &db, Place &place, RoomEvent event)
{
    event.seq = place.lastSeq + 1;
    // Of an edit, the reaction, why it was deleted; never the reason of a legal hold, which only the row of the room
    // has.
    const QByteArray body = event.kind == RoomEventKind::RoomUpdated ? QByteArray() : event.text.toUtf8();
    if (!execute(db, insertEventSql, place.pk, event.seq, roomEventType(event.kind), event.actor, event.at,
                 OrNull{event.message.bytes()}, event.readUpTo, OrNull{body}, event.metadata))
        return db.failure()->toError();
    ++place.lastSeq;
    Appended appended;
    appended.event = std::move(event);
    return appended;
}

} // namespace Atom::Storage
