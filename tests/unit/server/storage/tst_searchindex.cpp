// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The index over many blocks: what is stored, what is gone, and what happens to an index that does not fit.
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QRandomGenerator>
#include <QtCore/QTimeZone>

using namespace Atom;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using Search::Found;
using Search::Lookup;
using Search::Sort;
using Storage::Connection;
using Storage::Postings;

namespace {
constexpr int many = 70'000; //!< more than two blocks

const char *const fillSql = R"(
INSERT INTO rooms (pk, id, name, kind, visibility, created_by, created_at) VALUES
    (1, 'one', 'One', 'group', 'public', 'ann', 0), (2, 'two', 'Two', 'group', 'public', 'ann', 0);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000)
INSERT INTO messages (pk, room_pk, seq, id, sender, type, body, created_at)
    SELECT i, 1 + (i % 100 = 0), i, 'm-' || i, CASE i % 10 WHEN 0 THEN 'ben' ELSE 'ann' END, 'text',
        CASE i WHEN 5 THEN 'common zanzibar' WHEN 65000 THEN 'common late zanzibar'
            ELSE 'common n' || (i % 1000) || CASE i % 2 WHEN 0 THEN ' even' ELSE ' odd' END END, 1700000000000 + i * 1000
    FROM n;
)";

bool holds(const QString &file, const QByteArray &bytes)
{
    QFile f(file);
    return f.open(QIODevice::ReadOnly) && f.readAll().contains(bytes);
}
} // namespace

class SearchIndexTest : public QObject
{
    Q_OBJECT
    StorageFixture f;

