// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/taskreader.h"

#include "server/expressions/jsonvalues.h"
#include "server/workflows/flowcheck.h"

#include <QtCore/QJsonArray>
#include <QtCore/QSet>

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
constexpr qsizetype longestName = 128;

const QStringList commonKeys = {u"if"_s, u"input"_s, u"output"_s, u"export"_s, u"timeout"_s, u"then"_s, u"metadata"_s};

struct KindOfTask
{
    QString key;
    QStringList others; //!< properties besides the common ones
};

// `for` before `do`: a loop has both.
const std::vector<KindOfTask> &kindsOfTask()
{
    static const std::vector<KindOfTask> kinds = {{u"for"_s, {u"while"_s, u"do"_s}},
                                                  {u"do"_s, {}},
                                                  {u"set"_s, {}},
                                                  {u"switch"_s, {}},
                                                  {u"call"_s, {u"with"_s}},
                                                  {u"fork"_s, {}},
                                                  {u"try"_s, {u"catch"_s}},
                                                  {u"raise"_s, {}},
                                                  {u"wait"_s, {}},
                                                  {u"emit"_s, {}},
                                                  {u"listen"_s, {u"foreach"_s}},
                                                  {u"run"_s, {}}};
    return kinds;
}
QStringList kindNames()
{
    QStringList names;
    for (const KindOfTask &kind : kindsOfTask())
        names.append(kind.key);
    return names;
}
} // namespace

bool isFlowDirective(const QString &then)
{
    return then.isEmpty() || then == u"continue" || then == u"exit" || then == u"end";
}

int listDepth(const TaskList &tasks)
{
    int deepest = 0;
    for (const Task &task : tasks)
        deepest = std::max({deepest, listDepth(task.tasks), listDepth(task.caught.tasks)});
    return tasks.empty() ? 0 : deepest + 1;
}

bool TaskReader::count(int tasks, const QString &pointer)
{
    m_tasks += tasks;
    if (m_tasks <= mostTasks)
        return true;
    if (!m_isFull)
        m_reader.issue(pointer,
                       u"The definition has more than %1 tasks; divide it into several workflows."_s.arg(mostTasks));
    m_isFull = true;
    return false;
}

TaskList TaskReader::list(const QJsonValue &value, const QString &pointer, int depth, bool isFork)
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
    for (qsizetype i = 0; i < array.size() && !m_isFull; ++i) {
        const QString at = pointerJoin(pointer, QString::number(i));
        const QJsonObject item = array[i].toObject();
        if (item.size() != 1 || !item.begin().value().isObject()) {
            m_reader.issue(at, u"Each task is an object with one key, its name, and an object as value."_s);
            continue;
        }
        const QString name = item.begin().key();
        const QString inside = pointerJoin(at, name);
        if (names.contains(name))
            m_reader.issueAtKey(inside, u"Two tasks of this list are named `%1`."_s.arg(name.left(64)));
        if (isFlowDirective(name) || name.size() > longestName)
            m_reader.issueAtKey(inside, u"`%1` cannot be the name of a task."_s.arg(name.left(64)));
        names.insert(name);
        if (count(1, inside))
            tasks.push_back(task(name, item.begin().value().toObject(), inside, depth));
    }
    if (!m_isFull)
        checkFlow(m_reader, tasks, isFork);
    return tasks;
}

Task TaskReader::task(const QString &name, const QJsonObject &object, const QString &pointer, int depth)
{
    Task out;
    out.name = name;
    out.reference = pointer;
    out.then = object.value(u"then").toString(); // what it leads to counts as reached, whatever else is wrong
    const KindOfTask *found = nullptr;
    for (const KindOfTask &kind : kindsOfTask()) {
        if (!object.contains(kind.key) || (found && found->others.contains(kind.key)))
            continue;
        if (found) {
            m_reader.issueAtKey(
                pointerJoin(pointer, kind.key),
                u"A task is of one type; this one is `%1` as well as `%2`."_s.arg(found->key, kind.key));
            return out;
        }
        found = &kind;
    }
    if (!found) {
        QString hint;
        for (const QString &key : object.keys()) {
            if (hint.isEmpty() && !commonKeys.contains(key))
                hint = m_reader.hint(key, kindNames());
        }
        m_reader.issueAtKey(pointer, u"The task `%1` does nothing: it needs one of %2.%3"_s.arg(
                                         name.left(64), kindNames().join(u", "_s), hint));
        return out;
    }
    m_reader.checkKeys(object, pointer, commonKeys + found->others + QStringList{found->key});
    m_reader.setAuthorizes(found->key == u"call");
    common(out, object, pointer);
    m_reader.setAuthorizes(false);
    body(out, found->key, object, pointer, depth);
    return out;
}

