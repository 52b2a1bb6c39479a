// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/permissions.h"
#include "server/rooms/postlimits.h"
#include "server/rooms/roomchange.h"
#include "server/rooms/roomrepository.h"
#include "shared/core/metrics.h"
#include "shared/core/taskscope.h"
#include "shared/model/trace.h"

#include <QtCore/QObject>

namespace Atom::Audit {
class RefusalSink;
}

namespace Atom::Rooms {

struct RoomLimits
{
    qsizetype textBytes = 32 * 1024;    //!< UTF-8 bytes of a message body
    qsizetype metadataBytes = 8 * 1024; //!< compact JSON
    int roomsPerUser = 1000;
    int membersPerRoom = 100'000;
    int rooms = 100'000;       //!< on this server: bounds memory also when strangers may create rooms by joining them
    PostRates post;            //!< how much may be written; by default without bound
    bool assistant = true;     //!< messages may owe the assistant a turn
    bool createOnJoin = false; //!< joining an unknown room creates a public group room (clients of older systems)
};

//! \brief A room to be made. Direct: exactly one other user in `members`, an existing one is returned.
//! Assistant: the creator and the assistant.
struct RoomDraft
{
    RoomId id; //!< empty: generated
    QString name;
    RoomKind kind = RoomKind::Group;
    RoomVisibility visibility = RoomVisibility::Public;
    RoomPersistence persistence = RoomPersistence::Durable;
    bool assistantEnabled = false;
    QList<UserId> members; //!< besides the creator
};

struct MessageDraft
{
    RoomId room;
    QString text;
    QString messageType = QStringLiteral("text");
    QByteArray clientId;
    MessageId replyTo;
    QJsonObject metadata;
    bool mustAcknowledge = false; //!< every member is asked to confirm it
    qint64 receivedMicros = 0; //!< unix µs when the edge had the whole frame; 0: now
};

//! \brief What of a room is new to a user. Everything by others behind the later of what they read and what they sent.
struct Counters
{
    qint64 unread = 0;   //!< messages; deleted ones count until they are read
    int mentions = 0;    //!< of them, those that name the user; at most the newest mentionsKept of the room are known
    qint64 seenUpTo = 0; //!< private: lower than the read position after "mark as unread"
    qint64 lastSeq = 0;  //!< the event as of which this holds
};

using PostDone = std::function<void(Result<Appended>)>;

//! \brief Rooms, members, messages, receipts: the rules, in memory, over the repository. Main thread.
//!
//! Every operation asks Identity::Permissions. A foreign private room and a missing room give the same NotFound.
//! Who leaves may be the last owner: then the member who joined first becomes the owner (see RoomRepository::append).
//! Only owners give, and remove members with, the roles owner and moderator. Rooms made by a guest's join have no
//! owner. A direct room's id follows from its two users, so there is one per pair; making it again brings back who
//! left. An edit to the same text, a second deletion and an older receipt succeed without an event and return seq 0.
//!
//! Rooms and memberships are answered from memory; changes reach memory and eventCommitted() after their commit, in
//! commit order, before the completion of the caller runs.
class RoomService : public QObject
{
    Q_OBJECT
public:
    RoomService(RoomRepository &repository, const Identity::Permissions &permissions, TraceSink &traces, Clock &clock,
                MetricRegistry &metrics, RoomLimits limits);
    ~RoomService() override;

    QCoro::Task<Result<void>> load();
    QCoro::Task<void> close();

    // --- from memory
    const RoomState *find(const RoomId &room) const; //!< no permission check; valid until control returns to the loop
    QList<Room> visibleTo(const Actor &actor) const; //!< member of, or public; by name then id
    QList<RoomId> roomsOf(const UserId &user) const;
    //! \brief All rooms whose contents the actor may read, durable ones only (others are not searched). Asks for
    //! each room: some milliseconds for ten thousand. Not those that are only open by break-glass.
    QList<RoomId> readableBy(const Actor &actor) const;
    //! \brief The same of one room.
    bool mayRead(const Actor &actor, const RoomId &room) const;
    Result<Room> room(const Actor &actor, const RoomId &room) const;
    Result<QList<Member>> members(const Actor &actor, const RoomId &room) const; //!< by user id
    bool isMember(const UserId &user, const RoomId &room) const;
    //! \brief A member who is not denied reading: who sees contents of the room without break-glass.
    bool isReader(const Actor &actor, const RoomId &room) const;
    //! \brief isReader(), or by break-glass: then the reading of `what` is noted.
    bool seesContents(const Actor &actor, const RoomId &room, const QByteArray &what);
    //! \brief Whoever gives out contents of a room on another way than by the methods below says so here; does nothing
    //! unless the actor reads by break-glass. `from`, `to`: seqs, 0 where there is no range.
    void noteReading(const Actor &actor, const RoomId &room, const QByteArray &what, qint64 from, qint64 to);
    //! \brief Permissions' view of a room for this actor.
    Identity::Object objectFor(const Actor &actor, const RoomState &state) const;
    int roomCount() const;
    //! \brief Whether the actor may do this in the room, for services beside this one. \return NotFound for a room the
    //! actor may not know of, Forbidden, Unauthenticated. `what`: how a reading by break-glass is noted.
    Result<void> require(const Actor &actor, const RoomId &room, Identity::Action action,
                         const QByteArray &what = QByteArrayLiteral("room")) const;
    //! \brief The same for what is about no room.
    Result<void> requireOfServer(const Actor &actor, Identity::Action action) const;
    QList<RoomId> allRooms() const; //!< by id; for the server's own housekeeping
    //! \brief Events up to this one were removed by retention: what memory knows about them goes as well.
    void forgetPurged(const RoomId &room, qint64 upToSeq);

