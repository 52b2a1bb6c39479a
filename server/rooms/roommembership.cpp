// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RoomService: who is in a room.
#include "server/rooms/roomservice_p.h"

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;

EventDraft RoomService::Private::memberDraft(RoomEventKind kind, const RoomId &room, const UserId &user,
                                             MemberRole role) const
{
    EventDraft draft;
    draft.event.room = room;
    draft.event.kind = kind;
    draft.event.actor = user;
    draft.event.at = clock.now();
    draft.memberRole = role;
    return draft;
}

void RoomService::Private::applyCommitted(const Appended &appended, MemberRole memberRole, const DeviceId &origin,
                                          const QList<UserId> &mentioned)
{
    const RoomEvent &event = appended.event;
    RoomState *state = find(event.room);
    Q_ASSERT(state);
    state->room.lastSeq = std::max(state->room.lastSeq, event.seq);
    switch (event.kind) {
    case RoomEventKind::MemberJoined: {
        Member member;
        member.user = event.actor;
        member.role = memberRole;
        member.joinedAt = event.at;
        member.seenUpTo = event.seq; // what was said before is not new to somebody who was not there
        member.seenCount = state->room.messageCount;
        state->members.insert(event.actor, member);
        noteRoomOf(event.actor, event.room);
        keywords.joined(event.actor, event.room);
        state->requests.remove(event.actor);
        break;
    }
    case RoomEventKind::MemberLeft: {
        state->members.remove(event.actor);
        keywords.left(event.actor, event.room);
        if (const auto mine = roomsOf.find(event.actor); mine != roomsOf.end()) {
            mine->removeOne(event.room);
            if (mine->isEmpty())
                roomsOf.erase(mine);
        }
        const UserId heir = UserId::fromString(event.metadata.value("owner"_L1).toString());
        if (const auto member = state->members.find(heir); member != state->members.end())
            member->role = MemberRole::Owner;
        break;
    }
    case RoomEventKind::Receipt:
        noteRead(*state, event, appended.messageCount);
        break;
    case RoomEventKind::Message:
        messagesCommitted.add();
        noteSent(*state, event, appended.rowId);
        if (!mentioned.isEmpty())
            noteMentions(*state, event.seq, mentioned);
        break;
    case RoomEventKind::Deletion:
        forgetMentions(*state, appended.messageSeq);
        break;
    case RoomEventKind::RoomUpdated:
        applyRoomChanges(state->room, event);
        if (state->room.slowModeSeconds == 0)
            state->lastPosts.clear();
        break;
    case RoomEventKind::MemberUpdated:
    case RoomEventKind::UserBanned:
    case RoomEventKind::UserUnbanned:
        applyMemberChanges(*state, event);
        break;
    case RoomEventKind::Edit:
    case RoomEventKind::ReactionAdded:
    case RoomEventKind::ReactionRemoved:
    case RoomEventKind::Pinned:
    case RoomEventKind::Unpinned:
    case RoomEventKind::Acknowledged:
        break;
    }
    state->room.memberCount = int(state->members.size());
    eventsCommitted.add();
    Q_EMIT q->eventCommitted(event, origin);
}

QCoro::Task<Result<Appended>> RoomService::Private::append(EventDraft draft, DeviceId origin)
{
    RoomState *state = find(draft.event.room);
    if (!state)
        co_return noSuchRoom();
    const MemberRole role = draft.memberRole;
    const OneShot<Result<Appended>> shot;
    std::function<void(Result<Appended>)> done = [shot](Result<Appended> result) { shot.resolve(std::move(result)); };
    storeOf(*state).append(std::move(draft), std::move(done));
    // Resumes within the completion, so the order of commits is the order in which memory and listeners learn of them.
    Result<Appended> appended = co_await shot;
    if (appended && !appended->duplicate)
        applyCommitted(*appended, role, origin);
    co_return appended;
}

QCoro::Task<Result<QList<Appended>>> RoomService::Private::appendAll(QList<EventDraft> drafts, DeviceId origin)
{
    RoomState *state = find(drafts.constFirst().event.room);
    if (!state)
        co_return noSuchRoom();
    QList<MemberRole> roles;
    for (const EventDraft &draft : std::as_const(drafts))
        roles.append(draft.memberRole);
    const OneShot<Result<QList<Appended>>> shot;
    std::function<void(Result<QList<Appended>>)> done = [shot](Result<QList<Appended>> result) {
        shot.resolve(std::move(result));
    };
    storeOf(*state).appendAll(std::move(drafts), std::move(done));
    Result<QList<Appended>> appended = co_await shot;
    for (qsizetype i = 0; appended && i < appended->size(); ++i) {
        if (!appended->at(i).duplicate)
            applyCommitted(appended->at(i), roles.at(i), origin);
    }
    co_return appended;
}

