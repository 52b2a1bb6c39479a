// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/expression.h"

#include <QtCore/QJsonObject>

namespace Atom::Expressions {

//! \brief Whether a string of a definition is a runtime expression in strict mode: `${ ... }`, nothing around it.
bool isExpressionText(QStringView text);
//! \brief What stands between `${` and `}`.
QString expressionBody(const QString &text);
//! \brief One more reference token (RFC 6901) at the end of `pointer`.
QString pointerJoin(const QString &pointer, const QString &token);

//! \brief A JSON value of a definition whose strings of the form `${ ... }` are expressions, at any depth.
//! Compiled once; results are data and are not looked at again. Copies share; any thread.
class Template
{
public:
    Template() = default; //!< null
    //! \brief Compiles every expression in `value`; each mistake is appended to `issues` with its pointer.
    static Template compile(const QJsonValue &value, const QString &pointer, QList<FieldError> &issues);
    //! \brief For places where a plain string is an expression too (`input.from`, `output.as`, `export.as`).
    static Template compileLoose(const QJsonValue &value, const QString &pointer, QList<FieldError> &issues);

    Result<QJsonValue> evaluate(const QJsonValue &input, const Bindings &bindings) const;
    QStringList variables() const; //!< of all expressions, without `$`, each once
    //! \brief By JSON Pointer inside the value.
    const QHash<QString, Expression> &expressions() const { return m_expressions; }

private:
    Result<QJsonValue> evaluate(const QJsonValue &part, const QString &pointer, const QJsonValue &input,
                                const Bindings &bindings) const;
    void compilePart(const QJsonValue &part, const QString &pointer, QList<FieldError> &issues, const QString &base);
    QJsonValue m_value;
    QHash<QString, Expression> m_expressions; //!< by pointer inside m_value
};

//! \brief A URI template of level 1 (RFC 6570): `{name}` takes a top-level field of the input, percent-encoded.
class UriTemplate
{
public:
    //! \return ValidationFailed: an operator (`{+x}`), a path (`{a.b}`), braces that do not match.
    static Result<UriTemplate> compile(const QString &text);
    //! \return ValidationFailed: field missing, null or not a string, number or boolean; "." or ".." alone.
    Result<QString> expand(const QJsonValue &input) const;
    bool hasVariables() const { return m_parts.size() > 1; }

private:
    QStringList m_parts; //!< literal, name, literal, name, ..., literal
};

} // namespace Atom::Expressions
