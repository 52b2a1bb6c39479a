// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomrepository.h"

#include <QtCore/QObject>

#include <deque>
#include <unordered_map>

namespace Atom::Rooms {

//! \brief Rooms that live in memory only, behind the same interface as stored ones, so that the rules are the same.
//! Each keeps its newest events (500, or 1 MB of text). Completions come with a later turn of the event loop, in order,
//! like those of a commit. Main thread.
class EphemeralRooms final : public RoomRepository
{
public:
    static constexpr qsizetype keptEvents = 500;
    static constexpr qsizetype keptBytes = 1 << 20;

    QCoro::Task<Result<QList<RoomState>>> all() override; //!< none
    QCoro::Task<Result<QList<RoomEvent>>> create(RoomState state) override;
    void append(EventDraft draft, std::function<void(Result<Appended>)> done) override;
    void appendAll(QList<EventDraft> drafts, std::function<void(Result<QList<Appended>>)> done) override;
    QCoro::Task<Result<RoomEvent>> messageOfClientId(UserId sender, QByteArray clientId) override;
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
        std::deque<RoomEvent> events; //!< without holes, so an event's place follows from its seq
        qint64 lastSeq = 0;
        qsizetype bytes = 0;
        QHash<MessageId, qint64> seqOf;
        qint64 messages = 0; //!< ever sent
    };
    using ClientKey = std::pair<UserId, QByteArray>;

    Result<Appended> apply(EventDraft draft);
    Result<Appended> mark(Entry &entry, RoomEvent event);
    Appended store(Entry &entry, RoomEvent event);
    static qint64 messagesUpTo(const Entry &entry, qint64 upTo);
    Result<RoomEventPage> page(const RoomId &room, qint64 cursor, int limit, bool forward) const;
    Entry *find(const RoomId &room);
    static RoomEvent *findMessage(Entry &entry, const MessageId &id);
    static void setText(Entry &entry, RoomEvent &event, const QString &text);
    void completeLater(std::function<void()> completion);
    void deliver();

    std::unordered_map<RoomId, Entry> m_rooms;                //!< bounded by RoomLimits
    QHash<ClientKey, std::pair<RoomId, MessageId>> m_firstOf; //!< of the kept messages
    std::deque<std::function<void()>> m_waiting; //!< completions, in order
    QObject m_context; //!< what queued calls belong to: they end with this object
};

} // namespace Atom::Rooms
