// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RoomService: mutes, bans, and who is let in.
#include "server/rooms/roomservice_p.h"

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;

namespace {
constexpr seconds longestRestriction = std::chrono::days(366);

Error noSuchMember()
{
    return Error(Errc::NotFound, u"There is no such member."_s);
}

Error noSuchRequest()
{
    return Error(Errc::Conflict, u"Nobody of this name waits to be let in; perhaps somebody else has decided."_s);
}

Result<void> checkDuration(const std::optional<seconds> &duration)
{
    if (duration && (*duration < seconds(1) || *duration > longestRestriction))
        return Error::invalid(u"/seconds"_s, u"The time is 1 to %1 seconds."_s.arg(longestRestriction.count()));
    return {};
}

void dropEnded(QHash<UserId, Restriction> &list, Timestamp now)
{
    list.removeIf([now](auto it) { return !it.value().isInForce(now); });
}

Error tooMany()
{
    return Error(Errc::Conflict, u"The room has no space for more of these; end some first."_s);
}
} // namespace

Result<RoomState *> RoomService::Private::accessToModerate(const Actor &actor, const RoomId &room, const UserId &user)
{
    Result<RoomState *> state = access(actor, room, Action::RoomModerate);
    if (!state)
        return state;
    if (!isValidIdText(user.bytes()))
        return Error::invalid(u"/user_id"_s, u"A member is named by a user id."_s);
    if (user == actor.user)
        return Error(Errc::Conflict, u"Nobody moderates themselves."_s);
    if (user == assistantUser() || user == systemUser())
        return Error(Errc::Conflict, u"The assistant is switched off in the settings of the room."_s);
    const bool isOwner = (*state)->members.value(actor.user).role == MemberRole::Owner;
    if (!isOwner && (*state)->members.value(user).role != MemberRole::Member)
        return Error(Errc::Forbidden, u"Only owners of the room moderate its owners and moderators."_s);
    return state;
}

void RoomService::Private::applyMemberChanges(RoomState &state, const RoomEvent &event)
{
    const UserId user = UserId::fromString(event.metadata.value("member_id"_L1).toString());
    const QJsonObject changes = event.metadata.value("changes"_L1).toObject();
    const auto member = state.members.find(user);
    if (const auto role = memberRoleFromName(changes.value("role"_L1).toString());
        role && member != state.members.end())
        member->role = *role;
    Restriction restriction;
    restriction.user = user;
    restriction.by = event.actor;
    restriction.at = event.at;
    restriction.reason = event.metadata.value("reason"_L1).toString();
    if (event.kind == RoomEventKind::UserBanned) {
        restriction.kind = RestrictionKind::Ban;
        restriction.until = fromIso(event.metadata.value("banned_until"_L1).toString());
        dropEnded(state.bans, event.at);
        state.bans.insert(user, restriction);
        state.requests.remove(user);
    } else if (event.kind == RoomEventKind::UserUnbanned) {
        state.bans.remove(user);
    } else if (changes.contains("muted_until"_L1)) {
        restriction.until = fromIso(changes.value("muted_until"_L1).toString());
        dropEnded(state.mutes, event.at);
        if (restriction.until)
            state.mutes.insert(user, restriction);
        else
            state.mutes.remove(user);
    }
}

QCoro::Task<Result<Restriction>> RoomService::mute(Actor actor, RoomId room, UserId user, seconds duration,
                                                   QString reason)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->accessToModerate(actor, room, user);
    if (!state)
        co_return std::move(state.error());
    if (Result<void> good = checkDuration(duration); !good)
        co_return std::move(good.error());
    if (Result<void> good = checkReason(reason); !good)
        co_return std::move(good.error());
    if (!(*state)->members.contains(user))
        co_return noSuchMember();
    const Timestamp now = d->clock.now();
    dropEnded((*state)->mutes, now);
    if ((*state)->mutes.size() >= restrictionsPerRoom && !(*state)->mutes.contains(user))
        co_return tooMany();
    QJsonObject changes;
    changes.insert(u"muted_until"_s, toIso(now + duration));
    QJsonObject metadata;
    metadata.insert(u"member_id"_s, user.toString());
    metadata.insert(u"changes"_s, changes);
    if (!reason.isEmpty())
        metadata.insert(u"reason"_s, reason);
    Audit::Draft audit = d->auditOf(actor, "room.member_muted", room);
    audit.after = QJsonObject{{u"user"_s, user.toString()}, {u"until"_s, toIso(now + duration)}};
    audit.reason = reason;
    Result<void> done =
        co_await d->act(RoomEventKind::MemberUpdated, actor, room, std::move(metadata), std::move(audit));
    if (!done)
        co_return std::move(done.error());
    co_return d->find(room)->mutes.value(user);
}

