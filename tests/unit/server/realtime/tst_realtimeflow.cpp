// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Catching up, and what keeps one connection from hurting the others: limits, backlog, silence, closing, drain.
#include "chatfixture.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Test;

namespace
{
QJsonObject inRoom(const char *type, const QString &room, QJsonObject fields = {})
{
    fields.insert(u"type"_s, QString::fromLatin1(type));
    fields.insert(u"room_id"_s, room);
    return fields;
}

//! The seqs of the room's events among the frames, in the order of arrival.
QList<int> seqs(const QList<QJsonObject> &frames, const QString &room)
{
    QList<int> found;
    for (const QJsonObject &frame : frames) {
        if (frame.value(u"room_id"_s) == room && roomEventKindFromType(frame.value(u"type"_s).toString().toLatin1()))
            found.append(frame.value(u"seq"_s).toInt());
    }
    return found;
}
QList<int> range(int from, int to)
{
    QList<int> list;
    for (int i = from; i <= to; ++i)
        list.append(i);
    return list;
}
QJsonObject resume(const QString &room, int seq) { return {{u"resume"_s, QJsonObject{{room, seq}}}}; }
Actor member(const char *name)
{
    Actor actor;
    actor.user = UserId(name);
    actor.role = Role::Member;
    return actor;
}
void post(ChatFixture &f, const char *user, const QByteArray &room, const QString &text = u"x"_s)
{
    Rooms::MessageDraft draft;
    draft.room = RoomId(room);
    draft.text = text;
    f.rooms->post(member(user), draft, [](const Result<Rooms::Appended> &done) { ChatFixture::must(done); });
}
} // namespace

