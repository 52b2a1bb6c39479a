// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QJsonObject>

#include <memory>

namespace Atom::Workflows {

struct SchemaProgram;

//! \brief A JSON Schema (2020-12), compiled once. Copies share; any thread, several at once.
//!
//! Understood: type, enum, const; properties, required, additionalProperties, patternProperties, propertyNames,
//! dependentRequired, dependentSchemas, minProperties, maxProperties; items, prefixItems, contains, minContains,
//! maxContains, minItems, maxItems, uniqueItems; minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf;
//! minLength, maxLength, pattern, format; allOf, anyOf, oneOf, not, if, then, else; $defs, and $ref to a place of the
//! same document. Annotations (title, default, ...) and formats that are not known are ignored; everything else is an
//! issue. Patterns are searched for, as the standard says, in jq's dialect.
class Schema
{
public:
    static constexpr int maxNodes = 5'000;        //!< subschemas of one schema
    static constexpr int maxDepth = 200;          //!< subschemas inside each other, of the schema and during a check
    static constexpr int maxErrors = 50;          //!< reported by one check
    static constexpr qint64 maxSteps = 1'000'000; //!< of one check; about 50 ns each

    Schema() = default; //!< takes everything
    //! \brief Reads `{format: json, document: {...}}` of a definition at `pointer`; each mistake and each keyword that
    //! is not understood is appended to `issues` with its place. An external schema (`resource`) is one, too.
    static Schema parse(const QJsonObject &schema, const QString &pointer, QList<FieldError> &issues);
    //! \brief The same for the JSON Schema itself.
    static Schema compile(const QJsonValue &document, const QString &pointer, QList<FieldError> &issues);

    bool isEmpty() const { return !m_program; }
    //! \return ValidationFailed with one FieldError per place at fault, pointers inside `value`; `detail` is its
    //! sentence. The same when the check needs too much work.
    Result<void> check(const QJsonValue &value,
                       const QString &detail = QStringLiteral("The input does not fit the workflow.")) const;

private:
    std::shared_ptr<const SchemaProgram> m_program;
};

} // namespace Atom::Workflows
