// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The order of tasks: which one is next, its beginning and its end. See the other run*.cpp for what each kind does.
#include "server/workflows/runmachine.h"

#include "server/expressions/jsonvalues.h"
#include "server/workflows/workflowerror.h"

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

RunAdvance RunMachine::advance(Timestamp time)
{
    const qint64 now = toMillis(time);
    int budget = RunLimits::stepsAtOnce;
    if (!m_begun && !m_suspendedAt && !isTerminal(m_status))
        begin(now);
    // What is late ends before anything else begins.
    while (isGoingOn() && expire(now)) {
    }
    while (isGoingOn()) {
        if (!m_ready.empty()) {
            if (budget-- <= 0) {
                m_out.more = true;
                break;
            }
            Node *node = m_ready.back();
            m_ready.pop_back();
            node->ready = false;
            step(*node, now);
        } else if (!expire(now) && offerEffects(*m_root, now)) {
            break;
        }
    }
    settle();
    RunAdvance out = std::exchange(m_out, {});
    out.ended = isTerminal(m_status);
    out.open = int(m_effects.size());
    if (isGoingOn()) {
        if (const qint64 next = earliestTime(*m_root))
            out.wakeAt = fromMillis(next);
    }
    return out;
}

void RunMachine::settle()
{
    if (isTerminal(m_status))
        return;
    if (m_suspendedAt)
        m_status = RunStatus::Suspended;
    else
        m_status = m_effects.isEmpty() && m_ready.empty() && m_begun ? RunStatus::Waiting : RunStatus::Running;
}

void RunMachine::begin(qint64 now)
{
    m_begun = true;
    m_out.changed = true;
    m_root = std::make_unique<Node>();
    m_root->startedAt = toMillis(m_startedAt);
    m_root->data = m_input;
    if (m_definition->inputFrom) {
        const Result<QJsonValue> input = evaluate(*m_definition->inputFrom, m_input, bindings(nullptr, nullptr));
        if (!input) {
            endFaulted(expressionError(u"input.from"_s, input.error(), u"/input/from"_s));
            return;
        }
        m_root->data = *input;
    }
    m_root->input = m_root->data;
    if (m_definition->timeout) {
        const Result<milliseconds> limit =
            duration(*m_definition->timeout, m_root->data, bindings(m_root.get(), nullptr));
        if (!limit) {
            endFaulted(expressionError(u"timeout"_s, limit.error(), u"/timeout"_s));
            return;
        }
        m_root->deadline = std::max<qint64>(1, toMillis(m_startedAt) + limit->count());
    }
    makeReady(*m_root);
    Q_UNUSED(now)
}

void RunMachine::step(Node &node, qint64 now)
{
    const TaskList &list = node.list(*m_definition);
    if (node.index >= node.listEnd(*m_definition))
        leaveList(node, now);
    else
        beginTask(node, list[size_t(node.index)], now);
}

bool RunMachine::countStep(const QString &reference)
{
    if (++m_steps <= RunLimits::steps)
        return true;
    endFaulted(makeError(ErrorType::Runtime, u"The run is too long"_s,
                         u"more than %1 tasks were run"_s.arg(RunLimits::steps), reference));
    return false;
}

