// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/actions.h"
#include "server/rooms/roomservice.h"

namespace Atom::Assistant {

//! \brief Hands a person over to other people, and back. Main thread.
//!
//! Who asks for a person gets a private room of their own, made with their permissions, and those in the hand-over room
//! are told of it with what they wrote last. Who of them answers that message with "take over" joins that
//! room; the first one does. "Hand back" there ends it: who helped leaves the room, and the assistant listens in it. The
//! room of the person with the assistant stays theirs: nobody else ever reads it.
class HandOver
{
public:
    //! `room`: where people who help are; empty: there are none. \param people looks up who asked
    HandOver(Rooms::RoomService &rooms, People people, RoomId room);

    QCoro::Task<Result<ActionResult>> request(ActionCall call);
    QCoro::Task<Result<ActionResult>> take(ActionCall call);
    QCoro::Task<Result<ActionResult>> giveBack(ActionCall call);

private:
    QCoro::Task<QString> lastWords(RoomEvent message);
    QCoro::Task<Result<void>> say(RoomId room, QString text, QByteArray clientId, QJsonObject metadata);

    Rooms::RoomService &m_rooms;
    People m_people;
    const RoomId m_room;
};

} // namespace Atom::Assistant
