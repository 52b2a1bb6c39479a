// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/rundriver.h"

#include "server/workflows/httptask.h"
#include "server/workflows/logging.h"
#include "server/workflows/workflowerror.h"

#include <QtCore/QUrl>

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr int stepsWithData = 500; // of a running run kept in memory; older steps keep their names and states
constexpr milliseconds saveRetry{1000};

Error closing()
{
    Error error(Errc::Unavailable, u"The server is stopping; the run goes on after its next start."_s);
    error.retryAfter = std::chrono::seconds(5);
    return error;
}
} // namespace

struct RunDriver::Active
{
    Active(StoredRun s, RunMachine m) : stored(std::move(s)), snapshot(stored.snapshot), machine(std::move(m)) {}
    StoredRun stored;
    RunSnapshot snapshot; //!< with steps
    RunMachine machine;
    TraceContext trace;
    bool resumed = false;
    bool cancelWanted = false;
    CancellationSource cancel;  //!< of the call under way
    std::function<void()> wake; //!< ends the wait under way
    OneShot<bool> journaled;    //!< first transition saved, or given up
    QList<OneShot<Result<RunSnapshot>>> waiters;
    std::unique_ptr<SpanScope> span;
    std::map<QString, std::unique_ptr<SpanScope>> stepSpans; //!< open ones by reference
};

RunDriver::RunDriver(WorkflowRepository &repository, Connectors::EgressClient &egress, TraceSink &traces, Clock &clock,
                     MetricRegistry &metrics)
    : m_repository(repository), m_egress(egress), m_traces(traces), m_clock(clock), m_metrics(metrics),
      m_runningGauge(metrics.gauge("atom_workflow_running", "Workflow runs under way")),
      m_steps(metrics.counter("atom_workflow_steps_total", "Workflow steps ended")),
      m_durations(metrics.histogram("atom_workflow_seconds", "Duration of workflow runs, start to end"))
{
}

RunDriver::~RunDriver() = default;

QCoro::Task<Result<RunSnapshot>> RunDriver::start(StoredRun stored, std::shared_ptr<const Definition> definition,
                                                  TraceContext trace)
{
    if (m_scope.isClosing())
        co_return closing();
    if (running() >= maxRunning) {
        Error error(Errc::Unavailable, u"%1 workflows are running already."_s.arg(maxRunning));
        error.retryAfter = std::chrono::seconds(5);
        co_return error;
    }
    const RunId id = stored.snapshot.id;
    RunMachine machine(std::move(definition), id, stored.snapshot.input, stored.snapshot.startedAt);
    stored.snapshot.status = RunStatus::Running;
    stored.cursor = machine.cursor();
    stored.cursor.insert(u"trace"_s,
                         QJsonObject{{u"parent"_s, trace.parent.toString()}, {u"message"_s, trace.message.toString()}});
    auto run = std::make_shared<Active>(stored, std::move(machine));
    run->trace = std::move(trace);
    // Known before it is stored, so that whoever meets the stored run can already wait for it.
    m_active.insert(id, run);
    m_runningGauge.set(running());
    Result<StoredRun> inserted = co_await m_repository.insertRun(stored);
    if (!inserted || inserted->snapshot.id != id) {
        m_active.remove(id);
        m_runningGauge.set(running());
        const Result<RunSnapshot> failed =
            inserted ? Result<RunSnapshot>(closing()) : Result<RunSnapshot>(inserted.error());
        for (const auto &waiter : std::exchange(run->waiters, {}))
            waiter.resolve(failed);
        if (!inserted)
            co_return std::move(inserted.error());
        const RunId existing = inserted->snapshot.id;
        if (std::optional<RunSnapshot> known = find(existing))
            co_return *known;
        co_return co_await m_repository.run(existing);
    }
    Q_EMIT runChanged(run->snapshot);
    m_scope.spawn(drive(run), "run");
    (void)co_await run->journaled;
    co_return Result<RunSnapshot>(std::as_const(run->snapshot)); // QCoro moves out of a plain lvalue
}