    QString index() const { return f.folder() + u"/search.db"_s; }
    void sql(const QByteArray &script) const
    {
        auto db = Connection::openBlocking(f.folder() + u"/atom.db"_s, Connection::Access::ReadWrite, {});
        QVERIFY(db.isOk());
        QVERIFY((*db)->configure(Connection::Access::ReadWrite));
        QVERIFY2((*db)->runScript(script),
                 (*db)->failure() ? qPrintable((*db)->failure()->message) : "");
    }
    Lookup lookup(const QString &text, Sort sort = Sort::Oldest) const
    {
        Lookup lookup;
        lookup.query = *Search::parseQuery(text, UserId("ann"), QTimeZone::utc(), f.clock.now());
        Search::RoomScope scope;
        scope.rooms = {RoomId("one"), RoomId("two")};
        lookup.scope = std::make_shared<const Search::RoomScope>(scope);
        lookup.user = UserId("ann");
        lookup.now = f.clock.now();
        lookup.sort = sort;
        return lookup;
    }
    Found find(Lookup lookup)
    {
        Result<Found> found = QCoro::waitFor(f.storage->search().find(std::move(lookup)));
        return found ? *found : Found();
    }
    QStringList ids(const QString &text, Sort sort = Sort::Oldest)
    {
        QStringList all;
        for (const Search::Hit &hit : find(lookup(text, sort)).hits)
            all.append(hit.message.message.toString());
        return all;
    }
    bool isComplete(int messages = many)
    {
        const Found found = find(lookup(u"-nowhere"_s, Sort::Relevance));
        return found.isComplete && found.total == messages;
    }

private Q_SLOTS:
    void init()
    {
        f.storage.reset();
        QDir(f.folder()).removeRecursively();
        QVERIFY(f.open().isOk());
        f.storage.reset();
        sql(fillSql);
        QVERIFY(f.open().isOk());
        QTRY_VERIFY_WITH_TIMEOUT(isComplete(), 60'000);
    }
    void cleanup() { f.storage.reset(); }

    void findsInAllBlocks()
    {
        QCOMPARE(ids(u"zanzibar"_s), QStringList({u"m-5"_s, u"m-65000"_s}));
        QCOMPARE(ids(u"zanzibar"_s, Sort::Newest), QStringList({u"m-65000"_s, u"m-5"_s}));
        QCOMPARE(find(lookup(u"common"_s, Sort::Relevance)).total, many);
        QCOMPARE(find(lookup(u"even"_s, Sort::Relevance)).total, many / 2 - 1); // 65000 is without
        QCOMPARE(find(lookup(u"even odd"_s, Sort::Relevance)).total, 0);
        QCOMPARE(find(lookup(u"n7 from:ann"_s, Sort::Relevance)).total, many / 1000);
        QCOMPARE(find(lookup(u"zanz*"_s, Sort::Relevance)).total, 2);
        QCOMPARE(find(lookup(u"common -even"_s, Sort::Relevance)).total, many / 2 + 1);
        Lookup two = lookup(u"common"_s, Sort::Relevance);
        two.only = {RoomId("two")};
        QCOMPARE(find(two).total, many / 100);
        two.only.reset();
        two.without = {RoomId("two")};
        QCOMPARE(find(two).total, many - many / 100);
        Lookup foreign = lookup(u"common"_s, Sort::Relevance);
        foreign.scope = std::make_shared<const Search::RoomScope>();
        QCOMPARE(find(foreign).total, 0);
        QCOMPARE(ids(u"common before:2023-11-14T22:13:22Z"_s), QStringList({u"m-1"_s}));
    }

    void aDeletedTextIsGoneFromTheFiles()
    {
        QVERIFY(holds(index(), "zanzibar") || holds(index() + u"-wal"_s, "zanzibar"));
        sql("UPDATE messages SET body = '', deleted_at = 1 WHERE pk = 5;"
            "UPDATE messages SET body = 'common other', edited_at = 1 WHERE pk = 65000;");
        QTRY_COMPARE_WITH_TIMEOUT(ids(u"zanzibar"_s), QStringList(), 20'000);
        QTRY_COMPARE(ids(u"common other"_s), QStringList({u"m-65000"_s}));
        QTRY_VERIFY(!holds(index(), "zanzibar") && !holds(index() + u"-wal"_s, "zanzibar"));
        QCOMPARE(find(lookup(u"common"_s, Sort::Relevance)).total, many - 1);
        // The changes are done with only when they are on the disk.
        f.storage.reset();
        QVERIFY(!holds(index(), "zanzibar"));
        QVERIFY(f.open().isOk());
        QTRY_VERIFY_WITH_TIMEOUT(isComplete(many - 1), 60'000);
        QCOMPARE(ids(u"zanzibar"_s), QStringList());
        QCOMPARE(ids(u"is:edited"_s), QStringList({u"m-65000"_s}));
    }

    void whatChangedWhileClosedIsCaughtUp()
    {
        f.storage.reset();
        sql("DELETE FROM messages WHERE pk = 5; UPDATE messages SET body = 'zanzibar now' WHERE pk = 100;"
            "INSERT INTO messages (room_pk, seq, id, sender, type, body, created_at)"
            " VALUES (1, 80000, 'm-new', 'ann', 'text', 'zanzibar again', 1800000000000);");
        QVERIFY(f.open().isOk());
        QTRY_COMPARE_WITH_TIMEOUT(ids(u"zanzibar"_s), QStringList({u"m-100"_s, u"m-65000"_s, u"m-new"_s}), 60'000);
    }

    void marksAndBookmarksAreFound()
    {
        sql("INSERT INTO message_marks (room_pk, message_seq, kind, value, user_id, marked_at) VALUES"
            " (1, 5, 'reaction', 'x', 'ben', 1), (1, 5, 'reaction', 'x', 'ann', 1), (2, 65000, 'pin', '', 'ann', 1);"
            "INSERT INTO user_items (user_id, kind, key, version, value, changed_at) VALUES"
            " ('ann', 'bookmark', 'm-77', 1, '{}', 1), ('ben', 'bookmark', 'm-78', 1, '{}', 1);");
        QTRY_COMPARE_WITH_TIMEOUT(ids(u"has:reaction"_s), QStringList({u"m-5"_s}), 20'000);
        QTRY_COMPARE(ids(u"is:pinned"_s), QStringList({u"m-65000"_s}));
        QTRY_COMPARE(ids(u"zanzibar -is:pinned"_s), QStringList({u"m-5"_s}));
        QTRY_COMPARE(ids(u"is:bookmarked"_s), QStringList({u"m-77"_s}));
        QCOMPARE(find(lookup(u"common -is:bookmarked"_s, Sort::Relevance)).total, many - 1);
        sql("DELETE FROM message_marks WHERE user_id = 'ann';");
        QTRY_COMPARE_WITH_TIMEOUT(ids(u"is:pinned"_s), QStringList(), 20'000);
        QTRY_COMPARE(ids(u"has:reaction"_s), QStringList({u"m-5"_s})); // ben's is left
    }

    void keysThatAreGivenAgainAreIndexedAgain()
    {
        sql("DELETE FROM messages WHERE pk > 30000;");
        QTRY_COMPARE_WITH_TIMEOUT(ids(u"zanzibar"_s), QStringList({u"m-5"_s}), 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(isComplete(30'000), 20'000);
        sql("INSERT INTO messages (room_pk, seq, id, sender, type, body, created_at)"
            " VALUES (1, 80000, 'm-new', 'ann', 'text', 'zanzibar again', 1800000000000);");
        QTRY_COMPARE_WITH_TIMEOUT(ids(u"zanzibar"_s), QStringList({u"m-5"_s, u"m-new"_s}), 20'000);
    }

    void anIndexOfAnotherDatabaseIsMadeAnew()
    {
        f.storage.reset();
        // As after putting an older backup in place: the same keys, other messages.
        sql("UPDATE messages SET id = 'x-' || pk, body = 'restored' WHERE pk > 1000; DELETE FROM search_changes;");
        QVERIFY(f.open().isOk());
        QTRY_COMPARE_WITH_TIMEOUT(find(lookup(u"restored"_s, Sort::Relevance)).total, many - 1000, 60'000);
        QCOMPARE(ids(u"zanzibar"_s), QStringList({u"m-5"_s}));
    }

    void aDamagedIndexIsMadeAnew_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("no database") << QByteArray(100'000, 'x');
        QTest::newRow("empty") << QByteArray();
    }
    void aDamagedIndexIsMadeAnew()
    {
        QFETCH(QByteArray, bytes);
        f.storage.reset();
        QFile file(index());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
        file.close();
        QVERIFY(f.open().isOk());
        QTRY_COMPARE_WITH_TIMEOUT(ids(u"zanzibar"_s), QStringList({u"m-5"_s, u"m-65000"_s}), 60'000);
    }

    //! Damage in the middle shows only when it is read: then it is said, and the next start repairs it.
    void damageThatASearchMeetsIsRepairedByTheNextStart()
    {
        f.storage.reset();
        {
            QFile file(index());
            QVERIFY(file.open(QIODevice::ReadWrite));
            QVERIFY(!QFile::exists(index() + u"-wal"_s)); // all of it is in the one file
            for (qint64 page = 8192; page < file.size(); page += 8192) {
                QVERIFY(file.seek(page));
                file.write(QByteArray(64, '\xFE'));
            }
        }
        QVERIFY(f.open().isOk());
        const Result<Found> found = QCoro::waitFor(f.storage->search().find(lookup(u"zanzibar"_s)));
        QVERIFY(!found.isOk());
        QCOMPARE(found.error().code, Errc::Unavailable);
        f.storage.reset();
        QVERIFY(f.open().isOk());
        QTRY_COMPARE_WITH_TIMEOUT(ids(u"zanzibar"_s), QStringList({u"m-5"_s, u"m-65000"_s}), 60'000);
    }

    //! Insertions and removals in any order give what a plain map gives.
    void postingsKeepTheirOrder()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        Postings postings;
        std::map<quint16, std::vector<quint32>> model;
        for (int i = 0; i < 3000; ++i) {
            const auto slot = quint16(random.bounded(500));
            const bool there = postings.remove(slot);
            QCOMPARE(there, model.erase(slot) == 1);
            if (random.bounded(3) == 0)
                continue;
            std::vector<quint32> positions;
            QByteArray bytes;
            quint32 before = 0;
            for (int n = random.bounded(5); n > 0; --n) {
                const quint32 gap = quint32(random.bounded(1, 1000));
                before += gap;
                positions.push_back(before);
                Storage::appendVarint(bytes, gap);
            }
            postings.insert(slot, quint16(positions.size()), bytes);
            model[slot] = positions;
        }
        Postings read;
        QVERIFY(Storage::decodePostings(Storage::encodePostings(postings), Storage::Part::Everything, read));
        QCOMPARE(read.slots.size(), model.size());
        Storage::PositionWalker walker(read);
        for (const auto &[slot, positions] : model)
            QVERIFY(walker.positionsOf(slot) == positions);
        QByteArray damaged = Storage::encodePostings(postings);
        damaged.truncate(5);
        QVERIFY(!Storage::decodePostings(damaged, Storage::Part::Slots, read));
    }
};

QTEST_GUILESS_MAIN(SearchIndexTest)
#include "tst_searchindex.moc"
