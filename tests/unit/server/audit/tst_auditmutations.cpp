// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody with write access to the database tries to change what was recorded: each way is done to real rows, and the
// verification must name the first row that does not fit.
#include "server/audit/verifier.h"
#include "server/storage/auditappender.h"
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QRegularExpression>

using namespace Atom;
using namespace Atom::Audit;
using namespace Atom::Storage;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {
constexpr int rowCount = 20;
constexpr Sql
    allRowsSql("SELECT seq, at, actor, session, action, object_kind, object_id, outcome, count, origin_digest,"
               " detail_digest FROM audit ORDER BY seq");
constexpr Sql setHashSql("UPDATE audit SET hash = ? WHERE seq = ?");
} // namespace

class TestAuditMutations : public QObject
{
    Q_OBJECT

    std::unique_ptr<StorageFixture> f;
    std::unique_ptr<Connection> db; //!< of the attacker
    QList<QByteArray> checkpoints;
    QByteArray key;

    static Draft draft(int i, Timestamp at)
    {
        Actor actor;
        actor.user = UserId(i % 2 ? "ada" : "grace");
        actor.session = SessionId("s1");
        actor.address = "192.0.2." + QByteArray::number(i);
        Draft made = draftFor(actor, i % 3 ? "user.role_changed" : "room.renamed", i % 3 ? "user" : "room",
                              "object" + QByteArray::number(i % 5), at);
        made.before.insert(u"value"_s, i);
        made.after.insert(u"value"_s, i + 1);
        made.reason = u"weil, darum"_s;
        return made;
    }
    //! What an attacker who knows the program does after changing rows.
    void hashEverythingAgain()
    {
        QList<ChainRow> rows;
        {
            Statement s(*db, allRowsSql);
            while (s.step()) {
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
                rows.append(std::move(row));
            }
        }
        QByteArray hash = chainStart();
        for (const ChainRow &row : std::as_const(rows)) {
            hash = hashOf(hash, row);
            execute(*db, setHashSql, Blob{hash}, row.seq);
        }
    }
    Report verify(bool withCheckpoints = true)
    {
        Verifier verifier;
        if (withCheckpoints)
            verifier.addCheckpoints(checkpoints, key);
        const Result<void> read = verifyAuditBlocking(*db, Verifier::beginning, verifier);
        if (!read)
            qFatal("%s", qPrintable(read.error().cause));
        return verifier.finish();
    }
    void mutate(const QByteArray &script)
    {
        // SQLite checks uniqueness row by row, so rows move by way of negative numbers.
        const bool done = db->runScript("PRAGMA foreign_keys=OFF; DROP TRIGGER audit_never_updated;"
                                        "DROP TRIGGER audit_never_deleted; DROP TRIGGER audit_parts_never_updated;" +
                                        script);
        QVERIFY2(done, db->failure() ? qPrintable(db->failure()->message) : "");
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        f = std::make_unique<StorageFixture>();
        QVERIFY(f->open());
        const QByteArray seed = *QCoro::waitFor(f->storage->audit().signingSeed());
        const CheckpointSigner signer(seed);
        key = signer.publicKey();
        checkpoints.clear();
        for (int i = 1; i <= rowCount; ++i) {
            f->clock.advance(1s);
            QVERIFY(QCoro::waitFor(f->storage->audit().append({draft(i, f->clock.now())})));
            if (i % 10 == 0) {
                const Head head = *QCoro::waitFor(f->storage->audit().head());
                QCOMPARE(head.seq, i);
                checkpoints.append(
                    signer.line(head, f->clock.now(), checkpoints.isEmpty() ? QByteArray() : checkpoints.constLast()));
            }
        }
        auto opened = Connection::openBlocking(f->folder() + u"/atom.db"_s, Connection::Access::ReadWrite, {});
        db = std::move(*opened);
    }
    void cleanup()
    {
        db.reset();
        f.reset();
    }

    void anUntouchedLogIsIntact()
    {
        const Report report = verify();
        QVERIFY2(report.isIntact(), qPrintable(report.explanation));
        QCOMPARE(report.rows, rowCount);
        QCOMPARE(report.checkpoints, 2);
        QCOMPARE(report.lastCheckpoint, 20);
        QCOMPARE(report.head.seq, rowCount);
    }

