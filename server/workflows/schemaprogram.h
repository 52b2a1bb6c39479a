// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/regex.h"

#include <QtCore/QHash>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

#include <optional>
#include <vector>

namespace Atom::Workflows {

//! \brief Types of JSON Schema as bits.
enum SchemaType : quint8 {
    NullType = 1,
    BooleanType = 2,
    NumberType = 4,
    IntegerType = 8,
    StringType = 16,
    ArrayType = 32,
    ObjectType = 64,
};

struct SchemaPattern
{
    QString text;
    Expressions::Regex regex;
};

//! \brief One subschema. Subschemas name each other by their index in SchemaProgram::nodes; -1: none.
struct SchemaNode
{
    std::optional<bool> always; //!< a boolean schema
    int ref = -1;
    quint8 types = 0; //!< 0: any
    std::optional<QJsonValue> constant;
    std::optional<QJsonArray> values; //!< enum
    qint64 compareCost = 0;           //!< of both, in steps of a check
    // objects
    QHash<QString, int> properties;
    std::vector<std::pair<SchemaPattern, int>> patternProperties;
    int additional = -1, propertyNames = -1;
    QStringList required;
    QHash<QString, QStringList> dependentRequired;
    QHash<QString, int> dependentSchemas;
    std::optional<qint64> minProperties, maxProperties;
    // arrays
    std::vector<int> prefixItems;
    int items = -1, contains = -1;
    std::optional<qint64> minContains, maxContains, minItems, maxItems;
    bool unique = false;
    // numbers
    std::optional<QJsonValue> minimum, maximum, above, below, multipleOf;
    // text
    std::optional<qint64> minLength, maxLength;
    std::optional<SchemaPattern> pattern;
    QString format;
    // combinations
    std::vector<int> allOf, anyOf, oneOf;
    int negated = -1, condition = -1, then = -1, otherwise = -1;
};

struct SchemaProgram
{
    std::vector<SchemaNode> nodes; //!< the first is the schema itself
};

//! \brief Whether `text` has the format; formats that are not known fit everything.
bool hasFormat(const QString &text, const QString &format);

} // namespace Atom::Workflows
