// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/httpserver.h"
#include "server/net/eventdispatcher.h"
#include "server/net/portguard.h"
#include "tests/support/fakeclock.h"
#include "tests/support/rawclient.h"

#include "shared/core/oneshot.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonDocument>
#include <QtCore/QLoggingCategory>
#include <QtTest/QTest>

#include <stdexcept>

using namespace Atom;
using namespace Atom::Http;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

namespace {
//! What the handlers saw, and the asynchronous ones that wait.
struct Seen
{
    QList<Request> requests;
    QList<Actor> actors;
    QList<OneShot<Response>> waiting;
};
Seen seen;

QCoro::Task<Response> hello(Request request, Actor actor)
{
    seen.requests.append(request);
    seen.actors.append(actor);
    QJsonObject body;
    body.insert(u"path"_s, request.path);
    body.insert(u"args"_s, request.args.join(u'|'));
    body.insert(u"user"_s, actor.user.toString());
    body.insert(u"n"_s, int(seen.requests.size()));
    co_return Response::json(body);
}
QCoro::Task<Response> echo(Request request, Actor actor)
{
    seen.requests.append(request);
    seen.actors.append(actor);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    co_return Response::json(*body, 201);
}
QCoro::Task<Response> slow(Request request, Actor actor)
{
    seen.requests.append(request);
    seen.actors.append(actor);
    const OneShot<Response> answer;
    seen.waiting.append(answer);
    co_return co_await answer;
}
QCoro::Task<Response> throws(Request, Actor)
{
    throw std::runtime_error("boom");
    co_return Response();
}
QCoro::Task<Response> throwsAtOnce(Request, Actor) // no coroutine
{
    throw std::runtime_error("bang");
}
QCoro::Task<Response> splits(Request, Actor)
{
    Response response;
    response.headers.emplace_back("X-Evil", "a\r\nSet-Cookie: b=c");
    co_return response;
}
QCoro::Task<Response> page(Request, Actor)
{
    Response response;
    response.contentType = "text/html; charset=utf-8";
    response.body = "<p>";
    response.headers.emplace_back("Cache-Control", "max-age=60");
    co_return response;
}

Result<Actor> authenticate(QByteArrayView token)
{
    Actor actor;
    if (token == "anna-token") {
        actor.user = UserId("anna");
        actor.role = Role::Member;
    } else if (token == "root-token") {
        actor.user = UserId("root");
        actor.role = Role::Owner;
    } else {
        return Error(Errc::Unauthenticated, u"the token is not valid"_s);
    }
    return actor;
}
Result<void> authorize(const Actor &actor, Identity::Action)
{
    if (actor.role == Role::Owner)
        return {};
    return Error(Errc::Forbidden, u"only owners"_s);
}
const QByteArray host = "Host: localhost:1\r\n";
const QByteArray anna = "Authorization: Bearer anna-token\r\n";
const QByteArray jsonType = "Content-Type: application/json\r\n";

QByteArray request(const QByteArray &line, const QByteArray &headers = {}, const QByteArray &body = {})
{
    return line + " HTTP/1.1\r\n" + host + headers +
           (body.isEmpty() ? QByteArray() : "Content-Length: " + QByteArray::number(body.size()) + "\r\n") + "\r\n" +
           body;
}
QJsonObject objectOf(const RawResponse &response)
{
    return QJsonDocument::fromJson(response.body).object();
}
} // namespace

class TestHttpServer : public QObject
{
    Q_OBJECT

    FakeClock m_clock;
    std::unique_ptr<MetricRegistry> m_metrics;
    std::unique_ptr<HttpServer> m_server;
    std::unique_ptr<Net::PortGuard> m_guard, m_second;
    std::unique_ptr<RawClient> m_client;

