// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RoomService: messages, receipts, history.
#include "server/rooms/messagerules.h"
#include "server/rooms/roomchange.h"
#include "server/rooms/roomservice_p.h"

#include "shared/core/uuid.h"
#include "shared/model/passage.h"

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;

namespace {
//! What succeeded without a change: seq 0.
RoomEvent noEvent(RoomEventKind kind, const RoomId &room, const UserId &actor, const MessageId &message)
{
    RoomEvent event;
    event.kind = kind;
    event.room = room;
    event.actor = actor;
    event.message = message;
    return event;
}
} // namespace

void RoomService::post(const Actor &actor, MessageDraft draft, PostDone done)
{
    if (d->closing)
        return done(shuttingDown());
    // What was stored before is answered as before, even when its sender may not speak any more.
    const auto refuse = [&](Error error) {
        if (draft.clientId.isEmpty() || !isMember(actor.user, draft.room))
            return done(std::move(error));
        QCoro::connect(d->refuse(actor, draft.room, draft.clientId, std::move(error), std::move(done)), this, [] {});
    };
    Result<RoomState *> found = d->access(actor, draft.room, Action::MessageSend);
    if (!found)
        return refuse(std::move(found.error()));
    if (Result<void> good = checkMessage(actor, draft, d->limits); !good)
        return done(std::move(good.error()));
    if (Result<void> free = d->postLimits.message(actor, draft.room, draft.text, draft.clientId, d->clock.monotonic());
        !free)
        return done(std::move(free.error()));

    RoomState &state = **found;
    if (draft.mustAcknowledge && state.members.size() > MarkLimits::acknowledgers)
        return done(Error::invalid(u"/must_acknowledge"_s,
                                   u"Only in rooms of at most %1 members."_s.arg(MarkLimits::acknowledgers)));
    const bool isSlow = state.room.slowModeSeconds > 0;
    const Timestamp at = d->clock.now();
    if (isSlow) {
        if (Result<void> turn = d->takeTurn(actor, state, at); !turn)
            return refuse(std::move(turn.error()));
    }

    const qint64 queued = unixMicros();
    const qint64 received = draft.receivedMicros > 0 ? draft.receivedMicros : queued;
    EventDraft event;
    event.event.room = draft.room;
    event.event.kind = RoomEventKind::Message;
    event.event.actor = actor.user;
    event.event.at = at;
    event.event.message = MessageId(newUuidV7(event.event.at));
    event.event.text = std::move(draft.text);
    event.event.messageType = std::move(draft.messageType);
    event.event.clientId = std::move(draft.clientId);
    event.event.replyTo = std::move(draft.replyTo);
    event.event.metadata = std::move(draft.metadata);
    event.event.mustAcknowledge = draft.mustAcknowledge;
    if (event.event.messageType != "encrypted"_L1)
        d->findMentioned(actor, state, event);
    const bool addressed =
        state.room.kind == RoomKind::Assistant || state.room.assistantEnabled || mentionsAssistant(event.event.text);
    event.assistantTurn =
        d->limits.assistant && addressed && !isInternalActor(actor) && event.event.messageType == "text"_L1;

    const bool turn = event.assistantTurn;
    if (turn || state.room.persistence == RoomPersistence::Durable)
        event.event.trace = traceOf(event.event.message);
    ++d->running;
    auto finished = [this, asker = turn ? std::optional(actor) : std::nullopt, user = actor.user, device = actor.device,
                     done = std::move(done), received, queued, isSlow, at, room = event.event.room,
                     mentioned = event.mentioned](Result<Appended> result) {
        const bool isNew = result && !result->duplicate;
        if (isSlow && !isNew)
            d->giveTurnBack(room, user, at);
        // Signals and `done` may do anything but destroy this object: close() waits for this operation.
        const RoomEvent question = isNew && asker ? result->event : RoomEvent();
        if (isNew) {
            const RoomEvent &committed = result->event;
            const qint64 now = unixMicros();
            d->ackTime.record(quint64(std::max<qint64>(0, now - received)));
            if (!committed.trace.isEmpty()) {
                Passage passage;
                passage.trace = committed.trace;
                passage.room = committed.room;
                passage.message = committed.message;
                passage.sender = committed.actor;
                passage.messageType = committed.messageType;
                passage.seq = committed.seq;
                passage.at = committed.at;
                passage.receivedMicros = received;
                passage.queuedMicros = queued;
                passage.committedMicros = now;
                passage.hasTurn = asker.has_value();
                d->traces.passed(std::move(passage));
            }
            d->applyCommitted(*result, MemberRole::Member, device, mentioned);
        }
        done(std::move(result));
        if (isNew && asker)
            Q_EMIT assistantTurnDue(question, *asker);
        d->leave();
    };
    d->storeOf(state).append(std::move(event), std::move(finished));
}

QCoro::Task<Result<Appended>> RoomService::postTask(Actor actor, MessageDraft draft)
{
    const OneShot<Result<Appended>> shot;
    PostDone done = [shot](Result<Appended> result) { shot.resolve(std::move(result)); };
    post(actor, std::move(draft), std::move(done));
    Result<Appended> result = co_await shot;
    co_return result;
}

