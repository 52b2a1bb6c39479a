// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/retentionservice.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

class SqliteRetentionRepository final : public Rooms::RetentionRepository
{
public:
    SqliteRetentionRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<QList<Due>>> due(QList<Due> rooms) override;
    QCoro::Task<Result<Rooms::Purged>> purge(RoomId room, Timestamp before, int limit, Audit::Draft audit) override;
    QCoro::Task<Result<int>> dropReleased(int limit) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

//! \brief Contents of a message that stand elsewhere than in its own row. On the writer's thread.
namespace MessageTraces {
//! \brief Removes what the trace of a deleted message says about its contents; its course and times stay.
void strip(Connection &db, const TraceId &trace);
//! \brief Removes the trace of a purged message.
void remove(Connection &db, const TraceId &trace);
} // namespace MessageTraces

//! \brief While the room is held: keeps the present text of a message that is about to be edited or deleted, and when
//! it is deleted also the texts of its edits. Elsewhere nothing.
void keepForHold(Connection &db, qint64 roomPk, const MessageId &message, const UserId &by, Timestamp at,
                 bool isDeletion);

} // namespace Atom::Storage