QCoro::Task<Result<Room>> RoomService::join(Actor actor, RoomId room, QString message)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    if (!d->find(room) && d->limits.createOnJoin) {
        Result<Room> created = co_await d->createOnJoin(actor, room);
        // Somebody else may have made it at the same time: then it is there to be joined.
        if (created || created.error().code != Errc::Conflict || !d->find(room))
            co_return created;
    }
    Result<RoomState *> state = d->access(actor, room, Action::RoomJoin);
    if (!state)
        co_return std::move(state.error());
    if ((*state)->members.contains(actor.user))
        co_return Result<Room>((*state)->room);
    if (Result<void> space = d->requireSpaceForMember(**state, actor.user); !space)
        co_return std::move(space.error());
    if ((*state)->room.joinApproval && !isInternalActor(actor)) {
        Result<Room> asked = co_await d->requestToJoin(actor, room, message);
        co_return asked;
    }
    EventDraft draft = d->memberDraft(RoomEventKind::MemberJoined, room, actor.user, MemberRole::Member);
    Result<Appended> appended = co_await d->append(std::move(draft), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return Result<Room>(d->find(room)->room);
}

QCoro::Task<Result<Room>> RoomService::Private::createOnJoin(Actor actor, RoomId room)
{
    if (!isValidIdText(room.bytes()) || room.bytes().startsWith("direct-"))
        co_return noSuchRoom();
    if (Result<void> space = requireSpaceForRoom(); !space)
        co_return std::move(space.error());
    const RoomState empty;
    if (Result<void> space = requireSpaceForMember(empty, actor.user); !space)
        co_return std::move(space.error());
    RoomState state;
    state.room.id = room;
    state.room.createdBy = actor.user;
    state.room.createdAt = clock.now();
    Member member;
    member.user = actor.user;
    // A guest's name is nobody's property, so it does not own a room.
    member.role = actor.isGuest() ? MemberRole::Member : MemberRole::Owner;
    member.joinedAt = state.room.createdAt;
    state.members.insert(actor.user, member);
    Result<Room> stored = co_await store(std::move(state), actor.device);
    co_return stored;
}

QCoro::Task<Result<void>> RoomService::leave(Actor actor, RoomId room)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomLeave);
    if (!state)
        co_return std::move(state.error());
    EventDraft draft = d->memberDraft(RoomEventKind::MemberLeft, room, actor.user, MemberRole::Member);
    Result<Appended> appended = co_await d->append(std::move(draft), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return Result<void>();
}

QCoro::Task<Result<Member>> RoomService::addMember(Actor actor, RoomId room, UserId user, MemberRole role)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomManageMembers);
    if (!state)
        co_return std::move(state.error());
    if (!isValidIdText(user.bytes()))
        co_return Error::invalid(u"/user_id"_s, u"A member is named by a user id."_s);
    const bool isOwner = (*state)->members.value(actor.user).role == MemberRole::Owner;
    if (role != MemberRole::Member && !isOwner)
        co_return Error(Errc::Forbidden, u"Only owners of the room may give this role."_s);
    if (const auto present = (*state)->members.constFind(user); present != (*state)->members.cend()) {
        if (present->role == role)
            co_return *present;
        co_return Error(Errc::Conflict, u"This user is a member already, as %1."_s.arg(memberRoleName(present->role)));
    }
    if (const auto ban = (*state)->bans.constFind(user); ban != (*state)->bans.cend() && ban->isInForce(d->clock.now()))
        co_return Error(Errc::Conflict, u"This user is banned from the room: end the ban first."_s);
    if (Result<void> space = d->requireSpaceForMember(**state, user); !space)
        co_return std::move(space.error());
    EventDraft draft = d->memberDraft(RoomEventKind::MemberJoined, room, user, role);
    draft.event.metadata.insert(u"added_by"_s, actor.user.toString());
    Audit::Draft audit = d->auditOf(actor, "room.member_added", room);
    audit.after.insert(user.toString(), memberRoleName(role));
    draft.audit.append(std::move(audit));
    Result<Appended> appended = co_await d->append(std::move(draft), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return d->find(room)->members.value(user);
}

QCoro::Task<Result<void>> RoomService::removeMember(Actor actor, RoomId room, UserId user, QString reason)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    // Nobody needs a role to remove themselves.
    const Action action = user == actor.user ? Action::RoomLeave : Action::RoomManageMembers;
    Result<RoomState *> state = d->access(actor, room, action);
    if (!state)
        co_return std::move(state.error());
    const auto target = (*state)->members.constFind(user);
    if (target == (*state)->members.cend())
        co_return Error(Errc::NotFound, u"There is no such member."_s);
    const bool isOwner = (*state)->members.value(actor.user).role == MemberRole::Owner;
    if (user != actor.user && target->role != MemberRole::Member && !isOwner)
        co_return Error(Errc::Forbidden, u"Only owners of the room may remove its owners and moderators."_s);
    if (Result<void> good = checkReason(reason); !good)
        co_return std::move(good.error());
    EventDraft draft = d->memberDraft(RoomEventKind::MemberLeft, room, user, MemberRole::Member);
    if (user != actor.user) {
        draft.event.metadata.insert(u"removed_by"_s, actor.user.toString());
        if (!reason.isEmpty())
            draft.event.metadata.insert(u"reason"_s, reason);
        Audit::Draft audit = d->auditOf(actor, "room.member_removed", room);
        audit.before.insert(user.toString(), memberRoleName(target->role));
        audit.reason = reason;
        draft.audit.append(std::move(audit));
    }
    Result<Appended> appended = co_await d->append(std::move(draft), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return Result<void>();
}

} // namespace Atom::Rooms
