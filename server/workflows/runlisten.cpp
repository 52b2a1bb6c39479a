// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunMachine that is about events: which it takes, and what it does with each.
#include "server/expressions/jsonvalues.h"
#include "server/workflows/runmachine.h"
#include "server/workflows/workflowerror.h"

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
bool takesForEver(const EventStrategy &to)
{
    return to.mode == EventStrategy::Mode::Any && to.untilForever;
}
} // namespace

void RunMachine::listen(Begun &begun, qint64 now)
{
    open(begun, Phase::Listen, now);
}

QList<EventInterest> RunMachine::interests() const
{
    QList<EventInterest> out;
    for (const Node *node : listeners()) {
        for (const EventInterest &one : EventMatcher::interests(node->task->listen.to)) {
            if (!out.contains(one))
                out.append(one);
        }
    }
    return out;
}

std::vector<RunMachine::Node *> RunMachine::listeners() const
{
    std::vector<Node *> out;
    const auto collect = [&out](const auto &self, Node &node) -> void {
        if (node.phase == Phase::Listen && !node.closing)
            out.push_back(&node);
        for (const auto &child : node.children)
            self(self, *child);
    };
    if (isGoingOn())
        collect(collect, *m_root);
    return out;
}

bool RunMachine::eventArrived(const QJsonObject &event, Timestamp time)
{
    bool taken = false;
    // Several branches may listen for the same event, and each gets it. Ending one may take others away (a race, an
    // error), but no position begins here, so an address means the same position.
    const std::vector<Node *> all = listeners();
    for (Node *node : all) {
        const std::vector<Node *> left = listeners();
        if (std::find(left.begin(), left.end(), node) != left.end())
            taken = take(*node, event, toMillis(time)) || taken;
    }
    if (taken) {
        m_out.consumed.append(eventIdentity(event));
        m_out.changed = true;
    }
    return taken;
}

// One filter against the event; when it matches, `correlations` holds what is expected from now on.
bool RunMachine::matches(Node &node, const EventFilter &filter, const QJsonObject &event, QJsonObject *correlations)
{
    const Begun about = begunOf(node);
    const Expressions::Bindings variables = bindings(node.parent, &about);
    if (!m_matcher.matches(filter, event, variables))
        return false;
    for (const EventFilter::Correlation &one : filter.correlate) {
        const Result<QJsonValue> value = evaluate(one.from, event, variables);
        if (!value || value->isNull())
            return false;
        QJsonValue expected = *value;
        if (one.expect) {
            const Result<QJsonValue> wanted = evaluate(*one.expect, node.input, variables);
            if (!wanted)
                return false;
            expected = *wanted;
        } else if (correlations->contains(one.name)) {
            expected = correlations->value(one.name);
        }
        if (Expressions::compareValues(*value, expected) != 0)
            return false;
        correlations->insert(one.name, expected);
    }
    return true;
}

// Whether the event is one the strategy wants; `taken` are the places of filters that had theirs ("all").
bool RunMachine::wants(Node &node, const EventStrategy &strategy, QJsonArray &taken, const QJsonObject &event)
{
    if (strategy.mode == EventStrategy::Mode::Any && strategy.filters.isEmpty())
        return true;
    for (qsizetype i = 0; i < strategy.filters.size(); ++i) {
        if (strategy.mode == EventStrategy::Mode::All && taken.contains(QJsonValue(i)))
            continue;
        QJsonObject correlations = node.correlations;
        if (!matches(node, strategy.filters[i], event, &correlations))
            continue;
        node.correlations = correlations;
        if (strategy.mode == EventStrategy::Mode::All)
            taken.append(i);
        return true;
    }
    return false;
}

