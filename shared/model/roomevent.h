// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QString>

#include <optional>

namespace Atom {

//! \brief What happened in a room. All kinds share one sequence per room, so a resume replays all of them.
enum class RoomEventKind {
    Message,      //!< wire "chat_message"
    Edit,         //!< wire "message_edited"
    Deletion,     //!< wire "message_deleted"
    Receipt,      //!< wire "read_receipt"
    MemberJoined, //!< wire "user_joined"
    MemberLeft,   //!< wire "user_left"; metadata: {owner?, removed_by?, reason?, banned_until?}
    ReactionAdded,   //!< wire "reaction_added"
    ReactionRemoved, //!< wire "reaction_removed"
    Pinned,          //!< wire "message_pinned"
    Unpinned,        //!< wire "message_unpinned"
    Acknowledged,    //!< wire "message_acknowledged"
    RoomUpdated,  //!< wire "room_updated"; metadata: {changes: {...}, reason?}, as in server/rooms/roomchange.h
    MemberUpdated, //!< wire "member_updated"; metadata: {member_id, changes: {role?, muted_until?}, reason?}
    UserBanned,    //!< wire "user_banned"; metadata: {member_id, banned_until?, reason?}
    UserUnbanned,  //!< wire "user_unbanned"; metadata: {member_id}
};
//! \brief The frame type under which the event travels, for example "chat_message".
QByteArray roomEventType(RoomEventKind kind);
std::optional<RoomEventKind> roomEventKindFromType(QByteArrayView type);

//! \brief What others added to a message since it was sent; filled when messages are read again (history, replays), so
//! that a page shows the present state also of what happened outside of it.
struct MessageMarks
{
    QMap<QString, QList<UserId>> reactions; //!< reaction -> who, ascending by id; no empty lists
    QList<UserId> acknowledgedBy;           //!< ascending by id
    UserId pinnedBy;                        //!< empty: not pinned
    int replies = 0;                        //!< messages whose thread begins with this one
    qint64 lastReplySeq = 0;                //!< of the newest of them
    bool operator==(const MessageMarks &) const = default;
};

//! \brief One event of a room, as stored, replayed and sent. Flat: fields that a kind does not use stay empty.
struct RoomEvent
{
    RoomId room;
    qint64 seq = 0; //!< 1-based, without holes per room; 0 only in ephemeral rooms' unsequenced drafts
    RoomEventKind kind = RoomEventKind::Message;
    UserId actor; //!< sender, editor, deleter, reader, or who joined or left
    Timestamp at{};

    MessageId message;    //!< the message this event is or is about; empty for membership events
    //! Message, Edit: Markdown body, empty for a message deleted since. ReactionAdded, ReactionRemoved: the reaction.
    //! Deletion: the reason, may be empty.
    QString text;
    QString messageType;  //!< Message: "text" (default), "system", "assistant", ...
    MessageId replyTo;    //!< Message: optional
    QByteArray clientId;  //!< Message: the sender's own id, 0..128 bytes; unique per sender
    QJsonObject metadata; //!< Message: free object from the sender, bounded; Deletion: nothing
    TraceId trace;        //!< Message: its trace
    qint64 readUpTo = 0;  //!< Receipt: highest seq read
    bool edited = false;  //!< Message, replayed: the body was edited since
    bool deleted = false; //!< Message, replayed: deleted since; text is empty
    bool mustAcknowledge = false; //!< Message: every member is asked to confirm it
    MessageId threadRoot;         //!< Message that replies: the first message of its thread, given by the commit
    QList<QByteArray> mentions;   //!< Message: ids of the members it names, "@room", "@here"
    MessageMarks marks;           //!< Message, replayed

    bool operator==(const RoomEvent &) const = default;
};

//! \brief A page of a room's events, ascending by seq.
struct RoomEventPage
{
    QList<RoomEvent> events;
    bool hasMoreBefore = false; //!< older events exist before the first of this page
    bool hasMoreAfter = false;
    bool operator==(const RoomEventPage &) const = default;
};

} // namespace Atom
