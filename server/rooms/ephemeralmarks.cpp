// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// EphemeralRooms: reactions, pins, acknowledgements, threads.
#include "server/rooms/ephemeralrooms.h"

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

Appended nothingNew(RoomEvent event)
{
    event.seq = 0;
    Appended appended;
    appended.event = std::move(event);
    appended.duplicate = true;
    return appended;
}

//! False: it was there already.
bool insertSorted(QList<UserId> &users, const UserId &user)
{
    const auto at = std::lower_bound(users.begin(), users.end(), user);
    if (at != users.end() && *at == user)
        return false;
    users.insert(at, user);
    return true;
}
} // namespace

Result<Appended> EphemeralRooms::mark(Entry &entry, RoomEvent e)
{
    RoomEvent *const message = entry.events.findMessage(e.message);
    if (!message)
        return noMessage();
    if (message->deleted)
        return Error(Errc::Conflict, u"The message was deleted."_s);
    MessageMarks &marks = message->marks;
    bool isNew = false;
    if (e.kind == RoomEventKind::ReactionAdded) {
        qsizetype all = 0;
        for (const QList<UserId> &users : std::as_const(marks.reactions))
            all += users.size();
        if (all >= MarkLimits::reactions ||
            (marks.reactions.size() >= MarkLimits::reactionKinds && !marks.reactions.contains(e.text)))
            return Error(Errc::Conflict, u"The message has as many reactions as it can take."_s);
        isNew = insertSorted(marks.reactions[e.text], e.actor);
    } else if (e.kind == RoomEventKind::ReactionRemoved) {
        const auto users = marks.reactions.find(e.text);
        isNew = users != marks.reactions.end() && users->removeOne(e.actor);
        if (isNew && users->isEmpty())
            marks.reactions.erase(users);
    } else if (e.kind == RoomEventKind::Pinned) {
        const auto isPinned = [](const RoomEvent &event) { return !event.marks.pinnedBy.isEmpty(); };
        isNew = marks.pinnedBy.isEmpty();
        if (isNew && std::ranges::count_if(entry.events.all(), isPinned) >= MarkLimits::pins)
            return Error(Errc::Conflict, u"A room has at most %1 pinned messages."_s.arg(MarkLimits::pins));
        if (isNew)
            marks.pinnedBy = e.actor;
    } else if (e.kind == RoomEventKind::Unpinned) {
        isNew = !marks.pinnedBy.isEmpty();
        marks.pinnedBy = UserId();
    } else {
        if (!message->mustAcknowledge)
            return Error(Errc::Conflict, u"Nobody asked to acknowledge this message."_s);
        isNew = insertSorted(marks.acknowledgedBy, e.actor);
    }
    return isNew ? store(entry, std::move(e)) : nothingNew(std::move(e));
}

qint64 EphemeralRooms::messagesUpTo(const Entry &entry, qint64 upTo)
{
    const auto isMessage = [](const RoomEvent &event) { return event.kind == RoomEventKind::Message; };
    return entry.messages - std::ranges::count_if(entry.events.from(upTo + 1), isMessage);
}

QCoro::Task<Result<qint64>> EphemeralRooms::seenCount(RoomId room, UserId user, qint64 upTo)
{
    const Entry *const entry = find(room);
    if (!entry)
        co_return noRoom();
    qint64 count = messagesUpTo(*entry, upTo);
    for (const RoomEvent &event : entry->events.from(upTo + 1))
        count += event.kind == RoomEventKind::Message && event.actor == user ? 1 : 0;
    co_return count;
}

QCoro::Task<Result<RoomEvent>> EphemeralRooms::locate(MessageId id)
{
    for (auto &[room, entry] : m_rooms) {
        if (const RoomEvent *const found = entry.events.findMessage(id))
            co_return Result<RoomEvent>(*found);
    }
    co_return noMessage();
}

QCoro::Task<Result<RoomEventPage>> EphemeralRooms::thread(RoomId room, MessageId root, qint64 after, int limit)
{
    const Entry *const entry = find(room);
    if (!entry)
        co_return noRoom();
    RoomEventPage page;
    page.hasMoreBefore = after > 0;
    for (const RoomEvent &event : entry->events.from(after + 1)) {
        if (event.kind != RoomEventKind::Message || event.threadRoot != root)
            continue;
        page.hasMoreAfter = page.events.size() == limit;
        if (page.hasMoreAfter)
            break;
        page.events.append(event);
    }
    co_return page;
}

QCoro::Task<Result<QList<RoomEvent>>> EphemeralRooms::pins(RoomId room)
{
    const Entry *const entry = find(room);
    if (!entry)
        co_return noRoom();
    QList<RoomEvent> pinned;
    // By message, the newest first; those that are no longer kept are passed over.
    for (const RoomEvent &event : entry->events.all() | std::views::reverse) {
        if (event.kind == RoomEventKind::Message && !event.marks.pinnedBy.isEmpty())
            pinned.append(event);
    }
    co_return pinned;
}

QCoro::Task<Result<QList<MessageVersion>>> EphemeralRooms::versions(RoomId room, MessageId id, int)
{
    Entry *const entry = find(room);
    if (!entry)
        co_return noRoom();
    const RoomEvent *const found = entry->events.findMessage(id);
    if (!found)
        co_return noMessage();
    QList<MessageVersion> versions;
    if (!found->deleted) {
        MessageVersion present;
        present.text = found->text;
        present.editor = found->actor;
        present.at = found->at;
        versions.append(std::move(present));
    }
    co_return versions;
}

QCoro::Task<Result<QList<Acknowledgement>>> EphemeralRooms::acknowledgements(RoomId room, MessageId id)
{
    Entry *const entry = find(room);
    if (!entry)
        co_return noRoom();
    const RoomEvent *const found = entry->events.findMessage(id);
    if (!found)
        co_return noMessage();
    QList<Acknowledgement> list;
    for (const UserId &user : found->marks.acknowledgedBy) {
        Acknowledgement one;
        one.user = user;
        list.append(std::move(one));
    }
    co_return list;
}

} // namespace Atom::Rooms
