// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The order of values (value.h).
#include "server/expressions/jsonvalues.h"
#include "server/expressions/value.h"

namespace Atom::Expressions {

namespace {
int threeWay(qint64 a, qint64 b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

int rankOf(Value::Type type)
{
    return type == Value::Type::Double ? int(Value::Type::Integer) : int(type);
}

int compareNumbers(const Value &a, const Value &b)
{
    if (a.isInteger() && b.isInteger())
        return threeWay(a.toInteger(), b.toInteger());
    if (a.isNan())
        return -1; // NaN is less than everything, itself included
    if (b.isNan())
        return 1;
    if (a.isInteger())
        return compareIntegerToDouble(a.toInteger(), b.toDouble());
    if (b.isInteger())
        return -compareIntegerToDouble(b.toInteger(), a.toDouble());
    return a.toDouble() < b.toDouble() ? -1 : a.toDouble() > b.toDouble() ? 1 : 0;
}

int compareArrays(const Value &a, const Value &b, qint64 &visited)
{
    const Value::Items &x = a.items();
    const Value::Items &y = b.items();
    for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
        if (const int c = compare(x[i], y[i], visited))
            return c;
    }
    return threeWay(qint64(x.size()), qint64(y.size()));
}

// First the sorted keys as arrays of text, then the values in the order of the keys.
int compareObjects(const Value &a, const Value &b, qint64 &visited)
{
    const Value::Members &x = a.members();
    const Value::Members &y = b.members();
    for (auto i = x.begin(), j = y.begin(); i != x.end() && j != y.end(); ++i, ++j) {
        ++visited;
        if (const int c = compareText(i->first, j->first))
            return c;
    }
    if (x.size() != y.size())
        return threeWay(qint64(x.size()), qint64(y.size()));
    for (auto i = x.begin(), j = y.begin(); i != x.end(); ++i, ++j) {
        if (const int c = compare(i->second, j->second, visited))
            return c;
    }
    return 0;
}
} // namespace

int compareText(const QString &a, const QString &b)
{
    const qsizetype n = std::min(a.size(), b.size());
    for (qsizetype i = 0; i < n; ++i) {
        if (a[i] == b[i])
            continue;
        const bool as = a[i].isSurrogate();
        if (as != b[i].isSurrogate())
            return as ? 1 : -1;
        return a[i].unicode() < b[i].unicode() ? -1 : 1;
    }
    return threeWay(a.size(), b.size());
}

int compare(const Value &a, const Value &b, qint64 &visited)
{
    ++visited;
    const int rank = rankOf(a.type());
    if (rank != rankOf(b.type()))
        return threeWay(rank, rankOf(b.type()));
    switch (a.type()) {
    case Value::Type::Integer:
    case Value::Type::Double:
        return compareNumbers(a, b);
    case Value::Type::String:
        if (a.isIdentical(b))
            return 0;
        visited += std::min(a.text().size(), b.text().size()) / 16;
        return compareText(a.text(), b.text());
    case Value::Type::Array:
        return compareArrays(a, b, visited);
    case Value::Type::Object:
        return compareObjects(a, b, visited);
    default:
        return 0;
    }
}

} // namespace Atom::Expressions
