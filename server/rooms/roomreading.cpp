// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RoomService: what is new to whom. A message moves one counter of its room and the position of its sender, both in
// memory; nothing is done for each recipient. What is unread follows from the two.
#include "server/rooms/roomservice_p.h"

#include <algorithm>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;

namespace {
constexpr seconds saveAfter{10};         //!< a position moved by sending is written down so much later at most
constexpr qsizetype marksInOneJob = 500; //!< so that no message waits long behind them
} // namespace

Counters RoomService::counters(const UserId &user, const RoomId &room) const
{
    Counters counters;
    const RoomState *const state = d->find(room);
    if (!state)
        return counters;
    counters.lastSeq = state->room.lastSeq;
    const auto member = state->members.constFind(user);
    if (member == state->members.cend())
        return counters;
    counters.seenUpTo = member->seenUpTo;
    counters.unread = std::max<qint64>(0, state->room.messageCount - member->seenCount);
    const UserId all = everybody();
    for (auto it = state->mentions.crbegin(); it != state->mentions.crend() && it->seq > member->seenUpTo;) {
        // A message may name somebody in two ways; it counts once.
        const qint64 seq = it->seq;
        bool named = false;
        for (; it != state->mentions.crend() && it->seq == seq; ++it)
            named = named || it->user == user || it->user == all;
        counters.mentions += named ? 1 : 0;
    }
    return counters;
}

QCoro::Task<Result<Counters>> RoomService::markUnread(Actor actor, RoomId room, qint64 from)
{
    const Private::Busy busy(*d);
    if (!busy)
        co_return shuttingDown();
    Result<RoomState *> state = d->access(actor, room, Action::ReceiptSend);
    if (!state)
        co_return std::move(state.error());
    if (from < 1 || from > (*state)->room.lastSeq)
        co_return Error::invalid(u"/from"_s, u"There is no event with this number in the room."_s);
    if (!(*state)->members.contains(actor.user))
        co_return Error(Errc::Forbidden, u"Only members have something to read."_s);
    if (Result<void> free = takeChange(actor, room); !free) // each is written down
        co_return std::move(free.error());
    Result<void> moved = co_await d->moveSeen(room, actor.user, from - 1);
    if (!moved)
        co_return std::move(moved.error());
    co_return counters(actor.user, room);
}

QCoro::Task<Result<void>> RoomService::Private::moveSeen(RoomId room, UserId user, qint64 upTo)
{
    RoomState *state = find(room);
    if (!state)
        co_return noSuchRoom();
    const Result<qint64> count = co_await storeOf(*state).seenCount(room, user, upTo);
    if (!count)
        co_return count.error();
    state = find(room);
    if (!state)
        co_return noSuchRoom();
    const auto member = state->members.find(user);
    if (member == state->members.end())
        co_return noSuchRoom();
    // Memory first: what is written later reads it from there, so the two cannot cross.
    member->seenUpTo = upTo;
    member->seenCount = *count;
    SeenMark mark;
    mark.room = room;
    mark.user = user;
    mark.upTo = upTo;
    mark.count = *count;
    mark.rowId = newestRowId;
    mark.isExact = true;
    RoomRepository &store = storeOf(*state);
    Q_EMIT q->countersChanged(user, room);
    QList<SeenMark> marks;
    marks.append(std::move(mark));
    Result<void> saved = co_await store.saveSeen(std::move(marks), 0);
    co_return saved;
}

void RoomService::Private::findMentioned(const Actor &actor, const RoomState &state, EventDraft &draft) const
{
    const QString &text = draft.event.text;
    if (text.contains(u'@')) {
        const bool mayNameAll = permissions.can(actor, Action::MentionEverybody, q->objectFor(actor, state));
        Mentioned found = findMentions(text, state, actor.user, mayNameAll, isOnline);
        draft.event.mentions = std::move(found.names);
        draft.mentioned = std::move(found.users);
    }
    if (keywords.isEmpty())
        return;
    const QList<UserId> listeners = keywords.findIn(text, draft.event.room);
    for (const UserId &user : listeners) {
        if (user != actor.user && !draft.mentioned.contains(user) && state.members.contains(user))
            draft.mentioned.append(user);
    }
}

