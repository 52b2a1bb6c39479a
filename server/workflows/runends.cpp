// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a run ends, and how it stands still.
#include "server/expressions/jsonvalues.h"
#include "server/workflows/runmachine.h"
#include "server/workflows/workflowerror.h"

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

// `then: end`: what is around `from` has done its work, what runs beside it is not needed any more.
void RunMachine::endWorkflow(Node &from, qint64 now)
{
    const QJsonValue data = from.data;
    Node *node = &from;
    while (true) {
        closeBelow(*node, RunStatus::Cancelled, {}, now);
        if (!node->task)
            break;
        Node *parent = node->parent;
        const bool branch = node->branch;
        const Begun begun = close(*node);
        if (!branch)
            journal(begun, RunStatus::Completed, data, {}, now);
        node = parent;
    }
    finish(data);
}

void RunMachine::finish(const QJsonValue &data)
{
    QJsonValue output = data;
    if (m_definition->outputAs) {
        const Result<QJsonValue> shaped = evaluate(*m_definition->outputAs, data, bindings(nullptr, nullptr));
        if (!shaped) {
            endFaulted(expressionError(u"output.as"_s, shaped.error(), u"/output/as"_s));
            return;
        }
        output = *shaped;
    }
    if (!m_definition->outputSchema.isEmpty()) {
        const Result<void> fits = m_definition->outputSchema.check(output, u"The output does not fit the workflow."_s);
        if (!fits) {
            endFaulted(schemaError(fits.error(), u"/output"_s));
            return;
        }
    }
    if (Expressions::jsonSize(output, RunLimits::valueBytes) > RunLimits::valueBytes) {
        endFaulted(tooLarge(u"the output"_s, u"/output"_s));
        return;
    }
    forget(*m_root);
    m_root.reset();
    m_out.changed = true;
    m_output = m_mask.masked(output);
    m_status = RunStatus::Completed;
}

void RunMachine::endFaulted(const QJsonObject &error)
{
    if (m_root)
        forget(*m_root);
    m_root.reset();
    m_out.changed = true;
    m_error = m_mask.masked(error);
    m_status = RunStatus::Faulted;
}

void RunMachine::cancel(Timestamp time)
{
    if (isTerminal(m_status))
        return;
    if (m_root) {
        closeBelow(*m_root, RunStatus::Cancelled, {}, toMillis(time));
        forget(*m_root);
        m_root.reset();
    }
    m_suspendedAt = 0;
    m_out.changed = true;
    m_status = RunStatus::Cancelled;
}

void RunMachine::suspend(Timestamp time)
{
    if (isTerminal(m_status) || m_suspendedAt)
        return;
    m_suspendedAt = std::max<qint64>(1, toMillis(time));
    m_out.changed = true;
    settle();
}

void RunMachine::resume(Timestamp time)
{
    if (isTerminal(m_status) || !m_suspendedAt)
        return;
    const qint64 pause = std::max<qint64>(0, toMillis(time) - m_suspendedAt);
    const auto shift = [pause](auto &self, Node &node) -> void {
        for (qint64 *limit : {&node.deadline, &node.attemptDeadline}) {
            if (*limit)
                *limit += pause;
        }
        for (const auto &child : node.children)
            self(self, *child);
    };
    if (m_root)
        shift(shift, *m_root);
    m_suspendedAt = 0;
    m_out.changed = true;
    m_status = RunStatus::Running;
}

} // namespace Atom::Workflows
