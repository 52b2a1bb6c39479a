// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/serverconfig.h"
#include "server/audit/auditlog.h"
#include "server/http/httpserver.h"
#include "server/identity/accounts.h"
#include "server/identity/secretbox.h"
#include "server/net/portguard.h"
#include "server/realtime/realtimeserver.h"
#include "server/rooms/breakglass.h"
#include "server/rooms/retentionservice.h"
#include "server/rooms/roomservice.h"

namespace Atom::App {

//! \brief What the configuration means to each part. Pure.
Audit::AuditLog::Settings auditSettings(const ServerConfig &config);
Rooms::RoomLimits roomLimits(const ServerConfig &config);
Rooms::BreakGlassSettings breakGlassSettings(const ServerConfig &config);
Rooms::RetentionService::Settings retentionSettings(const ServerConfig &config);
Realtime::RealtimeSettings realtimeSettings(const ServerConfig &config);
Identity::Accounts::Settings accountSettings(const ServerConfig &config);
Http::HttpSettings httpSettings(const ServerConfig &config);
Net::GuardLimits guardLimits(const ServerConfig &config, int connections, int perAddress);

//! \brief The master key as configured; the one in the data folder is made when it is missing. Blocks.
//! \return as SecretBox::openBlocking().
Result<std::unique_ptr<Identity::SecretBox>> openSecretsBlocking(const ServerConfig &config);

} // namespace Atom::App
