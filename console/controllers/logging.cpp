// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/controllers/logging.h"

namespace Atom::Console {
Q_LOGGING_CATEGORY(lcConsole, "atom.console.controllers", QtInfoMsg)
} // namespace Atom::Console
