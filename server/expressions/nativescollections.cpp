// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Natives about arrays, objects and values as such.
#include "server/expressions/access.h"
#include "server/expressions/arithmetic.h"
#include "server/expressions/codepoints.h"
#include "server/expressions/library.h"
#include "server/expressions/natives.h"

#include <cmath>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
Value notF(Work &, Value &input, Value *)
{
    return Value::boolean(!input.isTruthy());
}

Value typeF(Work &work, Value &input, Value *)
{
    return work.text(input.typeName());
}

Value lengthF(Work &work, Value &input, Value *)
{
    switch (input.type()) {
    case Value::Type::Null:
        return Value::integer(0);
    case Value::Type::Integer:
    case Value::Type::Double:
        if (input.isInteger())
            return input.toInteger() < 0 ? negate(work, input) : input;
        return Value::number(std::abs(input.toDouble()));
    case Value::Type::String:
        work.charge(input.text().size() / 256);
        return Value::integer(codePointCount(input.text()));
    case Value::Type::Array:
    case Value::Type::Object:
        return Value::integer(input.size());
    default:
        return work.fail(u"%1 has no length"_s.arg(described(input)));
    }
}

Value keysF(Work &work, Value &input, Value *)
{
    Value::Items out;
    if (input.isArray()) {
        for (qsizetype i = 0; i < input.size(); ++i)
            out.push_back(Value::integer(i));
    } else if (input.isObject()) {
        for (const auto &[key, item] : input.members())
            out.push_back(work.text(key));
        // The members are in the order of UTF-16; jq's is that of code points.
        std::sort(out.begin(), out.end(),
                  [](const Value &a, const Value &b) { return compareText(a.text(), b.text()) < 0; });
    } else {
        return work.fail(u"%1 has no keys"_s.arg(described(input)));
    }
    work.charge(qint64(out.size()) / 2);
    return Value::array(work.heap, std::move(out));
}

Value hasF(Work &work, Value &input, Value *args)
{
    const Value &key = args[0];
    Value item;
    if (input.isNull() && (key.isString() || key.isNumber()))
        return Value::boolean(false);
    if (input.isObject() && key.isString())
        return Value::boolean(input.member(key.text(), &item));
    if (input.isArray() && key.isNumber())
        return Value::boolean(key.toDouble() >= 0 && key.toDouble() < double(input.size()));
    return work.fail(u"Cannot check whether %1 has a %2 key"_s.arg(
        input.typeName(), key.isString() ? u"string"_s : QString(key.typeName())));
}

bool contains(Work &work, const Value &a, const Value &b)
{
    if (!work.charge())
        return false;
    if (a.isObject() && b.isObject()) {
        for (const auto &[key, item] : b.members()) {
            Value mine;
            if (!a.member(key, &mine) || !contains(work, mine, item))
                return false;
        }
        return true;
    }
    if (a.isArray() && b.isArray()) {
        for (const Value &item : b.items()) {
            const bool found = std::any_of(a.items().begin(), a.items().end(), [&](const Value &mine) {
                return mine.typeName() == item.typeName() && contains(work, mine, item);
            });
            if (!found)
                return false;
        }
        return true;
    }
    if (a.isString() && b.isString()) {
        work.charge(a.text().size() / 64);
        return a.text().contains(b.text());
    }
    qint64 visited = 0;
    return compare(a, b, visited) == 0;
}

Value containsF(Work &work, Value &input, Value *args)
{
    // jq has two kinds of boolean; whole numbers and others are one kind here.
    if (input.typeName() != args[0].typeName() || (input.isBool() && input.type() != args[0].type()))
        return work.fail(
            u"%1 and %2 cannot have their containment checked"_s.arg(described(input), described(args[0])));
    return Value::boolean(contains(work, input, args[0]));
}

Value addF(Work &work, Value &input, Value *)
{
    if (!input.isArray() && !input.isObject())
        return work.fail(u"Cannot iterate over %1"_s.arg(described(input)));
    Value sum;
    const auto step = [&](const Value &item) {
        if (!work.failed && work.charge())
            sum = operate(work, Operator::Add, std::move(sum), item);
    };
    // Texts are joined in one go: adding them one by one is quadratic.
    if (input.isArray() && input.size() > 2 &&
        std::all_of(input.items().begin(), input.items().end(), [](const Value &v) { return v.isString(); })) {
        QString all;
        for (const Value &item : input.items()) {
            if (!work.charge() || !work.reserve(4.0 * double(all.size() + item.text().size())))
                return {};
            all += item.text();
        }
        return work.text(std::move(all));
    }
    if (input.isArray()) {
        for (const Value &item : input.items())
            step(item);
    } else {
        for (const auto &[key, item] : input.members())
            step(item);
    }
    return sum;
}

Value anyOrAll(Work &work, const Value &input, bool isAny)
{
    if (!input.isArray() && !input.isObject())
        return work.fail(u"Cannot iterate over %1"_s.arg(described(input)));
    work.charge(input.size() / 4);
    bool decided = false;
    const auto look = [&](const Value &item) { decided = decided || item.isTruthy() == isAny; };
    if (input.isArray())
        std::for_each(input.items().begin(), input.items().end(), look);
    else
        std::for_each(input.members().begin(), input.members().end(), [&](const auto &m) { look(m.second); });
    return Value::boolean(decided == isAny);
}
Value anyF(Work &work, Value &input, Value *)
{
    return anyOrAll(work, input, true);
}
Value allF(Work &work, Value &input, Value *)
{
    return anyOrAll(work, input, false);
}

