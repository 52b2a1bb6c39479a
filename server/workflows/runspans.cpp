// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Steps of active runs as people see them: in the snapshot, and as spans of the trace.
#include "server/workflows/activerun.h"

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr int stepsWithData = 500; // of a running run kept in memory; older steps keep their names and states
} // namespace

void RunDriver::noteStep(Active &run, const StepRecord &step)
{
    QList<StepRecord> &steps = run.snapshot.steps;
    const auto same = std::find_if(steps.rbegin(), steps.rend(), [&](const StepRecord &s) {
        return s.attempt == step.attempt && s.reference == step.reference;
    });
    if (same != steps.rend()) {
        *same = step;
    } else {
        steps.append(step);
        if (steps.size() > stepsWithData) {
            StepRecord &old = steps[steps.size() - stepsWithData - 1];
            old.input = {};
            old.output = {};
        }
    }
    if (step.endedAt)
        m_steps.add();
    if (run.span)
        noteSpan(run, step);
}

void RunDriver::noteSpan(Active &run, const StepRecord &step)
{
    auto open = run.stepSpans.find(step.reference);
    if (open == run.stepSpans.end()) {
        auto span = std::make_unique<SpanScope>(m_traces, spanParent(run, step.reference), u"workflow.step"_s);
        span->set(u"name"_s, step.name);
        span->set(u"reference"_s, step.reference);
        span->set(u"attempt"_s, step.attempt);
        open = run.stepSpans.emplace(step.reference, std::move(span)).first;
    }
    if (!step.endedAt)
        return;
    open->second->set(u"status"_s, runStatusName(step.status));
    if (step.status == RunStatus::Faulted)
        open->second->fail(step.error.value(u"title").toString());
    else
        open->second->end();
    run.stepSpans.erase(open);
}

// The open step around `reference` (or that step itself), else the run.
TraceContext RunDriver::spanParent(const Active &run, const QString &reference) const
{
    const SpanScope *best = run.span.get();
    qsizetype length = 0;
    for (const auto &[open, span] : run.stepSpans) {
        if (open.size() > length && (reference == open || reference.startsWith(open + u'/'))) {
            best = span.get();
            length = open.size();
        }
    }
    return best ? best->child() : run.trace;
}

} // namespace Atom::Workflows
