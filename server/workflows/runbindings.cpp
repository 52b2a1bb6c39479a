// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What expressions see, and how positions are named and journaled.
#include "server/workflows/durations.h"
#include "server/workflows/runmachine.h"
#include "server/workflows/workflowerror.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QUrl>
#include <QtCore/QVarLengthArray>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
QJsonObject describedTime(Timestamp time)
{
    return {{u"iso8601"_s, toIso(time)},
            {u"epoch"_s, QJsonObject{{u"seconds"_s, toMillis(time) / 1000}, {u"milliseconds"_s, toMillis(time)}}}};
}
} // namespace

RunMachine::RunMachine(std::shared_ptr<const Definition> definition, RunId id, QJsonValue input, Timestamp startedAt)
    : m_definition(std::move(definition)), m_id(std::move(id)), m_input(std::move(input)), m_startedAt(startedAt)
{
    m_aboutWorkflow = {{u"id"_s, m_id.toString()},
                       {u"input"_s, m_input},
                       {u"startedAt"_s, describedTime(m_startedAt)},
                       {u"definition"_s, QJsonObject{{u"document"_s, m_definition->document}}}};
    setSecrets({});
}

RunMachine::~RunMachine() = default;
RunMachine::RunMachine(RunMachine &&) noexcept = default;
RunMachine &RunMachine::operator=(RunMachine &&) noexcept = default;

void RunMachine::setSecrets(QJsonObject secrets)
{
    m_secrets = {};
    m_missingSecrets.clear();
    for (const QString &name : m_definition->secrets) {
        if (secrets.contains(name))
            m_secrets.insert(name, secrets.value(name));
        else
            m_missingSecrets.append(name);
    }
    m_mask = SecretMask(m_secrets);
}

Error RunMachine::secretRefused() const
{
    return Error(Errc::Forbidden,
                 u"the secret %1 is not there or not allowed here"_s.arg(m_missingSecrets.join(u", "_s)));
}

Expressions::Bindings RunMachine::bindings(const Node *around, const Begun *about, const QJsonValue *output) const
{
    static const QJsonObject runtime{{u"name"_s, u"atom-chat"_s},
                                     {u"version"_s, QCoreApplication::applicationVersion()}};
    Expressions::Bindings b;
    b.insert(u"context"_s, m_context);
    b.insert(u"workflow"_s, m_aboutWorkflow);
    b.insert(u"runtime"_s, runtime);
    b.insert(u"secrets"_s, m_secrets);
    // Outer ones first: an inner loop or catch may use the same name.
    QVarLengthArray<const Node *, 32> nodes;
    for (const Node *n = around; n; n = n->parent)
        nodes.append(n);
    for (qsizetype i = nodes.size(); i-- > 0;) {
        const Node &n = *nodes[i];
        if (!n.task || n.branch)
            continue;
        if (n.phase == Phase::Catch) {
            b.insert(n.task->caught.variable, n.error);
        } else if (n.task->kind == TaskKind::For && n.item >= 0 && n.item < n.items.size()) {
            b.insert(n.task->loop.each, n.items[n.item]);
            b.insert(n.task->loop.at, n.item);
        } else if (n.task->kind == TaskKind::Listen && n.event.isObject() && n.task->listen.each) {
            b.insert(n.task->listen.each->item, readEvent(n.event.toObject(), n.task->listen.read));
            b.insert(n.task->listen.each->at, n.item);
        }
    }
    if (about) {
        QJsonObject task{{u"name"_s, about->task->name},
                         {u"reference"_s, about->reference},
                         {u"input"_s, about->raw},
                         {u"startedAt"_s, describedTime(fromMillis(about->startedAt))}};
        if (output)
            task.insert(u"output"_s, *output);
        b.insert(u"task"_s, task);
        b.insert(u"input"_s, about->input);
    }
    if (output)
        b.insert(u"output"_s, *output);
    return b;
}

Result<milliseconds> RunMachine::duration(const DurationValue &value, const QJsonValue &input,
                                          const Expressions::Bindings &bindings) const
{
    if (!value.computed)
        return value.fixed;
    const Result<QJsonValue> given = evaluate(*value.computed, input, bindings);
    if (!given)
        return given.error();
    return parseDuration(*given);
}

void RunMachine::journal(const Begun &begun, RunStatus status, const QJsonValue &output, const QJsonObject &error,
                         qint64 endedAt)
{
    StepRecord step;
    step.reference = begun.reference;
    step.name = begun.task->name;
    step.attempt = begun.attempt;
    step.status = status;
    step.input = m_mask.masked(begun.input);
    step.output = m_mask.masked(output);
    step.error = m_mask.isEmpty() ? error : m_mask.masked(error);
    step.startedAt = fromMillis(begun.startedAt);
    if (endedAt)
        step.endedAt = fromMillis(endedAt);
    m_out.steps.append(std::move(step));
    m_out.changed = true;
}

// Which entry of each thing around, and of this one: counted from 1, separated by dots, iterations of loops included.
// Ones at the beginning are left out: how many there are follows from the reference. A repetition by `retry` counts
// anew, so that it is the same call to a service as the one before.
QString RunMachine::pathBelow(const Node &parent, int entry) const
{
    QString path = parent.path == u"1" ? QString() : parent.path;
    const auto add = [&path](int n, bool last) {
        if (!path.isEmpty())
            path += u'.' + QString::number(n);
        else if (n != 1 || last)
            path = QString::number(n);
    };
    const bool loops = parent.task && !parent.branch && parent.item >= 0 &&
                       (parent.task->kind == TaskKind::For || parent.task->kind == TaskKind::Listen);
    if (loops)
        add(parent.item + 1, false);
    add(entry, true);
    return path;
}

// A task's own reference; inside of a function, that of the call around it with the way down from there.
QString RunMachine::referenceBelow(const Node &parent, const Task &task)
{
    if (!parent.task)
        return task.reference;
    const QString &around = parent.task->reference;
    return task.reference.startsWith(around + u'/') ? parent.reference + task.reference.mid(around.size())
                                                    : parent.reference + u'/' + task.name;
}

QString RunMachine::keyOf(const Node &node)
{
    return node.reference + u':' + node.path;
}

QByteArray RunMachine::idempotencyKey(const Node &node) const
{
    return m_id.bytes() + ':' + QUrl::toPercentEncoding(node.reference, "/") + ':' + node.path.toLatin1();
}

QJsonObject RunMachine::expressionError(const QString &what, const Error &error, const QString &instance) const
{
    if (error.code == Errc::Forbidden)
        return makeError(ErrorType::Authorization, u"A secret is missing"_s, u"%1: %2"_s.arg(what, error.detail),
                         instance);
    return makeError(ErrorType::Expression, u"An expression failed"_s, u"%1: %2"_s.arg(what, error.detail), instance);
}

QJsonObject RunMachine::tooLarge(const QString &what, const QString &instance) const
{
    return makeError(ErrorType::Runtime, u"The data is too large"_s,
                     u"%1 is larger than %2 bytes"_s.arg(what).arg(RunLimits::valueBytes), instance);
}

} // namespace Atom::Workflows
