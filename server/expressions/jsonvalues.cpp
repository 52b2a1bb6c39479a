// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/jsonvalues.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QVariant>

#include <cmath>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
int rankOf(const QJsonValue &v)
{
    switch (v.type()) {
    case QJsonValue::Bool:
        return v.toBool() ? 2 : 1;
    case QJsonValue::Double:
        return 3;
    case QJsonValue::String:
        return 4;
    case QJsonValue::Array:
        return 5;
    case QJsonValue::Object:
        return 6;
    case QJsonValue::Null:
    case QJsonValue::Undefined:
        break;
    }
    return 0;
}

int threeWay(qint64 a, qint64 b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

// An integer against a double, without rounding the integer.
int compareIntegerToDouble(qint64 i, double d)
{
    if (std::isnan(d))
        return 1;
    if (d >= 9223372036854775808.0)
        return -1;
    if (d < -9223372036854775808.0)
        return 1;
    const auto whole = qint64(d);
    if (i != whole)
        return threeWay(i, whole);
    const double rest = d - double(whole);
    return rest > 0 ? -1 : rest < 0 ? 1 : 0;
}

int compareNumbers(const QJsonValue &a, const QJsonValue &b)
{
    const bool ai = isInteger(a);
    const bool bi = isInteger(b);
    if (ai && bi)
        return threeWay(a.toInteger(), b.toInteger());
    if (ai)
        return compareIntegerToDouble(a.toInteger(), b.toDouble());
    if (bi)
        return -compareIntegerToDouble(b.toInteger(), a.toDouble());
    return a.toDouble() < b.toDouble() ? -1 : a.toDouble() > b.toDouble() ? 1 : 0;
}

int compareStrings(const QString &a, const QString &b)
{
    // UTF-16 order differs from code point order only between surrogates and U+E000..U+FFFF.
    const qsizetype n = std::min(a.size(), b.size());
    for (qsizetype i = 0; i < n; ++i) {
        if (a[i] == b[i])
            continue;
        const bool as = a[i].isSurrogate();
        const bool bs = b[i].isSurrogate();
        if (as != bs)
            return as ? 1 : -1;
        return a[i].unicode() < b[i].unicode() ? -1 : 1;
    }
    return threeWay(a.size(), b.size());
}
} // namespace

bool isInteger(const QJsonValue &value)
{
    return value.isDouble() && value.toVariant().typeId() == QMetaType::LongLong;
}

int compareValues(const QJsonValue &a, const QJsonValue &b)
{
    const int rank = rankOf(a);
    if (rank != rankOf(b))
        return threeWay(rank, rankOf(b));
    if (rank == 3)
        return compareNumbers(a, b);
    if (rank == 4)
        return compareStrings(a.toString(), b.toString());
    if (rank == 5) {
        const QJsonArray x = a.toArray();
        const QJsonArray y = b.toArray();
        for (qsizetype i = 0; i < std::min(x.size(), y.size()); ++i) {
            if (const int c = compareValues(x[i], y[i]))
                return c;
        }
        return threeWay(x.size(), y.size());
    }
    if (rank == 6) {
        const QJsonObject x = a.toObject();
        const QJsonObject y = b.toObject();
        if (const int c = compareValues(QJsonArray::fromStringList(x.keys()), QJsonArray::fromStringList(y.keys())))
            return c;
        for (auto it = x.begin(); it != x.end(); ++it) {
            if (const int c = compareValues(it.value(), y.value(it.key())))
                return c;
        }
    }
    return 0;
}

bool isTruthy(const QJsonValue &value)
{
    return !(value.isNull() || value.isUndefined() || (value.isBool() && !value.toBool()));
}

QString typeName(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Bool:
        return u"boolean"_s;
    case QJsonValue::Double:
        return u"number"_s;
    case QJsonValue::String:
        return u"string"_s;
    case QJsonValue::Array:
        return u"array"_s;
    case QJsonValue::Object:
        return u"object"_s;
    case QJsonValue::Null:
    case QJsonValue::Undefined:
        break;
    }
    return u"null"_s;
}

QByteArray toJsonText(const QJsonValue &value)
{
    if (value.isObject())
        return QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact);
    if (value.isArray())
        return QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact);
    // QJsonDocument knows only containers: wrap the scalar and take the brackets off.
    const QByteArray wrapped = QJsonDocument(QJsonArray{value.isUndefined() ? QJsonValue(QJsonValue::Null) : value})
                                   .toJson(QJsonDocument::Compact);
    return wrapped.mid(1, wrapped.size() - 2);
}

qint64 jsonSize(const QJsonValue &value, qint64 limit)
{
    switch (value.type()) {
    case QJsonValue::String: {
        qint64 size = 2;
        for (const QChar c : value.toString())
            size += c.unicode() < 0x20    ? 6
                    : c.unicode() < 0x80  ? 1 + (c == u'"' || c == u'\\')
                    : c.unicode() < 0x800 ? 2
                                          : 3;
        return size;
    }
    case QJsonValue::Double:
        return isInteger(value) ? 8 : 16;
    case QJsonValue::Array: {
        qint64 size = 2;
        const QJsonArray array = value.toArray();
        for (const QJsonValue item : array) {
            size += jsonSize(item, limit) + 1;
            if (size > limit)
                break;
        }
        return size;
    }
    case QJsonValue::Object: {
        qint64 size = 2;
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it) {
            size += it.key().size() + 4 + jsonSize(it.value(), limit);
            if (size > limit)
                break;
        }
        return size;
    }
    default:
        return 5;
    }
}

} // namespace Atom::Expressions
