// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/realtime/logging.h"

namespace Atom::Realtime {
Q_LOGGING_CATEGORY(lcRealtime, "atom.server.realtime", QtInfoMsg)
} // namespace Atom::Realtime
