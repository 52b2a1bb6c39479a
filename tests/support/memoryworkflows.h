// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/eventmatcher.h"
#include "server/workflows/workflowrepository.h"

#include <QtCore/QHash>
#include <QtCore/QJsonDocument>
#include <QtCore/QSet>

#include <functional>

namespace Atom::Test {

//! \brief A WorkflowRepository in memory; what it holds survives the service that used it, like a disk. Cursors go
//! through JSON text as in a real one.
class MemoryWorkflowRepository final : public Workflows::WorkflowRepository
{
public:
    using WorkflowRepository::saveTransition;
    QCoro::Task<Result<QList<Workflows::StoredDefinition>>> definitions() override
    {
        co_return storedDefinitions.values();
    }
    QCoro::Task<Result<Workflows::StoredDefinition>> definition(WorkflowId id, QString version) override
    {
        for (const auto &one : storedDefinitions.values() + olderDefinitions) {
            if (one.summary.id == id && one.summary.version == version)
                co_return Result<Workflows::StoredDefinition>(one);
        }
        co_return Error(Errc::NotFound, QStringLiteral("no such definition"));
    }
    QCoro::Task<Result<void>> saveDefinition(Workflows::StoredDefinition definition) override
    {
        if (storedDefinitions.contains(definition.summary.id))
            olderDefinitions.append(storedDefinitions.value(definition.summary.id));
        storedDefinitions.insert(definition.summary.id, definition);
        co_return Result<void>();
    }
    QCoro::Task<Result<Workflows::StoredRun>> insertRun(Workflows::RunTransition first) override
    {
        for (const auto &known : stored) {
            if (!first.run.dedupeKey.isEmpty() && known.dedupeKey == first.run.dedupeKey)
                co_return Result<Workflows::StoredRun>(known);
        }
        Workflows::StoredRun run = first.run;
        stored.append(run);
        note(first);
        co_return run;
    }
    QCoro::Task<Result<void>> saveTransition(Workflows::RunTransition transition) override
    {
        if (failures > 0) {
            --failures;
            co_return Error(Errc::Unavailable, QStringLiteral("busy"));
        }
        bool found = false;
        for (auto &known : stored) {
            if (known.snapshot.id == transition.run.snapshot.id) {
                known = transition.run;
                found = true;
            }
        }
        if (!found)
            co_return Error(Errc::NotFound, QStringLiteral("no such run"));
        note(transition);
        co_return Result<void>();
    }
    QCoro::Task<Result<QList<Workflows::StoredRun>>> unfinished() override
    {
        QList<Workflows::StoredRun> list;
        for (const auto &run : stored) {
            const RunStatus status = run.snapshot.status;
            const bool underWay = status == RunStatus::Running || status == RunStatus::Waiting;
            if (underWay && !parked.contains(run.snapshot.id))
                list.append(run);
        }
        co_return list;
    }
    QCoro::Task<Result<QList<Workflows::DormantRun>>> dormant() override
    {
        QList<Workflows::DormantRun> list;
        for (const auto &run : stored) {
            const RunStatus status = run.snapshot.status;
            const bool waits =
                parked.contains(run.snapshot.id) && !isTerminal(status) && status != RunStatus::Suspended;
            if (!waits && status != RunStatus::Pending)
                continue;
            Workflows::DormantRun one = parked.value(run.snapshot.id);
            one.id = run.snapshot.id;
            one.workflow = run.snapshot.workflow;
            one.status = status;
            list.append(one);
        }
        co_return list;
    }
    QCoro::Task<Result<Workflows::StoredRun>> load(RunId id) override
    {
        ++loads;
        for (const auto &known : stored) {
            if (known.snapshot.id == id) {
                Workflows::StoredRun run = known;
                run.cursor = QJsonDocument::fromJson(QJsonDocument(run.cursor).toJson()).object();
                run.snapshot.steps = steps.value(id);
                co_return run;
            }
        }
        co_return Error(Errc::NotFound, QStringLiteral("no such run"));
    }
    QCoro::Task<Result<RunSnapshot>> run(RunId id) override
    {
        for (const auto &known : stored) {
            if (known.snapshot.id == id) {
                RunSnapshot snapshot = known.snapshot;
                snapshot.steps = steps.value(id);
                co_return snapshot;
            }
        }
        co_return Error(Errc::NotFound, QStringLiteral("no such run"));
    }
    QCoro::Task<Result<QList<RunSnapshot>>> runs(WorkflowId, RunId, int) override
    {
        QList<RunSnapshot> list;
        for (const auto &known : stored)
            list.prepend(known.snapshot);
        co_return list;
    }
    QCoro::Task<Result<QList<RunId>>> openChildren(RunId parent) override
    {
        QList<RunId> list;
        for (const auto &known : stored) {
            if (known.snapshot.parent == parent && !isTerminal(known.snapshot.status) &&
                known.dedupeKey.startsWith("await:"))
                list.append(known.snapshot.id);
        }
        co_return list;
    }
    QCoro::Task<Result<bool>> insertEvent(QJsonObject event, Timestamp) override
    {
        const QString identity = Workflows::eventIdentity(event);
        if (identities.contains(identity))
            co_return false;
        identities.insert(identity);
        undelivered.append(event);
        co_return true;
    }
    QCoro::Task<Result<void>> eventDelivered(QString identity) override
    {
        if (loseDeliveries)
            co_return Error(Errc::Unavailable, QStringLiteral("gone"));
        undelivered.removeIf([&](const QJsonObject &e) { return Workflows::eventIdentity(e) == identity; });
        co_return Result<void>();
    }
    QCoro::Task<Result<QList<Workflows::UndeliveredEvent>>> undeliveredEvents() override
    {
        QList<Workflows::UndeliveredEvent> list;
        for (const QJsonObject &event : undelivered)
            list.append({event, consumers.value(Workflows::eventIdentity(event))});
        co_return list;
    }
    QCoro::Task<Result<void>> forgetEvents(Timestamp) override { co_return Result<void>(); }