class TestRealtimeFlow : public QObject
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
        Device &d = f.signedIn(u"bob"_s, {{u"resume"_s, QJsonObject{{u"lobby"_s, 99}, {u"foreign"_s, 1}, {u"none"_s, 1}}}});
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

    void slowReadersAreClosed()
    {
        ChatFixture f;
        f.settings.outgoingBytes = 100000;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob"), UserId("cat")});
        f.start();
        Device &bob = f.signedIn(u"bob"_s);
        Device &cat = f.signedIn(u"cat"_s);
        bob.take();
        cat.take();
        bob.peer.stuck = true;
        for (int i = 0; i < 4; ++i)
            post(f, "cat", "lobby", QString(10000, u'x'));
        settle();
        cat.send(inRoom("typing_indicator", u"lobby"_s, {{u"is_typing"_s, true}})); // dropped: above a quarter
        for (int i = 0; i < 20; ++i)
            post(f, "cat", "lobby", QString(10000, u'x'));
        settle();
        QCOMPARE(f.server->stats().slowClosed, 1u);
        QVERIFY(bob.peer.backlog.size() < 250000);
        f.clock.advance(6s); // it never reads its close frame
        settle();
        QVERIFY(bob.peer.aborted);
        QVERIFY(bob.peer.destroyed);
        QByteArray left = bob.peer.backlog;
        QStringList types;
        int code = 0;
        while (const auto frame = takeServerFrame(left)) {
            types.append(QJsonDocument::fromJson(frame->payload).object().value(u"type"_s).toString());
            code = frame->closeCode();
        }
        QVERIFY(!types.contains(u"typing_indicator"_s));
        QCOMPARE(code, 4408);
        QCOMPARE(seqs(cat.take(), u"lobby"_s), range(1, 24));
        QCOMPARE(cat.closeCode(), 0);
    }

    void whoDoesNotReadIsNotReadEither()
    {
        ChatFixture f;
        f.settings.outgoingBytes = 100000;
        f.start();
        Device &d = f.connect("/ws/x");
        d.peer.stuck = true;
        const QByteArray pings = clientFrame(9, QByteArray(125, 'p')).repeated(100);
        for (int i = 0; i < 200; ++i)
            d.sendRaw(pings);
        QVERIFY(d.peer.readPaused);
        QVERIFY(d.peer.backlog.size() < 100000);
        QCOMPARE(d.closeCode(), 0);
        for (int i = 0; i < 200; ++i) {
            d.peer.drain();
            settle();
        }
        d.take();
        QCOMPARE(d.control.size(), 20000);
        QVERIFY(!d.peer.readPaused);
    }

    void limitsMessagesAndFrames()
    {
        ChatFixture f;
        f.settings.messagesPerSecond = 2;
        f.settings.messageBurst = 3;
        f.settings.framesPerSecond = 100;
        f.settings.frameBurst = 20;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob")});
        f.start();
        Device &one = f.signedIn(u"bob"_s);
        Device &two = f.signedIn(u"bob"_s);
        one.take();
        two.take();
        const QJsonObject message = inRoom("chat_message", u"lobby"_s, {{u"message"_s, u"x"_s}, {u"ref"_s, u"r"_s}});
        for (int i = 0; i < 3; ++i)
            (i % 2 ? one : two).send(message);
        one.take();
        one.send(message); // the bound is the user's, not the connection's
        QJsonObject error = one.one();
        QCOMPARE(error.value(u"code"_s), u"rate_limited"_s);
        QCOMPARE(error.value(u"ref"_s), u"r"_s);
        QCOMPARE(error.value(u"retry_after"_s).toInt(), 1);
        f.clock.advance(1s);
        one.send(message);
        QCOMPARE(one.one().value(u"type"_s), u"ack"_s);

        for (int i = 0; i < 30; ++i)
            one.sendText(R"({"type":"ping"})");
        QStringList types = one.takeTypes();
        QVERIFY(types.contains(u"pong"_s));
        QVERIFY(types.contains(u"error"_s));
        two.sendText(R"({"type":"ping"})");
        QVERIFY(two.takeTypes().contains(u"pong"_s));
        one.sendRaw(clientFrame(1, R"({"type":"ping"})").repeated(1100));
        QCOMPARE(one.closeCode(), 4429);
        QCOMPARE(two.closeCode(), 0);
    }

    void pingsAfterSilenceAndGivesUp()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connect("/ws/x");
        f.clock.advance(29s);
        d.take();
        QVERIFY(d.control.isEmpty());
        f.clock.advance(2s);
        d.take();
        QCOMPARE(d.control.size(), 1);
        QCOMPARE(d.control.first().opcode, 9);
        d.sendRaw(clientFrame(10, {}));
        f.clock.advance(39s);
        settle();
        QVERIFY(!d.peer.aborted);
        f.clock.advance(3s);
        settle();
        QVERIFY(d.peer.aborted);
        QCOMPARE(f.server->stats().connections, 0);
        QVERIFY(f.clock.pending() <= 1);
    }

    void closesAsAsked()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connect("/ws/x");
        d.sendRaw(clientFrame(8, closePayload(3001, "bye")) + clientFrame(9, "late"));
        QCOMPARE(d.closeCode(), 3001);
        QCOMPARE(d.control.size(), 1);
        QVERIFY(d.peer.closing);
        d.peer.close();
        settle();
        QVERIFY(d.peer.destroyed);
        QCOMPARE(f.server->stats().connections, 0);
    }

    void failsAConnectionThatBreaksTheProtocol()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connect("/ws/x");
        d.sendRaw(clientFrame(1, "\xff") + clientFrame(1, R"({"type":"ping"})"));
        QVERIFY(d.take().isEmpty());
        QCOMPARE(d.closeCode(), 1007);
        QVERIFY(d.peer.closing);
        f.clock.advance(6s); // the transport's end never comes
        settle();
        QVERIFY(d.peer.destroyed);
    }

    void theEndOfTheStreamIsTheEnd()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connect("/ws/x");
        d.peer.input = clientFrame(1, R"({"type":"ping"})");
        d.peer.end();
        QCOMPARE(d.takeTypes(), QStringList{u"pong"_s});
        QVERIFY(d.peer.closing);
        d.peer.close();
        settle();
        QCOMPARE(f.server->stats().connections, 0);
    }

    void drains()
    {
        ChatFixture f;
        f.start();
        Device &polite = f.connect("/ws/x");
        Device &rude = f.connect("/ws/y");
        bool ended = false;
        QCoro::connect(f.server->drain(1000ms, 5000ms), f.server.get(), [&ended] { ended = true; });
        const QList<QJsonObject> frames = polite.take();
        QCOMPARE(frames.size(), 1);
        QCOMPARE(frames.first().value(u"type"_s), u"goodbye"_s);
        const int wait = frames.first().value(u"reconnect_after_ms"_s).toInt(-1);
        QVERIFY(wait >= 0 && wait <= 1000);
        QCOMPARE(polite.closeCode(), 1012);
        QVERIFY(f.connect("/ws/z").answer.startsWith("HTTP/1.1 503 "));
        polite.sendRaw(clientFrame(8, closePayload(1012)));
        polite.peer.close();
        settle();
        QVERIFY(!ended);
        f.clock.advance(5001ms);
        settle();
        QVERIFY(ended);
        QVERIFY(rude.peer.destroyed);
    }

    void survivesPeersThatVanishAtAnyMoment()
    {
        for (int moment = 0; moment < 6; ++moment) {
            ChatFixture f;
            f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob"), UserId("cat")});
            f.roomRepository.fill(RoomId("lobby"), UserId("cat"), 300);
            f.start();
            f.roomRepository.readsHeld = moment == 0 || moment == 1;
            f.roomRepository.held = moment >= 2;
            Device &d = f.signedIn(u"bob"_s, moment == 0 ? resume(u"lobby"_s, 0) : QJsonObject());
            d.take();
            if (moment == 1)
                d.send(inRoom("history", u"lobby"_s));
            if (moment == 2)
                d.send(inRoom("chat_message", u"lobby"_s, {{u"message"_s, u"x"_s}, {u"client_id"_s, u"c"_s}}));
            if (moment == 3)
                d.send(inRoom("leave_room", u"lobby"_s));
            if (moment == 4)
                d.send(inRoom("read_receipt", u"lobby"_s, {{u"up_to"_s, 3}}));
            if (moment == 5)
                d.send(inRoom("edit_message", u"lobby"_s, {{u"id"_s, u"m-1"_s}, {u"message"_s, u"y"_s}}));
            d.peer.close();
            settle();
            QVERIFY(d.peer.destroyed);
            f.roomRepository.release();
            f.roomRepository.releaseReads();
            settle();
            QCOMPARE(f.server->stats().connections, 0);
        }
    }
};

QTEST_GUILESS_MAIN(TestRealtimeFlow)
#include "tst_realtimeflow.moc"
