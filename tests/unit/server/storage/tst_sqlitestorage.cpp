// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Opening, migrating, refusing, probing.
#include "server/storage/migrator.h"
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QRegularExpression>

using namespace Atom;
using namespace Atom::Storage;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

class TestSqliteStorage : public QObject
{
    Q_OBJECT

    static std::unique_ptr<Connection> rawConnection(const StorageFixture &f)
    {
        auto opened = Connection::openBlocking(f.folder() + u"/atom.db"_s, Connection::Access::ReadWrite, {});
        return std::move(*opened);
    }

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void makesADatabaseInAnEmptyFolder()
    {
        StorageFixture f;
        QVERIFY(f.open());
        QVERIFY(QFile::exists(f.folder() + u"/atom.db"_s));
        f.storage.reset();
        const auto db = rawConnection(f);
        QCOMPARE(int(db->pragma("PRAGMA user_version")), Migrator::newestVersionBlocking());
        QVERIFY(Migrator::newestVersionBlocking() >= 1);
        QVERIFY(db->pragma("SELECT count(*) FROM sqlite_schema WHERE name = 'messages'") == 1);
    }

    void keepsPeoplesMessagesToItself()
    {
#ifdef Q_OS_UNIX
        StorageFixture f;
        QVERIFY(f.open());
        QVERIFY(QCoro::waitFor(f.storage->probe()));
        constexpr auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        for (const QString &name : {u"/atom.db"_s, u"/atom.db-wal"_s, u"/atom.lock"_s, QString()})
            QVERIFY2(!(QFile::permissions(f.folder() + name) & others), qPrintable(name));
#endif
    }

    void opensAgainWithoutMigrating()
    {
        StorageFixture f;
        QVERIFY(f.open());
        QVERIFY(QCoro::waitFor(f.storage->sessions().saveSecret("key", QByteArray("\0\1\2", 3))));
        QVERIFY(f.open());
        QCOMPARE(*QCoro::waitFor(f.storage->sessions().secret("key")), QByteArray("\0\1\2", 3));
    }

    void aLargeDatabaseIsCheckedWhileItServes()
    {
        StorageFixture f;
        QVERIFY(f.open());
        f.storage.reset();
        // Rows of a table that nothing reads unasked.
        QVERIFY(rawConnection(f)->runScript(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO spans (trace_id,"
            " id, parent, name, start_us, duration_us, status) SELECT 't' || i, 's', 'p', 'number ' || i, 1, 1, 0 FROM n"));

        SqliteStorage::Options options;
        options.folder = f.folder();
        options.checkFirstBytes = 0;
        std::optional<Error> fatal;
        const auto open = [&]() -> Result<void> {
            auto opened = SqliteStorage::openBlocking(options, f.clock, f.metrics);
            if (!opened)
                return opened.error();
            f.storage = std::move(*opened);
            f.storage->onFatal([&fatal](const Error &error) { fatal = error; });
            return {};
        };
        QVERIFY(open()); // sound: nothing is heard
        QVERIFY(QCoro::waitFor(f.storage->probe()));
        f.storage.reset();
        QVERIFY(!fatal);

        const QString path = f.folder() + u"/atom.db"_s;
        {
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadWrite));
            const qsizetype at = file.readAll().indexOf("number 150");
            QVERIFY(at > 0);
            QVERIFY(file.seek(at / 4096 * 4096));
            file.write(QByteArray(16, '\xFE'));
        }
        QVERIFY(open());
        QTRY_VERIFY(fatal.has_value());
        QCOMPARE(fatal->code, Errc::Internal);
        f.storage.reset();
        // Known to be suspect: checked first now, and refused.
        const Result<void> refused = open();
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Errc::Internal);
    }

    void refusesANewerDatabase()
    {
        StorageFixture f;
        QVERIFY(f.open());
        f.storage.reset();
        QVERIFY(rawConnection(f)->runScript("PRAGMA user_version = 9999"));
        const Result<void> opened = f.open();
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, Errc::Internal);
        QVERIFY(opened.error().detail.contains(u"9999"_s));
    }

    void refusesTheDatabaseOfAnotherProgram()
    {
        StorageFixture f;
        QVERIFY(QDir().mkpath(f.folder()));
        QVERIFY(rawConnection(f)->runScript("CREATE TABLE other (x)"));
        const Result<void> opened = f.open();
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, Errc::Internal);
        QCOMPARE(rawConnection(f)->pragma("SELECT count(*) FROM sqlite_schema"), 1); // untouched
    }

    void refusesADamagedFile_data()
    {
        QTest::addColumn<qint64>("offset");
        QTest::newRow("header") << qint64(0);
        QTest::newRow("schema page") << qint64(100);
        QTest::newRow("inner page") << qint64(3 * 4096);
    }
    void refusesADamagedFile()
    {
        QFETCH(qint64, offset);
        StorageFixture f;
        QVERIFY(f.open());
        f.storage.reset();
        QFile file(f.folder() + u"/atom.db"_s);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(offset));
        file.write(QByteArray(3000, '\x5a'));
        file.close();
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray before = file.readAll();
        file.close();

        const Result<void> opened = f.open();
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, Errc::Internal);
        QVERIFY2(opened.error().detail.contains(u"backup"_s), qPrintable(opened.error().detail));
        QVERIFY(opened.error().detail.contains(f.folder()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), before); // a refusal changes nothing
    }

    void refusesASecondServerOnTheFolder()
    {
        StorageFixture f;
        QVERIFY(f.open());
        SystemClock clock;
        MetricRegistry metrics;
        const auto second = Atom::Storage::Storage::openBlocking(f.folder(), clock, metrics);
        QVERIFY(!second);
        QCOMPARE(second.error().code, Errc::Conflict);
        QVERIFY(second.error().detail.contains(f.folder()));
        // The first one is not disturbed, and when it ends the folder is free.
        QVERIFY(QCoro::waitFor(f.storage->probe()));
        f.storage->closeBlocking();
        f.storage.reset();
        const auto third = Atom::Storage::Storage::openBlocking(f.folder(), clock, metrics);
        QVERIFY(third);
    }

    void refusesAFolderItCannotWriteTo()
    {
        StorageFixture f;
        QFile file(f.directory.filePath(u"data"_s)); // a file where the folder should be
        QVERIFY(file.open(QIODevice::WriteOnly));
        const Result<void> opened = f.open();
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, Errc::Internal);
        QVERIFY(!opened.error().detail.isEmpty());
    }

    void probesByWritingAndReading()
    {
        StorageFixture f;
        QVERIFY(f.open());
        QVERIFY(QCoro::waitFor(f.storage->probe()));
        f.clock.advance(seconds(1));
        QVERIFY(QCoro::waitFor(f.storage->probe()));
        QCOMPARE(f.storage->queuedJobs(), 0);
    }

    void closingAnswersWhatIsUnderWayAndEmptiesTheLog()
    {
        StorageFixture f;
        QVERIFY(f.open());
        auto write = f.storage->sessions().saveSecret("a", "b");
        auto read = f.storage->sessions().secret("a");
        f.storage->closeBlocking();
        QVERIFY(write.isReady());
        QVERIFY(read.isReady());
        QVERIFY(QCoro::waitFor(write));
        QCOMPARE(QFileInfo(f.folder() + u"/atom.db-wal"_s).size(), 0);
        const Result<void> late = QCoro::waitFor(f.storage->sessions().saveSecret("a", "c"));
        QCOMPARE(late.error().code, Errc::Unavailable);
    }
};

QTEST_GUILESS_MAIN(TestSqliteStorage)
#include "tst_sqlitestorage.moc"
