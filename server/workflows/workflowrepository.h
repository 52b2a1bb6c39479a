// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"
#include "shared/core/result.h"
#include "shared/model/workflow.h"

#include <QCoro/QCoroTask>

namespace Atom::Workflows {

//! \brief A definition as stored: every version that ever ran stays.
struct StoredDefinition
{
    WorkflowSummary summary;
    QByteArray canonical; //!< compact JSON, what runs
    QByteArray source;    //!< YAML or JSON as given
    Timestamp storedAt{};
    Audit::Draft audit; //!< of the import; stored with it, not read back
};

//! \brief A run as journaled. `definition` pins the version it began with.
struct StoredRun
{
    RunSnapshot snapshot;  //!< without steps
    QByteArray definition; //!< canonical JSON
    QByteArray dedupeKey;  //!< unique; a message that starts a workflow uses its message id; empty: none
    QJsonObject cursor;    //!< the engine's own position and data, enough to go on after a crash
};

//! \brief Where definitions and runs live. Main thread; every write is on disk when its task resumes.
class WorkflowRepository
{
public:
    virtual ~WorkflowRepository() = default;
    //! \brief The newest version of each definition.
    virtual QCoro::Task<Result<QList<StoredDefinition>>> definitions() = 0;
    //! \brief Insert or replace by (id, version).
    virtual QCoro::Task<Result<void>> saveDefinition(StoredDefinition definition) = 0;
    //! \brief Inserts; when `dedupeKey` exists already, nothing is stored and the existing run is returned.
    virtual QCoro::Task<Result<StoredRun>> insertRun(StoredRun run) = 0;
    //! \brief One transition, one transaction: the run row (status, cursor, output, error, endedAt) and, if given, the
    //! step (insert or replace by run, reference, attempt).
    virtual QCoro::Task<Result<void>> saveTransition(StoredRun run, std::optional<StepRecord> step) = 0;
    //! \brief Runs in a state that is not terminal, oldest first: what a start has to go on with.
    virtual QCoro::Task<Result<QList<StoredRun>>> unfinished() = 0;
    virtual QCoro::Task<Result<RunSnapshot>> run(RunId id) = 0; //!< with steps. \return NotFound
    //! \brief Newest first; `before` (a run id) pages; `workflow` empty: all.
    virtual QCoro::Task<Result<QList<RunSnapshot>>> runs(WorkflowId workflow, RunId before, int limit) = 0;
};

} // namespace Atom::Workflows
