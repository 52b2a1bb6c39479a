// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"
#include "shared/model/roomevent.h"
#include "shared/model/user.h"

#include <QCoro/QCoroTask>

#include <optional>

namespace Atom::Assistant {

//! \brief A message whose answer is owed; written in the message's own transaction (Rooms::EventDraft::assistantTurn).
struct PendingTurn
{
    RoomEvent message;
};

//! \brief What a turn leaves behind.
struct TurnEnd
{
    MessageId message;
    RoomId room; //!< of the conversation, with `user`
    UserId user;
    std::optional<QJsonObject> state; //!< the conversation's next state; none: it stays as it is
};

//! \brief Messages in the order of storing.
struct StoredMessages
{
    QList<RoomEvent> messages;
    qint64 last = 0; //!< give it to go on; 0: there are no more
};

//! \brief Where the assistant keeps what must survive a crash. Main thread.
class AssistantRepository
{
public:
    virtual ~AssistantRepository() = default;
    //! \brief Turns not finished, oldest first: what a start has to go on with.
    virtual QCoro::Task<Result<QList<PendingTurn>>> pendingTurns() = 0;
    //! \brief The turn is owed no more, and the conversation moved on: both or neither, so that a turn that is taken
    //! again never meets its own result.
    virtual QCoro::Task<Result<void>> finishTurn(TurnEnd end) = 0;
    //! \brief What people wrote, without requests that were understood, from behind `after`, at most `limit` looked at:
    //! for the memory.
    virtual QCoro::Task<Result<StoredMessages>> messagesAfter(qint64 after, int limit) = 0;
    //! \brief The state of a conversation (room, user): the question open, the slots known. Empty when none.
    virtual QCoro::Task<Result<QJsonObject>> conversation(RoomId room, UserId user) = 0;
};

} // namespace Atom::Assistant
