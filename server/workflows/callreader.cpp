// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of TaskReader that reads calls and runs.
#include "server/expressions/jsonvalues.h"
#include "server/workflows/authenticationreader.h"
#include "server/workflows/taskreader.h"

#include <QtCore/QRegularExpression>

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
constexpr int deepestFunctions = 16; // functions that call functions, while they are read

// References stay unique when a function is called twice: they begin with the call's.
void rebase(Task &task, const QString &from, const QString &to)
{
    task.reference = to + task.reference.mid(from.size());
    for (Task &inner : task.tasks)
        rebase(inner, from, to);
    for (Task &inner : task.caught.tasks)
        rebase(inner, from, to);
}

int taskCount(const Task &task)
{
    int n = 1;
    for (const Task &inner : task.tasks)
        n += taskCount(inner);
    for (const Task &inner : task.caught.tasks)
        n += taskCount(inner);
    return n;
}
} // namespace

void TaskReader::call(Task &task, const QJsonObject &object, const QString &pointer, int depth)
{
    task.kind = TaskKind::CallHttp;
    const QString what = m_reader.text(object, u"call"_s, pointer);
    const QString at = pointerJoin(pointer, u"with"_s);
    if (!object.value(u"call").isString())
        return;
    if (what != u"http" && !foreignCalls().contains(what)) {
        callFunction(task, what, object, pointer, depth);
        return;
    }
    const auto with = m_reader.object(object, u"with"_s, pointer);
    if (!with) {
        if (!object.contains(u"with"))
            m_reader.issue(pointer, u"`call: %1` needs `with`, its arguments."_s.arg(what));
        return;
    }
    if (what != u"http") {
        foreign(task, what, *with, at, depth);
        return;
    }
    http(task.http, *with, at);
    if (task.http.authentication.kind == Authentication::Kind::Certificate) {
        task.kind = TaskKind::Unsupported;
        task.refusal = u"authentication with a certificate is not built"_s;
    }
}

void TaskReader::http(HttpArguments &http, const QJsonObject &with, const QString &at)
{
    m_reader.checkKeys(with, at,
                       {u"method"_s, u"endpoint"_s, u"headers"_s, u"query"_s, u"body"_s, u"output"_s, u"redirect"_s});
    http.method = m_reader.text(with, u"method"_s, at).toUpper().toLatin1();
    static const QStringList methods = {u"GET"_s,   u"HEAD"_s,   u"POST"_s,   u"PUT"_s,
                                        u"PATCH"_s, u"DELETE"_s, u"OPTIONS"_s};
    if (!methods.contains(QString::fromLatin1(http.method))) {
        m_reader.issue(with.contains(u"method") ? at + u"/method"_s : at,
                       u"`method` must be one of %1."_s.arg(methods.join(u", "_s)));
    }
    endpoint(http, with, at);
    for (const auto &[key, target] : {std::pair(u"headers"_s, &http.headers), std::pair(u"query"_s, &http.query)}) {
        const QJsonValue value = with.value(key);
        if (value.isUndefined())
            continue;
        if (!value.isObject() && !Expressions::isExpressionText(value.toString()))
            m_reader.issue(pointerJoin(at, key), u"`%1` must be an object or an expression."_s.arg(key));
        *target = m_reader.expressions(value, pointerJoin(at, key), Sees::Inside);
    }
    http.hasBody = with.contains(u"body");
    if (http.hasBody)
        http.body = m_reader.expressions(with.value(u"body"), at + u"/body"_s, Sees::Inside);
    if (http.hasBody && (http.method == "GET" || http.method == "HEAD"))
        m_reader.issueAtKey(at + u"/body"_s, u"A %1 request has no body."_s.arg(QString::fromLatin1(http.method)));
    const QString output = m_reader.choice(with, u"output"_s, at, {u"content"_s, u"raw"_s, u"response"_s});
    http.output = output == u"raw"        ? HttpArguments::Output::Raw
                  : output == u"response" ? HttpArguments::Output::Response
                                          : HttpArguments::Output::Content;
    http.redirect = m_reader.flag(with, u"redirect"_s, at, false);
}

