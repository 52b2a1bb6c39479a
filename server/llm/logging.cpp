// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/logging.h"

namespace Atom::Llm {
Q_LOGGING_CATEGORY(lcLlm, "atom.server.llm", QtInfoMsg)
} // namespace Atom::Llm
