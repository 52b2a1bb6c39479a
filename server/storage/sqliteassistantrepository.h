// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/assistantrepository.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

//! \brief A turn of a message that is not stored (ephemeral room) is finished without an error: it was never owed.
class SqliteAssistantRepository final : public Assistant::AssistantRepository
{
public:
    SqliteAssistantRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<QList<Assistant::PendingTurn>>> pendingTurns() override;
    QCoro::Task<Result<void>> finishTurn(Assistant::TurnEnd end) override;
    QCoro::Task<Result<Assistant::StoredMessages>> messagesAfter(qint64 after, int limit) override;
    QCoro::Task<Result<QJsonObject>> conversation(RoomId room, UserId user) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
