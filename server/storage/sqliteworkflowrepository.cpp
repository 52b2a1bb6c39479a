// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqliteworkflowrepository.h"

#include "server/storage/auditappender.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <limits>

// The columns of a run, the same for each query that reads one (see Sql for why a macro).
#define ATOM_RUN_COLUMNS                                                                                               \
    "id, workflow, version, status, input, output, error, room_id, started_by, trace_id, started_at, ended_at, "       \
    "parent,"                                                                                                          \
    " retry_of, reason"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Workflows::DormantRun;
using Workflows::RunTransition;
using Workflows::StoredDefinition;
using Workflows::StoredRun;

namespace {
constexpr Sql definitionsSql("SELECT id, version, title, enabled, canonical, source, stored_at"
                             " FROM workflow_definitions d WHERE NOT EXISTS (SELECT 1 FROM workflow_definitions o"
                             " WHERE o.id = d.id AND (o.stored_at, o.pk) > (d.stored_at, d.pk)) ORDER BY id");
constexpr Sql definitionSql("SELECT id, version, title, enabled, canonical, source, stored_at FROM workflow_definitions"
                            " WHERE id = ? AND version = ?");
constexpr Sql saveDefinitionSql("INSERT INTO workflow_definitions (id, version, title, enabled, canonical, source,"
                                " stored_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, version) DO UPDATE SET"
                                " title = excluded.title, enabled = excluded.enabled, canonical = excluded.canonical,"
                                " source = excluded.source, stored_at = excluded.stored_at");
constexpr Sql insertRunSql("INSERT INTO workflow_runs (" ATOM_RUN_COLUMNS ", definition, dedupe_key, cursor,"
                           " parked, due_at, interests)"
                           " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
constexpr Sql runOfKeySql("SELECT " ATOM_RUN_COLUMNS ", definition, dedupe_key, cursor FROM workflow_runs"
                          " WHERE dedupe_key = ?");
constexpr Sql updateRunSql("UPDATE workflow_runs SET status = ?, cursor = ?, output = ?, error = ?, ended_at = ?,"
                           " reason = ?, parked = ?, due_at = ?, interests = ? WHERE id = ?");
constexpr Sql runKeySql("SELECT pk FROM workflow_runs WHERE id = ?");
constexpr Sql saveStepSql("INSERT INTO workflow_steps (run_pk, reference, attempt, name, status, input, output, error,"
                          " started_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                          " ON CONFLICT (run_pk, reference, attempt) DO UPDATE SET name = excluded.name,"
                          " status = excluded.status, input = excluded.input, output = excluded.output,"
                          " error = excluded.error, started_at = excluded.started_at, ended_at = excluded.ended_at");
constexpr Sql unfinishedSql("SELECT " ATOM_RUN_COLUMNS ", definition, dedupe_key, cursor FROM workflow_runs"
                            " WHERE status IN ('pending', 'running', 'waiting') AND status <> 'pending'"
                            " AND parked = 0 ORDER BY pk");
constexpr Sql dormantSql("SELECT id, workflow, status, due_at, interests FROM workflow_runs"
                         " WHERE status IN ('pending', 'running', 'waiting') AND (status = 'pending' OR parked = 1)"
                         " ORDER BY pk");
constexpr Sql loadSql("SELECT " ATOM_RUN_COLUMNS
                      ", definition, dedupe_key, cursor, pk FROM workflow_runs WHERE id = ?");
constexpr Sql openChildrenSql("SELECT id FROM workflow_runs WHERE parent = ? AND parent <> '' AND ended_at IS NULL"
                              " AND dedupe_key LIKE 'await:%' ORDER BY pk");
constexpr Sql emitSql("INSERT OR IGNORE INTO workflow_events (identity, body, at) VALUES (?, ?, ?)");
constexpr Sql consumeSql("INSERT OR IGNORE INTO workflow_consumed_events (identity, run_pk) VALUES (?, ?)");
constexpr Sql runSql("SELECT " ATOM_RUN_COLUMNS ", pk FROM workflow_runs WHERE id = ?");
constexpr Sql stepsSql("SELECT reference, name, attempt, status, input, output, error, started_at, ended_at"
                       " FROM workflow_steps WHERE run_pk = ? ORDER BY started_at, pk");
constexpr Sql runsSql("SELECT " ATOM_RUN_COLUMNS " FROM workflow_runs WHERE pk < ? ORDER BY pk DESC LIMIT ?");
constexpr Sql runsOfSql("SELECT " ATOM_RUN_COLUMNS " FROM workflow_runs WHERE workflow = ? AND pk < ?"
                        " ORDER BY pk DESC LIMIT ?");

RunSnapshot snapshotFromRow(const Statement &row)
{
    RunSnapshot r;
    r.id = row.id<RunId>(0);
    r.workflow = row.id<WorkflowId>(1);
    r.version = row.string(2);
    r.status = runStatusFromName(row.string(3)).value_or(RunStatus::Faulted);
    r.input = jsonValueFromText(row.text(4));
    r.output = jsonValueFromText(row.text(5));
    r.error = row.object(6);
    r.room = row.id<RoomId>(7);
    r.startedBy = row.id<UserId>(8);
    r.trace = row.id<TraceId>(9);
    r.startedAt = row.time(10);
    r.endedAt = row.optionalTime(11);
    r.parent = row.id<RunId>(12);
    r.retryOf = row.id<RunId>(13);
    r.reason = row.string(14);
    return r;
}

StoredRun runFromRow(const Statement &row)
{
    StoredRun r;
    r.snapshot = snapshotFromRow(row);
    r.definition = row.text(15);
    r.dedupeKey = row.text(16);
    r.cursor = row.object(17);
    return r;
}

QList<StepRecord> stepsOf(Connection &db, qint64 runKey)
{
    QList<StepRecord> steps;
    Statement s(db, stepsSql, runKey);
    while (s.step()) {
        StepRecord step;
        step.reference = s.string(0);
        step.name = s.string(1);
        step.attempt = int(s.integer(2));
        step.status = runStatusFromName(s.string(3)).value_or(RunStatus::Faulted);
        step.input = jsonValueFromText(s.text(4));
        step.output = jsonValueFromText(s.text(5));
        step.error = s.object(6);
        step.startedAt = s.time(7);
        step.endedAt = s.optionalTime(8);
        steps.append(std::move(step));
    }
    return steps;
}

StoredDefinition definitionFromRow(const Statement &s)
{
    StoredDefinition d;
    d.summary.id = s.id<WorkflowId>(0);
    d.summary.version = s.string(1);
    d.summary.title = s.string(2);
    d.summary.enabled = s.boolean(3);
    d.canonical = s.text(4);
    d.source = s.text(5);
    d.storedAt = s.time(6);
    return d;
}

QByteArray interestsText(const QList<Workflows::EventInterest> &interests)
{
    QJsonArray all;
    for (const auto &one : interests)
        all.append(QJsonArray{one.type, one.source, one.subject});
    return all.isEmpty() ? QByteArray() : QJsonDocument(all).toJson(QJsonDocument::Compact);
}

QList<Workflows::EventInterest> interestsFromText(const QByteArray &text)
{
    QList<Workflows::EventInterest> out;
    const QJsonArray all = QJsonDocument::fromJson(text).array();
    for (const QJsonValue value : all) {
        const QJsonArray one = value.toArray();
        out.append({one.at(0).toString(), one.at(1).toString(), one.at(2).toString()});
    }
    return out;
}

// What comes with a transition besides the row of the run.
void saveParts(Connection &db, qint64 runKey, const RunTransition &t)
{
    for (const StepRecord &step : t.steps) {
        execute(db, saveStepSql, runKey, step.reference, step.attempt, step.name, runStatusName(step.status),
                OrNull{jsonValueText(step.input)}, OrNull{jsonValueText(step.output)}, step.error, step.startedAt,
                step.endedAt);
    }
    for (const QJsonObject &event : t.emitted)
        execute(db, emitSql, Workflows::eventIdentity(event), event, t.at);
    for (const QString &identity : t.consumed)
        execute(db, consumeSql, identity, runKey);
}

Error noRun()
{
    return Error(Errc::NotFound, u"There is no such run."_s);
}
} // namespace

QCoro::Task<Result<QList<StoredDefinition>>> SqliteWorkflowRepository::definitions()
{
    return m_reader.run<QList<StoredDefinition>>([](Connection &db) -> Result<QList<StoredDefinition>> {
        QList<StoredDefinition> definitions;
        Statement s(db, definitionsSql);
        while (s.step()) {
            definitions.append(definitionFromRow(s));
        }
        return definitions;
    });
}

QCoro::Task<Result<StoredDefinition>> SqliteWorkflowRepository::definition(WorkflowId id, QString version)
{
    return m_reader.run<StoredDefinition>(
        [id = std::move(id), version = std::move(version)](Connection &db) -> Result<StoredDefinition> {
            Statement s(db, definitionSql, id, version);
            if (!s.step())
                return Error(Errc::NotFound, u"There is no such version of the workflow."_s);
            return definitionFromRow(s);
        });
}

QCoro::Task<Result<void>> SqliteWorkflowRepository::saveDefinition(StoredDefinition definition)
{
    return m_writer.run<void>([d = std::move(definition)](Connection &db) -> Result<void> {
        execute(db, saveDefinitionSql, d.summary.id, d.summary.version, d.summary.title, d.summary.enabled,
                Blob{d.canonical}, Blob{d.source}, d.storedAt);
        AuditAppender::append(db, d.audit);
        return {};
    });
}

QCoro::Task<Result<StoredRun>> SqliteWorkflowRepository::insertRun(RunTransition first)
{
    return m_writer.run<StoredRun>([first = std::move(first)](Connection &db) -> Result<StoredRun> {
        const StoredRun &run = first.run;
        if (!run.dedupeKey.isEmpty()) {
            Statement existing(db, runOfKeySql, run.dedupeKey);
            if (existing.step())
                return runFromRow(existing);
        }
        const RunSnapshot &r = run.snapshot;
        execute(db, insertRunSql, r.id, r.workflow, r.version, runStatusName(r.status), OrNull{jsonValueText(r.input)},
                OrNull{jsonValueText(r.output)}, r.error, r.room, r.startedBy, r.trace, r.startedAt, r.endedAt,
                r.parent, r.retryOf, r.reason, Blob{run.definition}, OrNull{run.dedupeKey}, run.cursor, first.parked,
                first.dueAt, OrNull{interestsText(first.interests)});
        saveParts(db, db.lastInsertRowId(), first);
        return run;
    });
}

QCoro::Task<Result<void>> SqliteWorkflowRepository::saveTransition(RunTransition transition)
{
    return m_writer.run<void>([t = std::move(transition)](Connection &db) -> Result<void> {
        const RunSnapshot &r = t.run.snapshot;
        execute(db, updateRunSql, runStatusName(r.status), t.run.cursor, OrNull{jsonValueText(r.output)}, r.error,
                r.endedAt, r.reason, t.parked, t.dueAt, OrNull{interestsText(t.interests)}, r.id);
        if (db.changes() == 0)
            return noRun();
        if (t.steps.isEmpty() && t.emitted.isEmpty() && t.consumed.isEmpty())
            return {};
        qint64 key = 0;
        {
            Statement s(db, runKeySql, r.id);
            if (!s.step())
                return noRun();
            key = s.integer(0);
        }
        saveParts(db, key, t);
        return {};
    });
}

QCoro::Task<Result<QList<StoredRun>>> SqliteWorkflowRepository::unfinished()
{
    return m_reader.run<QList<StoredRun>>([](Connection &db) -> Result<QList<StoredRun>> {
        QList<StoredRun> runs;
        Statement s(db, unfinishedSql);
        while (s.step())
            runs.append(runFromRow(s));
        return runs;
    });
}

QCoro::Task<Result<QList<DormantRun>>> SqliteWorkflowRepository::dormant()
{
    return m_reader.run<QList<DormantRun>>([](Connection &db) -> Result<QList<DormantRun>> {
        QList<DormantRun> runs;
        Statement s(db, dormantSql);
        while (s.step()) {
            DormantRun run;
            run.id = s.id<RunId>(0);
            run.workflow = s.id<WorkflowId>(1);
            run.status = runStatusFromName(s.string(2)).value_or(RunStatus::Waiting);
            run.dueAt = s.optionalTime(3);
            run.interests = interestsFromText(s.text(4));
            runs.append(std::move(run));
        }
        return runs;
    });
}

QCoro::Task<Result<StoredRun>> SqliteWorkflowRepository::load(RunId id)
{
    return m_reader.run<StoredRun>([id = std::move(id)](Connection &db) -> Result<StoredRun> {
        Statement s(db, loadSql, id);
        if (!s.step())
            return noRun();
        StoredRun run = runFromRow(s);
        run.snapshot.steps = stepsOf(db, s.integer(18));
        return run;
    });
}

QCoro::Task<Result<QList<RunId>>> SqliteWorkflowRepository::openChildren(RunId parent)
{
    return m_reader.run<QList<RunId>>([parent = std::move(parent)](Connection &db) -> Result<QList<RunId>> {
        QList<RunId> ids;
        Statement s(db, openChildrenSql, parent);
        while (s.step())
            ids.append(s.id<RunId>(0));
        return ids;
    });
}

QCoro::Task<Result<RunSnapshot>> SqliteWorkflowRepository::run(RunId id)
{
    return m_reader.run<RunSnapshot>([id = std::move(id)](Connection &db) -> Result<RunSnapshot> {
        Statement s(db, runSql, id);
        if (!s.step())
            return noRun();
        RunSnapshot run = snapshotFromRow(s);
        run.steps = stepsOf(db, s.integer(15));
        return run;
    });
}

QCoro::Task<Result<QList<RunSnapshot>>> SqliteWorkflowRepository::runs(WorkflowId workflow, RunId before, int limit)
{
    return m_reader.run<QList<RunSnapshot>>([workflow = std::move(workflow), before = std::move(before),
                                             limit](Connection &db) -> Result<QList<RunSnapshot>> {
        qint64 end = std::numeric_limits<qint64>::max();
        if (!before.isEmpty()) {
            Statement key(db, runKeySql, before);
            if (!key.step())
                return noRun();
            end = key.integer(0);
        }
        QList<RunSnapshot> runs;
        const auto read = [&runs](Statement &s) {
            while (s.step())
                runs.append(snapshotFromRow(s));
        };
        if (workflow.isEmpty()) {
            Statement s(db, runsSql, end, limit);
            read(s);
        } else {
            Statement s(db, runsOfSql, workflow, end, limit);
            read(s);
        }
        return runs;
    });
}

} // namespace Atom::Storage
