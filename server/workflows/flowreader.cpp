// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of TaskReader that reads branches, loops and the handling of errors.
#include "server/expressions/jsonvalues.h"
#include "server/workflows/durations.h"
#include "server/workflows/taskreader.h"

#include <QtCore/QJsonArray>
#include <QtCore/QSet>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
std::optional<int> wholeNumber(DefinitionReader &reader, const QJsonObject &object, const QString &key,
                               const QString &pointer, int from, int to)
{
    const QJsonValue value = object.value(key);
    if (value.isUndefined())
        return std::nullopt;
    if (Expressions::isInteger(value) && value.toInteger() >= from && value.toInteger() <= to)
        return int(value.toInteger());
    reader.issue(pointerJoin(pointer, key), u"`%1` must be a whole number from %2 to %3."_s.arg(key).arg(from).arg(to));
    return std::nullopt;
}
} // namespace

void TaskReader::switchCases(Task &task, const QJsonObject &object, const QString &pointer)
{
    task.kind = TaskKind::Switch;
    const QString base = pointerJoin(pointer, u"switch"_s);
    const QJsonArray array = object.value(u"switch").toArray();
    if (array.isEmpty()) {
        m_reader.issue(base, u"`switch` takes a list of cases: - name: {when, then}."_s);
        return;
    }
    int defaults = 0;
    QSet<QString> names;
    for (qsizetype i = 0; i < array.size(); ++i) {
        const QString at = pointerJoin(base, QString::number(i));
        const QJsonObject item = array[i].toObject();
        if (item.size() != 1 || !item.begin().value().isObject()) {
            m_reader.issue(at, u"Each case is an object with one key, its name, and {when, then} as value."_s);
            continue;
        }
        SwitchCase one;
        one.name = item.begin().key();
        const QString inside = pointerJoin(at, one.name);
        if (names.contains(one.name))
            m_reader.issueAtKey(inside, u"Two cases of this switch are named `%1`."_s.arg(one.name.left(64)));
        names.insert(one.name);
        const QJsonObject body = item.begin().value().toObject();
        m_reader.checkKeys(body, inside, {u"when"_s, u"then"_s});
        one.when = m_reader.condition(body, u"when"_s, inside, Sees::Inside);
        one.then = m_reader.text(body, u"then"_s, inside);
        if (!body.contains(u"then"))
            m_reader.issue(inside, u"The case `%1` needs `then`."_s.arg(one.name.left(64)));
        if (!body.contains(u"when") && ++defaults > 1)
            m_reader.issue(inside, u"Only one case may lack `when`."_s);
        task.cases.push_back(std::move(one));
    }
}

void TaskReader::loop(Task &task, const QJsonObject &object, const QString &pointer, int depth)
{
    task.kind = TaskKind::For;
    const QString at = pointerJoin(pointer, u"for"_s);
    m_reader.require(object, pointer, {u"do"_s});
    if (const auto loop = m_reader.object(object, u"for"_s, pointer)) {
        m_reader.checkKeys(*loop, at, {u"each"_s, u"in"_s, u"at"_s});
        task.loop.each = m_reader.variableName(*loop, u"each"_s, at, u"item"_s);
        task.loop.at = m_reader.variableName(*loop, u"at"_s, at, u"index"_s);
        if (task.loop.each == task.loop.at)
            m_reader.issue(at, u"`each` and `at` are the same variable, `$%1`."_s.arg(task.loop.at));
        const QJsonValue in = loop->value(u"in");
        if (in.isString() || in.isArray())
            task.loop.in = m_reader.expressions(in, pointerJoin(at, u"in"_s), Sees::Inside, true);
        else
            m_reader.issue(loop->contains(u"in") ? pointerJoin(at, u"in"_s) : at,
                           u"`in` is missing or wrong: an expression that gives a list, or a list."_s);
    }
    m_reader.pushVariable(task.loop.each);
    m_reader.pushVariable(task.loop.at);
    task.loop.whileTrue = m_reader.condition(object, u"while"_s, pointer, Sees::Inside);
    if (object.contains(u"do"))
        task.tasks = list(object.value(u"do"), pointerJoin(pointer, u"do"_s), depth + 1);
    m_reader.popVariable();
    m_reader.popVariable();
}

