// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/arithmetic.h"

#include "server/expressions/natives.h"

#include <cmath>
#include <limits>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
Value refuse(Work &work, const Value &left, const Value &right, QStringView what)
{
    return work.fail(u"%1 and %2 cannot be %3"_s.arg(described(left), described(right), what));
}

Value concatenate(Work &work, Value left, const Value &right)
{
    if (!work.charge(right.size() / 4) || !work.reserve(double(right.size()) * sizeof(Value)))
        return {};
    const Value::Items items = right.items(); // a copy: right may be left
    for (const Value &item : items)
        left.append(work.heap, item);
    return left;
}

Value merge(Work &work, Value left, const Value &right, bool deep)
{
    if (!work.charge(right.size()))
        return {};
    const Value other = right;
    for (const auto &[key, item] : other.members()) {
        Value mine;
        if (deep && item.isObject() && left.member(key, &mine) && mine.isObject())
            left.insert(work.heap, key, merge(work, std::move(mine), item, true));
        else
            left.insert(work.heap, key, item);
        if (work.failed)
            return {};
    }
    return left;
}

Value add(Work &work, Value left, const Value &right)
{
    if (left.isNull())
        return right;
    if (right.isNull())
        return left;
    if (left.isNumber() && right.isNumber()) {
        qint64 sum = 0;
        if (left.isInteger() && right.isInteger() && !__builtin_add_overflow(left.toInteger(), right.toInteger(), &sum))
            return Value::integer(sum);
        return Value::number(left.toDouble() + right.toDouble());
    }
    if (left.isString() && right.isString()) {
        const qsizetype size = left.text().size() + right.text().size();
        if (!work.charge(size / 64) || !work.reserve(2.0 * double(size)))
            return {};
        return work.text(left.text() + right.text());
    }
    if (left.isArray() && right.isArray())
        return concatenate(work, std::move(left), right);
    if (left.isObject() && right.isObject())
        return merge(work, std::move(left), right, false);
    return refuse(work, left, right, u"added");
}

Value subtract(Work &work, const Value &left, const Value &right)
{
    if (left.isNumber() && right.isNumber()) {
        qint64 difference = 0;
        if (left.isInteger() && right.isInteger() &&
            !__builtin_sub_overflow(left.toInteger(), right.toInteger(), &difference))
            return Value::integer(difference);
        return Value::number(left.toDouble() - right.toDouble());
    }
    if (!left.isArray() || !right.isArray())
        return refuse(work, left, right, u"subtracted");
    Value::Items kept;
    for (const Value &item : left.items()) {
        bool found = false;
        qint64 visited = 0;
        for (auto it = right.items().begin(); !found && it != right.items().end(); ++it)
            found = compare(item, *it, visited) == 0;
        if (!work.charge(1 + visited / 4))
            return {};
        if (!found)
            kept.push_back(item);
    }
    return Value::array(work.heap, std::move(kept));
}

Value repeat(Work &work, const Value &text, const Value &count)
{
    const double n = count.toDouble();
    if (!(n >= 0))
        return {}; // NaN, too
    const double times = std::floor(n);
    if (!work.reserve(2.0 * times * double(text.text().size())))
        return {};
    if (text.text().isEmpty() || times == 0)
        return work.text({});
    work.charge(qint64(times * double(text.text().size()) / 64));
    return work.text(text.text().repeated(qsizetype(times)));
}

Value multiply(Work &work, Value left, const Value &right)
{
    if (left.isNumber() && right.isNumber()) {
        qint64 product = 0;
        if (left.isInteger() && right.isInteger() &&
            !__builtin_mul_overflow(left.toInteger(), right.toInteger(), &product) && product != 0)
            return Value::integer(product);
        return Value::number(left.toDouble() * right.toDouble());
    }
    if (left.isString() && right.isNumber())
        return repeat(work, left, right);
    if (left.isNumber() && right.isString())
        return repeat(work, right, left);
    if (left.isObject() && right.isObject())
        return merge(work, std::move(left), right, true);
    return refuse(work, left, right, u"multiplied");
}

Value divide(Work &work, const Value &left, const Value &right)
{
    if (left.isNumber() && right.isNumber()) {
        if (right.toDouble() == 0)
            return refuse(work, left, right, u"divided because the divisor is zero");
        if (left.isInteger() && right.isInteger() && right.toInteger() != -1 &&
            left.toInteger() % right.toInteger() == 0 && left.toInteger() != 0)
            return Value::integer(left.toInteger() / right.toInteger());
        return Value::number(left.toDouble() / right.toDouble());
    }
    if (!left.isString() || !right.isString())
        return refuse(work, left, right, u"divided");
    return splitText(work, left.text(), right.text());
}

// jq cuts both sides to whole numbers; the sign is that of the dividend.
Value modulo(Work &work, const Value &left, const Value &right)
{
    if (!left.isNumber() || !right.isNumber())
        return refuse(work, left, right, u"divided");
    if (left.isNan() || right.isNan())
        return Value::number(std::numeric_limits<double>::quiet_NaN());
    const auto whole = [](const Value &v) {
        if (v.isInteger())
            return v.toInteger();
        const double d = v.toDouble();
        return d >= 9223372036854775808.0   ? std::numeric_limits<qint64>::max()
               : d < -9223372036854775808.0 ? std::numeric_limits<qint64>::min()
                                            : qint64(d);
    };
    const qint64 divisor = whole(right);
    if (divisor == 0)
        return refuse(work, left, right, u"divided (remainder) because the divisor is zero");
    const quint64 by = divisor < 0 ? 0 - quint64(divisor) : quint64(divisor);
    const qint64 dividend = whole(left);
    const quint64 size = dividend < 0 ? 0 - quint64(dividend) : quint64(dividend);
    const qint64 rest = qint64(size % by);
    return Value::integer(dividend < 0 ? -rest : rest);
}
} // namespace

Value operate(Work &work, Operator op, Value left, const Value &right)
{
    switch (op) {
    case Operator::Add:
        return add(work, std::move(left), right);
    case Operator::Subtract:
        return subtract(work, left, right);
    case Operator::Multiply:
        return multiply(work, std::move(left), right);
    case Operator::Divide:
        return divide(work, left, right);
    case Operator::Modulo:
        return modulo(work, left, right);
    default:
        break;
    }
    qint64 visited = 0;
    const int order = compare(left, right, visited);
    if (visited > 4)
        work.charge(visited / 4);
    switch (op) {
    case Operator::Equal:
        return Value::boolean(order == 0);
    case Operator::NotEqual:
        return Value::boolean(order != 0);
    case Operator::Less:
        return Value::boolean(order < 0);
    case Operator::LessEqual:
        return Value::boolean(order <= 0);
    case Operator::Greater:
        return Value::boolean(order > 0);
    default:
        return Value::boolean(order >= 0);
    }
}

Value negate(Work &work, const Value &value)
{
    if (!value.isNumber())
        return work.failed ? Value() : work.fail(u"%1 cannot be negated"_s.arg(described(value)));
    if (value.isInteger() && value.toInteger() != std::numeric_limits<qint64>::min() && value.toInteger() != 0)
        return Value::integer(-value.toInteger());
    return Value::number(-value.toDouble());
}

Value prependText(Work &work, const QString &format, const Value &part, Value following)
{
    if (work.failed)
        return {};
    const Value text = format.isEmpty() ? work.text(asText(work, part)) : formatted(work, format, part);
    return work.failed ? Value() : add(work, text, following);
}

} // namespace Atom::Expressions
