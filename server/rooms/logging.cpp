// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/logging.h"

namespace Atom::Rooms {
Q_LOGGING_CATEGORY(lcRooms, "atom.server.rooms", QtInfoMsg)
} // namespace Atom::Rooms
