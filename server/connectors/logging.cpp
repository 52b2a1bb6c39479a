// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/logging.h"

namespace Atom::Connectors {
Q_LOGGING_CATEGORY(lcConnectors, "atom.server.connectors", QtInfoMsg)
} // namespace Atom::Connectors
