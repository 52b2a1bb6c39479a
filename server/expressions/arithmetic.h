// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/syntaxtree.h"
#include "server/expressions/work.h"

namespace Atom::Expressions {

//! \brief `left op right` as jq has it. Whole numbers stay exact while the result fits 64 bits, then it is a double.
//! The left side is changed in place where it is not shared.
Value operate(Work &work, Operator op, Value left, const Value &right);
Value negate(Work &work, const Value &value);
//! \brief One part of an interpolated text, in `format` (empty: as text), put before what follows.
Value prependText(Work &work, const QString &format, const Value &part, Value following);
//! \brief The input in a format: "text", "json", "csv", "tsv", "html", "uri", "sh", "base64", "base64d", "base32",
//! "base32d".
Value formatted(Work &work, const QString &format, const Value &value);
//! \brief Text as it is, anything else as JSON.
QString asText(Work &work, const Value &value);

} // namespace Atom::Expressions