bool RunMachine::take(Node &node, const QJsonObject &event, qint64 now)
{
    const EventStrategy &to = node.task->listen.to;
    const bool foreach = node.task->listen.each.has_value();
    bool untilMet = false;
    if (to.untilConsumed) {
        const EventStrategy &until = *to.untilConsumed;
        if (wants(node, until, node.takenUntil, event))
            untilMet = until.mode != EventStrategy::Mode::All || node.takenUntil.size() >= until.filters.size();
    }
    const bool full = node.queue.size() >= RunLimits::queuedEvents;
    const bool wanted = !full && wants(node, to, node.taken, event);
    if (!wanted && !untilMet)
        return false;
    if (wanted) {
        if (foreach)
            node.queue.append(event);
        else
            node.items.append(readEvent(event, node.task->listen.read));
    }
    switch (to.mode) {
    case EventStrategy::Mode::One:
        node.closing = true;
        break;
    case EventStrategy::Mode::All:
        node.closing = node.taken.size() >= to.filters.size();
        break;
    case EventStrategy::Mode::Any:
        node.closing = untilMet || (!to.untilTrue && !to.untilConsumed && !to.untilForever);
        break;
    }
    if (wanted && to.untilTrue && !node.closing) {
        // The expression sees what was consumed; with `foreach`, `items` are outputs, and the events are kept beside.
        if (foreach)
            node.taken.append(readEvent(event, node.task->listen.read));
        const QJsonArray &seen = foreach ? node.taken : node.items;
        const Begun about = begunOf(node);
        const Result<QJsonValue> over = evaluate(*to.untilTrue, seen, bindings(node.parent, &about));
        if (!over) {
            closeBelow(node, RunStatus::Cancelled, {}, now);
            const Begun begun = close(node);
            fail(begun, expressionError(u"until"_s, over.error(), begun.reference), now);
            return true;
        }
        node.closing = Expressions::isTruthy(*over);
    }
    for (const QJsonArray &kept : {node.items, node.taken}) {
        if (Expressions::jsonSize(kept, RunLimits::valueBytes) <= RunLimits::valueBytes)
            continue;
        closeBelow(node, RunStatus::Cancelled, {}, now);
        const Begun begun = close(node);
        fail(begun, tooLarge(u"what was listened for"_s, begun.reference), now);
        return true;
    }
    nextEvent(node, now);
    return true;
}

// Begins the iteration of the next event that waits; ends the task when it takes no more.
void RunMachine::nextEvent(Node &node, qint64 now)
{
    if (node.event.isObject())
        return; // one is worked on
    if (!node.queue.isEmpty()) {
        node.event = node.queue.first();
        node.queue.removeFirst();
        node.item++;
        node.index = 0;
        node.entered = {};
        node.data = readEvent(node.event.toObject(), node.task->listen.read);
        m_out.changed = true;
        if (countStep(node.reference))
            makeReady(node);
        return;
    }
    if (!node.closing)
        return;
    const QJsonArray output = node.items;
    Begun begun = close(node);
    complete(begun, output, now, begun.task->then);
}

// The tasks of `foreach` are through with one event.
void RunMachine::eventDone(Node &node, qint64 now)
{
    const EventLoop &each = *node.task->listen.each;
    QJsonValue output = node.data;
    const Begun about = begunOf(node);
    const auto failed = [&](const QString &what, const Error &error) {
        const Begun begun = close(node);
        fail(begun, expressionError(what, error, begun.reference), now);
    };
    if (each.outputAs) {
        const Result<QJsonValue> shaped = evaluate(*each.outputAs, output, bindings(&node, &about, &output));
        if (!shaped)
            return failed(u"foreach.output.as"_s, shaped.error());
        output = *shaped;
    }
    const Result<void> outputFits = each.outputSchema.check(output, u"The output does not fit the schema."_s);
    if (!outputFits) {
        const Begun begun = close(node);
        return fail(begun, schemaError(outputFits.error(), begun.reference), now);
    }
    if (each.exportAs) {
        const Result<QJsonValue> context = evaluate(*each.exportAs, output, bindings(&node, &about, &output));
        if (!context)
            return failed(u"foreach.export.as"_s, context.error());
        if (Expressions::jsonSize(*context, RunLimits::valueBytes) > RunLimits::valueBytes) {
            const Begun begun = close(node);
            return fail(begun, tooLarge(u"the context"_s, begun.reference), now);
        }
        const Result<void> fits = each.exportSchema.check(*context, u"The context does not fit the schema."_s);
        if (!fits) {
            const Begun begun = close(node);
            return fail(begun, schemaError(fits.error(), begun.reference), now);
        }
        m_context = *context;
    }
    // A listener that never ends gives no output: it must not grow for ever.
    if (!takesForEver(node.task->listen.to))
        node.items.append(output);
    node.event = QJsonValue();
    m_out.changed = true;
    if (Expressions::jsonSize(node.items, RunLimits::valueBytes) > RunLimits::valueBytes) {
        const Begun begun = close(node);
        return fail(begun, tooLarge(u"what was listened for"_s, begun.reference), now);
    }
    nextEvent(node, now);
}

} // namespace Atom::Workflows
