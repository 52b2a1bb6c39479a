// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/runmachine.h"

#include "server/expressions/jsonvalues.h"
#include "server/workflows/httptask.h"
#include "server/workflows/workflowerror.h"

#include <QtCore/QUrl>

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
QString instanceOf(const Task &task)
{
    return task.reference;
}
} // namespace

const TaskList &RunMachine::listOf(const Frame &frame) const
{
    if (frame.task.isEmpty())
        return m_definition->tasks;
    const Task *t = task(frame.task);
    return frame.phase == Frame::Phase::Catch ? t->caught.tasks : t->tasks;
}

QJsonObject RunMachine::expressionError(const QString &what, const Error &error, const QString &instance) const
{
    return makeError(ErrorType::Expression, u"An expression failed"_s, u"%1: %2"_s.arg(what, error.detail), instance);
}

void RunMachine::journal(const Task &task, int attempt, RunStatus status, const QJsonValue &input,
                         const QJsonValue &output, const QJsonObject &error, qint64 startedAt, qint64 endedAt)
{
    StepRecord step;
    step.reference = task.reference;
    step.name = task.name;
    step.attempt = attempt;
    step.status = status;
    step.input = input;
    step.output = output;
    step.error = error;
    step.startedAt = fromMillis(startedAt);
    if (endedAt)
        step.endedAt = fromMillis(endedAt);
    m_journal.append(std::move(step));
}

void RunMachine::begin()
{
    m_begun = true;
    Frame root;
    root.startedAt = toMillis(m_startedAt);
    if (m_definition->timeout)
        root.deadline = root.startedAt + m_definition->timeout->fixed.count();
    root.data = m_input;
    if (m_definition->inputFrom) {
        const Result<QJsonValue> input =
            m_definition->inputFrom->evaluate(m_input, bindings(nullptr, nullptr, nullptr));
        if (!input) {
            endFaulted(expressionError(u"input.from"_s, input.error(), u"/input/from"_s));
            return;
        }
        root.data = *input;
    }
    root.input = root.data;
    m_frames = {root};
}

Action RunMachine::advance(Timestamp time)
{
    const qint64 now = toMillis(time);
    while (true) {
        Action action;
        if (!m_journal.isEmpty()) {
            action.kind = Action::Kind::Journal;
            action.step = m_journal.takeFirst();
            return action;
        }
        if (isTerminal(m_status))
            return action;
        if (!m_begun) {
            begin();
            continue;
        }
        if (expire(now))
            continue;
        if (m_leaf) {
            // Built again after a restart, from the same input: the same request.
            Result<Connectors::HttpCall> call = leafCall();
            if (!call) {
                const Leaf leaf = *m_leaf;
                m_leaf.reset();
                fail(*task(leaf.task), leaf.input, leaf.attempt, leaf.startedAt, now,
                     expressionError(u"call"_s, call.error(), leaf.task));
                continue;
            }
            action.kind = Action::Kind::Call;
            action.call = std::move(*call);
            action.reference = m_leaf->task;
            action.attempt = m_leaf->attempt;
            if (const qint64 limit = earliestDeadline())
                action.until = fromMillis(limit);
            return action;
        }
        Frame &frame = m_frames.last();
        if (frame.phase == Frame::Phase::Waiting) {
            if (now < frame.dueAt) {
                const qint64 limit = earliestDeadline();
                action.kind = Action::Kind::Wait;
                action.until = fromMillis(limit ? std::min(limit, frame.dueAt) : frame.dueAt);
                return action;
            }
            const Task &t = *task(frame.task);
            frame.phase = Frame::Phase::Body;
            frame.index = 0;
            frame.data = frame.input;
            frame.error = {};
            frame.retries++;
            if (t.caught.retry && t.caught.retry->attemptDuration)
                frame.attemptDeadline = now + t.caught.retry->attemptDuration->count();
            m_status = RunStatus::Running;
            // A repetition is the same call to the service: its counters inside start where the block began.
            const QString prefix = frame.task + u"/try/"_s;
            for (const QString &key : m_iterations.keys()) {
                if (key.startsWith(prefix))
                    m_iterations.remove(key);
            }
            for (auto it = frame.iterations.begin(); it != frame.iterations.end(); ++it)
                m_iterations.insert(it.key(), it.value());
        }
        const TaskList &list = listOf(frame);
        if (frame.index >= int(list.size()))
            leaveList(now);
        else
            beginTask(list[size_t(frame.index)], now);
    }
}