void TaskReader::endpoint(HttpArguments &http, const QJsonObject &with, const QString &pointer)
{
    QJsonValue value = with.value(u"endpoint");
    QString at = pointer + u"/endpoint"_s;
    if (value.isObject()) {
        const QJsonObject parts = value.toObject();
        m_reader.checkKeys(parts, at, {u"uri"_s, u"authentication"_s});
        if (const auto authentication = m_reader.object(parts, u"authentication"_s, at)) {
            http.authentication =
                readAuthentication(m_reader, *authentication, at + u"/authentication"_s, m_use.authentications);
        }
        value = parts.value(u"uri");
        at += u"/uri"_s;
    }
    const QString text = value.toString();
    if (text.isEmpty()) {
        m_reader.issue(with.contains(u"endpoint") ? at : pointer, u"`endpoint` must be a URL or an expression."_s);
    } else if (Expressions::isExpressionText(text)) {
        http.endpoint = m_reader.expressions(value, at, Sees::Inside);
    } else if (Result<UriTemplate> uri = UriTemplate::compile(text); !uri) {
        m_reader.issue(at, u"`endpoint`: %1."_s.arg(uri.error().detail));
    } else if (!text.startsWith(u"http://") && !text.startsWith(u"https://")) {
        m_reader.issue(at, u"`endpoint` must begin with http:// or https://."_s);
    } else {
        http.uri = *uri;
    }
}

void TaskReader::callFunction(Task &task, const QString &what, const QJsonObject &object, const QString &pointer,
                              int depth)
{
    task.kind = TaskKind::CallFunction;
    const QString at = pointerJoin(pointer, u"call"_s);
    if (object.contains(u"with")) {
        const QJsonValue with = object.value(u"with");
        if (!with.isObject() && !Expressions::isExpressionText(with.toString()))
            m_reader.issue(pointerJoin(pointer, u"with"_s), u"`with` must be an object or an expression."_s);
        task.function.with = m_reader.expressions(with, pointerJoin(pointer, u"with"_s), Sees::Inside);
    }
    if (what.contains(u"://")) {
        task.kind = TaskKind::Unsupported;
        task.refusal = u"functions are not fetched from other places: %1"_s.arg(what.left(200));
        return;
    }
    static const QRegularExpression form(
        u"\\A[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?(?::[0-9A-Za-z.+-]{1,64})?@[A-Za-z0-9_-]{1,64}\\z"_s);
    if (const qsizetype sign = what.lastIndexOf(u'@'); sign >= 0) {
        task.function.name = what.first(sign);
        task.function.catalog = what.sliced(sign + 1);
        if (!form.match(what).hasMatch()) {
            m_reader.issue(at, u"A function of a catalog is called name@catalog or name:version@catalog."_s);
        } else if (m_use.catalogs.contains(task.function.catalog)) {
            task.kind = TaskKind::Unsupported;
            task.refusal = u"functions are not fetched from the catalog `%1`"_s.arg(task.function.catalog);
        } else if (task.function.catalog != u"default") {
            m_reader.issue(at, u"use.catalogs has no `%1`; this server's own is `default`.%2"_s.arg(
                                   task.function.catalog,
                                   m_reader.hint(task.function.catalog, m_use.catalogs + QStringList{u"default"_s})));
        }
        return;
    }
    task.function.name = what;
    if (!m_use.functions.contains(what)) {
        m_reader.issue(at,
                       u"use.functions has no `%1`; besides these there are http, %2 and functions@default.%3"_s.arg(
                           what.left(64), foreignCalls().join(u", "_s),
                           m_reader.hint(what, m_use.functions.keys() + foreignCalls() + QStringList{u"http"_s})));
        return;
    }
    if (const Function *known = function(what, at))
        expand(task, *known, at, depth);
}

void TaskReader::expand(Task &task, const Function &function, const QString &pointer, int depth)
{
    if (depth + function.depth > deepestLists) {
        m_reader.issue(pointer, u"Functions and task lists are nested deeper than %1."_s.arg(deepestLists));
        return;
    }
    if (!count(function.tasks, pointer))
        return;
    Task inner = function.task;
    rebase(inner, QString(inner.reference), pointerJoin(task.reference, inner.name));
    task.tasks.push_back(std::move(inner));
}

