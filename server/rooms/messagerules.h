// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomservice.h"

namespace Atom::Rooms {

//! \brief 1..`limitBytes` bytes as UTF-8, no NUL. \return ValidationFailed or PayloadTooLarge at /message.
Result<void> checkText(const QString &text, qsizetype limitBytes);
//! \brief Everything of a message that can be judged without its room.
Result<void> checkMessage(const Actor &actor, const MessageDraft &draft, const RoomLimits &limits);
//! \brief 1..32 characters, no white space, no control characters. \return ValidationFailed at /reaction.
Result<void> checkReaction(const QString &reaction);
//! \brief 0..128 characters without control characters. \return ValidationFailed at /name.
Result<void> checkRoomName(const QString &name);
//! \brief True when the text has "@assistant" as a word of its own, in any case.
bool mentionsAssistant(QStringView text);

} // namespace Atom::Rooms