void RunMachine::beginTask(const Task &task, qint64 now)
{
    if (++m_steps > RunLimits::steps) {
        endFaulted(makeError(ErrorType::Runtime, u"The run is too long"_s,
                             u"more than %1 tasks were run"_s.arg(RunLimits::steps), instanceOf(task)));
        return;
    }
    Frame &frame = m_frames.last();
    const QJsonValue raw = frame.data;
    const auto number = [&](QJsonObject &counters) {
        const int n = counters.value(task.reference).toInt() + 1;
        counters.insert(task.reference, n);
        return n;
    };
    if (task.condition) {
        const Result<QJsonValue> wanted = task.condition->evaluate(raw, bindings(&task, nullptr, nullptr));
        if (!wanted) {
            fail(task, raw, number(m_attempts), now, now, expressionError(u"if"_s, wanted.error(), instanceOf(task)));
            return;
        }
        if (!Expressions::isTruthy(*wanted)) {
            frame.index++;
            return;
        }
    }
    const int attempt = number(m_attempts);
    number(m_iterations);
    QJsonValue input = raw;
    if (task.inputFrom) {
        const Result<QJsonValue> transformed = task.inputFrom->evaluate(raw, bindings(&task, nullptr, nullptr));
        if (!transformed) {
            fail(task, raw, attempt, now, now, expressionError(u"input.from"_s, transformed.error(), instanceOf(task)));
            return;
        }
        input = *transformed;
    }
    switch (task.kind) {
    case TaskKind::Do:
    case TaskKind::Try:
        enter(task, input, attempt, now);
        return;
    case TaskKind::Set: {
        const Result<QJsonValue> value = task.set.evaluate(input, bindings(&task, &input, nullptr));
        if (value)
            complete(task, input, *value, attempt, now, now, task.then);
        else
            fail(task, input, attempt, now, now, expressionError(u"set"_s, value.error(), instanceOf(task)));
        return;
    }
    case TaskKind::Switch:
        chooseCase(task, input, attempt, now);
        return;
    case TaskKind::CallHttp:
        startCall(task, input, attempt, now);
        return;
    case TaskKind::For:
    case TaskKind::Fork:
    case TaskKind::Raise:
    case TaskKind::Wait:
    case TaskKind::Emit:
    case TaskKind::Listen:
    case TaskKind::CallFunction:
    case TaskKind::RunWorkflow:
    case TaskKind::Unsupported:
        break;
    }
    fail(task, input, attempt, now, now,
         makeError(ErrorType::Configuration, u"The task cannot run here"_s,
                   task.refusal.isEmpty() ? u"tasks of this type are not built yet"_s : task.refusal,
                   instanceOf(task)));
}

void RunMachine::enter(const Task &task, const QJsonValue &input, int attempt, qint64 now)
{
    Frame frame;
    frame.task = task.reference;
    frame.data = input;
    frame.input = input;
    frame.attempt = attempt;
    frame.startedAt = now;
    if (task.timeout)
        frame.deadline = now + task.timeout->fixed.count();
    if (task.kind == TaskKind::Try) {
        if (task.caught.retry && task.caught.retry->attemptDuration)
            frame.attemptDeadline = now + task.caught.retry->attemptDuration->count();
        const QString prefix = task.reference + u"/try/"_s;
        for (auto it = m_iterations.begin(); it != m_iterations.end(); ++it) {
            if (it.key().startsWith(prefix))
                frame.iterations.insert(it.key(), it.value());
        }
    }
    m_frames.append(frame);
    journal(task, attempt, RunStatus::Running, input, {}, {}, now, 0);
}

