// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"
#include "shared/model/room.h"
#include "shared/model/roomevent.h"

#include <QCoro/QCoroTask>

#include <QtCore/QHash>

#include <functional>

namespace Atom::Rooms {

//! \brief A room with its members, as kept in memory.
struct RoomState
{
    Room room;
    QHash<UserId, Member> members;
};

//! \brief An event to be stored: all fields of RoomEvent except `seq`, which the commit gives. A message without a trace
//! of its own gets that of its id when it is read again.
struct EventDraft
{
    RoomEvent event;
    bool assistantTurn = false; //!< Message: remember, in the same transaction, that the assistant must take its turn
    MemberRole memberRole = MemberRole::Member; //!< MemberJoined: the role of the new member
};

//! \brief What a commit did.
struct Appended
{
    RoomEvent event; //!< with its seq
    //! Nothing was stored. A message: its (actor, clientId) was there before, `event` is the first one, in whatever
    //! room. Other kinds: it was so already (second deletion, older receipt, joined or left before), `event.seq` is 0.
    bool duplicate = false;
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
    //! MemberLeft of a group's last owner makes the member who joined first (then by id; never the assistant) the
    //! owner, in the same transaction; the event's metadata names them: {"owner": id}. Fails with NotFound (room,
    //! member of a receipt, message of an edit or deletion), Conflict (edit of a deleted message), ValidationFailed
    //! (`/reply_to` is no message of the room), Unavailable (queue full), Internal (disk).
    virtual void append(EventDraft draft, std::function<void(Result<Appended>)> done) = 0;
    //! \brief Events with `after < seq`, ascending, at most `limit`. Messages carry their present body and flags; edits
    //! carry the text they gave, unless the message was deleted since.
    virtual QCoro::Task<Result<RoomEventPage>> eventsAfter(RoomId room, qint64 after, int limit) = 0;
    //! \brief The newest `limit` events with `seq < before`, ascending; `before` 0 means from the end.
    virtual QCoro::Task<Result<RoomEventPage>> eventsBefore(RoomId room, qint64 before, int limit) = 0;
    //! \brief The present state of one message. \return NotFound.
    virtual QCoro::Task<Result<RoomEvent>> message(RoomId room, MessageId id) = 0;
};

} // namespace Atom::Rooms
