// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/machine.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

void Env::destroy(Env *first)
{
    // Two links each: a list of what is still to go instead of recursion.
    std::vector<Env *> dead{first};
    while (!dead.empty()) {
        Env *e = dead.back();
        dead.pop_back();
        for (Env *link : {e->parent.release(), e->env.release()}) {
            if (link && --link->references == 0)
                dead.push_back(link);
        }
        delete e;
    }
}

void PathNode::destroy(PathNode *first)
{
    while (first) {
        PathNode *parent = first->parent.release();
        delete first;
        first = parent && --parent->references == 0 ? parent : nullptr;
    }
}

void Frame::destroy(Frame *first)
{
    while (first) {
        Frame *next = first->next.release();
        delete first;
        first = next && --next->references == 0 ? next : nullptr;
    }
}

void Machine::start(const Node &program, Value input)
{
    m_node = &program;
    m_value = std::move(input);
    m_mode = Mode::Evaluate;
}

Machine::Outcome Machine::next(Value *out)
{
    while (true) {
        if (!m_work.charge())
            return Outcome::Failed;
        switch (m_mode) {
        case Mode::Evaluate:
            evaluate();
            break;
        case Mode::Return:
            if (!m_then) {
                *out = std::move(m_value);
                m_mode = Mode::Backtrack;
                return Outcome::Value;
            }
            apply();
            break;
        case Mode::Backtrack:
            if (m_forks.empty())
                return Outcome::Done;
            resume();
            break;
        }
        if (m_work.failed && (m_work.spent || !unwind()))
            return Outcome::Failed;
    }
}

Fork &Machine::pushFork(Fork::Kind kind, const Node *node)
{
    m_work.heap.live += sizeof(Fork);
    Fork &f = m_forks.emplace_back();
    f.kind = kind;
    f.node = node;
    f.env = m_env;
    f.next = m_then;
    f.path = m_path;
    return f;
}

Fork Machine::popFork()
{
    m_work.heap.live -= sizeof(Fork);
    Fork f = std::move(m_forks.back());
    m_forks.pop_back();
    return f;
}

void Machine::truncate(std::size_t size)
{
    if (m_forks.size() > size) {
        m_work.heap.live -= qint64((m_forks.size() - size) * sizeof(Fork));
        m_forks.erase(m_forks.begin() + std::ptrdiff_t(size), m_forks.end());
    }
}

// A value leaves the body that `fork` guards.
void Machine::leave(std::size_t fork)
{
    if (m_forks.size() == fork + 1)
        truncate(fork);
    else
        pushFork(Fork::Kind::TryOff, nullptr).index = fork;
}

Frame &Machine::push(Frame::Kind kind, const Node &node)
{
    Ref<Frame> f(new Frame(m_work.heap, kind, &node, std::move(m_then)));
    f->env = m_env;
    if (f->depth > m_work.budget().depth)
        m_work.spend(u"the expression recurses deeper than %1 levels"_s.arg(m_work.budget().depth));
    m_then = std::move(f);
    return *m_then;
}

// Also keeps the input and its path for later, and evaluates what follows without a path.
Frame &Machine::pushSaving(Frame::Kind kind, const Node &node)
{
    Frame &f = push(kind, node);
    f.value = m_value;
    f.path = std::move(m_path);
    m_path = {};
    return f;
}

void Machine::evaluateIn(const Node &node, const Ref<Env> &env, Value value, Ref<PathNode> path)
{
    m_node = &node;
    m_env = env;
    m_value = std::move(value);
    m_path = std::move(path);
    m_mode = Mode::Evaluate;
}

void Machine::give(Value value)
{
    m_value = std::move(value);
    m_mode = Mode::Return;
}

void Machine::give(Value value, Ref<PathNode> path)
{
    m_path = std::move(path);
    give(std::move(value));
}

const Env *Machine::entry(const Env *env, qint32 distance) const
{
    for (; distance > 0; --distance)
        env = env->parent.get();
    return env;
}

Ref<Env> Machine::bind(Env::Kind kind, Ref<Env> parent)
{
    return Ref<Env>(new Env(m_work.heap, kind, std::move(parent)));
}

