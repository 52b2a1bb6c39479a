// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/serverconfig.h"
#include "server/net/portguard.h"
#include "server/realtime/realtimeserver.h"
#include "server/rooms/roomservice.h"

namespace Atom::App {

//! \brief What the configuration means to each part. Pure.
Rooms::RoomLimits roomLimits(const ServerConfig &config);
Realtime::RealtimeSettings realtimeSettings(const ServerConfig &config);
Net::GuardLimits guardLimits(const ServerConfig &config, int connections, int perAddress);

} // namespace Atom::App
