// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RoomService: life cycle, what memory answers, and making rooms. See also roommembership.cpp, roommessages.cpp.
#include "server/rooms/roomservice_p.h"

#include "server/rooms/logging.h"
#include "server/rooms/messagerules.h"
#include "shared/core/uuid.h"

#include <QtCore/QCryptographicHash>

#include <algorithm>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;
using Identity::Object;

namespace {
constexpr char directPrefix[] = "direct-";

//! One id per pair, whoever asks; nobody can choose such an id for another kind of room.
RoomId directRoomId(const UserId &a, const UserId &b)
{
    const QByteArray pair = std::min(a, b).bytes() + '\n' + std::max(a, b).bytes();
    return RoomId(directPrefix + QCryptographicHash::hash(pair, QCryptographicHash::Sha256).toHex().left(32));
}

Member memberOf(const UserId &user, MemberRole role, Timestamp now)
{
    Member member;
    member.user = user;
    member.role = role;
    member.joinedAt = now;
    return member;
}
} // namespace

RoomService::Private::Private(RoomService &service, RoomRepository &durable, const Identity::Permissions &rights,
                              TraceSink &sink, Clock &time, MetricRegistry &metrics, RoomLimits bounds)
    : q(&service), repository(durable), permissions(rights), traces(sink), clock(time), limits(bounds),
      postLimits(bounds.post, metrics),
      messagesCommitted(metrics.counter("atom_messages_committed_total", "Messages stored and given a seq")),
      eventsCommitted(metrics.counter("atom_events_committed_total", "Room events of all kinds given a seq")),
      roomsGauge(metrics.gauge("atom_rooms", "Rooms")),
      ackTime(metrics.histogram("atom_message_ack_seconds", "From the receipt of a message to its commit"))
{
}

void RoomService::Private::leave()
{
    if (--running == 0 && closing) {
        const OneShot<bool> done = idle; // the waiter may destroy this object
        done.resolve(true);
    }
}

RoomState *RoomService::Private::find(const RoomId &id)
{
    const auto it = rooms.find(id);
    return it == rooms.end() ? nullptr : it->second.get();
}

RoomRepository &RoomService::Private::storeOf(const RoomState &state)
{
    if (state.room.persistence == RoomPersistence::Ephemeral)
        return ephemeral;
    return repository;
}

Result<RoomState *> RoomService::Private::access(const Actor &actor, const RoomId &room, Action action,
                                                 const QByteArray &what)
{
    RoomState *state = find(room);
    if (!state)
        return noSuchRoom();
    const bool isPublic = state->room.kind == RoomKind::Group && state->room.visibility == RoomVisibility::Public;
    if (!isPublic && !state->members.contains(actor.user) && !isInternalActor(actor) &&
        !permissions.isGlassOpen(actor.user, room)) {
        if (refusals) // for who tries it, it is as if there were none
            refusals->refused(
                Audit::draftFor(actor, Identity::actionName(action).toLatin1(), "room", room.bytes(), clock.now()));
        return noSuchRoom();
    }
    if (Result<void> allowed = permissions.require(actor, action, q->objectFor(actor, *state)); !allowed)
        return explained(std::move(allowed.error()), actor, *state, action);
    if (!what.isEmpty())
        q->noteReading(actor, room, what, 0, 0);
    return state;
}

Result<void> RoomService::Private::requireSpaceForMember(const RoomState &state, const UserId &user) const
{
    if (user == assistantUser() || state.members.contains(user))
        return {};
    if (state.members.size() >= limits.membersPerRoom)
        return Error(Errc::Conflict, u"The room has no space for more members."_s);
    if (roomsOf.value(user).size() >= limits.roomsPerUser)
        return Error(Errc::Conflict, u"%1 is in too many rooms already."_s.arg(user.toString()));
    return {};
}

Result<void> RoomService::Private::requireSpaceForRoom() const
{
    if (int(rooms.size()) >= limits.rooms)
        return Error(Errc::Conflict, u"The server has no space for more rooms."_s);
    return {};
}

