// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/logging.h"

namespace Atom::Workflows {
Q_LOGGING_CATEGORY(lcWorkflows, "atom.server.workflows", QtInfoMsg)
} // namespace Atom::Workflows
