// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"

namespace Atom::HttpEndpoints {

//! \brief The ids of the paths below a message: {room_id}, {message_id}, in this order.
struct MessagePath
{
    RoomId room;
    MessageId message;
};

//! \return NotFound for a text that is no id.
inline Result<MessagePath> messagePath(const Request &request)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, QStringLiteral("room"));
    if (!room)
        return room.error();
    const Result<MessageId> message = pathId<MessageId>(request, 1, QStringLiteral("message"));
    if (!message)
        return message.error();
    return MessagePath{*room, *message};
}

} // namespace Atom::HttpEndpoints
