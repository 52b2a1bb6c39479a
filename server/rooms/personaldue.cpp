// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// PersonalService: what happens when the time of a reminder or scheduled message comes.
#include "server/rooms/logging.h"
#include "server/rooms/personalservice.h"

#include <QtCore/QJsonArray>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;

namespace {
constexpr int dueAtOnce = 100;
constexpr milliseconds longestSleep{3'600'000}; //!< the wall clock may be set meanwhile
constexpr milliseconds tryAgain{5'000};

//! \brief A refusal that time may heal.
bool isForNow(const Error &error)
{
    switch (error.code) {
    case Errc::RateLimited:
    case Errc::Unavailable:
    case Errc::DeadlineExceeded:
    case Errc::Cancelled:
        return true;
    case Errc::MalformedRequest:
    case Errc::ValidationFailed:
    case Errc::Unauthenticated:
    case Errc::Forbidden:
    case Errc::NotFound:
    case Errc::Conflict:
    case Errc::PayloadTooLarge:
    case Errc::UpstreamFailed:
    case Errc::Internal:
        return false;
    }
    return false;
}
} // namespace

MessageDraft messageFromScheduled(const QJsonObject &value)
{
    MessageDraft draft;
    draft.room = RoomId::fromString(value.value("room_id"_L1).toString());
    draft.text = value.value("message"_L1).toString();
    draft.replyTo = MessageId::fromString(value.value("reply_to"_L1).toString());
    draft.mustAcknowledge = value.value("must_acknowledge"_L1).toBool();
    return draft;
}

QCoro::Task<Result<void>> PersonalService::load()
{
    const Result<QList<DueItem>> keywords = co_await m_repository.all("keywords");
    if (!keywords)
        co_return keywords.error();
    for (const DueItem &item : *keywords) {
        QStringList words;
        for (const QJsonValue &word : item.item.value.value("words"_L1).toArray())
            words.append(word.toString());
        m_rooms.setKeywords(item.user, words);
    }
    // Before anybody is connected: nobody can change a message while the server finds out that it was due.
    m_working = true;
    co_await doDue();
    co_return Result<void>();
}

QCoro::Task<void> PersonalService::close()
{
    if (m_timer)
        m_clock.cancel(m_timer);
    m_timer = 0;
    co_await m_tasks.close();
}

void PersonalService::armFor(Timestamp at)
{
    if (m_tasks.isClosing() || (m_timer && m_armedFor && *m_armedFor <= at))
        return;
    if (m_timer)
        m_clock.cancel(m_timer);
    m_armedFor = at;
    const milliseconds wait = std::clamp<milliseconds>(at - m_clock.now(), milliseconds(0), longestSleep);
    m_timer = m_clock.callAfter(wait, this, [this] {
        m_timer = 0;
        wake();
    });
}

void PersonalService::wake()
{
    if (m_working || m_tasks.isClosing())
        return; // who works looks again at the end
    m_working = true;
    m_tasks.spawn(doDue(), "due");
}

QCoro::Task<void> PersonalService::doDue()
{
    bool all = true;
    bool more = true;
    while (more && all && !m_tasks.isClosing()) {
        const Result<QList<DueItem>> due = co_await m_repository.due(m_clock.now(), dueAtOnce);
        if (!due) {
            qCWarning(lcRooms) << "What is due cannot be read:" << errcName(due.error().code);
            all = false;
            break;
        }
        more = due->size() == dueAtOnce;
        const QList<DueItem> items = *due;
        for (const DueItem &item : items) {
            const bool done = co_await deliver(item);
            all = all && done;
        }
    }
    m_working = false;
    if (m_tasks.isClosing())
        co_return;
    if (!all) {
        armFor(m_clock.now() + tryAgain);
        co_return;
    }
    const Result<std::optional<Timestamp>> next = co_await m_repository.nextDue();
    if (!next)
        armFor(m_clock.now() + tryAgain);
    else if (*next)
        armFor(**next);
}

//! False: try again in a moment.
QCoro::Task<bool> PersonalService::deliver(DueItem due)
{
    if (due.item.kind == "scheduled") {
        const bool sent = co_await sendScheduled(std::move(due));
        co_return sent;
    }
    if (due.item.value.value("told_in_room"_L1).toBool()) {
        const bool told = co_await tellInRoom(due);
        if (!told)
            co_return false;
    }
    PersonalItem item = due.item;
    item.dueAt.reset();
    item.value.insert(u"state"_s, u"due"_s);
    const Result<PersonalItem> stored = co_await m_repository.put(due.user, std::move(item), 0, m_clock.now());
    if (!stored)
        co_return false;
    Q_EMIT changed(due.user, *stored, DeviceId());
    co_return true;
}

//! As long as the person is there to read it; with their name where others are.
QCoro::Task<bool> PersonalService::tellInRoom(DueItem due)
{
    MessageDraft draft;
    draft.room = RoomId::fromString(due.item.value.value("room_id"_L1).toString());
    const RoomState *const state = m_rooms.find(draft.room);
    if (!state || !m_rooms.isMember(due.user, draft.room))
        co_return true;
    const QString name = state->room.kind == RoomKind::Assistant ? QString() : u'@' + due.user.toString() + u' ';
    draft.text = name + u"Reminder: "_s + due.item.value.value("note"_L1).toString(u"this message"_s);
    draft.messageType = u"assistant"_s;
    draft.replyTo = MessageId::fromString(due.item.value.value("message_id"_L1).toString());
    draft.clientId = "reminder-" + due.item.key; // once, however often it is tried
    draft.metadata.insert(u"reminder_id"_s, due.item.value.value("id"_L1));
    const Result<Appended> posted = co_await m_rooms.postTask(internalActor(assistantUser()), std::move(draft));
    if (!posted && !isForNow(posted.error()))
        qCWarning(lcRooms) << "a reminder was not told in its room:" << posted.error().detail;
    co_return posted || !isForNow(posted.error());
}

QCoro::Task<bool> PersonalService::sendScheduled(DueItem due)
{
    MessageDraft draft = messageFromScheduled(due.item.value);
    draft.clientId = "scheduled-" + due.item.key; // the second attempt after a crash finds the first one's message
    Result<Appended> posted = Error(Errc::Forbidden, u"The account is disabled."_s);
    if (const Identity::StoredUser *const account = m_users.find(due.user); account && !account->user.disabled) {
        Actor actor;
        actor.user = due.user;
        actor.role = account->user.role;
        actor.customRole = account->user.customRole;
        posted = co_await m_rooms.postTask(actor, std::move(draft));
    }
    if (!posted && isForNow(posted.error()))
        co_return false;
    Result<PersonalItem> stored;
    if (posted) {
        stored = co_await m_repository.remove(due.user, due.item.kind, due.item.key, m_clock.now());
    } else {
        PersonalItem item = due.item;
        item.dueAt.reset();
        item.value.insert(u"state"_s, u"failed"_s);
        item.value.insert(u"error"_s, errcName(posted.error().code));
        item.value.insert(u"detail"_s, posted.error().detail);
        stored = co_await m_repository.put(due.user, std::move(item), 0, m_clock.now());
    }
    if (!stored)
        co_return stored.error().code == Errc::NotFound;
    Q_EMIT changed(due.user, *stored, DeviceId());
    co_return true;
}

} // namespace Atom::Rooms
