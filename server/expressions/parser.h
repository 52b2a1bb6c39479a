// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/syntaxtree.h"
#include "shared/core/result.h"

#include <QtCore/QStringList>

namespace Atom::Expressions {

struct Parsed
{
    std::shared_ptr<const Node> root;
    QStringList variables; //!< bindings from outside, without `$`, each once, in order of first use
};

//! \brief Parses jq 1.7 (without modules) and resolves every name.
//! \return ValidationFailed that names what is wrong or not supported and its column (and line, of several); then
//! `errorAt`, if given, is its offset in the text (UTF-16 units, from 0).
Result<Parsed> parseExpression(const QString &text, qsizetype *errorAt = nullptr);

} // namespace Atom::Expressions
