// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Machine: the way down, from a node and its input to its first parts.
#include "server/expressions/machine.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;
using Kind = Node::Kind;

void Machine::evaluate()
{
    const Node &n = *m_node;
    if (n.isSimple && (!m_path || !n.movesPath)) {
        give(simple(n, m_env.get(), m_value, true));
        return;
    }
    if (!evaluateAccess(n) && !evaluateControl(n) && !evaluateLoop(n))
        Q_UNREACHABLE();
}

// Paths, and nodes that gather values.
bool Machine::evaluateAccess(const Node &n)
{
    switch (n.kind) {
    case Kind::Identity:
        give(std::move(m_value));
        return true;
    case Kind::Field:
        push(Frame::Kind::FieldOf, n);
        m_node = n.kids[0].get();
        return true;
    case Kind::Iterate:
        if (n.kids[0]->kind == Kind::Identity) {
            iterate();
            return true;
        }
        push(Frame::Kind::Iterate, n);
        m_node = n.kids[0].get();
        return true;
    case Kind::Index:
        if (n.kids[1]->isSimple) {
            Value key = simple(*n.kids[1], m_env.get(), m_value, false);
            push(Frame::Kind::IndexOf, n).key = std::move(key);
            m_node = n.kids[0].get();
            return true;
        }
        pushSaving(Frame::Kind::IndexKey, n);
        m_node = n.kids[1].get();
        return true;
    case Kind::Slice:
        pushSaving(Frame::Kind::SliceFrom, n);
        m_node = n.kids[1].get();
        return true;
    case Kind::Array: {
        Fork &f = pushFork(Fork::Kind::Collect, &n);
        f.made = Value::array(m_work.heap);
        m_path = {};
        push(Frame::Kind::Collect, n).index = qint64(m_forks.size() - 1);
        m_node = n.kids[0].get();
        return true;
    }
    case Kind::Object:
        object(n, Value::object(m_work.heap), 0, {});
        return true;
    case Kind::Interpolation:
        interpolation(n, m_work.text(n.kids.back()->text), n.kids.size() - 1);
        return true;
    case Kind::CallNative:
        native(n, Value::array(m_work.heap), n.kids.size());
        return true;
    case Kind::Negate:
        push(Frame::Kind::Negate, n);
        m_node = n.kids[0].get();
        return true;
    case Kind::Binary:
        if (n.kids[1]->isSimple) {
            Value right = simple(*n.kids[1], m_env.get(), m_value, false);
            Frame &f = pushSaving(Frame::Kind::BinaryLeft, n);
            f.value = {};
            f.made = std::move(right);
            m_node = n.kids[0].get();
            return true;
        }
        pushSaving(Frame::Kind::BinaryRight, n);
        m_node = n.kids[1].get();
        return true;
    case Kind::Paths: {
        pushSaving(Frame::Kind::PathEnd, n).value = {};
        m_path = Ref<PathNode>(new PathNode(m_work.heap, {}, {}, m_value));
        m_node = n.kids[0].get();
        return true;
    }
    case Kind::GetPath:
        pushSaving(Frame::Kind::GetPath, n);
        m_node = n.kids[0].get();
        return true;
    default:
        return false;
    }
}

bool Machine::evaluateControl(const Node &n)
{
    switch (n.kind) {
    case Kind::And:
    case Kind::Or:
        pushSaving(Frame::Kind::LogicLeft, n);
        m_node = n.kids[0].get();
        return true;
    case Kind::If:
        if (n.kids[0]->isSimple) {
            const bool yes = simple(*n.kids[0], m_env.get(), m_value, false).isTruthy();
            m_node = n.kids[yes ? 1 : 2].get();
            return true;
        }
        pushSaving(Frame::Kind::Condition, n);
        m_node = n.kids[0].get();
        return true;
    case Kind::Pipe:
        if (n.kids[0]->isSimple && (!m_path || !n.kids[0]->movesPath)) {
            m_value = simple(*n.kids[0], m_env.get(), m_value, true);
            m_node = n.kids[1].get();
            return true;
        }
        push(Frame::Kind::Pipe, n);
        m_node = n.kids[0].get();
        return true;
    case Kind::Comma:
        pushFork(Fork::Kind::Comma, &n).value = m_value;
        m_node = n.kids[0].get();
        return true;
    case Kind::Alternative:
        pushFork(Fork::Kind::Alternative, &n).value = m_value;
        push(Frame::Kind::AlternativeEnd, n).index = qint64(m_forks.size() - 1);
        m_node = n.kids[0].get();
        return true;
    case Kind::Try:
        pushFork(Fork::Kind::Try, &n);
        push(Frame::Kind::TryEnd, n).index = qint64(m_forks.size() - 1);
        m_node = n.kids[0].get();
        return true;
    case Kind::TryEach:
        pushFork(Fork::Kind::TryEach, &n).value = m_value;
        push(Frame::Kind::TryEnd, n).index = qint64(m_forks.size() - 1);
        m_node = n.kids[0].get();
        return true;
    case Kind::Empty:
        m_mode = Mode::Backtrack;
        return true;
    case Kind::Error:
        push(Frame::Kind::Error, n);
        m_path = {};
        m_node = n.kids[0].get();
        return true;
    case Kind::Label: {
        pushFork(Fork::Kind::Label, &n);
        Ref<Env> env = bind(Env::Kind::Choice, std::move(m_env));
        env->fork = m_forks.size() - 1;
        m_env = std::move(env);
        m_node = n.kids[0].get();
        return true;
    }
    case Kind::Break:
        truncate(entry(m_env.get(), n.distance)->fork);
        m_mode = Mode::Backtrack;
        return true;
    case Kind::Function: {
        Ref<Env> env = bind(Env::Kind::Function, std::move(m_env));
        env->node = &n;
        m_env = std::move(env);
        m_node = n.kids[1].get();
        return true;
    }
    case Kind::Call: {
        auto *found = const_cast<Env *>(entry(m_env.get(), n.distance));
        ++found->references;
        call(n, *found->node, Ref<Env>(found));
        return true;
    }
    case Kind::CallLibrary:
        call(n, *n.library, {});
        return true;
    case Kind::CallClosure: {
        const Env *found = entry(m_env.get(), n.distance);
        m_node = found->node;
        m_env = Ref<Env>(found->env);
        return true;
    }
    default:
        return false;
    }
}

