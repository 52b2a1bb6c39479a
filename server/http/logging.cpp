// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/logging.h"

namespace Atom::Http {
Q_LOGGING_CATEGORY(lcHttp, "atom.server.http", QtInfoMsg)
} // namespace Atom::Http
