// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/syntaxtree.h"
#include "server/expressions/value.h"

namespace Atom::Expressions {

//! \brief A counted reference to a part of the machine's state. Chains are released in a loop, never by recursion: they
//! are as long as the program likes.
template <typename T> class Ref
{
public:
    Ref() = default;
    explicit Ref(T *adopted) : m_object(adopted) {}
    Ref(const Ref &other) noexcept : m_object(other.m_object)
    {
        if (m_object)
            ++m_object->references;
    }
    Ref(Ref &&other) noexcept : m_object(std::exchange(other.m_object, nullptr)) {}
    Ref &operator=(Ref other) noexcept
    {
        std::swap(m_object, other.m_object);
        return *this;
    }
    ~Ref()
    {
        if (m_object && --m_object->references == 0)
            T::destroy(m_object);
    }
    T *get() const { return m_object; }
    T *operator->() const { return m_object; }
    T &operator*() const { return *m_object; }
    explicit operator bool() const { return m_object != nullptr; }
    bool isUnique() const { return m_object->references == 1; }
    T *release() { return std::exchange(m_object, nullptr); }

private:
    T *m_object = nullptr;
};

//! \brief One entry of the environment, a list that grows at the head. Never changed after it was made.
struct Env
{
    enum class Kind : quint8 {
        Variable, //!< value
        Closure,  //!< node in env
        Function, //!< node is the definition; its environment is this entry
        Choice,   //!< a label or the cell of a loop: index of its Fork
    };
    Env(Heap &owner, Kind k, Ref<Env> below) : heap(&owner), kind(k), parent(std::move(below))
    {
        heap->live += sizeof(Env) + 16;
    }
    ~Env() { heap->live -= sizeof(Env) + 16; }
    Q_DISABLE_COPY_MOVE(Env)
    static void destroy(Env *first);

    Heap *heap;
    quint32 references = 1;
    Kind kind;
    std::size_t fork = 0;
    Ref<Env> parent;
    const Node *node = nullptr;
    Ref<Env> env;
    Value value;
};

//! \brief A path from `path(...)`'s input to a value, from its end. The root has no parent.
struct PathNode
{
    PathNode(Heap &owner, Ref<PathNode> above, Value step, Value there)
        : heap(&owner), parent(std::move(above)), key(std::move(step)), at(std::move(there)),
          length(parent ? parent->length + 1 : 0)
    {
        heap->live += sizeof(PathNode) + 16;
    }
    ~PathNode() { heap->live -= sizeof(PathNode) + 16; }
    Q_DISABLE_COPY_MOVE(PathNode)
    static void destroy(PathNode *first);

    Heap *heap;
    quint32 references = 1;
    Ref<PathNode> parent;
    Value key;
    Value at; //!< the path is intact while the current value is this very one
    int length;
};

//! \brief What to do with the next value: a list of continuations. Shared by the choices that lead to it.
struct Frame
{
    enum class Kind : quint8 {
        Pipe,
        FieldOf,
        IndexKey,
        IndexOf,
        SliceFrom,
        SliceTo,
        SliceOf,
        Iterate,
        Collect,
        ObjectPart,
        TextPart,
        Negate,
        BinaryRight,
        BinaryLeft,
        LogicLeft,
        LogicRight,
        Condition,
        TryEnd,
        AlternativeEnd,
        As,
        LoopStart,
        LoopItem,
        BindValue,
        Argument,
        UpdateValue,
        UpdateRight,
        UpdatePath,
        PathEnd,
        GetPath,
        LimitCount,
        Limit,
        Last,
        RangePart,
        Error,
    };
    Frame(Heap &owner, Kind k, const Node *n, Ref<Frame> then)
        : heap(&owner), kind(k), node(n), next(std::move(then)), depth(next ? next->depth + 1 : 1)
    {
        heap->live += sizeof(Frame) + 16;
    }
    ~Frame() { heap->live -= sizeof(Frame) + 16; }
    Q_DISABLE_COPY_MOVE(Frame)
    static void destroy(Frame *first);

    Heap *heap;
    quint32 references = 1;
    Kind kind;
    const Node *node;
    Ref<Frame> next;
    int depth;
    qint64 index = 0; //!< of a Fork, or of the part that is awaited
    Ref<Env> env;
    Ref<Env> callee;                  //!< BindValue
    const Node *definition = nullptr; //!< BindValue
    Value value;                      //!< the input of the node
    Ref<PathNode> path;               //!< its path
    Value made;                       //!< what is complete so far
    Value key;
};

//! \brief A choice: where to go on when the current line of work gives no (more) values, or fails.
struct Fork
{
    enum class Kind : quint8 {
        Comma,
        Iterate,
        Range,
        Collect,
        Try,
        TryEach,
        TryOff,
        Alternative,
        Reduce,
        Foreach,
        Label,
        Update,
        NoUpdate,
        Limit,
        Last,
    };
    Kind kind = Kind::Label;
    bool flag = false;
    const Node *node = nullptr;
    Ref<Env> env;
    Ref<Frame> next;
    Value value;
    Ref<PathNode> path;
    Value made;
    Ref<PathNode> madePath;
    Value extra;
    std::size_t index = 0;
    qint64 from = 0, to = 0, step = 0;
    double realFrom = 0, realTo = 0, realStep = 0;
    Value::Members::const_iterator member;
};

} // namespace Atom::Expressions
