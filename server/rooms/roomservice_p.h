// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/sinks.h"
#include "server/rooms/ephemeralrooms.h"
#include "server/rooms/mentions.h"
#include "server/rooms/roomservice.h"
#include "shared/core/oneshot.h"

#include <unordered_map>

namespace Atom::Rooms {

//! \brief What the files of RoomService share.
//!
//! Beware: QCoro's return_value() moves from a non-const lvalue whose type only converts to the task's: `co_return
//! state->room` from a Task<Result<Room>> would empty the room in memory. Write `co_return Result<Room>(state->room)`.
struct RoomService::Private
{
    Private(RoomService &service, RoomRepository &durable, const Identity::Permissions &rights, TraceSink &sink,
            Clock &time, MetricRegistry &metrics, RoomLimits bounds);

    //! An operation under way; close() waits for all of them. False: the service is closing.
    class Busy
    {
    public:
        explicit Busy(Private &owner) : m_owner(owner), m_entered(!owner.closing)
        {
            if (m_entered)
                ++owner.running;
        }
        ~Busy()
        {
            if (m_entered)
                m_owner.leave();
        }
        Q_DISABLE_COPY_MOVE(Busy)
        explicit operator bool() const { return m_entered; }

    private:
        Private &m_owner;
        bool m_entered;
    };
    void leave();

    RoomState *find(const RoomId &id);
    RoomRepository &storeOf(const RoomState &state);
    //! The room, if the actor may know of it and do this. \return NotFound, else what Permissions::require() says.
    //! What is read by break-glass is noted as `what`; empty: the caller notes it, with its range.
    Result<RoomState *> access(const Actor &actor, const RoomId &room, Identity::Action action,
                               const QByteArray &what = QByteArrayLiteral("room"));
    Result<void> requireSpaceForMember(const RoomState &state, const UserId &user) const;
    Result<void> requireSpaceForRoom() const;
    //! Stores the event; when it is committed, memory and listeners learn of it before this resumes.
    QCoro::Task<Result<Appended>> append(EventDraft draft, DeviceId origin);
    //! All or none; memory and listeners learn of them, in order, before this resumes.
    QCoro::Task<Result<QList<Appended>>> appendAll(QList<EventDraft> drafts, DeviceId origin);
    //! Stores the room; memory and listeners learn of it before this resumes.
    QCoro::Task<Result<Room>> store(RoomState state, DeviceId origin);
    QCoro::Task<Result<Room>> createDirect(Actor actor, RoomDraft draft);
    QCoro::Task<Result<Room>> createOnJoin(Actor actor, RoomId room);
    void applyCommitted(const Appended &appended, MemberRole memberRole, const DeviceId &origin,
                        const QList<UserId> &mentioned = {});
    //! An event about a message by somebody who may do `action` in the room.
    QCoro::Task<Result<RoomEvent>> change(Actor actor, RoomId room, MessageId message, Identity::Action action,
                                          RoomEventKind kind, QString text);
    // roomreading.cpp
    void findMentioned(const Actor &actor, const RoomState &state, EventDraft &draft) const;
    void noteMentions(RoomState &state, qint64 seq, const QList<UserId> &mentioned);
    void forgetMentions(RoomState &state, qint64 seq);
    void noteSent(RoomState &state, const RoomEvent &message, qint64 rowId);
    void noteRead(RoomState &state, const RoomEvent &receipt, qint64 count);
    void noteSeen(const RoomState &state, const Member &member);
    //! Sets the private position exactly, stores it, and tells the user's devices.
    QCoro::Task<Result<void>> moveSeen(RoomId room, UserId user, qint64 upTo);
    QCoro::Task<void> saveSeen();
    void addToMemory(RoomState state);
    void applyMemberChanges(RoomState &state, const RoomEvent &event);

    // --- voice: who may post now (roomvoice.cpp)
    //! Adds to a refusal when it ends, where a ban or a mute is the reason of it and ends.
    Error explained(Error error, const Actor &actor, const RoomState &state, Identity::Action action) const;
    //! Slow mode: RateLimited with the time to wait; else the message counts from now on.
    Result<void> takeTurn(const Actor &actor, RoomState &state, Timestamp now);
    //! Takes back what takeTurn() noted, for a message that was not stored.
    void giveTurnBack(const RoomId &room, const UserId &user, Timestamp noted);
    //! Refuses a message, unless it was stored before: then the first answer is given again.
    QCoro::Task<void> refuse(Actor actor, RoomId room, QByteArray clientId, Error error, PostDone done);

    // --- settings and moderation
    EventDraft actDraft(RoomEventKind kind, const Actor &actor, const RoomId &room, QJsonObject metadata) const;
    //! Stores such an event with its audit record, in one transaction.
    QCoro::Task<Result<void>> act(RoomEventKind kind, Actor actor, RoomId room, QJsonObject metadata,
                                  Audit::Draft audit);
    Audit::Draft auditOf(const Actor &actor, QByteArray action, const RoomId &room) const;
    //! The room, when the actor may moderate this user in it.
    Result<RoomState *> accessToModerate(const Actor &actor, const RoomId &room, const UserId &user);
    QCoro::Task<Result<Room>> requestToJoin(Actor actor, RoomId room, QString message);
    QCoro::Task<Result<void>> endRequest(Actor actor, RoomId room, UserId user, JoinDecision decision, QString reason);
    //! The event for a member who joins or leaves.
    EventDraft memberDraft(RoomEventKind kind, const RoomId &room, const UserId &user, MemberRole role) const;

    RoomService *q;
    RoomRepository &repository;
    EphemeralRooms ephemeral;
    const Identity::Permissions &permissions;
    TraceSink &traces;
    Clock &clock;
    const RoomLimits limits;
    PostLimits postLimits;
    Counter &messagesCommitted;
    Counter &eventsCommitted;
    Gauge &roomsGauge;
    Histogram &ackTime;
    std::unordered_map<RoomId, std::unique_ptr<RoomState>> rooms; //!< pointers to states stay valid
    QHash<UserId, QList<RoomId>> roomsOf;                         //!< sorted; a set would take 1 KB for each user
    void noteRoomOf(const UserId &user, const RoomId &room);
    Keywords keywords;
    std::function<bool(const UserId &)> isOnline;
    Audit::RefusalSink *refusals = nullptr;
    qint64 newestRowId = 0; //!< of the messages that memory knows
    QSet<std::pair<RoomId, UserId>> unsavedSeen; //!< positions that are to be written down
    Clock::TimerId saveTimer = 0;
    QObject context; //!< timers end with it
    int running = 0;
    bool closing = false;
    OneShot<bool> idle;
};

inline Error noSuchRoom()
{
    return Error(Errc::NotFound, QStringLiteral("There is no such room."));
}
inline Error shuttingDown()
{
    Error error(Errc::Unavailable, QStringLiteral("The server is shutting down."));
    error.retryAfter = seconds(5);
    return error;
}

} // namespace Atom::Rooms
