// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/logging.h"

namespace Atom::Identity {
Q_LOGGING_CATEGORY(lcIdentity, "atom.server.identity", QtInfoMsg)
} // namespace Atom::Identity
