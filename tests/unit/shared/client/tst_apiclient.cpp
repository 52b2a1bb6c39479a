// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// ApiClient against a local HTTP server.
#include "shared/client/apiclient.h"
#include "tests/support/fakeclock.h"
#include "tests/support/scriptedserver.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Client;
using namespace Qt::StringLiterals;
using Atom::Test::FakeClock;
using Atom::Test::ScriptedServer;

namespace {
using Request = ScriptedServer::Request;

QByteArray ok(const QByteArray &json)
{
    return ScriptedServer::answer(200, json);
}

QByteArray problem(int status, const QByteArray &code, const QByteArray &more = {})
{
    return ScriptedServer::answer(status, R"({"title":"x","detail":"why","code":")" + code + "\"" + more + "}",
                                  "Retry-After: 7\r\n");
}

QByteArray tokens(const QByteArray &access, const QByteArray &refresh, int expiresIn = 600)
{
    return ok(R"({"access_token":")" + access + R"(","token_type":"Bearer","expires_in":)" +
              QByteArray::number(expiresIn) + R"(,"refresh_token":")" + refresh +
              R"(","session_id":"s1","user":{"id":"ann","display_name":"Ann","role":"member","disabled":false,)"
              R"("created_at":"2026-01-01T00:00:00.000Z"}})");
}

const QByteArray roomJson =
    R"({"id":"r1","name":"One","kind":"group","visibility":"public","persistence":"durable","assistant_enabled":false,)"
    R"("created_by":"ann","created_at":"2026-01-01T00:00:00.000Z","last_seq":3,"member_count":2})";
const QByteArray eventJson =
    R"({"type":"chat_message","room_id":"r1","user_id":"ann","id":"m1","message":"hi","seq":4,)"
    R"("timestamp":"2026-01-01T00:00:00.000Z"})";

//! Collects what a call ends with.
template <typename T> struct Outcome
{
    std::optional<Result<T>> result;
    bool isOk() const { return result && result->isOk(); }
    Errc code() const { return result && !result->isOk() ? result->error().code : Errc(-1); }
};
template <typename T> QCoro::Task<void> collect(QCoro::Task<Result<T>> task, std::shared_ptr<Outcome<T>> outcome)
{
    Result<T> result = co_await task;
    outcome->result = std::move(result);
}
template <typename T> std::shared_ptr<Outcome<T>> begin(QCoro::Task<Result<T>> task)
{
    auto outcome = std::make_shared<Outcome<T>>();
    collect<T>(std::move(task), outcome);
    return outcome;
}
template <typename T> std::shared_ptr<Outcome<T>> finish(QCoro::Task<Result<T>> task)
{
    auto outcome = begin<T>(std::move(task));
    if (!QTest::qWaitFor([&] { return outcome->result.has_value(); }, 10'000))
        qFatal("the call did not end");
    return outcome;
}

struct Fixture
{
    explicit Fixture(ScriptedServer::Handler handler)
        : server(std::move(handler)),
          api(std::make_unique<ApiClient>(QUrl(u"http://127.0.0.1:%1"_s.arg(server.port())), clock))
    {
    }
    void signedIn(milliseconds lifetime = seconds(600))
    {
        Tokens t;
        t.accessToken = "a1";
        t.refreshToken = "f1";
        t.accessExpiresAt = clock.now() + lifetime;
        t.user.id = UserId("ann");
        api->setTokens(t);
    }
    FakeClock clock;
    ScriptedServer server;
    std::unique_ptr<ApiClient> api;
};
} // namespace

class TestApiClient : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void signsIn();
    void signInRefused();
    void sendsTokenAndBody();
    void renewsBeforeExpiry();
    void parallelCallsShareOneRenewal();
    void renewsOnceAfter401();
    void secondUnauthenticatedIsFinal();
    void refusedRenewalSignsOut();
    void unreachableRenewalKeepsTokens();
    void signOutForgetsTokens();
    void problemKeepsCodeAndFields();
    void answersThatCannotBeRead_data();
    void answersThatCannotBeRead();
    void oversizeAnswerIsRefused();
    void oversizeStreamIsRefused();
    void deadline();
    void connectionRefused();
    void cutInTheMiddle();
    void destroyedWhileCalling();
    void listsFollowTheirCursor();
    void endlessListIsRefused();
    void idsAreOneSegment();
    void routes_data();
    void routes();
};