    // --- changes
    QCoro::Task<Result<Room>> create(Actor actor, RoomDraft draft);
    //! \brief Becomes a member; joining again is a success without an event. Where moderators approve who joins, it
    //! makes a request instead, with `message` for them: then the actor is no member afterwards, see hasRequested().
    QCoro::Task<Result<Room>> join(Actor actor, RoomId room, QString message = {});
    QCoro::Task<Result<void>> leave(Actor actor, RoomId room);
    QCoro::Task<Result<Member>> addMember(Actor actor, RoomId room, UserId user, MemberRole role);
    //! \brief `reason`: told to the members.
    QCoro::Task<Result<void>> removeMember(Actor actor, RoomId room, UserId user, QString reason = {});

    // --- settings (roomsettings.cpp): each change is one RoomUpdated event and one audit record; changing nothing is a
    // success without an event. `reason` is told to the members.
    QCoro::Task<Result<Room>> update(Actor actor, RoomId room, RoomChange change, QString reason = {});
    //! \brief By those who may set a hold, members or not. `reason` is required to set one and is told only to them;
    //! the members are told that there is a hold.
    QCoro::Task<Result<Room>> setLegalHold(Actor actor, RoomId room, bool held, QString reason);
    //! \brief The hold with its reason, for those who may set one; none: not held.
    Result<std::optional<LegalHold>> legalHold(const Actor &actor, const RoomId &room) const;
    QCoro::Task<Result<Member>> setMemberRole(Actor actor, RoomId room, UserId user, MemberRole role);
    //! \brief Makes a member the owner and the actor, an owner, a moderator: both or neither.
    QCoro::Task<Result<Room>> transferOwnership(Actor actor, RoomId room, UserId user);

    // --- moderation (roommoderation.cpp). Owners and moderators of the room are moderated by its owners only; nobody
    // moderates themselves or the assistant.
    //! \brief `duration` 1 s .. 1 year. A muted member reads but does not post, edit or type.
    QCoro::Task<Result<Restriction>> mute(Actor actor, RoomId room, UserId user, seconds duration, QString reason);
    //! \brief Of somebody who is not muted: a success without an event; so with unban().
    QCoro::Task<Result<void>> unmute(Actor actor, RoomId room, UserId user);
    //! \brief Also of somebody who is no member. `duration` none: for ever. A banned user is removed and can neither
    //! read, join nor be added.
    QCoro::Task<Result<Restriction>> ban(Actor actor, RoomId room, UserId user, std::optional<seconds> duration,
                                         QString reason);
    QCoro::Task<Result<void>> unban(Actor actor, RoomId room, UserId user);
    //! \brief Those in force, for moderators; by user id.
    Result<QList<Restriction>> restrictions(const Actor &actor, const RoomId &room, RestrictionKind kind) const;

    // --- approval of those who join (roommoderation.cpp)
    //! \brief For moderators; the oldest first.
    Result<QList<JoinRequest>> joinRequests(const Actor &actor, const RoomId &room) const;
    bool hasRequested(const UserId &user, const RoomId &room) const;
    //! \return Conflict when nobody of this name waits (any more); so with denyJoin().
    QCoro::Task<Result<void>> approveJoin(Actor actor, RoomId room, UserId user);
    QCoro::Task<Result<void>> denyJoin(Actor actor, RoomId room, UserId user, QString reason);
    //! \brief Takes back the actor's own request. \return NotFound.
    QCoro::Task<Result<void>> withdrawJoin(Actor actor, RoomId room);
    //! \brief Becomes a member by an invitation, also of a private room; see InvitationService, which checks the link.
    //! \return Conflict when the invitation is used up, over or revoked meanwhile.
    QCoro::Task<Result<Room>> joinByInvitation(Actor actor, RoomId room, QByteArray invitation, UserId invitedBy);
    //! \brief The hot path: `done` is called exactly once, on this thread, never before post() returns from its checks
    //! except for a refusal. Ephemeral rooms are sequenced in memory and never stored: they end with the process, keep
    //! their newest events only, and leave a trace only where the assistant has a turn.
    //! Client types: text, file, voice, encrypted; "system" and "assistant" are for internalActor() alone.
    //! Pointers of field errors name the wire's fields: /message, /client_id, /message_type, /metadata, /reply_to.
    void post(const Actor &actor, MessageDraft draft, PostDone done);
    QCoro::Task<Result<Appended>> postTask(Actor actor, MessageDraft draft); //!< post() for coroutines
    QCoro::Task<Result<RoomEvent>> edit(Actor actor, RoomId room, MessageId message, QString text);
    //! \brief `reason`: 0..200 characters, shown to the room.
    QCoro::Task<Result<RoomEvent>> remove(Actor actor, RoomId room, MessageId message, QString reason = {});
    //! \brief Whether remove() would let the actor, as of now. \return Forbidden, NotFound.
    Result<void> mayRemove(const Actor &actor, const RoomEvent &message) const;
    // What was so already succeeds without an event (seq 0). Conflict: deleted, or beyond MarkLimits.
    //! \brief `reaction`: an emoji or short code, 1..32 characters without white space and control characters.
    QCoro::Task<Result<RoomEvent>> react(Actor actor, RoomId room, MessageId message, QString reaction, bool take);
    QCoro::Task<Result<RoomEvent>> pin(Actor actor, RoomId room, MessageId message, bool take);
    //! \brief Conflict when nobody asked for it.
    QCoro::Task<Result<RoomEvent>> acknowledge(Actor actor, RoomId room, MessageId message);
    //! \brief Moves the read position forward; a smaller value is a success without an event (returns seq 0).
    QCoro::Task<Result<RoomEvent>> markRead(Actor actor, RoomId room, qint64 upTo);