    RawResponse ask(const QByteArray &bytes, bool hasBody = true)
    {
        m_client->send(bytes);
        return m_client->next(hasBody);
    }
    std::unique_ptr<Net::PortGuard> listen()
    {
        auto guard = std::make_unique<Net::PortGuard>(Net::GuardLimits(), m_clock, *m_metrics);
        if (!guard->listenOn(QHostAddress(QHostAddress::LocalHost), 0))
            return {};
        m_server->bind(*guard);
        return guard;
    }
    void open(HttpSettings settings = {})
    {
        close();
        seen = {};
        m_metrics = std::make_unique<MetricRegistry>();
        HttpGate gate;
        gate.authenticate = authenticate;
        gate.authorize = authorize;
        m_server = std::make_unique<HttpServer>(settings, gate, m_clock, *m_metrics);
        const auto route = [](const char *method, const QString &path, Access access, Handler handler,
                              bool check = false) {
            Route r;
            r.method = method;
            r.path = path;
            r.access = access;
            r.handler = std::move(handler);
            r.checkAction = check;
            return r;
        };
        m_server->addRoutes(
            {route("GET", u"/health"_s, Access::Public, hello), route("GET", u"/rooms/{id}"_s, Access::Public, hello),
             route("DELETE", u"/rooms/{id}"_s, Access::User, hello), route("POST", u"/echo"_s, Access::Public, echo),
             route("GET", u"/guest"_s, Access::Guest, hello), route("GET", u"/me"_s, Access::User, hello),
             route("GET", u"/admin"_s, Access::User, hello, true), route("POST", u"/orders"_s, Access::User, echo),
             route("POST", u"/slow-orders"_s, Access::User, slow), route("GET", u"/slow"_s, Access::Public, slow),
             route("GET", u"/throws"_s, Access::Public, throws),
             route("GET", u"/throws-at-once"_s, Access::Public, throwsAtOnce),
             route("GET", u"/splits"_s, Access::Public, splits), route("GET", u"/page"_s, Access::Public, page)});
        m_server->start();
        m_guard = listen();
        QVERIFY(m_guard);
        m_client = std::make_unique<RawClient>(m_guard->serverPort());
    }
    void close()
    {
        m_client.reset();
        for (const auto &answer : std::as_const(seen.waiting))
            answer.resolve(Response::noContent());
        m_guard.reset();
        m_second.reset();
        m_server.reset();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        open();
    }
    void cleanup() { close(); }

    void servesWithCommonHeaders()
    {
        const RawResponse response = ask(request("GET /health?a=b+c&d=%2B"));
        QCOMPARE(response.status, 200);
        QCOMPARE(response.header("Content-Type"), QByteArray("application/json"));
        QCOMPARE(response.header("X-Request-Id").size(), 36);
        QCOMPARE(response.header("X-Content-Type-Options"), QByteArray("nosniff"));
        QCOMPARE(response.header("Referrer-Policy"), QByteArray("no-referrer"));
        QCOMPARE(response.header("Cross-Origin-Resource-Policy"), QByteArray("same-origin"));
        QVERIFY(response.header("Content-Security-Policy").startsWith("default-src 'none'"));
        QCOMPARE(response.header("Cache-Control"), QByteArray("no-store"));
        QVERIFY(response.header("Access-Control-Allow-Origin").isEmpty());
        const Request &first = seen.requests.constFirst();
        QCOMPARE(first.query.queryItemValue(u"a"_s, QUrl::FullyDecoded), u"b c"_s);
        QCOMPARE(first.query.queryItemValue(u"d"_s, QUrl::FullyDecoded), u"+"_s);
        QCOMPARE(first.peer, QHostAddress(QHostAddress::LocalHost));
        QCOMPARE(m_metrics->counter("atom_http_requests_total", {}).value(), 1);
        QCOMPARE(m_metrics->counter("atom_http_responses_total", {}, "class=\"2xx\"").value(), 1);
        QCOMPARE(m_metrics->histogram("atom_http_request_seconds", {}).snapshot().count, 1);

        const RawResponse html = ask(request("GET /page"));
        QVERIFY(html.header("Content-Security-Policy").startsWith("default-src 'self'"));
        QCOMPARE(html.header("Cache-Control"), QByteArray("max-age=60"));
    }

    void requestIds()
    {
        QCOMPARE(ask(request("GET /health", "X-Request-Id: mine-1\r\n")).header("X-Request-Id"), QByteArray("mine-1"));
        QCOMPARE(ask(request("GET /nothing", "X-Request-Id: mine-2\r\n")).header("X-Request-Id"), QByteArray("mine-2"));
        QCOMPARE(ask(request("GET /health", "X-Request-Id: a b\r\n")).header("X-Request-Id").size(), 36);
        QCOMPARE(
            ask(request("GET /health", "X-Request-Id: " + QByteArray(65, 'x') + "\r\n")).header("X-Request-Id").size(),
            36);
    }