void RunDriver::resume(StoredRun stored, QList<StepRecord> steps, std::shared_ptr<const Definition> definition)
{
    Result<RunMachine> machine = RunMachine::restore(std::move(definition), stored.snapshot.id, stored.snapshot.input,
                                                     stored.snapshot.startedAt, stored.cursor);
    if (!machine) {
        m_scope.spawn(
            abandon(stored, makeError(ErrorType::Runtime, u"The run cannot go on"_s, machine.error().detail, {})),
            "abandon");
        return;
    }
    auto run = std::make_shared<Active>(stored, std::move(*machine));
    const QJsonObject trace = stored.cursor.value(u"trace").toObject();
    run->trace.trace = stored.snapshot.trace;
    run->trace.room = stored.snapshot.room;
    run->trace.parent = SpanId::fromString(trace.value(u"parent").toString());
    run->trace.message = MessageId::fromString(trace.value(u"message").toString());
    run->snapshot.steps = std::move(steps);
    run->resumed = true;
    m_active.insert(stored.snapshot.id, run);
    m_runningGauge.set(running());
    qCInfo(lcWorkflows) << "going on with run" << stored.snapshot.id.bytes() << "of"
                        << stored.snapshot.workflow.bytes();
    m_scope.spawn(drive(run), "run");
}

QCoro::Task<void> RunDriver::abandon(StoredRun run, QJsonObject error)
{
    run.snapshot.status = RunStatus::Faulted;
    run.snapshot.error = error;
    run.snapshot.endedAt = m_clock.now();
    const Result<void> saved = co_await m_repository.saveTransition(run, std::nullopt);
    if (!saved)
        qCWarning(lcWorkflows) << "run" << run.snapshot.id.bytes() << "could not be ended:" << saved.error().detail;
    else
        Q_EMIT runChanged(run.snapshot);
}

std::optional<RunSnapshot> RunDriver::find(const RunId &id) const
{
    const auto it = m_active.constFind(id);
    return it == m_active.constEnd() ? std::nullopt : std::optional((*it)->snapshot);
}

QCoro::Task<std::optional<Result<RunSnapshot>>> RunDriver::waitFor(RunId id, Deadline deadline)
{
    const ActivePtr run = m_active.value(id);
    if (!run)
        co_return std::nullopt;
    const OneShot<Result<RunSnapshot>> done;
    run->waiters.append(done);
    Clock::TimerId timer = 0;
    if (!deadline.isNever()) {
        timer = m_clock.callAfter(deadline.remaining(m_clock), this, [done] {
            done.resolve(Error(Errc::DeadlineExceeded, u"The workflow is still running."_s));
        });
    }
    Result<RunSnapshot> result = co_await done;
    if (timer)
        m_clock.cancel(timer);
    run->waiters.removeIf([](const auto &waiter) { return waiter.isResolved(); });
    co_return std::optional<Result<RunSnapshot>>(std::move(result));
}

bool RunDriver::cancel(const RunId &id)
{
    const ActivePtr run = m_active.value(id);
    if (!run)
        return false;
    run->cancelWanted = true;
    run->cancel.cancel();
    if (run->wake)
        run->wake();
    return true;
}

QCoro::Task<void> RunDriver::close()
{
    auto closed = m_scope.close();
    const auto active = m_active.values();
    for (const ActivePtr &run : active) {
        run->cancel.cancel();
        if (run->wake)
            run->wake();
    }
    co_await closed;
}

QCoro::Task<void> RunDriver::drive(ActivePtr run)
{
    run->span = std::make_unique<SpanScope>(m_traces, run->trace, u"workflow"_s);
    run->span->set(u"run_id"_s, run->snapshot.id.toString());
    run->span->set(u"workflow"_s, run->snapshot.workflow.toString());
    run->span->set(u"version"_s, run->snapshot.version);
    if (run->resumed)
        run->span->set(u"resumed"_s, true);
    co_await carryOut(run);

    m_active.remove(run->snapshot.id);
    m_runningGauge.set(running());
    const bool ended = isTerminal(run->snapshot.status);
    run->stepSpans.clear();
    if (ended) {
        const QByteArray status = runStatusName(run->snapshot.status).toLatin1();
        m_metrics.counter("atom_workflow_runs_total", "Workflow runs ended", "status=\"" + status + '"').add();
        const auto took = *run->snapshot.endedAt - run->snapshot.startedAt;
        m_durations.record(quint64(std::max<qint64>(0, took.count())) * 1000);
        run->span->set(u"status"_s, QString::fromLatin1(status));
        if (run->snapshot.status == RunStatus::Completed)
            run->span->end();
        else
            run->span->fail(run->snapshot.error.value(u"title").toString(u"cancelled"_s));
        Q_EMIT runChanged(run->snapshot);
    }
    run->span.reset();
    run->journaled.resolve(true);
    const Result<RunSnapshot> result = ended ? Result<RunSnapshot>(run->snapshot) : Result<RunSnapshot>(closing());
    for (const auto &waiter : std::exchange(run->waiters, {}))
        waiter.resolve(result);
}