void RoomService::Private::addToMemory(RoomState state)
{
    state.room.memberCount = int(state.members.size());
    for (const Member &member : std::as_const(state.members))
        noteRoomOf(member.user, state.room.id);
    const RoomId id = state.room.id;
    rooms.insert_or_assign(id, std::make_unique<RoomState>(std::move(state)));
    roomsGauge.set(qint64(rooms.size()));
}

void RoomService::Private::noteRoomOf(const UserId &user, const RoomId &room)
{
    QList<RoomId> &mine = roomsOf[user];
    const auto at = std::lower_bound(mine.begin(), mine.end(), room);
    if (at == mine.end() || *at != room)
        mine.insert(at, room);
}

RoomService::RoomService(RoomRepository &repository, const Identity::Permissions &permissions, TraceSink &traces,
                         Clock &clock, MetricRegistry &metrics, RoomLimits limits)
    : d(std::make_unique<Private>(*this, repository, permissions, traces, clock, metrics, limits))
{
}

RoomService::~RoomService()
{
    Q_ASSERT_X(d->running == 0, "RoomService", "destroyed while operations run: co_await close() first");
}

QCoro::Task<Result<void>> RoomService::load()
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<QList<RoomState>> all = co_await d->repository.all();
    if (!all)
        co_return std::move(all.error());
    for (RoomState &state : *all)
        d->addToMemory(std::move(state));
    qCInfo(lcRooms) << d->rooms.size() << "rooms read";
    co_return Result<void>();
}

QCoro::Task<void> RoomService::close()
{
    d->closing = true;
    if (d->running > 0)
        co_await d->idle;
    co_await d->saveSeen();
}

const RoomState *RoomService::find(const RoomId &room) const
{
    return d->find(room);
}

Result<void> RoomService::takeChange(const Actor &actor, const RoomId &room)
{
    return d->postLimits.change(actor, room, d->clock.monotonic());
}

void RoomService::recordRefusals(Audit::RefusalSink &sink)
{
    d->refusals = &sink;
}

void RoomService::setOnline(std::function<bool(const UserId &)> isOnline)
{
    d->isOnline = std::move(isOnline);
}

void RoomService::setKeywords(const UserId &user, const QStringList &words)
{
    d->keywords.set(user, words, roomsOf(user));
}

QCoro::Task<Result<Room>> RoomService::create(Actor actor, RoomDraft draft)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    // The conversation with the assistant is open to those who may chat, guests included.
    const Action action = draft.kind == RoomKind::Assistant ? Action::ChatWithAssistant : Action::RoomCreate;
    if (Result<void> allowed = d->permissions.require(actor, action, Object::none()); !allowed)
        co_return std::move(allowed.error());
    if (Result<void> name = checkRoomName(draft.name); !name)
        co_return std::move(name.error());
    if (!draft.id.isEmpty() && (!isValidIdText(draft.id.bytes()) || draft.id.bytes().startsWith(directPrefix))) {
        co_return Error::invalid(u"/id"_s, u"A room id is 1 to 128 of the characters A-Z a-z 0-9 . _ : - and does not "
                                           "begin with direct-."_s);
    }
    for (const UserId &member : std::as_const(draft.members)) {
        if (!isValidIdText(member.bytes()))
            co_return Error::invalid(u"/members"_s, u"A member is named by a user id."_s);
    }
    if (draft.members.size() >= d->limits.membersPerRoom)
        co_return Error::invalid(u"/members"_s, u"These are too many members."_s);
    if (draft.kind == RoomKind::Direct) {
        Result<Room> direct = co_await d->createDirect(std::move(actor), std::move(draft));
        co_return direct;
    }

    const Timestamp now = d->clock.now();
    RoomState state;
    state.room.id = draft.id.isEmpty() ? RoomId(newUuidV7(now)) : draft.id;
    state.room.name = draft.name;
    state.room.kind = draft.kind;
    state.room.visibility = draft.visibility;
    state.room.persistence = draft.persistence;
    state.room.assistantEnabled = draft.assistantEnabled;
    state.room.createdBy = actor.user;
    state.room.createdAt = now;
    if (draft.kind == RoomKind::Assistant) {
        if (!draft.members.isEmpty() && draft.members != QList<UserId>{assistantUser()})
            co_return Error::invalid(u"/members"_s, u"A room with the assistant has no other members."_s);
        draft.members = {assistantUser()};
        state.room.visibility = RoomVisibility::Private;
        state.room.assistantEnabled = true;
    }
    for (const UserId &user : std::as_const(draft.members))
        state.members.insert(user, memberOf(user, MemberRole::Member, now));
    state.members.insert(actor.user, memberOf(actor.user, MemberRole::Owner, now));
    if (d->find(state.room.id))
        co_return Error(Errc::Conflict, u"There is already a room with this id."_s);
    if (Result<void> space = d->requireSpaceForRoom(); !space)
        co_return std::move(space.error());
    const RoomState empty;
    for (const Member &member : std::as_const(state.members)) {
        if (Result<void> space = d->requireSpaceForMember(empty, member.user); !space)
            co_return std::move(space.error());
    }
    Result<Room> stored = co_await d->store(std::move(state), actor.device);
    co_return stored;
}