void RunMachine::chooseCase(const Task &task, const QJsonValue &input, int attempt, qint64 now)
{
    const Expressions::Bindings variables = bindings(&task, &input, nullptr);
    const SwitchCase *fallback = nullptr;
    for (const SwitchCase &one : task.cases) {
        if (!one.when) {
            fallback = &one;
            continue;
        }
        const Result<QJsonValue> matches = one.when->evaluate(input, variables);
        if (!matches) {
            fail(task, input, attempt, now, now,
                 expressionError(u"case %1"_s.arg(one.name), matches.error(), instanceOf(task)));
            return;
        }
        if (Expressions::isTruthy(*matches)) {
            complete(task, input, input, attempt, now, now, one.then);
            return;
        }
    }
    complete(task, input, input, attempt, now, now, fallback ? fallback->then : task.then);
}

void RunMachine::startCall(const Task &task, const QJsonValue &input, int attempt, qint64 now)
{
    Leaf leaf;
    leaf.task = task.reference;
    leaf.input = input;
    leaf.attempt = attempt;
    leaf.iteration = m_iterations.value(task.reference).toInt(1);
    leaf.startedAt = now;
    if (task.timeout)
        leaf.deadline = now + task.timeout->fixed.count();
    m_leaf = leaf;
    if (const Result<Connectors::HttpCall> call = leafCall(); !call) {
        m_leaf.reset();
        fail(task, input, attempt, now, now, expressionError(u"call"_s, call.error(), instanceOf(task)));
        return;
    }
    journal(task, attempt, RunStatus::Running, input, {}, {}, now, 0);
}

QByteArray RunMachine::idempotencyKey() const
{
    return m_id.bytes() + ':' + QUrl::toPercentEncoding(m_leaf->task, "/") + ':' +
           QByteArray::number(m_leaf->iteration);
}

Result<Connectors::HttpCall> RunMachine::leafCall() const
{
    const Task *t = task(m_leaf->task);
    return buildHttpCall(t->http, m_leaf->input, bindings(t, &m_leaf->input, nullptr), idempotencyKey());
}

void RunMachine::callFinished(const Result<Connectors::HttpReply> &reply, Timestamp time)
{
    const qint64 now = toMillis(time);
    if (!m_leaf || isTerminal(m_status))
        return;
    // A call that ended because a time limit around it passed is that limit's error.
    if (!reply && reply.error().code == Errc::DeadlineExceeded && expire(now))
        return;
    const Leaf leaf = *m_leaf;
    const Task &t = *task(leaf.task);
    const Result<Connectors::HttpCall> call = leafCall();
    m_leaf.reset();
    std::variant<QJsonValue, QJsonObject> outcome =
        readHttpReply(t.http, call ? *call : Connectors::HttpCall(), reply, instanceOf(t), RunLimits::valueBytes);
    if (std::holds_alternative<QJsonValue>(outcome))
        complete(t, leaf.input, std::get<QJsonValue>(outcome), leaf.attempt, leaf.startedAt, now, t.then);
    else
        fail(t, leaf.input, leaf.attempt, leaf.startedAt, now, std::get<QJsonObject>(outcome));
}

