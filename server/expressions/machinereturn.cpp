// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Machine: the way up, from a value to what waits for it. A frame that no choice shares gives its parts away.
#include "server/expressions/arithmetic.h"
#include "server/expressions/machine.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

void Machine::apply()
{
    Ref<Frame> held = std::move(m_then);
    Ref<Frame> own;
    if (held.isUnique()) {
        own = std::move(held);
    } else {
        // Shared with a choice: work on a copy.
        own = Ref<Frame>(new Frame(m_work.heap, held->kind, held->node, held->next));
        own->index = held->index;
        own->env = held->env;
        own->callee = held->callee;
        own->definition = held->definition;
        own->value = held->value;
        own->path = held->path;
        own->made = held->made;
        own->key = held->key;
    }
    m_then = std::move(own->next);
    applyAccess(*own);
}

void Machine::applyAccess(Frame &f)
{
    const Node &n = *f.node;
    switch (f.kind) {
    case Frame::Kind::FieldOf:
        field(n.text);
        break;
    case Frame::Kind::IndexKey: {
        Value key = std::move(m_value);
        m_env = f.env;
        m_value = std::move(f.value);
        m_path = std::move(f.path);
        push(Frame::Kind::IndexOf, n).key = std::move(key);
        m_node = n.kids[0].get();
        m_mode = Mode::Evaluate;
        break;
    }
    case Frame::Kind::IndexOf:
        index(f.key);
        break;
    case Frame::Kind::SliceFrom: {
        Value from = std::move(m_value);
        m_env = f.env;
        m_value = std::move(f.value);
        m_path = std::move(f.path);
        pushSaving(Frame::Kind::SliceTo, n).made = std::move(from);
        m_node = n.kids[2].get();
        m_mode = Mode::Evaluate;
        break;
    }
    case Frame::Kind::SliceTo: {
        Value to = std::move(m_value);
        m_env = f.env;
        m_value = std::move(f.value);
        m_path = std::move(f.path);
        slice(n, f.made, to);
        break;
    }
    case Frame::Kind::SliceOf:
        index(f.key);
        break;
    case Frame::Kind::Iterate:
        iterate();
        break;
    case Frame::Kind::Collect:
        m_forks[std::size_t(f.index)].made.append(m_work.heap, std::move(m_value));
        m_mode = Mode::Backtrack;
        break;
    case Frame::Kind::Negate:
        give(negate(m_work, m_value));
        break;
    case Frame::Kind::BinaryRight: {
        Value right = std::move(m_value);
        m_env = f.env;
        m_value = std::move(f.value);
        Frame &left = push(Frame::Kind::BinaryLeft, n);
        left.made = std::move(right);
        left.path = std::move(f.path);
        m_node = n.kids[0].get();
        m_mode = Mode::Evaluate;
        break;
    }
    case Frame::Kind::BinaryLeft:
        give(operate(m_work, n.op, std::move(m_value), f.made), std::move(f.path));
        break;
    case Frame::Kind::GetPath: {
        const Value path = std::move(m_value);
        m_value = std::move(f.value);
        m_path = std::move(f.path);
        getPath(path);
        break;
    }
    case Frame::Kind::PathEnd:
        if (intact(nullptr, nullptr)) {
            Value keys = pathKeys();
            give(std::move(keys), std::move(f.path));
        }
        break;
    default:
        applyControl(f);
    }
}

