// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/value.h"

#include <cmath>
#include <limits>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

struct Representation
{
    explicit Representation(Heap &owner, qint64 size) : heap(&owner), bytes(size) { heap->live += size; }
    ~Representation() { heap->live -= bytes; }
    Q_DISABLE_COPY_MOVE(Representation)
    void resize(qint64 size)
    {
        heap->live += size - bytes;
        bytes = size;
    }
    void contain(const quint32 childDepth)
    {
        if (childDepth + 1 > depth) {
            depth = childDepth + 1;
            if (depth > Heap::maxDepth)
                heap->tooDeep = true;
        }
    }
    Heap *heap;
    qint64 bytes;
    quint32 references = 1;
    quint32 depth = 0; //!< an upper bound; unfolded input counts as one level
};

struct StringRep : Representation
{
    StringRep(Heap &owner, QString t) : Representation(owner, 64 + 2 * t.size()), text(std::move(t)) {}
    QString text;
};

struct ArrayRep : Representation
{
    explicit ArrayRep(Heap &owner) : Representation(owner, 96) { depth = 1; }
    void recount() { resize(96 + qint64(items.capacity() * sizeof(Value))); }
    void unfold()
    {
        if (!folded)
            return;
        folded = false;
        items.reserve(std::size_t(lazy.size()));
        for (const QJsonValue item : std::as_const(lazy))
            items.push_back(Value::fromJson(*heap, item));
        lazy = {};
        recount();
    }
    Value::Items items;
    QJsonArray lazy;
    bool folded = false;
};

struct ObjectRep : Representation
{
    explicit ObjectRep(Heap &owner) : Representation(owner, 112) { depth = 1; }
    static qint64 cost(const QString &key) { return 96 + 2 * key.size(); }
    void unfold()
    {
        if (!folded)
            return;
        folded = false;
        qint64 size = 112;
        for (auto it = lazy.constBegin(); it != lazy.constEnd(); ++it) {
            size += cost(it.key());
            members.emplace_hint(members.end(), it.key(), Value::fromJson(*heap, it.value()));
        }
        lazy = {};
        resize(size);
    }
    Value::Members members;
    QJsonObject lazy;
    bool folded = false;
};

StringRep *Value::stringRep() const
{
    return static_cast<StringRep *>(m_data.rep);
}
ArrayRep *Value::arrayRep() const
{
    return static_cast<ArrayRep *>(m_data.rep);
}
ObjectRep *Value::objectRep() const
{
    return static_cast<ObjectRep *>(m_data.rep);
}

void Value::retain() const
{
    if (m_type >= Type::String)
        ++m_data.rep->references;
}

void Value::release()
{
    if (m_type < Type::String || --m_data.rep->references != 0)
        return;
    if (m_type == Type::String)
        delete stringRep();
    else if (m_type == Type::Array)
        delete arrayRep();
    else
        delete objectRep();
}

Value Value::boolean(bool b)
{
    Value v;
    v.m_type = b ? Type::True : Type::False;
    return v;
}

Value Value::integer(qint64 i)
{
    Value v;
    v.m_type = Type::Integer;
    v.m_data.whole = i;
    return v;
}

Value Value::number(double d)
{
    constexpr double exact = 9007199254740992.0;
    if (d > -exact && d < exact && d == double(qint64(d)) && !(d == 0 && std::signbit(d)))
        return integer(qint64(d));
    Value v;
    v.m_type = Type::Double;
    v.m_data.real = d;
    return v;
}

Value Value::string(Heap &heap, QString text)
{
    Value v;
    v.m_data.rep = new StringRep(heap, std::move(text));
    v.m_type = Type::String;
    return v;
}

Value Value::array(Heap &heap, Items items)
{
    Value v;
    auto *rep = new ArrayRep(heap);
    v.m_data.rep = rep;
    v.m_type = Type::Array;
    rep->items = std::move(items);
    for (const Value &item : rep->items)
        rep->contain(item.m_type >= Type::String ? item.m_data.rep->depth : 0);
    rep->recount();
    return v;
}

Value Value::object(Heap &heap)
{
    Value v;
    v.m_data.rep = new ObjectRep(heap);
    v.m_type = Type::Object;
    return v;
}

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