void TaskReader::fork(Task &task, const QJsonObject &object, const QString &pointer, int depth)
{
    task.kind = TaskKind::Fork;
    const auto fork = m_reader.object(object, u"fork"_s, pointer);
    if (!fork)
        return;
    const QString at = pointerJoin(pointer, u"fork"_s);
    m_reader.checkKeys(*fork, at, {u"branches"_s, u"compete"_s});
    task.compete = m_reader.flag(*fork, u"compete"_s, at, false);
    if (m_reader.require(*fork, at, {u"branches"_s}))
        task.tasks = list(fork->value(u"branches"), pointerJoin(at, u"branches"_s), depth + 1, true);
}

void TaskReader::tryCatch(Task &task, const QJsonObject &object, const QString &pointer, int depth)
{
    task.kind = TaskKind::Try;
    task.tasks = list(object.value(u"try"), pointerJoin(pointer, u"try"_s), depth + 1);
    if (const auto clause = m_reader.object(object, u"catch"_s, pointer))
        catchClause(task.caught, *clause, pointerJoin(pointer, u"catch"_s), depth);
    else if (!object.contains(u"catch"))
        m_reader.issue(pointer, u"`try` needs `catch`."_s);
}

void TaskReader::catchClause(CatchClause &out, const QJsonObject &clause, const QString &at, int depth)
{
    m_reader.checkKeys(clause, at, {u"errors"_s, u"as"_s, u"when"_s, u"exceptWhen"_s, u"retry"_s, u"do"_s, u"then"_s});
    if (const auto errors = m_reader.object(clause, u"errors"_s, at)) {
        const QString inside = at + u"/errors/with"_s;
        m_reader.checkKeys(*errors, at + u"/errors"_s, {u"with"_s});
        out.filter = m_reader.object(*errors, u"with"_s, at + u"/errors"_s).value_or(QJsonObject());
        m_reader.checkKeys(out.filter, inside,
                           {u"type"_s, u"status"_s, u"instance"_s, u"title"_s, u"details"_s, u"detail"_s});
        for (auto it = out.filter.begin(); it != out.filter.end(); ++it) {
            const QString text = it.value().toString();
            if (it.key() == u"status" ? !it.value().isDouble()
                                      : !it.value().isString() || Expressions::isExpressionText(text))
                m_reader.issue(pointerJoin(inside, it.key()), u"The filter takes a plain value; use `when`."_s);
        }
    }
    out.variable = m_reader.variableName(clause, u"as"_s, at, u"error"_s);
    m_reader.pushVariable(out.variable);
    out.when = m_reader.condition(clause, u"when"_s, at, Sees::Inside);
    out.exceptWhen = m_reader.condition(clause, u"exceptWhen"_s, at, Sees::Inside);
    if (clause.value(u"retry").isString()) {
        const QString name = clause.value(u"retry").toString();
        if (m_use.retries.contains(name)) {
            out.retry = m_use.retries.value(name);
        } else {
            m_reader.issue(at + u"/retry"_s, u"use.retries has no `%1`.%2"_s.arg(
                                                 name.left(64), m_reader.hint(name, m_use.retries.keys())));
        }
    } else if (const auto retry = m_reader.object(clause, u"retry"_s, at)) {
        out.retry = retryPolicy(*retry, at + u"/retry"_s);
    }
    out.hasTasks = clause.contains(u"do");
    if (out.hasTasks)
        out.tasks = list(clause.value(u"do"), at + u"/do"_s, depth + 1);
    m_reader.popVariable();
    out.then = m_reader.text(clause, u"then"_s, at);
}

