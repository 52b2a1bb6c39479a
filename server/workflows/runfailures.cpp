// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunMachine that is about errors: raising, catching, repeating, time limits.
#include "server/expressions/jsonvalues.h"
#include "server/workflows/runmachine.h"
#include "server/workflows/workflowerror.h"

#include <algorithm>
#include <cmath>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr double longestDelayMillis = 366.0 * 24 * 3'600'000;

// FNV-1a: the spread of repetitions has to be the same after a crash, not unpredictable.
quint64 hashOf(const QByteArray &text)
{
    quint64 hash = 14695981039346656037ULL;
    for (const char c : text)
        hash = (hash ^ quint8(c)) * 1099511628211ULL;
    return hash ^ (hash >> 29);
}

qint64 jitter(const RetryPolicy &policy, const QByteArray &seed)
{
    if (policy.jitterTo.count() <= 0)
        return 0;
    const qint64 spread = std::max<qint64>(0, (policy.jitterTo - policy.jitterFrom).count());
    return policy.jitterFrom.count() + qint64(hashOf(seed) % quint64(spread + 1));
}
} // namespace

bool RunMachine::isCaughtAbove(const Node &node) const
{
    for (const Node *n = &node; n && n->task; n = n->parent) {
        if (!n->branch && n->task->kind == TaskKind::Try && n->phase == Phase::Body)
            return true;
    }
    return false;
}

// `begun` is no position (any more): it has failed before it became one, or was taken away.
void RunMachine::fail(const Begun &begun, const QJsonObject &error, qint64 now)
{
    Node &parent = *begun.parent;
    // What stands now is the state in which this task is the next one.
    if (!isCaughtAbove(parent)) {
        m_retryCursor = cursor();
        m_retryCursor.insert(u"suspendedAt"_s, now); // time stands still until it is repeated
    }
    journal(begun, RunStatus::Faulted, {}, error, now);
    propagate(parent, error, now);
}

void RunMachine::propagate(Node &from, QJsonObject error, qint64 now)
{
    Node *node = &from;
    while (node->task) {
        if (!node->branch && node->task->kind == TaskKind::Try && node->phase == Phase::Body) {
            closeBelow(*node, RunStatus::Cancelled, {}, now);
            if (handle(*node, error, now))
                return;
        }
        Node *parent = node->parent;
        // What runs beside a branch that failed is not needed any more.
        closeBelow(*node, RunStatus::Cancelled, {}, now);
        const bool caught = node->task->kind == TaskKind::Try && !node->branch;
        const bool branch = node->branch;
        const Begun begun = close(*node);
        if (caught && !isCaughtAbove(*parent)) {
            m_retryCursor = cursor();
            m_retryCursor.insert(u"suspendedAt"_s, now);
        }
        if (!branch)
            journal(begun, RunStatus::Faulted, {}, error, now);
        node = parent;
    }
    endFaulted(error);
}

// Whether the try task takes the error: repeats, runs its catch block, or swallows it. An expression that fails while
// deciding replaces the error, which then goes on outwards.
bool RunMachine::handle(Node &node, QJsonObject &error, qint64 now)
{
    const CatchClause &clause = node.task->caught;
    if (!matchesErrorFilter(error, clause.filter))
        return false;
    const Begun about = begunOf(node);
    Expressions::Bindings variables = bindings(&node, &about);
    variables.insert(u"error"_s, error);
    variables.insert(clause.variable, error);
    bool failed = false;
    const auto holds = [&](const std::optional<Expression> &condition, bool otherwise, const QString &what) {
        if (!condition || failed)
            return otherwise;
        const Result<QJsonValue> value = evaluate(*condition, node.input, variables);
        if (!value) {
            failed = true;
            error = expressionError(what, value.error(), node.reference);
            return false;
        }
        return Expressions::isTruthy(*value);
    };
    const bool wanted =
        holds(clause.when, true, u"catch.when"_s) && !holds(clause.exceptWhen, false, u"catch.exceptWhen"_s);
    if (failed || !wanted)
        return false;
    if (clause.retry) {
        const bool applies = holds(clause.retry->when, true, u"retry.when"_s) &&
                             !holds(clause.retry->exceptWhen, false, u"retry.exceptWhen"_s);
        if (failed)
            return false;
        if (applies && retry(node, error, now))
            return true;
        // Repeating was the only thing to do about it: the last error is the task's own.
        if (applies && !clause.hasTasks && clause.then.isEmpty())
            return false;
    }
    node.phase = Phase::Catch;
    node.index = 0;
    node.entered = {};
    node.data = node.input;
    node.error = error;
    node.attemptDeadline = 0;
    m_out.changed = true;
    makeReady(node);
    return true;
}

