// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/definitionreader.h"

#include "server/expressions/jsonvalues.h"

#include <QtCore/QJsonArray>
#include <QtCore/QRegularExpression>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;
using Sees = DefinitionReader::Sees;

namespace {
constexpr int deepestLists = 12; // the run's position keeps the data of each

const QStringList commonKeys = {u"if"_s, u"input"_s, u"output"_s, u"export"_s, u"timeout"_s, u"then"_s, u"metadata"_s};
const QStringList builtKinds = {u"do"_s, u"set"_s, u"switch"_s, u"call"_s, u"try"_s};
// `for` before `do`: a loop has both.
const QStringList otherKinds = {u"for"_s, u"fork"_s, u"raise"_s, u"wait"_s, u"emit"_s, u"listen"_s, u"run"_s};

int wholeNumber(DefinitionReader &reader, const QJsonObject &object, const QString &key, const QString &pointer)
{
    const QJsonValue value = object.value(key);
    if (!Expressions::isInteger(value) || value.toInteger() < 0 || value.toInteger() > 100'000) {
        reader.issue(pointerJoin(pointer, key), u"`%1` must be a whole number from 0 to 100000."_s.arg(key));
        return 0;
    }
    return int(value.toInteger());
}

bool isDirective(const QString &then)
{
    return then.isEmpty() || then == u"continue" || then == u"exit" || then == u"end";
}
} // namespace

TaskList TaskReader::list(const QJsonValue &value, const QString &pointer, int depth)
{
    TaskList tasks;
    if (!value.isArray()) {
        m_reader.issue(pointer, u"A task list must be an array of one-key objects: - name: {...}."_s);
        return tasks;
    }
    if (depth > deepestLists) {
        m_reader.issue(pointer, u"Task lists are nested deeper than %1."_s.arg(deepestLists));
        return tasks;
    }
    const QJsonArray array = value.toArray();
    if (array.isEmpty())
        m_reader.issue(pointer, u"The task list is empty."_s);
    QSet<QString> names;
    for (qsizetype i = 0; i < array.size(); ++i) {
        const QString at = pointerJoin(pointer, QString::number(i));
        const QJsonObject item = array[i].toObject();
        if (item.size() != 1 || !item.begin().value().isObject()) {
            m_reader.issue(at, u"Each task is an object with one key, its name, and an object as value."_s);
            continue;
        }
        const QString name = item.begin().key();
        if (names.contains(name))
            m_reader.issueAtKey(pointerJoin(at, name), u"Two tasks of this list are named `%1`."_s.arg(name.left(64)));
        if (name.isEmpty() || name.size() > 128 || (isDirective(name) && !name.isEmpty()))
            m_reader.issueAtKey(pointerJoin(at, name), u"`%1` cannot be the name of a task."_s.arg(name.left(64)));
        names.insert(name);
        tasks.push_back(task(name, item.begin().value().toObject(), pointerJoin(at, name), depth));
    }
    checkTargets(tasks, pointer);
    return tasks;
}

void TaskReader::checkTargets(const TaskList &tasks, const QString &)
{
    QStringList names;
    for (const Task &t : tasks)
        names.append(t.name);
    const auto check = [&](const QString &then, const QString &pointer) {
        if (!isDirective(then) && !names.contains(then)) {
            m_reader.issue(pointer, u"`then: %1` names no task of the same list.%2"_s.arg(
                                        then.left(64), DefinitionReader::didYouMean(then, names)));
        }
    };
    for (const Task &t : tasks) {
        check(t.then, t.reference + u"/then"_s);
        check(t.caught.then, t.reference + u"/catch/then"_s);
        for (size_t i = 0; i < t.cases.size(); ++i)
            check(t.cases[i].then,
                  pointerJoin(u"%1/switch/%2"_s.arg(t.reference).arg(i), t.cases[i].name) + u"/then"_s);
    }
}