RetryPolicy TaskReader::retryPolicy(const QJsonObject &object, const QString &pointer)
{
    RetryPolicy out;
    m_reader.checkKeys(object, pointer,
                       {u"when"_s, u"exceptWhen"_s, u"delay"_s, u"backoff"_s, u"jitter"_s, u"limit"_s});
    m_reader.pushVariable(u"error"_s);
    out.when = m_reader.condition(object, u"when"_s, pointer, Sees::Inside);
    out.exceptWhen = m_reader.condition(object, u"exceptWhen"_s, pointer, Sees::Inside);
    out.delay = m_reader.durationValue(object, u"delay"_s, pointer, Sees::Inside).value_or(DurationValue());
    if (const auto options = m_reader.object(object, u"backoff"_s, pointer))
        backoff(out, *options, pointer + u"/backoff"_s);
    m_reader.popVariable();
    if (const auto jitter = m_reader.object(object, u"jitter"_s, pointer)) {
        const QString at = pointer + u"/jitter"_s;
        m_reader.checkKeys(*jitter, at, {u"from"_s, u"to"_s});
        out.jitterFrom = m_reader.duration(*jitter, u"from"_s, at).value_or(milliseconds(0));
        out.jitterTo = m_reader.duration(*jitter, u"to"_s, at).value_or(milliseconds(0));
        if (!jitter->contains(u"from") || !jitter->contains(u"to") || out.jitterTo < out.jitterFrom)
            m_reader.issue(at, u"`jitter` needs `from` and `to`, with from <= to."_s);
    }
    if (const auto limit = m_reader.object(object, u"limit"_s, pointer)) {
        const QString at = pointer + u"/limit"_s;
        m_reader.checkKeys(*limit, at, {u"attempt"_s, u"duration"_s});
        out.duration = m_reader.duration(*limit, u"duration"_s, at);
        if (const auto attempt = m_reader.object(*limit, u"attempt"_s, at)) {
            m_reader.checkKeys(*attempt, at + u"/attempt"_s, {u"count"_s, u"duration"_s});
            out.attempts = wholeNumber(m_reader, *attempt, u"count"_s, at + u"/attempt"_s, 0, 100'000);
            out.attemptDuration = m_reader.duration(*attempt, u"duration"_s, at + u"/attempt"_s);
        }
    }
    return out;
}

void TaskReader::backoff(RetryPolicy &out, const QJsonObject &object, const QString &pointer)
{
    m_reader.checkKeys(object, pointer, {u"constant"_s, u"linear"_s, u"exponential"_s});
    if (object.size() != 1) {
        m_reader.issue(pointer, u"`backoff` is one of constant, linear, exponential."_s);
        return;
    }
    const QString kind = object.begin().key();
    const auto options = m_reader.object(object, kind, pointer);
    const QString at = pointerJoin(pointer, kind);
    if (!options)
        return;
    if (kind == u"constant") {
        m_reader.checkKeys(*options, at, {});
        return;
    }
    out.maxDelay = m_reader.durationValue(*options, u"maxDelay"_s, at, Sees::Inside);
    if (kind == u"linear") {
        out.backoff = RetryPolicy::Backoff::Linear;
        m_reader.checkKeys(*options, at, {u"increment"_s, u"maxDelay"_s});
        out.increment = m_reader.durationValue(*options, u"increment"_s, at, Sees::Inside);
    } else if (kind == u"exponential") {
        out.backoff = RetryPolicy::Backoff::Exponential;
        m_reader.checkKeys(*options, at, {u"factor"_s, u"maxDelay"_s});
        out.factor = options->value(u"factor").toDouble(options->contains(u"factor") ? 0 : 2);
        if (!(out.factor >= 1 && out.factor <= 100))
            m_reader.issue(at + u"/factor"_s, u"`factor` is a number from 1 to 100."_s);
    }
}

void TaskReader::raise(Task &task, const QJsonObject &object, const QString &pointer)
{
    task.kind = TaskKind::Raise;
    const auto raise = m_reader.object(object, u"raise"_s, pointer);
    if (!raise)
        return;
    const QString at = pointerJoin(pointer, u"raise"_s);
    m_reader.checkKeys(*raise, at, {u"error"_s});
    m_reader.require(*raise, at, {u"error"_s});
    if (raise->value(u"error").isString()) {
        const QString name = raise->value(u"error").toString();
        if (m_use.errors.contains(name))
            task.error = m_use.errors.value(name);
        else
            m_reader.issue(at + u"/error"_s,
                           u"use.errors has no `%1`.%2"_s.arg(name.left(64), m_reader.hint(name, m_use.errors.keys())));
    } else if (const auto inlineError = m_reader.object(*raise, u"error"_s, at)) {
        task.error = error(*inlineError, at + u"/error"_s);
    }
}

Template TaskReader::error(const QJsonObject &object, const QString &pointer)
{
    const QStringList texts = {u"type"_s, u"title"_s, u"detail"_s, u"instance"_s};
    m_reader.checkKeys(object, pointer, texts + QStringList{u"status"_s});
    m_reader.require(object, pointer, {u"type"_s, u"status"_s});
    for (const QString &key : texts)
        (void)m_reader.text(object, key, pointer);
    (void)wholeNumber(m_reader, object, u"status"_s, pointer, 100, 599);
    return m_reader.expressions(object, pointer, Sees::Inside);
}

} // namespace Atom::Workflows
