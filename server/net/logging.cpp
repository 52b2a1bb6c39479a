// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/logging.h"

namespace Atom::Net {
Q_LOGGING_CATEGORY(lcNet, "atom.server.net", QtInfoMsg)
} // namespace Atom::Net
