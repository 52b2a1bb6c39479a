// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonValue>
#include <QtCore/QString>

#include <memory>
#include <vector>

namespace Atom::Expressions {

enum class Compare { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };

//! \brief A node of a compiled expression; immutable after parsing, shared by copies of the Expression.
struct Node
{
    enum class Kind {
        Identity, //!< .
        Literal,  //!< value
        Variable, //!< $text
        Field,    //!< children[0] . text
        Index,    //!< children[0] [ children[1] ]; the index sees the input of the whole term
        Try,      //!< children[0] ? : an error becomes no result
        Compare,  //!< children[0] op children[1]
        And,
        Or,
        Not,           //!< the filter `not` on the input
        Pipe,          //!< children[0] | children[1]
        Interpolation, //!< children joined as text
    };
    Kind kind = Kind::Identity;
    int column = 1; //!< 1-based, in UTF-16 units of the expression text
    QJsonValue value;
    QString text;
    Compare op = Compare::Equal;
    std::vector<std::unique_ptr<const Node>> children;
};
using NodePtr = std::unique_ptr<const Node>;

} // namespace Atom::Expressions