void Machine::resume()
{
    Fork &top = m_forks.back();
    switch (top.kind) {
    case Fork::Kind::Iterate:
        iterateNext();
        return;
    case Fork::Kind::Range:
        rangeNext();
        return;
    case Fork::Kind::Update:
        resumeUpdate();
        return;
    case Fork::Kind::Try:
    case Fork::Kind::TryEach:
    case Fork::Kind::TryOff:
    case Fork::Kind::Foreach:
    case Fork::Kind::Label:
    case Fork::Kind::Limit:
        truncate(m_forks.size() - 1);
        return;
    default:
        break;
    }
    Fork f = popFork();
    m_then = std::move(f.next);
    switch (f.kind) {
    case Fork::Kind::Comma:
        evaluateIn(*f.node->kids[1], f.env, std::move(f.value), std::move(f.path));
        break;
    case Fork::Kind::Alternative:
        if (!f.flag)
            evaluateIn(*f.node->kids[1], f.env, std::move(f.value), std::move(f.path));
        break;
    case Fork::Kind::NoUpdate: {
        Fork &update = m_forks[f.index];
        update.extra.append(m_work.heap, std::move(f.made));
        break;
    }
    case Fork::Kind::Collect:
        give(std::move(f.made), std::move(f.path));
        break;
    default: // Reduce, Last
        give(std::move(f.made), std::move(f.madePath));
        break;
    }
}

void Machine::iterateNext()
{
    Fork &f = m_forks.back();
    Value key;
    Value item;
    bool isLast = true;
    if (f.value.isArray()) {
        key = Value::integer(f.from);
        item = f.value.at(qsizetype(f.from));
        isLast = ++f.from >= f.to;
    } else {
        if (f.path)
            key = m_work.text(f.member->first);
        item = f.member->second;
        isLast = ++f.member == f.value.members().end();
    }
    m_then = f.next;
    m_path = f.path;
    if (isLast)
        truncate(m_forks.size() - 1); // nothing is left: calls in last position stay in constant memory
    if (m_path)
        extend(std::move(key), item);
    give(std::move(item));
}

void Machine::rangeNext()
{
    Fork &f = m_forks.back();
    Value item;
    bool isLast = false;
    if (f.flag) { // whole numbers
        item = Value::integer(f.from);
        isLast = __builtin_add_overflow(f.from, f.step, &f.from) || (f.step > 0 ? f.from >= f.to : f.from <= f.to);
    } else {
        item = Value::number(f.realFrom);
        const double before = f.realFrom;
        f.realFrom += f.realStep;
        isLast = !(f.realStep > 0 ? f.realFrom < f.realTo : f.realFrom > f.realTo) && before != f.realFrom;
    }
    m_then = f.next;
    m_path = f.path;
    if (isLast)
        truncate(m_forks.size() - 1);
    give(std::move(item));
}

void Machine::resumeUpdate()
{
    Fork f = popFork();
    m_then = std::move(f.next);
    m_value = {};
    if (f.node->kind == Node::Kind::Update && f.extra.size() > 0)
        f.made = deletePaths(m_work, std::move(f.made), f.extra);
    give(std::move(f.made), std::move(f.path));
}

// An error of the program: to the nearest choice that handles it. \return false when there is none.
bool Machine::unwind()
{
    while (!m_forks.empty()) {
        Fork f = popFork();
        switch (f.kind) {
        case Fork::Kind::TryOff:
            truncate(f.index);
            continue;
        case Fork::Kind::Try:
            m_then = std::move(f.next);
            m_mode = Mode::Backtrack;
            if (f.node->kids.size() > 1)
                evaluateIn(*f.node->kids[1], f.env, std::move(m_work.error), std::move(f.path));
            m_work.clearError();
            return true;
        case Fork::Kind::TryEach: {
            const std::size_t following = f.index + 1;
            if (following >= f.node->kids.size())
                continue;
            m_work.clearError();
            m_then = std::move(f.next);
            m_env = f.env;
            m_path = f.path;
            if (following + 1 < f.node->kids.size()) {
                Fork &again = pushFork(Fork::Kind::TryEach, f.node);
                again.index = following;
                again.value = f.value;
                push(Frame::Kind::TryEnd, *f.node).index = qint64(m_forks.size() - 1);
            }
            evaluateIn(*f.node->kids[following], f.env, std::move(f.value), std::move(f.path));
            return true;
        }
        default:
            continue;
        }
    }
    return false;
}

} // namespace Atom::Expressions