void TestApiClient::signsIn()
{
    Fixture f([](const Request &) { return tokens("a1", "f1"); });
    QSignalSpy changed(f.api.get(), &ApiClient::tokensChanged);
    const auto r = finish(f.api->signIn(u"ann"_s, u"pw"_s, u"laptop"_s));
    QVERIFY(r->isOk());
    QCOMPARE((*r->result)->user.id, UserId("ann"));
    QCOMPARE(f.api->tokens().accessToken, "a1");
    QCOMPARE(f.api->tokens().session, SessionId("s1"));
    QCOMPARE(f.api->tokens().accessExpiresAt, f.clock.now() + seconds(600));
    QCOMPARE(changed.size(), 1);
    const Request &request = f.server.requests().first();
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.target, "/api/v1/auth/sign-in");
    QCOMPARE(QJsonDocument::fromJson(request.body).object(),
             (QJsonObject{{u"user"_s, u"ann"_s}, {u"password"_s, u"pw"_s}, {u"device"_s, u"laptop"_s}}));
    QVERIFY(!request.headers.contains("authorization"));
}

void TestApiClient::signInRefused()
{
    Fixture f([](const Request &) { return problem(401, "unauthenticated"); });
    const auto r = finish(f.api->signIn(u"ann"_s, u"pw"_s, u"laptop"_s));
    QCOMPARE(r->code(), Errc::Unauthenticated);
    QVERIFY(f.api->tokens().isEmpty());
    QCOMPARE(f.server.requests().size(), 1); // no renewal of what is not there
}

void TestApiClient::sendsTokenAndBody()
{
    Fixture f([](const Request &) { return ok(eventJson); });
    f.signedIn();
    const auto r = finish(f.api->sendMessage(RoomId("r1"), u"hi \u00e4"_s, "c1"));
    QVERIFY(r->isOk());
    QCOMPARE((*r->result)->seq, 4);
    const Request &request = f.server.requests().first();
    QCOMPARE(request.headers.value("authorization"), "Bearer a1");
    QVERIFY(!request.headers.value("idempotency-key").isEmpty());
    QCOMPARE(request.headers.value("content-type"), "application/json");
    QCOMPARE(QJsonDocument::fromJson(request.body).object(),
             (QJsonObject{{u"message"_s, u"hi \u00e4"_s}, {u"client_id"_s, u"c1"_s}}));
}

void TestApiClient::renewsBeforeExpiry()
{
    Fixture f(
        [](const Request &r) { return r.target.endsWith("refresh") ? tokens("a2", "f2") : ok(R"({"items":[]})"); });
    f.signedIn(seconds(29));
    QSignalSpy changed(f.api.get(), &ApiClient::tokensChanged);
    QVERIFY(finish(f.api->rooms())->isOk());
    QCOMPARE(f.server.requests().size(), 2);
    QCOMPARE(QJsonDocument::fromJson(f.server.requests()[0].body).object(),
             (QJsonObject{{u"refresh_token"_s, u"f1"_s}}));
    QCOMPARE(f.server.requests()[1].headers.value("authorization"), "Bearer a2");
    QCOMPARE(f.api->tokens().refreshToken, "f2");
    QCOMPARE(changed.size(), 1);
    QCOMPARE(**finish(f.api->accessToken())->result, QByteArray("a2"));
    QCOMPARE(f.server.requests().size(), 2);
}

void TestApiClient::parallelCallsShareOneRenewal()
{
    Fixture f([](const Request &r) { return r.target.endsWith("refresh") ? QByteArray() : ok(R"({"items":[]})"); });
    f.signedIn(seconds(10));
    QList<std::shared_ptr<Outcome<QList<Room>>>> calls;
    for (int i = 0; i < 5; ++i)
        calls.append(begin(f.api->rooms()));
    QTRY_COMPARE(f.server.waiting(), 1);
    calls.append(begin(f.api->rooms())); // while it is under way
    f.server.release(tokens("a2", "f2"));
    for (const auto &call : calls)
        QTRY_VERIFY(call->isOk());
    QCOMPARE(f.server.count("/api/v1/auth/refresh"), 1);
    QCOMPARE(f.server.count("/api/v1/rooms"), 6);
}

