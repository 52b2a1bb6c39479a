// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/auditappender.h"

#include "server/audit/chain.h"
#include "server/storage/sqliteauditrepository.h"

namespace Atom::Storage::AuditAppender {
using Audit::ChainRow;

namespace {
constexpr Sql insertSql("INSERT INTO audit (seq, at, actor, session, action, object_kind, object_id, outcome, count,"
                        " origin_digest, detail_digest, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
constexpr Sql insertPartSql("INSERT INTO audit_parts (seq, part, subject, salt, body) VALUES (?, ?, ?, ?, ?)");
constexpr Sql eraseSql("DELETE FROM audit_parts WHERE subject = ? AND subject <> ''");
} // namespace

void append(Connection &db, const Audit::Draft &draft)
{
    if (draft.isEmpty())
        return;
    // Read each time: a remembered end of the chain would have to be forgotten at every rollback, and acts are rare.
    const Audit::Head head = readAuditHead(db);
    Audit::Draft timed = draft;
    if (timed.at == Timestamp())
        timed.at = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    const ChainRow row = Audit::rowFor(timed, head.seq, head.hash);
    execute(db, insertSql, row.seq, row.atMillis, row.actor, row.session, row.action, row.objectKind, row.objectId,
            row.outcome, row.count, Blob{row.digests[0]}, Blob{row.digests[1]}, Blob{row.hash});
    for (int i = 0; i < Audit::partCount; ++i) {
        if (const auto &part = row.parts[i])
            execute(db, insertPartSql, row.seq, i, part->subject, Blob{part->salt}, part->text);
    }
}

void append(Connection &db, const QList<Audit::Draft> &drafts)
{
    for (const Audit::Draft &draft : drafts)
        append(db, draft);
}

void erase(Connection &db, const UserId &account)
{
    execute(db, eraseSql, account);
}

} // namespace Atom::Storage::AuditAppender
