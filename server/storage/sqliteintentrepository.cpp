// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqliteintentrepository.h"

#include "server/storage/auditappender.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Assistant::StoredIntent;

namespace {
constexpr Sql allSql("SELECT name, source, changed_by, changed_at FROM intents ORDER BY name");
constexpr Sql saveSql("INSERT INTO intents (name, source, changed_by, changed_at) VALUES (?, ?, ?, ?)"
                      " ON CONFLICT (name) DO UPDATE SET source = excluded.source, changed_by = excluded.changed_by,"
                      " changed_at = excluded.changed_at");
constexpr Sql removeSql("DELETE FROM intents WHERE name = ?");
constexpr Sql feedbackSql("INSERT INTO assistant_feedback (message_id, user_id, verdict, intent, reason, given_at)"
                          " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (message_id, user_id) DO UPDATE SET"
                          " verdict = excluded.verdict, intent = excluded.intent, reason = excluded.reason,"
                          " given_at = excluded.given_at");
constexpr Sql countsSql("SELECT intent, sum(verdict = 'up'), sum(verdict = 'down'), sum(verdict = 'not_this')"
                        " FROM assistant_feedback GROUP BY intent ORDER BY intent");
constexpr Sql rejectedSql("SELECT m.body FROM assistant_feedback f JOIN messages m ON m.id = f.message_id"
                          " WHERE f.verdict = 'not_this' AND m.deleted_at IS NULL ORDER BY f.given_at DESC LIMIT ?");
// Of the newest messages only: a look through the whole table would take seconds on a large server. What the assistant
// answered, and what it was asked by name, is no ordinary talk.
constexpr Sql ordinarySql("SELECT m.body FROM (SELECT pk, id, room_pk, sender, type, body, deleted_at FROM messages"
                          " ORDER BY pk DESC LIMIT 5000) m JOIN rooms r ON r.pk = m.room_pk"
                          " WHERE m.type = 'text' AND m.deleted_at IS NULL AND r.kind <> 'assistant'"
                          " AND length(m.body) BETWEEN 4 AND 200 AND m.body NOT LIKE '%@assistant%'"
                          " AND NOT EXISTS (SELECT 1 FROM messages a WHERE a.client_id = 'reply:' || m.id"
                          " AND a.sender = 'assistant') ORDER BY m.pk DESC LIMIT ?");

QStringList textsOf(Statement &s)
{
    QStringList texts;
    while (s.step())
        texts.append(s.string(0));
    return texts;
}
} // namespace

QCoro::Task<Result<QList<StoredIntent>>> SqliteIntentRepository::intents()
{
    return m_reader.run<QList<StoredIntent>>([](Connection &db) -> Result<QList<StoredIntent>> {
        QList<StoredIntent> list;
        Statement s(db, allSql);
        while (s.step())
            list.append(StoredIntent{s.string(0), s.string(1).toUtf8(), s.id<UserId>(2), s.time(3)});
        return list;
    });
}

QCoro::Task<Result<void>> SqliteIntentRepository::saveIntent(StoredIntent intent, Audit::Draft audit)
{
    return m_writer.run<void>([intent = std::move(intent), audit = std::move(audit)](Connection &db) -> Result<void> {
        execute(db, saveSql, intent.name, QString::fromUtf8(intent.source), intent.changedBy, intent.changedAt);
        AuditAppender::append(db, {audit});
        return {};
    });
}

QCoro::Task<Result<void>> SqliteIntentRepository::removeIntent(QString name, Audit::Draft audit)
{
    return m_writer.run<void>([name = std::move(name), audit = std::move(audit)](Connection &db) -> Result<void> {
        execute(db, removeSql, name);
        if (db.changes() == 0)
            return Error(Errc::NotFound, u"There is no such intent."_s);
        AuditAppender::append(db, {audit});
        return {};
    });
}

QCoro::Task<Result<void>> SqliteIntentRepository::saveFeedback(Assistant::Feedback feedback)
{
    return m_writer.run<void>([f = std::move(feedback)](Connection &db) -> Result<void> {
        execute(db, feedbackSql, f.question, f.user, Assistant::verdictName(f.verdict), f.intent, f.reason, f.at);
        return {};
    });
}

QCoro::Task<Result<QList<Assistant::FeedbackCount>>> SqliteIntentRepository::feedbackCounts()
{
    return m_reader.run<QList<Assistant::FeedbackCount>>([](Connection &db) -> Result<QList<Assistant::FeedbackCount>> {
        QList<Assistant::FeedbackCount> counts;
        Statement s(db, countsSql);
        while (s.step())
            counts.append({s.string(0), int(s.integer(1)), int(s.integer(2)), int(s.integer(3))});
        return counts;
    });
}

QCoro::Task<Result<QStringList>> SqliteIntentRepository::rejectedTexts(int limit)
{
    return m_reader.run<QStringList>([limit](Connection &db) -> Result<QStringList> {
        Statement s(db, rejectedSql, limit);
        return textsOf(s);
    });
}

QCoro::Task<Result<QStringList>> SqliteIntentRepository::ordinaryTexts(int limit)
{
    return m_reader.run<QStringList>([limit](Connection &db) -> Result<QStringList> {
        Statement s(db, ordinarySql, limit);
        return textsOf(s);
    });
}

} // namespace Atom::Storage
