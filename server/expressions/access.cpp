// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/access.h"

#include "server/expressions/codepoints.h"
#include "server/expressions/natives.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype maxIndex = 536'870'911; // jq's own bound

Value cannotIndex(Work &work, const Value &base, const Value &key)
{
    if (key.isString() && !base.isObject())
        return work.fail(u"Cannot index %1 with string \"%2\""_s.arg(base.typeName(), key.text().left(256)));
    return work.fail(u"Cannot index %1 with %2"_s.arg(base.typeName(), key.typeName()));
}

bool isBound(const Value &v)
{
    return v.isNull() || v.isNumber();
}

struct Bounds
{
    qsizetype from;
    qsizetype to;
};

Bounds boundsOf(const Value &from, const Value &to, qsizetype size)
{
    double start = from.isNull() || from.isNan() ? 0 : from.toDouble();
    double end = to.isNull() || to.isNan() ? double(size) : to.toDouble();
    if (start < 0)
        start += double(size);
    if (end < 0)
        end += double(size);
    start = std::floor(std::clamp(start, 0.0, double(size)));
    end = std::ceil(std::clamp(end, 0.0, double(size)));
    return {qsizetype(start), qsizetype(std::max(start, end))};
}

bool sliceBounds(const Value &key, Value *from, Value *to)
{
    *from = *to = Value();
    key.member(u"start"_s, from);
    key.member(u"end"_s, to);
    return isBound(*from) && isBound(*to);
}

Value setSlice(Work &work, const Value &base, const Value &key, const Value &item)
{
    Value from;
    Value to;
    if (base.isString())
        return work.fail(u"Cannot update string slices"_s);
    if (!base.isArray() && !base.isNull())
        return work.fail(u"Cannot update field at object index of %1"_s.arg(base.typeName()));
    if (!sliceBounds(key, &from, &to))
        return work.fail(u"Start and end indices of an array slice must be numbers"_s);
    if (!item.isArray())
        return work.fail(u"A slice of an array can only be assigned another array"_s);
    const qsizetype size = base.isNull() ? 0 : base.size();
    const Bounds b = boundsOf(from, to, size);
    work.charge((size + item.size()) / 8);
    if (!work.reserve(double(size + item.size()) * sizeof(Value)))
        return {};
    Value::Items out;
    if (size > 0)
        out.assign(base.items().begin(), base.items().begin() + b.from);
    out.insert(out.end(), item.items().begin(), item.items().end());
    if (size > 0)
        out.insert(out.end(), base.items().begin() + b.to, base.items().end());
    return Value::array(work.heap, std::move(out));
}

// Where an item may be put; -1 after an error.
qsizetype writableIndex(Work &work, const Value &base, const Value &key)
{
    if (key.isNan()) {
        work.fail(u"Cannot set array element at NaN index"_s);
        return -1;
    }
    const qsizetype size = base.isNull() ? 0 : base.size();
    double at = std::floor(key.toDouble());
    if (at < 0)
        at += double(size);
    if (at < 0)
        work.fail(u"Out of bounds negative array index"_s);
    else if (at > double(maxIndex))
        work.fail(u"Array index too large"_s);
    else if (at < double(size) || work.reserve((at - double(size)) * sizeof(Value)))
        return qsizetype(at);
    return -1;
}

Value setKey(Work &work, Value base, const Value &key, Value item)
{
    if (key.isString() && (base.isObject() || base.isNull())) {
        if (base.isNull())
            base = Value::object(work.heap);
        base.insert(work.heap, key.text(), std::move(item));
        return base;
    }
    if (key.isNumber() && (base.isArray() || base.isNull())) {
        const qsizetype at = writableIndex(work, base, key);
        if (at < 0)
            return {};
        if (base.isNull())
            base = Value::array(work.heap);
        if (at > base.size())
            work.charge((at - base.size()) / 16);
        base.setAt(work.heap, at, std::move(item));
        return base;
    }
    if (key.isObject())
        return setSlice(work, base, key, item);
    return cannotIndex(work, base, key);
}

