// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/monitoring/logging.h"

namespace Atom::Monitoring {
Q_LOGGING_CATEGORY(lcMonitoring, "atom.server.monitoring", QtInfoMsg)
} // namespace Atom::Monitoring