// Whether the policy allows one more run of the block; then it waits for it.
bool RunMachine::retry(Node &node, const QJsonObject &error, qint64 now)
{
    const RetryPolicy &policy = *node.task->caught.retry;
    if (policy.attempts && node.retries >= *policy.attempts)
        return false;
    Expressions::Bindings variables = bindings(&node, nullptr);
    variables.insert(node.task->caught.variable, error);
    bool known = true;
    const auto millis = [&](const DurationValue &value) {
        const Result<milliseconds> time = duration(value, node.input, variables);
        known = known && time;
        return time ? double(time->count()) : 0.0;
    };
    double delay = millis(policy.delay);
    switch (policy.backoff) {
    case RetryPolicy::Backoff::Constant:
        break;
    case RetryPolicy::Backoff::Linear:
        delay += (policy.increment ? millis(*policy.increment) : delay) * node.retries;
        break;
    case RetryPolicy::Backoff::Exponential:
        delay *= std::pow(std::clamp(policy.factor, 1.0, 1000.0), std::min(node.retries, 60));
        break;
    }
    if (policy.maxDelay)
        delay = std::min(delay, millis(*policy.maxDelay));
    if (!known) // a delay that cannot be told: the error stays as it is
        return false;
    const QByteArray seed =
        m_id.bytes() + node.reference.toUtf8() + node.path.toLatin1() + QByteArray::number(node.retries);
    const qint64 due = now + qint64(std::min(delay, longestDelayMillis)) + jitter(policy, seed);
    if (policy.duration && due - node.startedAt > policy.duration->count())
        return false;
    node.phase = Phase::RetryWait;
    node.dueAt = due;
    node.error = error;
    node.attemptDeadline = 0;
    m_out.changed = true;
    return true;
}

// Ends everything below as cancelled (without an error) or failed; the innermost first.
void RunMachine::closeBelow(Node &node, RunStatus status, const QJsonObject &error, qint64 now)
{
    while (!node.children.empty()) {
        Node &child = *node.children.back();
        closeBelow(child, status, error, now);
        const bool branch = child.branch;
        const Begun begun = close(child);
        if (!branch)
            journal(begun, status, {}, error, now);
    }
}

qint64 RunMachine::deadlineAround(const Node &node) const
{
    qint64 earliest = 0;
    for (const Node *n = &node; n; n = n->parent) {
        for (const qint64 limit : {n->deadline, n->attemptDeadline}) {
            if (limit && (!earliest || limit < earliest))
                earliest = limit;
        }
    }
    return earliest;
}

qint64 RunMachine::earliestTime(const Node &node) const
{
    qint64 earliest = 0;
    const auto take = [&](qint64 limit) {
        if (limit && (!earliest || limit < earliest))
            earliest = limit;
    };
    take(node.deadline);
    take(node.attemptDeadline);
    if (node.phase == Phase::RetryWait || node.phase == Phase::Timer)
        take(node.dueAt);
    for (const auto &child : node.children)
        take(earliestTime(*child));
    return earliest;
}

// Does one thing whose time has come. The outermost first: it ends what is inside.
bool RunMachine::expire(qint64 now)
{
    return m_root && expireNode(*m_root, now);
}

bool RunMachine::expireNode(Node &node, qint64 now)
{
    const auto passed = [now](qint64 limit) { return limit != 0 && now >= limit; };
    if (passed(node.deadline) || passed(node.attemptDeadline)) {
        const QJsonObject error = makeError(ErrorType::Timeout, u"It took too long"_s,
                                            u"a time limit of the definition passed"_s, node.reference);
        closeBelow(node, RunStatus::Faulted, error, now);
        // A whole task's limit ends the task too; the limit of one attempt is an error inside its block.
        if (!passed(node.deadline)) {
            propagate(node, error, now);
        } else if (!node.task) {
            endFaulted(error);
        } else {
            const Begun begun = close(node);
            fail(begun, error, now);
        }
        return true;
    }
    if (node.phase == Phase::RetryWait && passed(node.dueAt)) {
        node.phase = Phase::Body;
        node.index = 0;
        node.entered = {};
        node.data = node.input;
        node.error = {};
        node.dueAt = 0;
        node.retries++;
        const std::optional<milliseconds> &limit = node.task->caught.retry->attemptDuration;
        node.attemptDeadline = limit ? now + limit->count() : 0;
        m_out.changed = true;
        makeReady(node);
        return true;
    }
    if (node.phase == Phase::Timer && passed(node.dueAt)) {
        Begun begun = close(node);
        complete(begun, begun.input, now, begun.task->then);
        return true;
    }
    for (size_t i = 0; i < node.children.size(); ++i) {
        if (expireNode(*node.children[i], now))
            return true;
    }
    return false;
}

} // namespace Atom::Workflows
