// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"
#include "shared/model/roomevent.h"
#include "shared/model/user.h"

#include <QCoro/QCoroTask>

namespace Atom::Assistant {

//! \brief A message whose answer is owed; written in the message's own transaction (Rooms::EventDraft::assistantTurn).
struct PendingTurn
{
    RoomEvent message;
};

//! \brief Where the assistant keeps what must survive a crash. Main thread.
class AssistantRepository
{
public:
    virtual ~AssistantRepository() = default;
    //! \brief Turns not finished, oldest first: what a start has to go on with.
    virtual QCoro::Task<Result<QList<PendingTurn>>> pendingTurns() = 0;
    virtual QCoro::Task<Result<void>> finishTurn(MessageId message) = 0;
    //! \brief The state of a conversation (room, user): the question open, the slots known. Empty when none.
    virtual QCoro::Task<Result<QJsonObject>> conversation(RoomId room, UserId user) = 0;
    virtual QCoro::Task<Result<void>> saveConversation(RoomId room, UserId user, QJsonObject state) = 0;
};

} // namespace Atom::Assistant
