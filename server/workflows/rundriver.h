// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/egressclient.h"
#include "server/workflows/runmachine.h"
#include "server/workflows/workflowrepository.h"
#include "shared/core/taskscope.h"
#include "shared/model/trace.h"

#include <functional>
#include <map>

namespace Atom::Workflows {

//! \brief Carries runs out: journals what a RunMachine decides before acting on it, sends its calls, waits its delays,
//! records its spans. Main thread.
class RunDriver : public QObject
{
    Q_OBJECT
public:
    static constexpr int maxRunning = 256;

    RunDriver(WorkflowRepository &repository, Connectors::EgressClient &egress, TraceSink &traces, Clock &clock,
              MetricRegistry &metrics);
    ~RunDriver() override;

    //! \brief Stores and starts a run; resumes when its first transition is journaled.
    //! \return the run, or the existing one of the dedupe key; Unavailable when too many run or the server stops.
    QCoro::Task<Result<RunSnapshot>> start(StoredRun run, std::shared_ptr<const Definition> definition,
                                           TraceContext trace);
    //! \brief Goes on with a run after a restart.
    void resume(StoredRun run, QList<StepRecord> steps, std::shared_ptr<const Definition> definition);
    //! \brief Ends a stored run that cannot go on, with a DSL error.
    QCoro::Task<void> abandon(StoredRun run, QJsonObject error);

    std::optional<RunSnapshot> find(const RunId &id) const; //!< of the running ones
    //! \brief Resumes when the run ended; nullopt when it is not running here. DeadlineExceeded, Unavailable at close.
    QCoro::Task<std::optional<Result<RunSnapshot>>> waitFor(RunId id, Deadline deadline);
    bool cancel(const RunId &id); //!< false when it is not running here
    int running() const { return int(m_active.size()); }
    //! \brief Stops all runs where they are; the next start goes on with them.
    QCoro::Task<void> close();

Q_SIGNALS:
    void runChanged(const Atom::RunSnapshot &run);

private:
    struct Active;
    using ActivePtr = std::shared_ptr<Active>;
    QCoro::Task<void> drive(ActivePtr run);
    QCoro::Task<void> carryOut(ActivePtr run);
    QCoro::Task<bool> save(ActivePtr run, std::optional<StepRecord> step);
    QCoro::Task<void> call(ActivePtr run, Action action);
    QCoro::Task<void> sleepUntil(ActivePtr run, Timestamp due);
    void noteStep(Active &run, const StepRecord &step);
    void noteSpan(Active &run, const StepRecord &step);
    TraceContext spanParent(const Active &run, const QString &reference) const;

    WorkflowRepository &m_repository;
    Connectors::EgressClient &m_egress;
    TraceSink &m_traces;
    Clock &m_clock;
    MetricRegistry &m_metrics;
    Gauge &m_runningGauge;
    Counter &m_steps;
    Histogram &m_durations;
    QHash<RunId, ActivePtr> m_active;
    TaskScope m_scope{QStringLiteral("workflows")};
};

} // namespace Atom::Workflows
