// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What survives: kill -9 of a writing process, a copy of the files under load, a torn log, a failed sync.
#include "tests/unit/server/storage/failingvfs.h"
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>

#include <cstdio>

using namespace Atom;
using namespace Atom::Storage;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using Rooms::Appended;

namespace {
const RoomId room("crash");
const UserId alice("alice");

//! The other process: stores messages without end and names each acknowledged one on a line.
int appendForever(const QString &folder)
{
    FakeClock clock;
    MetricRegistry metrics;
    auto opened = Atom::Storage::Storage::openBlocking(folder, clock, metrics);
    if (!opened) {
        std::fprintf(stderr, "%s\n", qPrintable(opened.error().detail));
        return 1;
    }
    const auto storage = std::move(*opened);
    if (!QCoro::waitFor(storage->rooms().create(StorageFixture::group(room, {alice}, clock.now()))))
        return 1;
    const StorageFixture drafts;
    int next = 0;
    std::function<void()> sendOne = [&] {
        const QByteArray clientId = "c" + QByteArray::number(next++);
        auto draft = drafts.message(room, alice, u"text of "_s + QString::fromLatin1(clientId), clientId);
        storage->rooms().append(std::move(draft), [&sendOne](Result<Appended> r) {
            if (!r)
                return;
            std::printf("%s %lld\n", r->event.clientId.constData(), r->event.seq);
            std::fflush(stdout);
            sendOne();
        });
    };
    for (int i = 0; i < 20; ++i)
        sendOne();
    return QCoreApplication::exec();
}
} // namespace

class TestStorageCrash : public QObject
{
    Q_OBJECT

    static QList<RoomEvent> everything(StorageFixture &f)
    {
        QList<RoomEvent> events;
        for (;;) {
            const qint64 after = events.isEmpty() ? 0 : events.constLast().seq;
            Result<RoomEventPage> page = QCoro::waitFor(f.rooms().eventsAfter(room, after, 1000));
            if (!page)
                return {};
            events += page->events;
            if (!page->hasMoreAfter)
                return events;
        }
    }
    static void verifyWithoutHoles(const QList<RoomEvent> &events)
    {
        for (qsizetype i = 0; i < events.size(); ++i)
            QCOMPARE(events[i].seq, i + 1);
    }

private Q_SLOTS:
    void init()
    {
        FailingVfs::failSync = false;
        QTest::failOnWarning(QRegularExpression(u".*"_s));
    }

