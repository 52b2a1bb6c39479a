// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqliteauditrepository.h"

#include "server/audit/checkpoint.h"
#include "server/storage/auditappender.h"

#include <limits>

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Audit::ChainRow;

namespace {
#define ATOM_AUDIT_COLUMNS                                                                                             \
    "a.seq, a.at, a.actor, a.session, a.action, a.object_kind, a.object_id, a.outcome, a.count, a.origin_digest,"      \
    " a.detail_digest, a.hash, o.subject, o.salt, o.body, d.subject, d.salt, d.body"
#define ATOM_AUDIT_PARTS                                                                                               \
    " LEFT JOIN audit_parts o ON o.seq = a.seq AND o.part = 0 LEFT JOIN audit_parts d ON d.seq = a.seq AND d.part = 1"

constexpr Sql headSql("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
constexpr Sql rowsSql("SELECT " ATOM_AUDIT_COLUMNS " FROM audit a" ATOM_AUDIT_PARTS
                      " WHERE a.seq > ? ORDER BY a.seq LIMIT ?");
// One statement for each way to begin, so that each has its index; what else is asked for is looked at row by row.
#define ATOM_AUDIT_FILTER                                                                                              \
    " AND (?2 = '' OR a.actor = ?2) AND (?3 = '' OR a.action = ?3 OR (?4 <> '' AND a.action > ?3 AND a.action < ?4))"  \
    " AND (?5 = '' OR a.object_kind = ?5) AND (?6 = '' OR a.object_id = ?6) AND (?7 < 0 OR a.outcome = ?7)"            \
    " AND a.at >= ?8 AND a.at < ?9 ORDER BY a.seq DESC LIMIT ?10"
constexpr Sql listSql("SELECT " ATOM_AUDIT_COLUMNS " FROM audit a" ATOM_AUDIT_PARTS
                      " WHERE a.seq < ?1" ATOM_AUDIT_FILTER);
constexpr Sql listOfActorSql("SELECT " ATOM_AUDIT_COLUMNS " FROM audit a INDEXED BY audit_by_actor" ATOM_AUDIT_PARTS
                             " WHERE a.actor = ?2 AND a.seq < ?1" ATOM_AUDIT_FILTER);
constexpr Sql listOfObjectSql("SELECT " ATOM_AUDIT_COLUMNS " FROM audit a INDEXED BY audit_by_object" ATOM_AUDIT_PARTS
                              " WHERE a.object_kind = ?5 AND a.object_id = ?6 AND a.seq < ?1" ATOM_AUDIT_FILTER);
constexpr Sql listOfActionSql("SELECT " ATOM_AUDIT_COLUMNS " FROM audit a INDEXED BY audit_by_action" ATOM_AUDIT_PARTS
                              " WHERE a.action = ?3 AND a.seq < ?1" ATOM_AUDIT_FILTER);
constexpr Sql seedSql("SELECT value FROM secrets WHERE name = 'audit-key'");
constexpr Sql insertSeedSql("INSERT INTO secrets (name, value) VALUES ('audit-key', ?)");

ChainRow rowFrom(const Statement &s)
{
    ChainRow row;
    row.seq = s.integer(0);
    row.atMillis = s.integer(1);
    row.actor = s.text(2);
    row.session = s.text(3);
    row.action = s.text(4);
    row.objectKind = s.text(5);
    row.objectId = s.text(6);
    row.outcome = s.integer(7);
    row.count = s.integer(8);
    row.digests[0] = s.text(9);
    row.digests[1] = s.text(10);
    row.hash = s.text(11);
    for (int i = 0; i < Audit::partCount; ++i) {
        const int column = 12 + 3 * i;
        if (s.isNull(column))
            continue;
        Audit::PartText part;
        part.subject = s.id<UserId>(column);
        part.salt = s.text(column + 1);
        part.text = s.text(column + 2);
        row.parts[i] = std::move(part);
    }
    return row;
}

Sql sqlFor(const Audit::Query &query, bool isGroup)
{
    if (!query.objectKind.isEmpty() && !query.objectId.isEmpty())
        return listOfObjectSql;
    if (!query.actor.isEmpty())
        return listOfActorSql;
    if (!query.action.isEmpty() && !isGroup)
        return listOfActionSql;
    return listSql;
}

Result<Audit::RecordPage> readList(Connection &db, const Audit::Query &query)
{
    // A group "user." is everything from "user." up to, without, "user/" ('/' follows '.').
    const bool isGroup = query.action.endsWith('.');
    QByteArray groupEnd;
    if (isGroup)
        groupEnd = query.action.chopped(1) + '/';
    const qint64 before = query.before > 0 ? query.before : std::numeric_limits<qint64>::max();
    const int outcome = !query.outcome ? -1 : *query.outcome == Audit::Outcome::Done ? 0 : 1;
    const qint64 from = query.from ? toMillis(*query.from) : std::numeric_limits<qint64>::min();
    const qint64 to = query.to ? toMillis(*query.to) : std::numeric_limits<qint64>::max();
    Audit::RecordPage page;
    Statement s(db, sqlFor(query, isGroup), before, query.actor, query.action, groupEnd, query.objectKind,
                query.objectId, outcome, from, to, query.limit + 1);
    while (s.step()) {
        if (page.records.size() == query.limit) {
            page.hasMore = true;
            break;
        }
        page.records.append(Audit::recordOf(rowFrom(s)));
    }
    return page;
}
} // namespace

Audit::Head readAuditHead(Connection &db)
{
    Audit::Head head;
    head.hash = Audit::chainStart();
    Statement s(db, headSql);
    if (s.step()) {
        head.seq = s.integer(0);
        head.hash = s.text(1);
    }
    return head;
}

Result<void> verifyAuditBlocking(Connection &db, qint64 after, Audit::Verifier &verifier)
{
    {
        Statement s(db, rowsSql, after, std::numeric_limits<qint64>::max());
        while (s.step()) {
            if (!verifier.add(rowFrom(s)))
                break;
        }
    }
    if (db.failure())
        return db.failure()->toError();
    return {};
}

QCoro::Task<Result<void>> SqliteAuditRepository::append(QList<Audit::Draft> drafts)
{
    return m_writer.run<void>([drafts = std::move(drafts)](Connection &db) -> Result<void> {
        AuditAppender::append(db, drafts);
        return {};
    });
}

QCoro::Task<Result<Audit::Head>> SqliteAuditRepository::head()
{
    return m_reader.run<Audit::Head>([](Connection &db) -> Result<Audit::Head> { return readAuditHead(db); });
}

QCoro::Task<Result<QList<ChainRow>>> SqliteAuditRepository::rows(qint64 after, int limit)
{
    return m_reader.run<QList<ChainRow>>([after, limit](Connection &db) -> Result<QList<ChainRow>> {
        QList<ChainRow> rows;
        Statement s(db, rowsSql, after, limit);
        while (s.step())
            rows.append(rowFrom(s));
        return rows;
    });
}

QCoro::Task<Result<Audit::RecordPage>> SqliteAuditRepository::list(Audit::Query query)
{
    return m_reader.run<Audit::RecordPage>([query = std::move(query)](Connection &db) { return readList(db, query); });
}

QCoro::Task<Result<QByteArray>> SqliteAuditRepository::signingSeed()
{
    const QByteArray fresh = Audit::CheckpointSigner::newSeed();
    return m_writer.run<QByteArray>([fresh](Connection &db) -> Result<QByteArray> {
        {
            Statement s(db, seedSql);
            if (s.step())
                return s.text(0);
        }
        execute(db, insertSeedSql, Blob{fresh});
        return fresh;
    });
}

} // namespace Atom::Storage