void flatten(Work &work, const Value &input, double depth, Value::Items &out)
{
    const auto one = [&](const Value &item) {
        if (!work.charge())
            return;
        if (item.isArray() && depth > 0)
            flatten(work, item, depth - 1, out);
        else
            out.push_back(item);
    };
    if (input.isArray())
        std::for_each(input.items().begin(), input.items().end(), one);
    else
        std::for_each(input.members().begin(), input.members().end(), [&](const auto &m) { one(m.second); });
}

Value flattenF(Work &work, Value &input, Value *args)
{
    if (!args[0].isNumber())
        return work.fail(u"flatten depth must be a number"_s);
    if (args[0].toDouble() < 0)
        return work.fail(u"flatten depth must not be negative"_s);
    if (!input.isArray() && !input.isObject())
        return work.fail(u"Cannot iterate over %1"_s.arg(described(input)));
    Value::Items out;
    flatten(work, input, args[0].toDouble(), out);
    return Value::array(work.heap, std::move(out));
}
Value flattenAllF(Work &work, Value &input, Value *)
{
    Value depth = Value::number(1e9);
    return flattenF(work, input, &depth);
}

Value reverseF(Work &work, Value &input, Value *)
{
    if (input.isNull())
        return Value::array(work.heap);
    if (input.isString()) {
        work.charge(input.text().size() / 16);
        QList<uint> points = input.text().toUcs4();
        std::reverse(points.begin(), points.end());
        return work.text(QString::fromUcs4(reinterpret_cast<const char32_t *>(points.constData()), points.size()));
    }
    if (!input.isArray())
        return work.fail(u"Cannot reverse %1"_s.arg(described(input)));
    work.charge(input.size() / 8);
    return Value::array(work.heap, Value::Items(input.items().rbegin(), input.items().rend()));
}

Value toEntriesF(Work &work, Value &input, Value *)
{
    if (!input.isObject() && !input.isArray())
        return work.fail(u"%1 has no keys"_s.arg(described(input)));
    work.charge(input.size());
    Value out = Value::array(work.heap);
    const auto one = [&](Value key, const Value &item) {
        Value entry = Value::object(work.heap);
        entry.insert(work.heap, u"key"_s, std::move(key));
        entry.insert(work.heap, u"value"_s, item);
        out.append(work.heap, std::move(entry));
    };
    if (input.isArray()) {
        for (qsizetype i = 0; i < input.size(); ++i)
            one(Value::integer(i), input.at(i));
        return out;
    }
    for (const auto &[key, item] : input.members())
        one(work.text(key), item);
    return out;
}

Value fromEntriesF(Work &work, Value &input, Value *)
{
    if (!input.isArray() && !input.isObject())
        return work.fail(u"Cannot iterate over %1"_s.arg(described(input)));
    Value out = Value::object(work.heap);
    const auto one = [&](const Value &entry) {
        if (work.failed || !work.charge())
            return;
        Value key = fieldValue(work, entry, u"key"_s);
        for (const QString &name : {u"k"_s, u"name"_s, u"Name"_s, u"K"_s, u"Key"_s}) {
            if (!work.failed && key.isNull())
                key = fieldValue(work, entry, name);
        }
        Value item;
        if (!work.failed && entry.isObject() && !entry.member(u"value"_s, &item) && !entry.member(u"v"_s, &item))
            entry.member(u"Value"_s, &item);
        if (!work.failed)
            out.insert(work.heap, asText(work, key), std::move(item));
    };
    if (input.isArray())
        std::for_each(input.items().begin(), input.items().end(), one);
    else
        std::for_each(input.members().begin(), input.members().end(), [&](const auto &m) { one(m.second); });
    return out;
}

Value setPathF(Work &work, Value &input, Value *args)
{
    return setPath(work, std::move(input), args[0], args[1]);
}
Value deletePathsF(Work &work, Value &input, Value *args)
{
    return deletePaths(work, std::move(input), args[0]);
}
Value sameF(Work &, Value &input, Value *)
{
    return std::move(input);
}

Value builtinsF(Work &work, Value &, Value *)
{
    Value::Items out;
    QStringList names = nativeNames() + Library::instance().names();
    names += {u"empty/0"_s, u"error/0"_s,  u"error/1"_s, u"env/0"_s,   u"path/1"_s, u"getpath/1"_s, u"del/1"_s,
              u"map/1"_s,   u"select/1"_s, u"limit/2"_s, u"first/1"_s, u"last/1"_s, u"range/3"_s};
    for (const QString &name : std::as_const(names))
        out.push_back(work.text(name));
    return Value::array(work.heap, std::move(out));
}

constexpr NativeFunction functions[] = {
    {"not", 0, notF},
    {"type", 0, typeF},
    {"length", 0, lengthF},
    {"keys", 0, keysF},
    {"keys_unsorted", 0, keysF},
    {"has", 1, hasF},
    {"contains", 1, containsF},
    {"add", 0, addF},
    {"any", 0, anyF},
    {"all", 0, allF},
    {"flatten", 0, flattenAllF},
    {"flatten", 1, flattenF},
    {"to_entries", 0, toEntriesF},
    {"from_entries", 0, fromEntriesF},
    {"reverse", 0, reverseF},
    {"setpath", 2, setPathF},
    {"delpaths", 1, deletePathsF},
    {"debug", 0, sameF},
    {"stderr", 0, sameF},
    {"builtins", 0, builtinsF},
};
} // namespace

std::span<const NativeFunction> collectionFunctions()
{
    return functions;
}

} // namespace Atom::Expressions
