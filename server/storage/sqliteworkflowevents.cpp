// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteWorkflowRepository that is about events on their way.
#include "server/storage/sqliteworkflowrepository.h"

namespace Atom::Storage {
using Workflows::UndeliveredEvent;

namespace {
constexpr Sql insertEventSql("INSERT OR IGNORE INTO workflow_events (identity, body, at) VALUES (?, ?, ?)");
constexpr Sql deliveredSql("UPDATE workflow_events SET body = NULL WHERE identity = ?");
constexpr Sql undeliveredSql("SELECT identity, body FROM workflow_events WHERE body IS NOT NULL ORDER BY pk");
constexpr Sql consumersSql("SELECT r.id FROM workflow_consumed_events c JOIN workflow_runs r ON r.pk = c.run_pk"
                           " WHERE c.identity = ?");
constexpr Sql forgetEventsSql("DELETE FROM workflow_events WHERE body IS NULL AND at < ?");
} // namespace

QCoro::Task<Result<bool>> SqliteWorkflowRepository::insertEvent(QJsonObject event, Timestamp at)
{
    return m_writer.run<bool>([event = std::move(event), at](Connection &db) -> Result<bool> {
        execute(db, insertEventSql, Workflows::eventIdentity(event), event, at);
        return db.changes() > 0;
    });
}

QCoro::Task<Result<void>> SqliteWorkflowRepository::eventDelivered(QString identity)
{
    return m_writer.run<void>([identity = std::move(identity)](Connection &db) -> Result<void> {
        execute(db, deliveredSql, identity);
        return {};
    });
}

QCoro::Task<Result<QList<UndeliveredEvent>>> SqliteWorkflowRepository::undeliveredEvents()
{
    return m_reader.run<QList<UndeliveredEvent>>([](Connection &db) -> Result<QList<UndeliveredEvent>> {
        QList<UndeliveredEvent> events;
        Statement s(db, undeliveredSql);
        while (s.step()) {
            UndeliveredEvent one;
            one.event = s.object(1);
            Statement consumers(db, consumersSql, s.string(0));
            while (consumers.step())
                one.consumers.append(consumers.id<RunId>(0));
            events.append(std::move(one));
        }
        return events;
    });
}

QCoro::Task<Result<void>> SqliteWorkflowRepository::forgetEvents(Timestamp before)
{
    return m_writer.run<void>([before](Connection &db) -> Result<void> {
        execute(db, forgetEventsSql, before);
        return {};
    });
}

} // namespace Atom::Storage
