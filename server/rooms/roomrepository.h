// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"
#include "server/rooms/moderation.h"
#include "shared/core/result.h"
#include "shared/model/room.h"
#include "shared/model/roomevent.h"

#include <QCoro/QCoroTask>

#include <QtCore/QHash>

#include <functional>

namespace Atom::Rooms {

//! \brief A message that names a member, or ("@room") all of them.
struct Mention
{
    qint64 seq = 0;
    UserId user;
};

//! \brief A room with its members, as kept in memory. What decides about a message is looked up here, never in the
//! database.
struct RoomState
{
    Room room;
    QHash<UserId, Member> members;
    QList<Mention> mentions; //!< ascending by seq; the newest mentionsKept
    QHash<UserId, Restriction> mutes;    //!< those that ended are dropped with the next change
    QHash<UserId, Restriction> bans;     //!< likewise
    QHash<UserId, JoinRequest> requests; //!< who waits to be let in
    QHash<UserId, Timestamp> lastPosts;  //!< in slow mode: the last message of each member within its span
};
inline constexpr qsizetype mentionsKept = 1'000;
//! \brief Everybody in the room, among the ids of mentions.
inline UserId everybody()
{
    return UserId(QByteArrayLiteral("@room"));
}

//! \brief An event to be stored: all fields of RoomEvent except `seq`, which the commit gives. A message without a trace
//! of its own gets that of its id when it is read again.
struct EventDraft
{
    RoomEvent event;
    bool assistantTurn = false; //!< Message: remember, in the same transaction, that the assistant must take its turn
    MemberRole memberRole = MemberRole::Member; //!< MemberJoined: the role of the new member
    QList<UserId> mentioned; //!< Message: whose mention counters it moves; may hold everybody()
    QByteArray invitation; //!< MemberJoined: the id of the invitation that is used up by one, in the same transaction
    QList<Audit::Draft> audit; //!< stored in the same transaction, unless nothing was changed
};

//! \brief What a commit did.
struct Appended
{
    RoomEvent event; //!< with its seq
    //! Nothing was stored. A message: its (actor, clientId) was there before, `event` is the first one, in whatever
    //! room (of ephemeral rooms: in this one). Other kinds: it was so already (second deletion, older receipt, joined or left before), `event.seq` is 0.
    bool duplicate = false;
    qint64 rowId = 0;        //!< Message, stored: grows with each message of the server; 0 where nothing is stored
    qint64 messageCount = 0; //!< Receipt: messages of the room up to readUpTo
    qint64 messageSeq = 0;   //!< Deletion: the seq of the message
};

//! \brief Bounds of what others may add to a message, so that it can always be sent whole.
struct MarkLimits
{
    static constexpr int reactions = 500;    //!< of one message
    static constexpr int reactionKinds = 50; //!< of one message
    static constexpr int pins = 100;         //!< of one room
    static constexpr int acknowledgers = 1'000; //!< members of a room where acknowledgement can be asked for
};

//! \brief How far somebody has seen a room.
struct SeenMark
{
    RoomId room;
    UserId user;
    qint64 upTo = 0;
    qint64 count = 0;     //!< messages of the room up to there
    qint64 rowId = 0;     //!< messages above it may still move it; 0: see saveSeen()
    bool isExact = false; //!< may move the position back
};

//! \brief A former or the present text of a message.
struct MessageVersion
{
    QString text;
    UserId editor;
    Timestamp at{};
};

struct Acknowledgement
{
    UserId user;
    Timestamp at{};
};

//! \brief Where rooms live. Main thread; completions arrive there, in the order of commit, after the commit is on disk.
class RoomRepository
{
public:
    virtual ~RoomRepository() = default;
    //! \brief All rooms with members and lastSeq. Once, at start.
    virtual QCoro::Task<Result<QList<RoomState>>> all() = 0;
    //! \brief Stores the room and, in the same transaction, a MemberJoined event for each of its `members`.
    //! \return the stored events, ascending; Conflict when the id exists.
    virtual QCoro::Task<Result<QList<RoomEvent>>> create(RoomState state) = 0;
    //! \brief The hot path. Gives the next seq of the room and stores the event with its effect: a message row, an
    //! edited or emptied body, a member row added or removed, a read position. `done` is called exactly once; before
    //! append() returns only with Unavailable.
    //! ReactionAdded, Pinned and Acknowledged
    //! of a message need it to exist and not be deleted; beyond MarkLimits they are a Conflict.
    //! MemberLeft of a group's last owner makes the member who joined first (then by id; never the assistant) the
    //! owner, in the same transaction; the event's metadata names them: {"owner": id}. Fails with NotFound (room,
    //! member of a receipt, message of an edit or deletion), Conflict (edit of a deleted message), ValidationFailed
    //! (`/reply_to` is no message of the room), Unavailable (queue full), Internal (disk).
    //! RoomUpdated changes the room as applyRoomChanges() does; MemberUpdated the member's role or mute; UserBanned and
    //! UserUnbanned the ban. An invitation that is used up, revoked or over fails with Conflict.
    virtual void append(EventDraft draft, std::function<void(Result<Appended>)> done) = 0;
    //! \brief Several events as one: all are stored, or none. Else as append(); the events are in the order given.
    virtual void appendAll(QList<EventDraft> drafts, std::function<void(Result<QList<Appended>>)> done) = 0;
    //! \brief The message that `sender` gave this client id, in whatever room of the store; ephemeral rooms: in this one.
    //! \return NotFound.
    virtual QCoro::Task<Result<RoomEvent>> messageOfClientId(RoomId room, UserId sender, QByteArray clientId) = 0;
    //! \brief Keeps a request to join; one for each room and user. A MemberJoined event ends it by itself.
    virtual QCoro::Task<Result<void>> storeJoinRequest(JoinRequest request, QList<Audit::Draft> audit) = 0;
    virtual QCoro::Task<Result<void>> dropJoinRequest(RoomId room, UserId user, QList<Audit::Draft> audit) = 0;
    //! \brief Events with `after < seq`, ascending, at most `limit`. Messages carry their present body and flags; edits
    //! carry the text they gave, unless the message was deleted since.
    virtual QCoro::Task<Result<RoomEventPage>> eventsAfter(RoomId room, qint64 after, int limit) = 0;
    //! \brief The newest `limit` events with `seq < before`, ascending; `before` 0 means from the end.
    virtual QCoro::Task<Result<RoomEventPage>> eventsBefore(RoomId room, qint64 before, int limit) = 0;
    //! \brief The present state of one message. \return NotFound.
    virtual QCoro::Task<Result<RoomEvent>> message(RoomId room, MessageId id) = 0;

