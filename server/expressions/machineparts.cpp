// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Machine: nodes that gather several values before they do something. Simple parts are taken at once; for the others a
// frame remembers how far it is. Arguments of natives and operators: the last one is the outer loop, as in jq.
#include "server/expressions/arithmetic.h"
#include "server/expressions/machine.h"
#include "server/expressions/natives.h"

#include <cmath>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

void Machine::object(const Node &n, Value made, std::size_t part, Value key)
{
    for (; part < n.kids.size(); ++part) {
        if (part % 2 == 1 && !key.isString()) {
            m_work.fail(u"Cannot use %1 as object key"_s.arg(described(key)));
            return;
        }
        const Node &kid = *n.kids[part];
        if (!kid.isSimple) {
            Frame &f = pushSaving(Frame::Kind::ObjectPart, n);
            f.made = std::move(made);
            f.key = std::move(key);
            f.index = qint64(part);
            m_node = &kid;
            m_mode = Mode::Evaluate;
            return;
        }
        Value value = simple(kid, m_env.get(), m_value, false);
        if (m_work.failed)
            return;
        if (part % 2 == 0)
            key = std::move(value);
        else
            made.insert(m_work.heap, key.text(), std::move(value));
    }
    give(std::move(made));
}

// kids: text, expression, text, ..., text; done from the end.
void Machine::interpolation(const Node &n, Value made, std::size_t part)
{
    while (part > 0 && !m_work.failed) {
        --part;
        const Node &kid = *n.kids[part];
        if (part % 2 == 0) {
            if (!kid.text.isEmpty())
                made = m_work.text(kid.text + made.text());
        } else if (kid.isSimple) {
            made = prependText(m_work, n.text, simple(kid, m_env.get(), m_value, false), std::move(made));
        } else {
            Frame &f = pushSaving(Frame::Kind::TextPart, n);
            f.made = std::move(made);
            f.index = qint64(part);
            m_node = &kid;
            m_mode = Mode::Evaluate;
            return;
        }
    }
    if (!m_work.failed)
        give(std::move(made));
}

void Machine::native(const Node &n, Value made, std::size_t remaining)
{
    while (remaining > 0) {
        const Node &kid = *n.kids[remaining - 1];
        if (!kid.isSimple) {
            Frame &f = pushSaving(Frame::Kind::Argument, n);
            f.made = std::move(made);
            f.index = qint64(remaining - 1);
            m_node = &kid;
            m_mode = Mode::Evaluate;
            return;
        }
        made.append(m_work.heap, simple(kid, m_env.get(), m_value, false));
        if (m_work.failed)
            return;
        --remaining;
    }
    std::vector<Value> args(made.items().rbegin(), made.items().rend());
    made = {};
    Value input = std::move(m_value);
    give(n.native->run(m_work, input, args.data()));
}

void Machine::range(const Node &n, Value made, std::size_t part)
{
    for (; part < 3; ++part) {
        const Node &kid = *n.kids[part];
        if (!kid.isSimple) {
            Frame &f = pushSaving(Frame::Kind::RangePart, n);
            f.made = std::move(made);
            f.index = qint64(part);
            m_node = &kid;
            m_mode = Mode::Evaluate;
            return;
        }
        made.append(m_work.heap, simple(kid, m_env.get(), m_value, false));
        if (m_work.failed)
            return;
    }
    const Value from = made.at(0);
    const Value to = made.at(1);
    const Value step = made.at(2);
    if (!from.isNumber() || !to.isNumber() || !step.isNumber()) {
        m_work.fail(u"Range bounds must be numeric"_s);
        return;
    }
    m_mode = Mode::Backtrack;
    const double by = step.toDouble();
    if (!(by > 0 ? from.toDouble() < to.toDouble() : by < 0 && from.toDouble() > to.toDouble()))
        return;
    Fork &f = pushFork(Fork::Kind::Range, &n);
    f.flag = from.isInteger() && step.isInteger() && to.isInteger();
    if (f.flag) {
        f.from = from.toInteger();
        f.to = to.toInteger();
        f.step = step.toInteger();
    } else {
        f.realFrom = from.toDouble();
        f.realTo = to.toDouble();
        f.realStep = by;
    }
}

