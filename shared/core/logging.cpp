// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/core/logging.h"

namespace Atom {
Q_LOGGING_CATEGORY(lcCore, "atom.shared.core", QtInfoMsg)
} // namespace Atom
