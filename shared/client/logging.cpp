// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/client/logging.h"

namespace Atom::Client {
Q_LOGGING_CATEGORY(lcClient, "atom.shared.client", QtInfoMsg)
} // namespace Atom::Client
