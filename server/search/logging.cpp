// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/logging.h"

namespace Atom::Search {
Q_LOGGING_CATEGORY(lcSearch, "atom.server.search", QtInfoMsg)
} // namespace Atom::Search
