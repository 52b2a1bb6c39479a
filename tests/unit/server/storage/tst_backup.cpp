// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Backups: made while the server writes, restored into an empty folder, and refused when anything about them is wrong.
#include "server/storage/archive.h"
#include "server/storage/backup.h"
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>

using namespace Atom;
using namespace Atom::Storage;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

class TestBackup : public QObject
{
    Q_OBJECT

    struct Fixture : StorageFixture
    {
        QString file() const { return directory.path() + u"/backup.tar"_s; }
        QString target() const { return directory.path() + u"/restored"_s; }
        Result<Backup::Manifest> backup() { return Backup::makeBlocking(folder(), file(), u"1.2.3"_s, clock.now()); }
        Result<Backup::Manifest> restore() { return Backup::restoreBlocking(file(), target()); }
        bool fill(int messages)
        {
            if (!open())
                return false;
            const RoomId room("general");
            if (!QCoro::waitFor(rooms().create(group(room, {UserId("ada"), UserId("grace")}, clock.now()))))
                return false;
            for (int i = 0; i < messages; ++i) {
                if (!append(message(room, UserId("ada"), u"Nachricht %1"_s.arg(i))))
                    return false;
            }
            Audit::Draft draft;
            draft.action = "room.created";
            draft.actor = UserId("ada");
            draft.address = "192.0.2.1";
            const QList<Audit::Draft> drafts(5, draft);
            return QCoro::waitFor(storage->audit().append(drafts)).isOk();
        }
        //! The archive taken apart, changed and put together again, as by somebody with a tar program.
        void rewrite(const std::function<void(QByteArray &manifest, QByteArray &database)> &change)
        {
            QByteArray contents[2];
            {
                QFile source(file());
                QVERIFY(source.open(QIODevice::ReadOnly));
                ArchiveReader reader(source);
                for (QByteArray &member : contents) {
                    QVERIFY(reader.next());
                    QVERIFY(reader.read([&member](const QByteArray &piece) {
                        member += piece;
                        return true;
                    }));
                }
            }
            change(contents[0], contents[1]);
            QFile target(file());
            QVERIFY(target.open(QIODevice::WriteOnly | QIODevice::Truncate));
            ArchiveWriter writer(target);
            QVERIFY(writer.add("manifest.json", contents[0], 0));
            QVERIFY(writer.add("atom.db", contents[1], 0));
            QVERIFY(writer.finish());
        }
        //! Changes the database in the archive, and the manifest so that size and hash fit: only looking into it helps.
        void tamper(const QByteArray &script)
        {
            rewrite([&](QByteArray &manifest, QByteArray &database) {
                const QString name = directory.path() + u"/tampered.db"_s;
                QFile copy(name);
                QVERIFY(copy.open(QIODevice::WriteOnly | QIODevice::Truncate));
                copy.write(database);
                copy.close();
                {
                    auto db = Connection::openBlocking(name, Connection::Access::ReadWrite, {});
                    QVERIFY2((*db)->runScript(script), "the script failed");
                }
                QVERIFY(copy.open(QIODevice::ReadOnly));
                database = copy.readAll();
                QJsonObject json = QJsonDocument::fromJson(manifest).object();
                json.insert(u"bytes"_s, database.size());
                json.insert(u"hash"_s, QString::fromLatin1(Backup::hashOf(database).toHex()));
                manifest = QJsonDocument(json).toJson();
            });
        }
    };

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void aRestoredBackupIsTheSame()
    {
        Fixture f;
        QVERIFY(f.fill(30));
        const Result<Backup::Manifest> made = f.backup(); // while the storage is open and in use
        QVERIFY2(made, made ? "" : qPrintable(made.error().detail));
        QCOMPARE(made->messages, 30);
        QCOMPARE(made->rooms, 1);
        QCOMPARE(made->audit.seq, 5);
        QVERIFY(f.append(f.message(RoomId("general"), UserId("ada"), u"danach"_s)));
        const QFile::Permissions others = QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther;
        QVERIFY(!(QFile::permissions(f.file()) & others));
        QVERIFY(!QFile::exists(f.file() + u".partial"_s));
        QVERIFY(!QFile::exists(f.file() + u".database"_s));

        const Result<Backup::Manifest> restored = f.restore();
        QVERIFY2(restored, restored ? "" : qPrintable(restored.error().detail));
        QCOMPARE(restored->messagesHash, made->messagesHash);
        f.storage.reset();
        SqliteStorage::Options options;
        options.folder = f.target();
        auto opened = SqliteStorage::openBlocking(options, f.clock, f.metrics);
        QVERIFY(opened);
        const Result<RoomEventPage> page = QCoro::waitFor((*opened)->rooms().eventsBefore(RoomId("general"), 0, 100));
        QVERIFY(page);
        QCOMPARE(page->events.size(), 32); // two joins, thirty messages
        QCOMPARE(page->events.constLast().text, u"Nachricht 29"_s);
    }