QCoro::Task<Result<void>> RoomService::unmute(Actor actor, RoomId room, UserId user)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->accessToModerate(actor, room, user);
    if (!state)
        co_return std::move(state.error());
    dropEnded((*state)->mutes, d->clock.now());
    if (!(*state)->mutes.contains(user))
        co_return Result<void>();
    QJsonObject changes;
    changes.insert(u"muted_until"_s, QJsonValue());
    QJsonObject metadata;
    metadata.insert(u"member_id"_s, user.toString());
    metadata.insert(u"changes"_s, changes);
    Audit::Draft audit = d->auditOf(actor, "room.member_unmuted", room);
    audit.after.insert(u"user"_s, user.toString());
    Result<void> done =
        co_await d->act(RoomEventKind::MemberUpdated, actor, room, std::move(metadata), std::move(audit));
    if (!done)
        co_return std::move(done.error());
    co_return Result<void>();
}

QCoro::Task<Result<Restriction>> RoomService::ban(Actor actor, RoomId room, UserId user,
                                                  std::optional<seconds> duration, QString reason)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->accessToModerate(actor, room, user);
    if (!state)
        co_return std::move(state.error());
    if (Result<void> good = checkDuration(duration); !good)
        co_return std::move(good.error());
    if (Result<void> good = checkReason(reason); !good)
        co_return std::move(good.error());
    const Timestamp now = d->clock.now();
    dropEnded((*state)->bans, now);
    if ((*state)->bans.size() >= restrictionsPerRoom && !(*state)->bans.contains(user))
        co_return tooMany();
    QJsonObject metadata;
    metadata.insert(u"member_id"_s, user.toString());
    if (duration)
        metadata.insert(u"banned_until"_s, toIso(now + *duration));
    if (!reason.isEmpty())
        metadata.insert(u"reason"_s, reason);
    Audit::Draft audit = d->auditOf(actor, "room.user_banned", room);
    audit.after = metadata;
    audit.after.remove(u"reason"_s);
    audit.reason = reason;
    QList<EventDraft> drafts;
    drafts.append(d->actDraft(RoomEventKind::UserBanned, actor, room, metadata));
    drafts.last().audit.append(std::move(audit));
    if ((*state)->members.contains(user)) {
        EventDraft left = d->memberDraft(RoomEventKind::MemberLeft, room, user, MemberRole::Member);
        left.event.metadata = metadata;
        left.event.metadata.remove(u"member_id"_s);
        left.event.metadata.insert(u"removed_by"_s, actor.user.toString());
        drafts.append(std::move(left));
    }
    Result<QList<Appended>> appended = co_await d->appendAll(std::move(drafts), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return d->find(room)->bans.value(user);
}

QCoro::Task<Result<void>> RoomService::unban(Actor actor, RoomId room, UserId user)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->accessToModerate(actor, room, user);
    if (!state)
        co_return std::move(state.error());
    dropEnded((*state)->bans, d->clock.now());
    if (!(*state)->bans.contains(user))
        co_return Result<void>();
    QJsonObject metadata;
    metadata.insert(u"member_id"_s, user.toString());
    Audit::Draft audit = d->auditOf(actor, "room.user_unbanned", room);
    audit.after = metadata;
    Result<void> done =
        co_await d->act(RoomEventKind::UserUnbanned, actor, room, std::move(metadata), std::move(audit));
    if (!done)
        co_return std::move(done.error());
    co_return Result<void>();
}

Result<QList<Restriction>> RoomService::restrictions(const Actor &actor, const RoomId &room, RestrictionKind kind) const
{
    Result<RoomState *> state = d->access(actor, room, Action::RoomModerate);
    if (!state)
        return std::move(state.error());
    const Timestamp now = d->clock.now();
    QList<Restriction> list;
    for (const Restriction &restriction : kind == RestrictionKind::Ban ? (*state)->bans : (*state)->mutes) {
        if (restriction.isInForce(now))
            list.append(restriction);
    }
    std::sort(list.begin(), list.end(), [](const Restriction &a, const Restriction &b) { return a.user < b.user; });
    return list;
}

// --- who is let in

Result<QList<JoinRequest>> RoomService::joinRequests(const Actor &actor, const RoomId &room) const
{
    Result<RoomState *> state = d->access(actor, room, Action::RoomModerate);
    if (!state)
        return std::move(state.error());
    QList<JoinRequest> list = (*state)->requests.values();
    std::sort(list.begin(), list.end(), [](const JoinRequest &a, const JoinRequest &b) {
        return std::pair(a.at, a.user) < std::pair(b.at, b.user);
    });
    return list;
}

bool RoomService::hasRequested(const UserId &user, const RoomId &room) const
{
    const RoomState *const state = d->find(room);
    return state && state->requests.contains(user);
}