    // --- what the rooms of a test may do without: these answer NotFound or nothing unless overridden
    //! \brief The message wherever it is. \return NotFound.
    virtual QCoro::Task<Result<RoomEvent>> locate(MessageId id);
    //! \brief Messages of the thread with `after < seq`, ascending, without its root.
    virtual QCoro::Task<Result<RoomEventPage>> thread(RoomId room, MessageId root, qint64 after, int limit);
    //! \brief The pinned messages, newest pin first; at most MarkLimits::pins.
    virtual QCoro::Task<Result<QList<RoomEvent>>> pins(RoomId room);
    //! \brief All texts, the first one first, the present one last; nothing for a deleted message. The newest `limit`.
    virtual QCoro::Task<Result<QList<MessageVersion>>> versions(RoomId room, MessageId id, int limit);
    //! \brief Who acknowledged, by user id.
    virtual QCoro::Task<Result<QList<Acknowledgement>>> acknowledgements(RoomId room, MessageId id);
    //! \brief Messages that name the user, in any room, newest first by (room, seq) position; `before`: an id.
    virtual QCoro::Task<Result<QList<RoomEvent>>> mentionsOf(UserId user, int limit);
    //! \brief Messages of the room with seq <= `upTo`, and the user's own behind it (among the next 10,000): what is not
    //! new to them.
    virtual QCoro::Task<Result<qint64>> seenCount(RoomId room, UserId user, qint64 upTo);
    //! \brief Stores the positions. All messages with rowId <= `accounted` are in them or in earlier ones: the next
    //! start looks only through later ones for what their senders have seen. 0: nothing is said about that.
    virtual QCoro::Task<Result<void>> saveSeen(QList<SeenMark> marks, qint64 accounted);
};

} // namespace Atom::Rooms
