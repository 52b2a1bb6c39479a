// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/egressclient.h"
#include "server/workflows/definitioncache.h"
#include "server/workflows/eventbus.h"
#include "server/workflows/functionregistry.h"
#include "server/workflows/runmachine.h"
#include "server/workflows/runqueue.h"
#include "server/workflows/workflowrepository.h"
#include "shared/core/taskscope.h"
#include "shared/model/trace.h"

#include <functional>
#include <map>
#include <set>

namespace Atom::Workflows {

//! \brief Carries runs out: journals what a RunMachine decides before acting on it, does its effects, waits its delays,
//! brings it events, records its spans. Main thread.
//!
//! A run is active (in memory, one coroutine), dormant (only waits: an entry with its time and interests) or queued
//! (wants to go on and waits for one of the limited places). What happens to it comes as mail, whatever its state.
class RunDriver : public QObject
{
    Q_OBJECT
public:
    struct Settings
    {
        int running = 256;            //!< active at one time
        int queued = 10'000;          //!< beyond: a start is refused
        milliseconds parkAfter{1000}; //!< a run that only waits for so long leaves memory
        int subflowDepth = 16;        //!< runs inside of each other
    };
    //! \brief Starts the run of a subflow, or finds it by the key. \return NotFound, ValidationFailed, Unavailable.
    using StartSubflow = std::function<QCoro::Task<Result<RunSnapshot>>(RunEffect effect, RunSnapshot parent,
                                                                        TraceContext trace, int depth)>;

    RunDriver(WorkflowRepository &repository, Connectors::EgressClient &egress, TraceSink &traces, Clock &clock,
              MetricRegistry &metrics);
    ~RunDriver() override;
    // Before the first run; they must outlive it. None: what needs them fails with a configuration error.
    void setSettings(const Settings &settings) { m_settings = settings; }
    void setFunctions(FunctionRegistry *functions) { m_functions = functions; }
    void setSecrets(const SecretProvider *secrets) { m_secrets = secrets; }
    void setAuthorizer(RequestAuthorizer *authorizer) { m_authorizer = authorizer; }
    void setStartSubflow(StartSubflow start) { m_startSubflow = std::move(start); }

    DefinitionCache &definitions() { return m_definitions; }
    EventBus &bus() { return m_bus; }

    //! \brief Stores and starts a run, together with its first steps; queued when all places are taken.
    //! \return the run, or the existing one of the dedupe key; Unavailable when the queue is full or the server stops.
    QCoro::Task<Result<RunSnapshot>> start(StoredRun run, std::shared_ptr<const Definition> definition,
                                           TraceContext trace, int depth = 0);
    //! \brief Goes on with a run after a restart; the snapshot has its steps.
    void resume(StoredRun run, std::shared_ptr<const Definition> definition);
    //! \brief Takes over a run that only waits, or that has not begun.
    void keep(const DormantRun &run);
    //! \brief Ends a stored run that cannot go on, with a DSL error.
    QCoro::Task<void> abandon(StoredRun run, QJsonObject error);

    std::optional<RunSnapshot> find(const RunId &id) const; //!< of the active ones
    bool isKnown(const RunId &id) const;                    //!< active, dormant or queued
    //! \brief Resumes when the run ended; nullopt when it is not known here. DeadlineExceeded, Unavailable at close.
    QCoro::Task<std::optional<Result<RunSnapshot>>> waitFor(RunId id, Deadline deadline);
    bool cancel(const RunId &id, const QString &reason); //!< false when it is not known here
    //! \brief Resumes when it stands still, or has ended before. nullopt when it is not known here.
    QCoro::Task<std::optional<Result<RunSnapshot>>> suspend(RunId id, QString reason);
    //! \brief Takes a suspended run into memory to go on (or to be cancelled).
    QCoro::Task<Result<RunSnapshot>> revive(RunId id, bool cancelled, QString reason);

    //! \brief Whether a run or a subscriber of the bus may want it.
    bool isWanted(const QJsonObject &event) const;
    //! \brief Brings an event to all who want it, except runs that had it; `stored`: the repository has it and is told
    //! when all is done. \return how many runs are asked.
    int deliver(const QJsonObject &event, bool stored, const QList<RunId> &consumers = {});

