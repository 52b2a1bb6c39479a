// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QLoggingCategory>

namespace Atom::Llm {
Q_DECLARE_LOGGING_CATEGORY(lcLlm)
} // namespace Atom::Llm