void TaskReader::body(Task &task, const QString &kind, const QJsonObject &object, const QString &pointer, int depth)
{
    const QString at = pointerJoin(pointer, kind);
    if (kind == u"do") {
        task.kind = TaskKind::Do;
        task.tasks = list(object.value(kind), at, depth + 1);
    } else if (kind == u"set") {
        task.kind = TaskKind::Set;
        const QJsonValue value = object.value(kind);
        if (!value.isObject() && !Expressions::isExpressionText(value.toString()))
            m_reader.issue(at, u"`set` takes an object or one expression `${ ... }`."_s);
        task.set = m_reader.expressions(value, at, Sees::Inside);
    } else if (kind == u"wait") {
        task.kind = TaskKind::Wait;
        task.wait = m_reader.durationValue(object, kind, pointer, Sees::Inside).value_or(DurationValue());
    } else if (kind == u"switch") {
        switchCases(task, object, pointer);
    } else if (kind == u"for") {
        loop(task, object, pointer, depth);
    } else if (kind == u"fork") {
        fork(task, object, pointer, depth);
    } else if (kind == u"try") {
        tryCatch(task, object, pointer, depth);
    } else if (kind == u"raise") {
        raise(task, object, pointer);
    } else if (kind == u"emit") {
        emitEvent(task, object, pointer);
    } else if (kind == u"listen") {
        listen(task, object, pointer, depth);
    } else if (kind == u"call") {
        call(task, object, pointer, depth);
    } else {
        run(task, object, pointer);
    }
}

void TaskReader::common(Task &task, const QJsonObject &object, const QString &pointer)
{
    task.condition = m_reader.condition(object, u"if"_s, pointer, Sees::Before);
    const auto transform = [&](const QString &key, const QString &inner, Sees sees, std::optional<Template> &target,
                               Schema &schema) {
        const auto part = m_reader.object(object, key, pointer);
        if (!part)
            return;
        const QString at = pointerJoin(pointer, key);
        m_reader.checkKeys(*part, at, {inner, u"schema"_s});
        schema = m_reader.schema(*part, at);
        if (part->contains(inner))
            target = m_reader.expressions(part->value(inner), pointerJoin(at, inner), sees, true);
    };
    transform(u"input"_s, u"from"_s, Sees::Before, task.inputFrom, task.inputSchema);
    transform(u"output"_s, u"as"_s, Sees::After, task.outputAs, task.outputSchema);
    transform(u"export"_s, u"as"_s, Sees::After, task.exportAs, task.exportSchema);
    task.then = m_reader.text(object, u"then"_s, pointer);
    task.timeout = timeout(object, pointer);
    task.metadata = m_reader.object(object, u"metadata"_s, pointer).value_or(QJsonObject());
}

std::optional<DurationValue> TaskReader::timeout(const QJsonObject &parent, const QString &pointer)
{
    const QJsonValue value = parent.value(u"timeout");
    const QString at = pointerJoin(pointer, u"timeout"_s);
    if (value.isString()) {
        const QString name = value.toString();
        if (m_use.timeouts.contains(name))
            return m_use.timeouts.value(name);
        m_reader.issue(at,
                       u"use.timeouts has no `%1`.%2"_s.arg(name.left(64), m_reader.hint(name, m_use.timeouts.keys())));
        return std::nullopt;
    }
    const auto object = m_reader.object(parent, u"timeout"_s, pointer);
    if (!object)
        return std::nullopt;
    m_reader.checkKeys(*object, at, {u"after"_s});
    if (!object->contains(u"after"))
        m_reader.issue(at, u"`timeout` needs `after`, a duration."_s);
    return m_reader.durationValue(*object, u"after"_s, at, Sees::Before);
}

} // namespace Atom::Workflows
