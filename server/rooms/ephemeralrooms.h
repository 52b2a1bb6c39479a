// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/eventring.h"
#include "server/rooms/roomrepository.h"

#include <QtCore/QObject>

#include <unordered_map>
#include <vector>

namespace Atom::Rooms {

//! \brief Rooms that live in memory only, behind the same interface as stored ones, so that the rules are the same.
//! Each keeps its newest events, as EventRing says. Completions come with a later turn of the event loop, in order,
//! like those of a commit. Main thread.
class EphemeralRooms final : public RoomRepository
{
public:
    QCoro::Task<Result<QList<RoomState>>> all() override; //!< none
    QCoro::Task<Result<QList<RoomEvent>>> create(RoomState state) override;
    void append(EventDraft draft, std::function<void(Result<Appended>)> done) override;
    void appendAll(QList<EventDraft> drafts, std::function<void(Result<QList<Appended>>)> done) override;
    //! \brief Of the kept messages of the room.
    QCoro::Task<Result<RoomEvent>> messageOfClientId(RoomId room, UserId sender, QByteArray clientId) override;
    QCoro::Task<Result<void>> storeJoinRequest(JoinRequest request, QList<Audit::Draft> audit) override; //!< nothing
    QCoro::Task<Result<void>> dropJoinRequest(RoomId room, UserId user, QList<Audit::Draft> audit) override;
    QCoro::Task<Result<RoomEventPage>> eventsAfter(RoomId room, qint64 after, int limit) override;
    QCoro::Task<Result<RoomEventPage>> eventsBefore(RoomId room, qint64 before, int limit) override;
    QCoro::Task<Result<RoomEvent>> message(RoomId room, MessageId id) override;
    QCoro::Task<Result<RoomEvent>> locate(MessageId id) override;
    QCoro::Task<Result<RoomEventPage>> thread(RoomId room, MessageId root, qint64 after, int limit) override;
    QCoro::Task<Result<QList<RoomEvent>>> pins(RoomId room) override;
    //! \brief The present text only: former ones are not kept.
    QCoro::Task<Result<QList<MessageVersion>>> versions(RoomId room, MessageId id, int limit) override;
    QCoro::Task<Result<QList<Acknowledgement>>> acknowledgements(RoomId room, MessageId id) override;
    QCoro::Task<Result<qint64>> seenCount(RoomId room, UserId user, qint64 upTo) override;

private:
    struct Entry
    {
        RoomKind kind = RoomKind::Group;
        QHash<UserId, Member> members;
        EventRing events;
        qint64 messages = 0; //!< ever sent
    };
    Result<Appended> apply(EventDraft draft);
    static Result<Appended> mark(Entry &entry, RoomEvent event);
    static Appended store(Entry &entry, RoomEvent event);
    static qint64 messagesUpTo(const Entry &entry, qint64 upTo);
    Result<RoomEventPage> page(const RoomId &room, qint64 cursor, int limit, bool forward) const;
    Entry *find(const RoomId &room);
    //! What is told later: of one event, or of several that came together.
    struct Completion
    {
        std::function<void(Result<Appended>)> done;
        Result<Appended> result;
        std::function<void()> doneAll;
    };
    void completeLater(Completion completion);
    void deliver();

    std::unordered_map<RoomId, Entry> m_rooms; //!< bounded by RoomLimits
    std::vector<Completion> m_waiting; //!< in order
    std::vector<Completion> m_ready;   //!< kept for its memory
    QObject m_context; //!< what queued calls belong to: they end with this object
};

} // namespace Atom::Rooms