// What stands at `key`, taken out of `base` when that is possible without changing its shape.
Value takeKey(Work &work, Value &base, const Value &key)
{
    if (key.isString() && base.isObject())
        return base.takeMember(work.heap, key.text());
    if (key.isNumber() && base.isArray() && !key.isNan()) {
        double at = std::floor(key.toDouble());
        at += at < 0 ? double(base.size()) : 0;
        return at >= 0 && at < double(base.size()) ? base.takeAt(work.heap, qsizetype(at)) : Value();
    }
    return indexValue(work, base, key);
}

Value setFrom(Work &work, Value root, const Value &path, qsizetype at, Value leaf)
{
    if (at >= path.size())
        return leaf;
    if (!work.charge())
        return {};
    const Value key = path.at(at);
    if (at + 1 == path.size())
        return setKey(work, std::move(root), key, std::move(leaf));
    Value child = root.isNull() ? Value() : takeKey(work, root, key);
    if (root.isNull() && !key.isString() && !key.isNumber() && !key.isObject())
        return cannotIndex(work, root, key);
    if (work.failed)
        return {};
    child = setFrom(work, std::move(child), path, at + 1, std::move(leaf));
    return work.failed ? Value() : setKey(work, std::move(root), key, std::move(child));
}

// All keys of one container at once: each means the container as it was.
Value removeKeys(Work &work, Value base, const Value::Items &keys)
{
    if (base.isNull() || keys.empty())
        return base;
    const qsizetype size = base.isArray() ? base.size() : 0;
    std::vector<bool> gone(std::size_t(size), false);
    work.charge(1 + size / 16);
    for (const Value &key : keys) {
        qsizetype from = 0;
        qsizetype to = 0;
        if (base.isObject() && key.isString()) {
            base.remove(work.heap, key.text());
        } else if (base.isArray() && key.isNumber()) {
            const double at = std::floor(key.toDouble()) + (key.toDouble() < 0 ? double(size) : 0);
            from = at >= 0 && at < double(size) ? qsizetype(at) : 0;
            to = at >= 0 && at < double(size) ? from + 1 : 0;
        } else if (base.isArray() && key.isObject()) {
            Value start;
            Value end;
            if (!sliceBounds(key, &start, &end))
                return work.fail(u"Start and end indices of an array slice must be numbers"_s);
            const Bounds b = boundsOf(start, end, size);
            from = b.from;
            to = b.to;
        } else {
            return work.fail(u"Cannot delete field at %1 index of %2"_s.arg(key.isString()   ? u"object"_s
                                                                            : key.isNumber() ? u"array"_s
                                                                                             : QString(key.typeName()),
                                                                            base.typeName()));
        }
        std::fill(gone.begin() + from, gone.begin() + to, true);
        if (!work.charge(1 + (to - from) / 64))
            return {};
    }
    if (!base.isArray())
        return base;
    Value::Items rest;
    for (qsizetype i = 0; i < size; ++i) {
        if (!gone[std::size_t(i)])
            rest.push_back(base.at(i));
    }
    return Value::array(work.heap, std::move(rest));
}

// `paths` are sorted, longer than `depth`, and agree before it.
Value removeSorted(Work &work, Value root, std::span<const Value> paths, qsizetype depth)
{
    if (root.isNull() || !work.charge(1 + qint64(paths.size()) / 4))
        return root;
    Value::Items whole;
    qint64 visited = 0;
    for (std::size_t i = 0; i < paths.size() && !work.failed;) {
        const Value key = paths[i].at(depth);
        std::size_t end = i + 1;
        while (end < paths.size() && compare(key, paths[end].at(depth), visited) == 0)
            ++end;
        if (paths[i].size() == depth + 1) {
            whole.push_back(key); // and with it everything below
        } else {
            Value child = indexValue(work, root, key);
            if (!work.failed && !child.isNull()) {
                child = removeSorted(work, std::move(child), paths.subspan(i, end - i), depth + 1);
                root = work.failed ? Value() : setKey(work, std::move(root), key, std::move(child));
            }
        }
        i = end;
    }
    return work.failed ? Value() : removeKeys(work, std::move(root), whole);
}

