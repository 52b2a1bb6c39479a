// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Natives that order, group and search arrays. The _by forms get the keys as an argument, one for each item.
#include "server/expressions/access.h"
#include "server/expressions/codepoints.h"
#include "server/expressions/natives.h"

#include <numeric>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
using Order = std::vector<std::size_t>;

// std::sort cannot stop; the comparisons of a sort are paid before it begins.
bool payForSort(Work &work, const Value &keys)
{
    qint64 log = 1;
    for (qsizetype n = keys.size(); n > 1; n /= 2)
        ++log;
    return work.charge(keys.size() * log / 8);
}

bool sortedOrder(Work &work, const Value &input, const Value &keys, Order *order)
{
    if (!input.isArray()) {
        work.fail(u"%1 cannot be sorted, as it is not an array"_s.arg(described(input)));
        return false;
    }
    if (!keys.isArray() || keys.size() != input.size()) {
        work.fail(u"there must be one key for each item"_s);
        return false;
    }
    if (!payForSort(work, keys))
        return false;
    order->resize(std::size_t(input.size()));
    std::iota(order->begin(), order->end(), 0);
    const Value::Items &items = keys.items();
    qint64 visited = 0;
    // Once the budget is gone every comparison says "not less", which ends the sort quickly and stays a valid order.
    std::stable_sort(order->begin(), order->end(), [&](std::size_t a, std::size_t b) {
        if (visited > 1024) {
            work.charge(visited / 4);
            visited = 0;
        }
        return !work.spent && compare(items[a], items[b], visited) < 0;
    });
    return !work.spent;
}

Value sortByF(Work &work, Value &input, Value *args)
{
    Order order;
    if (!sortedOrder(work, input, args[0], &order))
        return {};
    Value::Items out;
    out.reserve(order.size());
    for (const std::size_t i : order)
        out.push_back(input.items()[i]);
    return Value::array(work.heap, std::move(out));
}

Value groupByF(Work &work, Value &input, Value *args)
{
    Order order;
    if (!sortedOrder(work, input, args[0], &order))
        return {};
    Value out = Value::array(work.heap);
    Value::Items group;
    qint64 visited = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && compare(args[0].items()[order[i - 1]], args[0].items()[order[i]], visited) != 0)
            out.append(work.heap, Value::array(work.heap, std::exchange(group, {})));
        group.push_back(input.items()[order[i]]);
    }
    if (!group.empty())
        out.append(work.heap, Value::array(work.heap, std::move(group)));
    work.charge(visited / 4);
    return out;
}

Value uniqueByF(Work &work, Value &input, Value *args)
{
    Order order;
    if (!sortedOrder(work, input, args[0], &order))
        return {};
    Value::Items out;
    qint64 visited = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i == 0 || compare(args[0].items()[order[i - 1]], args[0].items()[order[i]], visited) != 0)
            out.push_back(input.items()[order[i]]);
    }
    work.charge(visited / 4);
    return Value::array(work.heap, std::move(out));
}

Value extremeBy(Work &work, const Value &input, const Value &keys, bool isMax)
{
    if (!input.isArray() || !keys.isArray() || keys.size() != input.size())
        return work.fail(u"%1 cannot be searched, as it is not an array"_s.arg(described(input)));
    if (input.size() == 0)
        return {};
    std::size_t best = 0;
    for (std::size_t i = 1; i < input.items().size(); ++i) {
        qint64 visited = 0;
        const int order = compare(keys.items()[i], keys.items()[best], visited);
        if (!work.charge(1 + visited / 4))
            return {};
        if (isMax ? order >= 0 : order < 0)
            best = i;
    }
    return input.items()[best];
}

Value minByF(Work &work, Value &input, Value *args)
{
    return extremeBy(work, input, args[0], false);
}
Value maxByF(Work &work, Value &input, Value *args)
{
    return extremeBy(work, input, args[0], true);
}
Value sortF(Work &work, Value &input, Value *)
{
    Value keys = input;
    return sortByF(work, input, &keys);
}
Value uniqueF(Work &work, Value &input, Value *)
{
    Value keys = input;
    return uniqueByF(work, input, &keys);
}
Value minF(Work &work, Value &input, Value *)
{
    return extremeBy(work, input, input, false);
}
Value maxF(Work &work, Value &input, Value *)
{
    return extremeBy(work, input, input, true);
}

// The index, or -1 - (where it would stand).
Value bsearchF(Work &work, Value &input, Value *args)
{
    if (!input.isArray())
        return work.fail(u"%1 cannot be searched from"_s.arg(described(input)));
    qsizetype low = 0;
    qsizetype high = input.size();
    while (low < high) {
        const qsizetype middle = low + (high - low) / 2;
        qint64 visited = 0;
        const int order = compare(input.items()[std::size_t(middle)], args[0], visited);
        if (!work.charge(1 + visited / 4))
            return {};
        if (order == 0)
            return Value::integer(middle);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return Value::integer(-1 - low);
}

Value indicesF(Work &work, Value &input, Value *args)
{
    return indicesOf(work, input, args[0]);
}
Value indexF(Work &work, Value &input, Value *args)
{
    const Value all = indicesOf(work, input, args[0]);
    return work.failed ? Value() : indexValue(work, all, Value::integer(0)); // of an object: what stands there
}
Value rindexF(Work &work, Value &input, Value *args)
{
    const Value all = indicesOf(work, input, args[0]);
    return work.failed ? Value() : indexValue(work, all, Value::integer(-1));
}

Value textIndices(Work &work, const QString &text, const QString &part)
{
    Value out = Value::array(work.heap);
    if (part.isEmpty())
        return {};
    qsizetype counted = 0;
    qsizetype points = 0;
    work.charge(text.size() / 16);
    for (qsizetype at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
        points += codePointCount(QStringView(text).mid(counted, at - counted));
        counted = at;
        if (!work.charge())
            return {};
        out.append(work.heap, Value::integer(points));
    }
    return out;
}

constexpr NativeFunction functions[] = {
    {"sort", 0, sortF},           {"_sort_by", 1, sortByF}, {"_group_by", 1, groupByF}, {"unique", 0, uniqueF},
    {"_unique_by", 1, uniqueByF}, {"min", 0, minF},         {"max", 0, maxF},           {"_min_by", 1, minByF},
    {"_max_by", 1, maxByF},       {"bsearch", 1, bsearchF}, {"indices", 1, indicesF},   {"_indices", 1, indicesF},
    {"index", 1, indexF},         {"rindex", 1, rindexF},
};
} // namespace

Value indicesOf(Work &work, const Value &base, const Value &part)
{
    if (base.isNull())
        return {};
    if (base.isString() && part.isString())
        return textIndices(work, base.text(), part.text());
    if (!base.isArray())
        return indexValue(work, base, part);
    Value out = Value::array(work.heap);
    const Value wanted = part.isArray() ? part : Value::array(work.heap, {part});
    const Value::Items &items = base.items();
    const Value::Items &sought = wanted.items();
    if (sought.empty())
        return {};
    for (std::size_t i = 0; i + sought.size() <= items.size(); ++i) {
        qint64 visited = 0;
        std::size_t j = 0;
        while (j < sought.size() && compare(items[i + j], sought[j], visited) == 0)
            ++j;
        if (!work.charge(1 + visited / 4))
            return {};
        if (j == sought.size())
            out.append(work.heap, Value::integer(qint64(i)));
    }
    return out;
}

std::span<const NativeFunction> sortFunctions()
{
    return functions;
}

} // namespace Atom::Expressions
