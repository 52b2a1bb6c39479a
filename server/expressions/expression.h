// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QHash>
#include <QtCore/QJsonValue>
#include <QtCore/QStringList>

#include <memory>

namespace Atom::Expressions {

struct Node;

//! \brief Bounds of one expression; there are no loops, so these bound time and memory as well.
struct Budget
{
    static constexpr qsizetype textUnits = 8 * 1024;     //!< UTF-16 units of the source
    static constexpr int nesting = 64;                   //!< brackets and interpolations
    static constexpr int chained = 256;                  //!< operators and path steps
    static constexpr qsizetype resultUnits = 256 * 1024; //!< UTF-16 units of one string made by interpolation
};

//! \brief What variables mean, by name without `$`.
using Bindings = QHash<QString, QJsonValue>;

//! \brief A compiled runtime expression: a subset of jq 1.7 over QJsonValue, 64-bit integers kept exactly.
//!
//! Supported: `.`, `.a`, `."x y"`, `.["a"]`, `.[0]` (negative counts from the end), `?`, `$variable`, literals, `== !=
//! < <= > >=` in jq's order of types, `and`, `or`, `not`, `|`, `( )`, strings with `\( )`. Everything else is refused
//! by name when compiled. Only text given to compile() is ever code: values are data, whatever they look like.
//! Copies share the tree; any thread.
class Expression
{
public:
    Expression() = default; //!< evaluates to its input
    //! \return ValidationFailed naming what is wrong or not supported, with the column (1-based).
    static Result<Expression> compile(const QString &text);
    //! \brief The same, with or without the enclosing `${ }`: for places that always hold an expression.
    static Result<Expression> compileCondition(const QString &text);

    //! \brief No result (an error under `?`) is null.
    //! \return ValidationFailed: wrong type for an index, undefined variable, result too large.
    Result<QJsonValue> evaluate(const QJsonValue &input, const Bindings &bindings) const;

    //! \brief The variables used, without `$`.
    const QStringList &variables() const { return m_variables; }

private:
    std::shared_ptr<const Node> m_root;
    QStringList m_variables;
};

} // namespace Atom::Expressions
