// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// PersonalService: what people keep. See personaldue.cpp for what happens when its time comes.
#include "server/rooms/personalservice.h"

#include "server/rooms/mentions.h"
#include "server/rooms/messagerules.h"
#include "shared/core/uuid.h"

#include <QtCore/QJsonArray>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;

namespace {
Result<void> checkNote(const QString &note)
{
    if (note.size() > 200 || note.contains(QChar(u'\0')))
        return Error::invalid(u"/note"_s, u"A note is at most 200 characters."_s);
    return {};
}

QJsonObject valueOf(const ScheduledDraft &draft, const QByteArray &id)
{
    QJsonObject value{{u"id"_s, QString::fromLatin1(id)},
                      {u"room_id"_s, draft.message.room.toString()},
                      {u"message"_s, draft.message.text},
                      {u"at"_s, toIso(draft.at)},
                      {u"state"_s, u"waiting"_s}};
    if (!draft.message.replyTo.isEmpty())
        value.insert(u"reply_to"_s, draft.message.replyTo.toString());
    if (draft.message.mustAcknowledge)
        value.insert(u"must_acknowledge"_s, true);
    return value;
}
} // namespace

PersonalService::PersonalService(PersonalRepository &repository, RoomService &rooms, const Identity::UserService &users,
                                 const Identity::Permissions &permissions, Clock &clock, PersonalLimits limits)
    : m_repository(repository), m_rooms(rooms), m_users(users), m_permissions(permissions), m_clock(clock),
      m_limits(limits)
{
}

PersonalService::~PersonalService() = default;

Result<void> PersonalService::require(const Actor &actor, const RoomId &room) const
{
    Identity::Object object = Identity::Object::ownedBy(actor.user);
    object.room = room;
    return m_permissions.require(actor, Action::PersonalKeep, object);
}

Result<void> PersonalService::checkTime(Timestamp at) const
{
    const Timestamp now = m_clock.now();
    if (at <= now)
        return Error::invalid(u"/at"_s, u"The time lies in the past."_s);
    if (at > now + m_limits.farthest)
        return Error::invalid(u"/at"_s, u"The time lies more than %1 days ahead."_s.arg(m_limits.farthest.count()));
    return {};
}

QCoro::Task<Result<PersonalItem>> PersonalService::put(Actor actor, PersonalItem item, int limit)
{
    Result<PersonalItem> stored = co_await m_repository.put(actor.user, std::move(item), limit, m_clock.now());
    if (stored)
        Q_EMIT changed(actor.user, *stored, actor.device);
    co_return stored;
}

QCoro::Task<Result<PersonalItem>> PersonalService::setDraft(Actor actor, RoomId room, QString text, MessageId replyTo)
{
    if (Result<void> allowed = require(actor, room); !allowed)
        co_return std::move(allowed.error());
    if (const Result<Room> known = m_rooms.room(actor, room); !known)
        co_return known.error();
    if (Result<void> free = m_rooms.takeChange(actor, room); !free)
        co_return std::move(free.error());
    if (text.isEmpty() && replyTo.isEmpty()) {
        Result<PersonalItem> gone = co_await remove(actor, "draft", room.bytes());
        if (!gone && gone.error().code == Errc::NotFound) { // there was none: so it is
            PersonalItem none;
            none.kind = "draft";
            none.key = room.bytes();
            co_return none;
        }
        co_return gone;
    }
    if (!text.isEmpty()) {
        if (Result<void> good = checkText(text, m_limits.textBytes); !good)
            co_return std::move(good.error());
    }
    PersonalItem item;
    item.kind = "draft";
    item.key = room.bytes();
    item.value = QJsonObject{{u"room_id"_s, room.toString()}, {u"message"_s, text}, {u"at"_s, toIso(m_clock.now())}};
    if (!replyTo.isEmpty())
        item.value.insert(u"reply_to"_s, replyTo.toString());
    Result<PersonalItem> stored = co_await put(actor, std::move(item), m_limits.drafts);
    co_return stored;
}