    // --- what is new to whom: private, from memory; it moves before eventCommitted()
    Counters counters(const UserId &user, const RoomId &room) const;
    //! \brief Moves the actor's own position back before event `from` (1..lastSeq); nobody else sees it.
    QCoro::Task<Result<Counters>> markUnread(Actor actor, RoomId room, qint64 from);
    //! \brief Words that count as mentions of the user; folded, see foldKeyword().
    void setKeywords(const UserId &user, const QStringList &words);
    //! \brief Who is here, for "@here"; without it nobody is.
    void setOnline(std::function<bool(const UserId &)> isOnline);

    //! \brief Counts a change that others write down for this actor and room, with their messages and edits.
    //! \return RateLimited with the time to wait.
    Result<void> takeChange(const Actor &actor, const RoomId &room);
    //! \brief Hears who tried to get at a room that they may not know of; `sink` lives longer.
    void recordRefusals(Audit::RefusalSink &sink);

    // --- history
    //! \brief `limit` 1..200. Exactly one of before/after may be > 0; none means the newest page.
    QCoro::Task<Result<RoomEventPage>> history(Actor actor, RoomId room, qint64 before, qint64 after, int limit);
    QCoro::Task<Result<RoomEvent>> message(Actor actor, RoomId room, MessageId id);
    //! \brief The message in whatever room the actor may read.
    QCoro::Task<Result<RoomEvent>> locate(Actor actor, MessageId id);
    //! \brief The replies below `root`, after seq `after`; `limit` 1..200. NotFound when there is no such message.
    QCoro::Task<Result<RoomEventPage>> thread(Actor actor, RoomId room, MessageId root, qint64 after, int limit);
    QCoro::Task<Result<QList<RoomEvent>>> pins(Actor actor, RoomId room); //!< newest first
    //! \brief All texts that the message had, the present one last; the newest 100. Empty for a deleted message.
    QCoro::Task<Result<QList<MessageVersion>>> versions(Actor actor, RoomId room, MessageId message);
    QCoro::Task<Result<QList<Acknowledgement>>> acknowledgements(Actor actor, RoomId room, MessageId message);
    //! \brief Messages that name the actor in rooms that they may still read, newest first.
    QCoro::Task<Result<QList<RoomEvent>>> mentions(Actor actor, int limit);
    //! \brief Events with `after < seq`, for a service that has asked require() on behalf of somebody.
    QCoro::Task<Result<RoomEventPage>> eventsAfter(RoomId room, qint64 after, int limit);

Q_SIGNALS:
    //! \brief A committed event, in seq order per room. `origin` is the acting device (it gets an ack, not the event).
    void eventCommitted(const Atom::RoomEvent &event, const Atom::DeviceId &origin);
    void roomCreated(const Atom::Room &room);
    //! \brief The user's counters of the room changed in a way that their devices cannot tell from the room's events.
    void countersChanged(const Atom::UserId &user, const Atom::RoomId &room);
    //! \brief Contents were read by break-glass (see Identity::Decision::underGlass): room, members, history, message,
    //! …
    void readUnderGlass(const Atom::Actor &actor, const Atom::RoomId &room, const QByteArray &what, qint64 from,
                        qint64 to);
    //! \brief Somebody asked to join, or was let in or refused; `by` decided.
    void joinRequestChanged(const Atom::Rooms::JoinRequest &request, Atom::Rooms::JoinDecision decision,
                            const Atom::UserId &by, const QString &reason);
    //! \brief A message that the assistant has to answer was committed.
    void assistantTurnDue(const Atom::RoomEvent &message, const Atom::Actor &actor);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Rooms
