// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqlitefactrepository.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Memory::Fact;
using Memory::FactId;

namespace {
#define ATOM_FACT_COLUMNS "id, user_id, text, room_id, message_id, created_at"
constexpr Sql listSql("SELECT " ATOM_FACT_COLUMNS " FROM facts WHERE user_id = ? AND ended_at IS NULL"
                      " ORDER BY created_at, pk");
constexpr Sql byIdSql("SELECT " ATOM_FACT_COLUMNS " FROM facts WHERE id = ?");
constexpr Sql insertSql("INSERT INTO facts (" ATOM_FACT_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?)");
constexpr Sql replaceSql("UPDATE facts SET ended_at = ?, replaced_with = ? WHERE user_id = ? AND id = ?"
                         " AND ended_at IS NULL");
constexpr Sql forgetSql("UPDATE facts SET ended_at = ?, text = '' WHERE user_id = ? AND id = ? AND ended_at IS NULL");
// What was forgotten has no text, nor has what it had taken the place of, step by step.
constexpr Sql forgetReplacedSql("UPDATE facts SET text = '' WHERE user_id = ?1 AND id IN (WITH RECURSIVE old(id) AS ("
                                "SELECT id FROM facts WHERE user_id = ?1 AND replaced_with = ?2 UNION"
                                " SELECT f.id FROM facts f JOIN old ON f.replaced_with = old.id WHERE f.user_id = ?1)"
                                " SELECT id FROM old)");
// Of what has ended, the newest of each person stay.
constexpr Sql trimSql("DELETE FROM facts WHERE pk IN (SELECT pk FROM facts WHERE user_id = ? AND ended_at IS NOT NULL"
                      " ORDER BY ended_at DESC, pk DESC LIMIT -1 OFFSET 500)");

Fact factFromRow(const Statement &row)
{
    Fact fact;
    fact.id = row.id<FactId>(0);
    fact.user = row.id<UserId>(1);
    fact.text = row.string(2);
    fact.room = row.id<RoomId>(3);
    fact.message = row.id<MessageId>(4);
    fact.createdAt = row.time(5);
    return fact;
}

QList<Fact> factsOf(Connection &db, const UserId &user)
{
    QList<Fact> facts;
    Statement s(db, listSql, user);
    while (s.step())
        facts.append(factFromRow(s));
    return facts;
}

std::optional<Fact> factById(Connection &db, const FactId &id)
{
    Statement s(db, byIdSql, id);
    if (!s.step())
        return std::nullopt;
    return factFromRow(s);
}

Result<void> checked(const Fact &fact)
{
    if (fact.user.isEmpty())
        return Error::invalid(u"/user"_s, u"a fact is somebody's"_s);
    if (fact.id.isEmpty())
        return Error::invalid(u"/id"_s, u"a fact has an id"_s);
    if (fact.text.trimmed().isEmpty() || fact.text.size() > Fact::longestText)
        return Error::invalid(u"/text"_s, u"from 1 to %1 characters"_s.arg(Fact::longestText));
    return {};
}

Result<Fact> addTo(Connection &db, const Fact &fact, const FactId &replaces)
{
    if (const std::optional<Fact> known = factById(db, fact.id)) {
        if (known->user != fact.user)
            return Error(Errc::Conflict, u"the id is taken"_s);
        return *known;
    }
    int left = 0;
    for (const Fact &known : factsOf(db, fact.user)) {
        if (known.text.compare(fact.text, Qt::CaseInsensitive) == 0)
            return known;
        left += known.id != replaces;
    }
    if (left >= Fact::mostOfUser) {
        return Error(
            Errc::Conflict,
            u"%1 facts are remembered already, which is all there is room for: some must be forgotten first"_s.arg(
                Fact::mostOfUser));
    }
    if (!replaces.isEmpty())
        execute(db, replaceSql, fact.createdAt, fact.id, fact.user, replaces);
    execute(db, insertSql, fact.id, fact.user, fact.text, fact.room, fact.message, fact.createdAt);
    execute(db, trimSql, fact.user);
    return fact;
}
} // namespace

QCoro::Task<Result<QList<Fact>>> SqliteFactRepository::facts(UserId user)
{
    return m_reader.run<QList<Fact>>(
        [user = std::move(user)](Connection &db) -> Result<QList<Fact>> { return factsOf(db, user); });
}

QCoro::Task<Result<Fact>> SqliteFactRepository::add(Fact fact, FactId replaces)
{
    return m_writer.run<Fact>([fact = std::move(fact), replaces = std::move(replaces)](Connection &db) -> Result<Fact> {
        if (Result<void> ok = checked(fact); !ok)
            return ok.error();
        return addTo(db, fact, replaces);
    });
}

QCoro::Task<Result<int>> SqliteFactRepository::forget(UserId user, QList<FactId> facts, Timestamp at)
{
    return m_writer.run<int>([user = std::move(user), facts = std::move(facts), at](Connection &db) -> Result<int> {
        int forgotten = 0;
        for (const FactId &fact : facts) {
            execute(db, forgetSql, at, user, fact);
            if (db.changes() == 0)
                continue;
            ++forgotten;
            execute(db, forgetReplacedSql, user, fact);
        }
        execute(db, trimSql, user);
        return forgotten;
    });
}

} // namespace Atom::Storage
