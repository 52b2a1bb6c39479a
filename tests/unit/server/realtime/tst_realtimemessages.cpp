// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Rooms, messages, hints and topics.
#include "chatfixture.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Test;

class TestRealtimeMessages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLoggingCategory::setFilterRules(u"atom.*.info=false"_s);
        QTest::failOnWarning(QRegularExpression(u".*"_s));
    }

    void oldClientsTalkWithoutHello()
    {
        ChatFixture f;
        f.start();
        Device &one = f.connect("/ws/one");
        Device &two = f.connect("/ws/two");
        one.send(inRoom("join_room", u"lobby"_s));
        const QJsonObject joined = one.one();
        QCOMPARE(joined.value(u"type"_s), u"room_joined"_s);
        QCOMPARE(joined.value(u"room_id"_s), u"lobby"_s);
        QCOMPARE(joined.value(u"last_seq"_s).toInt(), 1);
        QCOMPARE(joined.value(u"members"_s), QJsonValue(QJsonArray{u"one"_s}));
        QCOMPARE(joined.value(u"member_count"_s).toInt(), 1);

        two.send(inRoom("join_room", u"lobby"_s));
        QCOMPARE(two.takeTypes(), QStringList{u"room_joined"_s});
        const QList<QJsonObject> news = one.take();
        QCOMPARE(news.last().value(u"type"_s), u"user_joined"_s);
        QCOMPARE(news.last().value(u"user_id"_s), u"two"_s);
        QCOMPARE(news.last().value(u"seq"_s).toInt(), 2);

        two.send(inRoom("chat_message", u"lobby"_s, {{u"message"_s, u"hi"_s}}));
        QVERIFY(two.take().isEmpty()); // nothing asked for, nothing told
        const QJsonObject message = one.one();
        QCOMPARE(message.value(u"type"_s), u"chat_message"_s);
        QCOMPARE(message.value(u"message"_s), u"hi"_s);
        QCOMPARE(message.value(u"user_id"_s), u"two"_s);
        QCOMPARE(message.value(u"seq"_s).toInt(), 3);

        two.send(inRoom("leave_room", u"lobby"_s, {{u"ref"_s, u"r"_s}}));
        const QJsonObject left = two.one();
        QCOMPARE(left.value(u"type"_s), u"room_left"_s);
        QCOMPARE(left.value(u"ref"_s), u"r"_s);
        QCOMPARE(one.one().value(u"type"_s), u"user_left"_s);
        QCOMPARE(f.server->usersInRoom(RoomId("lobby")), QList<UserId>{UserId("one")});
    }

    void framesBehindAJoinWaitForIt()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connect("/ws/one");
        f.roomRepository.addRoom(RoomId("lobby"), {}); // known to the store only: createOnJoin fails, then NotFound
        d.sendRaw(clientFrame(1, R"({"type":"join_room","room_id":"hall"})") +
                  clientFrame(1, R"({"type":"chat_message","room_id":"hall","message":"x","client_id":"c"})") +
                  clientFrame(1, R"({"type":"ping"})"));
        QCOMPARE(d.takeTypes(), (QStringList{u"room_joined"_s, u"pong"_s, u"message_ack"_s}));
    }

    void acknowledgesOnce()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob"), UserId("cat")});
        f.start();
        Device &bob = f.signedIn(u"bob"_s);
        Device &cat = f.signedIn(u"cat"_s);
        Device &bobsPhone = f.signedIn(u"bob"_s);
        bob.take();
        cat.take();
        bobsPhone.take();
        const QJsonObject message = inRoom("chat_message", u"lobby"_s,
                                           {{u"message"_s, u"x"_s}, {u"client_id"_s, u"c-1"_s}, {u"ref"_s, u"r"_s}});
        f.roomRepository.held = true;
        bob.send(message);
        QVERIFY(bob.take().isEmpty()); // not before it is stored
        QVERIFY(cat.take().isEmpty());
        f.roomRepository.release();
        const QJsonObject ack = bob.one();
        QCOMPARE(ack.value(u"type"_s), u"message_ack"_s);
        QCOMPARE(ack.value(u"client_id"_s), u"c-1"_s);
        QCOMPARE(ack.value(u"seq"_s).toInt(), 1);
        QCOMPARE(ack.value(u"ref"_s), u"r"_s);
        QVERIFY(!ack.contains(u"duplicate"_s));
        QCOMPARE(cat.one().value(u"id"_s), ack.value(u"id"_s));
        QCOMPARE(bobsPhone.one().value(u"client_id"_s), u"c-1"_s);

        bob.send(message);
        const QJsonObject again = bob.one();
        QCOMPARE(again.value(u"duplicate"_s), true);
        QCOMPARE(again.value(u"id"_s), ack.value(u"id"_s));
        QVERIFY(cat.take().isEmpty());
        QCOMPARE(f.traces.passages.size(), 1);
        QCOMPARE(f.traces.passages.constFirst().recipients, 2);
        QVERIFY(f.traces.passages.constFirst().encodedBytes > 100);
        QVERIFY(f.traces.passages.constFirst().fanoutMicros > 0);
    }

    void devicesFollowMemberships()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("team"), {UserId("ann")}, RoomVisibility::Private);
        f.roomRepository.rooms["team"].state.members[UserId("ann")].role = MemberRole::Owner;
        f.start();
        Device &ann = f.signedIn(u"ann"_s);
        Device &bob = f.signedIn(u"bob"_s);
        Device &bobsPhone = f.signedIn(u"bob"_s);
        ann.take();
        bob.take();
        bobsPhone.take();
        Actor owner;
        owner.user = UserId("ann");
        owner.role = Role::Owner;
        ChatFixture::must(QCoro::waitFor(f.rooms->addMember(owner, RoomId("team"), UserId("bob"), MemberRole::Member)));
        QCOMPARE(bob.takeTypes(), QStringList{u"room_joined"_s});
        QCOMPARE(bobsPhone.takeTypes(), QStringList{u"room_joined"_s});
        QVERIFY(ann.takeTypes().contains(u"user_joined"_s));
        bob.send(inRoom("chat_message", u"team"_s, {{u"message"_s, u"x"_s}}));
        QCOMPARE(bobsPhone.takeTypes(), QStringList{u"chat_message"_s});
        ann.take();
        ChatFixture::must(QCoro::waitFor(f.rooms->removeMember(owner, RoomId("team"), UserId("bob"))));
        QCOMPARE(bob.takeTypes(), QStringList{u"room_left"_s});
        QCOMPARE(bobsPhone.takeTypes(), QStringList{u"room_left"_s});
        QCOMPARE(ann.takeTypes(), QStringList{u"user_left"_s});
        ann.send(inRoom("chat_message", u"team"_s, {{u"message"_s, u"secret"_s}}));
        QVERIFY(bob.take().isEmpty());
        bob.send(inRoom("history", u"team"_s));
        QCOMPARE(codeOf(bob.one()), u"not_found"_s);
    }

    void editsDeletionsAndReceipts()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob"), UserId("cat")});
        f.roomRepository.fill(RoomId("lobby"), UserId("bob"), 2);
        f.start();
        Device &bob = f.signedIn(u"bob"_s);
        Device &cat = f.signedIn(u"cat"_s);
        bob.take();
        cat.take();
        bob.send(
            inRoom("edit_message", u"lobby"_s, {{u"id"_s, u"m-1"_s}, {u"message"_s, u"new"_s}, {u"ref"_s, u"e"_s}}));
        const QJsonObject ack = bob.one();
        QCOMPARE(ack.value(u"type"_s), u"ack"_s);
        QCOMPARE(ack.value(u"ref"_s), u"e"_s);
        QCOMPARE(ack.value(u"room_id"_s), u"lobby"_s);
        QCOMPARE(ack.value(u"seq"_s).toInt(), 3);
        const QJsonObject edited = cat.one();
        QCOMPARE(edited.value(u"type"_s), u"message_edited"_s);
        QCOMPARE(edited.value(u"message"_s), u"new"_s);

        cat.send(inRoom("edit_message", u"lobby"_s, {{u"id"_s, u"m-1"_s}, {u"message"_s, u"no"_s}}));
        QCOMPARE(codeOf(cat.one()), u"forbidden"_s);

        bob.send(inRoom("delete_message", u"lobby"_s, {{u"id"_s, u"m-2"_s}}));
        QVERIFY(bob.take().isEmpty()); // no ref
        QCOMPARE(cat.one().value(u"type"_s), u"message_deleted"_s);

        cat.send(inRoom("read_receipt", u"lobby"_s, {{u"up_to"_s, 4}, {u"ref"_s, u"p"_s}}));
        const QList<QJsonObject> told = cat.take();
        QCOMPARE(told.size(), 2);
        QCOMPARE(told.first().value(u"type"_s), u"counters"_s); // of all its devices
        QCOMPARE(told.first().value(u"seen_up_to"_s).toInt(), 4);
        QCOMPARE(told.last().value(u"type"_s), u"ack"_s);
        QCOMPARE(told.last().value(u"seq"_s).toInt(), 5);
        QCOMPARE(bob.one().value(u"up_to"_s).toInt(), 4);
        cat.send(inRoom("read_receipt", u"lobby"_s, {{u"up_to"_s, 3}, {u"ref"_s, u"p"_s}}));
        QCOMPARE(cat.one().value(u"seq"_s).toInt(), 0);
        QVERIFY(bob.take().isEmpty());
    }

    void history()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob")});
        f.roomRepository.fill(RoomId("lobby"), UserId("bob"), 30);
        f.roomRepository.addRoom(RoomId("long"), {UserId("bob")});
        f.roomRepository.fill(RoomId("long"), UserId("bob"), 200, 30000);
        f.start();
        Device &d = f.signedIn(u"bob"_s);
        d.take();
        const auto seqs = [](const QJsonObject &page) {
            const QJsonArray events = page.value(u"events"_s).toArray();
            return events.isEmpty() ? QPair<int, int>(0, 0)
                                    : QPair<int, int>(events.first().toObject().value(u"seq"_s).toInt(),
                                                      events.last().toObject().value(u"seq"_s).toInt());
        };
        d.send(inRoom("history", u"lobby"_s, {{u"limit"_s, 10}, {u"ref"_s, u"r"_s}}));
        QJsonObject page = d.one();
        QCOMPARE(page.value(u"type"_s), u"history"_s);
        QCOMPARE(page.value(u"ref"_s), u"r"_s);
        QCOMPARE(seqs(page), (QPair<int, int>(21, 30)));
        QCOMPARE(page.value(u"has_more_before"_s), true);
        QCOMPARE(page.value(u"has_more_after"_s), false);
        d.send(inRoom("history", u"lobby"_s, {{u"limit"_s, 10}, {u"before"_s, 21}}));
        QCOMPARE(seqs(d.one()), (QPair<int, int>(11, 20)));
        d.send(inRoom("history", u"lobby"_s, {{u"limit"_s, 10}, {u"after"_s, 0}}));
        page = d.one();
        QCOMPARE(seqs(page), (QPair<int, int>(1, 10)));
        QCOMPARE(page.value(u"has_more_after"_s), true);

        // a page that would be too large is cut, and says so
        d.send(inRoom("history", u"long"_s, {{u"limit"_s, 200}, {u"after"_s, 5}}));
        page = d.one();
        QCOMPARE(seqs(page).first, 6);
        QVERIFY(seqs(page).second < 60);
        QCOMPARE(page.value(u"has_more_after"_s), true);
        d.send(inRoom("history", u"long"_s, {{u"limit"_s, 200}}));
        page = d.one();
        QCOMPARE(seqs(page).second, 200);
        QCOMPARE(page.value(u"has_more_before"_s), true);
        QCOMPARE(d.closeCode(), 0);
    }

    void typingAndPresence()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob"), UserId("cat")});
        f.start();
        Device &bob = f.signedIn(u"bob"_s);
        bob.take();
        Device &cat = f.signedIn(u"cat"_s);
        cat.take();
        QVERIFY(bob.take().isEmpty()); // a moment later, when it is still so
        f.clock.advance(200ms);
        cat.take();
        QJsonObject presence = bob.one();
        QCOMPARE(presence.value(u"type"_s), u"presence"_s);
        QCOMPARE(presence.value(u"user_id"_s), u"cat"_s);
        QCOMPARE(presence.value(u"status"_s), u"online"_s);
        cat.send(frame("presence", {{u"status"_s, u"away"_s}, {u"ref"_s, u"r"_s}}));
        QCOMPARE(cat.one().value(u"type"_s), u"ack"_s);
        f.clock.advance(200ms);
        QCOMPARE(bob.one().value(u"status"_s), u"away"_s);
        cat.send(frame("presence", {{u"status"_s, u"online"_s}}));
        cat.send(frame("presence", {{u"status"_s, u"away"_s}}));
        f.clock.advance(200ms);
        QVERIFY(bob.take().isEmpty()); // as it was: no news

        cat.send(inRoom("typing_indicator", u"lobby"_s, {{u"is_typing"_s, true}}));
        cat.send(inRoom("typing_indicator", u"lobby"_s, {{u"is_typing"_s, true}}));
        QVERIFY(cat.take().isEmpty());
        QJsonObject typing = bob.one();
        QCOMPARE(typing.value(u"type"_s), u"typing_indicator"_s);
        QCOMPARE(typing.value(u"user_id"_s), u"cat"_s);
        QCOMPARE(typing.value(u"is_typing"_s), true);
        f.clock.advance(7s);
        QCOMPARE(bob.one().value(u"is_typing"_s), false);
        cat.send(inRoom("typing_indicator", u"elsewhere"_s, {{u"is_typing"_s, true}, {u"ref"_s, u"t"_s}}));
        QCOMPARE(codeOf(cat.one()), u"not_found"_s);

        cat.peer.close();
        settle();
        const Timestamp left = f.clock.now();
        f.clock.advance(2s);
        QVERIFY(bob.take().isEmpty());
        f.clock.advance(2s);
        presence = bob.one();
        QCOMPARE(presence.value(u"status"_s), u"offline"_s);
        QCOMPARE(presence.value(u"last_seen"_s), toIso(left));
    }

    void topicsForThoseWhoMay()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob"), UserId("ann")});
        f.roomRepository.addRoom(RoomId("private"), {UserId("bob")}, RoomVisibility::Private);
        f.start();
        Device &ann = f.signedIn(u"ann"_s);
        Device &bob = f.signedIn(u"bob"_s);
        ann.take();
        bob.take();
        bob.send(frame("subscribe", {{u"topic"_s, u"activity"_s}, {u"ref"_s, u"s"_s}}));
        QCOMPARE(codeOf(bob.one()), u"forbidden"_s);
        ann.send(frame("subscribe", {{u"topic"_s, u"weather"_s}}));
        QCOMPARE(codeOf(ann.one()), u"validation_failed"_s);
        QVERIFY(!f.server->hasSubscribers("activity"));
        ann.send(frame("subscribe", {{u"topic"_s, u"activity"_s}, {u"ref"_s, u"s"_s}}));
        QCOMPARE(ann.one(),
                 (QJsonObject{{u"type"_s, u"subscribed"_s}, {u"ref"_s, u"s"_s}, {u"topic"_s, u"activity"_s}}));
        ann.send(frame("subscribe", {{u"topic"_s, u"metrics"_s}}));
        ann.take();
        QVERIFY(f.server->hasSubscribers("metrics"));
        f.server->publish("metrics", QJsonObject{{u"connections"_s, 2}});
        QCOMPARE(ann.one(), (QJsonObject{{u"type"_s, u"topic"_s},
                                         {u"topic"_s, u"metrics"_s},
                                         {u"data"_s, QJsonObject{{u"connections"_s, 2}}}}));

        bob.send(inRoom("chat_message", u"private"_s,
                        {{u"message"_s, u"secret"_s}, {u"metadata"_s, QJsonObject{{u"k"_s, 1}}}}));
        QJsonObject data = ann.one().value(u"data"_s).toObject();
        QCOMPARE(data.value(u"room_id"_s), u"private"_s);
        QCOMPARE(data.value(u"content_hidden"_s), true);
        QVERIFY(!data.contains(u"message"_s));
        QVERIFY(!data.contains(u"metadata"_s));
        bob.send(inRoom("chat_message", u"lobby"_s, {{u"message"_s, u"hello"_s}}));
        const QList<QJsonObject> both = ann.take();
        QCOMPARE(both.size(), 2); // the event, and the same in the topic
        QCOMPARE(both.last().value(u"data"_s).toObject().value(u"message"_s), u"hello"_s);

        ann.send(frame("unsubscribe", {{u"topic"_s, u"activity"_s}}));
        ann.take();
        QVERIFY(!f.server->hasSubscribers("activity"));
        ann.peer.close();
        settle();
        QVERIFY(!f.server->hasSubscribers("metrics"));
    }

    void speaksForTheSystem()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob"), UserId("cat")});
        f.start();
        Device &bob = f.signedIn(u"bob"_s);
        Device &cat = f.signedIn(u"cat"_s);
        cat.take();
        bob.take();
        QCOMPARE(f.server->sendToUser(UserId("bob"), {{u"message"_s, u"a"_s}, {u"from"_s, u"system"_s}}), 1);
        QCOMPARE(bob.one().value(u"type"_s), u"system_message"_s);
        QCOMPARE(f.server->broadcastToRoom(RoomId("lobby"), {{u"message"_s, u"b"_s}}), 2);
        QCOMPARE(cat.one().value(u"message"_s), u"b"_s);
        QCOMPARE(f.server->sendToUser(UserId("nobody"), {}), 0);
    }
};

QTEST_GUILESS_MAIN(TestRealtimeMessages)
#include "tst_realtimemessages.moc"
