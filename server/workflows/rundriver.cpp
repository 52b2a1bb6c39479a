// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which runs are in memory: beginning, places, waking, the end of all.
#include "server/workflows/rundriver.h"

#include "server/workflows/activerun.h"
#include "server/workflows/logging.h"
#include "server/workflows/workflowerror.h"

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr milliseconds longestTimer = std::chrono::hours(24);
constexpr milliseconds loadRetry{1000};

bool startsOthers(const TaskList &tasks)
{
    return std::any_of(tasks.begin(), tasks.end(), [](const Task &t) {
        return t.kind == TaskKind::RunWorkflow || startsOthers(t.tasks) || startsOthers(t.caught.tasks);
    });
}

int limitOf(const Definition &definition)
{
    return std::max(0, definition.document.value(u"metadata").toObject().value(u"concurrency").toInt());
}
} // namespace

Error closingError()
{
    Error error(Errc::Unavailable, u"The server is stopping; the run goes on after its next start."_s);
    error.retryAfter = std::chrono::seconds(5);
    return error;
}

RunDriver::RunDriver(WorkflowRepository &repository, Connectors::EgressClient &egress, TraceSink &traces, Clock &clock,
                     MetricRegistry &metrics)
    : m_repository(repository), m_egress(egress), m_traces(traces), m_clock(clock), m_metrics(metrics),
      m_runningGauge(metrics.gauge("atom_workflow_running", "Workflow runs under way")),
      m_steps(metrics.counter("atom_workflow_steps_total", "Workflow steps ended")),
      m_transactions(metrics.counter("atom_workflow_transactions_total", "Transactions of the journal of runs")),
      m_durations(metrics.histogram("atom_workflow_seconds", "Duration of workflow runs, start to end"))
{
}

RunDriver::~RunDriver() = default;

// Makes the run active. `misfit`: its position does not fit its definition; then null.
RunDriver::ActivePtr RunDriver::take(StoredRun stored, std::shared_ptr<const Definition> definition,
                                     Result<void> *misfit)
{
    QJsonObject secrets;
    for (const QString &name : definition->secrets) {
        if (m_secrets) {
            if (const std::optional<QJsonValue> value = m_secrets->secret(stored.snapshot.workflow, name))
                secrets.insert(name, *value);
        }
    }
    const RunSnapshot &s = stored.snapshot;
    const bool others = startsOthers(definition->tasks);
    if (const int limit = limitOf(*definition))
        m_limits.insert(s.workflow, limit);
    Result<RunMachine> machine =
        RunMachine::restore(std::move(definition), s.id, s.input, s.startedAt, stored.cursor, std::move(secrets));
    if (!machine) {
        *misfit = machine.error();
        return {};
    }
    auto run = std::make_shared<Active>(std::move(stored), std::move(*machine));
    const QJsonObject cursor = run->stored.cursor;
    const QJsonObject trace = cursor.value(u"trace").toObject();
    run->trace.trace = run->snapshot.trace;
    run->trace.room = run->snapshot.room;
    run->trace.parent = SpanId::fromString(trace.value(u"parent").toString());
    run->trace.message = MessageId::fromString(trace.value(u"message").toString());
    run->depth = cursor.value(u"depth").toInt();
    run->hasSubflows = others;
    m_active.insert(run->snapshot.id, run);
    m_places[run->snapshot.workflow]++;
    m_runningGauge.set(running());
    return run;
}

// The place is free again; whoever waits for it takes it.
void RunDriver::leave(const ActivePtr &run)
{
    run->gone = true;
    if (m_active.remove(run->snapshot.id) == 0)
        return;
    givePlaceBack(run->snapshot.workflow);
    m_runningGauge.set(running());
    fillPlaces();
}