void RunMachine::beginTask(Node &parent, const Task &task, qint64 now)
{
    Begun begun;
    begun.task = &task;
    begun.parent = &parent;
    begun.startedAt = now;
    begun.reference = referenceBelow(parent, task);
    if (!countStep(begun.reference))
        return;
    begun.raw = parent.data;
    begun.input = begun.raw;
    const auto number = [](QJsonObject &counters, const QString &key) {
        const int n = counters.value(key).toInt() + 1;
        counters.insert(key, n);
        return n;
    };
    if (task.condition) {
        const Result<QJsonValue> wanted = evaluate(*task.condition, begun.raw, bindings(&parent, &begun));
        if (!wanted) {
            begun.attempt = number(m_attempts, begun.reference);
            fail(begun, expressionError(u"if"_s, wanted.error(), begun.reference), now);
            return;
        }
        if (!Expressions::isTruthy(*wanted)) {
            parent.index++;
            makeReady(parent);
            return;
        }
    }
    begun.attempt = number(m_attempts, begun.reference);
    begun.path = pathBelow(parent, number(parent.entered, QString::number(parent.index)));
    if (!task.inputSchema.isEmpty()) {
        const Result<void> fits = task.inputSchema.check(begun.raw, u"The input does not fit the task."_s);
        if (!fits) {
            fail(begun, schemaError(fits.error(), begun.reference), now);
            return;
        }
    }
    if (task.inputFrom) {
        const Result<QJsonValue> shaped = evaluate(*task.inputFrom, begun.raw, bindings(&parent, &begun));
        if (!shaped) {
            fail(begun, expressionError(u"input.from"_s, shaped.error(), begun.reference), now);
            return;
        }
        begun.input = *shaped;
        if (Expressions::jsonSize(begun.input, RunLimits::valueBytes) > RunLimits::valueBytes) {
            fail(begun, tooLarge(u"the input"_s, begun.reference), now);
            return;
        }
    }
    act(begun, now);
}

void RunMachine::act(Begun &begun, qint64 now)
{
    const Task &task = *begun.task;
    switch (task.kind) {
    case TaskKind::Do:
        if (Node *node = open(begun, Phase::Body, now))
            makeReady(*node);
        return;
    case TaskKind::Set:
        return set(begun, now);
    case TaskKind::Switch:
        return chooseCase(begun, now);
    case TaskKind::For:
        return enterFor(begun, now);
    case TaskKind::Fork:
        return enterFork(begun, now);
    case TaskKind::Try:
        return enterTry(begun, now);
    case TaskKind::Raise:
        return raise(begun, now);
    case TaskKind::Wait:
        return waitFor(begun, now);
    case TaskKind::Emit:
        return emitEvent(begun, now);
    case TaskKind::Listen:
        return listen(begun, now);
    case TaskKind::CallHttp:
        return startCall(begun, now);
    case TaskKind::CallFunction:
        return startFunction(begun, now);
    case TaskKind::RunWorkflow:
        return startCall(begun, now);
    case TaskKind::Unsupported:
        break;
    }
    fail(begun,
         makeError(ErrorType::Configuration, u"The task cannot run here"_s,
                   task.refusal.isEmpty() ? u"it is not supported"_s : task.refusal, begun.reference),
         now);
}

// Makes a position of what has begun and journals its start. Null: its time limit could not be told, it has failed.
RunMachine::Node *RunMachine::open(const Begun &begun, Phase phase, qint64 now)
{
    qint64 deadline = 0;
    if (begun.task->timeout) {
        const Result<milliseconds> limit = duration(*begun.task->timeout, begun.input, bindings(begun.parent, &begun));
        if (!limit) {
            fail(begun, expressionError(u"timeout"_s, limit.error(), begun.reference), now);
            return nullptr;
        }
        deadline = now + limit->count();
    }
    auto node = std::make_unique<Node>();
    node->task = begun.task;
    node->parent = begun.parent;
    node->phase = phase;
    node->place = begun.parent->index;
    node->reference = begun.reference;
    node->path = begun.path;
    node->raw = begun.raw;
    node->input = begun.input;
    node->data = begun.input;
    node->attempt = begun.attempt;
    node->startedAt = begun.startedAt;
    node->deadline = deadline;
    Node *made = node.get();
    begun.parent->children.push_back(std::move(node));
    if (phase == Phase::Effect)
        m_effects.insert(keyOf(*made), made);
    journal(begun, RunStatus::Running, {}, {}, 0);
    return made;
}

RunMachine::Begun RunMachine::begunOf(const Node &node)
{
    return {node.task, node.parent, node.reference, node.path, node.raw, node.input, node.attempt, node.startedAt};
}

// Takes a position away, for its end.
RunMachine::Begun RunMachine::close(Node &node)
{
    Begun begun = begunOf(node);
    drop(node);
    return begun;
}

void RunMachine::makeReady(Node &node)
{
    if (!node.ready) {
        node.ready = true;
        m_ready.push_back(&node);
    }
}

