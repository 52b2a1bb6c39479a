// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RoomService: what a room is like, and who leads it.
#include "server/rooms/roomservice_p.h"

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;

EventDraft RoomService::Private::actDraft(RoomEventKind kind, const Actor &actor, const RoomId &room,
                                          QJsonObject metadata) const
{
    EventDraft draft;
    draft.event.room = room;
    draft.event.kind = kind;
    draft.event.actor = actor.user;
    draft.event.at = clock.now();
    draft.event.metadata = std::move(metadata);
    return draft;
}

QCoro::Task<Result<void>> RoomService::Private::act(RoomEventKind kind, Actor actor, RoomId room, QJsonObject metadata,
                                                    Audit::Draft audit)
{
    EventDraft draft = actDraft(kind, actor, room, std::move(metadata));
    draft.audit.append(std::move(audit));
    Result<Appended> appended = co_await append(std::move(draft), actor.device);
    co_return appended ? Result<void>() : Result<void>(std::move(appended.error()));
}

Audit::Draft RoomService::Private::auditOf(const Actor &actor, QByteArray action, const RoomId &room) const
{
    return Audit::draftFor(actor, std::move(action), "room", room.bytes(), clock.now());
}

QCoro::Task<Result<Room>> RoomService::update(Actor actor, RoomId room, RoomChange change, QString reason)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    const Action action = change.isForOwners() ? Action::RoomAdminister : Action::RoomUpdate;
    Result<RoomState *> state = d->access(actor, room, action);
    if (!state)
        co_return std::move(state.error());
    if (Result<void> good = checkRoomChange(change); !good)
        co_return std::move(good.error());
    if (Result<void> good = checkReason(reason); !good)
        co_return std::move(good.error());
    const Room &present = (*state)->room;
    if (present.kind != RoomKind::Group && change.visibility)
        co_return Error::invalid(u"/visibility"_s, u"Only groups can be public."_s);
    const QJsonObject changes = changesTo(present, change);
    if (changes.isEmpty())
        co_return Result<Room>(present);
    Audit::Draft audit = d->auditOf(actor, "room.updated", room);
    if (changes.size() == 1 && changes.contains(u"archived"_s))
        audit.action = changes.value("archived"_L1).toBool() ? "room.archived" : "room.unarchived";
    // Topics and purposes are texts of people: that they changed is recorded, not what they say.
    audit.before = presentValues(present, changes);
    audit.after = changes;
    for (const QString &field : {u"topic"_s, u"purpose"_s}) {
        if (changes.contains(field)) {
            audit.before.insert(field, u"(text)"_s);
            audit.after.insert(field, u"(text)"_s);
        }
    }
    audit.reason = reason;
    QJsonObject metadata;
    metadata.insert(u"changes"_s, changes);
    if (!reason.isEmpty())
        metadata.insert(u"reason"_s, reason);
    Result<void> done = co_await d->act(RoomEventKind::RoomUpdated, actor, room, std::move(metadata), std::move(audit));
    if (!done)
        co_return std::move(done.error());
    co_return Result<Room>(d->find(room)->room);
}

QCoro::Task<Result<Room>> RoomService::setLegalHold(Actor actor, RoomId room, bool held, QString reason)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    if (Result<void> allowed = d->permissions.require(actor, Action::LegalHoldManage, Identity::Object::none());
        !allowed)
        co_return std::move(allowed.error());
    if (Result<void> good = checkReason(reason); !good)
        co_return std::move(good.error());
    if (reason.isEmpty())
        co_return Error::invalid(u"/reason"_s, u"Say why: it is recorded."_s);
    RoomState *const state = d->find(room);
    if (!state)
        co_return noSuchRoom();
    if (state->room.persistence == RoomPersistence::Ephemeral)
        co_return Error(Errc::Conflict, u"A room that is not stored cannot be held."_s);
    if (state->room.hold.has_value() == held)
        co_return Result<Room>(state->room);
    Audit::Draft audit = d->auditOf(actor, held ? "room.held" : "room.hold_ended", room);
    audit.reason = reason;
    QJsonObject changes;
    changes.insert(u"legal_hold"_s, held);
    QJsonObject metadata;
    metadata.insert(u"changes"_s, changes);
    EventDraft draft = d->actDraft(RoomEventKind::RoomUpdated, actor, room, std::move(metadata));
    draft.event.text = reason; // reaches the row of the room, neither the stored event nor the wire
    draft.audit.append(std::move(audit));
    Result<Appended> appended = co_await d->append(std::move(draft), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return Result<Room>(d->find(room)->room);
}

