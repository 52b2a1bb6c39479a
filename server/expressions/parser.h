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
    QStringList variables; //!< without `$`, each once, in order of first use
};

//! \brief Parses the supported subset of jq 1.7; precedence, lowest first: `|`, `or`, `and`, comparison (does not
//! chain). \return ValidationFailed that names what is wrong or not supported and its column.
Result<Parsed> parseExpression(const QString &text);

} // namespace Atom::Expressions
