// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QJsonValue>
#include <QtCore/QString>

namespace Atom::Expressions {

//! \brief Whether the number is kept as a 64-bit integer (not a double).
bool isInteger(const QJsonValue &value);
//! \brief jq's total order: null < false < true < numbers < strings < arrays < objects. Integers compare exactly, also
//! against doubles; strings by code point; objects first by their sorted keys. \return negative, 0 or positive.
int compareValues(const QJsonValue &a, const QJsonValue &b);
//! \brief An integer against a double, without rounding the integer; NaN is below every number.
int compareIntegerToDouble(qint64 i, double d);
//! \brief jq's truth: everything except null and false.
bool isTruthy(const QJsonValue &value);
//! \brief "null", "boolean", "number", "string", "array" or "object".
QString typeName(const QJsonValue &value);
//! \brief Compact JSON of any value, integers without exponent.
QByteArray toJsonText(const QJsonValue &value);
//! \brief Approximate bytes of the compact JSON, counted without building it; stops above `limit`.
qint64 jsonSize(const QJsonValue &value, qint64 limit);

} // namespace Atom::Expressions
