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

//! \brief Definitions and durable runs of the Open Workflow DSL 1.0. Main thread.
//!
//! Built now: do, set, switch, call http, try/catch with retry; expressions: paths, comparison, interpolation. Anything
//! else of the DSL is a DefinitionIssue that names it. A run is journaled before each effect and goes on after a crash
//! with the same Idempotency-Key; it reaches exactly one terminal state.
class WorkflowService : public QObject
{
    Q_OBJECT
public:
    WorkflowService(WorkflowRepository &repository, Connectors::EgressClient &egress, TraceSink &traces, Clock &clock,
                    MetricRegistry &metrics);
    ~WorkflowService() override;

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
    QCoro::Task<Result<RunSnapshot>> cancel(RunId id);
    int runningCount() const;

Q_SIGNALS:
    void runChanged(const Atom::RunSnapshot &run); //!< at start, each step, end; steps included

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Workflows