QCoro::Task<Result<Room>> RoomService::Private::requestToJoin(Actor actor, RoomId room, QString message)
{
    RoomState *state = find(room);
    if (actor.isGuest())
        co_return Error(Errc::Unauthenticated, u"Sign in first: who joins this room is approved by its moderators."_s);
    if (Result<void> good = checkReason(message); !good)
        co_return Error::invalid(
            u"/message"_s, u"The message is at most %1 characters without control characters."_s.arg(reasonLimit));
    if (state->requests.contains(actor.user))
        co_return Result<Room>(state->room);
    if (state->requests.size() >= joinRequestsPerRoom)
        co_return Error(Errc::Conflict, u"Too many people wait to be let in already. Try again later."_s);
    JoinRequest request;
    request.room = room;
    request.user = actor.user;
    request.at = clock.now();
    request.message = message;
    QList<Audit::Draft> audits;
    audits.append(auditOf(actor, "room.join_requested", room));
    if (state->room.persistence == RoomPersistence::Durable) {
        Result<void> stored = co_await repository.storeJoinRequest(request, std::move(audits));
        if (!stored)
            co_return std::move(stored.error());
    }
    state = find(room);
    // Added, let in or asked on another device in the same moment: then there is nothing to tell.
    if (!state->members.contains(actor.user) && !state->requests.contains(actor.user)) {
        state->requests.insert(actor.user, request);
        Q_EMIT q->joinRequestChanged(request, JoinDecision::Pending, actor.user, {});
    }
    co_return Result<Room>(state->room);
}

QCoro::Task<Result<void>> RoomService::approveJoin(Actor actor, RoomId room, UserId user)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomModerate);
    if (!state)
        co_return std::move(state.error());
    const auto found = (*state)->requests.constFind(user);
    if (found == (*state)->requests.cend())
        co_return noSuchRequest();
    const JoinRequest request = *found;
    if (Result<void> space = d->requireSpaceForMember(**state, user); !space)
        co_return std::move(space.error());
    Audit::Draft audit = d->auditOf(actor, "room.join_approved", room);
    audit.after.insert(u"user"_s, user.toString());
    EventDraft draft = d->memberDraft(RoomEventKind::MemberJoined, room, user, MemberRole::Member);
    draft.event.metadata.insert(u"approved_by"_s, actor.user.toString());
    draft.audit.append(std::move(audit));
    Result<Appended> appended = co_await d->append(std::move(draft), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    Q_EMIT joinRequestChanged(request, JoinDecision::Approved, actor.user, {});
    co_return Result<void>();
}

QCoro::Task<Result<void>> RoomService::denyJoin(Actor actor, RoomId room, UserId user, QString reason)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomModerate);
    if (!state)
        co_return std::move(state.error());
    if (Result<void> good = checkReason(reason); !good)
        co_return std::move(good.error());
    Result<void> ended = co_await d->endRequest(actor, room, user, JoinDecision::Denied, reason);
    co_return ended;
}

QCoro::Task<Result<void>> RoomService::withdrawJoin(Actor actor, RoomId room)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    if (!hasRequested(actor.user, room))
        co_return Error(Errc::NotFound, u"There is no such request to join."_s);
    Result<void> ended = co_await d->endRequest(actor, room, actor.user, JoinDecision::Withdrawn, {});
    co_return ended;
}

QCoro::Task<Result<void>> RoomService::Private::endRequest(Actor actor, RoomId room, UserId user, JoinDecision decision,
                                                           QString reason)
{
    RoomState *state = find(room);
    const auto found = state->requests.constFind(user);
    if (found == state->requests.cend())
        co_return noSuchRequest();
    const JoinRequest request = *found;
    Audit::Draft audit =
        auditOf(actor, decision == JoinDecision::Denied ? "room.join_denied" : "room.join_withdrawn", room);
    audit.after.insert(u"user"_s, user.toString());
    audit.reason = reason;
    QList<Audit::Draft> audits;
    audits.append(std::move(audit));
    if (state->room.persistence == RoomPersistence::Durable) {
        Result<void> dropped = co_await repository.dropJoinRequest(room, user, std::move(audits));
        if (!dropped)
            co_return std::move(dropped.error());
    }
    state = find(room);
    if (state->requests.remove(user))
        Q_EMIT q->joinRequestChanged(request, decision, actor.user, reason);
    co_return Result<void>();
}

QCoro::Task<Result<Room>> RoomService::joinByInvitation(Actor actor, RoomId room, QByteArray invitation,
                                                        UserId invitedBy)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    RoomState *const state = d->find(room);
    if (!state)
        co_return noSuchRoom();
    Identity::Object object = objectFor(actor, *state);
    object.isInvited = true;
    if (Result<void> allowed = d->permissions.require(actor, Action::RoomJoin, object); !allowed)
        co_return d->explained(std::move(allowed.error()), actor, *state, Action::RoomJoin);
    if (state->members.contains(actor.user))
        co_return Result<Room>(state->room);
    if (Result<void> space = d->requireSpaceForMember(*state, actor.user); !space)
        co_return std::move(space.error());
    EventDraft draft = d->memberDraft(RoomEventKind::MemberJoined, room, actor.user, MemberRole::Member);
    draft.invitation = invitation;
    draft.event.metadata.insert(u"invited_by"_s, invitedBy.toString());
    Audit::Draft audit = d->auditOf(actor, "room.joined_by_invitation", room);
    audit.after.insert(u"invitation"_s, QString::fromLatin1(invitation));
    draft.audit.append(std::move(audit));
    Result<Appended> appended = co_await d->append(std::move(draft), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return Result<Room>(d->find(room)->room);
}

} // namespace Atom::Rooms
