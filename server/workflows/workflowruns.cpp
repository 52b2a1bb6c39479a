// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of WorkflowService that is about runs.
#include "server/expressions/jsonvalues.h"
#include "server/workflows/logging.h"
#include "server/workflows/workflowerror.h"
#include "server/workflows/workflowservice_p.h"
#include "shared/core/uuid.h"

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr auto identitiesKept = std::chrono::hours(7 * 24);

Error endedAlready()
{
    return Error(Errc::Conflict, u"The run has ended already."_s);
}
} // namespace

// What was left of the time before: part of every start.
QCoro::Task<Result<void>> WorkflowService::takeUpRuns()
{
    BootReport report;
    const Result<QList<DormantRun>> dormant = co_await d->repository.dormant();
    if (!dormant)
        co_return dormant.error();
    for (const DormantRun &run : *dormant) {
        (run.status == RunStatus::Pending ? report.pending : report.parked)++;
        d->driver.keep(run);
    }
    Result<QList<StoredRun>> unfinished = co_await d->repository.unfinished();
    if (!unfinished)
        co_return std::move(unfinished.error());
    for (const StoredRun &run : *unfinished) {
        if (d->driver.isKnown(run.snapshot.id))
            continue; // started while this was read
        const Result<std::shared_ptr<const Definition>> definition = d->driver.definitions().find(run.definition);
        if (!definition) {
            QJsonObject error =
                makeError(ErrorType::Configuration, u"The run cannot go on"_s, definition.error().detail, {});
            co_await d->driver.abandon(run, std::move(error));
            report.ended++;
            continue;
        }
        Result<StoredRun> whole = co_await d->repository.load(run.snapshot.id);
        d->driver.resume(whole ? std::move(*whole) : run, *definition);
        report.resumed++;
    }
    const Result<QList<UndeliveredEvent>> events = co_await d->repository.undeliveredEvents();
    if (!events)
        co_return events.error();
    for (const UndeliveredEvent &one : *events)
        d->driver.deliver(one.event, true, one.consumers);
    report.events = int(events->size());
    (void)co_await d->repository.forgetEvents(d->clock.now() - identitiesKept);
    d->boot = report;
    if (report.resumed + report.parked + report.pending + report.ended + report.events > 0) {
        qCInfo(lcWorkflows) << "runs taken up:" << report.resumed << "waiting:" << report.parked
                            << "not begun:" << report.pending << "ended as impossible:" << report.ended
                            << "events to deliver:" << report.events;
    }
    co_return Result<void>();
}

QCoro::Task<Result<RunSnapshot>> WorkflowService::start(StartRequest request)
{
    const auto it = d->definitions.find(request.workflow.bytes());
    if (it == d->definitions.end() || !it->second.stored.summary.enabled)
        co_return Error(Errc::NotFound, u"There is no workflow %1."_s.arg(request.workflow.toString().left(128)));
    const std::shared_ptr<const Definition> definition = it->second.parsed;
    const QByteArray canonical = it->second.stored.canonical;
    StoredRun run;
    co_return co_await startRun(std::move(request), std::move(run), definition, canonical, 0);
}

// `run`: what is known of it besides the request: parent, link, position.
QCoro::Task<Result<RunSnapshot>> WorkflowService::startRun(StartRequest request, StoredRun run,
                                                           std::shared_ptr<const Definition> definition,
                                                           QByteArray canonical, int depth)
{
    if (Expressions::jsonSize(request.input, RunLimits::valueBytes) > RunLimits::valueBytes)
        co_return Error::invalid(u"/input"_s, u"The input is larger than %1 bytes."_s.arg(RunLimits::valueBytes));
    const Result<void> fits = definition->inputSchema.check(request.input);
    if (!fits && run.cursor.isEmpty())
        co_return fits.error();
    run.definition = std::move(canonical);
    run.dedupeKey = request.dedupeKey;
    run.snapshot.startedAt = d->clock.now();
    run.snapshot.id = RunId(newUuidV7(run.snapshot.startedAt));
    run.snapshot.workflow = definition->summary.id;
    run.snapshot.version = definition->summary.version;
    run.snapshot.input = request.input;
    run.snapshot.room = request.room;
    run.snapshot.startedBy = request.actor.user;
    run.snapshot.trace = request.trace.trace;
    co_return co_await d->driver.start(std::move(run), definition, request.trace, depth);
}

// The definition of a subflow: the version in use, or an older one that is stored.
QCoro::Task<Result<RunSnapshot>> WorkflowService::startSubflow(RunEffect effect, RunSnapshot parent, TraceContext trace,
                                                               int depth)
{
    const QString name = effect.subflow.ns + u'.' + effect.subflow.name;
    StartRequest request;
    request.workflow = WorkflowId(name.toUtf8());
    request.input = effect.arguments;
    request.dedupeKey = (effect.subflow.await ? "await:" : "begin:") + effect.idempotencyKey;
    request.trace = trace;
    request.actor.user = parent.startedBy;
    request.room = parent.room;
    std::shared_ptr<const Definition> definition;
    QByteArray canonical;
    const QString version = effect.subflow.version;
    const auto it = d->definitions.find(request.workflow.bytes());
    const bool inUse = it != d->definitions.end() && it->second.stored.summary.enabled;
    if (inUse && (version.isEmpty() || version == u"latest" || version == it->second.stored.summary.version)) {
        definition = it->second.parsed;
        canonical = it->second.stored.canonical;
    } else {
        const Error missing(Errc::NotFound,
                            u"there is no workflow %1 of version %2"_s.arg(name.left(128), version.left(64)));
        if (!inUse)
            co_return missing;
        const Result<StoredDefinition> stored = co_await d->repository.definition(request.workflow, version);
        if (!stored)
            co_return missing;
        const Result<std::shared_ptr<const Definition>> parsed = d->driver.definitions().find(stored->canonical);
        if (!parsed)
            co_return parsed.error();
        definition = *parsed;
        canonical = stored->canonical;
    }
    StoredRun run;
    run.snapshot.parent = parent.id;
    co_return co_await startRun(std::move(request), std::move(run), definition, canonical, depth);
}

