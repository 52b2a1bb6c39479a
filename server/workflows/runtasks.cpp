// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunMachine that is about tasks without effects: those that end at once, timers, loops and branches.
#include "server/expressions/jsonvalues.h"
#include "server/workflows/runmachine.h"
#include "server/workflows/workflowerror.h"

#include <QtCore/QUuid>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype mostItems = 10'000; // of a loop: each is a step at least
const QUuid eventNamespace(0x2f9c7a54, 0x60b1, 0x4c0e, 0x9d, 0x1a, 0x53, 0x0e, 0x77, 0x21, 0xb8, 0x4d);
} // namespace

void RunMachine::set(Begun &begun, qint64 now)
{
    const Result<QJsonValue> value = evaluate(begun.task->set, begun.input, bindings(begun.parent, &begun));
    if (value)
        complete(begun, *value, now, begun.task->then);
    else
        fail(begun, expressionError(u"set"_s, value.error(), begun.reference), now);
}

void RunMachine::chooseCase(Begun &begun, qint64 now)
{
    const Expressions::Bindings variables = bindings(begun.parent, &begun);
    const SwitchCase *fallback = nullptr;
    for (const SwitchCase &one : begun.task->cases) {
        if (!one.when) {
            fallback = &one;
            continue;
        }
        const Result<QJsonValue> matches = evaluate(*one.when, begun.input, variables);
        if (!matches) {
            fail(begun, expressionError(u"case %1"_s.arg(one.name), matches.error(), begun.reference), now);
            return;
        }
        if (Expressions::isTruthy(*matches)) {
            complete(begun, begun.input, now, one.then);
            return;
        }
    }
    complete(begun, begun.input, now, fallback ? fallback->then : begun.task->then);
}

void RunMachine::raise(Begun &begun, qint64 now)
{
    const Result<QJsonValue> value = evaluate(begun.task->error, begun.input, bindings(begun.parent, &begun));
    if (!value) {
        fail(begun, expressionError(u"raise"_s, value.error(), begun.reference), now);
        return;
    }
    QJsonObject error = value->toObject();
    if (!error.value(u"type").isString()) {
        fail(begun,
             makeError(ErrorType::Configuration, u"The error cannot be raised"_s, u"it has no `type`"_s,
                       begun.reference),
             now);
        return;
    }
    error.insert(u"instance"_s, begun.reference);
    fail(begun, error, now);
}

void RunMachine::emitEvent(Begun &begun, qint64 now)
{
    const Result<QJsonValue> value = evaluate(begun.task->event, begun.input, bindings(begun.parent, &begun));
    if (!value) {
        fail(begun, expressionError(u"emit"_s, value.error(), begun.reference), now);
        return;
    }
    QJsonObject given = value->toObject();
    if (!given.contains(u"source"))
        given.insert(u"source"_s, u"/workflows/"_s + m_definition->summary.id.toString());
    // Each attempt is an event of its own; the same one after a crash.
    const QString name =
        QString::fromUtf8(m_id.bytes()) + begun.reference + begun.path + u'#' + QString::number(begun.attempt);
    const Result<QJsonObject> event =
        checkedEvent(given, QUuid::createUuidV5(eventNamespace, name).toString(QUuid::WithoutBraces), fromMillis(now));
    if (!event) {
        const QString why = event.error().fields.isEmpty() ? event.error().detail : event.error().fields.first().detail;
        fail(begun, makeError(ErrorType::Validation, u"The event cannot be emitted"_s, why, begun.reference), now);
        return;
    }
    m_out.emitted.append(*event);
    complete(begun, *event, now, begun.task->then);
}

void RunMachine::waitFor(Begun &begun, qint64 now)
{
    const Result<milliseconds> time = duration(begun.task->wait, begun.input, bindings(begun.parent, &begun));
    if (!time) {
        fail(begun, expressionError(u"wait"_s, time.error(), begun.reference), now);
        return;
    }
    if (time->count() == 0) {
        complete(begun, begun.input, now, begun.task->then);
        return;
    }
    if (Node *node = open(begun, Phase::Timer, now))
        node->dueAt = now + time->count();
}