QCoro::Task<Result<PersonalItem>> PersonalService::setBookmark(Actor actor, MessageId message, QString note)
{
    if (Result<void> allowed = require(actor); !allowed)
        co_return std::move(allowed.error());
    if (Result<void> good = checkNote(note); !good)
        co_return std::move(good.error());
    const Result<RoomEvent> found = co_await m_rooms.locate(actor, message);
    if (!found)
        co_return found.error();
    PersonalItem item;
    item.kind = "bookmark";
    item.key = message.bytes();
    item.value = QJsonObject{{u"message_id"_s, message.toString()},
                             {u"room_id"_s, found->room.toString()},
                             {u"seq"_s, found->seq},
                             {u"at"_s, toIso(m_clock.now())}};
    if (!note.isEmpty())
        item.value.insert(u"note"_s, note);
    Result<PersonalItem> stored = co_await put(actor, std::move(item), m_limits.bookmarks);
    co_return stored;
}

QCoro::Task<Result<PersonalItem>> PersonalService::setKeywords(Actor actor, QStringList words)
{
    if (Result<void> allowed = require(actor); !allowed)
        co_return std::move(allowed.error());
    QStringList folded;
    for (const QString &word : std::as_const(words)) {
        const QString one = foldKeyword(word);
        if (one.size() < 2 || one.size() > 64)
            co_return Error::invalid(u"/words"_s, u"A keyword is one word of 2 to 64 letters, digits, _ or -."_s);
        if (!folded.contains(one))
            folded.append(one);
    }
    if (folded.size() > m_limits.keywords)
        co_return Error::invalid(u"/words"_s, u"These are more than %1 keywords."_s.arg(m_limits.keywords));
    folded.sort();
    PersonalItem item;
    item.kind = "keywords";
    item.key = "words";
    item.value = QJsonObject{{u"words"_s, QJsonArray::fromStringList(folded)}};
    Result<PersonalItem> stored = co_await put(actor, std::move(item), 1);
    if (stored)
        m_rooms.setKeywords(actor.user, folded);
    co_return stored;
}

QCoro::Task<Result<PersonalItem>> PersonalService::remind(Actor actor, MessageId message, Timestamp at, QString note,
                                                          ReminderOptions options)
{
    if (Result<void> allowed = require(actor); !allowed)
        co_return std::move(allowed.error());
    if (Result<void> good = checkNote(note); !good)
        co_return std::move(good.error());
    if (!options.key.isEmpty()) {
        Result<PersonalItem> present = co_await m_repository.get(actor.user, "reminder", options.key);
        if (present || present.error().code != Errc::NotFound)
            co_return present;
    }
    if (Result<void> good = checkTime(at); !good)
        co_return std::move(good.error());
    const Result<RoomEvent> found = co_await m_rooms.locate(actor, message);
    if (!found)
        co_return found.error();
    PersonalItem item;
    item.kind = "reminder";
    item.key = options.key.isEmpty() ? newUuidV7(m_clock.now()) : options.key;
    item.dueAt = at;
    item.value = QJsonObject{{u"id"_s, QString::fromLatin1(item.key)},
                             {u"message_id"_s, message.toString()},
                             {u"room_id"_s, found->room.toString()},
                             {u"seq"_s, found->seq},
                             {u"at"_s, toIso(at)},
                             {u"state"_s, u"waiting"_s}};
    if (!note.isEmpty())
        item.value.insert(u"note"_s, note);
    if (options.isToldInRoom)
        item.value.insert(u"told_in_room"_s, true);
    Result<PersonalItem> stored = co_await put(actor, std::move(item), m_limits.reminders);
    if (stored)
        armFor(at);
    co_return stored;
}