void RoomService::Private::noteMentions(RoomState &state, qint64 seq, const QList<UserId> &mentioned)
{
    for (const UserId &user : mentioned)
        state.mentions.append(Mention{seq, user});
    if (state.mentions.size() > mentionsKept)
        state.mentions.remove(0, state.mentions.size() - mentionsKept);
    for (const UserId &user : mentioned) {
        if (user != everybody()) // who is everybody, everybody can tell from the message
            Q_EMIT q->countersChanged(user, state.room.id);
    }
}

void RoomService::forgetPurged(const RoomId &room, qint64 upToSeq)
{
    RoomState *const state = d->find(room);
    while (state && !state->mentions.isEmpty() && state->mentions.constFirst().seq <= upToSeq)
        d->forgetMentions(*state, state->mentions.constFirst().seq);
}

void RoomService::Private::forgetMentions(RoomState &state, qint64 seq)
{
    const auto before = [](const Mention &mention, qint64 s) { return mention.seq < s; };
    const auto from = std::lower_bound(state.mentions.begin(), state.mentions.end(), seq, before);
    const auto to = std::lower_bound(from, state.mentions.end(), seq + 1, before);
    const QList<Mention> gone(from, to);
    state.mentions.erase(from, to);
    for (const Mention &mention : gone) {
        if (mention.user != everybody())
            Q_EMIT q->countersChanged(mention.user, state.room.id);
    }
}

void RoomService::Private::noteSent(RoomState &state, const RoomEvent &message, qint64 rowId)
{
    ++state.room.messageCount;
    newestRowId = std::max(newestRowId, rowId);
    const auto member = state.members.find(message.actor);
    if (member == state.members.end())
        return; // the assistant, the system
    member->seenUpTo = message.seq;
    member->seenCount = state.room.messageCount;
    noteSeen(state, *member);
}

void RoomService::Private::noteRead(RoomState &state, const RoomEvent &receipt, qint64 count)
{
    const auto member = state.members.find(receipt.actor);
    if (member == state.members.end())
        return;
    member->readUpTo = std::max(member->readUpTo, receipt.readUpTo);
    if (receipt.readUpTo > member->seenUpTo) {
        member->seenUpTo = receipt.readUpTo;
        member->seenCount = count;
    }
    noteSeen(state, *member);
    Q_EMIT q->countersChanged(receipt.actor, state.room.id);
}

void RoomService::Private::noteSeen(const RoomState &state, const Member &member)
{
    if (state.room.persistence != RoomPersistence::Durable)
        return;
    unsavedSeen.insert({state.room.id, member.user});
    if (saveTimer == 0)
        saveTimer = clock.callAfter(saveAfter, &context, [this] {
            saveTimer = 0;
            if (closing)
                return;
            ++running;
            QCoro::connect(saveSeen(), &context, [this] { leave(); });
        });
}

QCoro::Task<void> RoomService::Private::saveSeen()
{
    const QSet<std::pair<RoomId, UserId>> unsaved = std::exchange(unsavedSeen, {});
    // Of all messages up to here the positions are in memory; the last job says so.
    const qint64 rowId = newestRowId;
    QList<SeenMark> marks;
    qsizetype left = unsaved.size();
    for (const auto &[room, user] : unsaved) {
        --left;
        const RoomState *const state = find(room);
        const auto member = state ? state->members.constFind(user) : QHash<UserId, Member>::const_iterator();
        if (state && member != state->members.cend()) {
            SeenMark mark;
            mark.room = room;
            mark.user = user;
            mark.upTo = member->seenUpTo;
            mark.count = member->seenCount;
            marks.append(std::move(mark));
        }
        if (marks.size() < marksInOneJob && left > 0)
            continue;
        QList<SeenMark> job = std::exchange(marks, {});
        const Result<void> saved = co_await repository.saveSeen(std::move(job), left > 0 ? 0 : rowId);
        if (!saved)
            co_return; // the messages themselves still say it at the next start
    }
}

} // namespace Atom::Rooms