    int running() const { return int(m_active.size()); } //!< active
    int waiting() const { return int(m_dormant.size()) + m_queue.size(); }
    //! \brief Stops all runs where they are; the next start goes on with them.
    QCoro::Task<void> close();

Q_SIGNALS:
    void runChanged(const Atom::RunSnapshot &run);
    void runProgress(const Atom::RunProgress &progress);

private:
    struct Active;
    using ActivePtr = std::shared_ptr<Active>;
    struct Delivery
    {
        QJsonObject event;
        OneShot<bool> done;
    };
    struct Mail
    {
        QList<Delivery> events;
        bool cancel = false, suspend = false, resume = false;
        QString reason;
        bool isEmpty() const { return events.isEmpty() && !cancel && !suspend && !resume; }
    };
    struct Dormant
    {
        WorkflowId workflow;
        qint64 dueAt = 0;
    };

    // rundriver.cpp: places, waking, ends
    bool mayGoOn(const WorkflowId &workflow) const;
    void givePlaceBack(const WorkflowId &workflow);
    void fillPlaces();
    void kick(const RunId &id);
    void armTimer();
    QCoro::Task<void> activate(RunId id, WorkflowId workflow);
    ActivePtr take(StoredRun stored, std::shared_ptr<const Definition> definition, Result<void> *misfit);
    void lose(const RunId &id, const Error &error);

    // runpump.cpp: one run, step by step
    QCoro::Task<void> drive(ActivePtr run, std::optional<RunAdvance> first);
    QCoro::Task<void> carryOut(ActivePtr run, std::optional<RunAdvance> first);
    bool takeIn(Active &run);
    bool canPark(const Active &run, const RunAdvance &next) const;
    RunTransition transitionOf(const Active &run, const RunAdvance &next, bool parks) const;
    QCoro::Task<bool> save(ActivePtr run, RunTransition transition);
    void noteSaved(Active &run, const RunTransition &transition);
    void act(const ActivePtr &run, const RunAdvance &next);
    void park(const ActivePtr &run, const RunAdvance &next);
    void leave(const ActivePtr &run);
    void ended(const ActivePtr &run);
    QCoro::Task<void> sleepUntil(ActivePtr run, std::optional<Timestamp> due);
    QCoro::Task<void> yield();

    // runeffects.cpp
    QCoro::Task<void> carryOutEffect(ActivePtr run, RunEffect effect, CancellationSource cancel);
    QCoro::Task<Result<Connectors::HttpReply>> sendCall(ActivePtr run, RunEffect effect, Deadline deadline,
                                                        CancellationToken token);
    QCoro::Task<EffectOutcome> callFunction(ActivePtr run, RunEffect effect, Deadline deadline,
                                            CancellationToken token);
    QCoro::Task<std::optional<EffectOutcome>> startSubflow(ActivePtr run, RunEffect effect);
    void childEnded(const RunSnapshot &child);
    QCoro::Task<void> cancelChildren(RunId parent);

    // rundelivery.cpp
    QCoro::Task<void> bring(QJsonObject event, bool stored, QList<RunId> ids);
    void offerLifecycle(const Active &run, const RunTransition &transition);

    // runspans.cpp
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
    Counter &m_transactions;
    Histogram &m_durations;
    Settings m_settings;
    FunctionRegistry *m_functions = nullptr;
    const SecretProvider *m_secrets = nullptr;
    RequestAuthorizer *m_authorizer = nullptr;
    StartSubflow m_startSubflow;

    DefinitionCache m_definitions;
    EventBus m_bus;
    EventIndex<RunId> m_index;
    QHash<RunId, ActivePtr> m_active;
    QSet<RunId> m_loading;           //!< on their way into memory; they have a place already
    QSet<RunId> m_arriving;          //!< being stored, to be queued
    QHash<WorkflowId, int> m_places; //!< taken, by workflow
    QHash<WorkflowId, int> m_limits; //!< of workflows that have one
    QHash<RunId, Dormant> m_dormant;
    std::set<std::pair<qint64, RunId>> m_timers; //!< of the dormant ones
    Clock::TimerId m_timer = 0;
    RunQueue m_queue;
    QHash<RunId, Mail> m_mail;
    QHash<RunId, QList<OneShot<Result<RunSnapshot>>>> m_waiters; //!< for the end
    QHash<RunId, QList<OneShot<Result<RunSnapshot>>>> m_halts;   //!< for standing still
    TaskScope m_scope{QStringLiteral("workflows")};
};

} // namespace Atom::Workflows