QCoro::Task<Result<RunSnapshot>> RunDriver::start(StoredRun stored, std::shared_ptr<const Definition> definition,
                                                  TraceContext trace, int depth)
{
    if (m_scope.isClosing())
        co_return closingError();
    const RunId id = stored.snapshot.id;
    const WorkflowId workflow = stored.snapshot.workflow;
    if (const int limit = limitOf(*definition))
        m_limits.insert(workflow, limit);
    // Nobody overtakes those who wait already.
    const bool atOnce = mayGoOn(workflow) && m_queue.size() == 0;
    if (!atOnce && m_queue.size() >= m_settings.queued) {
        Error error(Errc::Unavailable, u"%1 workflows are running and as many as may be are waiting."_s.arg(running()));
        error.retryAfter = std::chrono::seconds(5);
        co_return error;
    }
    if (stored.cursor.isEmpty()) {
        const RunMachine fresh(definition, id, stored.snapshot.input, stored.snapshot.startedAt);
        stored.cursor = fresh.cursor();
    }
    QJsonObject traceObject;
    traceObject.insert(u"parent"_s, trace.parent.toString());
    traceObject.insert(u"message"_s, trace.message.toString());
    stored.cursor.insert(u"trace"_s, traceObject);
    stored.cursor.insert(u"depth"_s, depth);
    stored.snapshot.status = atOnce ? RunStatus::Running : RunStatus::Pending;

    ActivePtr run;
    RunAdvance next;
    RunTransition first(stored);
    if (atOnce) {
        Result<void> misfit;
        run = take(stored, definition, &misfit);
        if (!run)
            co_return misfit.error();
        if (run->machine.status() == RunStatus::Suspended) // a repetition from the moment of a fault
            run->machine.resume(m_clock.now());
        next = run->machine.advance(m_clock.now());
        first = transitionOf(*run, next, canPark(*run, next));
    } else {
        m_arriving.insert(id); // known before it is stored, so that whoever meets it can wait for it
    }
    Result<StoredRun> inserted = co_await m_repository.insertRun(first);
    m_transactions.add();
    m_arriving.remove(id);
    if (!inserted || inserted->snapshot.id != id) {
        if (run)
            leave(run);
        const Error error = inserted ? closingError() : inserted.error();
        lose(id, error);
        if (!inserted)
            co_return std::move(inserted.error());
        const RunId existing = inserted->snapshot.id;
        if (std::optional<RunSnapshot> known = find(existing))
            co_return *known;
        co_return co_await m_repository.run(existing);
    }
    if (!atOnce) {
        RunSnapshot pending = stored.snapshot;
        m_queue.append(id, workflow);
        Q_EMIT runChanged(pending);
        kick(id);
        co_return pending;
    }
    m_definitions.insert(stored.definition, definition);
    noteSaved(*run, first);
    m_scope.spawn(drive(run, std::move(next)), "run");
    co_return Result<RunSnapshot>(std::as_const(run->snapshot)); // QCoro moves out of a plain lvalue
}

void RunDriver::resume(StoredRun stored, std::shared_ptr<const Definition> definition)
{
    const StoredRun copy = stored;
    Result<void> misfit;
    const ActivePtr run = take(std::move(stored), std::move(definition), &misfit);
    if (!run) {
        QJsonObject error = makeError(ErrorType::Runtime, u"The run cannot go on"_s, misfit.error().detail, {});
        m_scope.spawn(abandon(copy, std::move(error)), "abandon");
        return;
    }
    run->resumed = true;
    run->lastStatus = copy.snapshot.status == RunStatus::Pending ? std::nullopt : std::optional(copy.snapshot.status);
    qCDebug(lcWorkflows) << "going on with run" << copy.snapshot.id.bytes() << "of" << copy.snapshot.workflow.bytes();
    m_scope.spawn(drive(run, std::nullopt), "run");
}

QCoro::Task<void> RunDriver::abandon(StoredRun run, QJsonObject error)
{
    run.snapshot.status = RunStatus::Faulted;
    run.snapshot.error = error;
    run.snapshot.endedAt = m_clock.now();
    run.cursor = {};
    const RunId id = run.snapshot.id;
    const RunSnapshot snapshot = run.snapshot;
    RunTransition transition(std::move(run));
    const Result<void> saved = co_await m_repository.saveTransition(std::move(transition));
    if (!saved) {
        qCWarning(lcWorkflows) << "run" << id.bytes() << "could not be ended:" << saved.error().detail;
        lose(id, saved.error());
        co_return;
    }
    Q_EMIT runChanged(snapshot);
    for (const auto &waiter : m_waiters.take(id))
        waiter.resolve(Result<RunSnapshot>(snapshot));
    lose(id, closingError());
    childEnded(snapshot);
}

// Nothing will happen to this run here any more.
void RunDriver::lose(const RunId &id, const Error &error)
{
    m_index.remove(id);
    const Mail mail = m_mail.take(id);
    for (const Delivery &delivery : mail.events)
        delivery.done.resolve(true);
    for (const auto &waiter : m_waiters.take(id))
        waiter.resolve(error);
    for (const auto &waiter : m_halts.take(id))
        waiter.resolve(error);
}

void RunDriver::keep(const DormantRun &run)
{
    if (m_active.contains(run.id) || m_loading.contains(run.id))
        return;
    if (run.status == RunStatus::Pending) {
        m_queue.append(run.id, run.workflow);
        fillPlaces();
        return;
    }
    const qint64 due = run.dueAt ? std::max<qint64>(1, toMillis(*run.dueAt)) : 0;
    m_dormant.insert(run.id, {run.workflow, due});
    m_index.set(run.id, run.interests);
    if (due) {
        m_timers.emplace(due, run.id);
        armTimer();
    }
}