QCoro::Task<Result<Room>> RoomService::Private::createDirect(Actor actor, RoomDraft draft)
{
    if (!draft.id.isEmpty())
        co_return Error::invalid(u"/id"_s, u"A direct room's id follows from its users."_s);
    if (draft.members.size() != 1 || draft.members.constFirst() == actor.user ||
        draft.members.constFirst() == assistantUser())
        co_return Error::invalid(u"/members"_s, u"A direct room is with exactly one other user."_s);
    QList<UserId> both;
    both.append(actor.user);
    both.append(draft.members.constFirst());
    const RoomId id = directRoomId(both.constFirst(), both.constLast());
    const RoomState empty;
    for (const UserId &user : std::as_const(both)) {
        const RoomState *present = find(id);
        if (Result<void> space = requireSpaceForMember(present ? *present : empty, user); !space)
            co_return std::move(space.error());
    }
    if (!find(id)) {
        if (Result<void> space = requireSpaceForRoom(); !space)
            co_return std::move(space.error());
        const Timestamp now = clock.now();
        RoomState state;
        state.room.id = id;
        state.room.name = draft.name;
        state.room.kind = RoomKind::Direct;
        state.room.visibility = RoomVisibility::Private;
        state.room.persistence = draft.persistence;
        state.room.assistantEnabled = draft.assistantEnabled;
        state.room.createdBy = actor.user;
        state.room.createdAt = now;
        for (const UserId &user : std::as_const(both))
            state.members.insert(user, memberOf(user, MemberRole::Member, now));
        Result<Room> stored = co_await store(std::move(state), actor.device);
        // The other one may have made it at the same time: then it is in memory by now.
        if (stored || stored.error().code != Errc::Conflict || !find(id))
            co_return stored;
    }
    for (const UserId &user : std::as_const(both)) {
        if (find(id)->members.contains(user))
            continue;
        EventDraft joined = memberDraft(RoomEventKind::MemberJoined, id, user, MemberRole::Member);
        Result<Appended> appended = co_await append(std::move(joined), actor.device);
        if (!appended)
            co_return std::move(appended.error());
    }
    co_return Result<Room>(find(id)->room);
}

QCoro::Task<Result<Room>> RoomService::Private::store(RoomState state, DeviceId origin)
{
    const RoomId id = state.room.id;
    Result<QList<RoomEvent>> events = co_await storeOf(state).create(state);
    if (!events)
        co_return std::move(events.error());
    addToMemory(std::move(state));
    RoomState *stored = find(id);
    if (!events->isEmpty())
        stored->room.lastSeq = events->constLast().seq;
    for (const RoomEvent &event : std::as_const(*events)) {
        if (const auto member = stored->members.find(event.actor); member != stored->members.end())
            member->seenUpTo = event.seq;
        keywords.joined(event.actor, id);
    }
    eventsCommitted.add(quint64(events->size()));
    Q_EMIT q->roomCreated(stored->room);
    for (const RoomEvent &event : std::as_const(*events))
        Q_EMIT q->eventCommitted(event, origin);
    co_return Result<Room>(stored->room);
}

} // namespace Atom::Rooms