bool Machine::evaluateLoop(const Node &n)
{
    switch (n.kind) {
    case Kind::As:
        if (n.kids[0]->isSimple) {
            Ref<Env> env = bind(Env::Kind::Variable, m_env);
            env->value = simple(*n.kids[0], m_env.get(), m_value, false);
            m_env = std::move(env);
            m_node = n.kids[1].get();
            return true;
        }
        pushSaving(Frame::Kind::As, n);
        m_node = n.kids[0].get();
        return true;
    case Kind::Reduce:
    case Kind::Foreach: {
        Ref<PathNode> path = m_path;
        pushSaving(Frame::Kind::LoopStart, n);
        m_path = std::move(path);
        m_node = n.kids[1].get();
        return true;
    }
    case Kind::StoreState: {
        Fork &f = m_forks[entry(m_env.get(), n.distance)->fork];
        f.madePath = m_path;
        if (n.integer != 0) {
            f.made = std::move(m_value);
            m_mode = Mode::Backtrack;
        } else {
            f.made = m_value;
            m_mode = Mode::Return;
        }
        return true;
    }
    case Kind::Limit:
        if (n.kids[0]->isSimple) {
            startLimit(n, simple(*n.kids[0], m_env.get(), m_value, false));
            return true;
        }
        pushSaving(Frame::Kind::LimitCount, n);
        m_node = n.kids[0].get();
        return true;
    case Kind::Last:
        pushFork(Fork::Kind::Last, &n).madePath = m_path;
        push(Frame::Kind::Last, n).index = qint64(m_forks.size() - 1);
        m_node = n.kids[0].get();
        return true;
    case Kind::Range:
        range(n, Value::array(m_work.heap), 0);
        return true;
    case Kind::Update:
        startUpdate(n, Value::array(m_work.heap));
        return true;
    case Kind::Assign:
    case Kind::UpdateOperator:
    case Kind::UpdateAlternative:
        if (n.kids[1]->isSimple) {
            startUpdate(n, simple(*n.kids[1], m_env.get(), m_value, false));
            return true;
        }
        pushSaving(Frame::Kind::UpdateRight, n);
        m_node = n.kids[1].get();
        return true;
    default:
        return false;
    }
}

// Arguments are closures over the caller's environment; `$p` is a variable besides.
void Machine::call(const Node &n, const Node &definition, const Ref<Env> &base)
{
    Ref<Env> callee = base;
    bool hasValues = false;
    for (std::size_t i = 0; i < definition.parameters.size(); ++i) {
        const Node *argument = n.kids[i].get();
        hasValues = hasValues || definition.parameters[i].isValue;
        callee = bind(Env::Kind::Closure, std::move(callee));
        if (argument->kind == Kind::CallClosure) {
            // An argument handed on as it is: without this a recursive function would grow a chain of closures.
            const Env *found = entry(m_env.get(), argument->distance);
            callee->node = found->node;
            callee->env = found->env;
        } else {
            callee->node = argument;
            callee->env = m_env;
        }
    }
    if (hasValues) {
        bindValues(n, definition, std::move(callee), 0);
        return;
    }
    m_env = std::move(callee);
    m_node = definition.kids[0].get();
}

void Machine::bindValues(const Node &n, const Node &definition, Ref<Env> callee, std::size_t from)
{
    for (std::size_t i = from; i < definition.parameters.size(); ++i) {
        if (!definition.parameters[i].isValue)
            continue;
        if (!n.kids[i]->isSimple) {
            Frame &f = pushSaving(Frame::Kind::BindValue, n);
            f.callee = std::move(callee);
            f.definition = &definition;
            f.index = qint64(i);
            m_node = n.kids[i].get();
            m_mode = Mode::Evaluate;
            return;
        }
        callee = bind(Env::Kind::Variable, std::move(callee));
        callee->value = simple(*n.kids[i], m_env.get(), m_value, false);
    }
    m_env = std::move(callee);
    m_node = definition.kids[0].get();
    m_mode = Mode::Evaluate;
}

void Machine::logic(const Node &n, const Value &left)
{
    const bool isOr = n.kind == Kind::Or;
    if (left.isTruthy() == isOr) {
        give(Value::boolean(isOr));
        return;
    }
    push(Frame::Kind::LogicRight, n).path = std::move(m_path);
    m_path = {};
    m_node = n.kids[1].get();
    m_mode = Mode::Evaluate;
}

} // namespace Atom::Expressions