void Machine::slice(const Node &n, Value from, Value to)
{
    push(Frame::Kind::SliceOf, n).key = sliceKey(m_work.heap, from, to);
    m_node = n.kids[0].get();
    m_mode = Mode::Evaluate;
}

// The state of a loop lives in its Fork: the first value is there, now the source runs.
void Machine::startLoop(const Node &n, const Ref<Env> &env, Value input, Ref<PathNode> path)
{
    Ref<PathNode> statePath = std::exchange(m_path, std::move(path));
    Fork &f = pushFork(n.kind == Node::Kind::Reduce ? Fork::Kind::Reduce : Fork::Kind::Foreach, &n);
    f.made = std::move(m_value);
    f.madePath = std::move(statePath);
    Ref<Env> cell = bind(Env::Kind::Choice, env);
    cell->fork = m_forks.size() - 1;
    m_env = std::move(cell);
    push(Frame::Kind::LoopItem, n).index = qint64(m_forks.size() - 1);
    evaluateIn(*n.kids[0], env, std::move(input), {});
}

void Machine::startLimit(const Node &n, const Value &count)
{
    if (m_work.failed)
        return;
    if (!count.isNumber()) {
        m_work.fail(u"Invalid arguments: limit needs a number"_s);
        return;
    }
    const double wanted = count.toDouble();
    m_mode = wanted == 0 ? Mode::Backtrack : Mode::Evaluate;
    m_node = n.kids[1].get();
    if (!(wanted > 0))
        return; // all of them, when negative
    pushFork(Fork::Kind::Limit, &n).from = wanted < 1e15 ? qint64(std::ceil(wanted)) : qint64(1e15);
    push(Frame::Kind::Limit, n).index = qint64(m_forks.size() - 1);
}

// `right`: what is assigned, or (|=) the list of paths to delete at the end.
void Machine::startUpdate(const Node &n, Value right)
{
    if (m_work.failed)
        return;
    Fork &f = pushFork(Fork::Kind::Update, &n);
    f.made = m_value;
    f.extra = std::move(right);
    m_path = Ref<PathNode>(new PathNode(m_work.heap, {}, {}, m_value));
    push(Frame::Kind::UpdatePath, n).index = qint64(m_forks.size() - 1);
    m_node = n.kids[0].get();
}

void Machine::updatePath(Frame &f)
{
    if (!intact(nullptr, nullptr))
        return;
    const Node &n = *f.node;
    const Value keys = pathKeys();
    m_path = {};
    m_value = {}; // gone, so that the state may have one owner
    Fork &update = m_forks[std::size_t(f.index)];
    m_mode = Mode::Backtrack;
    if (n.kind == Node::Kind::Assign) {
        update.made = setPath(m_work, std::move(update.made), keys, update.extra);
        return;
    }
    Value current = takePath(m_work, update.made, keys);
    if (m_work.failed)
        return;
    if (n.kind == Node::Kind::UpdateOperator) {
        Value changed = operate(m_work, n.op, std::move(current), update.extra);
        if (!m_work.failed)
            update.made = setPath(m_work, std::move(update.made), keys, std::move(changed));
    } else if (n.kind == Node::Kind::UpdateAlternative) {
        update.made =
            setPath(m_work, std::move(update.made), keys, current.isTruthy() ? std::move(current) : update.extra);
    } else if (n.kids[1]->isSimple) {
        Value changed = simple(*n.kids[1], f.env.get(), current, true);
        if (!m_work.failed)
            update.made = setPath(m_work, std::move(update.made), keys, std::move(changed));
    } else {
        Fork &none = pushFork(Fork::Kind::NoUpdate, &n);
        none.made = keys;
        none.index = std::size_t(f.index);
        m_env = f.env;
        push(Frame::Kind::UpdateValue, n).index = qint64(m_forks.size() - 1);
        evaluateIn(*n.kids[1], f.env, std::move(current), {});
    }
}

} // namespace Atom::Expressions
