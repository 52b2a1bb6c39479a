// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/logging.h"

namespace Atom::App {
Q_LOGGING_CATEGORY(lcApp, "atom.server.app", QtInfoMsg)
} // namespace Atom::App
