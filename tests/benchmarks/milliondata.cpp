// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/milliondata.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <random>
#include <set>
#include <stdexcept>

#include <sqlite3.h>

namespace Atom::Bench {

namespace {
constexpr int64_t firstAt = 1'735'689'600'000; // 2025-01-01
constexpr int64_t yearMillis = 365LL * 86'400'000;

const std::array<const char *, 24> hanPieces = {"東京", "会議", "予算", "報告", "明日", "資料", "確認", "お願い",
                                                "会社", "北京", "发布", "问题", "测试", "数据", "服务", "我们",
                                                "서울", "회의", "안녕", "보고", "です", "ます", "しました", "についての"};

class Database
{
public:
    explicit Database(const std::string &file)
    {
        if (sqlite3_open_v2(file.c_str(), &m_db, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK)
            throw std::runtime_error("cannot open " + file);
    }
    ~Database() { sqlite3_close(m_db); }
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;
    void run(const char *sql)
    {
        if (sqlite3_exec(m_db, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(std::string(sqlite3_errmsg(m_db)) + ": " + sql);
    }
    sqlite3_stmt *prepare(const std::string &sql)
    {
        sqlite3_stmt *statement = nullptr;
        if (sqlite3_prepare_v2(m_db, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
            throw std::runtime_error(std::string(sqlite3_errmsg(m_db)) + ": " + sql);
        return statement;
    }
    void step(sqlite3_stmt *statement)
    {
        if (sqlite3_step(statement) != SQLITE_DONE)
            throw std::runtime_error(sqlite3_errmsg(m_db));
        sqlite3_reset(statement);
    }
    std::set<std::string> columns(const std::string &table)
    {
        std::set<std::string> names;
        sqlite3_stmt *statement = prepare("PRAGMA table_info(" + table + ")");
        while (sqlite3_step(statement) == SQLITE_ROW)
            names.insert(reinterpret_cast<const char *>(sqlite3_column_text(statement, 1)));
        sqlite3_finalize(statement);
        return names;
    }

private:
    sqlite3 *m_db = nullptr;
};

void bindText(sqlite3_stmt *statement, int index, const std::string &text)
{
    sqlite3_bind_text(statement, index, text.data(), int(text.size()), SQLITE_TRANSIENT);
}

//! Words as people use them: the one of rank r about 1/(r+2) as often as the first.
class Talk
{
public:
    explicit Talk(const MillionPlan &plan) : m_random(plan.seed)
    {
        double sum = 0;
        for (int rank = 0; rank < plan.words; ++rank) {
            sum += 1.0 / (rank + 2.7);
            m_shares.push_back(sum);
            m_words.push_back(wordOf(rank));
        }
    }
    std::mt19937 &random() { return m_random; }
    int below(int n) { return int(m_random() % uint32_t(n)); }
    std::string message(int number)
    {
        std::string text;
        if (below(20) == 0) {
            for (int n = 3 + below(8); n > 0; --n)
                text += hanPieces[size_t(below(int(hanPieces.size())))];
            return text;
        }
        for (int n = 4 + below(17); n > 0; --n)
            text += (text.empty() ? "" : " ") + word();
        if (below(25) == 0)
            text += " https://example.org/" + word() + '/' + word();
        if (below(50) == 0)
            text += " @owner";
        if (number % 50'000 == 0)
            text += " needle" + std::to_string(number / 50'000);
        return text;
    }

private:
    const std::string &word()
    {
        const double at = std::uniform_real_distribution<>(0, m_shares.back())(m_random);
        const auto it = std::lower_bound(m_shares.begin(), m_shares.end(), at);
        return m_words[size_t(it - m_shares.begin())];
    }
    std::mt19937 m_random;
    std::vector<double> m_shares;
    std::vector<std::string> m_words;
};

void fillRooms(Database &db, const MillionPlan &plan)
{
    sqlite3_stmt *room = db.prepare("INSERT INTO rooms (pk, id, name, kind, visibility, created_by, created_at)"
                                    " VALUES (?, ?, ?, 'group', ?, 'owner', ?)");
    sqlite3_stmt *member = db.prepare("INSERT INTO members (room_pk, user_id, role, joined_at) VALUES (?, ?, ?, ?)");
    for (int r = 0; r < plan.rooms; ++r) {
        sqlite3_bind_int(room, 1, r + 1);
        bindText(room, 2, plan.roomId(r));
        bindText(room, 3, "Room " + wordOf(r) + ' ' + std::to_string(r));
        bindText(room, 4, r < plan.publicRooms ? "public" : "private");
        sqlite3_bind_int64(room, 5, firstAt);
        db.step(room);
        const auto join = [&](const std::string &user, const char *role) {
            sqlite3_bind_int(member, 1, r + 1);
            bindText(member, 2, user);
            bindText(member, 3, role);
            sqlite3_bind_int64(member, 4, firstAt);
            db.step(member);
        };
        if (plan.isOwners(r))
            join("owner", "owner");
        if (plan.isWides(r))
            join("wide", "member");
        for (int n = 0; n < 8; ++n)
            join("user" + std::to_string((r * 7 + n * 131) % 2'000), "member");
    }
    sqlite3_finalize(room);
    sqlite3_finalize(member);
}

void fillMessages(Database &db, const MillionPlan &plan)
{
    const bool counted = db.columns("messages").contains("ordinal");
    sqlite3_stmt *message = db.prepare(
        std::string("INSERT INTO messages (room_pk, seq, id, sender, type, body, created_at") +
        (counted ? ", ordinal) VALUES (?1, ?2, ?3, ?4, 'text', ?5, ?6, ?2)" : ") VALUES (?1, ?2, ?3, ?4, 'text', ?5, ?6)"));
    Talk talk(plan);
    std::vector<int> seqs(size_t(plan.rooms), 0);
    for (int i = 0; i < plan.messages; ++i) {
        // Some rooms say much more than others.
        const double u = std::uniform_real_distribution<>(0, 1)(talk.random());
        const int r = std::min(plan.rooms - 1, int(double(plan.rooms) * std::pow(u, 1.5)));
        const int64_t at = firstAt + yearMillis / plan.messages * i;
        char id[40];
        std::snprintf(id, sizeof id, "%08x-%04x-7%03x-8000-%012x", unsigned(at >> 16), unsigned(at & 0xffff),
                      unsigned(i & 0xfff), unsigned(i));
        sqlite3_bind_int(message, 1, r + 1);
        sqlite3_bind_int(message, 2, ++seqs[size_t(r)]);
        bindText(message, 3, id);
        bindText(message, 4, "user" + std::to_string((r * 7 + talk.below(8) * 131) % 2'000));
        bindText(message, 5, talk.message(i));
        sqlite3_bind_int64(message, 6, at);
        db.step(message);
    }
    sqlite3_finalize(message);
}
} // namespace

std::string wordOf(int rank)
{
    static const std::array<const char *, 20> starts = {"ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu",
                                                        "na", "pe", "ri", "so", "tu", "va", "we", "xi", "yo", "zu"};
    std::string word;
    for (int rest = rank;; rest = rest / 20 - 1) {
        word += starts[size_t(rest % 20)];
        if (rest < 20)
            return word;
    }
}

void fillDatabase(const std::string &file, const MillionPlan &plan)
{
    Database db(file);
    db.run("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; BEGIN");
    fillRooms(db, plan);
    fillMessages(db, plan);
    db.run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

} // namespace Atom::Bench
