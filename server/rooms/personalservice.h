// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userservice.h"
#include "server/rooms/personalrepository.h"
#include "server/rooms/roomservice.h"

#include <QtCore/QSet>

namespace Atom::Rooms {

struct PersonalLimits
{
    qsizetype textBytes = 32 * 1024; //!< of a draft or scheduled message, as of messages
    int drafts = 1'000;
    int bookmarks = 5'000;
    int keywords = 50;   //!< words of 2..64 characters
    int scheduled = 500; //!< that wait or failed
    int reminders = 500;
    std::chrono::days farthest{366}; //!< times lie at most so far ahead
};

struct ScheduledDraft
{
    MessageDraft message;
    Timestamp at{};
};

struct ReminderOptions
{
    QByteArray key;            //!< of the reminder; one that is there already is not made again. Empty: a new one
    bool isToldInRoom = false; //!< when it is due, the assistant also says so in the room of the message
};

//! \brief What a user keeps for themselves: drafts, bookmarks, keywords, reminders, messages to be sent later. Main
//! thread. Everything here is for accounts, and each one's own (Action::PersonalKeep).
//!
//! Each change has a version and is told to the user's devices by changed(). Due times are wall clock and survive a
//! restart: a scheduled message is posted under a client id made from its own id, so it appears once however often the
//! server dies in between; what was due while the server was down is done at its start.
class PersonalService : public QObject
{
    Q_OBJECT
public:
    PersonalService(PersonalRepository &repository, RoomService &rooms, const Identity::UserService &users,
                    const Identity::Permissions &permissions, Clock &clock, PersonalLimits limits);
    ~PersonalService() override;

    //! \brief Reads keywords and does what is due. After rooms and accounts were loaded.
    QCoro::Task<Result<void>> load();
    QCoro::Task<void> close();

    //! \brief The text that stands in the room's input; empty: none. The last writer wins.
    QCoro::Task<Result<PersonalItem>> setDraft(Actor actor, RoomId room, QString text, MessageId replyTo);
    //! \brief `note` 0..200 characters. NotFound for a message the actor may not read.
    QCoro::Task<Result<PersonalItem>> setBookmark(Actor actor, MessageId message, QString note);
    //! \brief Replaces them. \return ValidationFailed at /words.
    QCoro::Task<Result<PersonalItem>> setKeywords(Actor actor, QStringList words);
    QCoro::Task<Result<PersonalItem>> remind(Actor actor, MessageId message, Timestamp at, QString note,
                                             ReminderOptions options = {});
    QCoro::Task<Result<PersonalItem>> schedule(Actor actor, ScheduledDraft draft);
    //! \brief New text and time of a message that waits or failed. Conflict: it is being sent.
    QCoro::Task<Result<PersonalItem>> reschedule(Actor actor, QByteArray id, ScheduledDraft draft);
    //! \brief NotFound; Conflict for a scheduled message that is being sent.
    QCoro::Task<Result<PersonalItem>> remove(Actor actor, QByteArray kind, QByteArray key);
    QCoro::Task<Result<PersonalItem>> get(Actor actor, QByteArray kind, QByteArray key);
    QCoro::Task<Result<QList<PersonalItem>>> list(Actor actor, QByteArray kind, QByteArray after, int limit);
    QCoro::Task<Result<PersonalChanges>> changes(Actor actor, qint64 since, int limit);

Q_SIGNALS:
    //! \brief `origin`: the device that did it; it is answered otherwise.
    void changed(const Atom::UserId &user, const Atom::Rooms::PersonalItem &item, const Atom::DeviceId &origin);

private:
    //! `room`: what it is about; empty: about everything that the actor keeps.
    Result<void> require(const Actor &actor, const RoomId &room = {}) const;
    Result<void> checkTime(Timestamp at) const;
    Result<void> checkScheduled(const Actor &actor, const ScheduledDraft &draft) const;
    QCoro::Task<Result<PersonalItem>> put(Actor actor, PersonalItem item, int limit);
    void armFor(Timestamp at);
    void wake();
    QCoro::Task<void> doDue();
    QCoro::Task<bool> deliver(DueItem due);
    QCoro::Task<bool> sendScheduled(DueItem due);
    QCoro::Task<bool> tellInRoom(DueItem due);

    PersonalRepository &m_repository;
    RoomService &m_rooms;
    const Identity::UserService &m_users;
    const Identity::Permissions &m_permissions;
    Clock &m_clock;
    const PersonalLimits m_limits;
    std::optional<Timestamp> m_armedFor;
    Clock::TimerId m_timer = 0;
    bool m_working = false;
    TaskScope m_tasks{QStringLiteral("personal")};
};

//! \brief Reads what toJson-like values of kind "scheduled" hold.
MessageDraft messageFromScheduled(const QJsonObject &value);

} // namespace Atom::Rooms
