// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What keeps one connection from hurting the others: limits, backlog, silence, closing, drain.
#include "chatfixture.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Test;

class TestRealtimeLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLoggingCategory::setFilterRules(u"atom.*.info=false"_s);
        QTest::failOnWarning(QRegularExpression(u".*"_s));
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

    void whatWaitsTooLongClosesToo()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob"), UserId("cat")});
        f.start();
        Device &bob = f.signedIn(u"bob"_s);
        Device &cat = f.signedIn(u"cat"_s);
        bob.take();
        const auto pass = [&](int seconds) { // cat is not silent: this is not about heartbeats
            for (int i = 0; i < seconds; ++i) {
                f.clock.advance(1s);
                bob.send(frame("ping"));
                settle();
            }
        };
        bob.peer.stuck = true;
        post(f, "cat", "lobby", u"one"_s);
        pass(20);
        bob.peer.drain(); // slow, not stuck: what follows has its own time
        bob.peer.stuck = true;
        post(f, "cat", "lobby", u"two"_s);
        pass(20);
        QCOMPARE(f.server->stats().slowClosed, 0u);
        pass(15);
        QCOMPARE(f.server->stats().slowClosed, 1u);
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

QTEST_GUILESS_MAIN(TestRealtimeLimits)
#include "tst_realtimelimits.moc"
