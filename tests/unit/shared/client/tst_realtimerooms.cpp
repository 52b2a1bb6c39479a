// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeClient frame by frame, the test plays the server: rooms, order, holes.
#include "tests/support/realtimefixture.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Client;
using namespace Qt::StringLiterals;
using Atom::Test::eventFrame;
using Fixture = Atom::Test::RealtimeFixture;

namespace {
const RoomId room("r1");
} // namespace

class TestRealtimeRooms : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void resumesInOrderThenIsOnline();
    void followsRoomsOfTheWelcome();
    void repeatedEventIsDropped();
    void holeAsksHistoryAndHoldsBack();
    void holeThatCannotBeFilledIsReported();
    void gapIsReportedWithItsSnapshot();
    void restoredServerStartsOver();
    void unreadableEventIsFetchedAgain();
    void joinWaitsForConnectionAndHoldsMessages();
    void joinIsRepeatedUntilMember();
    void refusedJoinIsReportedOnce();
    void leaveWhileOffline();
    void removedWhileAway();
};

void TestRealtimeRooms::resumesInOrderThenIsOnline()
{
    Fixture f;
    f.client.setPositions({{room, 3}});
    f.client.start();
    f.welcome(5);
    QCOMPARE(f.client.state(), ConnectionState::Resuming);
    QCOMPARE(f.client.user(), UserId("ann"));
    f.stream().say(eventFrame(4));
    f.stream().say(eventFrame(5));
    QCOMPARE(f.client.state(), ConnectionState::Resuming);
    f.stream().say(R"({"type":"resumed","room_id":"r1","seq":5})");
    QCOMPARE(f.client.state(), ConnectionState::Online);
    QCOMPARE(f.seqs, (QList<qint64>{4, 5}));
    QCOMPARE(f.client.positions().value(room), 5);
}

void TestRealtimeRooms::followsRoomsOfTheWelcome()
{
    Fixture f;
    f.client.start();
    f.welcome(40);
    QCOMPARE(f.client.state(), ConnectionState::Online);
    QCOMPARE(f.client.positions().value(room), 40);
    f.stream().say(eventFrame(41));
    QCOMPARE(f.seqs, (QList<qint64>{41}));
}

void TestRealtimeRooms::repeatedEventIsDropped()
{
    Fixture f;
    f.online(1);
    f.stream().say(eventFrame(2));
    f.stream().say(eventFrame(2));
    f.stream().say(eventFrame(1));
    QCOMPARE(f.seqs, (QList<qint64>{2}));
}

void TestRealtimeRooms::holeAsksHistoryAndHoldsBack()
{
    Fixture f;
    f.online(1);
    f.stream().say(eventFrame(4));
    f.stream().say(eventFrame(5));
    QVERIFY(f.seqs.isEmpty());
    const QList<QJsonObject> asked = f.stream().take(u"history"_s);
    QCOMPARE(asked.size(), 1); // one question, however many events wait
    QCOMPARE(asked[0].value(u"after"_s).toInteger(), 1);
    const QByteArray ref = asked[0].value(u"ref"_s).toString().toUtf8();
    f.stream().say(R"({"type":"history","ref":")" + ref + R"(","room_id":"r1","events":[)" + eventFrame(2) + "," +
                   eventFrame(3) + "," + eventFrame(4) + "]}");
    QCOMPARE(f.seqs, (QList<qint64>{2, 3, 4, 5}));
    QVERIFY(f.gaps.isEmpty());
}

void TestRealtimeRooms::holeThatCannotBeFilledIsReported()
{
    Fixture f;
    f.online(1);
    f.stream().say(eventFrame(4));
    for (int i = 0; i < 2; ++i) { // asked twice: a node may lag behind
        const QList<QJsonObject> asked = f.stream().take(u"history"_s);
        QCOMPARE(asked.size(), 1);
        QVERIFY(f.seqs.isEmpty());
        f.stream().say(R"({"type":"history","room_id":"r1","events":[],"ref":")" +
                       asked[0].value(u"ref"_s).toString().toUtf8() + "\"}");
        f.clock.advance(seconds(1));
    }
    QCOMPARE(f.gaps.size(), 1);
    QCOMPARE(f.gaps[0], (std::pair<qint64, qint64>{2, 3}));
    QCOMPARE(f.seqs, (QList<qint64>{4}));
}

