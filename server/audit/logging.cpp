// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/audit/logging.h"

namespace Atom::Audit {
Q_LOGGING_CATEGORY(lcAudit, "atom.server.audit", QtInfoMsg)
} // namespace Atom::Audit