Task TaskReader::task(const QString &name, const QJsonObject &object, const QString &pointer, int depth)
{
    Task out;
    out.name = name;
    out.reference = pointer;
    QStringList kinds;
    for (const QString &kind : otherKinds + builtKinds) {
        if (object.contains(kind))
            kinds.append(kind);
    }
    if (kinds.isEmpty()) {
        QString hint;
        for (const QString &key : object.keys()) {
            if (hint.isEmpty() && !commonKeys.contains(key))
                hint = DefinitionReader::didYouMean(key, builtKinds);
        }
        m_reader.issueAtKey(pointer, u"The task `%1` does nothing: it needs one of %2.%3"_s.arg(
                                         name.left(64), builtKinds.join(u", "_s), hint));
        return out;
    }
    if (otherKinds.contains(kinds.first())) {
        m_reader.issueAtKey(pointerJoin(pointer, kinds.first()),
                            u"The task type `%1` is not supported yet."_s.arg(kinds.first()));
        return out;
    }
    if (kinds.size() > 1) {
        m_reader.issueAtKey(pointerJoin(pointer, kinds[1]),
                            u"A task is of one type; this one is `%1` as well as `%2`."_s.arg(kinds[0], kinds[1]));
        return out;
    }
    const QString &kind = kinds.first();
    QStringList known = commonKeys;
    known.append(kind);
    if (kind == u"call")
        known.append(u"with"_s);
    if (kind == u"try")
        known.append(u"catch"_s);
    m_reader.checkKeys(object, pointer, known);
    common(out, object, pointer);
    if (kind == u"do") {
        out.kind = TaskKind::Do;
        out.tasks = list(object.value(kind), pointerJoin(pointer, kind), depth + 1);
    } else if (kind == u"set") {
        out.kind = TaskKind::Set;
        const QJsonValue value = object.value(kind);
        if (!value.isObject() && !Expressions::isExpressionText(value.toString()))
            m_reader.issue(pointerJoin(pointer, kind), u"`set` takes an object or one expression `${ ... }`."_s);
        out.set = m_reader.expressions(value, pointerJoin(pointer, kind), Sees::Inside);
    } else if (kind == u"switch") {
        out.kind = TaskKind::Switch;
        switchCases(out, object, pointer);
    } else if (kind == u"call") {
        out.kind = TaskKind::CallHttp;
        call(out, object, pointer);
    } else {
        out.kind = TaskKind::Try;
        tryCatch(out, object, pointer, depth);
    }
    return out;
}

void TaskReader::common(Task &task, const QJsonObject &object, const QString &pointer)
{
    task.condition = m_reader.condition(object, u"if"_s, pointer, Sees::Before);
    const auto transform = [&](const QString &key, const QString &inner, Sees sees, std::optional<Template> &target) {
        const auto part = m_reader.object(object, key, pointer);
        if (!part)
            return;
        const QString at = pointerJoin(pointer, key);
        m_reader.checkKeys(*part, at, {inner}, {u"schema"_s});
        if (part->contains(inner))
            target = m_reader.expressions(part->value(inner), pointerJoin(at, inner), sees, true);
    };
    transform(u"input"_s, u"from"_s, Sees::Before, task.inputFrom);
    transform(u"output"_s, u"as"_s, Sees::After, task.outputAs);
    transform(u"export"_s, u"as"_s, Sees::After, task.exportAs);
    task.then = m_reader.text(object, u"then"_s, pointer);
    if (object.value(u"timeout").isString()) {
        m_reader.issue(pointerJoin(pointer, u"timeout"_s), u"A named timeout (use.timeouts) is not supported yet."_s);
    } else if (const auto timeout = m_reader.object(object, u"timeout"_s, pointer)) {
        const QString at = pointerJoin(pointer, u"timeout"_s);
        m_reader.checkKeys(*timeout, at, {u"after"_s});
        if (const auto after = m_reader.duration(*timeout, u"after"_s, at))
            task.timeout = DurationValue{*after, {}};
        if (!timeout->contains(u"after"))
            m_reader.issue(at, u"`timeout` needs `after`, a duration."_s);
    }
    (void)m_reader.object(object, u"metadata"_s, pointer);
}