    void killedProcessLosesNothingItAcknowledged()
    {
        StorageFixture f;
        QHash<QByteArray, qint64> acknowledged;
        {
            QProcess process;
            process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
            process.start(QCoreApplication::applicationFilePath(), {u"--append"_s, f.folder()});
            QVERIFY(process.waitForStarted());
            while (acknowledged.size() < 300) {
                QVERIFY(process.waitForReadyRead(60'000));
                while (process.canReadLine()) {
                    const QList<QByteArray> words = process.readLine().trimmed().split(' ');
                    acknowledged.insert(words.at(0), words.at(1).toLongLong());
                }
            }
            // The folder is its own as long as it lives...
            QCOMPARE(f.open().error().code, Errc::Conflict);
            process.kill();
            QVERIFY(process.waitForFinished());
            while (process.canReadLine()) {
                const QList<QByteArray> words = process.readLine().trimmed().split(' ');
                if (words.size() == 2)
                    acknowledged.insert(words.at(0), words.at(1).toLongLong());
            }
        }
        QVERIFY(f.open()); // ... and free at once after that
        const QList<RoomEvent> events = everything(f);
        verifyWithoutHoles(events);
        QHash<QByteArray, qint64> stored;
        for (const RoomEvent &event : events) {
            if (event.kind != RoomEventKind::Message)
                continue;
            QVERIFY(!stored.contains(event.clientId));
            QCOMPARE(event.text, u"text of "_s + QString::fromLatin1(event.clientId));
            stored.insert(event.clientId, event.seq);
        }
        for (auto it = acknowledged.cbegin(); it != acknowledged.cend(); ++it)
            QCOMPARE(stored.value(it.key()), it.value());
        // A sender that did not hear of its message repeats it: no second one.
        const Result<Appended> again = f.append(f.message(room, alice, u"x"_s, "c0"));
        QVERIFY(again);
        QVERIFY(again->duplicate);
        QCOMPARE(again->event.seq, acknowledged.value("c0"));
        QCOMPARE(f.append(f.message(room, alice, u"new"_s))->event.seq, events.constLast().seq + 1);
    }

    void copyOfTheFilesWithoutClosingIsWhole_data()
    {
        QTest::addColumn<int>("cutBytes");
        QTest::newRow("whole log") << 0;
        QTest::newRow("last frame torn") << 100;
        QTest::newRow("several frames lost") << 50'000;
    }
    void copyOfTheFilesWithoutClosingIsWhole()
    {
        QFETCH(int, cutBytes);
        StorageFixture f;
        QVERIFY(f.open());
        QVERIFY(QCoro::waitFor(f.rooms().create(StorageFixture::group(room, {alice}, f.clock.now()))));
        for (int i = 0; i < 50; ++i)
            QVERIFY(f.append(f.message(room, alice, QString(500, u'x'), QByteArray::number(i))));

        StorageFixture copy;
        QVERIFY(QDir().mkpath(copy.folder()));
        for (const QString &name : {u"/atom.db"_s, u"/atom.db-wal"_s})
            QVERIFY(QFile::copy(f.folder() + name, copy.folder() + name));
        if (cutBytes > 0) {
            QFile log(copy.folder() + u"/atom.db-wal"_s);
            QVERIFY(log.resize(log.size() - cutBytes));
        }
        QVERIFY(copy.open());
        const QList<RoomEvent> events = everything(copy);
        verifyWithoutHoles(events);
        if (cutBytes == 0)
            QCOMPARE(events.size(), 51);
        else
            QVERIFY(!events.isEmpty() && events.size() < 51); // a beginning, never a torn message
        for (qsizetype i = 1; i < events.size(); ++i)
            QCOMPARE(events[i].text, QString(500, u'x'));
        QCOMPARE(copy.append(copy.message(room, alice, u"next"_s, "next"))->event.seq, events.size() + 1);
        QVERIFY(copy.append(copy.message(room, alice, u"again"_s, "0"))->duplicate);
    }

    void nothingIsAcknowledgedAfterAFailedSync()
    {
        StorageFixture f;
        QVERIFY(f.open(FailingVfs::name()));
        QVERIFY(QCoro::waitFor(f.rooms().create(StorageFixture::group(room, {alice}, f.clock.now()))));
        QVERIFY(f.append(f.message(room, alice, u"before"_s, "before")));
        int fatal = 0;
        f.storage->onFatal([&fatal](const Error &) { ++fatal; });
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"the database failed.*"_s));
        FailingVfs::failSync = true;
        QCOMPARE(f.append(f.message(room, alice, u"lost"_s, "lost")).error().code, Errc::Internal);
        FailingVfs::failSync = false;
        QCOMPARE(f.append(f.message(room, alice, u"later"_s, "later")).error().code, Errc::Internal);
        QVERIFY(!QCoro::waitFor(f.storage->probe()));
        QTRY_COMPARE(fatal, 1);

        // The next start finds what was acknowledged and goes on.
        QVERIFY(f.open());
        const QList<RoomEvent> events = everything(f);
        verifyWithoutHoles(events);
        QVERIFY(events.size() >= 2);
        QCOMPARE(events[1].text, u"before"_s);
        QVERIFY(f.append(f.message(room, alice, u"later"_s, "later")));
    }
};

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (arguments.size() == 3 && arguments.at(1) == u"--append"_s)
        return appendForever(arguments.at(2));
    TestStorageCrash test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_storagecrash.moc"