void TestRealtimeRooms::gapIsReportedWithItsSnapshot()
{
    Fixture f;
    f.client.setPositions({{room, 3}});
    f.client.start();
    f.welcome(90);
    f.stream().say(R"({"type":"gap","room_id":"r1","from":4,"to":88,"snapshot":[)" + eventFrame(89) + "," +
                   eventFrame(90) + "]}");
    QCOMPARE(f.gaps.size(), 1);
    QCOMPARE(f.gaps[0], (std::pair<qint64, qint64>{4, 88}));
    QCOMPARE(f.seqs, (QList<qint64>{89, 90}));
    QCOMPARE(f.client.state(), ConnectionState::Online);
}

void TestRealtimeRooms::restoredServerStartsOver()
{
    Fixture f;
    f.client.setPositions({{room, 30}});
    f.client.start();
    f.welcome(20);
    f.stream().say(R"({"type":"resumed","room_id":"r1","seq":20})");
    QCOMPARE(f.gaps[0], (std::pair<qint64, qint64>{21, 30}));
    f.stream().say(eventFrame(21));
    QCOMPARE(f.seqs, (QList<qint64>{21}));
}

void TestRealtimeRooms::unreadableEventIsFetchedAgain()
{
    Fixture f;
    f.online(1);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot be read"_s));
    f.stream().say(R"({"type":"chat_message","room_id":"r1","seq":2})");
    QCOMPARE(f.stream().take(u"history"_s).size(), 1);
}

void TestRealtimeRooms::joinWaitsForConnectionAndHoldsMessages()
{
    Fixture f;
    QSignalSpy joined(&f.client, &RealtimeClient::roomJoined);
    const RoomId other("r2");
    f.client.joinRoom(other);
    QVERIFY(f.client.sendMessage(other, u"hi"_s).isOk());
    f.client.start();
    f.welcome(0);
    QCOMPARE(f.stream().take(u"chat_message"_s).size(), 0);
    f.stream().say(R"({"type":"room_joined","room_id":"r2","last_seq":4,"timestamp":"2026-01-01T00:00:00.000Z"})");
    QCOMPARE(joined.size(), 1);
    QCOMPARE(f.client.positions().value(other), 4);
    QCOMPARE(f.stream().take(u"chat_message"_s).size(), 1);
}

void TestRealtimeRooms::joinIsRepeatedUntilMember()
{
    Fixture f;
    f.online(0);
    f.client.joinRoom(RoomId("r2"));
    QCOMPARE(f.stream().take(u"join_room"_s).size(), 1);
    f.stream().cut();
    f.clock.advance(seconds(1));
    f.welcome(0);
    f.stream().say(R"({"type":"resumed","room_id":"r1","seq":0})");
    const QList<QJsonObject> sent = f.stream().take(u"join_room"_s);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0].value(u"room_id"_s).toString(), u"r2"_s);
}

void TestRealtimeRooms::refusedJoinIsReportedOnce()
{
    Fixture f;
    f.online(0);
    QSignalSpy errors(&f.client, &RealtimeClient::errorReceived);
    f.client.joinRoom(RoomId("secret-room"));
    const QByteArray ref = f.stream().take(u"join_room"_s).at(0).value(u"ref"_s).toString().toUtf8();
    f.stream().say(R"({"type":"error","code":"not_found","detail":"no such room","ref":")" + ref + "\"}");
    QCOMPARE(errors.size(), 1);
    QCOMPARE(errors[0][0].value<Error>().code, Errc::NotFound);
    f.stream().cut();
    f.clock.advance(seconds(1));
    f.welcome(0);
    QVERIFY(f.stream().take(u"join_room"_s).isEmpty());
}

void TestRealtimeRooms::leaveWhileOffline()
{
    Fixture f;
    QSignalSpy left(&f.client, &RealtimeClient::roomLeft);
    f.client.setPositions({{room, 3}});
    f.client.leaveRoom(room);
    f.client.start();
    f.welcome(3);
    QCOMPARE(f.stream().take(u"leave_room"_s).size(), 1);
    f.stream().say(R"({"type":"room_left","room_id":"r1"})");
    QCOMPARE(left.size(), 1);
    QVERIFY(!f.client.positions().contains(room));
    QCOMPARE(f.client.state(), ConnectionState::Online);
}

void TestRealtimeRooms::removedWhileAway()
{
    Fixture f;
    QSignalSpy left(&f.client, &RealtimeClient::roomLeft);
    f.client.setPositions({{room, 3}, {RoomId("gone"), 8}});
    f.client.start();
    f.welcome(3);
    QCOMPARE(left.size(), 1);
    QCOMPARE(left[0][0].value<RoomId>(), RoomId("gone"));
    f.stream().say(R"({"type":"resumed","room_id":"r1","seq":3})");
    QCOMPARE(f.client.state(), ConnectionState::Online);
}

QTEST_GUILESS_MAIN(TestRealtimeRooms)
#include "tst_realtimerooms.moc"
