// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"
#include "server/workflows/eventinterest.h"
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

//! \brief One step of a run's journal: everything here is stored in one transaction or not at all.
struct RunTransition
{
    RunTransition() = default;
    RunTransition(StoredRun r) : run(std::move(r)) {} // NOLINT: implicit by design
    StoredRun run;
    QList<StepRecord> steps;        //!< insert or replace by run, reference, attempt; of the same one the last counts
    QList<QJsonObject> emitted;     //!< events to be published after the commit
    Timestamp at{};                 //!< when they were emitted
    QStringList consumed;           //!< identities of events this run took
    bool parked = false;            //!< only waits: it may be read by dormant() instead of unfinished()
    std::optional<Timestamp> dueAt; //!< parked: when it goes on by itself
    QList<EventInterest> interests; //!< parked: events it takes
};

//! \brief What has to be known of a run that only waits, or that has not begun.
struct DormantRun
{
    RunId id;
    WorkflowId workflow;
    RunStatus status = RunStatus::Waiting;
    std::optional<Timestamp> dueAt;
    QList<EventInterest> interests;
};

//! \brief An event whose delivery was not finished.
struct UndeliveredEvent
{
    QJsonObject event;
    QList<RunId> consumers; //!< runs that took it already
};

//! \brief Where definitions and runs live. Main thread; every write is on disk when its task resumes.
class WorkflowRepository
{
public:
    virtual ~WorkflowRepository() = default;
    //! \brief The newest version of each definition.
    virtual QCoro::Task<Result<QList<StoredDefinition>>> definitions() = 0;
    virtual QCoro::Task<Result<StoredDefinition>> definition(WorkflowId id, QString version) = 0; //!< \return NotFound
    //! \brief Insert or replace by (id, version).
    virtual QCoro::Task<Result<void>> saveDefinition(StoredDefinition definition) = 0;
    //! \brief Inserts the run with its first steps; when `dedupeKey` exists already, nothing is stored and the existing
    //! run is returned.
    virtual QCoro::Task<Result<StoredRun>> insertRun(RunTransition first) = 0;
    //! \brief The run row (status, cursor, output, error, endedAt, reason) and what came with it. \return NotFound
    virtual QCoro::Task<Result<void>> saveTransition(RunTransition transition) = 0;
    QCoro::Task<Result<void>> saveTransition(StoredRun run, std::optional<StepRecord> step)
    {
        RunTransition transition(std::move(run));
        if (step)
            transition.steps.append(*step);
        return saveTransition(std::move(transition));
    }
    //! \brief Runs under way, oldest first: what a start has to go on with at once. Not those of dormant(), nor
    //! suspended ones.
    virtual QCoro::Task<Result<QList<StoredRun>>> unfinished() = 0;
    //! \brief Runs that only wait or have not begun, oldest first.
    virtual QCoro::Task<Result<QList<DormantRun>>> dormant() = 0;
    //! \brief A run to go on with; the snapshot has its steps. \return NotFound
    virtual QCoro::Task<Result<StoredRun>> load(RunId id) = 0;
    virtual QCoro::Task<Result<RunSnapshot>> run(RunId id) = 0; //!< with steps. \return NotFound
    //! \brief Newest first; `before` (a run id) pages; `workflow` empty: all.
    virtual QCoro::Task<Result<QList<RunSnapshot>>> runs(WorkflowId workflow, RunId before, int limit) = 0;
    //! \brief Runs of this parent that have not ended and that it waits for.
    virtual QCoro::Task<Result<QList<RunId>>> openChildren(RunId parent) = 0;

    //! \brief Stores an event to be delivered. \return false: one of the same source and id is known.
    virtual QCoro::Task<Result<bool>> insertEvent(QJsonObject event, Timestamp at) = 0;
    //! \brief The event of this identity is through: its content is removed, its identity stays.
    virtual QCoro::Task<Result<void>> eventDelivered(QString identity) = 0;
    virtual QCoro::Task<Result<QList<UndeliveredEvent>>> undeliveredEvents() = 0; //!< oldest first
    //! \brief Forgets the identities of events delivered before.
    virtual QCoro::Task<Result<void>> forgetEvents(Timestamp before) = 0;
};

} // namespace Atom::Workflows