QCoro::Task<Result<RoomEvent>> RoomService::edit(Actor actor, RoomId room, MessageId message, QString text)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomRead);
    if (!state)
        co_return std::move(state.error());
    if (Result<void> good = checkText(text, d->limits.textBytes); !good)
        co_return std::move(good.error());
    if (Result<void> free = d->postLimits.change(actor, room, d->clock.monotonic()); !free)
        co_return std::move(free.error());
    Result<RoomEvent> present = co_await d->storeOf(**state).message(room, message);
    if (!present)
        co_return std::move(present.error());
    Identity::Object object = objectFor(actor, **state);
    object.owner = present->actor;
    if (Result<void> allowed = d->permissions.require(actor, Action::MessageEdit, object); !allowed)
        co_return std::move(allowed.error());
    if (present->deleted)
        co_return Error(Errc::Conflict, u"The message was deleted."_s);
    if (present->text == text)
        co_return noEvent(RoomEventKind::Edit, room, actor.user, message);
    EventDraft draft;
    draft.event = noEvent(RoomEventKind::Edit, room, actor.user, message);
    draft.event.at = d->clock.now();
    draft.event.text = std::move(text);
    Result<Appended> appended = co_await d->append(std::move(draft), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return std::move(appended->event);
}

QCoro::Task<Result<RoomEvent>> RoomService::remove(Actor actor, RoomId room, MessageId message, QString reason)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomRead);
    if (!state)
        co_return std::move(state.error());
    if (Result<void> good = checkReason(reason); !good)
        co_return std::move(good.error());
    if (Result<void> free = d->postLimits.change(actor, room, d->clock.monotonic()); !free)
        co_return std::move(free.error());
    Result<RoomEvent> present = co_await d->storeOf(**state).message(room, message);
    if (!present)
        co_return std::move(present.error());
    if (Result<void> allowed = mayRemove(actor, *present); !allowed)
        co_return std::move(allowed.error());
    EventDraft draft;
    draft.event = noEvent(RoomEventKind::Deletion, room, actor.user, message);
    draft.event.at = d->clock.now();
    draft.event.text = std::move(reason);
    Result<Appended> appended = co_await d->append(std::move(draft), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return std::move(appended->event);
}

Result<void> RoomService::mayRemove(const Actor &actor, const RoomEvent &message) const
{
    const Result<RoomState *> state = d->access(actor, message.room, Action::RoomRead);
    if (!state)
        return state.error();
    Identity::Object object = objectFor(actor, **state);
    object.owner = message.actor;
    return d->permissions.require(actor, Action::MessageDelete, object);
}

QCoro::Task<Result<RoomEvent>> RoomService::markRead(Actor actor, RoomId room, qint64 upTo)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::ReceiptSend);
    if (!state)
        co_return std::move(state.error());
    if (upTo < 1 || upTo > (*state)->room.lastSeq)
        co_return Error::invalid(u"/up_to"_s, u"There is no event with this number in the room."_s);
    EventDraft draft;
    draft.event = noEvent(RoomEventKind::Receipt, room, actor.user, {});
    draft.event.at = d->clock.now();
    draft.event.readUpTo = upTo;
    const auto member = (*state)->members.constFind(actor.user);
    // The assistant reads without being a member: nothing to remember.
    if (member == (*state)->members.cend())
        co_return std::move(draft.event);
    if (member->readUpTo >= upTo) {
        // The others know already; but it may have been marked as unread since.
        if (member->seenUpTo < upTo)
            (void)co_await d->moveSeen(room, actor.user, upTo);
        co_return std::move(draft.event);
    }
    Result<Appended> appended = co_await d->append(std::move(draft), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return std::move(appended->event);
}

QCoro::Task<Result<RoomEventPage>> RoomService::history(Actor actor, RoomId room, qint64 before, qint64 after,
                                                        int limit)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomRead, {});
    if (!state)
        co_return std::move(state.error());
    if (limit < 1 || limit > 200)
        co_return Error::invalid(u"/limit"_s, u"limit is 1 to 200."_s);
    if (before < 0 || after < 0 || (before > 0 && after > 0))
        co_return Error::invalid(u"/before"_s, u"Give either before or after, as a number above 0."_s);
    RoomRepository &store = d->storeOf(**state);
    Result<RoomEventPage> page;
    if (after > 0)
        page = co_await store.eventsAfter(room, after, limit);
    else
        page = co_await store.eventsBefore(room, before, limit);
    if (page && !page->events.isEmpty())
        noteReading(actor, room, "history", page->events.constFirst().seq, page->events.constLast().seq);
    co_return page;
}

QCoro::Task<Result<RoomEventPage>> RoomService::eventsAfter(RoomId room, qint64 after, int limit)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    const RoomState *const state = d->find(room);
    if (!state)
        co_return noSuchRoom();
    Result<RoomEventPage> page = co_await d->storeOf(*state).eventsAfter(room, after, limit);
    co_return page;
}

QCoro::Task<Result<RoomEvent>> RoomService::message(Actor actor, RoomId room, MessageId id)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomRead, {});
    if (!state)
        co_return std::move(state.error());
    Result<RoomEvent> found = co_await d->storeOf(**state).message(room, id);
    if (found)
        noteReading(actor, room, "message", found->seq, found->seq);
    co_return found;
}

} // namespace Atom::Rooms