QLatin1StringView Value::typeName() const
{
    switch (m_type) {
    case Type::Null:
        break;
    case Type::False:
    case Type::True:
        return "boolean"_L1;
    case Type::Integer:
    case Type::Double:
        return "number"_L1;
    case Type::String:
        return "string"_L1;
    case Type::Array:
        return "array"_L1;
    case Type::Object:
        return "object"_L1;
    }
    return "null"_L1;
}

const QString &Value::text() const
{
    return stringRep()->text;
}

qsizetype Value::size() const
{
    if (m_type == Type::Array)
        return arrayRep()->folded ? arrayRep()->lazy.size() : qsizetype(arrayRep()->items.size());
    return objectRep()->folded ? objectRep()->lazy.size() : qsizetype(objectRep()->members.size());
}

Value Value::at(qsizetype index) const
{
    if (arrayRep()->folded)
        return fromJson(*arrayRep()->heap, arrayRep()->lazy.at(index));
    return arrayRep()->items[std::size_t(index)];
}

const Value::Items &Value::items() const
{
    arrayRep()->unfold();
    return arrayRep()->items;
}

ArrayRep *Value::ownArray(Heap &heap)
{
    ArrayRep *rep = arrayRep();
    rep->unfold();
    if (rep->references > 1) {
        const quint32 depth = rep->depth;
        *this = array(heap, rep->items);
        rep = arrayRep();
        rep->depth = depth;
    }
    return rep;
}

void Value::append(Heap &heap, Value item)
{
    ArrayRep *rep = ownArray(heap);
    rep->contain(item.m_type >= Type::String ? item.m_data.rep->depth : 0);
    const std::size_t before = rep->items.capacity();
    rep->items.push_back(std::move(item));
    if (rep->items.capacity() != before)
        rep->recount();
}

void Value::setAt(Heap &heap, qsizetype index, Value item)
{
    ArrayRep *rep = ownArray(heap);
    rep->contain(item.m_type >= Type::String ? item.m_data.rep->depth : 0);
    if (std::size_t(index) >= rep->items.size()) {
        // Doubling as push_back does: a program that fills an array index by index stays linear.
        if (std::size_t(index) >= rep->items.capacity())
            rep->items.reserve(std::max(std::size_t(index) + 1, 2 * rep->items.capacity()));
        rep->items.resize(std::size_t(index) + 1);
        rep->recount();
    }
    rep->items[std::size_t(index)] = std::move(item);
}

Value Value::takeAt(Heap &heap, qsizetype index)
{
    return std::exchange(ownArray(heap)->items[std::size_t(index)], Value());
}

bool Value::member(const QString &key, Value *out) const
{
    const ObjectRep *rep = objectRep();
    if (rep->folded) {
        const auto it = rep->lazy.constFind(key);
        if (it == rep->lazy.constEnd())
            return false;
        *out = fromJson(*rep->heap, it.value());
        return true;
    }
    const auto it = rep->members.find(key);
    if (it == rep->members.end())
        return false;
    *out = it->second;
    return true;
}

const Value::Members &Value::members() const
{
    objectRep()->unfold();
    return objectRep()->members;
}

ObjectRep *Value::ownObject(Heap &heap)
{
    ObjectRep *rep = objectRep();
    rep->unfold();
    if (rep->references > 1) {
        auto *copy = new ObjectRep(heap);
        copy->members = rep->members;
        copy->depth = rep->depth;
        copy->resize(rep->bytes);
        --rep->references;
        m_data.rep = rep = copy;
    }
    return rep;
}

void Value::insert(Heap &heap, const QString &key, Value item)
{
    ObjectRep *rep = ownObject(heap);
    rep->contain(item.m_type >= Type::String ? item.m_data.rep->depth : 0);
    const auto [it, isNew] = rep->members.try_emplace(key);
    if (isNew)
        rep->resize(rep->bytes + ObjectRep::cost(key));
    it->second = std::move(item);
}

Value Value::takeMember(Heap &heap, const QString &key)
{
    ObjectRep *rep = ownObject(heap);
    const auto it = rep->members.find(key);
    return it == rep->members.end() ? Value() : std::exchange(it->second, Value());
}

void Value::remove(Heap &heap, const QString &key)
{
    ObjectRep *rep = ownObject(heap);
    if (rep->members.erase(key) != 0)
        rep->resize(rep->bytes - ObjectRep::cost(key));
}

bool Value::isIdentical(const Value &other) const
{
    return m_type == other.m_type && (m_type <= Type::True || m_data.whole == other.m_data.whole);
}

} // namespace Atom::Expressions