// No pointer to it or anything below stays behind; effects below are aborted.
void RunMachine::forget(Node &node)
{
    for (const auto &child : node.children)
        forget(*child);
    if (node.ready)
        std::erase(m_ready, &node);
    if (node.isEffect()) {
        const QString key = keyOf(node);
        m_effects.remove(key);
        const auto isThis = [&key](const RunEffect &effect) { return effect.key == key; };
        if (node.offered && m_out.start.removeIf(isThis) == 0)
            m_out.abort.append(key);
    }
}

void RunMachine::drop(Node &node)
{
    forget(node);
    if (!node.parent) {
        m_root.reset();
        return;
    }
    auto &siblings = node.parent->children;
    siblings.erase(std::find_if(siblings.begin(), siblings.end(), [&](const auto &n) { return n.get() == &node; }));
}

// Shapes and checks the output of a task that did what it had to, journals its end and goes on after it.
void RunMachine::complete(Begun &begun, QJsonValue output, qint64 now, const QString &then)
{
    const Task &task = *begun.task;
    const QString &reference = begun.reference;
    if (task.outputAs) {
        const Result<QJsonValue> shaped = evaluate(*task.outputAs, output, bindings(begun.parent, &begun, &output));
        if (!shaped) {
            fail(begun, expressionError(u"output.as"_s, shaped.error(), reference), now);
            return;
        }
        output = *shaped;
    }
    if (!task.outputSchema.isEmpty()) {
        const Result<void> fits = task.outputSchema.check(output, u"The output does not fit the task."_s);
        if (!fits) {
            fail(begun, schemaError(fits.error(), reference), now);
            return;
        }
    }
    if (Expressions::jsonSize(output, RunLimits::valueBytes) > RunLimits::valueBytes) {
        fail(begun, tooLarge(u"the output"_s, reference), now);
        return;
    }
    if (task.exportAs) {
        const Result<QJsonValue> context = evaluate(*task.exportAs, output, bindings(begun.parent, &begun, &output));
        if (!context) {
            fail(begun, expressionError(u"export.as"_s, context.error(), reference), now);
            return;
        }
        const Result<void> fits = task.exportSchema.check(*context, u"The context does not fit the task's schema."_s);
        if (!fits || Expressions::jsonSize(*context, RunLimits::valueBytes) > RunLimits::valueBytes) {
            fail(begun, fits ? tooLarge(u"the context"_s, reference) : schemaError(fits.error(), reference), now);
            return;
        }
        m_context = *context;
    }
    journal(begun, RunStatus::Completed, output, {}, now);
    begun.parent->data = output;
    proceed(*begun.parent, then, now);
}

void RunMachine::proceed(Node &parent, const QString &then, qint64 now)
{
    const TaskList &list = parent.list(*m_definition);
    const int end = parent.listEnd(*m_definition);
    if (then == u"end") {
        endWorkflow(parent, now);
        return;
    }
    if (then.isEmpty() || then == u"continue") {
        parent.index++;
    } else if (then == u"exit") {
        parent.index = end;
    } else {
        const auto it = std::find_if(list.begin() + parent.listBegin(), list.begin() + end,
                                     [&](const Task &t) { return t.name == then; });
        parent.index = int(it - list.begin()); // validated; a missing one would end the list
    }
    makeReady(parent);
}

void RunMachine::leaveList(Node &node, qint64 now)
{
    if (!node.task) {
        finish(node.data);
        return;
    }
    if (node.branch) {
        branchEnded(node, now);
        return;
    }
    if (node.task->kind == TaskKind::For) {
        nextIteration(node, now);
        return;
    }
    if (node.task->kind == TaskKind::Listen) {
        eventDone(node, now);
        return;
    }
    const bool caught = node.phase == Phase::Catch;
    const QJsonValue data = node.data;
    Begun begun = close(node);
    const Task &task = *begun.task;
    complete(begun, data, now, caught && !task.caught.then.isEmpty() ? task.caught.then : task.then);
}

} // namespace Atom::Workflows
