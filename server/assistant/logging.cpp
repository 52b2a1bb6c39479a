// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/logging.h"

namespace Atom::Assistant {
Q_LOGGING_CATEGORY(lcAssistant, "atom.server.assistant", QtInfoMsg)
} // namespace Atom::Assistant
