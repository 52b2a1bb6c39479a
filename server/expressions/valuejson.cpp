// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Value: from QJsonValue and back.
#include "server/expressions/representations.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace Atom::Expressions {

Value Value::fromJson(Heap &heap, const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Bool:
        return boolean(value.toBool());
    case QJsonValue::Double: {
        const qint64 whole = value.toInteger(0);
        if (whole != 0 || (value.toInteger(1) == 0 && !std::signbit(value.toDouble())))
            return integer(whole);
        return number(value.toDouble());
    }
    case QJsonValue::String:
        return string(heap, value.toString());
    case QJsonValue::Array: {
        Value v = array(heap);
        v.arrayRep()->lazy = value.toArray();
        v.arrayRep()->folded = true;
        return v;
    }
    case QJsonValue::Object: {
        Value v = object(heap);
        v.objectRep()->lazy = value.toObject();
        v.objectRep()->folded = true;
        return v;
    }
    case QJsonValue::Null:
    case QJsonValue::Undefined:
        break;
    }
    return {};
}

QJsonValue Value::toJson() const
{
    switch (m_type) {
    case Type::Null:
        return QJsonValue(QJsonValue::Null);
    case Type::False:
    case Type::True:
        return m_type == Type::True;
    case Type::Integer:
        return m_data.whole;
    case Type::Double:
        if (std::isnan(m_data.real))
            return QJsonValue(QJsonValue::Null);
        return std::clamp(m_data.real, std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max());
    case Type::String:
        return stringRep()->text;
    case Type::Array: {
        if (arrayRep()->folded)
            return arrayRep()->lazy;
        QJsonArray out;
        for (const Value &item : arrayRep()->items)
            out.append(item.toJson());
        return out;
    }
    case Type::Object: {
        if (objectRep()->folded)
            return objectRep()->lazy;
        QJsonObject out;
        for (const auto &[key, item] : objectRep()->members)
            out.insert(key, item.toJson());
        return out;
    }
    }
    return {};
}

namespace {
int jsonDepth(const QJsonValue &value, int limit)
{
    int deepest = 0;
    if (value.isArray()) {
        const QJsonArray array = value.toArray();
        for (qsizetype i = 0; i < array.size() && deepest < limit; ++i)
            deepest = std::max(deepest, jsonDepth(array.at(i), limit - 1));
        return deepest + 1;
    }
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end() && deepest < limit; ++it)
            deepest = std::max(deepest, jsonDepth(it.value(), limit - 1));
        return deepest + 1;
    }
    return 0;
}
} // namespace

int Value::depth(int limit) const
{
    int deepest = 0;
    if (limit <= 0)
        return 1;
    if (m_type == Type::Array) {
        if (arrayRep()->folded)
            return jsonDepth(arrayRep()->lazy, limit);
        for (const Value &item : arrayRep()->items)
            deepest = std::max(deepest, item.depth(limit - 1));
        return deepest + 1;
    }
    if (m_type == Type::Object) {
        if (objectRep()->folded)
            return jsonDepth(objectRep()->lazy, limit);
        for (const auto &[key, item] : objectRep()->members)
            deepest = std::max(deepest, item.depth(limit - 1));
        return deepest + 1;
    }
    return 0;
}

} // namespace Atom::Expressions
