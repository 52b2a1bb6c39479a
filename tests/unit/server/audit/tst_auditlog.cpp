// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The log as a service: checkpoints by themselves, refused acts joined, lists, what a start notices.
#include "server/audit/auditlog.h"
#include "server/audit/checkpointfile.h"
#include "server/storage/auditappender.h"
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QRegularExpression>

using namespace Atom;
using namespace Atom::Audit;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestAuditLog : public QObject
{
    Q_OBJECT

    struct Fixture : StorageFixture
    {
        std::unique_ptr<AuditLog> log;
        QString checkpoints() const { return directory.path() + u"/second/checkpoints.jsonl"_s; }
        bool start()
        {
            QDir().mkpath(directory.path() + u"/second"_s);
            if (!storage && !open())
                return false;
            AuditLog::Settings settings;
            settings.checkpointFile = checkpoints();
            log = std::make_unique<AuditLog>(settings, storage->audit(), clock, metrics);
            return QCoro::waitFor(log->load()).isOk();
        }
        void stop()
        {
            QCoro::waitFor(log->close());
            log.reset();
        }
        Draft act(const QByteArray &action, const QByteArray &user = "ada") const
        {
            Actor actor;
            actor.user = UserId(user);
            actor.address = "192.0.2.1";
            return draftFor(actor, action, "user", "grace", clock.now());
        }
        //! Steps, because the watch asks the database between them.
        void pass(seconds time)
        {
            for (seconds done{0}; done < time; done += 1s) {
                clock.advance(1s);
                std::ignore = QCoro::waitFor(storage->audit().head()); // what was asked before is answered before
                QCoreApplication::processEvents();
            }
        }
        int lines() const { return int(CheckpointFile::readBlocking(checkpoints()).valueOr({}).size()); }
        QList<Record> records() const
        {
            Query all;
            all.limit = 1000;
            return QCoro::waitFor(log->list(all)).valueOr({}).records;
        }
    };

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void signsWhatIsNewWithinAMinute()
    {
        Fixture f;
        QVERIFY(f.start());
        f.pass(120s);
        QCOMPARE(f.lines(), 0); // nothing to sign
        QVERIFY(QCoro::waitFor(f.log->record(f.act("setting.changed"))));
        f.pass(40s);
        QCOMPARE(f.lines(), 0);
        f.pass(30s);
        QTRY_COMPARE(f.lines(), 1);
        f.pass(120s);
        QCOMPARE(f.lines(), 1); // no news, no checkpoint
        QVERIFY(QCoro::waitFor(f.log->record(f.act("setting.changed"))));
        f.stop();
        QCOMPARE(f.lines(), 2); // the end signs too
        const QFile::Permissions others = QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther;
        QVERIFY(!(QFile::permissions(f.checkpoints()) & others));
    }

    void signsEarlierWhenThereIsMuch()
    {
        Fixture f;
        QVERIFY(f.start());
        const QList<Draft> many(1000, f.act("setting.changed"));
        QVERIFY(QCoro::waitFor(f.storage->audit().append(many)));
        f.pass(11s);
        QTRY_COMPARE(f.lines(), 1);
        f.stop();
    }

    void verifiesItselfAndItsCheckpoints()
    {
        Fixture f;
        QVERIFY(f.start());
        for (int i = 0; i < 30; ++i) {
            QVERIFY(QCoro::waitFor(f.log->record(f.act("setting.changed"))));
            if (i % 10 == 0)
                QVERIFY(QCoro::waitFor(f.log->writeCheckpoint()));
        }
        const Result<Report> report = QCoro::waitFor(f.log->verify());
        QVERIFY(report);
        QVERIFY2(report->isIntact(), qPrintable(report->explanation));
        QCOMPARE(report->rows, 30);
        QCOMPARE(report->checkpoints, 3);
        f.stop();
        QVERIFY(f.start()); // the chain of checkpoints goes on over a restart
        QVERIFY(QCoro::waitFor(f.log->record(f.act("setting.changed"))));
        QVERIFY(QCoro::waitFor(f.log->writeCheckpoint()));
        QVERIFY(QCoro::waitFor(f.log->verify())->isIntact());
        f.stop();
    }

    void aStartNoticesACutTail()
    {
        Fixture f;
        QVERIFY(f.start());
        const QList<Draft> drafts(10, f.act("setting.changed"));
        QVERIFY(QCoro::waitFor(f.storage->audit().append(drafts)));
        f.stop();
        f.storage.reset();
        {
            auto db = Storage::Connection::openBlocking(f.folder() + u"/atom.db"_s,
                                                        Storage::Connection::Access::ReadWrite, {});
            QVERIFY((*db)->runScript("DROP TRIGGER audit_never_deleted; DELETE FROM audit_parts WHERE seq > 6;"
                                     "DELETE FROM audit WHERE seq > 6"));
        }
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"record 10 was signed and is not there"_s));
        QVERIFY(f.start()); // it starts all the same, and says so
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"the end was cut off"_s));
        const Result<Report> report = QCoro::waitFor(f.log->verify());
        QVERIFY(report);
        QCOMPARE(flawName(report->flaw), flawName(Flaw::Cut));
        QCOMPARE(report->badSeq, 7);
        QCOMPARE(f.metrics.counter("atom_audit_alarms_total", {}).value(), 2);
        f.stop();
    }

    void halfALineOfACrashHurtsNobody()
    {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(QCoro::waitFor(f.log->record(f.act("setting.changed"))));
        f.stop();
        {
            QFile file(f.checkpoints());
            QVERIFY(file.open(QIODevice::Append));
            file.write("{\"v\":1,\"seq\":");
        }
        QVERIFY(f.start());
        QVERIFY(QCoro::waitFor(f.log->record(f.act("setting.changed"))));
        QVERIFY(QCoro::waitFor(f.log->writeCheckpoint()));
        const Result<Report> report = QCoro::waitFor(f.log->verify());
        QVERIFY(report && report->isIntact());
        QCOMPARE(report->checkpoints, 2);
        f.stop();
    }

    void joinsEqualRefusedActs()
    {
        Fixture f;
        QVERIFY(f.start());
        for (int i = 0; i < 500; ++i)
            f.log->refused(f.act("room.read"));
        f.log->refused(f.act("room.read", "eve"));
        QTRY_COMPARE(f.records().size(), 2); // the first of each at once
        f.pass(61s);
        QTRY_COMPARE(f.records().size(), 3);
        const Record joined = f.records().constFirst();
        QCOMPARE(joined.count, 499);
        QCOMPARE(joined.outcome, Outcome::Refused);
        QCOMPARE(joined.actor, UserId("ada"));
        for (int minute = 0; minute < 60; ++minute) { // it goes on and on: less and less often
            f.log->refused(f.act("room.read"));
            f.pass(60s);
        }
        f.pass(60s * 20);
        const auto counted = [&f] {
            int sum = 0;
            const QList<Record> records = f.records();
            for (const Record &record : records)
                sum += record.actor == UserId("ada") ? record.count : 0;
            return sum;
        };
        QTRY_COMPARE(counted(), 500 + 60); // and none is lost
        const QList<Record> after = f.records();
        QVERIFY2(after.size() <= 10, qPrintable(QString::number(after.size())));
        f.log->refused(f.act("room.read")); // after a silence: at once
        QTRY_COMPARE(f.records().size(), after.size() + 1);
        f.stop();
    }

    void aFloodOfRefusedActsStaysSmallAndKeepsItsCount()
    {
        Fixture f;
        QVERIFY(f.start());
        constexpr int acts = 50'000;
        for (int i = 0; i < acts; ++i)
            f.log->refused(f.act("session.signed_in", "user" + QByteArray::number(i % 5'000)));
        f.stop(); // records what is still being joined
        f.log = std::make_unique<AuditLog>(AuditLog::Settings(), f.storage->audit(), f.clock, f.metrics);
        const QList<Record> records = f.records();
        QVERIFY2(records.size() <= 2 * 250 + 1, qPrintable(QString::number(records.size())));
        qint64 counted = 0;
        for (const Record &record : records)
            counted += record.count;
        QCOMPARE(counted, acts);
    }

    void listsByWhatIsAsked()
    {
        Fixture f;
        QVERIFY(f.start());
        for (int i = 0; i < 10; ++i) {
            f.clock.advance(1s);
            Draft draft = f.act(i % 2 ? "user.created" : "room.created", i % 3 ? "ada" : "grace");
            draft.objectKind = i % 2 ? "user" : "room";
            draft.objectId = "o" + QByteArray::number(i % 5);
            draft.outcome = i == 7 ? Outcome::Refused : Outcome::Done;
            draft.after.insert(u"i"_s, i);
            QVERIFY(QCoro::waitFor(f.log->record(draft)));
        }
        const auto found = [&f](const Query &query) {
            QList<qint64> seqs;
            for (const Record &record : QCoro::waitFor(f.log->list(query)).valueOr({}).records)
                seqs.append(record.seq);
            return seqs;
        };
        Query query;
        query.actor = UserId("grace");
        QCOMPARE(found(query), (QList<qint64>{10, 7, 4, 1}));
        query = {};
        query.action = "user.created";
        QCOMPARE(found(query), (QList<qint64>{10, 8, 6, 4, 2}));
        query.action = "user.";
        QCOMPARE(found(query), (QList<qint64>{10, 8, 6, 4, 2}));
        query.action = "use.";
        QCOMPARE(found(query), QList<qint64>());
        query = {};
        query.objectKind = "room";
        query.objectId = "o1";
        QCOMPARE(found(query), (QList<qint64>{7}));
        query = {};
        query.outcome = Outcome::Refused;
        QCOMPARE(found(query), (QList<qint64>{8}));
        query = {};
        query.from = f.clock.now() - 2s;
        query.to = f.clock.now();
        QCOMPARE(found(query), (QList<qint64>{9, 8}));
        query = {};
        query.limit = 4;
        QCOMPARE(found(query), (QList<qint64>{10, 9, 8, 7}));
        query.before = 7;
        QCOMPARE(found(query), (QList<qint64>{6, 5, 4, 3}));
        query.limit = 1000;
        const Result<RecordPage> page = QCoro::waitFor(f.log->list(query));
        QVERIFY(page && !page->hasMore);
        QCOMPARE(page->records.constFirst().after.value(u"i"_s).toInt(), 5);
        QCOMPARE(page->records.constFirst().address, "192.0.2.1"_ba);
        f.stop();
    }
};

QTEST_GUILESS_MAIN(TestAuditLog)
#include "tst_auditlog.moc"