void RunMachine::enterTry(Begun &begun, qint64 now)
{
    Node *node = open(begun, Phase::Body, now);
    if (!node)
        return;
    const std::optional<RetryPolicy> &policy = begun.task->caught.retry;
    if (policy && policy->attemptDuration)
        node->attemptDeadline = now + policy->attemptDuration->count();
    makeReady(*node);
}

void RunMachine::enterFor(Begun &begun, qint64 now)
{
    const Result<QJsonValue> items = evaluate(begun.task->loop.in, begun.input, bindings(begun.parent, &begun));
    if (!items) {
        fail(begun, expressionError(u"for.in"_s, items.error(), begun.reference), now);
        return;
    }
    const bool fits = items->isArray() && items->toArray().size() <= mostItems &&
                      Expressions::jsonSize(*items, RunLimits::valueBytes) <= RunLimits::valueBytes;
    if (!fits) {
        const QString why =
            items->isArray() ? u"`in` gave more than %1 items or %2 bytes"_s.arg(mostItems).arg(RunLimits::valueBytes)
                             : u"`in` gave %1 instead of an array"_s.arg(Expressions::typeName(*items));
        fail(begun,
             makeError(items->isArray() ? ErrorType::Runtime : ErrorType::Expression, u"The loop cannot run"_s, why,
                       begun.reference),
             now);
        return;
    }
    if (Node *node = open(begun, Phase::Body, now)) {
        node->items = items->toArray();
        nextIteration(*node, now);
    }
}

void RunMachine::nextIteration(Node &node, qint64 now)
{
    node.item++;
    node.index = 0;
    node.entered = {};
    bool more = node.item < node.items.size();
    if (more && !countStep(node.reference))
        return;
    if (more && node.task->loop.whileTrue) {
        const Result<QJsonValue> wanted = evaluate(*node.task->loop.whileTrue, node.data, bindings(&node, nullptr));
        if (!wanted) {
            const Begun begun = close(node);
            fail(begun, expressionError(u"while"_s, wanted.error(), begun.reference), now);
            return;
        }
        more = Expressions::isTruthy(*wanted);
    }
    if (more) {
        makeReady(node);
        return;
    }
    const QJsonValue data = node.data;
    Begun begun = close(node);
    complete(begun, data, now, begun.task->then);
}

void RunMachine::enterFork(Begun &begun, qint64 now)
{
    Node *fork = open(begun, Phase::Body, now);
    if (!fork)
        return;
    const int count = int(begun.task->tasks.size());
    fork->open = count;
    for (int i = 0; i < count; ++i) {
        auto branch = std::make_unique<Node>();
        branch->task = fork->task;
        branch->parent = fork;
        branch->branch = true;
        branch->place = branch->index = i;
        branch->reference = fork->reference;
        branch->path = fork->path;
        branch->data = branch->input = fork->input;
        branch->startedAt = now;
        fork->items.append(QJsonValue::Null);
        fork->children.push_back(std::move(branch));
    }
    // The last one made ready goes first.
    for (auto it = fork->children.rbegin(); it != fork->children.rend(); ++it)
        makeReady(**it);
    if (count == 0) {
        Begun ended = close(*fork);
        complete(ended, QJsonArray(), now, ended.task->then);
    }
}

void RunMachine::branchEnded(Node &branch, qint64 now)
{
    Node &fork = *branch.parent;
    fork.items[branch.place] = branch.data;
    const QJsonValue winner = branch.data;
    drop(branch);
    fork.open--;
    const bool race = fork.task->compete;
    if (!race && fork.open > 0) {
        m_out.changed = true;
        return;
    }
    closeBelow(fork, RunStatus::Cancelled, {}, now);
    const QJsonValue output = race ? winner : QJsonValue(fork.items);
    Begun begun = close(fork);
    complete(begun, output, now, begun.task->then);
}

} // namespace Atom::Workflows