void TestApiClient::renewsOnceAfter401()
{
    Fixture f([](const Request &r) {
        if (r.target.endsWith("refresh"))
            return tokens("a2", "f2");
        return r.headers.value("authorization") == "Bearer a2" ? ok(eventJson) : problem(401, "unauthenticated");
    });
    f.signedIn();
    const auto first = begin(f.api->sendMessage(RoomId("r1"), u"1"_s, "c1"));
    const auto second = begin(f.api->sendMessage(RoomId("r1"), u"2"_s, "c2"));
    QTRY_VERIFY(first->isOk() && second->isOk());
    QCOMPARE(f.server.count("/api/v1/auth/refresh"), 1);
    QHash<QByteArray, int> keys;
    for (const Request &r : f.server.requests()) {
        if (!r.target.endsWith("refresh"))
            ++keys[r.headers.value("idempotency-key")];
    }
    QCOMPARE(keys.size(), 2); // the second try of a call carries the key of the first
}

void TestApiClient::secondUnauthenticatedIsFinal()
{
    Fixture f([](const Request &r) {
        return r.target.endsWith("refresh") ? tokens("a2", "f2") : ScriptedServer::answer(401, "<html>");
    });
    f.signedIn();
    QCOMPARE(finish(f.api->me())->code(), Errc::Unauthenticated);
    QCOMPARE(f.server.requests().size(), 3);
}

void TestApiClient::refusedRenewalSignsOut()
{
    Fixture f([](const Request &) { return problem(401, "unauthenticated"); });
    f.signedIn(seconds(1));
    QSignalSpy changed(f.api.get(), &ApiClient::tokensChanged);
    QCOMPARE(finish(f.api->me())->code(), Errc::Unauthenticated);
    QVERIFY(f.api->tokens().isEmpty());
    QCOMPARE(changed.size(), 1);
    QCOMPARE(finish(f.api->accessToken())->code(), Errc::Unauthenticated);
    QCOMPARE(f.server.requests().size(), 1);
}

void TestApiClient::unreachableRenewalKeepsTokens()
{
    Fixture f([](const Request &r) {
        return r.target.endsWith("refresh") ? problem(503, "unavailable") : ok(R"({"items":[]})");
    });
    f.signedIn(seconds(20));
    QVERIFY(finish(f.api->rooms())->isOk()); // the old token still holds for 20 s
    f.clock.advance(seconds(30));
    QCOMPARE(finish(f.api->rooms())->code(), Errc::Unavailable);
    QCOMPARE(f.api->tokens().refreshToken, "f1");
}

void TestApiClient::signOutForgetsTokens()
{
    Fixture f([](const Request &) { return ScriptedServer::answer(204, {}); });
    f.signedIn();
    QVERIFY(finish(f.api->signOut())->isOk());
    QVERIFY(f.api->tokens().isEmpty());
    QCOMPARE(f.server.requests().first().headers.value("authorization"), "Bearer a1");
}

void TestApiClient::problemKeepsCodeAndFields()
{
    Fixture f([](const Request &) {
        return problem(422, "validation_failed", R"(,"errors":[{"pointer":"/name","detail":"too long"}])");
    });
    const auto r = finish(f.api->createRoom(QJsonObject{{u"name"_s, u"x"_s}}));
    QCOMPARE(r->code(), Errc::ValidationFailed);
    QCOMPARE(r->result->error().fields.value(0).pointer, u"/name"_s);
    QCOMPARE(r->result->error().detail, u"why"_s);
    QCOMPARE(r->result->error().retryAfter, seconds(7));
}

void TestApiClient::answersThatCannotBeRead_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("code");
    QTest::newRow("not JSON") << ok("{oops") << int(Errc::UpstreamFailed);
    QTest::newRow("array") << ok("[]") << int(Errc::UpstreamFailed);
    QTest::newRow("too deep") << ok(QByteArray(100, '[').prepend("{\"a\":") + QByteArray(100, ']') + "}")
                              << int(Errc::UpstreamFailed);
    QTest::newRow("wrong object") << ok(R"({"id":5})") << int(Errc::UpstreamFailed);
    QTest::newRow("empty") << ok("") << int(Errc::UpstreamFailed);
    QTest::newRow("redirect") << ScriptedServer::answer(302, {}, "Location: http://127.0.0.1:1/\r\n")
                              << int(Errc::UpstreamFailed);
    QTest::newRow("html error") << ScriptedServer::answer(502, "<html>bad gateway</html>") << int(Errc::Unavailable);
    QTest::newRow("not HTTP") << QByteArray("hello there\r\n\r\n") << int(Errc::Unavailable);
}

