// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/workflowservice.h"

#include "server/expressions/jsonvalues.h"
#include "server/workflows/definitionreader.h"
#include "server/workflows/logging.h"
#include "server/workflows/rundriver.h"
#include "server/workflows/workflowerror.h"
#include "shared/core/uuid.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

#include <map>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
QString issueText(const DefinitionIssue &issue)
{
    return issue.line ? u"line %1, column %2: %3"_s.arg(issue.line).arg(issue.column).arg(issue.message)
                      : issue.message;
}

Error issuesError(const QList<DefinitionIssue> &issues)
{
    Error error(Errc::ValidationFailed,
                u"The workflow definition has %n mistake(s)."_s.replace(u"%n"_s, QString::number(issues.size())));
    for (const DefinitionIssue &issue : issues)
        error.fields.append(FieldError{issue.pointer, issueText(issue)});
    return error;
}
} // namespace

struct WorkflowService::Private
{
    struct Loaded
    {
        StoredDefinition stored;
        std::shared_ptr<const Definition> parsed;
    };
    Private(WorkflowRepository &r, Connectors::EgressClient &e, TraceSink &t, Clock &c, MetricRegistry &m)
        : repository(r), clock(c), driver(r, e, t, c, m)
    {
    }
    WorkflowRepository &repository;
    Clock &clock;
    std::map<QByteArray, Loaded> definitions; //!< the version in use, by id
    RunDriver driver;
};

WorkflowService::WorkflowService(WorkflowRepository &repository, Connectors::EgressClient &egress, TraceSink &traces,
                                 Clock &clock, MetricRegistry &metrics)
    : d(std::make_unique<Private>(repository, egress, traces, clock, metrics))
{
    connect(&d->driver, &RunDriver::runChanged, this, &WorkflowService::runChanged);
}

WorkflowService::~WorkflowService() = default;

QList<DefinitionIssue> WorkflowService::validate(const QByteArray &source)
{
    QList<DefinitionIssue> issues;
    (void)parseDefinition(source, issues);
    return issues;
}

QCoro::Task<Result<QStringList>> WorkflowService::load(QString directory)
{
    Result<QList<StoredDefinition>> stored = co_await d->repository.definitions();
    if (!stored)
        co_return std::move(stored.error());
    QStringList mistakes;
    for (const StoredDefinition &definition : *stored) {
        QList<DefinitionIssue> issues;
        auto parsed = parseDefinition(definition.source, issues);
        if (!issues.isEmpty()) {
            mistakes.append(u"%1: %2"_s.arg(definition.summary.id.toString(), issueText(issues.first())));
            continue;
        }
        d->definitions[definition.summary.id.bytes()] = {definition, std::move(parsed)};
    }
    const QDir folder(directory);
    const QStringList names =
        directory.isEmpty() ? QStringList() : folder.entryList({u"*.yaml"_s}, QDir::Files, QDir::Name);
    for (const QString &name : names) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly) || file.size() > SourceDocument::maxBytes) {
            mistakes.append(u"%1: cannot be read or is too large"_s.arg(name));
            continue;
        }
        const Result<WorkflowSummary> imported = co_await importDefinition(file.readAll());
        if (imported)
            continue;
        if (imported.error().fields.isEmpty())
            mistakes.append(u"%1: %2"_s.arg(name, imported.error().detail));
        for (const FieldError &field : imported.error().fields)
            mistakes.append(u"%1: %2"_s.arg(name, field.detail));
    }

    Result<QList<StoredRun>> unfinished = co_await d->repository.unfinished();
    if (!unfinished)
        co_return std::move(unfinished.error());
    for (const StoredRun &run : *unfinished) {
        if (d->driver.find(run.snapshot.id))
            continue; // started while this was read
        QList<DefinitionIssue> issues;
        auto parsed = parseDefinition(run.definition, issues);
        if (!issues.isEmpty()) {
            const QJsonObject error =
                makeError(ErrorType::Configuration, u"The run cannot go on"_s,
                          u"its definition is not understood any more: "_s + issueText(issues.first()), {});
            co_await d->driver.abandon(run, error);
            continue;
        }
        const Result<RunSnapshot> whole = co_await d->repository.run(run.snapshot.id);
        d->driver.resume(run, whole ? whole->steps : QList<StepRecord>(), std::move(parsed));
    }
    co_return mistakes;
}

