// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqliteexportrepository.h"

#include "server/storage/auditappender.h"
#include "server/storage/roomrows.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Exports::ExportJob;
using Exports::HeldText;

namespace {
constexpr Sql
    allSql("SELECT id, room_id, requested_by, with_held, state, created_at, finished_at, expires_at, file_name,"
           " bytes, sha256, events, error FROM room_exports ORDER BY created_at, id");
constexpr Sql
    storeSql("INSERT INTO room_exports (id, room_id, requested_by, with_held, state, created_at, finished_at,"
             " expires_at, file_name, bytes, sha256, events, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
             " ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state, finished_at = excluded.finished_at,"
             " expires_at = excluded.expires_at, bytes = excluded.bytes, sha256 = excluded.sha256,"
             " events = excluded.events, error = excluded.error");
constexpr Sql forgetSql("DELETE FROM room_exports WHERE created_at < ? AND state NOT IN ('queued', 'running')");
constexpr Sql heldSql("SELECT pk, message_id, seq, sender, body, metadata, at, by_user, is_deletion FROM held_texts"
                      " WHERE room_pk = ? AND pk > ? ORDER BY pk LIMIT ?");
} // namespace

QCoro::Task<Result<QList<ExportJob>>> SqliteExportRepository::all()
{
    return m_reader.run<QList<ExportJob>>([](Connection &db) -> Result<QList<ExportJob>> {
        QList<ExportJob> jobs;
        Statement row(db, allSql);
        while (row.step()) {
            ExportJob job;
            job.id = row.text(0);
            job.room = row.id<RoomId>(1);
            job.requestedBy = row.id<UserId>(2);
            job.withHeld = row.boolean(3);
            job.state = Exports::exportStateFromName(row.string(4)).value_or(Exports::ExportState::Failed);
            job.createdAt = row.time(5);
            job.finishedAt = row.optionalTime(6);
            job.expiresAt = row.optionalTime(7);
            job.fileName = row.string(8);
            job.bytes = row.integer(9);
            job.sha256 = row.text(10);
            job.events = row.integer(11);
            job.error = row.string(12);
            jobs.append(std::move(job));
        }
        return jobs;
    });
}

QCoro::Task<Result<void>> SqliteExportRepository::store(ExportJob job, QList<Audit::Draft> audit)
{
    return m_writer.run<void>([job = std::move(job), audit = std::move(audit)](Connection &db) -> Result<void> {
        execute(db, storeSql, job.id, job.room, job.requestedBy, job.withHeld, Exports::exportStateName(job.state),
                job.createdAt, job.finishedAt, job.expiresAt, job.fileName, job.bytes, job.sha256, job.events,
                job.error);
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<void>> SqliteExportRepository::forget(Timestamp before)
{
    return m_writer.run<void>([before](Connection &db) -> Result<void> {
        execute(db, forgetSql, before);
        return {};
    });
}

QCoro::Task<Result<QList<HeldText>>> SqliteExportRepository::heldTexts(RoomId room, qint64 after, int limit)
{
    return m_reader.run<QList<HeldText>>(
        [room = std::move(room), after, limit](Connection &db) -> Result<QList<HeldText>> {
            QList<HeldText> texts;
            const std::optional<qint64> pk = roomKey(db, room);
            if (!pk)
                return texts;
            Statement row(db, heldSql, *pk, after, limit);
            while (row.step()) {
                HeldText text;
                text.key = row.integer(0);
                text.message = row.id<MessageId>(1);
                text.seq = row.integer(2);
                text.sender = row.id<UserId>(3);
                text.text = row.string(4);
                text.metadata = row.object(5);
                text.replacedAt = row.time(6);
                text.replacedBy = row.id<UserId>(7);
                text.isDeletion = row.boolean(8);
                texts.append(std::move(text));
            }
            return texts;
        });
}

} // namespace Atom::Storage