    void recordsAreNeitherChangedNorDeletedByMistake()
    {
        QVERIFY(!db->runScript("UPDATE audit SET actor = 'x' WHERE seq = 1"));
        db->clearFailure();
        QVERIFY(!db->runScript("DELETE FROM audit WHERE seq = 20"));
        db->clearFailure();
        QVERIFY(!db->runScript("UPDATE audit_parts SET body = '{}' WHERE seq = 1"));
        db->clearFailure();
        QVERIFY(verify().isIntact());
    }

    void detects_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<Flaw>("flaw");
        QTest::addColumn<int>("badSeq");
        const auto row = [](const char *name, const QByteArray &script, Flaw flaw, int badSeq) {
            QTest::newRow(name) << script << flaw << badSeq;
        };
        const auto changed = [&row](const char *column, const char *value) {
            row(column, "UPDATE audit SET "_ba + column + " = " + value + " WHERE seq = 7", Flaw::Changed, 7);
        };
        changed("at", "at + 1");
        changed("actor", "'mallory'");
        changed("session", "''");
        changed("action", "'user.created'");
        changed("object_kind", "'room'");
        changed("object_id", "'object'");
        changed("outcome", "1");
        changed("count", "2");
        changed("origin_digest", "zeroblob(32)");
        changed("detail_digest", "zeroblob(32)");
        changed("hash", "zeroblob(32)");
        row("text moved between fields",
            "UPDATE audit SET object_kind = 'us', object_id = 'er' || object_id WHERE seq = 7", Flaw::Changed, 7);
        row("first row changed", "UPDATE audit SET actor = 'mallory' WHERE seq = 1", Flaw::Changed, 1);
        row("last row changed", "UPDATE audit SET actor = 'mallory' WHERE seq = 20", Flaw::Changed, 20);
        row("row removed", "DELETE FROM audit_parts WHERE seq = 7; DELETE FROM audit WHERE seq = 7", Flaw::Missing, 7);
        row("first row removed", "DELETE FROM audit_parts WHERE seq = 1; DELETE FROM audit WHERE seq = 1",
            Flaw::Missing, 1);
        row("row removed, others moved up",
            "DELETE FROM audit_parts WHERE seq = 7; DELETE FROM audit WHERE seq = 7;"
            "UPDATE audit SET seq = -seq WHERE seq > 7; UPDATE audit SET seq = -seq - 1 WHERE seq < 0;"
            "UPDATE audit_parts SET seq = -seq WHERE seq > 7; UPDATE audit_parts SET seq = -seq - 1 WHERE seq < 0",
            Flaw::Changed, 7);
        row("rows swapped",
            "UPDATE audit SET seq = -5 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 9;"
            "UPDATE audit SET seq = 9 WHERE seq = -5;"
            "UPDATE audit_parts SET seq = -5 WHERE seq = 5; UPDATE audit_parts SET seq = 5 WHERE seq = 9;"
            "UPDATE audit_parts SET seq = 9 WHERE seq = -5",
            Flaw::Changed, 5);
        row("row inserted in the middle",
            "UPDATE audit SET seq = -seq WHERE seq > 7; UPDATE audit SET seq = -seq + 1 WHERE seq < 0;"
            "UPDATE audit_parts SET seq = -seq WHERE seq > 7; UPDATE audit_parts SET seq = -seq + 1 WHERE seq < 0;"
            "INSERT INTO audit SELECT 8, at, actor, session, action, object_kind, object_id, outcome, count,"
            " origin_digest, detail_digest, hash FROM audit WHERE seq = 7",
            Flaw::Changed, 8);
        row("row inserted before the first",
            "INSERT INTO audit SELECT 0, at, actor, session, action, object_kind,"
            " object_id, outcome, count, origin_digest, detail_digest, hash FROM audit"
            " WHERE seq = 1",
            Flaw::Missing, 1);
        row("row invented at the end",
            "INSERT INTO audit SELECT 21, at, actor, session, action, object_kind, object_id, outcome, count,"
            " origin_digest, detail_digest, hash FROM audit WHERE seq = 20",
            Flaw::Changed, 21);
        row("tail cut", "DELETE FROM audit_parts WHERE seq > 15; DELETE FROM audit WHERE seq > 15", Flaw::Cut, 16);
        row("everything removed", "DELETE FROM audit_parts; DELETE FROM audit", Flaw::Cut, 1);
        row("address changed",
            "UPDATE audit_parts SET body = '{\"address\":\"203.0.113.1\"}' WHERE seq = 7 AND part = 0",
            Flaw::PartChanged, 7);
        row("value changed", "UPDATE audit_parts SET body = replace(body, '7', '8') WHERE seq = 7 AND part = 1",
            Flaw::PartChanged, 7);
        row("salt changed", "UPDATE audit_parts SET salt = zeroblob(16) WHERE seq = 7 AND part = 1", Flaw::PartChanged,
            7);
        row("subject changed", "UPDATE audit_parts SET subject = 'mallory' WHERE seq = 7 AND part = 1",
            Flaw::PartChanged, 7);
        row("address removed", "DELETE FROM audit_parts WHERE seq = 7 AND part = 0", Flaw::PartRemoved, 7);
        row("reason of a room's record removed", "DELETE FROM audit_parts WHERE seq = 6 AND part = 1",
            Flaw::PartRemoved, 6);
    }
    void detects()
    {
        QFETCH(QByteArray, script);
        QFETCH(Flaw, flaw);
        QFETCH(int, badSeq);
        mutate(script);
        const Report report = verify();
        QCOMPARE(flawName(report.flaw), flawName(flaw));
        QCOMPARE(report.badSeq, badSeq);
        QCOMPARE(report.explanation.isEmpty(), flaw == Flaw::None);
    }

    //! The same changes, by somebody who computes all hashes anew: only the checkpoints show them.
    void detectsByCheckpointWhatWasHashedAgain_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<int>("badSeq"); // the first checkpoint at or after the change
        QTest::newRow("changed") << "UPDATE audit SET actor = 'mallory' WHERE seq = 7"_ba << 10;
        QTest::newRow("changed later") << "UPDATE audit SET actor = 'mallory' WHERE seq = 13"_ba << 20;
        QTest::newRow("removed")
            << "DELETE FROM audit_parts WHERE seq = 7; DELETE FROM audit WHERE seq = 7;"
               "UPDATE audit SET seq = -seq WHERE seq > 7; UPDATE audit SET seq = -seq - 1 WHERE seq < 0;"
               "UPDATE audit_parts SET seq = -seq WHERE seq > 7; UPDATE audit_parts SET seq = -seq - 1 WHERE seq < 0"_ba
            << 10;
    }
    void detectsByCheckpointWhatWasHashedAgain()
    {
        QFETCH(QByteArray, script);
        QFETCH(int, badSeq);
        mutate(script);
        hashEverythingAgain();
        QVERIFY(verify(false).isIntact()); // the forgery is good: the chain alone cannot know
        const Report report = verify();
        QCOMPARE(flawName(report.flaw), flawName(Flaw::CheckpointDiffers));
        QCOMPARE(report.badSeq, badSeq);
    }

    void withoutCheckpointsACutTailIsNotSeen()
    {
        mutate("DELETE FROM audit_parts WHERE seq > 15; DELETE FROM audit WHERE seq > 15");
        QVERIFY(verify(false).isIntact()); // why there are checkpoints
    }

    void checkpointsAreCheckedThemselves_data()
    {
        QTest::addColumn<QString>("what");
        for (const auto what : {"flipped digit", "other record", "other time", "line removed", "lines swapped",
                                "foreign key", "no JSON", "line repeated"})
            QTest::newRow(what) << QString::fromLatin1(what);
    }
    void checkpointsAreCheckedThemselves()
    {
        QFETCH(QString, what);
        const CheckpointSigner foreign(CheckpointSigner::newSeed());
        if (what == u"flipped digit"_s) {
            char &digit = checkpoints[1][checkpoints.at(1).size() - 5];
            digit = digit == '0' ? '1' : '0';
        } else if (what == u"other record"_s) {
            checkpoints[1].replace("\"seq\":20", "\"seq\":19");
        } else if (what == u"other time"_s) {
            checkpoints[0].replace("\"at\":\"2026", "\"at\":\"2025");
        } else if (what == u"line removed"_s) {
            // Not the first: a file may have been begun anew.
            const Head head{rowCount, verify().head.hash};
            checkpoints.append(CheckpointSigner(*QCoro::waitFor(f->storage->audit().signingSeed()))
                                   .line({21, head.hash}, f->clock.now(), checkpoints.at(1)));
            checkpoints.removeAt(1);
        } else if (what == u"lines swapped"_s) {
            checkpoints.swapItemsAt(0, 1);
        } else if (what == u"foreign key"_s) {
            checkpoints[1] = foreign.line({20, verify().head.hash}, f->clock.now(), checkpoints.at(0));
        } else if (what == u"no JSON"_s) {
            checkpoints.append("}");
        } else if (what == u"line repeated"_s) {
            checkpoints.append(checkpoints.at(1));
        }
        QCOMPARE(flawName(verify().flaw), flawName(Flaw::CheckpointBroken));
    }

    void beginsAtACheckpoint()
    {
        CheckpointReader reader(key);
        const Result<Checkpoint> ten = reader.read(checkpoints.at(0));
        QVERIFY(ten);
        const auto from = [&] {
            Verifier verifier(*ten);
            verifier.addCheckpoints(checkpoints, key);
            const Result<void> read = verifyAuditBlocking(*db, ten->seq, verifier);
            return read ? verifier.finish() : Report();
        };
        QCOMPARE(from().rows, 10);
        QVERIFY(from().isIntact());
        mutate("UPDATE audit SET actor = 'mallory' WHERE seq = 7");
        QVERIFY(from().isIntact()); // before the checkpoint: not looked at
        QVERIFY(db->runScript("UPDATE audit SET actor = 'mallory' WHERE seq = 11"));
        QCOMPARE(from().badSeq, 11);
    }

    void erasureKeepsTheChainWhole()
    {
        const UserId erased("object2"); // an account some records are about
        QVERIFY(db->runScript("BEGIN IMMEDIATE"));
        Actor owner;
        owner.user = UserId("owner");
        owner.address = "192.0.2.200";
        AuditAppender::append(*db, draftFor(owner, erasedAction, "user", erased.bytes(), f->clock.now()));
        AuditAppender::erase(*db, erased);
        QVERIFY(db->runScript("COMMIT"));
        const Report report = verify();
        QVERIFY2(report.isIntact(), qPrintable(report.explanation));
        QVERIFY(report.erasedRows > 0);
        QCOMPARE(db->pragma("SELECT count(*) FROM audit_parts WHERE subject = 'object2'"), 0);

        Query about;
        about.objectKind = "user";
        about.objectId = erased.bytes();
        const Result<RecordPage> page = QCoro::waitFor(f->storage->audit().list(about));
        QVERIFY(page && page->records.size() > 1);
        for (const Record &record : page->records) {
            QVERIFY(record.before.isEmpty() && record.after.isEmpty() && record.reason.isEmpty());
            QVERIFY(!record.address.isEmpty()); // of those who acted on the account: they are still here
        }
        // The erasure of one account explains no hole of another.
        mutate("DELETE FROM audit_parts WHERE seq = 1 AND part = 0");
        QCOMPARE(flawName(verify().flaw), flawName(Flaw::PartRemoved));
    }

    void anErasureThatWasNeverRecordedIsAFlaw()
    {
        AuditAppender::erase(*db, UserId("ada"));
        const Report report = verify();
        QCOMPARE(flawName(report.flaw), flawName(Flaw::PartRemoved));
        QCOMPARE(report.badSeq, 1);
        QVERIFY(report.explanation.contains(u"ada"_s));
    }

    void theActAndItsRecordAreOne()
    {
        // A job that fails after it recorded its act leaves neither.
        const Head before = *QCoro::waitFor(f->storage->audit().head());
        Writer::Limits limits;
        CompletionQueue completions;
        MetricRegistry metrics;
        auto own = Connection::openBlocking(f->folder() + u"/atom.db"_s, Connection::Access::ReadWrite, {});
        QVERIFY((*own)->configure(Connection::Access::ReadWrite));
        auto copying = Connection::openBlocking(f->folder() + u"/atom.db"_s, Connection::Access::ReadWrite, {});
        QVERIFY((*copying)->configure(Connection::Access::ReadWrite));
        Writer writer(std::move(*own), std::move(*copying), completions, metrics, limits);
        Writer::Work<void> failing = [](Connection &c) -> Result<void> {
            AuditAppender::append(c, draft(99, Timestamp()));
            return Error(Errc::Conflict, u"no"_s);
        };
        Writer::Work<void> good = [](Connection &c) -> Result<void> {
            AuditAppender::append(c, draft(98, Timestamp()));
            return {};
        };
        QVERIFY(!QCoro::waitFor(writer.run<void>(failing)));
        QVERIFY(QCoro::waitFor(writer.run<void>(good)));
        const Head after = *QCoro::waitFor(f->storage->audit().head());
        QCOMPARE(after.seq, before.seq + 1);
        QVERIFY(verify().isIntact());
        writer.stopBlocking();
    }
};

QTEST_GUILESS_MAIN(TestAuditMutations)
#include "tst_auditmutations.moc"
