// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"
#include "tests/unit/server/storage/failingvfs.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QSemaphore>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Storage;
using namespace Qt::StringLiterals;

namespace {
constexpr Sql insertSql("INSERT INTO t (v) VALUES (?)");
constexpr Sql countSql("SELECT count(*) FROM t");
constexpr Sql insertTwiceSql("INSERT INTO t (v) VALUES (?), (?)");

struct Bench
{
    QTemporaryDir directory;
    CompletionQueue completions;
    MetricRegistry metrics;
    std::unique_ptr<Writer> writer;

    QString file() const { return directory.filePath(u"test.db"_s); }
    explicit Bench(Writer::Limits limits = {}, const QByteArray &vfs = {})
    {
        std::unique_ptr<Connection> db = opened(vfs);
        db->runScript("CREATE TABLE t (v INTEGER UNIQUE CHECK (v >= 0))");
        writer = std::make_unique<Writer>(std::move(db), opened(vfs), completions, metrics, limits);
    }
    std::unique_ptr<Connection> opened(const QByteArray &vfs) const
    {
        auto opened = Connection::openBlocking(file(), Connection::Access::ReadWrite, vfs);
        std::unique_ptr<Connection> db = std::move(*opened);
        db->configure(Connection::Access::ReadWrite);
        return db;
    }
    std::unique_ptr<Connection> reader() const
    {
        auto opened = Connection::openBlocking(file(), Connection::Access::ReadOnly, {});
        std::unique_ptr<Connection> db = std::move(*opened);
        db->configure(Connection::Access::ReadOnly);
        return db;
    }
    qint64 rows() const { return reader()->pragma(countSql); }
    quint64 commits() { return metrics.counter("atom_storage_commits_total", {}).value(); }

    Writer::Work<qint64> insert(qint64 value)
    {
        return [value](Connection &db) -> Result<qint64> {
            execute(db, insertSql, value);
            return value;
        };
    }
    //! Keeps the writer inside a job until released, so that what follows waits in the queue.
    void hold(QSemaphore &entered, QSemaphore &release)
    {
        writer->submit<void>(
            [&entered, &release](Connection &) -> Result<void> {
                entered.release();
                release.acquire();
                return {};
            },
            {});
        entered.acquire();
    }
};
} // namespace

class TestStorageWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        Test::FailingVfs::failSync = false;
        QTest::failOnWarning(QRegularExpression(u".*"_s));
    }

    void completesInOrderOnTheOwnersThreadAfterTheCommit()
    {
        Bench bench;
        const std::unique_ptr<Connection> reader = bench.reader();
        QList<qint64> done;
        bool everyOneWasStored = true;
        for (qint64 i = 0; i < 1000; ++i) {
            bench.writer->submit<qint64>(bench.insert(i), [&](Result<qint64> r) {
                QVERIFY(r);
                QCOMPARE(QThread::currentThread(), thread());
                done.append(*r);
                everyOneWasStored = everyOneWasStored && reader->pragma(countSql) >= done.size();
            });
        }
        QVERIFY(done.isEmpty()); // nothing is answered before the event loop turns
        QTRY_COMPARE(done.size(), 1000);
        QVERIFY(everyOneWasStored);
        QVERIFY(std::is_sorted(done.cbegin(), done.cend()));
        QTRY_COMPARE(bench.writer->queuedJobs(), 0);
    }

    void commitsWhatWaitsAsOneGroup()
    {
        Bench bench;
        QSemaphore entered, release;
        bench.hold(entered, release);
        int done = 0;
        for (qint64 i = 0; i < 400; ++i)
            bench.writer->submit<qint64>(bench.insert(i), [&done](Result<qint64>) { ++done; });
        QCOMPARE(bench.writer->queuedJobs(), 401);
        release.release();
        QTRY_COMPARE(done, 400);
        // The held job, then 400 in groups closed by size or by time: far fewer than one each.
        QVERIFY2(bench.commits() < 100, qPrintable(QString::number(bench.commits())));
    }

    void boundsAGroupBySize()
    {
        Writer::Limits limits;
        limits.groupJobs = 10;
        limits.groupTime = milliseconds(60'000);
        Bench bench(limits);
        QSemaphore entered, release;
        bench.hold(entered, release);
        int done = 0;
        for (qint64 i = 0; i < 100; ++i)
            bench.writer->submit<qint64>(bench.insert(i), [&done](Result<qint64>) { ++done; });
        release.release();
        QTRY_COMPARE(done, 100);
        QCOMPARE(bench.commits(), 11u);
    }

    void aFailedJobDoesNotHarmItsGroup()
    {
        Bench bench;
        QSemaphore entered, release;
        bench.hold(entered, release);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"a job failed and was undone.*"_s));
        QHash<qint64, Errc> failed;
        int good = 0;
        const auto note = [&](qint64 key) {
            return [&failed, &good, key](Result<qint64> r) {
                if (r)
                    ++good;
                else
                    failed.insert(key, r.error().code);
            };
        };
        bench.writer->submit<qint64>(bench.insert(1), note(1));
        bench.writer->submit<qint64>(bench.insert(-1), note(-1)); // CHECK fails
        bench.writer->submit<qint64>(bench.insert(2), note(2));
        // Writes a row, then reports an error of its own: the row must go.
        bench.writer->submit<qint64>(
            [](Connection &db) -> Result<qint64> {
                execute(db, insertSql, 77);
                return Error(Errc::NotFound, u"no"_s);
            },
            note(77));
        bench.writer->submit<qint64>(bench.insert(3), note(3));
        // An error without a write is an ordinary answer.
        bench.writer->submit<qint64>([](Connection &) -> Result<qint64> { return Error(Errc::Conflict, u"no"_s); },
                                     note(78));
        release.release();
        QTRY_COMPARE(good + failed.size(), 6);
        QCOMPARE(good, 3);
        QCOMPARE(failed, (QHash<qint64, Errc>{{-1, Errc::Conflict}, {77, Errc::NotFound}, {78, Errc::Conflict}}));
        QCOMPARE(bench.rows(), 3);
        // And it goes on as before.
        bool later = false;
        bench.writer->submit<qint64>(bench.insert(4), [&later](Result<qint64> r) { later = r.isOk(); });
        QTRY_VERIFY(later);
    }

    void refusesWhenTheQueueIsFull()
    {
        Writer::Limits limits;
        limits.queueJobs = 5;
        Bench bench(limits);
        QSemaphore entered, release;
        bench.hold(entered, release); // takes one place until it is committed
        int good = 0;
        for (qint64 i = 0; i < 4; ++i)
            bench.writer->submit<qint64>(bench.insert(i), [&good](Result<qint64> r) { good += r.isOk(); });
        std::optional<Error> refused;
        bench.writer->submit<qint64>(bench.insert(99), [&refused](Result<qint64> r) { refused = r.error(); });
        QVERIFY(refused); // at once
        QCOMPARE(refused->code, Errc::Unavailable);
        QCOMPARE(refused->retryAfter, seconds(1));
        release.release();
        QTRY_COMPARE(good, 4);
        QCOMPARE(bench.rows(), 4);
    }

    void aFailedSyncEndsItForGood()
    {
        Bench bench({}, Test::FailingVfs::name());
        QList<Error> fatal;
        bench.writer->onFatal([&fatal](const Error &error) { fatal.append(error); });
        bool before = false;
        bench.writer->submit<qint64>(bench.insert(1), [&before](Result<qint64> r) { before = r.isOk(); });
        QTRY_VERIFY(before);

        QSemaphore entered, release;
        bench.hold(entered, release);
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"the database failed.*"_s));
        Test::FailingVfs::failSync = true;
        int acknowledged = 0;
        int failed = 0;
        const auto count = [&](Result<qint64> r) { r ? ++acknowledged : ++failed; };
        for (qint64 i = 10; i < 20; ++i)
            bench.writer->submit<qint64>(bench.insert(i), count);
        release.release();
        QTRY_COMPARE(failed, 10);
        QTRY_COMPARE(fatal.size(), 1);
        QCOMPARE(fatal.constFirst().code, Errc::Internal);
        QVERIFY(!fatal.constFirst().cause.isEmpty());

        // The disk "recovers": still nothing is acknowledged, for what it holds is unknown.
        Test::FailingVfs::failSync = false;
        for (qint64 i = 20; i < 30; ++i)
            bench.writer->submit<qint64>(bench.insert(i), count);
        QCOMPARE(failed, 20);
        bench.writer->stopBlocking();
        bench.completions.drain();
        QCOMPARE(acknowledged, 0);
        QCOMPARE(fatal.size(), 1);
    }

    void syncsBeforeEachAcknowledgement()
    {
        Bench bench({}, Test::FailingVfs::name());
        for (qint64 i = 0; i < 20; ++i) {
            const int before = Test::FailingVfs::syncs;
            bool done = false;
            bench.writer->submit<qint64>(bench.insert(i), [&done](Result<qint64> r) { done = r.isOk(); });
            QTRY_VERIFY(done);
            QVERIFY(Test::FailingVfs::syncs > before);
        }
    }

    void stoppingCommitsAndAnswersWhatWaits()
    {
        Bench bench;
        int good = 0;
        for (qint64 i = 0; i < 2000; ++i)
            bench.writer->submit<qint64>(bench.insert(i), [&good](Result<qint64> r) { good += r.isOk(); });
        bench.writer->stopBlocking();
        bench.completions.drain();
        QCOMPARE(good, 2000);
        std::optional<Error> late;
        bench.writer->submit<qint64>(bench.insert(9999), [&late](Result<qint64> r) { late = r.error(); });
        QVERIFY(late);
        QCOMPARE(late->code, Errc::Unavailable);
        QCOMPARE(bench.rows(), 2000);
    }

    void theLogIsCopiedIntoTheDatabase()
    {
        Writer::Limits limits;
        limits.checkpointPages = 8;
        Bench bench(limits);
        int good = 0;
        for (qint64 i = 0; i < 20'000; ++i) {
            bench.writer->submit<qint64>(bench.insert(i), [&good](Result<qint64> r) { good += r.isOk(); });
            if (i % 500 == 499)
                QTRY_COMPARE(good, int(i) + 1);
        }
        QVERIFY(QFileInfo(bench.file()).size() > 100'000);
        QVERIFY(QFileInfo(bench.file() + u"-wal"_s).size() < 2'000'000);
    }

    void aCompletionMayRunALoopWithoutDisorder()
    {
        CompletionQueue queue;
        QList<int> order;
        for (int i = 0; i < 5; ++i) {
            queue.post([&, i] {
                order.append(i);
                if (i == 1) {
                    queue.post([&order] { order.append(5); });
                    queue.drain();
                }
            });
        }
        QTRY_COMPARE(order.size(), 6);
        QCOMPARE(order, (QList<int>{0, 1, 2, 3, 4, 5}));
    }

    void readersSeeWhatWasCommittedBefore()
    {
        Bench bench;
        Reader reader(bench.reader(), bench.completions);
        for (qint64 i = 0; i < 50; ++i) {
            Result<qint64> written = QCoro::waitFor(bench.writer->run<qint64>(bench.insert(i)));
            QVERIFY(written);
            Result<qint64> count = QCoro::waitFor(
                reader.run<qint64>([](Connection &db) -> Result<qint64> { return db.pragma(countSql); }));
            QVERIFY(count);
            QCOMPARE(*count, i + 1);
        }
        // A reader cannot write.
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"a read failed.*"_s));
        Result<qint64> refused = QCoro::waitFor(reader.run<qint64>([](Connection &db) -> Result<qint64> {
            execute(db, insertTwiceSql, 1000, 1001);
            return 0;
        }));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Errc::Internal);
    }

    void readersRefuseWhenFullAndAfterTheEnd()
    {
        Bench bench;
        Reader reader(bench.reader(), bench.completions, 1);
        QSemaphore entered, release;
        auto held = reader.run<int>([&](Connection &) -> Result<int> {
            entered.release();
            release.acquire();
            return 1;
        });
        entered.acquire();
        auto waiting = reader.run<int>([](Connection &) -> Result<int> { return 2; });
        auto refused = reader.run<int>([](Connection &) -> Result<int> { return 3; });
        QVERIFY(refused.isReady());
        release.release();
        QCOMPARE(*QCoro::waitFor(waiting), 2);
        const Result<int> full = QCoro::waitFor(refused);
        QCOMPARE(full.error().code, Errc::Unavailable);
        QVERIFY(full.error().retryAfter);
        reader.stopBlocking();
        const Result<int> late = QCoro::waitFor(reader.run<int>([](Connection &) -> Result<int> { return 4; }));
        QCOMPARE(late.error().code, Errc::Unavailable);
    }
};

QTEST_GUILESS_MAIN(TestStorageWriter)
#include "tst_storagewriter.moc"
