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
        if (!heir || std::pair(member.joinedAt, member.user) < std::pair(heir->joinedAt, heir->user))
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
    Result<Appended> result = apply(std::move(draft));
    completeLater([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
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
    completeLater([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
}

void EphemeralRooms::completeLater(std::function<void()> completion)
{
    m_waiting.push_back(std::move(completion));
    if (m_waiting.size() == 1)
        QMetaObject::invokeMethod(
            &m_context, [this] { deliver(); }, Qt::QueuedConnection);
}

void EphemeralRooms::deliver()
{
    std::deque<std::function<void()>> ready;
    ready.swap(m_waiting);
    for (const std::function<void()> &completion : ready)
        completion();
}

QCoro::Task<Result<RoomEvent>> EphemeralRooms::messageOfClientId(UserId sender, QByteArray clientId)
{
    const auto first = m_firstOf.constFind(ClientKey(sender, clientId));
    if (first == m_firstOf.cend())
        co_return noMessage();
    co_return *findMessage(*find(first->first), first->second);
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

RoomEvent *EphemeralRooms::findMessage(Entry &entry, const MessageId &id)
{
    const qint64 seq = entry.seqOf.value(id);
    return seq == 0 ? nullptr : &entry.events[size_t(seq - entry.events.front().seq)];
}

void EphemeralRooms::setText(Entry &entry, RoomEvent &event, const QString &text)
{
    entry.bytes += (text.size() - event.text.size()) * qsizetype(sizeof(QChar));
    event.text = text;
}

Result<Appended> EphemeralRooms::apply(EventDraft draft)
{
    Entry *entry = find(draft.event.room);
    if (!entry)
        return noRoom();
    RoomEvent &e = draft.event;
    switch (e.kind) {
    case RoomEventKind::Message: {
        const ClientKey key(e.actor, e.clientId);
        if (const auto first = m_firstOf.constFind(key); !e.clientId.isEmpty() && first != m_firstOf.cend()) {
            Appended appended;
            appended.event = *findMessage(*find(first->first), first->second);
            appended.duplicate = true;
            return appended;
        }
        if (!e.replyTo.isEmpty()) {
            const RoomEvent *const parent = findMessage(*entry, e.replyTo);
            if (!parent)
                return Error::invalid(u"/reply_to"_s, u"There is no such message in this room."_s);
            e.threadRoot = parent->threadRoot.isEmpty() ? e.replyTo : parent->threadRoot;
            if (RoomEvent *const root = findMessage(*entry, e.threadRoot)) {
                ++root->marks.replies;
                root->marks.lastReplySeq = entry->lastSeq + 1;
            }
        }
        ++entry->messages;
        if (!e.clientId.isEmpty())
            m_firstOf.insert(key, {e.room, e.message});
        return store(*entry, std::move(e));
    }
    case RoomEventKind::Edit: {
        RoomEvent *message = findMessage(*entry, e.message);
        if (!message)
            return noMessage();
        if (message->deleted)
            return Error(Errc::Conflict, u"The message was deleted."_s);
        setText(*entry, *message, e.text);
        message->edited = true;
        return store(*entry, std::move(e));
    }
    case RoomEventKind::Deletion: {
        RoomEvent *message = findMessage(*entry, e.message);
        if (!message)
            return noMessage();
        if (message->deleted)
            return unchanged(std::move(e));
        message->deleted = true;
        setText(*entry, *message, {});
        message->metadata = {};
        message->mentions = {};
        message->marks.reactions = {};
        message->marks.acknowledgedBy = {};
        message->marks.pinnedBy = {};
        const qint64 seq = message->seq;
        for (RoomEvent &other : entry->events) {
            if (other.kind == RoomEventKind::Edit && other.message == e.message)
                setText(*entry, other, {});
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
    event.seq = ++entry.lastSeq;
    entry.bytes += event.text.size() * qsizetype(sizeof(QChar));
    if (event.kind == RoomEventKind::Message)
        entry.seqOf.insert(event.message, event.seq);
    entry.events.push_back(event);
    while (qsizetype(entry.events.size()) > keptEvents || (entry.bytes > keptBytes && entry.events.size() > 1)) {
        const RoomEvent &oldest = entry.events.front();
        entry.bytes -= oldest.text.size() * qsizetype(sizeof(QChar));
        if (oldest.kind == RoomEventKind::Message) {
            entry.seqOf.remove(oldest.message);
            if (!oldest.clientId.isEmpty())
                m_firstOf.remove(ClientKey(oldest.actor, oldest.clientId));
        }
        entry.events.pop_front();
    }
    Appended appended;
    appended.event = std::move(event);
    return appended;
}

Result<RoomEventPage> EphemeralRooms::page(const RoomId &room, qint64 cursor, int limit, bool forward) const
{
    const auto it = m_rooms.find(room);
    if (it == m_rooms.end())
        return noRoom();
    const std::deque<RoomEvent> &events = it->second.events;
    const auto bySeq = [](const RoomEvent &event, qint64 seq) { return event.seq < seq; };
    auto begin = events.begin();
    auto end = events.end();
    if (forward) {
        begin = std::lower_bound(events.begin(), events.end(), cursor + 1, bySeq);
        end = begin + std::min<qsizetype>(limit, events.end() - begin);
    } else {
        if (cursor > 0)
            end = std::lower_bound(events.begin(), events.end(), cursor, bySeq);
        begin = end - std::min<qsizetype>(limit, end - events.begin());
    }
    RoomEventPage page;
    page.events = QList<RoomEvent>(begin, end);
    page.hasMoreBefore = begin != events.begin();
    page.hasMoreAfter = end != events.end();
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
    const RoomEvent *found = findMessage(*entry, id);
    if (!found)
        co_return noMessage();
    co_return *found;
}

} // namespace Atom::Rooms
