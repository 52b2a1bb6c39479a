// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqlitellmusagerepository.h"

namespace Atom::Storage {
using Llm::BudgetScope;
using Llm::UsageRow;

namespace {
constexpr Sql loadSql("SELECT scope, subject, calls, input_tokens, output_tokens, cost_micros FROM llm_usage"
                      " WHERE day = ? ORDER BY scope, subject");
constexpr Sql saveSql("INSERT INTO llm_usage (day, scope, subject, calls, input_tokens, output_tokens, cost_micros)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day, scope, subject) DO UPDATE SET"
                      " calls = excluded.calls, input_tokens = excluded.input_tokens,"
                      " output_tokens = excluded.output_tokens, cost_micros = excluded.cost_micros");
constexpr Sql forgetSql("DELETE FROM llm_usage WHERE day < ?");

QByteArray scopeName(BudgetScope scope)
{
    switch (scope) {
    case BudgetScope::Server:
        return "server";
    case BudgetScope::Room:
        return "room";
    case BudgetScope::User:
        return "user";
    }
    return {};
}

BudgetScope scopeFromName(const QByteArray &name)
{
    if (name == "user")
        return BudgetScope::User;
    return name == "room" ? BudgetScope::Room : BudgetScope::Server;
}
} // namespace

QCoro::Task<Result<QList<UsageRow>>> SqliteLlmUsageRepository::load(qint64 day)
{
    return m_reader.run<QList<UsageRow>>([day](Connection &db) -> Result<QList<UsageRow>> {
        QList<UsageRow> rows;
        Statement s(db, loadSql, day);
        while (s.step()) {
            UsageRow row;
            row.day = day;
            row.scope = scopeFromName(s.text(0));
            row.subject = s.text(1);
            row.calls = s.integer(2);
            row.inputTokens = s.integer(3);
            row.outputTokens = s.integer(4);
            row.costMicros = s.integer(5);
            rows.append(std::move(row));
        }
        return rows;
    });
}

QCoro::Task<Result<void>> SqliteLlmUsageRepository::save(QList<UsageRow> rows)
{
    return m_writer.run<void>([rows = std::move(rows)](Connection &db) -> Result<void> {
        for (const UsageRow &row : rows) {
            execute(db, saveSql, row.day, scopeName(row.scope), row.subject, row.calls, row.inputTokens,
                    row.outputTokens, row.costMicros);
        }
        return {};
    });
}

QCoro::Task<Result<void>> SqliteLlmUsageRepository::forgetBefore(qint64 day)
{
    return m_writer.run<void>([day](Connection &db) -> Result<void> {
        execute(db, forgetSql, day);
        return {};
    });
}

} // namespace Atom::Storage
