// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqlitealertrepository.h"

namespace Atom::Storage {

namespace {
constexpr Sql saveSql("INSERT INTO alerts (id, rule, metric, severity, state, summary, value, threshold, since,"
                      " acknowledged_at, acknowledged_by, resolved_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                      " ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, metric = excluded.metric,"
                      " severity = excluded.severity, state = excluded.state, summary = excluded.summary,"
                      " value = excluded.value, threshold = excluded.threshold, since = excluded.since,"
                      " acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by,"
                      " resolved_at = excluded.resolved_at");
constexpr Sql recentSql("SELECT id, rule, metric, severity, state, summary, value, threshold, since, acknowledged_at,"
                        " acknowledged_by, resolved_at FROM alerts ORDER BY since DESC, pk DESC LIMIT ?");
} // namespace

QCoro::Task<Result<void>> SqliteAlertRepository::save(Alert alert)
{
    return m_writer.run<void>([a = std::move(alert)](Connection &db) -> Result<void> {
        execute(db, saveSql, a.id, a.rule, a.metric, alertSeverityName(a.severity), alertStateName(a.state), a.summary,
                a.value, a.threshold, a.since, a.acknowledgedAt, a.acknowledgedBy, a.resolvedAt);
        return {};
    });
}

QCoro::Task<Result<QList<Alert>>> SqliteAlertRepository::recent(int limit)
{
    return m_reader.run<QList<Alert>>([limit](Connection &db) -> Result<QList<Alert>> {
        QList<Alert> alerts;
        Statement s(db, recentSql, limit);
        while (s.step()) {
            Alert a;
            a.id = s.id<AlertId>(0);
            a.rule = s.string(1);
            a.metric = s.string(2);
            a.severity = alertSeverityFromName(s.string(3)).value_or(AlertSeverity::Warning);
            a.state = alertStateFromName(s.string(4)).value_or(AlertState::Firing);
            a.summary = s.string(5);
            a.value = s.real(6);
            a.threshold = s.real(7);
            a.since = s.time(8);
            a.acknowledgedAt = s.optionalTime(9);
            a.acknowledgedBy = s.id<UserId>(10);
            a.resolvedAt = s.optionalTime(11);
            alerts.append(std::move(a));
        }
        return alerts;
    });
}

} // namespace Atom::Storage
