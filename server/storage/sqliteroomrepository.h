// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomrepository.h"
#include "server/storage/roomappender.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

//! \brief Durable rooms. Beyond the interface's words: a reply to a message of another room is ValidationFailed at
//! `/reply_to`; an edit of a deleted message is Conflict; what changes nothing (a second deletion, an older receipt,
//! joining twice, leaving twice) is a success with `duplicate` and seq 0.
class SqliteRoomRepository final : public Rooms::RoomRepository
{
public:
    SqliteRoomRepository(Writer &writer, Reader &reader);
    QCoro::Task<Result<QList<Rooms::RoomState>>> all() override;
    QCoro::Task<Result<QList<RoomEvent>>> create(Rooms::RoomState state) override;
    void append(Rooms::EventDraft draft, std::function<void(Result<Rooms::Appended>)> done) override;
    void appendAll(QList<Rooms::EventDraft> drafts,
                   std::function<void(Result<QList<Rooms::Appended>>)> done) override;
    QCoro::Task<Result<RoomEvent>> messageOfClientId(RoomId room, UserId sender, QByteArray clientId) override;
    QCoro::Task<Result<void>> storeJoinRequest(Rooms::JoinRequest request, QList<Audit::Draft> audit) override;
    QCoro::Task<Result<void>> dropJoinRequest(RoomId room, UserId user, QList<Audit::Draft> audit) override;
    QCoro::Task<Result<RoomEventPage>> eventsAfter(RoomId room, qint64 after, int limit) override;
    QCoro::Task<Result<RoomEventPage>> eventsBefore(RoomId room, qint64 before, int limit) override;
    QCoro::Task<Result<RoomEvent>> message(RoomId room, MessageId id) override;
    // sqliteroomrepository_messages.cpp
    QCoro::Task<Result<RoomEvent>> locate(MessageId id) override;
    QCoro::Task<Result<RoomEventPage>> thread(RoomId room, MessageId root, qint64 after, int limit) override;
    QCoro::Task<Result<QList<RoomEvent>>> pins(RoomId room) override;
    QCoro::Task<Result<QList<Rooms::MessageVersion>>> versions(RoomId room, MessageId id, int limit) override;
    QCoro::Task<Result<QList<Rooms::Acknowledgement>>> acknowledgements(RoomId room, MessageId id) override;
    QCoro::Task<Result<QList<RoomEvent>>> mentionsOf(UserId user, int limit) override;
    QCoro::Task<Result<qint64>> seenCount(RoomId room, UserId user, qint64 upTo) override;
    QCoro::Task<Result<void>> saveSeen(QList<Rooms::SeenMark> marks, qint64 accounted) override;

private:
    Writer &m_writer;
    Reader &m_reader;
    std::shared_ptr<RoomAppender> m_appender; //!< used on the writer's thread only
};

} // namespace Atom::Storage
