// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QString>

#include <map>
#include <utility>
#include <vector>

namespace Atom::Expressions {

//! \brief Counts the bytes that the values, frames and choices of one evaluation hold. Nothing fails here: the
//! evaluator looks at isExceeded() after every step and asks fits() before anything large. It outlives every Value made
//! with it.
struct Heap
{
    static constexpr quint32 maxDepth = 1'000; //!< levels of nesting a program may build; bounds every recursion
    qint64 live = 0;
    qint64 limit = 64 * 1024 * 1024;
    bool tooDeep = false;

    bool fits(double bytes) const { return double(live) + bytes <= double(limit); }
    bool isExceeded() const { return live > limit || tooDeep; }
};

struct Representation;
struct StringRep;
struct ArrayRep;
struct ObjectRep;

//! \brief A JSON value inside one evaluation: 16 bytes, counted references, copied on write when shared. Integers are
//! exact in 64 bits. QJsonArray and QJsonObject are taken over as they are and unfolded one level at a time when they
//! are looked into, so that an expression costs what it touches, not what it is given. Not for two threads at once.
class Value
{
public:
    enum class Type : quint8 { Null, False, True, Integer, Double, String, Array, Object };
    using Items = std::vector<Value>;
    using Members = std::map<QString, Value>; //!< by UTF-16 code unit, as QJsonObject

    Value() = default; //!< null
    Value(const Value &other) noexcept : m_type(other.m_type), m_data(other.m_data) { retain(); }
    Value(Value &&other) noexcept : m_type(other.m_type), m_data(other.m_data) { other.m_type = Type::Null; }
    Value &operator=(Value other) noexcept
    {
        std::swap(m_type, other.m_type);
        std::swap(m_data, other.m_data);
        return *this;
    }
    ~Value() { release(); }

    static Value boolean(bool b);
    static Value integer(qint64 i);
    //! \brief Whole numbers below 2^53 become integers, so that equal numbers have one form; -0 stays a double.
    static Value number(double d);
    static Value string(Heap &heap, QString text);
    static Value array(Heap &heap, Items items = {});
    static Value object(Heap &heap);
    static Value fromJson(Heap &heap, const QJsonValue &value);
    //! \brief NaN becomes null, infinities the largest double. Untouched parts of the input are shared, not rebuilt.
    QJsonValue toJson() const;
    //! \brief Levels of nesting, counted only until `limit`.
    int depth(int limit) const;

    Type type() const { return m_type; }
    bool isNull() const { return m_type == Type::Null; }
    bool isBool() const { return m_type == Type::True || m_type == Type::False; }
    bool isNumber() const { return m_type == Type::Integer || m_type == Type::Double; }
    bool isInteger() const { return m_type == Type::Integer; }
    bool isString() const { return m_type == Type::String; }
    bool isArray() const { return m_type == Type::Array; }
    bool isObject() const { return m_type == Type::Object; }
    bool isTruthy() const { return m_type != Type::Null && m_type != Type::False; }
    bool isNan() const { return m_type == Type::Double && m_data.real != m_data.real; }
    QLatin1StringView typeName() const;

    qint64 toInteger() const { return m_data.whole; } //!< of an integer
    double toDouble() const { return m_type == Type::Integer ? double(m_data.whole) : m_data.real; }
    const QString &text() const; //!< of a string

    qsizetype size() const;                              //!< of an array or object, without unfolding it
    Value at(qsizetype index) const;                     //!< of an array, in range
    const Items &items() const;                          //!< of an array
    void append(Heap &heap, Value item);                 //!< to an array
    void setAt(Heap &heap, qsizetype index, Value item); //!< grows with null; the caller has asked fits()
    Value takeAt(Heap &heap, qsizetype index);           //!< leaves null there: the part can then be changed in place

    bool member(const QString &key, Value *out) const; //!< of an object
    const Members &members() const;
    //! \brief The object as it was given when nobody has looked into it yet, otherwise null.
    const QJsonObject *foldedObject() const;
    void insert(Heap &heap, const QString &key, Value item);
    Value takeMember(Heap &heap, const QString &key); //!< leaves null there
    void remove(Heap &heap, const QString &key);

    //! \brief The very same value, not an equal copy: what jq asks to see whether a path is still intact.
    bool isIdentical(const Value &other) const;

private:
    void retain() const;
    void release();
    StringRep *stringRep() const;
    ArrayRep *arrayRep() const;
    ObjectRep *objectRep() const;
    ArrayRep *ownArray(Heap &heap);
    ObjectRep *ownObject(Heap &heap);

    Type m_type = Type::Null;
    union {
        qint64 whole;
        double real;
        Representation *rep;
    } m_data = {0};
};

//! \brief jq's total order: null < false < true < numbers < strings < arrays < objects; NaN is below every number.
//! `visited` grows by the parts looked at. \return negative, 0 or positive.
int compare(const Value &a, const Value &b, qint64 &visited);
//! \brief By code point, which differs from UTF-16 order above U+FFFF.
int compareText(const QString &a, const QString &b);

} // namespace Atom::Expressions