const TaskReader::Function *TaskReader::function(const QString &name, const QString &from)
{
    if (m_isFull)
        return nullptr;
    if (const auto it = m_functions.find(name); it != m_functions.end()) {
        if (!it->second.isReading)
            return &it->second;
        m_reader.issue(from, u"The function `%1` calls itself, directly or through others."_s.arg(name.left(64)));
        return nullptr;
    }
    const auto reading =
        std::count_if(m_functions.begin(), m_functions.end(), [](const auto &f) { return f.second.isReading; });
    if (reading >= deepestFunctions) {
        m_reader.issue(from, u"Functions call functions deeper than %1."_s.arg(deepestFunctions));
        return nullptr;
    }
    Function &made = m_functions[name];
    const QString pointer = pointerJoin(u"/use/functions"_s, name);
    const QStringList outer = m_reader.takeVariables(); // the caller's loops are not the function's
    if (m_use.functions.value(name).isObject() && count(1, pointer))
        made.task = task(name, m_use.functions.value(name).toObject(), pointer, 1);
    else if (!m_isFull)
        m_reader.issue(pointer, u"A function is a task: an object."_s);
    made.tasks = taskCount(made.task);
    made.depth = std::max(listDepth(made.task.tasks), listDepth(made.task.caught.tasks)) + 1;
    made.isReading = false;
    m_reader.setVariables(outer);
    return &made;
}

void TaskReader::readFunctions()
{
    for (const QString &name : m_use.functions.keys()) {
        if (!m_functions.contains(name))
            (void)function(name, pointerJoin(u"/use/functions"_s, name));
    }
}

void TaskReader::run(Task &task, const QJsonObject &object, const QString &pointer)
{
    task.kind = TaskKind::RunWorkflow;
    const auto run = m_reader.object(object, u"run"_s, pointer);
    if (!run)
        return;
    const QString at = pointerJoin(pointer, u"run"_s);
    const QStringList processes = {u"workflow"_s, u"container"_s, u"script"_s, u"shell"_s};
    m_reader.checkKeys(*run, at, processes + QStringList{u"await"_s, u"return"_s});
    const bool await = m_reader.flag(*run, u"await"_s, at, true);
    (void)m_reader.choice(*run, u"return"_s, at, {u"stdout"_s, u"stderr"_s, u"code"_s, u"all"_s, u"none"_s});
    QString kind;
    for (const QString &process : processes) {
        if (!run->contains(process))
            continue;
        if (!kind.isEmpty())
            m_reader.issueAtKey(pointerJoin(at, process),
                                u"A task runs one thing; this one runs `%1` already."_s.arg(kind));
        else
            kind = process;
    }
    if (kind.isEmpty()) {
        m_reader.issue(at, u"`run` needs one of %1."_s.arg(processes.join(u", "_s)));
        return;
    }
    const auto arguments = m_reader.object(*run, kind, at);
    if (!arguments)
        return;
    if (kind != u"workflow") {
        foreign(task, kind, *arguments, pointerJoin(at, kind), 0);
        return;
    }
    task.subflow.await = await;
    subflow(task.subflow, *arguments, at + u"/workflow"_s);
}

void TaskReader::subflow(SubflowCall &out, const QJsonObject &object, const QString &pointer)
{
    m_reader.checkKeys(object, pointer, {u"namespace"_s, u"name"_s, u"version"_s, u"input"_s});
    m_reader.require(object, pointer, {u"namespace"_s, u"name"_s, u"version"_s});
    out.ns = m_reader.text(object, u"namespace"_s, pointer);
    out.name = m_reader.text(object, u"name"_s, pointer);
    out.version = m_reader.text(object, u"version"_s, pointer);
    static const QRegularExpression version(
        u"\\A(?:latest|\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}(?:[-+][0-9A-Za-z.+-]{1,64})?)\\z"_s);
    if (object.value(u"version").isString() && !version.match(out.version).hasMatch())
        m_reader.issue(pointer + u"/version"_s, u"`version` is latest or a semantic version like 1.0.0."_s);
    if (!object.contains(u"input"))
        return;
    const QJsonValue input = object.value(u"input");
    if (!input.isObject() && !Expressions::isExpressionText(input.toString()))
        m_reader.issue(pointer + u"/input"_s, u"`input` must be an object or an expression."_s);
    out.input = m_reader.expressions(input, pointer + u"/input"_s, Sees::Inside);
}

} // namespace Atom::Workflows
