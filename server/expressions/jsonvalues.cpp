// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/jsonvalues.h"

#include "server/expressions/value.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QVariant>

#include <cmath>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

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
        return i < whole ? -1 : 1;
    const double rest = d - double(whole);
    return rest > 0 ? -1 : rest < 0 ? 1 : 0;
}

bool isInteger(const QJsonValue &value)
{
    return value.isDouble() && value.toVariant().typeId() == QMetaType::LongLong;
}

int compareValues(const QJsonValue &a, const QJsonValue &b)
{
    Heap heap; // only counts here: both values exist already
    qint64 visited = 0;
    return compare(Value::fromJson(heap, a), Value::fromJson(heap, b), visited);
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