QCoro::Task<void> RunDriver::carryOut(ActivePtr run)
{
    while (!m_scope.isClosing()) {
        if (run->cancelWanted)
            run->machine.cancel(m_clock.now());
        Action action = run->machine.advance(m_clock.now());
        switch (action.kind) {
        case Action::Kind::Journal: {
            std::optional<StepRecord> step = std::move(action.step);
            const bool saved = co_await save(run, step);
            if (!saved)
                co_return;
            if (step)
                noteStep(*run, *step);
            run->journaled.resolve(true);
            Q_EMIT runChanged(run->snapshot);
            break;
        }
        case Action::Kind::Call:
            co_await call(run, std::move(action));
            break;
        case Action::Kind::Wait:
            co_await sleepUntil(run, *action.until);
            break;
        case Action::Kind::End:
            (void)co_await save(run, std::nullopt);
            co_return;
        }
    }
}

// Saves the machine's position. A disk that refuses now may take it later; until then the run must not go on.
QCoro::Task<bool> RunDriver::save(ActivePtr run, std::optional<StepRecord> step)
{
    StoredRun next = run->stored;
    const QJsonValue trace = run->stored.cursor.value(u"trace");
    next.cursor = run->machine.cursor();
    next.cursor.insert(u"trace"_s, trace);
    // A terminal state is saved once, by the last transition, after the steps that led to it.
    const RunStatus status = run->machine.status();
    const bool last = !step && isTerminal(status);
    next.snapshot.status = isTerminal(status) && !last ? RunStatus::Running : status;
    if (last) {
        next.snapshot.output = run->machine.output();
        next.snapshot.error = run->machine.error();
        next.snapshot.endedAt = m_clock.now();
        next.cursor = {};
    }
    while (true) {
        const Result<void> saved = co_await m_repository.saveTransition(next, step);
        if (saved)
            break;
        qCWarning(lcWorkflows) << "run" << next.snapshot.id.bytes()
                               << "could not be journaled:" << saved.error().detail;
        if (m_scope.isClosing())
            co_return false;
        co_await sleepUntil(run, m_clock.now() + saveRetry);
        if (m_scope.isClosing())
            co_return false;
    }
    run->stored = next;
    QList<StepRecord> steps = std::move(run->snapshot.steps);
    run->snapshot = next.snapshot;
    run->snapshot.steps = std::move(steps);
    co_return true;
}

QCoro::Task<void> RunDriver::sleepUntil(ActivePtr run, Timestamp due)
{
    const OneShot<bool> over;
    run->wake = [over] { over.resolve(false); };
    const milliseconds delay = std::max(milliseconds(0), due - m_clock.now());
    const Clock::TimerId timer = m_clock.callAfter(delay, this, [over] { over.resolve(true); });
    if (m_scope.isClosing())
        over.resolve(false);
    (void)co_await over;
    m_clock.cancel(timer);
    run->wake = {};
}

QCoro::Task<void> RunDriver::call(ActivePtr run, Action action)
{
    if (run->cancelWanted)
        co_return;
    Deadline deadline;
    if (action.until)
        deadline = Deadline::after(m_clock, std::max(milliseconds(0), *action.until - m_clock.now()));
    const Connectors::HttpCall request = action.call;
    const QUrl url(request.url);
    SpanScope span(m_traces, spanParent(*run, action.reference), u"connector.call"_s);
    span.set(u"method"_s, QString::fromLatin1(request.method));
    span.set(u"host"_s, url.port() > 0 ? u"%1:%2"_s.arg(url.host()).arg(url.port()) : url.host());
    span.set(u"path"_s, url.path(QUrl::FullyEncoded));
    span.set(u"attempt"_s, action.attempt);
    const Result<Connectors::HttpReply> reply = co_await m_egress.send(request, deadline, run->cancel.token());
    if (reply) {
        span.set(u"status"_s, reply->status);
        span.set(u"bytes"_s, qint64(reply->body.size()));
        if (reply->status < 400)
            span.end();
        else
            span.fail(u"answered with status %1"_s.arg(reply->status));
    } else {
        span.set(u"code"_s, errcName(reply.error().code));
        span.fail(reply.error().detail);
    }
    // Stopped in the middle: the journal keeps the call as started, so it is made again with the same key.
    if (m_scope.isClosing() || run->cancelWanted)
        co_return;
    run->machine.callFinished(reply, m_clock.now());
}

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