void TaskReader::switchCases(Task &task, const QJsonObject &object, const QString &pointer)
{
    const QString base = pointerJoin(pointer, u"switch"_s);
    const QJsonValue value = object.value(u"switch");
    if (!value.isArray() || value.toArray().isEmpty()) {
        m_reader.issue(base, u"`switch` takes a list of cases: - name: {when, then}."_s);
        return;
    }
    const QJsonArray array = value.toArray();
    int defaults = 0;
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

void TaskReader::call(Task &task, const QJsonObject &object, const QString &pointer)
{
    const QString what = m_reader.text(object, u"call"_s, pointer);
    if (what != u"http") {
        static const QStringList protocols = {u"openapi"_s, u"grpc"_s, u"asyncapi"_s, u"a2a"_s, u"mcp"_s};
        m_reader.issue(pointerJoin(pointer, u"call"_s),
                       protocols.contains(what)
                           ? u"`call: %1` is not supported yet; `call: http` is."_s.arg(what)
                           : u"Calling the function `%1` is not supported yet; `call: http` is."_s.arg(what.left(64)));
        return;
    }
    const QString at = pointerJoin(pointer, u"with"_s);
    const auto with = m_reader.object(object, u"with"_s, pointer);
    if (!with) {
        if (!object.contains(u"with"))
            m_reader.issue(pointer, u"`call: http` needs `with`: {method, endpoint}."_s);
        return;
    }
    HttpArguments &http = task.http;
    m_reader.checkKeys(*with, at,
                       {u"method"_s, u"endpoint"_s, u"headers"_s, u"query"_s, u"body"_s, u"output"_s, u"redirect"_s});
    http.method = m_reader.text(*with, u"method"_s, at).toUpper().toLatin1();
    static const QStringList methods = {u"GET"_s,   u"HEAD"_s,   u"POST"_s,   u"PUT"_s,
                                        u"PATCH"_s, u"DELETE"_s, u"OPTIONS"_s};
    if (!methods.contains(QString::fromLatin1(http.method))) {
        m_reader.issue(with->contains(u"method") ? at + u"/method"_s : at,
                       u"`method` must be one of %1."_s.arg(methods.join(u", "_s)));
    }
    QJsonValue endpoint = with->value(u"endpoint");
    QString endpointAt = at + u"/endpoint"_s;
    if (endpoint.isObject()) {
        const QJsonObject parts = endpoint.toObject();
        m_reader.checkKeys(parts, endpointAt, {u"uri"_s}, {u"authentication"_s});
        endpoint = parts.value(u"uri");
        endpointAt += u"/uri"_s;
    }
    if (!endpoint.isString() || endpoint.toString().isEmpty()) {
        m_reader.issue(with->contains(u"endpoint") ? endpointAt : at, u"`endpoint` must be a URL or an expression."_s);
    } else if (Expressions::isExpressionText(endpoint.toString())) {
        http.endpoint = m_reader.expressions(endpoint, endpointAt, Sees::Inside);
    } else {
        Result<UriTemplate> uri = UriTemplate::compile(endpoint.toString());
        if (!uri)
            m_reader.issue(endpointAt, u"`endpoint`: %1."_s.arg(uri.error().detail));
        else if (!endpoint.toString().startsWith(u"http://") && !endpoint.toString().startsWith(u"https://"))
            m_reader.issue(endpointAt, u"`endpoint` must begin with http:// or https://."_s);
        else
            http.uri = *uri;
    }
    for (const auto &[key, target] : {std::pair(u"headers"_s, &http.headers), std::pair(u"query"_s, &http.query)}) {
        const QJsonValue value = with->value(key);
        if (value.isUndefined())
            continue;
        if (!value.isObject() && !Expressions::isExpressionText(value.toString()))
            m_reader.issue(pointerJoin(at, key), u"`%1` must be an object or an expression."_s.arg(key));
        *target = m_reader.expressions(value, pointerJoin(at, key), Sees::Inside);
    }
    http.hasBody = with->contains(u"body");
    if (http.hasBody)
        http.body = m_reader.expressions(with->value(u"body"), at + u"/body"_s, Sees::Inside);
    if (http.hasBody && (http.method == "GET" || http.method == "HEAD"))
        m_reader.issueAtKey(at + u"/body"_s, u"A %1 request has no body."_s.arg(QString::fromLatin1(http.method)));
    const QString output = m_reader.text(*with, u"output"_s, at);
    if (output == u"raw")
        http.output = HttpArguments::Output::Raw;
    else if (output == u"response")
        http.output = HttpArguments::Output::Response;
    else if (!output.isEmpty() && output != u"content")
        m_reader.issue(at + u"/output"_s, u"`output` is raw, content or response."_s);
    if (with->contains(u"redirect") && !with->value(u"redirect").isBool())
        m_reader.issue(at + u"/redirect"_s, u"`redirect` is true or false."_s);
    http.redirect = with->value(u"redirect").toBool();
}

void TaskReader::tryCatch(Task &task, const QJsonObject &object, const QString &pointer, int depth)
{
    task.tasks = list(object.value(u"try"), pointerJoin(pointer, u"try"_s), depth + 1);
    const auto clause = m_reader.object(object, u"catch"_s, pointer);
    if (!clause) {
        if (!object.contains(u"catch"))
            m_reader.issue(pointer, u"`try` needs `catch`."_s);
        return;
    }
    CatchClause &out = task.caught;
    const QString at = pointerJoin(pointer, u"catch"_s);
    m_reader.checkKeys(*clause, at, {u"errors"_s, u"as"_s, u"when"_s, u"exceptWhen"_s, u"retry"_s, u"do"_s, u"then"_s});
    if (const auto errors = m_reader.object(*clause, u"errors"_s, at)) {
        m_reader.checkKeys(*errors, at + u"/errors"_s, {u"with"_s});
        if (const auto filter = m_reader.object(*errors, u"with"_s, at + u"/errors"_s)) {
            m_reader.checkKeys(*filter, at + u"/errors/with"_s,
                               {u"type"_s, u"status"_s, u"instance"_s, u"title"_s, u"details"_s, u"detail"_s});
            out.filter = *filter;
            for (auto it = filter->begin(); it != filter->end(); ++it) {
                if (it.key() == u"status" ? !it.value().isDouble() : !it.value().isString())
                    m_reader.issue(pointerJoin(at + u"/errors/with"_s, it.key()), u"The filter takes a plain value."_s);
            }
        }
    }
    if (clause->contains(u"as")) {
        static const QRegularExpression name(u"\\A[A-Za-z_][A-Za-z0-9_]{0,63}\\z"_s);
        out.variable = m_reader.text(*clause, u"as"_s, at);
        if (!name.match(out.variable).hasMatch())
            m_reader.issue(at + u"/as"_s, u"`as` must be a variable name without `$`."_s);
    }
    m_reader.pushVariable(out.variable);
    out.when = m_reader.condition(*clause, u"when"_s, at, Sees::Inside);
    out.exceptWhen = m_reader.condition(*clause, u"exceptWhen"_s, at, Sees::Inside);
    if (clause->value(u"retry").isString()) {
        const QString name = clause->value(u"retry").toString();
        if (m_retries.contains(name)) {
            out.retry = m_retries.value(name);
        } else {
            m_reader.issue(at + u"/retry"_s, u"use.retries has no `%1`.%2"_s.arg(
                                                 name.left(64), DefinitionReader::didYouMean(name, m_retries.keys())));
        }
    } else if (const auto retry = m_reader.object(*clause, u"retry"_s, at)) {
        out.retry = retryPolicy(m_reader, *retry, at + u"/retry"_s);
    }
    out.hasTasks = clause->contains(u"do");
    if (out.hasTasks)
        out.tasks = list(clause->value(u"do"), at + u"/do"_s, depth + 1);
    m_reader.popVariable();
    out.then = m_reader.text(*clause, u"then"_s, at);
}

RetryPolicy TaskReader::retryPolicy(DefinitionReader &reader, const QJsonObject &object, const QString &pointer)
{
    RetryPolicy out;
    reader.checkKeys(object, pointer, {u"when"_s, u"exceptWhen"_s, u"delay"_s, u"backoff"_s, u"jitter"_s, u"limit"_s});
    reader.pushVariable(u"error"_s);
    out.when = reader.condition(object, u"when"_s, pointer, Sees::Inside);
    out.exceptWhen = reader.condition(object, u"exceptWhen"_s, pointer, Sees::Inside);
    reader.popVariable();
    out.delay.fixed = reader.duration(object, u"delay"_s, pointer).value_or(milliseconds(0));
    if (const auto backoff = reader.object(object, u"backoff"_s, pointer)) {
        const QString at = pointer + u"/backoff"_s;
        reader.checkKeys(*backoff, at, {u"constant"_s, u"linear"_s, u"exponential"_s});
        if (backoff->size() != 1)
            reader.issue(at, u"`backoff` is one of constant, linear, exponential."_s);
        for (const QString &kind : backoff->keys()) {
            if (const auto options = reader.object(*backoff, kind, at))
                reader.checkKeys(*options, pointerJoin(at, kind), {});
        }
        out.backoff = backoff->contains(u"exponential") ? RetryPolicy::Backoff::Exponential
                      : backoff->contains(u"linear")    ? RetryPolicy::Backoff::Linear
                                                        : RetryPolicy::Backoff::Constant;
    }
    if (const auto jitter = reader.object(object, u"jitter"_s, pointer)) {
        const QString at = pointer + u"/jitter"_s;
        reader.checkKeys(*jitter, at, {u"from"_s, u"to"_s});
        out.jitterFrom = reader.duration(*jitter, u"from"_s, at).value_or(milliseconds(0));
        out.jitterTo = reader.duration(*jitter, u"to"_s, at).value_or(milliseconds(0));
        if (!jitter->contains(u"from") || !jitter->contains(u"to") || out.jitterTo < out.jitterFrom)
            reader.issue(at, u"`jitter` needs `from` and `to`, with from <= to."_s);
    }
    if (const auto limit = reader.object(object, u"limit"_s, pointer)) {
        const QString at = pointer + u"/limit"_s;
        reader.checkKeys(*limit, at, {u"attempt"_s, u"duration"_s});
        out.duration = reader.duration(*limit, u"duration"_s, at);
        if (const auto attempt = reader.object(*limit, u"attempt"_s, at)) {
            reader.checkKeys(*attempt, at + u"/attempt"_s, {u"count"_s, u"duration"_s});
            if (attempt->contains(u"count"))
                out.attempts = wholeNumber(reader, *attempt, u"count"_s, at + u"/attempt"_s);
            out.attemptDuration = reader.duration(*attempt, u"duration"_s, at + u"/attempt"_s);
        }
    }
    return out;
}

} // namespace Atom::Workflows
