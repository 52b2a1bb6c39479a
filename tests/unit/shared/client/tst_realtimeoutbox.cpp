// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeClient frame by frame, the test plays the server: what is sent, refused, acknowledged.
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

class TestRealtimeOutbox : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void messageBecomesItsOwnEvent();
    void messagesOfARoomGoOneByOne();
    void windowOverRooms();
    void rateLimitWaitsAndKeepsOrder();
    void refusedMessageLeavesTheOutbox();
    void lostAckIsLearntFromTheReplay();
    void unacknowledgedIsSentAgainWithTheSameId();
    void editAndDeletionAreEventsOfTheirSeq();
    void lostEditAckIsLearntFromTheReplay();
    void receiptsCollapseToTheNewest();
    void outboxIsBounded();
    void invalidRoomIsRefused();
};

void TestRealtimeOutbox::messageBecomesItsOwnEvent()
{
    Fixture f;
    f.online(1);
    QSignalSpy acknowledged(&f.client, &RealtimeClient::messageAcknowledged);
    const Result<QByteArray> id =
        f.client.sendMessage(room, u"hello \u00e4"_s, QJsonObject{{u"k"_s, 1}}, MessageId("m1"));
    QVERIFY(id.isOk());
    const QList<QJsonObject> sent = f.stream().take(u"chat_message"_s);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0].value(u"client_id"_s).toString().toUtf8(), *id);
    QCOMPARE(sent[0].value(u"message"_s).toString(), u"hello \u00e4"_s);
    QCOMPARE(sent[0].value(u"reply_to"_s).toString(), u"m1"_s);
    QCOMPARE(sent[0].value(u"metadata"_s).toObject().value(u"k"_s).toInt(), 1);
    QCOMPARE(f.client.unacknowledged(), 1);
    // Somebody's event came first on the server but arrives behind our acknowledgement.
    f.stream().say(R"({"type":"message_ack","client_id":")" + *id +
                   R"(","id":"m3","seq":3,"room_id":"r1","timestamp":"2026-01-01T00:00:00.000Z"})");
    QCOMPARE(f.client.unacknowledged(), 0);
    QCOMPARE(acknowledged.size(), 1);
    QVERIFY(f.seqs.isEmpty());
    f.stream().say(eventFrame(2));
    QCOMPARE(f.seqs, (QList<qint64>{2, 3}));
    const RoomEvent &own = f.events[1];
    QCOMPARE(own.actor, UserId("ann"));
    QCOMPARE(own.message, MessageId("m3"));
    QCOMPARE(own.text, u"hello \u00e4"_s);
    QCOMPARE(own.replyTo, MessageId("m1"));
    QCOMPARE(own.clientId, *id);
    QCOMPARE(toIso(own.at), u"2026-01-01T00:00:00.000Z"_s);
}

void TestRealtimeOutbox::messagesOfARoomGoOneByOne()
{
    Fixture f;
    f.online(0);
    const QByteArray first = *f.client.sendMessage(room, u"1"_s);
    const QByteArray second = *f.client.sendMessage(room, u"2"_s);
    QCOMPARE(f.stream().take(u"chat_message"_s).size(), 1);
    f.stream().say(R"({"type":"message_ack","id":"m1","seq":1,"room_id":"r1","client_id":")" + first + "\"}");
    const QList<QJsonObject> sent = f.stream().take(u"chat_message"_s);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0].value(u"client_id"_s).toString().toUtf8(), second);
}

void TestRealtimeOutbox::windowOverRooms()
{
    Fixture f;
    f.online(0);
    for (int i = 0; i < 100; ++i)
        QVERIFY(f.client.sendMessage(RoomId("x" + QByteArray::number(i)), u"hi"_s).isOk());
    QCOMPARE(f.stream().take(u"chat_message"_s).size(), 32);
}

