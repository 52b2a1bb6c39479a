// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// One run, from its first step to its end or its sleep.
#include "server/workflows/activerun.h"
#include "server/workflows/logging.h"

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr milliseconds saveRetry{1000};
} // namespace

QCoro::Task<void> RunDriver::drive(ActivePtr run, std::optional<RunAdvance> first)
{
    run->span = std::make_unique<SpanScope>(m_traces, run->trace, u"workflow"_s);
    run->span->set(u"run_id"_s, run->snapshot.id.toString());
    run->span->set(u"workflow"_s, run->snapshot.workflow.toString());
    run->span->set(u"version"_s, run->snapshot.version);
    if (run->resumed)
        run->span->set(u"resumed"_s, true);
    const QList<StepRecord> begun = run->resumed ? QList<StepRecord>() : run->snapshot.steps;
    for (const StepRecord &step : begun)
        noteSpan(*run, step);
    co_await carryOut(run, std::move(first));

    run->stepSpans.clear();
    for (auto &[key, cancel] : std::exchange(run->effects, {}))
        cancel.cancel();
    for (const auto &given : std::exchange(run->given, {}))
        given.resolve(true);
    if (isTerminal(run->snapshot.status))
        ended(run);
    run->span.reset();
    run->journaled.resolve(true);
    // Its place is given on last: whoever takes it finds everything settled.
    leave(run);
    if (m_scope.isClosing())
        lose(run->snapshot.id, closingError());
    else if (!m_mail.value(run->snapshot.id).isEmpty())
        kick(run->snapshot.id); // came while it went to sleep
}

void RunDriver::ended(const ActivePtr &run)
{
    const RunSnapshot &s = run->snapshot;
    const QByteArray status = runStatusName(s.status).toLatin1();
    m_metrics.counter("atom_workflow_runs_total", "Workflow runs ended", "status=\"" + status + '"').add();
    const auto took = *s.endedAt - s.startedAt;
    m_durations.record(quint64(std::max<qint64>(0, took.count())) * 1000);
    run->span->set(u"status"_s, QString::fromLatin1(status));
    if (s.status == RunStatus::Completed)
        run->span->end();
    else
        run->span->fail(s.error.value(u"title").toString(u"cancelled"_s));
    for (const auto &waiter : m_waiters.take(s.id))
        waiter.resolve(Result<RunSnapshot>(s));
    for (const auto &waiter : m_halts.take(s.id))
        waiter.resolve(Result<RunSnapshot>(s));
    lose(s.id, closingError());
    childEnded(s);
    if (run->hasSubflows && s.status != RunStatus::Completed)
        m_scope.spawn(cancelChildren(s.id), "cancel children");
}

QCoro::Task<void> RunDriver::carryOut(ActivePtr run, std::optional<RunAdvance> first)
{
    while (!m_scope.isClosing()) {
        RunAdvance next;
        if (first) {
            next = std::move(*std::exchange(first, std::nullopt));
        } else {
            takeIn(*run);
            next = run->machine.advance(m_clock.now());
            if (next.changed || next.ended) {
                RunTransition transition = transitionOf(*run, next, canPark(*run, next));
                const bool saved = co_await save(run, std::move(transition));
                if (!saved)
                    co_return;
            }
        }
        run->journaled.resolve(true);
        for (const auto &given : std::exchange(run->given, {}))
            given.resolve(true);
        if (m_scope.isClosing())
            co_return;
        act(run, next);
        if (next.ended)
            co_return;
        if (next.more) {
            co_await yield();
            continue;
        }
        if (!run->answers.isEmpty() || !m_mail.value(run->snapshot.id).isEmpty())
            continue;
        if (run->machine.status() == RunStatus::Suspended && run->effects.empty()) {
            for (const auto &waiter : m_halts.take(run->snapshot.id))
                waiter.resolve(Result<RunSnapshot>(run->snapshot));
            co_return;
        }
        if (canPark(*run, next)) {
            park(run, next);
            co_return;
        }
        co_await sleepUntil(run, next.wakeAt);
    }
}

// Tells the machine what came since the last time: all answers, and one event, for the next one may be for what
// follows. \return whether there was anything.
bool RunDriver::takeIn(Active &run)
{
    const Timestamp now = m_clock.now();
    const auto answers = std::exchange(run.answers, {});
    for (const Active::Answer &answer : answers) {
        if (answer.outcome.index() == 0)
            run.machine.callFinished(answer.key, std::get<0>(answer.outcome), now);
        else
            run.machine.effectFinished(answer.key, std::get<1>(answer.outcome), now);
    }
    const auto it = m_mail.find(run.snapshot.id);
    if (it == m_mail.end())
        return !answers.isEmpty();
    Mail &mail = *it;
    if (mail.cancel || mail.suspend || mail.resume) {
        run.stored.snapshot.reason = mail.reason;
        if (mail.cancel)
            run.machine.cancel(now);
        else if (mail.resume)
            run.machine.resume(now);
        else
            run.machine.suspend(now);
        mail.cancel = mail.suspend = mail.resume = false;
    }
    while (!mail.events.isEmpty()) {
        const Delivery delivery = mail.events.takeFirst();
        const bool taken = run.machine.eventArrived(delivery.event, now);
        run.given.append(delivery.done);
        if (taken)
            break;
    }
    if (mail.isEmpty())
        m_mail.erase(it);
    return true;
}

// Whether it only waits, and for long enough to be worth leaving memory. Subflows wake their parent.
bool RunDriver::canPark(const Active &run, const RunAdvance &next) const
{
    if (next.more || next.ended || !next.start.isEmpty() || !run.effects.empty() || !run.answers.isEmpty())
        return false;
    if (run.machine.status() == RunStatus::Suspended)
        return false;
    if (next.wakeAt && *next.wakeAt - m_clock.now() < m_settings.parkAfter)
        return false;
    return next.wakeAt || next.open > 0 || run.machine.isListening();
}