Result<std::optional<LegalHold>> RoomService::legalHold(const Actor &actor, const RoomId &room) const
{
    if (Result<void> allowed = d->permissions.require(actor, Action::LegalHoldManage, Identity::Object::none());
        !allowed)
        return std::move(allowed.error());
    const RoomState *const state = d->find(room);
    if (!state)
        return noSuchRoom();
    return state->room.hold;
}

QCoro::Task<Result<Member>> RoomService::setMemberRole(Actor actor, RoomId room, UserId user, MemberRole role)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomAdminister);
    if (!state)
        co_return std::move(state.error());
    const QHash<UserId, Member> &members = (*state)->members;
    const auto target = members.constFind(user);
    if (target == members.cend() || user == assistantUser())
        co_return Error(Errc::NotFound, u"There is no such member."_s);
    if (target->role == role)
        co_return Result<Member>(*target);
    const auto owners = std::count_if(members.cbegin(), members.cend(),
                                      [](const Member &member) { return member.role == MemberRole::Owner; });
    if (target->role == MemberRole::Owner && owners == 1)
        co_return Error(Errc::Conflict, u"A room needs an owner: make somebody else the owner first."_s);
    QJsonObject changes;
    changes.insert(u"role"_s, memberRoleName(role));
    QJsonObject metadata;
    metadata.insert(u"member_id"_s, user.toString());
    metadata.insert(u"changes"_s, changes);
    Audit::Draft audit = d->auditOf(actor, "room.member_role_changed", room);
    audit.before.insert(user.toString(), memberRoleName(target->role));
    audit.after.insert(user.toString(), memberRoleName(role));
    Result<void> done =
        co_await d->act(RoomEventKind::MemberUpdated, actor, room, std::move(metadata), std::move(audit));
    if (!done)
        co_return std::move(done.error());
    co_return d->find(room)->members.value(user);
}

QCoro::Task<Result<Room>> RoomService::transferOwnership(Actor actor, RoomId room, UserId user)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomAdminister);
    if (!state)
        co_return std::move(state.error());
    if ((*state)->members.value(actor.user).role != MemberRole::Owner)
        co_return Error(Errc::Forbidden, u"Only an owner of the room can hand it over."_s);
    if (user == actor.user)
        co_return Error::invalid(u"/user_id"_s, u"The room is yours already."_s);
    if (!(*state)->members.contains(user) || user == assistantUser())
        co_return Error(Errc::NotFound, u"There is no such member."_s);
    QList<EventDraft> drafts;
    for (const auto &[who, role] : {std::pair(user, MemberRole::Owner), std::pair(actor.user, MemberRole::Moderator)}) {
        if ((*state)->members.value(who).role == role)
            continue;
        QJsonObject changes;
        changes.insert(u"role"_s, memberRoleName(role));
        QJsonObject metadata;
        metadata.insert(u"member_id"_s, who.toString());
        metadata.insert(u"changes"_s, changes);
        drafts.append(d->actDraft(RoomEventKind::MemberUpdated, actor, room, std::move(metadata)));
    }
    Audit::Draft audit = d->auditOf(actor, "room.ownership_transferred", room);
    audit.before.insert(u"owner"_s, actor.user.toString());
    audit.after.insert(u"owner"_s, user.toString());
    drafts.last().audit.append(std::move(audit));
    Result<QList<Appended>> appended = co_await d->appendAll(std::move(drafts), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return Result<Room>(d->find(room)->room);
}

} // namespace Atom::Rooms