void TestRealtimeOutbox::rateLimitWaitsAndKeepsOrder()
{
    Fixture f;
    f.online(0);
    const QByteArray first = *f.client.sendMessage(room, u"1"_s);
    QVERIFY(f.client.sendMessage(room, u"2"_s).isOk());
    f.stream().take();
    f.stream().say(R"({"type":"error","code":"rate_limited","detail":"slow down","retry_after":3,"ref":")" + first +
                   "\"}");
    QVERIFY(f.client.sendMessage(room, u"3"_s).isOk());
    f.clock.advance(milliseconds(2'900));
    QVERIFY(f.stream().take(u"chat_message"_s).isEmpty());
    f.clock.advance(milliseconds(200));
    const QList<QJsonObject> sent = f.stream().take(u"chat_message"_s);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0].value(u"client_id"_s).toString().toUtf8(), first);
}

void TestRealtimeOutbox::refusedMessageLeavesTheOutbox()
{
    Fixture f;
    f.online(0);
    QSignalSpy refused(&f.client, &RealtimeClient::messageRefused);
    const QByteArray first = *f.client.sendMessage(room, u"1"_s);
    QVERIFY(f.client.sendMessage(room, u"2"_s).isOk());
    f.stream().take();
    f.stream().say(R"({"type":"error","code":"forbidden","detail":"no","ref":")" + first + "\"}");
    QCOMPARE(refused.size(), 1);
    QCOMPARE(refused[0][0].toByteArray(), first);
    QCOMPARE(refused[0][1].value<Error>().code, Errc::Forbidden);
    QCOMPARE(f.client.unacknowledged(), 1);
    QCOMPARE(f.stream().take(u"chat_message"_s).size(), 1); // the next one goes
}

void TestRealtimeOutbox::lostAckIsLearntFromTheReplay()
{
    Fixture f;
    f.online(0);
    QSignalSpy acknowledged(&f.client, &RealtimeClient::messageAcknowledged);
    const QByteArray id = *f.client.sendMessage(room, u"1"_s);
    f.stream().cut();
    f.clock.advance(seconds(1));
    f.welcome(1);
    QVERIFY(f.stream().take(u"chat_message"_s).isEmpty()); // not before the replay told
    f.stream().say(R"({"type":"chat_message","room_id":"r1","user_id":"ann","id":"m1","message":"1","seq":1,)"
                   R"("timestamp":"2026-01-01T00:00:00.000Z","client_id":")" +
                   id + "\"}");
    f.stream().say(R"({"type":"resumed","room_id":"r1","seq":1})");
    QVERIFY(f.stream().take(u"chat_message"_s).isEmpty());
    QCOMPARE(f.client.unacknowledged(), 0);
    QCOMPARE(acknowledged.size(), 1);
    QCOMPARE(f.seqs, (QList<qint64>{1}));
}

void TestRealtimeOutbox::unacknowledgedIsSentAgainWithTheSameId()
{
    Fixture f;
    f.online(0);
    const QByteArray id = *f.client.sendMessage(room, u"1"_s);
    f.stream().cut();
    QCOMPARE(f.client.state(), ConnectionState::Offline);
    f.clock.advance(seconds(1));
    f.welcome(0);
    f.stream().say(R"({"type":"resumed","room_id":"r1","seq":0})");
    const QList<QJsonObject> sent = f.stream().take(u"chat_message"_s);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0].value(u"client_id"_s).toString().toUtf8(), id);
    f.stream().say(R"({"type":"message_ack","duplicate":true,"id":"m1","seq":1,"room_id":"r1","client_id":")" + id +
                   "\"}");
    QCOMPARE(f.seqs, (QList<qint64>{1}));
}

void TestRealtimeOutbox::editAndDeletionAreEventsOfTheirSeq()
{
    Fixture f;
    f.online(5);
    const QByteArray edit = f.client.editMessage(room, MessageId("m1"), u"new"_s);
    const QList<QJsonObject> sent = f.stream().take(u"edit_message"_s);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0].value(u"id"_s).toString(), u"m1"_s);
    QCOMPARE(sent[0].value(u"ref"_s).toString().toUtf8(), edit);
    f.stream().say(eventFrame(7)); // overtook our acknowledgement: no question to the server, it is about to come
    QVERIFY(f.stream().take(u"history"_s).isEmpty());
    f.stream().say(R"({"type":"ack","room_id":"r1","seq":6,"ref":")" + edit + "\"}");
    QCOMPARE(f.seqs, (QList<qint64>{6, 7}));
    QCOMPARE(f.events[0].kind, RoomEventKind::Edit);
    QCOMPARE(f.events[0].text, u"new"_s);
    const QByteArray deletion = f.client.deleteMessage(room, MessageId("m1"));
    QCOMPARE(f.stream().take(u"delete_message"_s).size(), 1);
    f.stream().say(R"({"type":"ack","room_id":"r1","seq":8,"ref":")" + deletion + "\"}");
    QCOMPARE(f.events.last().kind, RoomEventKind::Deletion);
    QCOMPARE(f.events.last().message, MessageId("m1"));
    QCOMPARE(f.client.unacknowledged(), 0);
    QVERIFY(f.client.editMessage(room, MessageId("not an id"), u"x"_s).isEmpty());
}

