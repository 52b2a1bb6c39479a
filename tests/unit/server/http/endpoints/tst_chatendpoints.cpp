// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/chatendpoint.h"
#include "server/http/endpoints/intentsendpoint.h"
#include "server/http/endpoints/memoryendpoint.h"
#include "server/http/endpoints/realtimeendpoint.h"
#include "tests/support/fakeaudit.h"
#include "tests/unit/server/http/endpoints/fakeviews.h"
#include "tests/unit/server/http/endpoints/roomfixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;

namespace {
struct Fixture : Test::RoomFixture
{
    Assistant::IntentCatalog catalog{storage->intents(), *rooms, permissions, clock};
    Assistant::RoomMemory memory{storage->assistant(),
                                 storage->facts(),
                                 *rooms,
                                 permissions,
                                 [](const UserId &) { return Assistant::Person(); },
                                 clock};
    Test::FakeAssistant assistant;
    Test::FakeRealtime realtime;
    Rooms::PresenceTracker presence{clock};
    ChatEndpoint chat{ChatLimits{}, assistant, realtime, *sessions, permissions, clock};
    Test::FakeAudit audit;
    RealtimeEndpoint websocket{realtime, presence, *rooms, *sessions, permissions, audit, clock};
    IntentsEndpoint intents{assistant};
    MemoryEndpoint remembered{assistant};
    Test::RouteCaller api{chat.routes() + websocket.routes() + intents.routes() + remembered.routes()};

    explicit Fixture(Identity::GuestPolicy guests = Identity::GuestPolicy::Loopback) : RoomFixture(guests)
    {
        assistant.intents = &catalog;
        assistant.remembered = &memory;
        must(QCoro::waitFor(catalog.load(QStringLiteral(ATOM_SOURCE_DIR "/resources/intents"))));
    }
    ~Fixture() { QCoro::waitFor(catalog.close()); }
};
const QString message = u"/api/v1/chat/message"_s;
} // namespace

class ChatEndpointsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void replyHasTheKnownShape()
    {
        Fixture f;
        f.assistant.reply.run = RunId("run-1");
        f.assistant.reply.workflowTriggered = true;
        f.assistant.reply.suggestions = QStringList{u"more"_s};
        const QJsonObject body{{u"message"_s, u"hi"_s},
                               {u"user_id"_s, u"visitor"_s},
                               {u"context_id"_s, QJsonValue()},
                               {u"message_type"_s, u"voice"_s},
                               {u"metadata"_s, QJsonObject{{u"k"_s, u"v"_s}}}};
        const Http::Response response = f.api.post(message, body);
        QCOMPARE(response.status, 200);
        const QJsonObject json = Test::jsonOf(response);
        QCOMPARE(json.value(u"response"_s).toString(), u"echo: hi"_s);
        QCOMPARE(json.value(u"context_id"_s).toString(), u"room-of-visitor"_s);
        QCOMPARE(json.value(u"workflow_triggered"_s).toBool(), true);
        QCOMPARE(json.value(u"workflow_id"_s).toString(), u"run-1"_s);
        QCOMPARE(json.value(u"suggestions"_s).toArray(), QJsonArray{u"more"_s});
        QCOMPARE(json.value(u"timestamp"_s).toString(), toIso(f.clock.now()));
        QVERIFY(f.assistant.lastActor.isGuest());
        QCOMPARE(f.assistant.lastMetadata.value(u"message_type"_s).toString(), u"voice"_s);
        QCOMPARE(f.assistant.lastMetadata.value(u"k"_s).toString(), u"v"_s);
    }

    void withoutARunTheWorkflowIsNull()
    {
        Fixture f;
        const QJsonObject json = Test::jsonOf(f.api.post(message, {{u"message"_s, u"hi"_s}, {u"user_id"_s, u"v"_s}}));
        QVERIFY(json.value(u"workflow_id"_s).isNull());
        QCOMPARE(json.value(u"workflow_triggered"_s).toBool(true), false);
        QCOMPARE(json.value(u"suggestions"_s).toArray().size(), 0);
    }

    void missingAndWrongFields_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QStringList>("pointers");
        const auto row = [](const char *body, const QStringList &pointers) {
            QTest::newRow(body) << QByteArray(body) << pointers;
        };
        row("{}", {u"/message"_s, u"/user_id"_s});
        row(R"({"message":"hi"})", {u"/user_id"_s});
        row(R"({"message":1,"user_id":"u"})", {u"/message"_s});
        row(R"({"message":"hi","user_id":""})", {u"/user_id"_s});
        row(R"({"message":"hi","user_id":"a b"})", {u"/user_id"_s});
        row(R"({"message":"hi","user_id":"u","context_id":5})", {u"/context_id"_s});
        row(R"({"message":"hi","user_id":"u","metadata":"x"})", {u"/metadata"_s});
    }
    void missingAndWrongFields()
    {
        QFETCH(QByteArray, body);
        QFETCH(QStringList, pointers);
        Fixture f;
        const Http::Response response = f.api.call("POST", message, body);
        QCOMPARE(response.status, 422);
        QCOMPARE(Test::pointersOf(response), pointers);
        QCOMPARE(f.assistant.chats, 0);
    }

    void fieldsOfOlderSystemsAreLeftOut()
    {
        Fixture f;
        const Http::Response response =
            f.api.call("POST", message, R"({"message":"hi","user_id":"u","session":"s-1","role":"owner"})");
        QCOMPARE(response.status, 200);
        QCOMPARE(f.assistant.chats, 1);
    }

    void whoMaySpeakAsWhom()
    {
        Fixture f;
        const auto as = [](const QString &user) { return QJsonObject{{u"message"_s, u"hi"_s}, {u"user_id"_s, user}}; };
        QCOMPARE(f.api.as("ann").post(message, as(u"ann"_s)).status, 200);
        QVERIFY(f.assistant.lastActor.role == Role::Member);
        QCOMPARE(f.api.post(message, as(u"ben"_s)).status, 403);
        QCOMPARE(f.api.anonymous().post(message, as(u"ann"_s)).status, 409); // an account's name
        QCOMPARE(f.api.post(message, as(u"Ann"_s)).status, 409);
        f.api.peer = QHostAddress(u"203.0.113.9"_s);
        QCOMPARE(f.api.post(message, as(u"visitor"_s)).status, 401); // guests come from this machine only
        Fixture closed(Identity::GuestPolicy::Off);
        QCOMPARE(closed.api.post(message, as(u"visitor"_s)).status, 401);
    }

    void failuresOfTheAssistantAreProblems()
    {
        Fixture f;
        f.assistant.failure = Error(Errc::DeadlineExceeded, u"The reply takes longer."_s);
        const Http::Response late = f.api.post(message, {{u"message"_s, u"hi"_s}, {u"user_id"_s, u"v"_s}});
        QCOMPARE(late.status, 504);
        QCOMPARE(late.contentType, QByteArray("application/problem+json"));
        QCOMPARE(Test::jsonOf(late).value(u"code"_s).toString(), u"deadline_exceeded"_s);
    }

    void contextIsOwn()
    {
        Fixture f;
        const auto path = [](const QString &user) { return u"/api/v1/chat/users/%1/context"_s.arg(user); };
        QCOMPARE(f.api.get(path(u"visitor"_s)).status, 404); // never talked
        f.assistant.known = {"visitor", "ann"};
        QCOMPARE(Test::jsonOf(f.api.get(path(u"visitor"_s))).value(u"recent_messages"_s).toArray().size(), 1);
        QCOMPARE(f.api.get(path(u"ann"_s)).status, 401); // an account's needs a token
        const QJsonObject own = Test::jsonOf(f.api.as("ann").get(path(u"ann"_s)));
        QCOMPARE(own.value(u"context_id"_s).toString(), u"room-of-ann"_s);
        QCOMPARE(own.value(u"state"_s).toObject().value(u"question"_s).toString(), u"which order?"_s);
        QCOMPARE(f.api.as("ben").get(path(u"ann"_s)).status, 403);
        const QJsonObject hidden = Test::jsonOf(f.api.as("olga", Role::Owner).get(path(u"ann"_s)));
        QVERIFY(hidden.value(u"content_hidden"_s).toBool());
        QVERIFY(hidden.value(u"recent_messages"_s).toArray().isEmpty() && hidden.value(u"state"_s).isNull());
    }

    void contextTellsWhatIsRemembered()
    {
        Fixture f;
        f.assistant.known = {"ann"};
        const QString path = u"/api/v1/chat/users/ann/context"_s;
        QVERIFY(!Test::jsonOf(f.api.as("ann").get(path)).contains(u"remembered"_s));
        const QJsonObject told = Test::jsonOf(f.api.get(path + u"?about=the%20harbour"_s));
        const QJsonObject entry = told.value(u"remembered"_s).toArray().first().toObject();
        QCOMPARE(entry.value(u"text"_s).toString(), u"said about the harbour"_s);
        QCOMPARE(entry.value(u"score"_s).toDouble(), 4.25);
        QCOMPARE(entry.value(u"reason"_s).toString(), u"words 4.2"_s);
        QVERIFY(told.value(u"complete"_s).toBool());
        QCOMPARE(f.api.get(path + u"?about="_s + QString(1'001, u'x')).status, 422);
        // Nothing of it for those who may only read profiles.
        QVERIFY(!Test::jsonOf(f.api.as("olga", Role::Owner).get(path + u"?about=x"_s)).contains(u"remembered"_s));
    }

    void anAnswerIsStopped()
    {
        Fixture f;
        const QString path = u"/api/v1/messages/m-1/stop"_s;
        QCOMPARE(f.api.as("ann").post(path, {}).status, 404);
        f.assistant.questions = {"m-1"};
        QCOMPARE(f.api.post(path, {}).status, 204);
        QCOMPARE(f.assistant.stopped, QList<MessageId>{MessageId("m-1")});
        QCOMPARE(f.assistant.lastActor.user, UserId("ann"));
        f.assistant.failure = Error(Errc::Conflict, u"answered"_s);
        QCOMPARE(f.api.post(path, {}).status, 409);
    }

    void connectionsShowDetailsOnlyToOperators()
    {
        Fixture f;
        for (int i = 0; i < 3; ++i)
            f.realtime.rows.append(ConnectionRow{QByteArray::number(i), UserId("ann"), false, "phone", u"127.0.0.1"_s,
                                                 fromMillis(1000 + i / 2), 1, 0});
        const QString path = u"/api/v1/chat/connections"_s;
        const QJsonObject guest = Test::jsonOf(f.api.get(path));
        QCOMPARE(guest.value(u"active_connections"_s).toInt(), 3);
        QVERIFY(!guest.contains(u"items"_s));
        QVERIFY(!Test::jsonOf(f.api.as("ann").get(path)).contains(u"items"_s));

        f.api.as("otto", Role::Operator);
        const QJsonObject first = Test::jsonOf(f.api.get(path + u"?limit=2"_s));
        QCOMPARE(first.value(u"items"_s).toArray().size(), 2);
        const QString next = first.value(u"next"_s).toString();
        const QJsonObject second = Test::jsonOf(f.api.get(path + u"?limit=2&cursor="_s + next));
        QCOMPARE(second.value(u"items"_s).toArray().first().toObject().value(u"id"_s).toString(), u"2"_s);
        QVERIFY(!second.contains(u"next"_s));

        Fixture closed(Identity::GuestPolicy::Off);
        QCOMPARE(closed.api.get(path).status, 401);
        QCOMPARE(closed.api.as("ann").get(path).status, 200);
    }

    void featuresTellLimits()
    {
        Fixture f;
        const QJsonObject features = Test::jsonOf(f.api.get(u"/api/v1/chat/features"_s));
        QVERIFY(features.value(u"features"_s).toArray().contains(u"assistant"_s));
        QVERIFY(features.value(u"guests"_s).toBool());
        QCOMPARE(features.value(u"limits"_s).toObject().value(u"message_bytes"_s).toInt(), 32 * 1024);
        QCOMPARE(f.api.get(u"/api/v1/intents"_s).status, 401);
        const QJsonObject intents = Test::jsonOf(f.api.as("ann").get(u"/api/v1/intents"_s));
        QHash<QString, QJsonObject> byName;
        for (const QJsonValue &one : intents.value(u"items"_s).toArray())
            byName.insert(one[u"name"_s].toString(), one.toObject());
        QVERIFY(byName.value(u"greeting"_s).value(u"example_count"_s).toInt() > 3);
        QVERIFY(!byName.value(u"greeting"_s).contains(u"workflow"_s));
        QCOMPARE(byName.value(u"weather"_s).value(u"workflow"_s).toString(), u"demo.weather"_s);
        QCOMPARE(byName.value(u"remind-me"_s).value(u"action"_s).toString(), u"remind"_s);
    }

    void intentsAreWrittenReadAndRemoved()
    {
        Fixture f;
        const QString path = u"/api/v1/intents/parking"_s;
        const QJsonObject body{
            {u"source"_s,
             u"name: parking\ndescription: tell where to park\nexamples: [where to park]\nreply: Outside.\n"_s}};
        QCOMPARE(f.api.as("ann").put(path, body).status, 403);
        f.api.as("ada", Role::Admin);
        QCOMPARE(f.api.get(path).status, 404);
        QCOMPARE(f.api.put(path, QJsonObject{{u"source"_s, u"name: parking"_s}}).status, 422);
        QCOMPARE(f.api.put(u"/api/v1/intents/other"_s, body).status, 422);
        QJsonObject saved = Test::jsonOf(f.api.put(path, body));
        QCOMPARE(saved.value(u"origin"_s).toString(), u"stored"_s);
        QCOMPARE(saved.value(u"changed_by"_s).toString(), u"ada"_s);
        QCOMPARE(Test::jsonOf(f.api.get(path)), saved);
        QCOMPARE(f.api.remove(path).status, 204);
        QCOMPARE(f.api.remove(path).status, 404);
        QCOMPARE(f.api.remove(u"/api/v1/intents/weather"_s).status, 409);
        f.assistant.ranked = {Assistant::IntentScore{u"weather"_s, 0.9}, Assistant::IntentScore{{}, 0.1}};
        const QJsonArray ranked =
            Test::jsonOf(f.api.post(u"/api/v1/intents/classify"_s, QJsonObject{{u"text"_s, u"rain?"_s}}))
                .value(u"ranked"_s)
                .toArray();
        QCOMPARE(ranked.size(), 2);
        QVERIFY(ranked[1][u"intent"_s].isNull());
    }

    void whatIsRememberedIsOnesOwn()
    {
        Fixture f;
        const QString path = u"/api/v1/users/me/memory"_s;
        QCOMPARE(f.api.get(path).status, 401);
        f.api.as("ann");
        QCOMPARE(f.api.post(path, QJsonObject{{u"text"_s, u"  "_s}}).status, 422);
        const QJsonObject fact = Test::jsonOf(f.api.post(path, QJsonObject{{u"text"_s, u"I like tea"_s}}));
        const QString one = path + u'/' + fact.value(u"id"_s).toString();
        f.api.as("ben");
        QVERIFY(Test::jsonOf(f.api.get(path)).value(u"items"_s).toArray().isEmpty());
        QCOMPARE(f.api.put(one, QJsonObject{{u"text"_s, u"I like rum"_s}}).status, 404);
        QCOMPARE(f.api.remove(one).status, 404);
        f.api.as("ann");
        QCOMPARE(f.api.put(one, QJsonObject{{u"text"_s, u"I like coffee"_s}}).status, 200);
        const QJsonArray items = Test::jsonOf(f.api.get(path)).value(u"items"_s).toArray();
        QCOMPARE(items.size(), 1);
        QCOMPARE(items[0][u"text"_s].toString(), u"I like coffee"_s);
        // An application token that may not touch what its account keeps does not see it either.
        Identity::TokenScope scope;
        scope.actions = Identity::setOf({Action::RoomRead});
        f.permissions.setScope(SessionId("token.one"), scope);
        Actor bot = f.api.actor();
        const Actor ann = bot;
        bot.session = SessionId("token.one");
        f.api.setActor(bot);
        QCOMPARE(f.api.get(path).status, 403);
        QCOMPARE(f.api.post(path, QJsonObject{{u"text"_s, u"I like gin"_s}}).status, 403);
        f.api.setActor(ann);
        QCOMPARE(f.api.remove(path + u'/' + items[0][u"id"_s].toString()).status, 204);
        QVERIFY(Test::jsonOf(f.api.get(path)).value(u"items"_s).toArray().isEmpty());
    }

    void reportOfIntents()
    {
        Fixture f;
        const QString path = u"/api/v1/intents/report"_s;
        QCOMPARE(f.api.get(path).status, 401);
        QCOMPARE(f.api.as("ann").get(path).status, 403);
        QJsonObject report = Test::jsonOf(f.api.as("ada", Role::Admin).get(path));
        QVERIFY(report.value(u"accuracy"_s).isNull());
        QVERIFY(report.value(u"false_triggers_per_1000"_s).isNull());
        Assistant::IntentReport &known = f.assistant.trained.report;
        known.judgedExamples = 10;
        known.accuracy = 0.9;
        known.confusions = {Assistant::IntentConfusion{u"greet"_s, QString(), 1, u"hello bot"_s}};
        report = Test::jsonOf(f.api.as("ada", Role::Admin).get(path));
        QCOMPARE(report.value(u"accuracy"_s).toDouble(), 0.9);
        const QJsonObject confusion = report.value(u"confusions"_s).toArray().first().toObject();
        QCOMPARE(confusion.value(u"intent"_s).toString(), u"greet"_s);
        QVERIFY(confusion.value(u"taken_for"_s).isNull());
    }

    void presenceOfAUser()
    {
        Fixture f;
        const QString path = u"/api/v1/websocket/users/ann/status"_s;
        QJsonObject status = Test::jsonOf(f.api.get(path));
        QCOMPARE(status.value(u"status"_s).toString(), u"offline"_s);
        QVERIFY(status.value(u"last_seen"_s).isNull());
        f.presence.connected(UserId("ann"), DeviceId("d1"));
        f.presence.connected(UserId("ann"), DeviceId("d2"));
        status = Test::jsonOf(f.api.get(path));
        QCOMPARE(status.value(u"online"_s).toBool(), true);
        QCOMPARE(status.value(u"devices"_s).toInt(), 2);
        f.presence.disconnected(UserId("ann"), DeviceId("d1"));
        f.presence.disconnected(UserId("ann"), DeviceId("d2"));
        const Timestamp left = f.clock.now();
        QCOMPARE(Test::jsonOf(f.api.get(path)).value(u"status"_s).toString(), u"online"_s); // maybe back in a moment
        f.clock.advance(Rooms::PresenceTracker::grace);
        QCOMPARE(Test::jsonOf(f.api.get(path)).value(u"last_seen"_s).toString(), toIso(left));
        QCOMPARE(Test::jsonOf(f.api.get(u"/api/v1/websocket/stats"_s)).value(u"active_connections"_s).toInt(), 0);
    }

    void guestsSeeWhoIsInRoomsTheyMayJoin()
    {
        Fixture f;
        f.makeRoom("lobby");
        f.makeRoom("secret", RoomVisibility::Private);
        f.realtime.usersByRoom.insert(RoomId("lobby"), {UserId("ann"), UserId("ben")});
        const QJsonObject lobby = Test::jsonOf(f.api.get(u"/api/v1/websocket/rooms/lobby"_s));
        QCOMPARE(lobby.value(u"room_id"_s).toString(), u"lobby"_s);
        QCOMPARE(lobby.value(u"users"_s).toArray(), (QJsonArray{u"ann"_s, u"ben"_s}));
        QCOMPARE(lobby.value(u"user_count"_s).toInt(), 2);
        QCOMPARE(f.api.get(u"/api/v1/websocket/rooms/secret"_s).status, 404);
        QCOMPARE(f.api.get(u"/api/v1/websocket/rooms/nowhere"_s).status, 404);
        QCOMPARE(f.api.as("ben").get(u"/api/v1/websocket/rooms/secret"_s).status, 404);
        QCOMPARE(f.api.as("olga", Role::Owner).get(u"/api/v1/websocket/rooms/secret"_s).status, 404);
        QCOMPARE(f.api.as("ann").get(u"/api/v1/websocket/rooms/secret"_s).status, 200);
    }

    void systemMessagesNeedThePermission()
    {
        Fixture f;
        f.makeRoom("lobby");
        f.realtime.reached = 4;
        const QJsonObject body{{u"message"_s, u"noon"_s}, {u"message_type"_s, u"notice"_s}};
        const QString user = u"/api/v1/websocket/users/ann/message"_s;
        const QString room = u"/api/v1/websocket/rooms/lobby/broadcast"_s;
        QCOMPARE(f.api.post(user, body).status, 401);
        QCOMPARE(f.api.as("ann").post(user, body).status, 403);
        QCOMPARE(f.api.post(room, body).status, 403);
        QVERIFY(f.realtime.sent.isEmpty());
        f.api.as("olga", Role::Owner);
        QCOMPARE(Test::jsonOf(f.api.post(user, body)).value(u"delivered"_s).toInt(), 4);
        QCOMPARE(f.realtime.sent.value(u"message"_s).toString(), u"noon"_s);
        QCOMPARE(f.realtime.sent.value(u"from"_s).toString(), u"olga"_s);
        QCOMPARE(Test::jsonOf(f.api.post(room, body)).value(u"room_id"_s).toString(), u"lobby"_s);
        QCOMPARE(f.api.post(u"/api/v1/websocket/rooms/nowhere/broadcast"_s, body).status, 404);
        QCOMPARE(Test::pointersOf(f.api.post(room, {{u"from"_s, u"ann"_s}})), (QStringList{u"/message"_s, u"/from"_s}));
    }
};

QTEST_GUILESS_MAIN(ChatEndpointsTest)
#include "tst_chatendpoints.moc"
