// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Catching up after a lost connection.
#include "chatfixture.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Test;

class TestRealtimeResume : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLoggingCategory::setFilterRules(u"atom.*.info=false"_s);
        QTest::failOnWarning(QRegularExpression(u".*"_s));
    }

    void resumes_data()
    {
        QTest::addColumn<int>("stored");
        QTest::addColumn<int>("seen");
        QTest::newRow("from the beginning") << 450 << 0;
        QTest::newRow("a few") << 450 << 447;
        QTest::newRow("nothing") << 450 << 450;
        QTest::newRow("a page exactly") << 450 << 250;
        QTest::newRow("as much as is replayed") << 1200 << 200;
    }
    void resumes()
    {
        QFETCH(int, stored);
        QFETCH(int, seen);
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob")});
        f.roomRepository.fill(RoomId("lobby"), UserId("bob"), stored);
        f.start();
        Device &d = f.signedIn(u"bob"_s, resume(u"lobby"_s, seen));
        const QList<QJsonObject> frames = d.take();
        QCOMPARE(frames.first().value(u"type"_s), u"welcome"_s);
        QCOMPARE(seqs(frames, u"lobby"_s), range(seen + 1, stored));
        QCOMPARE(frames.last(), (inRoom("resumed", u"lobby"_s, {{u"seq"_s, stored}})));
        post(f, "bob", "lobby");
        QCOMPARE(seqs(d.take(), u"lobby"_s), QList<int>{stored + 1});
    }

    void nothingIsLostOrDoubledWhileReplaying()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob"), UserId("cat")});
        f.roomRepository.fill(RoomId("lobby"), UserId("cat"), 500);
        f.start();
        f.roomRepository.readsHeld = true;
        Device &d = f.signedIn(u"bob"_s, resume(u"lobby"_s, 100));
        QCOMPARE(d.takeTypes(), QStringList{u"welcome"_s});
        // Commits between every two pages, and the device's own message in the middle of it.
        QList<QJsonObject> frames;
        for (int round = 0; round < 12; ++round) {
            post(f, "cat", "lobby");
            if (round == 1)
                d.send(inRoom("chat_message", u"lobby"_s, {{u"message"_s, u"mine"_s}, {u"client_id"_s, u"c"_s}}));
            settle();
            f.roomRepository.releaseReads();
            f.roomRepository.readsHeld = round < 6;
            frames += d.take();
        }
        f.roomRepository.releaseReads();
        frames += d.take();
        int own = 0;
        for (const QJsonObject &frame : std::as_const(frames)) {
            if (frame.value(u"type"_s) == u"message_ack"_s)
                own = frame.value(u"seq"_s).toInt();
        }
        QVERIFY(own > 500);
        QList<int> expected = range(101, 513);
        expected.removeOne(own);
        QCOMPARE(seqs(frames, u"lobby"_s), expected);
    }

    void tooMuchIsAnHonestGap()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob")});
        f.roomRepository.fill(RoomId("lobby"), UserId("bob"), 1500);
        f.start();
        Device &d = f.signedIn(u"bob"_s, resume(u"lobby"_s, 10));
        const QList<QJsonObject> frames = d.take();
        QCOMPARE(frames.size(), 3);
        const QJsonObject gap = frames.at(1);
        QCOMPARE(gap.value(u"type"_s), u"gap"_s);
        QCOMPARE(gap.value(u"from"_s).toInt(), 11);
        QCOMPARE(gap.value(u"to"_s).toInt(), 1500);
        const QJsonArray snapshot = gap.value(u"snapshot"_s).toArray();
        QCOMPARE(snapshot.size(), 50);
        QCOMPARE(snapshot.first().toObject().value(u"seq"_s).toInt(), 1451);
        QCOMPARE(frames.last().value(u"type"_s), u"resumed"_s);
        QCOMPARE(frames.last().value(u"seq"_s).toInt(), 1500);
        post(f, "bob", "lobby");
        QCOMPARE(seqs(d.take(), u"lobby"_s), QList<int>{1501});
    }

    void resumeOfWhatIsNotThere()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob")});
        f.roomRepository.addRoom(RoomId("foreign"), {UserId("cat")}, RoomVisibility::Private);
        f.roomRepository.fill(RoomId("lobby"), UserId("bob"), 5);
        f.start();
        // The client has seen more than there is (a restored backup): told where the room ends now.
        Device &d =
            f.signedIn(u"bob"_s, {{u"resume"_s, QJsonObject{{u"lobby"_s, 99}, {u"foreign"_s, 1}, {u"none"_s, 1}}}});
        const QList<QJsonObject> frames = d.take();
        QCOMPARE(frames.size(), 4);
        QCOMPARE(frames.at(1).value(u"type"_s), u"room_left"_s);
        QCOMPARE(frames.at(1).value(u"room_id"_s), u"foreign"_s);
        QCOMPARE(frames.at(2).value(u"room_id"_s), u"none"_s);
        QCOMPARE(frames.at(3), (inRoom("resumed", u"lobby"_s, {{u"seq"_s, 5}})));
    }

    void replaysNoFasterThanThePeerReads()
    {
        ChatFixture f;
        f.settings.outgoingBytes = 100000;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob")});
        f.roomRepository.fill(RoomId("lobby"), UserId("bob"), 900, 1000);
        f.start();
        Device &d = f.connect("/ws/bob");
        d.peer.stuck = true;
        QJsonObject hello = resume(u"lobby"_s, 0);
        hello.insert(u"type"_s, u"hello"_s);
        hello.insert(u"token"_s, QString::fromLatin1(f.tokenOf(u"bob"_s)));
        d.send(hello);
        settle();
        QVERIFY2(d.peer.backlog.size() < 100000, qPrintable(QString::number(d.peer.backlog.size())));
        QList<QJsonObject> frames;
        for (int i = 0; i < 200 && (frames.isEmpty() || frames.last().value(u"type"_s) != u"resumed"_s); ++i) {
            d.peer.drain();
            d.peer.stuck = true;
            frames += d.take();
        }
        QCOMPARE(seqs(frames, u"lobby"_s), range(1, 900));
        QCOMPARE(d.closeCode(), 0);
    }
};

QTEST_GUILESS_MAIN(TestRealtimeResume)
#include "tst_realtimeresume.moc"