void TestRealtimeOutbox::lostEditAckIsLearntFromTheReplay()
{
    Fixture f;
    f.online(5);
    f.client.editMessage(room, MessageId("m1"), u"new"_s);
    f.stream().cut();
    f.clock.advance(seconds(1));
    f.welcome(6);
    f.stream().say(R"({"type":"message_edited","room_id":"r1","user_id":"ann","id":"m1","message":"new","seq":6,)"
                   R"("timestamp":"2026-01-01T00:00:00.000Z"})");
    f.stream().say(R"({"type":"resumed","room_id":"r1","seq":6})");
    QVERIFY(f.stream().take(u"edit_message"_s).isEmpty());
    QCOMPARE(f.client.unacknowledged(), 0);
    QCOMPARE(f.seqs, (QList<qint64>{6}));
}

void TestRealtimeOutbox::receiptsCollapseToTheNewest()
{
    Fixture f;
    f.client.setPositions({{room, 9}});
    f.client.sendReceipt(room, 3);
    f.client.sendReceipt(room, 8);
    f.client.sendReceipt(room, 5);
    f.client.start();
    f.welcome(9);
    f.stream().say(R"({"type":"resumed","room_id":"r1","seq":9})");
    QList<QJsonObject> sent = f.stream().take(u"read_receipt"_s);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0].value(u"up_to"_s).toInteger(), 8);
    f.client.sendReceipt(room, 9);
    QVERIFY(f.stream().take(u"read_receipt"_s).isEmpty()); // one at a time
    f.stream().say(R"({"type":"ack","room_id":"r1","seq":10,"ref":")" + sent[0].value(u"ref"_s).toString().toUtf8() +
                   "\"}");
    QCOMPARE(f.events.last().kind, RoomEventKind::Receipt);
    QCOMPARE(f.events.last().readUpTo, 8);
    sent = f.stream().take(u"read_receipt"_s);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0].value(u"up_to"_s).toInteger(), 9);
    // Nothing to change on the server: no event, and no endless repetition.
    f.stream().say(R"({"type":"ack","room_id":"r1","seq":0,"ref":")" + sent[0].value(u"ref"_s).toString().toUtf8() +
                   "\"}");
    QVERIFY(f.stream().take(u"read_receipt"_s).isEmpty());
    QCOMPARE(f.seqs, (QList<qint64>{10}));
}

void TestRealtimeOutbox::outboxIsBounded()
{
    RealtimeClient::Settings settings = Fixture::make();
    settings.outboxLimit = 3;
    Fixture f(settings);
    for (int i = 0; i < 3; ++i)
        QVERIFY(f.client.sendMessage(room, u"x"_s).isOk());
    const Result<QByteArray> refused = f.client.sendMessage(room, u"x"_s);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Errc::Unavailable);
    QSignalSpy errors(&f.client, &RealtimeClient::errorReceived);
    QVERIFY(f.client.deleteMessage(room, MessageId("m1")).isEmpty());
    QCOMPARE(errors.size(), 1);
}

void TestRealtimeOutbox::invalidRoomIsRefused()
{
    Fixture f;
    const Result<QByteArray> refused = f.client.sendMessage(RoomId("no spaces"), u"x"_s);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Errc::ValidationFailed);
}

QTEST_GUILESS_MAIN(TestRealtimeOutbox)
#include "tst_realtimeoutbox.moc"
