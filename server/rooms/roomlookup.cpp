// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RoomService: who may see which rooms, and the record of what is read by break-glass.
#include "server/rooms/roomservice_p.h"

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;
using Identity::Object;

QList<Room> RoomService::visibleTo(const Actor &actor) const
{
    QList<Room> visible;
    if (!d->permissions.can(actor, Action::RoomList, Object::none()))
        return visible;
    for (const auto &[id, state] : d->rooms) {
        if (!d->permissions.isInScope(actor, Action::RoomList, id))
            continue;
        const bool isPublic = state->room.kind == RoomKind::Group && state->room.visibility == RoomVisibility::Public;
        if ((isPublic || state->members.contains(actor.user)) &&
            !d->permissions.isDenied(actor, Action::RoomRead, objectFor(actor, *state)))
            visible.append(state->room);
    }
    std::sort(visible.begin(), visible.end(),
              [](const Room &a, const Room &b) { return a.name != b.name ? a.name < b.name : a.id < b.id; });
    return visible;
}

QList<RoomId> RoomService::roomsOf(const UserId &user) const
{
    return d->roomsOf.value(user);
}

QList<RoomId> RoomService::readableBy(const Actor &actor) const
{
    QList<RoomId> readable;
    for (const auto &[id, state] : d->rooms) {
        if (state->room.persistence == RoomPersistence::Durable && mayRead(actor, id))
            readable.append(id);
    }
    return readable;
}

bool RoomService::mayRead(const Actor &actor, const RoomId &room) const
{
    const RoomState *state = d->find(room);
    if (!state)
        return false;
    const Identity::Decision decision = d->permissions.decide(actor, Action::RoomRead, objectFor(actor, *state));
    return decision.allowed && !decision.underGlass;
}

Result<Room> RoomService::room(const Actor &actor, const RoomId &room) const
{
    Result<RoomState *> state = d->access(actor, room, Action::RoomRead);
    if (!state)
        return std::move(state.error());
    return (*state)->room;
}

Result<QList<Member>> RoomService::members(const Actor &actor, const RoomId &room) const
{
    Result<RoomState *> state = d->access(actor, room, Action::RoomRead, QByteArrayLiteral("members"));
    if (!state)
        return std::move(state.error());
    QList<Member> members = (*state)->members.values();
    std::sort(members.begin(), members.end(), [](const Member &a, const Member &b) { return a.user < b.user; });
    return members;
}

bool RoomService::isMember(const UserId &user, const RoomId &room) const
{
    const RoomState *state = d->find(room);
    return state && state->members.contains(user);
}

bool RoomService::isReader(const Actor &actor, const RoomId &room) const
{
    const RoomState *state = d->find(room);
    return state && state->members.contains(actor.user) &&
           !d->permissions.isDenied(actor, Action::RoomRead, objectFor(actor, *state)) &&
           d->permissions.isInScope(actor, Action::RoomRead, room);
}

bool RoomService::seesContents(const Actor &actor, const RoomId &room, const QByteArray &what)
{
    if (isReader(actor, room))
        return true;
    const RoomState *state = d->find(room);
    if (!state || !d->permissions.decide(actor, Action::RoomRead, objectFor(actor, *state)).underGlass)
        return false;
    noteReading(actor, room, what, 0, 0);
    return true;
}

void RoomService::noteReading(const Actor &actor, const RoomId &room, const QByteArray &what, qint64 from, qint64 to)
{
    if (!d->permissions.isGlassOpen(actor.user, room)) // almost always
        return;
    const RoomState *state = d->find(room);
    if (state && d->permissions.decide(actor, Action::RoomRead, objectFor(actor, *state)).underGlass)
        Q_EMIT readUnderGlass(actor, room, what, from, to);
}

Object RoomService::objectFor(const Actor &actor, const RoomState &state) const
{
    Object object;
    object.isRoom = true;
    object.room = state.room.id;
    object.roomKind = state.room.kind;
    object.roomVisibility = state.room.visibility;
    if (const auto member = state.members.constFind(actor.user); member != state.members.cend()) {
        object.isMember = true;
        object.memberRole = member->role;
    }
    object.isArchived = state.room.archivedAt.has_value();
    object.isReadOnly = state.room.readOnly;
    if (!state.mutes.isEmpty() || !state.bans.isEmpty()) {
        const Timestamp now = d->clock.now();
        const auto isIn = [&](const QHash<UserId, Restriction> &list) {
            const auto it = list.constFind(actor.user);
            return it != list.cend() && it->isInForce(now);
        };
        object.isMuted = isIn(state.mutes);
        object.isBanned = isIn(state.bans);
    }
    return object;
}

Result<void> RoomService::require(const Actor &actor, const RoomId &room, Action action, const QByteArray &what) const
{
    Result<RoomState *> state = d->access(actor, room, action, what);
    if (!state)
        return std::move(state.error());
    return {};
}

Result<void> RoomService::requireOfServer(const Actor &actor, Action action) const
{
    return d->permissions.require(actor, action, Object::none());
}

QList<RoomId> RoomService::allRooms() const
{
    QList<RoomId> all;
    all.reserve(qsizetype(d->rooms.size()));
    for (const auto &[id, state] : d->rooms)
        all.append(id);
    std::sort(all.begin(), all.end());
    return all;
}

int RoomService::roomCount() const
{
    return int(d->rooms.size());
}

} // namespace Atom::Rooms