Result<void> PersonalService::checkScheduled(const Actor &actor, const ScheduledDraft &draft) const
{
    if (Result<void> allowed = require(actor, draft.message.room); !allowed)
        return allowed;
    const Result<Room> room = m_rooms.room(actor, draft.message.room);
    if (!room)
        return room.error();
    // Asked again when it is sent: much may happen until then.
    const Identity::Object object = m_rooms.objectFor(actor, *m_rooms.find(draft.message.room));
    if (Result<void> allowed = m_permissions.require(actor, Action::MessageSend, object); !allowed)
        return allowed;
    if (room->persistence != RoomPersistence::Durable)
        return Error(Errc::Conflict, u"An ephemeral room may be gone by then: messages to it cannot be scheduled."_s);
    RoomLimits limits;
    limits.textBytes = m_limits.textBytes;
    if (Result<void> good = checkMessage(actor, draft.message, limits); !good)
        return good;
    return checkTime(draft.at);
}

QCoro::Task<Result<PersonalItem>> PersonalService::schedule(Actor actor, ScheduledDraft draft)
{
    if (Result<void> good = checkScheduled(actor, draft); !good)
        co_return std::move(good.error());
    PersonalItem item;
    item.kind = "scheduled";
    item.key = newUuidV7(m_clock.now());
    item.dueAt = draft.at;
    item.value = valueOf(draft, item.key);
    Result<PersonalItem> stored = co_await put(actor, std::move(item), m_limits.scheduled);
    if (stored)
        armFor(draft.at);
    co_return stored;
}

QCoro::Task<Result<PersonalItem>> PersonalService::reschedule(Actor actor, QByteArray id, ScheduledDraft draft)
{
    if (Result<void> good = checkScheduled(actor, draft); !good)
        co_return std::move(good.error());
    const Result<PersonalItem> present = co_await get(actor, "scheduled", id);
    if (!present)
        co_return present.error();
    if (present->dueAt && *present->dueAt <= m_clock.now())
        co_return Error(Errc::Conflict, u"The message is being sent."_s);
    PersonalItem item;
    item.kind = "scheduled";
    item.key = id;
    item.dueAt = draft.at;
    item.value = valueOf(draft, id);
    Result<PersonalItem> stored = co_await put(actor, std::move(item), m_limits.scheduled);
    if (stored)
        armFor(draft.at);
    co_return stored;
}

QCoro::Task<Result<PersonalItem>> PersonalService::remove(Actor actor, QByteArray kind, QByteArray key)
{
    if (Result<void> allowed = require(actor, kind == "draft" ? RoomId(key) : RoomId()); !allowed)
        co_return std::move(allowed.error());
    if (kind == "scheduled") {
        const Result<PersonalItem> present = co_await m_repository.get(actor.user, kind, key);
        if (present && present->dueAt && *present->dueAt <= m_clock.now())
            co_return Error(Errc::Conflict, u"The message is being sent."_s);
    }
    Result<PersonalItem> gone = co_await m_repository.remove(actor.user, kind, key, m_clock.now());
    if (!gone)
        co_return gone;
    if (kind == "keywords")
        m_rooms.setKeywords(actor.user, {});
    Q_EMIT changed(actor.user, *gone, actor.device);
    co_return gone;
}

QCoro::Task<Result<PersonalItem>> PersonalService::get(Actor actor, QByteArray kind, QByteArray key)
{
    if (Result<void> allowed = require(actor); !allowed)
        co_return std::move(allowed.error());
    Result<PersonalItem> found = co_await m_repository.get(actor.user, kind, key);
    co_return found;
}

QCoro::Task<Result<QList<PersonalItem>>> PersonalService::list(Actor actor, QByteArray kind, QByteArray after,
                                                               int limit)
{
    if (Result<void> allowed = require(actor); !allowed)
        co_return std::move(allowed.error());
    Result<QList<PersonalItem>> found = co_await m_repository.list(actor.user, kind, after, limit);
    co_return found;
}

QCoro::Task<Result<PersonalChanges>> PersonalService::changes(Actor actor, qint64 since, int limit)
{
    if (Result<void> allowed = require(actor); !allowed)
        co_return std::move(allowed.error());
    Result<PersonalChanges> found = co_await m_repository.changes(actor.user, since, limit);
    co_return found;
}

} // namespace Atom::Rooms
