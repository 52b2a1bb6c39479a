// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/workflowservice.h"

#include "server/workflows/definitionreader.h"
#include "server/workflows/workflowservice_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

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

WorkflowService::WorkflowService(WorkflowRepository &repository, Connectors::EgressClient &egress, TraceSink &traces,
                                 Clock &clock, MetricRegistry &metrics)
    : d(std::make_unique<Private>(repository, egress, traces, clock, metrics))
{
    connect(&d->driver, &RunDriver::runChanged, this, &WorkflowService::runChanged);
    connect(&d->driver, &RunDriver::runProgress, this, &WorkflowService::runProgress);
    d->driver.setStartSubflow([this](RunEffect effect, RunSnapshot parent, TraceContext trace, int depth) {
        return startSubflow(std::move(effect), std::move(parent), std::move(trace), depth);
    });
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

    const Result<void> taken = co_await takeUpRuns();
    if (!taken)
        co_return taken.error();
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

int WorkflowService::runningCount() const
{
    return d->driver.running();
}

int WorkflowService::waitingCount() const
{
    return d->driver.waiting();
}

const BootReport &WorkflowService::bootReport() const
{
    return d->boot;
}

EventBus &WorkflowService::events()
{
    return d->driver.bus();
}

void WorkflowService::setFunctions(FunctionRegistry *functions)
{
    d->driver.setFunctions(functions);
}

void WorkflowService::setSecrets(const SecretProvider *secrets)
{
    d->driver.setSecrets(secrets);
}

void WorkflowService::setAuthorizer(RequestAuthorizer *authorizer)
{
    d->driver.setAuthorizer(authorizer);
}

void WorkflowService::setLimits(const Limits &limits)
{
    RunDriver::Settings settings;
    settings.running = limits.running;
    settings.queued = limits.queued;
    settings.parkAfter = limits.parkAfter;
    settings.subflowDepth = limits.subflowDepth;
    d->driver.setSettings(settings);
}

} // namespace Atom::Workflows