    void routesByTheRawPath()
    {
        QCOMPARE(objectOf(ask(request("GET /rooms/a%2Fb"))).value(u"args"_s).toString(), u"a/b"_s);
        QCOMPARE(ask(request("GET /healthX")).status, 404);
        QCOMPARE(ask(request("GET //health")).status, 404);
        const RawResponse missing = ask(request("GET /nothing/here"));
        QCOMPARE(missing.status, 404);
        QCOMPARE(missing.header("Content-Type"), QByteArray("application/problem+json"));
        QCOMPARE(objectOf(missing).value(u"code"_s).toString(), u"not_found"_s);
        QCOMPARE(objectOf(missing).value(u"instance"_s).toString(), u"/nothing/here"_s);
    }

    void methods()
    {
        const RawResponse wrong = ask(request("PUT /rooms/x"));
        QCOMPARE(wrong.status, 405);
        QCOMPARE(wrong.header("Allow"), QByteArray("DELETE, GET, HEAD, OPTIONS"));
        const RawResponse head = ask(request("HEAD /rooms/x"), false);
        QCOMPARE(head.status, 200);
        QVERIFY(head.header("Content-Length").toInt() > 10);
        const RawResponse options = ask(request("OPTIONS /rooms/x"));
        QCOMPARE(options.status, 204);
        QCOMPARE(options.header("Allow"), QByteArray("DELETE, GET, HEAD, OPTIONS"));
        QCOMPARE(ask(request("OPTIONS /nothing")).status, 404);
        QCOMPARE(seen.requests.size(), 1);
    }

    void identity()
    {
        QCOMPARE(objectOf(ask(request("GET /health", anna))).value(u"user"_s).toString(), QString());
        QCOMPARE(objectOf(ask(request("GET /guest"))).value(u"user"_s).toString(), QString());
        QCOMPARE(objectOf(ask(request("GET /guest", anna))).value(u"user"_s).toString(), u"anna"_s);
        QCOMPARE(objectOf(ask(request("GET /me", anna))).value(u"user"_s).toString(), u"anna"_s);
        const auto handled = seen.requests.size();
        const RawResponse nobody = ask(request("GET /me"));
        QCOMPARE(nobody.status, 401);
        QVERIFY(nobody.header("WWW-Authenticate").startsWith("Bearer"));
        for (const char *bad : {"Bearer wrong", "Bearer", "Basic YTpi", "Bearer a b"}) {
            for (const char *path : {"/me", "/guest"}) {
                const RawResponse refused =
                    ask(request("GET " + QByteArray(path), "Authorization: " + QByteArray(bad) + "\r\n"));
                QCOMPARE(refused.status, 401);
                QVERIFY(!refused.body.contains("wrong"));
            }
        }
        QCOMPARE(ask(request("GET /admin", anna)).status, 403);
        QCOMPARE(seen.requests.size(), handled);
        QCOMPARE(ask(request("GET /admin", "Authorization: Bearer root-token\r\n")).status, 200);
    }

    void bodies()
    {
        QCOMPARE(ask(request("POST /echo", jsonType, R"({"a":1})")).body, QByteArray(R"({"a":1})"));
        QCOMPARE(ask(request("POST /echo", jsonType, "nonsense")).status, 400);
        QCOMPARE(ask(request("POST /echo", jsonType, "[1]")).status, 422);
        QCOMPARE(ask(request("POST /echo")).status, 400);
        const auto handled = seen.requests.size();
        for (const QByteArray &type : {QByteArray(), QByteArray("Content-Type: text/plain\r\n"),
                                       QByteArray("Content-Type: application/x-www-form-urlencoded\r\n"),
                                       jsonType + "Content-Encoding: gzip\r\n"})
            QCOMPARE(ask(request("POST /echo", type, "{}")).status, 415);
        QCOMPARE(seen.requests.size(), handled);
        QCOMPARE(ask("POST /echo HTTP/1.1\r\n" + host + jsonType +
                     "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"b\r\n4\r\n\":2}\r\n0\r\n\r\n")
                     .body,
                 QByteArray(R"({"b":2})"));
    }

