// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/ephemeralrooms.h"

#include "shared/model/user.h"

#include <algorithm>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;

namespace {
Error noRoom()
{
    return Error(Errc::NotFound, u"There is no such room."_s);
}

Error noMessage()
{
    return Error(Errc::NotFound, u"There is no such message in this room."_s);
}

Appended unchanged(RoomEvent event)
{
    event.seq = 0;
    Appended appended;
    appended.event = std::move(event);
    appended.duplicate = true;
    return appended;
}

UserId heirOf(const QHash<UserId, Member> &members)
{
    const Member *heir = nullptr;
    for (const Member &member : members) {
        if (member.role == MemberRole::Owner)
            return {};
        if (member.user == assistantUser())
            continue;
        const auto order = [](const Member &m) {
            return std::tuple(m.role != MemberRole::Moderator, m.joinedAt, m.user);
        };
        if (!heir || order(member) < order(*heir))
            heir = &member;
    }
    return heir ? heir->user : UserId();
}
} // namespace

QCoro::Task<Result<QList<RoomState>>> EphemeralRooms::all()
{
    co_return QList<RoomState>();
}

QCoro::Task<Result<QList<RoomEvent>>> EphemeralRooms::create(RoomState state)
{
    if (m_rooms.contains(state.room.id))
        co_return Error(Errc::Conflict, u"There is already a room with this id."_s);
    Entry &entry = m_rooms[state.room.id];
    entry.kind = state.room.kind;
    entry.members = state.members;
    QList<Member> members = state.members.values();
    std::sort(members.begin(), members.end(), [&state](const Member &a, const Member &b) {
        const UserId &creator = state.room.createdBy;
        return std::pair(a.user != creator, a.user) < std::pair(b.user != creator, b.user);
    });
    QList<RoomEvent> events;
    for (const Member &member : std::as_const(members)) {
        RoomEvent event;
        event.room = state.room.id;
        event.kind = RoomEventKind::MemberJoined;
        event.actor = member.user;
        event.at = member.joinedAt;
        events.append(store(entry, std::move(event)).event);
    }
    co_return events;
}

void EphemeralRooms::append(EventDraft draft, std::function<void(Result<Appended>)> done)
{
    completeLater(Completion{std::move(done), apply(std::move(draft)), {}});
}

void EphemeralRooms::appendAll(QList<EventDraft> drafts, std::function<void(Result<QList<Appended>>)> done)
{
    // None of the events that come together can fail here: their members were looked up a moment ago.
    Result<QList<Appended>> result = QList<Appended>();
    for (EventDraft &draft : drafts) {
        Result<Appended> appended = apply(std::move(draft));
        if (!appended) {
            result = std::move(appended.error());
            break;
        }
        result->append(std::move(*appended));
    }
    Completion completion;
    completion.doneAll = [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); };
    completeLater(std::move(completion));
}

void EphemeralRooms::completeLater(Completion completion)
{
    m_waiting.push_back(std::move(completion));
    if (m_waiting.size() == 1)
        QMetaObject::invokeMethod(
            &m_context, [this] { deliver(); }, Qt::QueuedConnection);
}

