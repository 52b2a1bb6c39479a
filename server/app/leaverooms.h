// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomservice.h"

namespace Atom::App {

//! \brief Somebody who was erased leaves every room; who cannot leave one for whatever reason is gone all the same.
//! `rooms` outlives the task.
QCoro::Task<void> leaveAllRooms(Rooms::RoomService *rooms, UserId user);

} // namespace Atom::App
