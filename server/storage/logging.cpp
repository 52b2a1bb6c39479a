// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/logging.h"

namespace Atom::Storage {
Q_LOGGING_CATEGORY(lcStorage, "atom.server.storage", QtInfoMsg)
} // namespace Atom::Storage