void TestApiClient::answersThatCannotBeRead()
{
    QFETCH(QByteArray, answer);
    QFETCH(int, code);
    Fixture f([answer](const Request &) { return answer; });
    f.signedIn();
    const auto call = begin(f.api->room(RoomId("r1")));
    // What is not HTTP gets no end from the server's side: the deadline ends it.
    for (int i = 0; i < 100 && !call->result; ++i) {
        QTest::qWait(20);
        if (i == 50)
            f.clock.advance(seconds(16));
    }
    QVERIFY(call->result.has_value());
    if (QByteArray(QTest::currentDataTag()) == "not HTTP")
        QVERIFY(call->code() == Errc::Unavailable || call->code() == Errc::DeadlineExceeded);
    else
        QCOMPARE(int(call->code()), code);
}

void TestApiClient::oversizeAnswerIsRefused()
{
    Fixture f([](const Request &) { return QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{"); });
    QCOMPARE(finish(f.api->me())->code(), Errc::PayloadTooLarge);
}

void TestApiClient::oversizeStreamIsRefused()
{
    const QByteArray body(17 * 1024 * 1024, ' ');
    Fixture f([&body](const Request &) { return QByteArray("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n") + body; });
    QCOMPARE(finish(f.api->me())->code(), Errc::PayloadTooLarge);
}

void TestApiClient::deadline()
{
    Fixture f([](const Request &) { return QByteArray(); });
    const auto usual = begin(f.api->me());
    const auto quick = begin(f.api->call("GET", u"/x"_s, {}, {}, seconds(2)));
    QTRY_COMPARE(f.server.waiting(), 2);
    f.clock.advance(seconds(3));
    QTRY_COMPARE(quick->code(), Errc::DeadlineExceeded);
    QVERIFY(!usual->result);
    f.clock.advance(seconds(13));
    QTRY_COMPARE(usual->code(), Errc::DeadlineExceeded);
    QCOMPARE(f.clock.pending(), 0);
}

void TestApiClient::connectionRefused()
{
    quint16 port = 0;
    {
        ScriptedServer gone([](const Request &) { return QByteArray(); });
        port = gone.port();
    }
    FakeClock clock;
    ApiClient api(QUrl(u"http://127.0.0.1:%1"_s.arg(port)), clock);
    const auto r = finish(api.me());
    QCOMPARE(r->code(), Errc::Unavailable);
    QVERIFY(!r->result->error().cause.isEmpty());
}

void TestApiClient::cutInTheMiddle()
{
    Fixture f([](const Request &) { return QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"items\":"); });
    const auto call = begin(f.api->rooms());
    QTRY_VERIFY(!f.server.requests().isEmpty());
    f.server.cutAll();
    QTRY_COMPARE(call->code(), Errc::Unavailable);
}

void TestApiClient::destroyedWhileCalling()
{
    Fixture f([](const Request &) { return QByteArray(); });
    f.signedIn(seconds(5)); // one waits for the renewal, and one for its answer
    const auto waiting = begin(f.api->rooms());
    const auto chatting = begin(f.api->signIn(u"a"_s, u"b"_s, u"c"_s));
    QTRY_COMPARE(f.server.waiting(), 2);
    f.api.reset();
    QCOMPARE(waiting->code(), Errc::Cancelled);
    QCOMPARE(chatting->code(), Errc::Cancelled);
    QCOMPARE(f.clock.pending(), 0);
}

void TestApiClient::listsFollowTheirCursor()
{
    Fixture f([](const Request &r) {
        if (r.target == "/api/v1/rooms")
            return ok(R"({"items":[)" + roomJson + R"(],"next":"a+b/=&c"})");
        return ok(R"({"items":[)" + roomJson + "]}");
    });
    const auto r = finish(f.api->rooms());
    QVERIFY(r->isOk());
    QCOMPARE((*r->result)->size(), 2);
    QCOMPARE((*r->result)->first().lastSeq, 3);
    QCOMPARE(f.server.requests()[1].target, "/api/v1/rooms?cursor=a%2Bb%2F%3D%26c");
}

void TestApiClient::endlessListIsRefused()
{
    Fixture f([](const Request &) { return ok(R"({"items":[],"next":"again"})"); });
    QCOMPARE(finish(f.api->alerts())->code(), Errc::UpstreamFailed);
    QCOMPARE(f.server.requests().size(), 2);
}

void TestApiClient::idsAreOneSegment()
{
    Fixture f([](const Request &) { return ok(roomJson); });
    for (const char *bad : {"", ".", "..", "a/b", "a b", "%2e%2e", "a?b"}) {
        QCOMPARE(finish(f.api->room(RoomId(bad)))->code(), Errc::ValidationFailed);
        QCOMPARE(finish(f.api->deleteMessage(RoomId("r1"), MessageId(bad)))->code(), Errc::ValidationFailed);
    }
    QVERIFY(f.server.requests().isEmpty());
}

void TestApiClient::routes_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("target");
    for (const char *row :
         {"GET /api/v1/users/me", "GET /api/v1/rooms/r1", "GET /api/v1/rooms/r1/members", "POST /api/v1/rooms/r1/join",
          "POST /api/v1/rooms/r1/leave", "GET /api/v1/rooms/r1/messages?before=9&limit=50",
          "GET /api/v1/rooms/r1/messages?after=9&limit=50", "PATCH /api/v1/rooms/r1/messages/m1",
          "DELETE /api/v1/rooms/r1/messages/m1", "POST /api/v1/chat/message", "GET /api/v1/traces/t1",
          "GET /api/v1/messages/m1/trace", "GET /api/v1/traces?room=r1&before=5&limit=20",
          "GET /api/v1/metrics/history?seconds=60", "POST /api/v1/alerts/a1/acknowledge",
          "GET /api/v1/runs?workflow=demo.hello&limit=10", "GET /api/v1/runs/x1"}) {
        const QList<QByteArray> parts = QByteArray(row).split(' ');
        QTest::newRow(row) << parts[0] << parts[1];
    }
}

void TestApiClient::routes()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, target);
    Fixture f([](const Request &) { return problem(404, "not_found"); });
    ApiClient &api = *f.api;
    const RoomId room("r1");
    const MessageId message("m1");
    const QHash<QByteArray, std::function<Errc()>> calls{
        {"GET /api/v1/users/me", [&] { return finish(api.me())->code(); }},
        {"GET /api/v1/rooms/r1", [&] { return finish(api.room(room))->code(); }},
        {"GET /api/v1/rooms/r1/members", [&] { return finish(api.members(room))->code(); }},
        {"POST /api/v1/rooms/r1/join", [&] { return finish(api.joinRoom(room))->code(); }},
        {"POST /api/v1/rooms/r1/leave", [&] { return finish(api.leaveRoom(room))->code(); }},
        {"GET /api/v1/rooms/r1/messages?before=9&limit=50",
         [&] { return finish(api.history(room, 9, 0, 50))->code(); }},
        {"GET /api/v1/rooms/r1/messages?after=9&limit=50", [&] { return finish(api.history(room, 0, 9, 50))->code(); }},
        {"PATCH /api/v1/rooms/r1/messages/m1", [&] { return finish(api.editMessage(room, message, u"x"_s))->code(); }},
        {"DELETE /api/v1/rooms/r1/messages/m1", [&] { return finish(api.deleteMessage(room, message))->code(); }},
        {"POST /api/v1/chat/message", [&] { return finish(api.chat(u"x"_s, UserId("ann"), room))->code(); }},
        {"GET /api/v1/traces/t1", [&] { return finish(api.trace(TraceId("t1")))->code(); }},
        {"GET /api/v1/messages/m1/trace", [&] { return finish(api.traceOfMessage(message))->code(); }},
        {"GET /api/v1/traces?room=r1&before=5&limit=20", [&] { return finish(api.traces(room, 5, 20))->code(); }},
        {"GET /api/v1/metrics/history?seconds=60", [&] { return finish(api.metricHistory(60))->code(); }},
        {"POST /api/v1/alerts/a1/acknowledge", [&] { return finish(api.acknowledgeAlert(AlertId("a1")))->code(); }},
        {"GET /api/v1/runs?workflow=demo.hello&limit=10",
         [&] { return finish(api.runs(WorkflowId("demo.hello"), RunId(), 10))->code(); }},
        {"GET /api/v1/runs/x1", [&] { return finish(api.run(RunId("x1")))->code(); }},
    };
    const auto call = calls.value(method + ' ' + target);
    QVERIFY(call);
    QCOMPARE(call(), Errc::NotFound);
    QCOMPARE(f.server.requests().size(), 1);
    QCOMPARE(f.server.requests()[0].method, method);
    QCOMPARE(f.server.requests()[0].target, target);
}

QTEST_GUILESS_MAIN(TestApiClient)
#include "tst_apiclient.moc"