QCoro::Task<void> WorkflowService::close()
{
    co_await d->driver.close();
}

QList<WorkflowSummary> WorkflowService::definitions() const
{
    QList<WorkflowSummary> all;
    for (const auto &[id, loaded] : d->definitions)
        all.append(loaded.stored.summary);
    return all;
}

std::optional<QByteArray> WorkflowService::source(const WorkflowId &id) const
{
    const auto it = d->definitions.find(id.bytes());
    return it == d->definitions.end() ? std::nullopt : std::optional(it->second.stored.source);
}

QCoro::Task<Result<WorkflowSummary>> WorkflowService::importDefinition(QByteArray source, Actor by)
{
    QList<DefinitionIssue> issues;
    const std::shared_ptr<const Definition> parsed = parseDefinition(source, issues);
    if (!issues.isEmpty())
        co_return issuesError(issues);
    const QByteArray id = parsed->summary.id.bytes();
    const auto known = d->definitions.find(id);
    if (known != d->definitions.end() && known->second.stored.source == source)
        co_return Result<WorkflowSummary>(
            std::as_const(known->second.stored.summary)); // QCoro moves out of a plain lvalue
    StoredDefinition stored;
    stored.summary = parsed->summary;
    if (known != d->definitions.end())
        stored.summary.enabled = known->second.stored.summary.enabled;
    stored.canonical = parsed->canonical;
    stored.source = std::move(source);
    stored.storedAt = d->clock.now();
    stored.audit = Audit::draftFor(by, "workflow.imported", "workflow", id, stored.storedAt);
    if (known != d->definitions.end())
        stored.audit.before.insert(u"version"_s, known->second.stored.summary.version);
    stored.audit.after.insert(u"version"_s, stored.summary.version);
    const Result<void> saved = co_await d->repository.saveDefinition(stored);
    if (!saved)
        co_return saved.error();
    const WorkflowSummary summary = stored.summary;
    d->definitions[id] = {std::move(stored), parsed};
    co_return summary;
}

QCoro::Task<Result<RunSnapshot>> WorkflowService::start(StartRequest request)
{
    const auto it = d->definitions.find(request.workflow.bytes());
    if (it == d->definitions.end() || !it->second.stored.summary.enabled)
        co_return Error(Errc::NotFound, u"There is no workflow %1."_s.arg(request.workflow.toString().left(128)));
    const std::shared_ptr<const Definition> definition = it->second.parsed;
    if (Expressions::jsonSize(request.input, RunLimits::valueBytes) > RunLimits::valueBytes)
        co_return Error::invalid(u"/input"_s, u"The input is larger than %1 bytes."_s.arg(RunLimits::valueBytes));
    const Result<void> fits = definition->inputSchema.check(request.input);
    if (!fits)
        co_return fits.error();
    StoredRun run;
    run.definition = it->second.stored.canonical;
    run.dedupeKey = request.dedupeKey;
    run.snapshot.startedAt = d->clock.now();
    run.snapshot.id = RunId(newUuidV7(run.snapshot.startedAt));
    run.snapshot.workflow = request.workflow;
    run.snapshot.version = definition->summary.version;
    run.snapshot.input = request.input;
    run.snapshot.room = request.room;
    run.snapshot.startedBy = request.actor.user;
    run.snapshot.trace = request.trace.trace;
    co_return co_await d->driver.start(std::move(run), definition, request.trace);
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

QCoro::Task<Result<RunSnapshot>> WorkflowService::cancel(RunId id)
{
    if (d->driver.cancel(id))
        co_return co_await wait(id, Deadline());
    Result<RunSnapshot> stored = co_await d->repository.run(id);
    if (!stored)
        co_return stored;
    co_return Error(Errc::Conflict, u"The run has ended already."_s);
}

int WorkflowService::runningCount() const
{
    return d->driver.running();
}

} // namespace Atom::Workflows
