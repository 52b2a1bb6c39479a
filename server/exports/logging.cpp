// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/exports/logging.h"

namespace Atom::Exports {
Q_LOGGING_CATEGORY(lcExports, "atom.server.exports", QtInfoMsg)
} // namespace Atom::Exports
