// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Opening, and who is who, over real services and transports in memory.
#include "chatfixture.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Test;

class TestRealtimeIdentity : public QObject
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
        QCOMPARE(w.value(u"rooms"_s).toArray(), (QJsonArray{QJsonObject{{u"id"_s, u"lobby"_s},
                                                                        {u"name"_s, u"lobby"_s},
                                                                        {u"kind"_s, u"group"_s},
                                                                        {u"last_seq"_s, 7},
                                                                        {u"read_up_to"_s, 0},
                                                                        {u"seen_up_to"_s, 0},
                                                                        {u"unread"_s, 0},
                                                                        {u"mentions"_s, 0}}}));
        QCOMPARE(f.server->connections().first().user, UserId("bob"));
        QCOMPARE(f.server->connections().first().device, QByteArray("phone"));
        QCOMPARE(f.server->connections().first().rooms, 1);
        QCOMPARE(f.presence.of(UserId("bob")).status, Rooms::PresenceStatus::Online);
        d.peer.close();
        settle();
        QVERIFY(d.peer.destroyed);
        QCOMPARE(f.presence.of(UserId("bob")).devices, 0);
        QCOMPARE(f.server->stats().connections, 0);
        QCOMPARE(f.server->stats().rooms, 0);
    }

    void statusesAreToldToThoseWhoShareARoom()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("ann"), UserId("bob")});
        f.roomRepository.addRoom(RoomId("other"), {UserId("cat")});
        f.start();
        Device &ann = f.signedIn(u"ann"_s);
        Device &bob = f.signedIn(u"bob"_s);
        Device &cat = f.signedIn(u"cat"_s);
        f.clock.advance(1'000ms); // presence was told
        for (Device *d : {&ann, &bob, &cat})
            d->take();
        Identity::UserService::Mutation busy = [&f](Identity::StoredUser &user) {
            user.status.text = u"In a meeting"_s;
            user.status.doNotDisturb = true;
            user.status.expiresAt = f.clock.now() + seconds(60);
            return Result<void>();
        };
        ChatFixture::must(QCoro::waitFor(f.users.change(UserId("bob"), std::move(busy))));
        for (Device *d : {&ann, &bob}) { // the other devices of bob learn it as well
            const QJsonObject told = d->one();
            QCOMPARE(told.value(u"type"_s), u"user_status"_s);
            QCOMPARE(told.value(u"user_id"_s), u"bob"_s);
            QCOMPARE(told.value(u"text"_s), u"In a meeting"_s);
            QCOMPARE(told.value(u"do_not_disturb"_s), true);
            QCOMPARE(told.value(u"expires_at"_s), toIso(f.clock.now() + seconds(60)));
        }
        QVERIFY(cat.take().isEmpty());
    }

    void whoActsByATokenSeesWhatItsScopeNames()
    {
        ChatFixture f;
        f.roomRepository.addRoom(RoomId("lobby"), {UserId("bob"), UserId("cat")});
        f.roomRepository.addRoom(RoomId("other"), {UserId("bob"), UserId("cat")});
        f.start();
        // The scope belongs to the session, see TokenService.
        Actor bot = member("bob");
        bot.session = SessionId("token.1");
        QVERIFY(!f.permissions.isInScope(bot, Identity::Action::RoomRead, RoomId("lobby"))); // unknown: nothing
        Identity::TokenScope scope;
        scope.actions = Identity::setOf({Identity::Action::RoomRead, Identity::Action::RoomList});
        scope.rooms = {RoomId("lobby")};
        f.permissions.setScope(bot.session, scope);
        QVERIFY(f.permissions.isInScope(bot, Identity::Action::RoomRead, RoomId("lobby")));
        QVERIFY(!f.permissions.isInScope(bot, Identity::Action::RoomRead, RoomId("other")));
        QVERIFY(!f.permissions.isInScope(bot, Identity::Action::MessageSend, RoomId("lobby")));
        const QList<Room> visible = f.rooms->visibleTo(bot);
        QCOMPARE(visible.size(), 1);
        QCOMPARE(visible.first().id, RoomId("lobby"));
        QVERIFY(f.rooms->room(bot, RoomId("lobby")).isOk());
        QCOMPARE(f.rooms->room(bot, RoomId("other")).error().code, Errc::Forbidden);
        f.permissions.removeScope(bot.session);
        QVERIFY(!f.rooms->room(bot, RoomId("lobby")).isOk());
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
};

QTEST_GUILESS_MAIN(TestRealtimeIdentity)
#include "tst_realtimeidentity.moc"
