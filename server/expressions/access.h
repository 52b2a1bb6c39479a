// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/work.h"

namespace Atom::Expressions {

//! \brief `base[key]`: object by text, array by number (rounded down, negative from the end), array by array (where it
//! occurs), null by any of these; a key {"start", "end"} is a slice. Out of range is null.
Value indexValue(Work &work, const Value &base, const Value &key);
Value fieldValue(Work &work, const Value &base, const QString &name);
//! \brief `base[from:to]` of an array, text (by code point) or null; bounds are numbers or null.
Value sliceValue(Work &work, const Value &base, const Value &from, const Value &to);
Value sliceKey(Heap &heap, const Value &from, const Value &to);
//! \brief Where an array or text occurs in another (overlapping counts), or where a value is in an array.
Value indicesOf(Work &work, const Value &base, const Value &part);

//! \brief Paths are arrays of keys; longer ones than Heap::maxDepth are an error.
Value getPath(Work &work, const Value &root, const Value &path);
//! \brief The same and leaves null there, so that the part may change in place.
Value takePath(Work &work, Value &root, const Value &path);
//! \brief In place where `root` is not shared.
Value setPath(Work &work, Value root, const Value &path, Value leaf);
Value deletePaths(Work &work, Value root, const Value &paths);

} // namespace Atom::Expressions
