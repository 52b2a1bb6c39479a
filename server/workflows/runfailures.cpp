// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunMachine that is about errors: raising, catching, repeating, time limits.
#include "server/expressions/jsonvalues.h"
#include "server/workflows/runmachine.h"
#include "server/workflows/workflowerror.h"

#include <QtCore/QRandomGenerator>

#include <algorithm>
#include <cmath>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 longestDelayMillis = 24 * 3'600'000;

qint64 retryDelay(const RetryPolicy &policy, int retriesDone)
{
    double delay = double(policy.delay.fixed.count());
    if (policy.backoff == RetryPolicy::Backoff::Linear)
        delay *= retriesDone + 1;
    else if (policy.backoff == RetryPolicy::Backoff::Exponential)
        delay *= std::pow(2.0, std::min(retriesDone, 40));
    const qint64 spread = (policy.jitterTo - policy.jitterFrom).count();
    if (policy.jitterTo.count() > 0) {
        delay += double(policy.jitterFrom.count());
        if (spread > 0)
            delay += double(QRandomGenerator::global()->bounded(spread + 1));
    }
    return qint64(std::min(delay, double(longestDelayMillis)));
}
} // namespace

void RunMachine::fail(const Task &task, const QJsonValue &input, int attempt, qint64 startedAt, qint64 now,
                      const QJsonObject &error)
{
    journal(task, attempt, RunStatus::Faulted, input, {}, error, startedAt, now);
    propagate(error, now);
}

void RunMachine::propagate(QJsonObject error, qint64 now)
{
    while (m_frames.size() > 1) {
        Frame &frame = m_frames.last();
        const Task &t = *task(frame.task);
        if (t.kind == TaskKind::Try && frame.phase == Frame::Phase::Body && handle(frame, t, error, now))
            return;
        journal(t, frame.attempt, RunStatus::Faulted, frame.input, {}, error, frame.startedAt, now);
        m_frames.removeLast();
    }
    endFaulted(error);
}

// Whether the try task takes the error: repeats, runs its catch block, or swallows it. An expression that fails while
// deciding replaces the error, which then goes on outwards.
bool RunMachine::handle(Frame &frame, const Task &task, QJsonObject &error, qint64 now)
{
    const CatchClause &clause = task.caught;
    if (!matchesErrorFilter(error, clause.filter))
        return false;
    Expressions::Bindings variables = bindings(&task, &frame.input, nullptr);
    variables.insert(u"error"_s, error);
    variables.insert(clause.variable, error);
    bool failed = false;
    const auto holds = [&](const std::optional<Expression> &condition, bool otherwise, const QString &what) {
        if (!condition || failed)
            return otherwise;
        const Result<QJsonValue> value = condition->evaluate(frame.input, variables);
        if (!value) {
            failed = true;
            error = expressionError(what, value.error(), task.reference);
            return false;
        }
        return Expressions::isTruthy(*value);
    };
    const bool wanted =
        holds(clause.when, true, u"catch.when"_s) && !holds(clause.exceptWhen, false, u"catch.exceptWhen"_s);
    if (failed || !wanted)
        return false;
    if (clause.retry) {
        const RetryPolicy &policy = *clause.retry;
        const bool applies =
            holds(policy.when, true, u"retry.when"_s) && !holds(policy.exceptWhen, false, u"retry.exceptWhen"_s);
        if (failed)
            return false;
        const qint64 due = now + retryDelay(policy, frame.retries);
        const bool inCount = !policy.attempts || frame.retries < *policy.attempts;
        const bool inTime = !policy.duration || due - frame.startedAt <= policy.duration->count();
        if (applies && inCount && inTime) {
            frame.phase = Frame::Phase::Waiting;
            frame.dueAt = due;
            frame.error = error;
            frame.attemptDeadline = 0;
            m_status = RunStatus::Waiting;
            m_journal.append(std::nullopt);
            return true;
        }
        // Repeating was the only thing to do about it: the last error is the task's own.
        if (applies && !clause.hasTasks && clause.then.isEmpty())
            return false;
    }
    frame.phase = Frame::Phase::Catch;
    frame.index = 0;
    frame.data = frame.input;
    frame.error = error;
    frame.attemptDeadline = 0;
    return true;
}

qint64 RunMachine::earliestDeadline() const
{
    qint64 earliest = 0;
    const auto take = [&](qint64 limit) {
        if (limit && (!earliest || limit < earliest))
            earliest = limit;
    };
    for (const Frame &frame : m_frames) {
        take(frame.deadline);
        take(frame.attemptDeadline);
    }
    if (m_leaf)
        take(m_leaf->deadline);
    return earliest;
}

// Ends what is open inside the outermost thing whose time limit passed, and raises the timeout there.
bool RunMachine::expire(qint64 now)
{
    const auto passed = [now](qint64 limit) { return limit != 0 && now >= limit; };
    qsizetype at = 0;
    while (at < m_frames.size() && !passed(m_frames[at].deadline) && !passed(m_frames[at].attemptDeadline))
        ++at;
    const bool leafPassed = m_leaf && passed(m_leaf->deadline);
    if (at == m_frames.size() && !leafPassed)
        return false;
    const QString instance = at == m_frames.size() ? m_leaf->task : m_frames[at].task;
    const QJsonObject error =
        makeError(ErrorType::Timeout, u"It took too long"_s, u"a time limit of the definition passed"_s, instance);
    if (m_leaf) {
        const Leaf leaf = *m_leaf;
        m_leaf.reset();
        journal(*task(leaf.task), leaf.attempt, RunStatus::Faulted, leaf.input, {}, error, leaf.startedAt, now);
    }
    if (at < m_frames.size()) {
        // A whole task's limit ends the task too; the limit of one attempt is an error inside its block.
        const qsizetype keep = passed(m_frames[at].deadline) ? at : at + 1;
        while (m_frames.size() > std::max<qsizetype>(keep, 1)) {
            const Frame open = m_frames.takeLast();
            journal(*task(open.task), open.attempt, RunStatus::Faulted, open.input, {}, error, open.startedAt, now);
        }
        if (at == 0) {
            endFaulted(error);
            return true;
        }
    }
    m_status = RunStatus::Running;
    propagate(error, now);
    return true;
}

} // namespace Atom::Workflows
