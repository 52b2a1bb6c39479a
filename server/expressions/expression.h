// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QHash>
#include <QtCore/QJsonValue>
#include <QtCore/QStringList>

#include <chrono>
#include <memory>

namespace Atom::Expressions {

struct Node;

//! \brief Bounds of one expression: fixed ones of its text, and what one evaluation may spend. A bound that is met ends
//! the evaluation with an error the program cannot catch. Work is counted in steps of about 0.1 microseconds; natives
//! that loop pay in proportion.
struct Budget
{
    static constexpr qsizetype textUnits = 8 * 1024; //!< UTF-16 units of the source
    static constexpr int nesting = 200;              //!< levels of the source; about 1 KB of stack each

    qint64 steps = 1'000'000;
    int depth = 10'000;                    //!< pending continuations: levels of recursion that are not in last position
    qint64 memoryBytes = 64 * 1024 * 1024; //!< held at one time by values and by the evaluator
    std::chrono::milliseconds time{250};   //!< looked at every 1024 steps
};

//! \brief What variables mean, by name without `$`.
using Bindings = QHash<QString, QJsonValue>;

//! \brief A compiled runtime expression: jq 1.7 over QJsonValue, our own evaluator.
//!
//! Differences from jq: whole numbers are exact in 64 bits also in arithmetic (then doubles); keys of objects are
//! always sorted; time is UTC; there are no modules, files, environment (`env` and `$ENV` are empty), `input` or
//! `halt`. Only text given to compile() is ever code: values are data, whatever they look like. Copies share the tree;
//! any thread, several at once.
class Expression
{
public:
    Expression() = default; //!< evaluates to its input
    //! \return ValidationFailed naming what is wrong or not supported, with the column (1-based; and the line, of
    //! several); then `errorAt`, if given, is its offset in the text (UTF-16 units, from 0).
    static Result<Expression> compile(const QString &text, qsizetype *errorAt = nullptr);
    //! \brief The same, with or without the enclosing `${ }`: for places that always hold an expression.
    static Result<Expression> compileCondition(const QString &text);

    //! \brief The first result; no result is null. Blocks for Budget::time at most.
    //! \return ValidationFailed with jq's message, an undefined variable, or the bound that was met.
    Result<QJsonValue> evaluate(const QJsonValue &input, const Bindings &bindings, const Budget &budget = {}) const;
    //! \brief All results in order. \return ValidationFailed also when there are more than `most`.
    Result<QList<QJsonValue>> evaluateAll(const QJsonValue &input, const Bindings &bindings, qsizetype most,
                                          const Budget &budget = {}) const;

    //! \brief The variables used that the expression does not bind itself, without `$`.
    const QStringList &variables() const { return m_variables; }
    //! \brief What is read of an outside variable: the names in `$variable.name`. A null string stands among them for
    //! any other use, as `$variable` alone or `$variable[.x]`. Each once.
    QStringList fieldsOf(const QString &variable) const;
    //! \brief Only fields and constant indices of the input, as `.a.b[0]`: what places allow that are no programs.
    bool isPath() const;

private:
    std::shared_ptr<const Node> m_root;
    QStringList m_variables;
};

} // namespace Atom::Expressions
