// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/access.h"
#include "server/expressions/machinestate.h"
#include "server/expressions/work.h"

namespace Atom::Expressions {

//! \brief Runs a program: a machine with an explicit list of continuations (Frame) and a stack of choices (Fork) over
//! the syntax tree.
//!
//! Why not plain recursion with callbacks: generators would nest one C++ call per value passed on, so that
//! `last(range(1e6))`, `repeat` and every recursive definition would need a stack that grows with the data. Why not
//! byte code as jq has: the tree already is the program, and continuations that never change can be shared by choices,
//! so that going back is restoring four references. A call in last position pushes nothing, so it runs in constant
//! memory, and depth is a counter and not a crash. The C++ stack is used only inside trees marked isSimple (height 64
//! at most) and inside values (Heap::maxDepth levels).
//!
//! Errors unwind the choices to the nearest Try that is still open: when a value leaves the body of a Try, either the
//! Try goes (no choice is left inside) or a TryOff above it says that what fails further on is not its business.
class Machine
{
public:
    enum class Outcome { Value, Done, Failed };
    Machine(Work &work, const Bindings &bindings) : m_work(work), m_bindings(bindings) {}
    ~Machine() { truncate(0); }
    Q_DISABLE_COPY_MOVE(Machine)

    void start(const Node &program, Value input);
    //! \brief The next result. After Done or Failed (see Work) it must not be called again.
    Outcome next(Value *out);
    //! \brief A tree marked isSimple, in one go. `last`: the input is not needed afterwards and may be changed in
    //! place.
    Value simple(const Node &node, const Env *env, Value &input, bool last);

private:
    enum class Mode { Evaluate, Return, Backtrack };

    // machine.cpp
    void resume();
    bool unwind();
    void iterateNext();
    void rangeNext();
    void resumeUpdate();
    Fork &pushFork(Fork::Kind kind, const Node *node);
    Fork popFork();
    void truncate(std::size_t size);
    void leave(std::size_t fork);
    Frame &push(Frame::Kind kind, const Node &node);
    Frame &pushSaving(Frame::Kind kind, const Node &node);
    void evaluateIn(const Node &node, const Ref<Env> &env, Value value, Ref<PathNode> path);
    void give(Value value);
    void give(Value value, Ref<PathNode> path);
    const Env *entry(const Env *env, qint32 distance) const;
    Ref<Env> bind(Env::Kind kind, Ref<Env> parent);

    // machineevaluate.cpp
    void evaluate();
    bool evaluateAccess(const Node &n);
    bool evaluateControl(const Node &n);
    bool evaluateLoop(const Node &n);
    void call(const Node &n, const Node &definition, const Ref<Env> &base);
    void bindValues(const Node &n, const Node &definition, Ref<Env> callee, std::size_t from);
    void logic(const Node &n, const Value &left);

    // machineparts.cpp: nodes that gather several values
    void object(const Node &n, Value made, std::size_t part, Value key);
    void interpolation(const Node &n, Value made, std::size_t part);
    void native(const Node &n, Value made, std::size_t remaining);
    void range(const Node &n, Value made, std::size_t part);
    void slice(const Node &n, Value from, Value to);
    void startLoop(const Node &n, const Ref<Env> &env, Value input, Ref<PathNode> path);
    void startLimit(const Node &n, const Value &count);
    void startUpdate(const Node &n, Value right);
    void updatePath(Frame &f);

    // machinereturn.cpp
    void apply();
    void applyAccess(Frame &f);
    void applyControl(Frame &f);
    void applyLoop(Frame &f);

    // machinepaths.cpp
    bool intact(const char *what, const Value *key);
    void extend(Value key, Value there);
    void field(const QString &name);
    void index(const Value &key);
    void iterate();
    void getPath(const Value &path);
    Value pathKeys();

    // machinesimple.cpp
    Value global(const Node &node);
    Value constant(const Node &node);
    Value simpleField(const Node &node, const Env *env, Value &input, bool last);
    Value simpleText(const Node &node, const Env *env, Value &input);
    Value simpleObject(const Node &node, const Env *env, Value &input);
    Value simpleNative(const Node &node, const Env *env, Value &input, bool last);
    Value simpleIndex(const Node &node, const Env *env, Value &input, bool last);

    Work &m_work;
    const Bindings &m_bindings;
    std::vector<std::pair<const Node *, Value>> m_globals;
    std::vector<Fork> m_forks;
    Mode m_mode = Mode::Backtrack;
    const Node *m_node = nullptr;
    Ref<Env> m_env;
    Value m_value;
    Ref<PathNode> m_path; //!< null: nobody asks for paths
    Ref<Frame> m_then;
};

} // namespace Atom::Expressions