bool isPath(Work &work, const Value &path)
{
    if (!path.isArray())
        work.fail(u"Path must be specified as an array"_s);
    else if (path.size() > qsizetype(Heap::maxDepth))
        work.fail(u"a path is longer than %1 steps"_s.arg(Heap::maxDepth));
    return !work.failed;
}
} // namespace

Value fieldValue(Work &work, const Value &base, const QString &name)
{
    Value item;
    if (base.isObject())
        base.member(name, &item);
    else if (!base.isNull() && !work.failed)
        work.fail(u"Cannot index %1 with string \"%2\""_s.arg(base.typeName(), name.left(256)));
    return item;
}

Value indexValue(Work &work, const Value &base, const Value &key)
{
    if (key.isString() && (base.isObject() || base.isNull()))
        return fieldValue(work, base, key.text());
    if (key.isNumber() && (base.isArray() || base.isNull())) {
        if (base.isNull() || key.isNan())
            return {};
        double at = std::floor(key.toDouble());
        at += at < 0 ? double(base.size()) : 0;
        return at >= 0 && at < double(base.size()) ? base.at(qsizetype(at)) : Value();
    }
    if (key.isObject() && (base.isArray() || base.isString() || base.isNull())) {
        Value from;
        Value to;
        if (!sliceBounds(key, &from, &to))
            return work.fail(u"Start and end indices of an array slice must be numbers"_s);
        return sliceValue(work, base, from, to);
    }
    if (key.isArray() && base.isArray())
        return indicesOf(work, base, key);
    return cannotIndex(work, base, key);
}

Value sliceValue(Work &work, const Value &base, const Value &from, const Value &to)
{
    if (base.isNull())
        return {};
    if (!base.isArray() && !base.isString())
        return work.fail(u"Cannot index %1 with object"_s.arg(base.typeName()));
    if (!isBound(from) || !isBound(to))
        return work.fail(u"Start and end indices of an array slice must be numbers"_s);
    if (base.isString()) {
        const QString &text = base.text();
        const Bounds b = boundsOf(from, to, codePointCount(text));
        work.charge(text.size() / 64);
        const qsizetype start = unitOffset(text, b.from);
        return work.text(text.mid(start, unitOffset(text, b.to - b.from, start) - start));
    }
    const Bounds b = boundsOf(from, to, base.size());
    work.charge((b.to - b.from) / 16);
    return Value::array(work.heap, Value::Items(base.items().begin() + b.from, base.items().begin() + b.to));
}

Value sliceKey(Heap &heap, const Value &from, const Value &to)
{
    Value key = Value::object(heap);
    key.insert(heap, u"start"_s, from);
    key.insert(heap, u"end"_s, to);
    return key;
}

Value getPath(Work &work, const Value &root, const Value &path)
{
    if (!path.isArray())
        return work.fail(u"Path must be specified as an array"_s);
    Value at = root;
    for (qsizetype i = 0; i < path.size() && !at.isNull() && !work.failed; ++i)
        at = indexValue(work, at, path.at(i));
    return at;
}

Value takePath(Work &work, Value &root, const Value &path)
{
    if (!isPath(work, path))
        return {};
    if (path.size() == 0)
        return std::exchange(root, Value());
    if (path.size() == 1)
        return root.isNull() ? indexValue(work, root, path.at(0)) : takeKey(work, root, path.at(0));
    return getPath(work, root, path);
}

Value setPath(Work &work, Value root, const Value &path, Value leaf)
{
    return isPath(work, path) ? setFrom(work, std::move(root), path, 0, std::move(leaf)) : Value();
}

Value deletePaths(Work &work, Value root, const Value &paths)
{
    if (!paths.isArray())
        return work.fail(u"Paths must be specified as an array"_s);
    Value::Items sorted = paths.items();
    for (const Value &path : sorted) {
        if (!isPath(work, path))
            return {};
    }
    qint64 visited = 0;
    std::sort(sorted.begin(), sorted.end(),
              [&visited](const Value &a, const Value &b) { return compare(a, b, visited) < 0; });
    if (!work.charge(visited / 4))
        return {};
    if (!sorted.empty() && sorted.front().size() == 0)
        return {}; // the whole
    return removeSorted(work, std::move(root), sorted, 0);
}

} // namespace Atom::Expressions
