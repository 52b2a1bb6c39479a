// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/workflowrepository.h"

#include <QtCore/QHash>

namespace Atom::Test {

//! \brief A WorkflowRepository in memory; what it holds survives the service that used it, like a disk. Values that end
//! up in a real one as JSON text go through JSON text here as well.
class MemoryWorkflowRepository final : public Workflows::WorkflowRepository
{
public:
    QCoro::Task<Result<QList<Workflows::StoredDefinition>>> definitions() override
    {
        co_return storedDefinitions.values();
    }
    QCoro::Task<Result<void>> saveDefinition(Workflows::StoredDefinition definition) override
    {
        storedDefinitions.insert(definition.summary.id, definition);
        co_return Result<void>();
    }
    QCoro::Task<Result<Workflows::StoredRun>> insertRun(Workflows::StoredRun run) override
    {
        for (const auto &known : stored) {
            if (!run.dedupeKey.isEmpty() && known.dedupeKey == run.dedupeKey)
                co_return known;
        }
        stored.append(run);
        co_return run;
    }
    QCoro::Task<Result<void>> saveTransition(Workflows::StoredRun run, std::optional<StepRecord> step) override
    {
        if (failures > 0) {
            --failures;
            co_return Error(Errc::Unavailable, QStringLiteral("busy"));
        }
        ++transitions;
        if (isTerminal(run.snapshot.status))
            ++terminalTransitions[run.snapshot.id];
        for (auto &known : stored) {
            if (known.snapshot.id == run.snapshot.id)
                known = run;
        }
        if (step) {
            QList<StepRecord> &list = steps[run.snapshot.id];
            bool replaced = false;
            for (StepRecord &s : list) {
                if (s.reference == step->reference && s.attempt == step->attempt) {
                    s = *step;
                    replaced = true;
                }
            }
            if (!replaced)
                list.append(*step);
        }
        co_return Result<void>();
    }
    QCoro::Task<Result<QList<Workflows::StoredRun>>> unfinished() override
    {
        QList<Workflows::StoredRun> list;
        for (const auto &run : stored) {
            if (!isTerminal(run.snapshot.status))
                list.append(run);
        }
        co_return list;
    }
    QCoro::Task<Result<RunSnapshot>> run(RunId id) override
    {
        for (const auto &known : stored) {
            if (known.snapshot.id == id) {
                RunSnapshot snapshot = known.snapshot;
                snapshot.steps = steps.value(id);
                co_return snapshot;
            }
        }
        co_return Error(Errc::NotFound, QStringLiteral("no such run"));
    }
    QCoro::Task<Result<QList<RunSnapshot>>> runs(WorkflowId, RunId, int) override
    {
        QList<RunSnapshot> list;
        for (const auto &known : stored)
            list.prepend(known.snapshot);
        co_return list;
    }

    QHash<WorkflowId, Workflows::StoredDefinition> storedDefinitions;
    QList<Workflows::StoredRun> stored;
    QHash<RunId, QList<StepRecord>> steps;
    QHash<RunId, int> terminalTransitions;
    int transitions = 0;
    int failures = 0; //!< the next so many transitions fail
};

} // namespace Atom::Test