    void originsAreOffByDefault()
    {
        const QByteArray evil = "Origin: https://evil.example\r\n";
        QCOMPARE(ask(request("POST /echo", jsonType + evil, "{}")).status, 403);
        QCOMPARE(ask(request("POST /echo", jsonType + "Origin: null\r\n", "{}")).status, 403);
        QCOMPARE(ask(request("POST /echo", jsonType + "Origin: http://localhost:1\r\n", "{}")).status, 201);
        QVERIFY(ask(request("GET /health", evil)).header("Access-Control-Allow-Origin").isEmpty());
        const RawResponse preflight = ask(request("OPTIONS /echo", evil + "Access-Control-Request-Method: POST\r\n"));
        QVERIFY(!preflight.head.contains("Access-Control"));
    }

    void listedOriginsMayUseTheServer()
    {
        HttpSettings settings;
        settings.corsOrigins = {"https://app.example"};
        open(settings);
        const QByteArray app = "Origin: https://app.example\r\n";
        const RawResponse preflight = ask(request("OPTIONS /echo", app + "Access-Control-Request-Method: POST\r\n"));
        QCOMPARE(preflight.status, 204);
        QCOMPARE(preflight.header("Access-Control-Allow-Origin"), QByteArray("https://app.example"));
        QVERIFY(preflight.header("Access-Control-Allow-Methods").contains("POST"));
        QVERIFY(preflight.header("Access-Control-Allow-Headers").contains("Authorization"));
        QVERIFY(preflight.header("Access-Control-Allow-Credentials").isEmpty());
        const RawResponse used = ask(request("POST /echo", jsonType + app, "{}"));
        QCOMPARE(used.status, 201);
        QCOMPARE(used.header("Access-Control-Allow-Origin"), QByteArray("https://app.example"));
        QCOMPARE(used.header("Vary"), QByteArray("Origin"));
        QCOMPARE(ask(request("POST /echo", jsonType + "Origin: https://app.example.evil\r\n", "{}")).status, 403);
    }

    void repeatedKeysAreAnsweredOnce()
    {
        const QByteArray key = anna + jsonType + "Idempotency-Key: k1\r\n";
        const RawResponse first = ask(request("POST /orders", key, R"({"a":1})"));
        QCOMPARE(first.status, 201);
        const RawResponse again = ask(request("POST /orders", key, R"({"a":1})"));
        QCOMPARE(again.status, 201);
        QCOMPARE(again.body, first.body);
        QCOMPARE(again.header("Idempotency-Replayed"), QByteArray("true"));
        QVERIFY(again.header("X-Request-Id") != first.header("X-Request-Id"));
        QCOMPARE(seen.requests.size(), 1);
        QCOMPARE(ask(request("POST /orders", key, R"({"a":2})")).status, 422);
        QCOMPARE(ask(request("POST /orders?x", key, R"({"a":1})")).status, 422);
        QCOMPARE(
            ask(request("POST /orders", "Authorization: Bearer root-token\r\n" + jsonType + "Idempotency-Key: k1\r\n",
                        R"({"a":1})"))
                .status,
            201);
        QCOMPARE(seen.requests.size(), 2);
        QCOMPARE(ask(request("POST /orders", anna + jsonType + "Idempotency-Key: a b\r\n", "{}")).status, 400);
    }

    void concurrentKeysDoNotRunTwice()
    {
        const QByteArray order = request("POST /slow-orders", anna + jsonType + "Idempotency-Key: k2\r\n", "{}");
        m_client->send(order);
        QTRY_COMPARE(seen.waiting.size(), 1);
        RawClient second(m_guard->serverPort());
        second.send(order);
        const RawResponse busy = second.next();
        QCOMPARE(busy.status, 409);
        QCOMPARE(busy.header("Retry-After"), QByteArray("1"));
        m_client->socket().abort(); // the first client never sees its answer
        QTest::qWait(5);
        seen.waiting.constFirst().resolve(Response::json(QJsonObject{{u"order"_s, 7}}, 201));
        second.send(order);
        const RawResponse replay = second.next();
        QCOMPARE(replay.status, 201);
        QCOMPARE(objectOf(replay).value(u"order"_s).toInt(), 7);
        QCOMPARE(seen.requests.size(), 1);
    }

