// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/work.h"

namespace Atom::Expressions {

//! \brief A number as jq 1.7 prints it: the shortest text that reads back the same, with an exponent (two digits at
//! least) from 17 digits on or below 1e-5; null for NaN, the largest double for infinities.
QString numberText(const Value &number);
//! \brief Compact JSON; charges for its length and stops at the memory bound.
QString jsonText(Work &work, const Value &value);
//! \brief The first bytes of the JSON, as error messages show it: at most `limit` - 1 with "..." at the end.
QString shortJson(const Value &value, int limit);
//! \brief Reads JSON, also "nan"; fails with a message that names the place.
Value parseJson(Work &work, const QString &text);
//! \brief A whole text as a number. \return false when it is none.
bool parseNumber(QStringView text, Value *out);

} // namespace Atom::Expressions