QCoro::Task<Result<RunSnapshot>> WorkflowService::retry(RetryRequest request)
{
    const Result<StoredRun> stored = co_await d->repository.load(request.run);
    if (!stored)
        co_return stored.error();
    if (stored->snapshot.status != RunStatus::Faulted)
        co_return Error(Errc::Conflict, u"Only a run that failed can be repeated."_s);
    const Result<std::shared_ptr<const Definition>> definition = d->driver.definitions().find(stored->definition);
    if (!definition)
        co_return definition.error();
    StoredRun run;
    run.snapshot.retryOf = request.run;
    StartRequest start;
    start.workflow = stored->snapshot.workflow;
    start.input = stored->snapshot.input;
    start.actor = request.actor;
    start.room = stored->snapshot.room;
    start.trace.trace = stored->snapshot.trace;
    start.trace.room = stored->snapshot.room;
    switch (request.from) {
    case RetryRequest::From::Start:
        if (request.input)
            start.input = *request.input;
        break;
    case RetryRequest::From::Failure: {
        run.cursor = stored->cursor.value(u"retry").toObject();
        if (run.cursor.isEmpty())
            co_return Error(Errc::Conflict, u"Where the run failed is not known any more; repeat it from the start."_s);
        if (request.input) {
            const Result<QJsonObject> edited = RunMachine::withInput(run.cursor, *request.input);
            if (!edited)
                co_return edited.error();
            run.cursor = *edited;
        }
        run.cursor.insert(u"steps"_s, 0);
        break;
    }
    case RetryRequest::From::Task: {
        if (!request.input)
            co_return Error::invalid(u"/input"_s, u"The input of the task is needed."_s);
        const Result<QJsonObject> cursor =
            RunMachine::cursorAt(**definition, request.task, *request.input, d->clock.now());
        if (!cursor)
            co_return cursor.error();
        run.cursor = *cursor;
        break;
    }
    }
    co_return co_await startRun(std::move(start), std::move(run), *definition, stored->definition, 0);
}

QCoro::Task<Result<RunSnapshot>> WorkflowService::wait(RunId id, Deadline deadline)
{
    std::optional<Result<RunSnapshot>> running = co_await d->driver.waitFor(id, deadline);
    if (running)
        co_return std::move(*running);
    Result<RunSnapshot> stored = co_await d->repository.run(id);
    if (stored && !isTerminal(stored->status))
        co_return Error(Errc::Unavailable, u"The run is not under way in this server now."_s);
    co_return stored;
}

QCoro::Task<Result<RunSnapshot>> WorkflowService::run(RunId id)
{
    co_return co_await d->repository.run(id);
}

QCoro::Task<Result<QList<RunSnapshot>>> WorkflowService::runs(WorkflowId workflow, RunId before, int limit)
{
    co_return co_await d->repository.runs(workflow, before, std::clamp(limit, 1, 200));
}

QCoro::Task<Result<RunSnapshot>> WorkflowService::cancel(RunId id, QString reason)
{
    if (d->driver.cancel(id, reason))
        co_return co_await wait(id, Deadline());
    Result<RunSnapshot> stored = co_await d->repository.run(id);
    if (!stored)
        co_return stored;
    if (stored->status == RunStatus::Suspended)
        co_return co_await d->driver.revive(id, true, reason);
    co_return endedAlready();
}

QCoro::Task<Result<RunSnapshot>> WorkflowService::suspend(RunId id, QString reason)
{
    std::optional<Result<RunSnapshot>> halted = co_await d->driver.suspend(id, reason);
    if (!halted) {
        Result<RunSnapshot> stored = co_await d->repository.run(id);
        if (!stored || stored->status == RunStatus::Suspended)
            co_return stored;
        co_return endedAlready();
    }
    if (*halted && isTerminal((*halted)->status))
        co_return endedAlready();
    co_return std::move(*halted);
}

QCoro::Task<Result<RunSnapshot>> WorkflowService::resume(RunId id)
{
    Result<RunSnapshot> stored = co_await d->repository.run(id);
    if (!stored)
        co_return stored;
    if (stored->status != RunStatus::Suspended)
        co_return Error(Errc::Conflict, u"The run is not suspended."_s);
    co_return co_await d->driver.revive(id, false, {});
}

QCoro::Task<Result<DeliveryReport>> WorkflowService::deliver(QJsonValue value)
{
    const Timestamp now = d->clock.now();
    const Result<QJsonObject> event = checkedEvent(value, QString::fromLatin1(newUuidV7(now)), now);
    if (!event)
        co_return event.error();
    DeliveryReport report;
    if (!d->driver.isWanted(*event))
        co_return report;
    const Result<bool> inserted = co_await d->repository.insertEvent(*event, now);
    if (!inserted)
        co_return inserted.error();
    report.known = !*inserted;
    report.wanted = true;
    if (*inserted)
        report.runs = d->driver.deliver(*event, true);
    co_return report;
}

} // namespace Atom::Workflows