    void answersLater()
    {
        m_client->send(request("GET /slow") + request("GET /health"));
        QTRY_COMPARE(seen.waiting.size(), 1);
        RawClient other(m_guard->serverPort());
        other.send(request("GET /health"));
        QCOMPARE(other.next().status, 200); // others are served meanwhile
        seen.waiting.constFirst().resolve(Response::json(QJsonObject{{u"late"_s, true}}));
        QCOMPARE(m_client->next().body, QByteArray(R"({"late":true})"));
        QCOMPARE(m_client->next().status, 200); // in order
    }

    void clientsThatLeaveHarmNobody()
    {
        for (int i = 0; i < 20; ++i) {
            RawClient client(m_guard->serverPort());
            client.send(request("GET /slow"));
            QTRY_COMPARE(seen.waiting.size(), i + 1);
            client.socket().abort();
        }
        QTest::qWait(20);
        for (const auto &answer : std::as_const(seen.waiting))
            answer.resolve(Response::json(QJsonObject()));
        QCOMPARE(ask(request("GET /health")).status, 200);
    }

    void handlersThatTakeTooLong()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"took too long"_s));
        m_client->send(request("GET /slow"));
        QTRY_COMPARE(seen.waiting.size(), 1);
        m_clock.advance(milliseconds(59'000));
        QTest::qWait(5);
        QVERIFY(m_client->rest().isEmpty() && m_client->socket().bytesAvailable() == 0);
        m_clock.advance(milliseconds(2'000));
        const RawResponse response = m_client->next();
        QCOMPARE(response.status, 504);
        QCOMPARE(objectOf(response).value(u"code"_s).toString(), u"deadline_exceeded"_s);
        seen.waiting.constFirst().resolve(Response::json(QJsonObject())); // too late: goes nowhere
        QCOMPARE(ask(request("GET /health")).status, 200);
    }

    void exceptionsBecomeProblems()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"req-7.*boom"_s));
        const RawResponse response = ask(request("GET /throws", "X-Request-Id: req-7\r\n"));
        QCOMPARE(response.status, 500);
        QVERIFY(!response.body.contains("boom"));
        QCOMPARE(objectOf(response).value(u"request_id"_s).toString(), u"req-7"_s);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"bang"_s));
        QCOMPARE(ask(request("GET /throws-at-once")).status, 500);
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"invalid status or header"_s));
        const RawResponse split = ask(request("GET /splits"));
        QCOMPARE(split.status, 500);
        QVERIFY(!split.head.contains("Set-Cookie"));
        QCOMPARE(ask(request("GET /health")).status, 200);
    }

    void servesSeveralGuards()
    {
        m_second = listen();
        QVERIFY(m_second);
        RawClient client(m_second->serverPort());
        client.send(request("GET /health"));
        QCOMPARE(client.next().status, 200);
        m_second.reset(); // its owner may end it
        QCOMPARE(ask(request("GET /health")).status, 200);
    }

    void closesWhenHandlersHaveEnded()
    {
        m_client->send(request("GET /slow"));
        QTRY_COMPARE(seen.waiting.size(), 1);
        bool closed = false;
        const auto closing = m_server->close().then([&closed] { closed = true; });
        QVERIFY(!closed);
        RawClient other(m_guard->serverPort());
        other.send(request("GET /health"));
        QCOMPARE(other.next().status, 503);
        seen.waiting.constFirst().resolve(Response::json(QJsonObject()));
        QCOMPARE(m_client->next().status, 200);
        QTRY_VERIFY(closed);
    }

    void nothingOfATokenIsLogged()
    {
        QLoggingCategory::setFilterRules(u"atom.server.*=true"_s);
        static QStringList lines;
        lines.clear();
        const auto before = qInstallMessageHandler(
            [](QtMsgType, const QMessageLogContext &, const QString &text) { lines.append(text); });
        m_client->send(request("GET /me?token=query-secret", anna));
        const RawResponse response = m_client->next();
        qInstallMessageHandler(before);
        QLoggingCategory::setFilterRules({});
        QCOMPARE(response.status, 200);
        const QString all = lines.join(u'\n');
        QVERIFY(all.contains(u"/me"_s) && all.contains(QString::fromLatin1(response.header("X-Request-Id"))));
        QVERIFY(!all.contains(u"anna-token"_s) && !all.contains(u"query-secret"_s));
    }
};

int main(int argc, char **argv)
{
    Net::installEventDispatcher();
    QCoreApplication app(argc, argv);
    TestHttpServer test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_httpserver.moc"