RunTransition RunDriver::transitionOf(const Active &run, const RunAdvance &next, bool parks) const
{
    RunTransition t(run.stored);
    RunSnapshot &s = t.run.snapshot;
    const QJsonObject before = run.stored.cursor;
    s.status = run.machine.status();
    if (next.ended) {
        s.output = run.machine.output();
        s.error = run.machine.error();
        s.endedAt = m_clock.now();
        t.run.cursor = {};
        // From here a new run can go on.
        if (s.status == RunStatus::Faulted && !run.machine.retryCursor().isEmpty())
            t.run.cursor.insert(u"retry"_s, run.machine.retryCursor());
    } else {
        t.run.cursor = run.machine.cursor();
        t.run.cursor.insert(u"trace"_s, before.value(u"trace"));
        t.run.cursor.insert(u"depth"_s, run.depth);
    }
    t.steps = next.steps;
    t.emitted = next.emitted;
    t.consumed = next.consumed;
    t.at = m_clock.now();
    // A subflow that is waited for is asked for again after a restart, and that takes the whole run.
    t.parked = parks && next.open == 0;
    if (t.parked) {
        t.dueAt = next.wakeAt;
        t.interests = run.machine.interests();
    }
    return t;
}

// A disk that refuses now may take it later; until then the run must not go on.
QCoro::Task<bool> RunDriver::save(ActivePtr run, RunTransition transition)
{
    while (true) {
        const Result<void> saved = co_await m_repository.saveTransition(transition);
        m_transactions.add();
        if (saved)
            break;
        qCWarning(lcWorkflows) << "run" << run->snapshot.id.bytes()
                               << "could not be journaled:" << saved.error().detail;
        if (m_scope.isClosing())
            co_return false;
        const OneShot<bool> later;
        const Clock::TimerId timer = m_clock.callAfter(saveRetry, this, [later] { later.resolve(true); });
        run->wake = [later, this] {
            if (m_scope.isClosing())
                later.resolve(false);
        };
        (void)co_await later;
        run->wake = {};
        m_clock.cancel(timer);
        if (m_scope.isClosing())
            co_return false;
    }
    noteSaved(*run, transition);
    co_return true;
}

// What follows from a commit: others are told.
void RunDriver::noteSaved(Active &run, const RunTransition &transition)
{
    run.stored = transition.run;
    QList<StepRecord> steps = std::move(run.snapshot.steps);
    run.snapshot = transition.run.snapshot;
    run.snapshot.steps = std::move(steps);
    for (const StepRecord &step : transition.steps)
        noteStep(run, step);
    if (!isTerminal(run.snapshot.status))
        m_index.set(run.snapshot.id, run.machine.interests());
    offerLifecycle(run, transition);
    run.lastStatus = run.snapshot.status;
    for (const QJsonObject &event : transition.emitted)
        deliver(event, true);
    for (const StepRecord &step : transition.steps) {
        const RunProgress progress{run.snapshot.id, run.snapshot.workflow, run.snapshot.room,
                                   step.name,       step.reference,        step.status};
        Q_EMIT runProgress(progress);
    }
    const RunProgress progress{run.snapshot.id, run.snapshot.workflow, run.snapshot.room, {}, {}, run.snapshot.status};
    Q_EMIT runProgress(progress);
    Q_EMIT runChanged(run.snapshot);
}

void RunDriver::act(const ActivePtr &run, const RunAdvance &next)
{
    for (const QString &key : next.abort) {
        const auto it = run->effects.find(key);
        if (it != run->effects.end()) {
            CancellationSource source = it->second;
            run->effects.erase(it);
            source.cancel();
        }
        const QList<RunId> children = run->children.keys(key);
        for (const RunId &child : children) {
            run->children.remove(child);
            cancel(child, u"the run that started it does not wait for it any more"_s);
        }
    }
    for (const RunEffect &effect : next.start) {
        const CancellationSource source;
        run->effects.insert_or_assign(effect.key, source);
        m_scope.spawn(carryOutEffect(run, effect, source), "effect");
    }
}

void RunDriver::park(const ActivePtr &run, const RunAdvance &next)
{
    const RunId id = run->snapshot.id;
    const qint64 due = next.wakeAt ? std::max<qint64>(1, toMillis(*next.wakeAt)) : 0;
    m_dormant.insert(id, {run->snapshot.workflow, due});
    run->span->set(u"parked"_s, true);
    run->span->end();
    m_active.remove(id);
    givePlaceBack(run->snapshot.workflow);
    m_runningGauge.set(running());
    if (due) {
        m_timers.emplace(due, id);
        armTimer();
    }
    fillPlaces();
}

QCoro::Task<void> RunDriver::sleepUntil(ActivePtr run, std::optional<Timestamp> due)
{
    const OneShot<bool> over;
    run->wake = [over] { over.resolve(false); };
    Clock::TimerId timer = 0;
    if (due) {
        const milliseconds delay = std::clamp(*due - m_clock.now(), milliseconds(0), milliseconds(24 * 3'600'000));
        timer = m_clock.callAfter(delay, this, [over] { over.resolve(true); });
    }
    if (m_scope.isClosing())
        over.resolve(false);
    (void)co_await over;
    if (timer)
        m_clock.cancel(timer);
    run->wake = {};
}

// Others have their turn; a run of many steps must not keep them waiting.
QCoro::Task<void> RunDriver::yield()
{
    const OneShot<bool> over;
    QMetaObject::invokeMethod(
        this, [over] { over.resolve(true); }, Qt::QueuedConnection);
    (void)co_await over;
}

} // namespace Atom::Workflows