    void anotherTarReadsIt()
    {
        Fixture f;
        QVERIFY(f.fill(1));
        QVERIFY(f.backup());
        QProcess tar;
        tar.start(u"tar"_s, {u"-tf"_s, f.file()});
        if (!tar.waitForStarted())
            QSKIP("there is no tar here");
        QVERIFY(tar.waitForFinished());
        QCOMPARE(tar.readAllStandardOutput(), "manifest.json\natom.db\n"_ba);
    }

    void nothingIsOverwritten()
    {
        Fixture f;
        QVERIFY(f.fill(1));
        QVERIFY(f.backup());
        QCOMPARE(f.backup().error().code, Errc::Conflict);
        QVERIFY(f.restore());
        QCOMPARE(f.restore().error().code, Errc::Conflict);
        QCOMPARE(Backup::makeBlocking(f.directory.path() + u"/nowhere"_s, f.file() + u'2', {}, {}).error().code,
                 Errc::NotFound);
    }

    void refusesWhatWasDamaged_data()
    {
        QTest::addColumn<int>("keepBytes"); // from the end: negative; -1: all
        QTest::addColumn<double>("flipAt"); // as a part of the file; below 0: nothing
        QTest::newRow("empty") << 0 << -1.0;
        QTest::newRow("cut in the manifest") << 600 << -1.0;
        QTest::newRow("cut in the database") << 5000 << -1.0;
        QTest::newRow("a bit in the manifest's head") << -1 << 0.0;
        QTest::newRow("a bit in the database, early") << -1 << 0.1;
        QTest::newRow("a bit in the middle of the database") << -1 << 0.5;
        QTest::newRow("a bit late in the database") << -1 << 0.97;
    }
    void refusesWhatWasDamaged()
    {
        QFETCH(int, keepBytes);
        QFETCH(double, flipAt);
        Fixture f;
        QVERIFY(f.fill(30));
        QVERIFY(f.backup());
        QFile file(f.file());
        QVERIFY(file.open(QIODevice::ReadWrite));
        if (keepBytes >= 0)
            file.resize(keepBytes);
        if (flipAt >= 0) {
            file.seek(qint64(double(file.size()) * flipAt));
            char byte = 0;
            QVERIFY(file.getChar(&byte));
            file.seek(file.pos() - 1);
            file.putChar(char(byte ^ 0x10));
        }
        file.close();
        const Result<Backup::Manifest> restored = f.restore();
        QVERIFY(!restored);
        QCOMPARE(restored.error().code, Errc::ValidationFailed);
        QVERIFY(!QFile::exists(f.target())); // nothing is left of it
    }

    void looksIntoTheDatabase_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QString>("says");
        QTest::newRow("a message changed") << "UPDATE messages SET body = 'x' WHERE pk = 3"_ba << u"messages"_s;
        QTest::newRow("a message removed") << "DELETE FROM messages WHERE pk = 3"_ba << u"messages"_s;
        QTest::newRow("a sender changed") << "UPDATE messages SET sender = 'eve' WHERE pk = 3"_ba << u"messages"_s;
        QTest::newRow("a record changed") << "DROP TRIGGER audit_never_updated; UPDATE audit SET actor = 'eve' WHERE"
                                             " seq = 2"_ba
                                          << u"Record 2"_s;
        QTest::newRow("the audit log cut")
            << "DROP TRIGGER audit_never_deleted; DELETE FROM audit_parts WHERE seq > 3; DELETE FROM audit WHERE seq > 3"_ba
            << u"audit log"_s;
        QTest::newRow("a room gone, its members left")
            << "PRAGMA foreign_keys=OFF; DELETE FROM rooms"_ba << u"foreign_key_check"_s;
        QTest::newRow("a newer server") << "PRAGMA user_version=9999"_ba << u"newer"_s;
    }
    void looksIntoTheDatabase()
    {
        QFETCH(QByteArray, script);
        QFETCH(QString, says);
        Fixture f;
        QVERIFY(f.fill(10));
        QVERIFY(f.backup());
        f.tamper(script);
        const Result<Backup::Manifest> restored = f.restore();
        QVERIFY(!restored);
        QCOMPARE(restored.error().code, Errc::ValidationFailed);
        QVERIFY2(restored.error().detail.contains(says), qPrintable(restored.error().detail));
        QVERIFY(!QFile::exists(f.target()));
    }

    void aLargerFormatIsRefused()
    {
        Fixture f;
        QVERIFY(f.fill(1));
        QVERIFY(f.backup());
        f.rewrite([](QByteArray &manifest, QByteArray &) { manifest.replace("\"format\": 1", "\"format\": 2"); });
        const Result<Backup::Manifest> restored = f.restore();
        QVERIFY(!restored);
        QVERIFY(restored.error().detail.contains(u"newer"_s));
    }
};

QTEST_GUILESS_MAIN(TestBackup)
#include "tst_backup.moc"
