// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Who is who, rooms and messages, over real services and transports in memory.
#include "chatfixture.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Test;

namespace
{
QJsonObject frame(const char *type, QJsonObject fields = {})
{
    fields.insert(u"type"_s, QString::fromLatin1(type));
    return fields;
}
QJsonObject inRoom(const char *type, const QString &room, QJsonObject fields = {})
{
    fields.insert(u"room_id"_s, room);
    return frame(type, fields);
}
QString codeOf(const QJsonObject &error)
{
    return error.value(u"type"_s) == u"error"_s ? error.value(u"code"_s).toString() : u"no error"_s;
}
} // namespace

class TestRealtimeServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLoggingCategory::setFilterRules(u"atom.*.info=false"_s);
        QTest::failOnWarning(QRegularExpression(u".*"_s));
    }

    void opens()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connect("/ws/guest1");
        QVERIFY(d.answer.startsWith("HTTP/1.1 101 "));
        QVERIFY(d.answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        QVERIFY(!d.answer.contains("Sec-WebSocket-Protocol"));
        QVERIFY(d.peer.sent.isEmpty()); // no greeting
        QVERIFY(!d.peer.readPaused);

        Net::RequestHead head = ChatFixture::head("/ws");
        head.headers.emplaceBack("Sec-WebSocket-Protocol", "chat, atom.v1");
        QVERIFY(f.connectWith(head).answer.contains("Sec-WebSocket-Protocol: atom.v1"));
        QCOMPARE(f.server->stats().connections, 2);
    }

    void refusesAnUpgrade()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connect("/elsewhere");
        QVERIFY(d.answer.startsWith("HTTP/1.1 404 "));
        QVERIFY(d.answer.contains("application/problem+json"));
        QCOMPARE(QJsonDocument::fromJson(d.peer.sent).object().value(u"code"_s).toString(), u"not_found"_s);
        QVERIFY(d.peer.closing);
        d.peer.close();
        settle();
        QVERIFY(d.peer.destroyed);

        Net::RequestHead head = ChatFixture::head("/ws/ann");
        head.headers.emplaceBack("Authorization", "Bearer nonsense");
        QVERIFY(f.connectWith(head).answer.startsWith("HTTP/1.1 401 "));
        head.headers.last().second = "Bearer " + f.tokenOf(u"bob"_s);
        QVERIFY(f.connectWith(head).answer.startsWith("HTTP/1.1 403 "));
        QCOMPARE(f.server->stats().connections, 0);
    }

    void takesAFrameGluedToTheHead()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connectWith(ChatFixture::head("/ws"), clientFrame(1, R"({"type":"ping","ref":"r"})"));
        const QJsonObject pong = d.one();
        QCOMPARE(pong.value(u"type"_s), u"pong"_s);
        QCOMPARE(pong.value(u"ref"_s), u"r"_s);
        QCOMPARE(pong.value(u"timestamp"_s), toIso(f.clock.now()));
    }

    void answersBadFramesAndLivesOn()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connect("/ws/guest1");
        d.sendText("{");
        QCOMPARE(codeOf(d.one()), u"malformed_request"_s);
        d.send(frame("no_such_type", {{u"ref"_s, u"r1"_s}}));
        QJsonObject error = d.one();
        QCOMPARE(codeOf(error), u"validation_failed"_s);
        QCOMPARE(error.value(u"ref"_s), u"r1"_s);
        QCOMPARE(error.value(u"errors"_s).toArray().first().toObject().value(u"pointer"_s), u"/type"_s);
        d.send(inRoom("chat_message", u"nowhere"_s, {{u"message"_s, u"x"_s}, {u"ref"_s, u"r2"_s}}));
        QCOMPARE(codeOf(d.one()), u"not_found"_s);
        d.send(frame("ping"));
        QCOMPARE(d.one().value(u"type"_s), u"pong"_s);
        QCOMPARE(f.server->stats().errorsSent, 3u);
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
        d.sendRaw(clientFrame(1, R"({"type":"join_room","room_id":"hall"})")
                  + clientFrame(1, R"({"type":"chat_message","room_id":"hall","message":"x","client_id":"c"})")
                  + clientFrame(1, R"({"type":"ping"})"));
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
        const auto isFanout = [](const Span &s) { return s.name == u"fanout"_s; };
        QCOMPARE(std::count_if(f.traces.spans.begin(), f.traces.spans.end(), isFanout), 1);
        const Span span = *std::find_if(f.traces.spans.begin(), f.traces.spans.end(), isFanout);
        QCOMPARE(span.attributes.value(u"recipients"_s).toInt(), 2);
        QVERIFY(span.attributes.value(u"encoded_bytes"_s).toInt() > 100);
    }

    void welcomes()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob")});
        f.roomRepository.addRoom(RoomId("other"), {UserId("cat")});
        f.roomRepository.fill(RoomId("lobby"), UserId("bob"), 7);
        f.start();
        Device &d = f.signedIn(u"bob"_s, {{u"device"_s, u"phone"_s}, {u"ref"_s, u"h"_s}});
        const QJsonObject w = d.one();
        QCOMPARE(w.value(u"type"_s), u"welcome"_s);
        QCOMPARE(w.value(u"ref"_s), u"h"_s);
        QCOMPARE(w.value(u"user"_s).toObject(),
                 (QJsonObject{{u"id"_s, u"bob"_s}, {u"display_name"_s, u"BOB"_s}, {u"role"_s, u"member"_s}}));
        QCOMPARE(w.value(u"device"_s), u"phone"_s);
        QVERIFY(!w.value(u"session"_s).toString().isEmpty());
        QCOMPARE(w.value(u"protocol"_s).toInt(), 1);
        QCOMPARE(w.value(u"server_time"_s), toIso(f.clock.now()));
        QCOMPARE(w.value(u"rooms"_s).toArray(),
                 (QJsonArray{QJsonObject{{u"id"_s, u"lobby"_s}, {u"name"_s, u"lobby"_s}, {u"kind"_s, u"group"_s},
                                         {u"last_seq"_s, 7}, {u"read_up_to"_s, 0}}}));
        QCOMPARE(f.server->connections().first().user, UserId("bob"));
        QCOMPARE(f.server->connections().first().device, QByteArray("phone"));
        QCOMPARE(f.server->connections().first().rooms, 1);
        QCOMPARE(f.presence.of(UserId("bob")).status, Rooms::PresenceStatus::Online);
        d.peer.close();
        settle();
        QVERIFY(d.peer.destroyed);
        QCOMPARE(f.presence.of(UserId("bob")).status, Rooms::PresenceStatus::Offline);
        QCOMPARE(f.server->stats().connections, 0);
        QCOMPARE(f.server->stats().rooms, 0);
    }

    void theTokenInTheHeadIsEnough()
    {
        ChatFixture f(Identity::GuestPolicy::Off);
        f.start();
        Net::RequestHead head = ChatFixture::head("/ws");
        head.headers.emplaceBack("Authorization", "Bearer " + f.tokenOf(u"bob"_s));
        Device &d = f.connectWith(head);
        d.send(frame("hello"));
        QCOMPARE(d.one().value(u"user"_s).toObject().value(u"id"_s), u"bob"_s);
    }

    void withoutGuestsOnlyPingAndHelloAreAnswered()
    {
        ChatFixture f(Identity::GuestPolicy::Off);
        f.start();
        Device &d = f.connect("/ws/bob");
        d.send(inRoom("join_room", u"lobby"_s, {{u"ref"_s, u"r"_s}}));
        QCOMPARE(codeOf(d.one()), u"unauthenticated"_s);
        d.send(frame("hello"));
        QCOMPARE(codeOf(d.one()), u"unauthenticated"_s);
        d.send(frame("hello", {{u"token"_s, u"a.b.c"_s}}));
        QCOMPARE(codeOf(d.one()), u"unauthenticated"_s);
        d.send(frame("ping"));
        QCOMPARE(d.one().value(u"type"_s), u"pong"_s);
        f.clock.advance(4s);
        QCOMPARE(d.closeCode(), 0);
        f.clock.advance(2s);
        QCOMPARE(d.closeCode(), 4401);
        Device &late = f.signedIn(u"bob"_s);
        QCOMPARE(late.one().value(u"type"_s), u"welcome"_s);
        f.clock.advance(20s);
        QCOMPARE(late.closeCode(), 0);
    }

    void aGuestCannotTakeTheNameOfAnAccount()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connect("/ws/bob");
        d.send(inRoom("join_room", u"lobby"_s));
        QCOMPARE(codeOf(d.one()), u"conflict"_s);
        Device &nameless = f.connect("/ws");
        nameless.send(frame("hello"));
        const QString name = nameless.one().value(u"user"_s).toObject().value(u"id"_s).toString();
        QVERIFY2(name.startsWith(u"guest-"_s), qPrintable(name));
    }

    void thePathMustNameTheUserOfTheToken()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connect("/ws/somebody");
        d.send(frame("hello", {{u"token"_s, QString::fromLatin1(f.tokenOf(u"bob"_s))}}));
        QCOMPARE(codeOf(d.one()), u"forbidden"_s);
        QCOMPARE(d.closeCode(), 4403);
    }

    void aConnectionKeepsItsUser()
    {
        ChatFixture f;
        f.start();
        Device &d = f.connect("/ws");
        d.send(frame("hello", {{u"token"_s, QString::fromLatin1(f.tokenOf(u"bob"_s))}}));
        d.take();
        d.send(frame("hello", {{u"token"_s, QString::fromLatin1(f.tokenOf(u"cat"_s))}}));
        QCOMPARE(codeOf(d.one()), u"conflict"_s);
    }

    void tokensExpireUnlessRenewed()
    {
        ChatFixture f;
        f.start();
        Device &d = f.signedIn(u"bob"_s);
        const auto pass = [&](int steps) {
            for (int i = 0; i < steps; ++i) {
                f.clock.advance(20s);
                d.sendRaw(clientFrame(10, {})); // a pong: not silent
            }
        };
        pass(10);
        d.send(frame("hello", {{u"token"_s, QString::fromLatin1(f.tokenOf(u"bob"_s))}}));
        QCOMPARE(d.takeTypes(), (QStringList{u"welcome"_s, u"welcome"_s}));
        pass(9);
        QCOMPARE(d.closeCode(), 0);
        pass(7);
        QCOMPARE(d.closeCode(), 4401);
    }

    void signOutAndDisablingActAtOnce()
    {
        ChatFixture f;
        f.start();
        Device &bob = f.signedIn(u"bob"_s);
        Device &cat = f.signedIn(u"cat"_s);
        const SessionId session = SessionId::fromString(bob.one().value(u"session"_s).toString());
        ChatFixture::must(QCoro::waitFor(f.sessions->signOut(session)));
        QCOMPARE(bob.closeCode(), 4401);
        QCOMPARE(cat.closeCode(), 0);
        ChatFixture::must(QCoro::waitFor(f.users.setDisabled(UserId("cat"), true)));
        const int code = cat.closeCode();
        QVERIFY2(code == 4401 || code == 4403, qPrintable(QString::number(code)));
    }

    void tooManyConnectionsOfOneUser()
    {
        ChatFixture f;
        f.settings.connectionsPerUser = 2;
        f.start();
        f.signedIn(u"bob"_s);
        f.signedIn(u"bob"_s);
        Device &third = f.signedIn(u"bob"_s);
        QCOMPARE(codeOf(third.one()), u"rate_limited"_s);
        QCOMPARE(third.closeCode(), 4429);
        QCOMPARE(f.server->stats().authenticated, 2);
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
        bob.send(inRoom("edit_message", u"lobby"_s, {{u"id"_s, u"m-1"_s}, {u"message"_s, u"new"_s}, {u"ref"_s, u"e"_s}}));
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
        QCOMPARE(cat.one().value(u"seq"_s).toInt(), 5);
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
        QJsonObject presence = bob.one();
        QCOMPARE(presence.value(u"type"_s), u"presence"_s);
        QCOMPARE(presence.value(u"user_id"_s), u"cat"_s);
        QCOMPARE(presence.value(u"status"_s), u"online"_s);
        cat.send(frame("presence", {{u"status"_s, u"away"_s}, {u"ref"_s, u"r"_s}}));
        QCOMPARE(cat.one().value(u"type"_s), u"ack"_s);
        QCOMPARE(bob.one().value(u"status"_s), u"away"_s);

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
        presence = bob.one();
        QCOMPARE(presence.value(u"status"_s), u"offline"_s);
        QCOMPARE(presence.value(u"last_seen"_s), toIso(f.clock.now()));
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
        QCOMPARE(ann.one(), (QJsonObject{{u"type"_s, u"subscribed"_s}, {u"ref"_s, u"s"_s}, {u"topic"_s, u"activity"_s}}));
        ann.send(frame("subscribe", {{u"topic"_s, u"metrics"_s}}));
        ann.take();
        QVERIFY(f.server->hasSubscribers("metrics"));
        f.server->publish("metrics", QJsonObject{{u"connections"_s, 2}});
        QCOMPARE(ann.one(), (QJsonObject{{u"type"_s, u"topic"_s}, {u"topic"_s, u"metrics"_s},
                                         {u"data"_s, QJsonObject{{u"connections"_s, 2}}}}));

        bob.send(inRoom("chat_message", u"private"_s, {{u"message"_s, u"secret"_s}, {u"metadata"_s, QJsonObject{{u"k"_s, 1}}}}));
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

QTEST_GUILESS_MAIN(TestRealtimeServer)
#include "tst_realtimeserver.moc"