    QHash<WorkflowId, Workflows::StoredDefinition> storedDefinitions;
    QList<Workflows::StoredDefinition> olderDefinitions;
    QList<Workflows::StoredRun> stored;
    QHash<RunId, Workflows::DormantRun> parked; //!< those whose last transition said so
    QHash<RunId, QList<StepRecord>> steps;
    QHash<RunId, int> terminalTransitions;
    QList<QJsonObject> undelivered;
    QSet<QString> identities;
    QHash<QString, QList<RunId>> consumers;                             //!< by identity of the event
    std::function<void(const Workflows::RunTransition &)> onTransition; //!< after it was stored
    int transitions = 0;
    int loads = 0;
    int failures = 0;            //!< the next so many transitions fail
    bool loseDeliveries = false; //!< that an event was delivered is not stored

private:
    void note(const Workflows::RunTransition &t)
    {
        ++transitions;
        const RunId id = t.run.snapshot.id;
        if (isTerminal(t.run.snapshot.status))
            ++terminalTransitions[id];
        parked.remove(id);
        if (t.parked) {
            Workflows::DormantRun one;
            one.dueAt = t.dueAt;
            one.interests = t.interests;
            parked.insert(id, one);
        }
        for (const StepRecord &step : t.steps)
            noteStep(id, step);
        for (const QJsonObject &event : t.emitted) {
            identities.insert(Workflows::eventIdentity(event));
            undelivered.append(event);
        }
        for (const QString &identity : t.consumed)
            consumers[identity].append(id);
        if (onTransition)
            onTransition(t);
    }
    void noteStep(const RunId &id, const StepRecord &step)
    {
        QList<StepRecord> &list = steps[id];
        for (StepRecord &s : list) {
            if (s.reference == step.reference && s.attempt == step.attempt) {
                s = step;
                return;
            }
        }
        list.append(step);
    }
};

} // namespace Atom::Test
