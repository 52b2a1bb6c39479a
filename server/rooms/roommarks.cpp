// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RoomService: what people add to messages, and ways to find messages.
#include "server/rooms/messagerules.h"
#include "server/rooms/roomservice_p.h"

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;

namespace {
constexpr int versionsShown = 100;
} // namespace

QCoro::Task<Result<RoomEvent>> RoomService::Private::change(Actor actor, RoomId room, MessageId message, Action action,
                                                            RoomEventKind kind, QString text)
{
    const Busy busy(*this);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = access(actor, room, action);
    if (!state)
        co_return std::move(state.error());
    if (Result<void> free = postLimits.change(actor, room, clock.monotonic()); !free)
        co_return std::move(free.error());
    EventDraft draft;
    draft.event.kind = kind;
    draft.event.room = room;
    draft.event.actor = actor.user;
    draft.event.message = message;
    draft.event.text = std::move(text);
    draft.event.at = clock.now();
    Result<Appended> appended = co_await append(std::move(draft), actor.device);
    if (!appended)
        co_return std::move(appended.error());
    co_return std::move(appended->event);
}

QCoro::Task<Result<RoomEvent>> RoomService::react(Actor actor, RoomId room, MessageId message, QString reaction,
                                                  bool take)
{
    if (Result<void> good = checkReaction(reaction); !good)
        co_return std::move(good.error());
    const RoomEventKind kind = take ? RoomEventKind::ReactionRemoved : RoomEventKind::ReactionAdded;
    Result<RoomEvent> changed = co_await d->change(std::move(actor), std::move(room), std::move(message),
                                                   Action::MessageReact, kind, std::move(reaction));
    co_return changed;
}

QCoro::Task<Result<RoomEvent>> RoomService::pin(Actor actor, RoomId room, MessageId message, bool take)
{
    const RoomEventKind kind = take ? RoomEventKind::Unpinned : RoomEventKind::Pinned;
    Result<RoomEvent> changed =
        co_await d->change(std::move(actor), std::move(room), std::move(message), Action::MessagePin, kind, QString());
    co_return changed;
}

QCoro::Task<Result<RoomEvent>> RoomService::acknowledge(Actor actor, RoomId room, MessageId message)
{
    Result<RoomEvent> changed = co_await d->change(std::move(actor), std::move(room), std::move(message),
                                                   Action::MessageAcknowledge, RoomEventKind::Acknowledged, QString());
    co_return changed;
}

QCoro::Task<Result<RoomEvent>> RoomService::locate(Actor actor, MessageId id)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomEvent> found = co_await d->repository.locate(id);
    if (!found && found.error().code == Errc::NotFound)
        found = co_await d->ephemeral.locate(id);
    if (!found)
        co_return std::move(found.error());
    // A message that may not be read and one that is not there are the same to who asks.
    if (!d->access(actor, found->room, Action::RoomRead))
        co_return Error(Errc::NotFound, u"There is no such message."_s);
    co_return found;
}

QCoro::Task<Result<RoomEventPage>> RoomService::thread(Actor actor, RoomId room, MessageId root, qint64 after,
                                                       int limit)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomRead);
    if (!state)
        co_return std::move(state.error());
    if (limit < 1 || limit > 200)
        co_return Error::invalid(u"/limit"_s, u"limit is 1 to 200."_s);
    RoomRepository &store = d->storeOf(**state);
    const Result<RoomEvent> first = co_await store.message(room, root);
    if (!first)
        co_return first.error();
    Result<RoomEventPage> page = co_await store.thread(room, root, after, limit);
    co_return page;
}

QCoro::Task<Result<QList<RoomEvent>>> RoomService::pins(Actor actor, RoomId room)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomRead);
    if (!state)
        co_return std::move(state.error());
    Result<QList<RoomEvent>> pinned = co_await d->storeOf(**state).pins(room);
    co_return pinned;
}

QCoro::Task<Result<QList<MessageVersion>>> RoomService::versions(Actor actor, RoomId room, MessageId message)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomRead);
    if (!state)
        co_return std::move(state.error());
    Result<QList<MessageVersion>> versions = co_await d->storeOf(**state).versions(room, message, versionsShown);
    co_return versions;
}

QCoro::Task<Result<QList<Acknowledgement>>> RoomService::acknowledgements(Actor actor, RoomId room, MessageId message)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::RoomRead);
    if (!state)
        co_return std::move(state.error());
    RoomRepository &store = d->storeOf(**state);
    const Result<RoomEvent> present = co_await store.message(room, message);
    if (!present)
        co_return present.error();
    Result<QList<Acknowledgement>> list = co_await store.acknowledgements(room, message);
    co_return list;
}

QCoro::Task<Result<QList<RoomEvent>>> RoomService::mentions(Actor actor, int limit)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    if (limit < 1 || limit > 200)
        co_return Error::invalid(u"/limit"_s, u"limit is 1 to 200."_s);
    Result<QList<RoomEvent>> found = co_await d->repository.mentionsOf(actor.user, limit);
    if (!found)
        co_return found;
    found->removeIf([this, &actor](const RoomEvent &e) { return !d->access(actor, e.room, Action::RoomRead); });
    co_return found;
}

} // namespace Atom::Rooms