void RunMachine::complete(const Task &task, const QJsonValue &input, QJsonValue output, int attempt, qint64 startedAt,
                          qint64 now, const QString &then)
{
    const auto tooLarge = [&](const QString &what) {
        return makeError(ErrorType::Runtime, u"The data is too large"_s,
                         u"%1 is larger than %2 bytes"_s.arg(what).arg(RunLimits::valueBytes), instanceOf(task));
    };
    if (task.outputAs) {
        const Result<QJsonValue> shaped = task.outputAs->evaluate(output, bindings(&task, &input, &output));
        if (!shaped) {
            fail(task, input, attempt, startedAt, now,
                 expressionError(u"output.as"_s, shaped.error(), instanceOf(task)));
            return;
        }
        output = *shaped;
    }
    if (Expressions::jsonSize(output, RunLimits::valueBytes) > RunLimits::valueBytes) {
        fail(task, input, attempt, startedAt, now, tooLarge(u"the output"_s));
        return;
    }
    if (task.exportAs) {
        const Result<QJsonValue> context = task.exportAs->evaluate(output, bindings(&task, &input, &output));
        if (!context || Expressions::jsonSize(*context, RunLimits::valueBytes) > RunLimits::valueBytes) {
            fail(task, input, attempt, startedAt, now,
                 context ? tooLarge(u"the context"_s)
                         : expressionError(u"export.as"_s, context.error(), instanceOf(task)));
            return;
        }
        m_context = *context;
    }
    journal(task, attempt, RunStatus::Completed, input, output, {}, startedAt, now);
    m_frames.last().data = output;
    proceed(then, now);
}

void RunMachine::proceed(const QString &then, qint64 now)
{
    Frame &frame = m_frames.last();
    const TaskList &list = listOf(frame);
    if (then.isEmpty() || then == u"continue") {
        frame.index++;
    } else if (then == u"exit") {
        frame.index = int(list.size());
    } else if (then == u"end") {
        const QJsonValue data = frame.data;
        while (m_frames.size() > 1) {
            const Frame open = m_frames.takeLast();
            journal(*task(open.task), open.attempt, RunStatus::Completed, open.input, data, {}, open.startedAt, now);
        }
        finish(data);
    } else {
        const auto it = std::find_if(list.begin(), list.end(), [&](const Task &t) { return t.name == then; });
        frame.index = int(it - list.begin()); // validated; a missing one would end the list
    }
}

void RunMachine::leaveList(qint64 now)
{
    const Frame frame = m_frames.last();
    if (frame.task.isEmpty()) {
        finish(frame.data);
        return;
    }
    const Task &t = *task(frame.task);
    m_frames.removeLast();
    const bool caught = frame.phase == Frame::Phase::Catch;
    complete(t, frame.input, frame.data, frame.attempt, frame.startedAt, now,
             caught && !t.caught.then.isEmpty() ? t.caught.then : t.then);
}

void RunMachine::finish(const QJsonValue &data)
{
    QJsonValue output = data;
    if (m_definition->outputAs) {
        const Result<QJsonValue> shaped = m_definition->outputAs->evaluate(data, bindings(nullptr, nullptr, nullptr));
        if (!shaped) {
            endFaulted(expressionError(u"output.as"_s, shaped.error(), u"/output/as"_s));
            return;
        }
        output = *shaped;
    }
    m_frames.clear();
    m_output = output;
    m_status = RunStatus::Completed;
}

void RunMachine::endFaulted(const QJsonObject &error)
{
    m_frames.clear();
    m_leaf.reset();
    m_error = error;
    m_status = RunStatus::Faulted;
}

void RunMachine::cancel(Timestamp time)
{
    if (isTerminal(m_status))
        return;
    const qint64 now = toMillis(time);
    if (m_leaf)
        journal(*task(m_leaf->task), m_leaf->attempt, RunStatus::Cancelled, m_leaf->input, {}, {}, m_leaf->startedAt,
                now);
    while (m_frames.size() > 1) {
        const Frame open = m_frames.takeLast();
        journal(*task(open.task), open.attempt, RunStatus::Cancelled, open.input, {}, {}, open.startedAt, now);
    }
    m_frames.clear();
    m_leaf.reset();
    m_status = RunStatus::Cancelled;
}

} // namespace Atom::Workflows
