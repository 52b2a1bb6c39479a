// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/value.h"

namespace Atom::Expressions {

//! \brief What a Value points to when it is text or a container; only value.cpp and valuejson.cpp look inside.
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

inline StringRep *Value::stringRep() const
{
    return static_cast<StringRep *>(m_data.rep);
}
inline ArrayRep *Value::arrayRep() const
{
    return static_cast<ArrayRep *>(m_data.rep);
}
inline ObjectRep *Value::objectRep() const
{
    return static_cast<ObjectRep *>(m_data.rep);
}

} // namespace Atom::Expressions