bool RunDriver::mayGoOn(const WorkflowId &workflow) const
{
    const int limit = m_limits.value(workflow);
    return running() + int(m_loading.size()) < m_settings.running && (limit == 0 || m_places.value(workflow) < limit);
}

void RunDriver::givePlaceBack(const WorkflowId &workflow)
{
    if (--m_places[workflow] <= 0)
        m_places.remove(workflow);
}

void RunDriver::fillPlaces()
{
    while (!m_scope.isClosing() && m_queue.size() > 0) {
        const auto next = m_queue.take([this](const WorkflowId &workflow) { return mayGoOn(workflow); });
        if (!next)
            return;
        m_scope.spawn(activate(next->id, next->workflow), "activate");
    }
}

// There is mail for the run: it is woken, or called from its sleep.
void RunDriver::kick(const RunId &id)
{
    if (const ActivePtr run = m_active.value(id)) {
        if (run->wake)
            run->wake();
        return;
    }
    const auto dormant = m_dormant.constFind(id);
    const Mail mail = m_mail.value(id);
    if (dormant != m_dormant.constEnd()) {
        const Dormant entry = *dormant;
        m_dormant.erase(dormant);
        m_timers.erase({entry.dueAt, id});
        m_queue.append(id, entry.workflow);
    }
    if ((mail.cancel || mail.suspend) && m_queue.contains(id)) { // to end or to stand still needs no place
        const WorkflowId workflow = m_queue.remove(id);
        m_scope.spawn(activate(id, workflow), "activate");
        return;
    }
    fillPlaces();
}

void RunDriver::armTimer()
{
    if (m_timer)
        m_clock.cancel(std::exchange(m_timer, 0));
    if (m_timers.empty() || m_scope.isClosing())
        return;
    const milliseconds delay = fromMillis(m_timers.begin()->first) - m_clock.now();
    m_timer = m_clock.callAfter(std::clamp(delay, milliseconds(0), longestTimer), this, [this] {
        m_timer = 0;
        const qint64 now = toMillis(m_clock.now());
        while (!m_timers.empty() && m_timers.begin()->first <= now) {
            const RunId id = m_timers.begin()->second;
            m_timers.erase(m_timers.begin());
            kick(id);
        }
        armTimer();
    });
}

QCoro::Task<void> RunDriver::activate(RunId id, WorkflowId workflow)
{
    Result<StoredRun> stored;
    m_loading.insert(id);
    m_places[workflow]++;
    while (true) {
        stored = co_await m_repository.load(id);
        if (stored || stored.error().code == Errc::NotFound || m_scope.isClosing())
            break;
        qCWarning(lcWorkflows) << "run" << id.bytes() << "could not be read:" << stored.error().detail;
        const OneShot<bool> later;
        const Clock::TimerId timer = m_clock.callAfter(loadRetry, this, [later] { later.resolve(true); });
        m_scope.token().onCancelled([later] { later.resolve(false); });
        (void)co_await later;
        m_clock.cancel(timer);
    }
    m_loading.remove(id);
    givePlaceBack(workflow);
    if (m_scope.isClosing())
        co_return;
    if (!stored || isTerminal(stored->snapshot.status)) {
        lose(id, stored ? Error(Errc::Conflict, u"The run has ended already."_s) : stored.error());
        fillPlaces();
        co_return;
    }
    if (m_active.contains(id))
        co_return;
    Result<std::shared_ptr<const Definition>> definition = m_definitions.find(stored->definition);
    if (!definition) {
        QJsonObject error =
            makeError(ErrorType::Configuration, u"The run cannot go on"_s, definition.error().detail, {});
        co_await abandon(*stored, std::move(error));
        fillPlaces();
        co_return;
    }
    resume(std::move(*stored), *definition);
}

QCoro::Task<void> RunDriver::close()
{
    auto closed = m_scope.close();
    if (m_timer)
        m_clock.cancel(std::exchange(m_timer, 0));
    const auto active = m_active.values();
    for (const ActivePtr &run : active) {
        for (auto &[key, cancel] : run->effects)
            cancel.cancel();
        if (run->wake)
            run->wake();
    }
    // What is left over are runs that are not in memory.
    for (const RunId &id : m_mail.keys() + m_waiters.keys() + m_halts.keys())
        lose(id, closingError());
    co_await closed;
}

} // namespace Atom::Workflows
