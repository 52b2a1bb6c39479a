// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RoomService: who may speak now. Everything here is answered from memory.
#include "server/rooms/roomservice_p.h"

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;

namespace {
constexpr qsizetype lastPostsKept = 4'096;

seconds untilThen(Timestamp then, Timestamp now)
{
    return std::max(seconds(1), std::chrono::ceil<seconds>(then - now));
}
} // namespace

Error RoomService::Private::explained(Error error, const Actor &actor, const RoomState &state, Action action) const
{
    const Timestamp now = clock.now();
    const auto endOf = [&](const QHash<UserId, Restriction> &list) -> std::optional<Timestamp> {
        const auto it = list.constFind(actor.user);
        if (it == list.cend() || !it->isInForce(now))
            return std::nullopt;
        return it->until;
    };
    if (error.code != Errc::Forbidden)
        return error;
    std::optional<Timestamp> end = endOf(state.bans);
    const bool isSpeaking = action == Action::MessageSend || action == Action::MessageEdit ||
                            action == Action::MessageReact || action == Action::MessagePin ||
                            action == Action::TypingSend;
    if (!end && isSpeaking)
        end = endOf(state.mutes);
    if (end)
        error.retryAfter = untilThen(*end, now);
    return error;
}

Result<void> RoomService::Private::takeTurn(const Actor &actor, RoomState &state, Timestamp now)
{
    const auto member = state.members.constFind(actor.user);
    if (isInternalActor(actor) || member == state.members.cend() || member->role != MemberRole::Member)
        return {};
    const seconds span(state.room.slowModeSeconds);
    const auto last = state.lastPosts.constFind(actor.user);
    // A clock that was set back must not silence anybody for longer than the span.
    if (last != state.lastPosts.cend() && *last <= now && now - *last < span) {
        Error error(Errc::RateLimited, u"The room is in slow mode: one message in %1 seconds."_s.arg(span.count()));
        error.retryAfter = untilThen(*last + span, now);
        return error;
    }
    if (state.lastPosts.size() >= lastPostsKept)
        state.lastPosts.removeIf([&](auto it) { return now - it.value() >= span; });
    state.lastPosts.insert(actor.user, now);
    return {};
}

void RoomService::Private::giveTurnBack(const RoomId &room, const UserId &user, Timestamp noted)
{
    RoomState *const state = find(room);
    if (!state)
        return;
    if (const auto last = state->lastPosts.find(user); last != state->lastPosts.end() && *last == noted)
        state->lastPosts.erase(last);
}

QCoro::Task<void> RoomService::Private::refuse(Actor actor, RoomId room, QByteArray clientId, Error error,
                                               PostDone done)
{
    const Busy busy(*this);
    RoomState *const state = find(room);
    if (!busy || !state || clientId.isEmpty()) {
        done(std::move(error));
        co_return;
    }
    Result<RoomEvent> first = co_await storeOf(*state).messageOfClientId(room, actor.user, clientId);
    if (!first) {
        done(std::move(error));
        co_return;
    }
    Appended appended;
    appended.event = std::move(*first);
    appended.duplicate = true;
    done(std::move(appended));
}

} // namespace Atom::Rooms
