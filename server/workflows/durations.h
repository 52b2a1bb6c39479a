// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QJsonValue>

#include <chrono>

namespace Atom::Workflows {

//! \brief A DSL duration: {days, hours, minutes, seconds, milliseconds} (integers, at least one) or ISO 8601 text
//! (`PT1.5S`, `P1DT2H`; years and months have no fixed length and are refused). At most 366 days.
//! \return ValidationFailed.
Result<std::chrono::milliseconds> parseDuration(const QJsonValue &value);

} // namespace Atom::Workflows
