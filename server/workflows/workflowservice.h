// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/workflowrepository.h"
#include "shared/core/deadline.h"
#include "shared/core/metrics.h"
#include "shared/core/taskscope.h"
#include "shared/model/trace.h"
#include "shared/model/user.h"

#include <QtCore/QObject>

namespace Atom::Connectors {
class EgressClient;
}

namespace Atom::Workflows {

struct Definition;
class EventBus;
class FunctionRegistry;
class RequestAuthorizer;
struct RunEffect;
class SecretProvider;

//! \brief A mistake in a definition; `line` and `column` 1-based in the source, 0 when unknown.
struct DefinitionIssue
{
    int line = 0;
    int column = 0;
    QString pointer; //!< JSON Pointer of the place
    QString message; //!< what is wrong and what to do
};

struct StartRequest
{
    WorkflowId workflow;
    QJsonValue input;
    QByteArray dedupeKey;
    TraceContext trace;
    Actor actor;
    RoomId room;
};

//! \brief A faulted run once more, as a new run that names it (`retryOf`).
struct RetryRequest
{
    enum class From {
        Start,   //!< all of it
        Failure, //!< the task that failed, with everything done before it kept
        Task,    //!< `task`, not inside of a loop, fork, listener, function or catch block; needs `input`
    };
    RunId run;
    From from = From::Failure;
    QString task;                    //!< reference
    std::optional<QJsonValue> input; //!< in place of what the run, or the task, had
    Actor actor;
};

//! \brief What became of an event given to deliver().
struct DeliveryReport
{
    bool known = false;  //!< one of the same source and id came before: nothing happened
    bool wanted = false; //!< somebody may want it; it is stored
    int runs = 0;        //!< runs that listen and are asked
};

//! \brief What load() did about the runs it found.
struct BootReport
{
    int resumed = 0; //!< under way again
    int parked = 0;  //!< still waiting for their time or an event
    int pending = 0; //!< queued, not begun
    int ended = 0;   //!< ended with an error: they cannot go on
    int events = 0;  //!< whose delivery was taken up again
};

//! \brief Definitions and durable runs of the Open Workflow DSL 1.0.3. Main thread.
//!
//! A run is journaled before each effect and goes on after a crash with the same Idempotency-Key; it reaches exactly
//! one terminal state. All steps up to the next effect are one transaction. Runs that only wait are not in memory. What
//! a definition may say and what is refused only when it is run: see docs/workflow-language.md.
class WorkflowService : public QObject
{
    Q_OBJECT
public:
    WorkflowService(WorkflowRepository &repository, Connectors::EgressClient &egress, TraceSink &traces, Clock &clock,
                    MetricRegistry &metrics);
    ~WorkflowService() override;
    // Before load(); they must outlive the service. Without them, tasks that need them fail with a clear error.
    void setFunctions(FunctionRegistry *functions);
    void setSecrets(const SecretProvider *secrets);
    void setAuthorizer(RequestAuthorizer *authorizer);
    struct Limits
    {
        int running = 256;            //!< runs in memory at one time; others wait for their turn
        int queued = 10'000;          //!< runs that wait for their turn; beyond, start() says Unavailable
        milliseconds parkAfter{1000}; //!< a run that only waits, and for so long, leaves memory
        int subflowDepth = 16;
    };
    //! \brief A workflow may have a limit of its own: `document.metadata.concurrency`.
    void setLimits(const Limits &limits);
    //! \brief Events inside of this process, for subscribers that are no runs.
    EventBus &events();

    //! \brief Reads definitions, imports the `*.yaml` files of `directory` (a changed source replaces its version) and
    //! goes on with unfinished runs. Bad files are reported together and do not stop the others.
    QCoro::Task<Result<QStringList>> load(QString directory);
    QCoro::Task<void> close();

    QList<WorkflowSummary> definitions() const;
    std::optional<QByteArray> source(const WorkflowId &id) const;
    //! \brief All mistakes of a YAML or JSON definition; empty when it is good.
    static QList<DefinitionIssue> validate(const QByteArray &source);
    //! \return ValidationFailed with one FieldError per DefinitionIssue.
    QCoro::Task<Result<WorkflowSummary>> importDefinition(QByteArray source, Actor by = internalActor(systemUser()));

    //! \return the run (existing if the dedupe key is known); NotFound, ValidationFailed. The first step is journaled.
    QCoro::Task<Result<RunSnapshot>> start(StartRequest request);
    //! \brief Resumes when the run is terminal; at once if it is. DeadlineExceeded leaves the run running.
    QCoro::Task<Result<RunSnapshot>> wait(RunId run, Deadline deadline);
    QCoro::Task<Result<RunSnapshot>> run(RunId id);
    QCoro::Task<Result<QList<RunSnapshot>>> runs(WorkflowId workflow, RunId before, int limit);
    //! \return the ended run; NotFound, Conflict: it has ended before.
    QCoro::Task<Result<RunSnapshot>> cancel(RunId id, QString reason = {});
    //! \brief No task begins any more; calls under way may end. Resumes when it stands still. \return as cancel().
    QCoro::Task<Result<RunSnapshot>> suspend(RunId id, QString reason = {});
    //! \return NotFound; Conflict: it is not suspended.
    QCoro::Task<Result<RunSnapshot>> resume(RunId id);
    //! \return the new run; NotFound; Conflict: not faulted, or the place cannot be told any more; ValidationFailed.
    QCoro::Task<Result<RunSnapshot>> retry(RetryRequest request);
    //! \brief Gives an event (JSON format of CloudEvents 1.0) to runs that listen and to subscribers. What somebody may
    //! want is on disk when this resumes, and reaches them also after a crash; the same source and id only once.
    //! \return ValidationFailed, Unavailable.
    QCoro::Task<Result<DeliveryReport>> deliver(QJsonValue event);

    int runningCount() const; //!< in memory
    int waitingCount() const; //!< only waiting, or not begun
    const BootReport &bootReport() const;

Q_SIGNALS:
    void runChanged(const Atom::RunSnapshot &run);       //!< at start, each transition, end; steps included
    void runProgress(const Atom::RunProgress &progress); //!< each step and each status, without contents

private:
    QCoro::Task<Result<void>> takeUpRuns();
    QCoro::Task<Result<RunSnapshot>> startRun(StartRequest request, StoredRun run,
                                              std::shared_ptr<const Definition> definition, QByteArray canonical,
                                              int depth);
    QCoro::Task<Result<RunSnapshot>> startSubflow(RunEffect effect, RunSnapshot parent, TraceContext trace, int depth);
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Workflows