void Machine::applyControl(Frame &f)
{
    const Node &n = *f.node;
    const auto restore = [&] {
        m_env = f.env;
        m_path = std::move(f.path);
        return std::exchange(m_value, std::move(f.value));
    };
    switch (f.kind) {
    case Frame::Kind::Pipe:
        m_env = f.env;
        m_node = n.kids[1].get();
        m_mode = Mode::Evaluate;
        break;
    case Frame::Kind::ObjectPart: {
        Value part = restore();
        const auto at = std::size_t(f.index);
        if (at % 2 == 0) {
            object(n, std::move(f.made), at + 1, std::move(part));
        } else {
            f.made.insert(m_work.heap, f.key.text(), std::move(part));
            object(n, std::move(f.made), at + 1, {});
        }
        break;
    }
    case Frame::Kind::TextPart: {
        const Value part = restore();
        Value made = prependText(m_work, n.text, part, std::move(f.made));
        interpolation(n, std::move(made), std::size_t(f.index));
        break;
    }
    case Frame::Kind::Argument: {
        Value argument = restore();
        f.made.append(m_work.heap, std::move(argument));
        native(n, std::move(f.made), std::size_t(f.index));
        break;
    }
    case Frame::Kind::LogicLeft: {
        const Value left = restore();
        logic(n, left);
        break;
    }
    case Frame::Kind::LogicRight:
        give(Value::boolean(m_value.isTruthy()), std::move(f.path));
        break;
    case Frame::Kind::Condition: {
        const bool yes = restore().isTruthy();
        m_node = n.kids[yes ? 1 : 2].get();
        m_mode = Mode::Evaluate;
        break;
    }
    case Frame::Kind::TryEnd:
        leave(std::size_t(f.index));
        m_mode = Mode::Return;
        break;
    case Frame::Kind::AlternativeEnd:
        if (!m_value.isTruthy()) {
            m_mode = Mode::Backtrack;
            break;
        }
        m_forks[std::size_t(f.index)].flag = true;
        if (m_forks.size() == std::size_t(f.index) + 1)
            truncate(std::size_t(f.index));
        m_mode = Mode::Return;
        break;
    case Frame::Kind::Error:
        m_work.failWith(std::move(m_value));
        break;
    default:
        applyLoop(f);
    }
}

void Machine::applyLoop(Frame &f)
{
    const Node &n = *f.node;
    const auto at = std::size_t(f.index);
    const auto restore = [&] {
        m_env = f.env;
        m_path = std::move(f.path);
        return std::exchange(m_value, std::move(f.value));
    };
    switch (f.kind) {
    case Frame::Kind::As: {
        Ref<Env> env = bind(Env::Kind::Variable, f.env);
        env->value = restore();
        m_env = std::move(env);
        m_node = n.kids[1].get();
        m_mode = Mode::Evaluate;
        break;
    }
    case Frame::Kind::BindValue: {
        Ref<Env> callee = bind(Env::Kind::Variable, std::move(f.callee));
        callee->value = restore();
        bindValues(n, *f.definition, std::move(callee), at + 1);
        break;
    }
    case Frame::Kind::LoopStart:
        startLoop(n, f.env, std::move(f.value), std::move(f.path));
        break;
    case Frame::Kind::LoopItem: {
        Fork &loop = m_forks[at];
        Ref<Env> env = bind(Env::Kind::Variable, f.env);
        env->value = std::move(m_value);
        m_then = loop.next;
        // Taken out, not copied: the state has one owner and can change in place. No result leaves null, as in jq.
        evaluateIn(*n.kids[2], env, std::exchange(loop.made, Value()),
                   loop.madePath ? std::exchange(loop.madePath, loop.path) : Ref<PathNode>());
        break;
    }
    case Frame::Kind::LimitCount: {
        const Value count = restore();
        m_mode = Mode::Evaluate;
        startLimit(n, count);
        break;
    }
    case Frame::Kind::Limit:
        if (--m_forks[at].from <= 0)
            truncate(at);
        m_mode = Mode::Return;
        break;
    case Frame::Kind::Last:
        m_forks[at].made = std::move(m_value);
        m_forks[at].madePath = m_path;
        m_mode = Mode::Backtrack;
        break;
    case Frame::Kind::RangePart: {
        Value part = restore();
        f.made.append(m_work.heap, std::move(part));
        range(n, std::move(f.made), at + 1);
        break;
    }
    case Frame::Kind::UpdateRight: {
        Value right = restore();
        m_mode = Mode::Evaluate;
        startUpdate(n, std::move(right));
        break;
    }
    case Frame::Kind::UpdatePath:
        updatePath(f);
        break;
    case Frame::Kind::UpdateValue: {
        const Value keys = m_forks[at].made;
        Fork &update = m_forks[m_forks[at].index];
        truncate(at); // only the first result counts
        update.made = setPath(m_work, std::move(update.made), keys, std::move(m_value));
        m_mode = Mode::Backtrack;
        break;
    }
    default:
        Q_UNREACHABLE();
    }
}

} // namespace Atom::Expressions