void EphemeralRooms::deliver()
{
    std::vector<Completion> ready = std::exchange(m_ready, {});
    ready.swap(m_waiting);
    for (Completion &completion : ready) {
        if (completion.done)
            completion.done(std::move(completion.result));
        else
            completion.doneAll();
    }
    ready.clear();
    if (ready.capacity() <= 4'096)
        m_ready = std::move(ready);
}

QCoro::Task<Result<RoomEvent>> EphemeralRooms::messageOfClientId(RoomId room, UserId sender, QByteArray clientId)
{
    const Entry *const entry = find(room);
    const RoomEvent *const first = entry ? entry->events.findByClientId(sender, clientId) : nullptr;
    if (!first)
        co_return noMessage();
    co_return Result<RoomEvent>(*first);
}

QCoro::Task<Result<void>> EphemeralRooms::storeJoinRequest(JoinRequest, QList<Audit::Draft>)
{
    co_return Result<void>();
}

QCoro::Task<Result<void>> EphemeralRooms::dropJoinRequest(RoomId, UserId, QList<Audit::Draft>)
{
    co_return Result<void>();
}

EphemeralRooms::Entry *EphemeralRooms::find(const RoomId &room)
{
    const auto it = m_rooms.find(room);
    return it == m_rooms.end() ? nullptr : &it->second;
}

Result<Appended> EphemeralRooms::apply(EventDraft draft)
{
    Entry *entry = find(draft.event.room);
    if (!entry)
        return noRoom();
    RoomEvent &e = draft.event;
    switch (e.kind) {
    case RoomEventKind::Message: {
        if (const RoomEvent *const first = entry->events.findByClientId(e.actor, e.clientId)) {
            Appended appended;
            appended.event = *first;
            appended.duplicate = true;
            return appended;
        }
        if (!e.replyTo.isEmpty()) {
            const RoomEvent *const parent = entry->events.findMessage(e.replyTo);
            if (!parent)
                return Error::invalid(u"/reply_to"_s, u"There is no such message in this room."_s);
            e.threadRoot = parent->threadRoot.isEmpty() ? e.replyTo : parent->threadRoot;
            if (RoomEvent *const root = entry->events.findMessage(e.threadRoot)) {
                ++root->marks.replies;
                root->marks.lastReplySeq = entry->events.lastSeq() + 1;
            }
        }
        ++entry->messages;
        return store(*entry, std::move(e));
    }
    case RoomEventKind::Edit: {
        RoomEvent *message = entry->events.findMessage(e.message);
        if (!message)
            return noMessage();
        if (message->deleted)
            return Error(Errc::Conflict, u"The message was deleted."_s);
        entry->events.setText(*message, e.text);
        message->edited = true;
        return store(*entry, std::move(e));
    }
    case RoomEventKind::Deletion: {
        RoomEvent *message = entry->events.findMessage(e.message);
        if (!message)
            return noMessage();
        if (message->deleted)
            return unchanged(std::move(e));
        message->deleted = true;
        entry->events.setText(*message, {});
        message->metadata = {};
        message->mentions = {};
        message->marks.reactions = {};
        message->marks.acknowledgedBy = {};
        message->marks.pinnedBy = {};
        const qint64 seq = message->seq;
        for (qint64 later = seq; later <= entry->events.lastSeq(); ++later) {
            RoomEvent &other = entry->events.at(later);
            if (other.kind == RoomEventKind::Edit && other.message == e.message)
                entry->events.setText(other, {});
        }
        Appended appended = store(*entry, std::move(e));
        appended.messageSeq = seq;
        return appended;
    }
    case RoomEventKind::Receipt: {
        const auto member = entry->members.find(e.actor);
        if (member == entry->members.end())
            return Error(Errc::NotFound, u"There is no such member."_s);
        if (member->readUpTo >= e.readUpTo)
            return unchanged(std::move(e));
        member->readUpTo = e.readUpTo;
        const qint64 count = messagesUpTo(*entry, e.readUpTo);
        Appended appended = store(*entry, std::move(e));
        appended.messageCount = count;
        return appended;
    }
    case RoomEventKind::MemberJoined: {
        if (entry->members.contains(e.actor))
            return unchanged(std::move(e));
        Member member;
        member.user = e.actor;
        member.role = draft.memberRole;
        member.joinedAt = e.at;
        entry->members.insert(e.actor, member);
        return store(*entry, std::move(e));
    }
    case RoomEventKind::MemberLeft: {
        const auto member = entry->members.find(e.actor);
        if (member == entry->members.end())
            return unchanged(std::move(e));
        const bool wasOwner = member->role == MemberRole::Owner;
        entry->members.erase(member);
        const UserId heir = wasOwner && entry->kind == RoomKind::Group ? heirOf(entry->members) : UserId();
        if (!heir.isEmpty()) {
            entry->members[heir].role = MemberRole::Owner;
            e.metadata.insert(u"owner"_s, heir.toString());
        }
        return store(*entry, std::move(e));
    }
    case RoomEventKind::ReactionAdded:
    case RoomEventKind::ReactionRemoved:
    case RoomEventKind::Pinned:
    case RoomEventKind::Unpinned:
    case RoomEventKind::Acknowledged:
        return mark(*entry, std::move(e));
    case RoomEventKind::MemberUpdated: {
        const auto member = entry->members.find(UserId::fromString(e.metadata.value("member_id"_L1).toString()));
        if (member == entry->members.end())
            return Error(Errc::NotFound, u"There is no such member."_s);
        const QString role = e.metadata.value("changes"_L1).toObject().value("role"_L1).toString();
        member->role = memberRoleFromName(role).value_or(member->role);
        return store(*entry, std::move(e));
    }
    case RoomEventKind::RoomUpdated:
    case RoomEventKind::UserBanned:
    case RoomEventKind::UserUnbanned:
        return store(*entry, std::move(e));
    }
    return Error(Errc::Internal, u"unknown kind of event"_s);
}

Appended EphemeralRooms::store(Entry &entry, RoomEvent event)
{
    Appended appended;
    appended.event = entry.events.add(std::move(event));
    return appended;
}

Result<RoomEventPage> EphemeralRooms::page(const RoomId &room, qint64 cursor, int limit, bool forward) const
{
    const auto it = m_rooms.find(room);
    if (it == m_rooms.end())
        return noRoom();
    const EventRing &events = it->second.events;
    qint64 first = 0; // of the page
    qint64 end = 0;   // after the page
    if (forward) {
        first = std::clamp(cursor + 1, events.firstSeq(), events.lastSeq() + 1);
        end = std::min(first + limit, events.lastSeq() + 1);
    } else {
        end = cursor > 0 ? std::clamp(cursor, events.firstSeq(), events.lastSeq() + 1) : events.lastSeq() + 1;
        first = std::max(end - limit, events.firstSeq());
    }
    RoomEventPage page;
    for (qint64 seq = first; seq < end; ++seq)
        page.events.append(events.at(seq));
    page.hasMoreBefore = first > events.firstSeq();
    page.hasMoreAfter = end <= events.lastSeq();
    return page;
}

QCoro::Task<Result<RoomEventPage>> EphemeralRooms::eventsAfter(RoomId room, qint64 after, int limit)
{
    co_return page(room, after, limit, true);
}

QCoro::Task<Result<RoomEventPage>> EphemeralRooms::eventsBefore(RoomId room, qint64 before, int limit)
{
    co_return page(room, before, limit, false);
}

QCoro::Task<Result<RoomEvent>> EphemeralRooms::message(RoomId room, MessageId id)
{
    Entry *entry = find(room);
    if (!entry)
        co_return noRoom();
    const RoomEvent *const found = entry->events.findMessage(id);
    if (!found)
        co_return noMessage();
    co_return *found;
}

} // namespace Atom::Rooms
