// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/messagesendpoint.h"
#include "server/http/endpoints/roomsendpoint.h"
#include "shared/protocol/restcodec.h"
#include "tests/unit/server/http/endpoints/roomfixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;

namespace {
struct Fixture : Test::RoomFixture
{
    RoomsEndpoint roomsEndpoint{*rooms, *users};
    MessagesEndpoint messagesEndpoint{*rooms};
    Test::RouteCaller api{roomsEndpoint.routes() + messagesEndpoint.routes()};

    QJsonObject say(const QString &room, const QString &text)
    {
        return Test::jsonOf(api.post(u"/api/v1/rooms/%1/messages"_s.arg(room), {{u"message"_s, text}}));
    }
    QStringList texts(const QString &target)
    {
        QStringList all;
        const Result<RoomEventPage> page = Protocol::roomEventPageFromJson(Test::jsonOf(api.get(target)));
        for (const RoomEvent &event : page.valueOr({}).events) {
            if (event.kind == RoomEventKind::Message)
                all.append(event.text);
        }
        return all;
    }
};
} // namespace

class RoomEndpointsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void createAndShow()
    {
        Fixture f;
        f.api.as("ann");
        const Http::Response made = f.api.post(
            u"/api/v1/rooms"_s, {{u"id"_s, u"lobby"_s}, {u"name"_s, u"Lobby"_s}, {u"members"_s, QJsonArray{u"ben"_s}}});
        QCOMPARE(made.status, 201);
        QCOMPARE(Test::headerOf(made, "Location"), QByteArray("/api/v1/rooms/lobby"));
        const Result<Room> room = Protocol::roomFromJson(Test::jsonOf(made));
        QVERIFY(room.isOk());
        QCOMPARE(room->memberCount, 2);
        QCOMPARE(room->createdBy, UserId("ann"));
        QCOMPARE(f.api.post(u"/api/v1/rooms"_s, {{u"id"_s, u"lobby"_s}}).status, 409);
        QCOMPARE(f.api.as("cleo").get(u"/api/v1/rooms/lobby"_s).status, 200); // public
        const Http::Response generated = f.api.post(u"/api/v1/rooms"_s, {{u"name"_s, u"x"_s}});
        QCOMPARE(generated.status, 201);
        QCOMPARE(Test::jsonOf(generated).value(u"id"_s).toString().size(), 36);
    }

    void aGroupIsAlwaysCalledSomething()
    {
        Fixture f;
        f.api.as("ann");
        const Http::Response byId = f.api.post(u"/api/v1/rooms"_s, {{u"id"_s, u"ops"_s}});
        QCOMPARE(byId.status, 201);
        QCOMPARE(Test::jsonOf(byId).value(u"name"_s).toString(), u"ops"_s);
        for (const QJsonObject &nameless : {QJsonObject(), QJsonObject{{u"name"_s, u"  "_s}}}) {
            const Http::Response refused = f.api.post(u"/api/v1/rooms"_s, nameless);
            QCOMPARE(refused.status, 422);
            QCOMPARE(Test::pointersOf(refused), QStringList{u"/name"_s});
        }
    }

    void createRefusals()
    {
        Fixture f;
        f.api.as("ann");
        const QJsonObject bad{{u"id"_s, u"a b"_s},
                              {u"name"_s, QString(129, u'x')},
                              {u"kind"_s, u"club"_s},
                              {u"visibility"_s, 1},
                              {u"persistence"_s, u"no"_s},
                              {u"assistant_enabled"_s, 1},
                              {u"members"_s, QJsonArray{u"nobody"_s}},
                              {u"owner"_s, u"ann"_s}};
        const Http::Response refused = f.api.post(u"/api/v1/rooms"_s, bad);
        QCOMPARE(refused.status, 422);
        QStringList pointers = Test::pointersOf(refused);
        pointers.sort();
        QCOMPARE(pointers, (QStringList{u"/assistant_enabled"_s, u"/id"_s, u"/kind"_s, u"/members"_s, u"/name"_s,
                                        u"/owner"_s, u"/persistence"_s, u"/visibility"_s}));
        QCOMPARE(f.api.call("POST", u"/api/v1/rooms"_s, "[]").status, 422);
        QCOMPARE(f.api.call("POST", u"/api/v1/rooms"_s, "{").status, 400);
        QCOMPARE(f.api.anonymous().post(u"/api/v1/rooms"_s, {}).status, 401);
    }

    void directRoomIsMadeOnce()
    {
        Fixture f;
        f.api.as("ann");
        const QJsonObject draft{{u"kind"_s, u"direct"_s}, {u"members"_s, QJsonArray{u"ben"_s}}};
        const Http::Response first = f.api.post(u"/api/v1/rooms"_s, draft);
        QCOMPARE(first.status, 201);
        QCOMPARE(Test::jsonOf(first).value(u"visibility"_s).toString(), u"private"_s);
        const Http::Response second = f.api.post(u"/api/v1/rooms"_s, draft);
        QCOMPARE(second.status, 200);
        QCOMPARE(Test::jsonOf(second).value(u"id"_s), Test::jsonOf(first).value(u"id"_s));
    }

    void listIsPagedByName()
    {
        Fixture f;
        for (const char *id : {"delta", "alpha", "charlie", "bravo"})
            f.makeRoom(id, *id == 'c' ? RoomVisibility::Private : RoomVisibility::Public);
        f.api.as("ben");
        QStringList seen;
        QString target = u"/api/v1/rooms?limit=2"_s;
        for (int pages = 0; pages < 5 && !target.isEmpty(); ++pages) {
            const QJsonObject page = Test::jsonOf(f.api.get(target));
            for (const QJsonValue &room : page.value(u"items"_s).toArray())
                seen.append(room.toObject().value(u"id"_s).toString());
            const QString next = page.value(u"next"_s).toString();
            target = next.isEmpty() ? QString() : u"/api/v1/rooms?limit=2&cursor="_s + next;
        }
        QCOMPARE(seen, (QStringList{u"alpha"_s, u"bravo"_s, u"delta"_s})); // not ann's private one
        const Http::Response bad = f.api.get(u"/api/v1/rooms?cursor=WyJhIl0"_s);
        QCOMPARE(bad.status, 422);
        QCOMPARE(Test::pointersOf(bad), QStringList{u"/query/cursor"_s});
    }

    void privateRoomsLookLikeMissingOnes_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QString>("rest");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("show") << QByteArray("GET") << QString() << QByteArray();
        QTest::newRow("members") << QByteArray("GET") << u"/members"_s << QByteArray();
        QTest::newRow("add member") << QByteArray("POST") << u"/members"_s << QByteArray(R"({"user_id":"ben"})");
        QTest::newRow("remove member") << QByteArray("DELETE") << u"/members/ann"_s << QByteArray();
        QTest::newRow("join") << QByteArray("POST") << u"/join"_s << QByteArray();
        QTest::newRow("leave") << QByteArray("POST") << u"/leave"_s << QByteArray();
        QTest::newRow("history") << QByteArray("GET") << u"/messages"_s << QByteArray();
        QTest::newRow("post") << QByteArray("POST") << u"/messages"_s << QByteArray(R"({"message":"x"})");
        QTest::newRow("message") << QByteArray("GET") << u"/messages/m1"_s << QByteArray();
        QTest::newRow("edit") << QByteArray("PATCH") << u"/messages/m1"_s << QByteArray(R"({"message":"x"})");
        QTest::newRow("delete") << QByteArray("DELETE") << u"/messages/m1"_s << QByteArray();
        QTest::newRow("read") << QByteArray("POST") << u"/read"_s << QByteArray(R"({"up_to":1})");
    }
    void privateRoomsLookLikeMissingOnes()
    {
        QFETCH(QByteArray, method);
        QFETCH(QString, rest);
        QFETCH(QByteArray, body);
        Fixture f;
        f.makeRoom("secret", RoomVisibility::Private);
        for (const Role role : {Role::Member, Role::Owner}) {
            f.api.as("ben", role);
            const Http::Response foreign = f.api.call(method, u"/api/v1/rooms/secret"_s + rest, body);
            const Http::Response missing = f.api.call(method, u"/api/v1/rooms/nowhere"_s + rest, body);
            QCOMPARE(foreign.status, 404);
            QCOMPARE(missing.status, 404);
            QCOMPARE(Test::jsonOf(foreign).value(u"detail"_s), Test::jsonOf(missing).value(u"detail"_s));
        }
        QCOMPARE(f.api.call(method, u"/api/v1/rooms/a%2Fb"_s + rest, body).status, 404);
    }

    void membersComeAndGo()
    {
        Fixture f;
        f.makeRoom("lobby");
        f.api.as("ben");
        QCOMPARE(Test::jsonOf(f.api.post(u"/api/v1/rooms/lobby/join"_s, {})).value(u"member_count"_s).toInt(), 2);
        QCOMPARE(f.api.call("POST", u"/api/v1/rooms/lobby/join"_s).status, 200); // again, without a body
        QCOMPARE(f.api.post(u"/api/v1/rooms/lobby/join"_s, {{u"as"_s, u"owner"_s}}).status, 422);
        QCOMPARE(f.api.post(u"/api/v1/rooms/lobby/members"_s, {{u"user_id"_s, u"cleo"_s}}).status, 403);
        f.api.as("ann");
        const Http::Response added =
            f.api.post(u"/api/v1/rooms/lobby/members"_s, {{u"user_id"_s, u"cleo"_s}, {u"role"_s, u"moderator"_s}});
        QCOMPARE(added.status, 201);
        QCOMPARE(Test::jsonOf(added).value(u"role"_s).toString(), u"moderator"_s);
        QCOMPARE(f.api.post(u"/api/v1/rooms/lobby/members"_s, {{u"user_id"_s, u"nobody"_s}}).status, 422);

        const QJsonObject page = Test::jsonOf(f.api.get(u"/api/v1/rooms/lobby/members?limit=2"_s));
        QCOMPARE(page.value(u"items"_s).toArray().size(), 2);
        const QString next = page.value(u"next"_s).toString();
        const QJsonObject rest = Test::jsonOf(f.api.get(u"/api/v1/rooms/lobby/members?cursor="_s + next));
        QCOMPARE(rest.value(u"items"_s).toArray().first().toObject().value(u"user_id"_s).toString(), u"cleo"_s);
        QVERIFY(!rest.contains(u"next"_s));

        QCOMPARE(f.api.remove(u"/api/v1/rooms/lobby/members/cleo"_s).status, 204);
        QVERIFY(!f.rooms->isMember(UserId("cleo"), RoomId("lobby")));
        QCOMPARE(f.api.as("ben").post(u"/api/v1/rooms/lobby/leave"_s, {}).status, 204);
        QVERIFY(!f.rooms->isMember(UserId("ben"), RoomId("lobby")));
    }

    void messagesAreIdempotent()
    {
        Fixture f;
        f.makeRoom("lobby");
        f.api.as("ann");
        const QJsonObject body{
            {u"message"_s, u"hello"_s}, {u"client_id"_s, u"c-1"_s}, {u"metadata"_s, QJsonObject{{u"k"_s, 1}}}};
        const Http::Response first = f.api.post(u"/api/v1/rooms/lobby/messages"_s, body);
        QCOMPARE(first.status, 201);
        const Result<RoomEvent> event = Protocol::roomEventFromJson(Test::jsonOf(first));
        QVERIFY(event.isOk());
        QCOMPARE(event->text, u"hello"_s);
        QCOMPARE(event->clientId, QByteArray("c-1"));
        QVERIFY(event->seq > 0 && !event->trace.isEmpty());
        const Http::Response again = f.api.post(u"/api/v1/rooms/lobby/messages"_s, body);
        QCOMPARE(again.status, 200);
        QCOMPARE(Test::jsonOf(again).value(u"id"_s), Test::jsonOf(first).value(u"id"_s));

        const QByteArray text = R"({"message":"by header"})";
        QCOMPARE(
            f.api.withHeader("idempotency-key", "k-1").call("POST", u"/api/v1/rooms/lobby/messages"_s, text).status,
            201);
        QCOMPARE(
            f.api.withHeader("idempotency-key", "k-1").call("POST", u"/api/v1/rooms/lobby/messages"_s, text).status,
            200);
    }

    void messageRefusals_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("pointer");
        QTest::newRow("nothing") << QByteArray("{}") << 422 << u"/message"_s;
        QTest::newRow("empty") << QByteArray(R"({"message":""})") << 422 << u"/message"_s;
        QTest::newRow("no text") << QByteArray(R"({"message":7})") << 422 << u"/message"_s;
        QTest::newRow("client id") << QByteArray(R"({"message":"x","client_id":")" + QByteArray(129, 'x') + R"("})")
                                   << 422 << u"/client_id"_s;
        QTest::newRow("client id in bytes")
            << QByteArray(R"({"message":"x","client_id":")" + u"é"_s.repeated(100).toUtf8() + R"("})") << 422
            << u"/client_id"_s;
        QTest::newRow("reply") << QByteArray(R"({"message":"x","reply_to":"?"})") << 422 << u"/reply_to"_s;
        QTest::newRow("reply to nothing") << QByteArray(R"({"message":"x","reply_to":"m-0"})") << 422 << u"/reply_to"_s;
        QTest::newRow("type") << QByteArray(R"({"message":"x","message_type":"system"})") << 422 << u"/message_type"_s;
        QTest::newRow("metadata") << QByteArray(R"({"message":"x","metadata":[]})") << 422 << u"/metadata"_s;
        QTest::newRow("unknown") << QByteArray(R"({"message":"x","user_id":"ben"})") << 422 << u"/user_id"_s;
        QTest::newRow("too long") << QByteArray(R"({"message":")" + QByteArray(40'000, 'x') + R"("})") << 413
                                  << u"/message"_s;
    }
    void messageRefusals()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        QFETCH(QString, pointer);
        Fixture f;
        f.makeRoom("lobby");
        const Http::Response refused = f.api.as("ann").call("POST", u"/api/v1/rooms/lobby/messages"_s, body);
        QCOMPARE(refused.status, status);
        QCOMPARE(Test::pointersOf(refused), QStringList{pointer});
        QCOMPARE(f.texts(u"/api/v1/rooms/lobby/messages"_s), QStringList{});
    }

    void historyIsPaged()
    {
        Fixture f;
        f.makeRoom("lobby");
        f.api.as("ann");
        QList<qint64> seqs;
        for (int i = 0; i < 5; ++i)
            seqs.append(f.say(u"lobby"_s, QString::number(i)).value(u"seq"_s).toInteger());
        const QString path = u"/api/v1/rooms/lobby/messages"_s;
        QCOMPARE(f.texts(path + u"?limit=2"_s), (QStringList{u"3"_s, u"4"_s}));
        QCOMPARE(f.texts(path + u"?limit=2&before=%1"_s.arg(seqs[3])), (QStringList{u"1"_s, u"2"_s}));
        QCOMPARE(f.texts(path + u"?limit=2&after=%1"_s.arg(seqs[0])), (QStringList{u"1"_s, u"2"_s}));
        QCOMPARE(f.texts(path + u"?limit=2&after=%1"_s.arg(seqs[4])), QStringList{});
        QCOMPARE(f.api.get(path + u"?before=3&after=1"_s).status, 422);
        for (const char *query : {"limit=0", "limit=201", "before=-1", "after=x", "before=99999999999999999999"})
            QVERIFY2(f.api.get(path + u'?' + QString::fromLatin1(query)).status == 422, query);
    }

    void afterZeroIsTheBeginning()
    {
        Fixture f;
        f.makeRoom("lobby");
        f.api.as("ann");
        for (int i = 0; i < 3; ++i)
            (void)f.say(u"lobby"_s, QString::number(i));
        const QJsonObject page = Test::jsonOf(f.api.get(u"/api/v1/rooms/lobby/messages?after=0&limit=2"_s));
        QCOMPARE(page.value(u"events"_s).toArray().size(), 2);
        QCOMPARE(page.value(u"events"_s).toArray().first().toObject().value(u"seq"_s).toInteger(), 1);
        QVERIFY(page.value(u"has_more_after"_s).toBool());
    }

    void editDeleteAndRead()
    {
        Fixture f;
        f.makeRoom("lobby");
        f.api.as("ann");
        const QJsonObject said = f.say(u"lobby"_s, u"helo"_s);
        const QString path = u"/api/v1/rooms/lobby/messages/"_s + said.value(u"id"_s).toString();
        const Http::Response edited = f.api.patch(path, {{u"message"_s, u"hello"_s}});
        QCOMPARE(edited.status, 200);
        QCOMPARE(Test::jsonOf(edited).value(u"type"_s).toString(), u"message_edited"_s);
        QCOMPARE(Test::jsonOf(f.api.get(path)).value(u"message"_s).toString(), u"hello"_s);
        QCOMPARE(f.api.patch(path, {}).status, 422);
        const QJsonObject same = Test::jsonOf(f.api.patch(path, {{u"message"_s, u"hello"_s}}));
        QCOMPARE(same.value(u"type"_s).toString(), u"chat_message"_s);
        QCOMPARE(same.value(u"seq"_s), said.value(u"seq"_s));

        f.api.as("ben");
        QCOMPARE(f.api.post(u"/api/v1/rooms/lobby/join"_s, {}).status, 200);
        QCOMPARE(f.api.patch(path, {{u"message"_s, u"mine now"_s}}).status, 403);
        QCOMPARE(f.api.remove(path).status, 403);
        const QJsonObject upTo{{u"up_to"_s, said.value(u"seq"_s)}};
        const Http::Response read = f.api.post(u"/api/v1/rooms/lobby/read"_s, upTo);
        QCOMPARE(read.status, 200);
        QCOMPARE(Test::jsonOf(read).value(u"up_to"_s), said.value(u"seq"_s));
        QCOMPARE(f.api.post(u"/api/v1/rooms/lobby/read"_s, upTo).status, 204);
        QCOMPARE(f.api.post(u"/api/v1/rooms/lobby/read"_s, {{u"up_to"_s, 0}}).status, 422);

        f.api.as("ann");
        QCOMPARE(Test::jsonOf(f.api.remove(path)).value(u"type"_s).toString(), u"message_deleted"_s);
        QCOMPARE(Test::jsonOf(f.api.remove(path)).value(u"type"_s).toString(), u"chat_message"_s); // again
        const QJsonObject gone = Test::jsonOf(f.api.get(path));
        QVERIFY(gone.value(u"deleted"_s).toBool() && gone.value(u"message"_s).toString().isEmpty());
        QCOMPARE(f.api.get(u"/api/v1/rooms/lobby/messages/m-unknown"_s).status, 404);
    }
};

QTEST_GUILESS_MAIN(RoomEndpointsTest)
#include "tst_roomendpoints.moc"
