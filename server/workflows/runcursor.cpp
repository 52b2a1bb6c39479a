// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The state of RunMachine: made, seen by expressions, saved and restored.
#include "server/workflows/runmachine.h"

#include <QtCore/QJsonArray>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr int cursorVersion = 1;
} // namespace

RunMachine::RunMachine(std::shared_ptr<const Definition> definition, RunId id, QJsonValue input, Timestamp startedAt)
    : m_definition(std::move(definition)), m_id(std::move(id)), m_input(std::move(input)), m_startedAt(startedAt)
{
    indexTasks(m_definition->tasks);
}

void RunMachine::indexTasks(const TaskList &tasks)
{
    for (const Task &t : tasks) {
        m_tasks.insert(t.reference, &t);
        indexTasks(t.tasks);
        indexTasks(t.caught.tasks);
    }
}

Expressions::Bindings RunMachine::bindings(const Task *task, const QJsonValue *input, const QJsonValue *output) const
{
    Expressions::Bindings b;
    b.insert(u"context"_s, m_context);
    b.insert(u"workflow"_s, QJsonObject{{u"id"_s, m_id.toString()},
                                        {u"input"_s, m_input},
                                        {u"startedAt"_s, toIso(m_startedAt)},
                                        {u"definition"_s, QJsonObject{{u"document"_s, m_definition->document}}}});
    b.insert(u"runtime"_s, QJsonObject{{u"name"_s, u"atom-chat"_s}});
    for (const Frame &frame : m_frames) {
        if (frame.phase == Frame::Phase::Catch)
            b.insert(this->task(frame.task)->caught.variable, frame.error);
    }
    if (task) {
        QJsonObject about{{u"name"_s, task->name}, {u"reference"_s, task->reference}};
        if (input)
            about.insert(u"input"_s, *input);
        b.insert(u"task"_s, about);
    }
    if (input)
        b.insert(u"input"_s, *input);
    if (output)
        b.insert(u"output"_s, *output);
    return b;
}

QJsonObject RunMachine::cursor() const
{
    QJsonArray frames;
    for (const Frame &f : m_frames) {
        QJsonObject o{{u"task"_s, f.task},      {u"phase"_s, int(f.phase)}, {u"index"_s, f.index},
                      {u"data"_s, f.data},      {u"attempt"_s, f.attempt},  {u"startedAt"_s, f.startedAt},
                      {u"retries"_s, f.retries}};
        if (f.input != f.data)
            o.insert(u"input"_s, f.input);
        if (f.deadline)
            o.insert(u"deadline"_s, f.deadline);
        if (f.attemptDeadline)
            o.insert(u"attemptDeadline"_s, f.attemptDeadline);
        if (f.dueAt)
            o.insert(u"dueAt"_s, f.dueAt);
        if (!f.error.isEmpty())
            o.insert(u"error"_s, f.error);
        if (!f.iterations.isEmpty())
            o.insert(u"iterations"_s, f.iterations);
        frames.append(o);
    }
    QJsonObject out{{u"version"_s, cursorVersion}, {u"begun"_s, m_begun},       {u"frames"_s, frames},
                    {u"context"_s, m_context},     {u"attempts"_s, m_attempts}, {u"iterations"_s, m_iterations},
                    {u"steps"_s, m_steps}};
    // The last steps are journaled before the end itself: a crash in between must not lose the outcome.
    if (isTerminal(m_status)) {
        out.insert(u"end"_s,
                   QJsonObject{{u"status"_s, runStatusName(m_status)}, {u"output"_s, m_output}, {u"error"_s, m_error}});
    }
    if (m_leaf) {
        out.insert(u"call"_s, QJsonObject{{u"task"_s, m_leaf->task},
                                          {u"input"_s, m_leaf->input},
                                          {u"attempt"_s, m_leaf->attempt},
                                          {u"iteration"_s, m_leaf->iteration},
                                          {u"startedAt"_s, m_leaf->startedAt},
                                          {u"deadline"_s, m_leaf->deadline}});
    }
    return out;
}

Result<RunMachine> RunMachine::restore(std::shared_ptr<const Definition> definition, RunId id, QJsonValue input,
                                       Timestamp startedAt, const QJsonObject &cursor)
{
    const Error bad(Errc::ValidationFailed, u"The stored position of the run does not fit its definition."_s);
    if (cursor.value(u"version").toInt() != cursorVersion)
        return bad;
    RunMachine machine(std::move(definition), std::move(id), std::move(input), startedAt);
    machine.m_begun = cursor.value(u"begun").toBool();
    machine.m_context = cursor.value(u"context");
    machine.m_attempts = cursor.value(u"attempts").toObject();
    machine.m_iterations = cursor.value(u"iterations").toObject();
    machine.m_steps = cursor.value(u"steps").toInt();
    const QJsonArray frames = cursor.value(u"frames").toArray();
    for (const QJsonValue value : frames) {
        const QJsonObject o = value.toObject();
        Frame f;
        f.task = o.value(u"task").toString();
        const int phase = o.value(u"phase").toInt(-1);
        if (phase < 0 || phase > int(Frame::Phase::Waiting))
            return bad;
        f.phase = Frame::Phase(phase);
        f.index = o.value(u"index").toInt();
        f.data = o.value(u"data");
        f.input = o.contains(u"input") ? o.value(u"input") : f.data;
        f.attempt = o.value(u"attempt").toInt(1);
        f.startedAt = o.value(u"startedAt").toInteger();
        f.deadline = o.value(u"deadline").toInteger();
        f.attemptDeadline = o.value(u"attemptDeadline").toInteger();
        f.retries = o.value(u"retries").toInt();
        f.dueAt = o.value(u"dueAt").toInteger();
        f.error = o.value(u"error").toObject();
        f.iterations = o.value(u"iterations").toObject();
        const Task *t = machine.task(f.task);
        const bool isRoot = f.task.isEmpty() && machine.m_frames.isEmpty();
        const bool isComposite = t && (t->kind == TaskKind::Try || (t->kind == TaskKind::Do && phase == 0));
        if (f.index < 0 || (!isRoot && !isComposite))
            return bad;
        if (f.phase == Frame::Phase::Waiting)
            machine.m_status = RunStatus::Waiting;
        machine.m_frames.append(f);
    }
    if (const QJsonObject end = cursor.value(u"end").toObject(); !end.isEmpty()) {
        machine.m_status = runStatusFromName(end.value(u"status").toString()).value_or(RunStatus::Faulted);
        machine.m_output = end.value(u"output");
        machine.m_error = end.value(u"error").toObject();
        return machine;
    }
    if (machine.m_begun && machine.m_frames.isEmpty())
        return bad;
    if (const QJsonObject call = cursor.value(u"call").toObject(); !call.isEmpty()) {
        Leaf leaf;
        leaf.task = call.value(u"task").toString();
        leaf.input = call.value(u"input");
        leaf.attempt = call.value(u"attempt").toInt(1);
        leaf.iteration = call.value(u"iteration").toInt(1);
        leaf.startedAt = call.value(u"startedAt").toInteger();
        leaf.deadline = call.value(u"deadline").toInteger();
        const Task *t = machine.task(leaf.task);
        if (!t || t->kind != TaskKind::CallHttp)
            return bad;
        machine.m_leaf = leaf;
    }
    return machine;
}

} // namespace Atom::Workflows
