// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/flowcheck.h"

#include "server/expressions/template.h"
#include "server/workflows/taskreader.h"

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
struct Jump
{
    QString then;
    QString pointer; //!< of the `then`
};

// The jumps a task may make, as far as they are written down.
QList<Jump> jumpsOf(const Task &task)
{
    QList<Jump> jumps{{task.then, task.reference + u"/then"_s}};
    if (task.kind == TaskKind::Try)
        jumps.append({task.caught.then, task.reference + u"/catch/then"_s});
    for (size_t i = 0; i < task.cases.size(); ++i)
        jumps.append({task.cases[i].then,
                      pointerJoin(u"%1/switch/%2"_s.arg(task.reference).arg(i), task.cases[i].name) + u"/then"_s});
    return jumps;
}

class ListFlow
{
public:
    explicit ListFlow(const TaskList &tasks) : m_tasks(tasks), m_isReached(tasks.size(), false)
    {
        for (size_t i = 0; i < tasks.size(); ++i)
            m_index.insert(tasks[i].name, i);
        if (tasks.empty())
            return;
        reach(0);
        while (!m_open.empty()) {
            const size_t at = m_open.back();
            m_open.pop_back();
            leave(at);
        }
    }
    bool isReached(size_t i) const { return m_isReached[i]; }

private:
    void reach(size_t i)
    {
        if (i >= m_tasks.size() || m_isReached[i])
            return;
        m_isReached[i] = true;
        m_open.push_back(i);
    }
    void follow(const QString &then, size_t from)
    {
        if (then.isEmpty() || then == u"continue")
            reach(from + 1);
        else if (!isFlowDirective(then))
            reach(m_index.value(then, m_tasks.size()));
    }
    void leave(size_t at)
    {
        const Task &task = m_tasks[at];
        if (task.condition) // left out when it does not hold
            reach(at + 1);
        if (task.kind == TaskKind::Raise)
            return;
        bool hasDefault = false;
        for (const SwitchCase &one : task.cases) {
            hasDefault = hasDefault || !one.when;
            follow(one.then, at);
        }
        if (!hasDefault)
            follow(task.then, at);
        if (task.kind == TaskKind::Try)
            follow(task.caught.then.isEmpty() ? task.then : task.caught.then, at);
    }

    const TaskList &m_tasks;
    std::vector<bool> m_isReached;
    std::vector<size_t> m_open;
    QHash<QString, size_t> m_index;
};

bool isSelf(const Task &task, const Definition &definition)
{
    return task.kind == TaskKind::RunWorkflow &&
           task.subflow.ns + u'.' + task.subflow.name == definition.summary.id.toString() &&
           (task.subflow.version == u"latest" || task.subflow.version == definition.summary.version);
}

// What every run comes to, in order: only straight on, into what has no condition, until the way may part.
class StraightWay
{
public:
    StraightWay(DefinitionReader &reader, const Definition &definition) : m_reader(reader), m_definition(definition) {}

    //! \return false when the way behind the list is not certain any more.
    bool walk(const TaskList &tasks)
    {
        for (const Task &task : tasks) {
            if (!step(task))
                return false;
            if (!task.then.isEmpty() && task.then != u"continue")
                return false;
        }
        return true;
    }

private:
    bool step(const Task &task)
    {
        if (task.condition)
            return true;
        if (isSelf(task, m_definition) && (task.subflow.await || !m_hasWaited)) {
            m_reader.issueAtKey(
                task.reference + u"/run/workflow"_s,
                u"This workflow runs itself without a condition, so it never ends; give the task an `if`."_s);
            return false;
        }
        m_hasWaited = m_hasWaited || task.kind == TaskKind::Wait || task.kind == TaskKind::Listen;
        switch (task.kind) {
        case TaskKind::Do:
        case TaskKind::CallFunction:
            return walk(task.tasks);
        case TaskKind::Fork:
            for (const Task &branch : task.tasks) {
                if (!step(branch))
                    return false;
            }
            return true;
        case TaskKind::Try: // its block begins; where that ends is not certain
            (void)walk(task.tasks);
            return false;
        case TaskKind::Switch:
        case TaskKind::Raise:
            return false;
        case TaskKind::Set:
        case TaskKind::For: // perhaps over nothing
        case TaskKind::Wait:
        case TaskKind::Emit:
        case TaskKind::Listen:
        case TaskKind::CallHttp:
        case TaskKind::RunWorkflow:
        case TaskKind::Unsupported:
            break;
        }
        return true;
    }

    DefinitionReader &m_reader;
    const Definition &m_definition;
    bool m_hasWaited = false;
};
} // namespace

void checkFlow(DefinitionReader &reader, const TaskList &tasks, bool isFork)
{
    QStringList names;
    for (const Task &task : tasks)
        names.append(task.name);
    const QSet<QString> known(names.begin(), names.end());
    bool isGood = true;
    for (const Task &task : tasks) {
        for (const auto &[then, pointer] : jumpsOf(task)) {
            if (isFlowDirective(then) || (!isFork && known.contains(then)))
                continue;
            isGood = false;
            if (isFork) {
                reader.issue(pointer,
                             u"`then: %1`: branches run side by side, none leads to another."_s.arg(then.left(64)));
                continue;
            }
            reader.issue(pointer, u"`then: %1` names no task of the same list.%2"_s.arg(then.left(64),
                                                                                        reader.hint(then, names)));
        }
    }
    if (!isGood || isFork) // a wrong name makes more look unreachable than is
        return;
    const ListFlow flow(tasks);
    for (size_t i = 0; i < tasks.size(); ++i) {
        if (!flow.isReached(i)) {
            reader.issueAtKey(
                tasks[i].reference,
                u"The task `%1` can never run: the tasks before it always leave, and no `then` leads to it."_s.arg(
                    tasks[i].name.left(64)));
        }
    }
}

void checkSelfRun(DefinitionReader &reader, const Definition &definition)
{
    (void)StraightWay(reader, definition).walk(definition.tasks);
}

} // namespace Atom::Workflows
