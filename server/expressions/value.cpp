// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/value.h"

#include "server/expressions/representations.h"

#include <cmath>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

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

const QJsonObject *Value::foldedObject() const
{
    return m_type == Type::Object && objectRep()->folded ? &objectRep()->lazy : nullptr;
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
