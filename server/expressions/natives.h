// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/work.h"

#include <QtCore/QStringList>

#include <span>

namespace Atom::Expressions {

//! \brief A function of jq written in C++: one result for one input and one value of each argument. After
//! Work::fail() what it returns does not matter. It charges for work that grows with its input, and asks before it
//! makes something large.
struct NativeFunction
{
    const char *name;
    int arity;
    Value (*run)(Work &work, Value &input, Value *args); //!< may take the input over
};

//! \return null when there is none.
const NativeFunction *findNative(const QString &name, qsizetype arity);
//! \brief "name/arity" of all, without the internal ones.
QStringList nativeNames();

std::span<const NativeFunction> textFunctions();
std::span<const NativeFunction> collectionFunctions();
std::span<const NativeFunction> mathFunctions();
std::span<const NativeFunction> dateFunctions();
std::span<const NativeFunction> regexFunctions();
std::span<const NativeFunction> sortFunctions();

//! \brief The error text "string (\"abc\") cannot be ...": type and shortened JSON of a value.
QString described(const Value &value);
//! \brief The pieces between the occurrences of `separator`; single characters when it is empty.
Value splitText(Work &work, const QString &text, const QString &separator);

} // namespace Atom::Expressions
