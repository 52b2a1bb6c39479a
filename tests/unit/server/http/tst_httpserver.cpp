// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The REST edge as a client sees it: raw bytes over a real socket to a guarded port.
#include "server/http/httpserver.h"
#include "shared/core/oneshot.h"

#include <QtCore/QJsonDocument>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <stdexcept>

using namespace Atom;
using namespace Atom::Http;
using namespace Qt::StringLiterals;

namespace {
struct Answer
{
    int status = 0;
    QByteArray head;
    QByteArray body;
    QByteArray header(const QByteArray &name) const
    {
        for (const QByteArray &line : head.split('\n')) {
            if (line.toLower().startsWith(name.toLower() + ':'))
                return line.mid(name.size() + 1).trimmed();
        }
        return {};
    }
};

QCoro::Task<Response> echo(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    QJsonObject out = *body;
    out.insert(u"user"_s, actor.user.toString());
    co_return Response::json(out, 201);
}

QCoro::Task<Response> hello(Request request, Actor)
{
    QJsonObject out{{u"status"_s, u"ok"_s}};
    out.insert(u"args"_s, request.args.join(u','));
    co_return Response::json(out);
}

QCoro::Task<Response> thing(QByteArray value)
{
    const QJsonObject out{{u"value"_s, QString::fromLatin1(value)}};
    co_return Response::json(out);
}

QCoro::Task<Response> fail(Request, Actor)
{
    throw std::runtime_error("secret detail");
    co_return Response();
}

QCoro::Task<Response> wait(OneShot<int> gate)
{
    const int status = co_await gate;
    Response response;
    response.status = status;
    response.body = "{}";
    co_return response;
}
} // namespace

class HttpServerTest : public QObject
{
    Q_OBJECT
private:
    SystemClock m_clock;
    Identity::Permissions m_permissions{m_clock};
    MetricRegistry m_metrics;
    std::unique_ptr<Net::PortGuard> m_port;
    std::unique_ptr<HttpServer> m_server;
    QList<OneShot<int>> m_gates;
    int m_calls = 0;
    QByteArray m_thing;
    RequestRates m_rates;

    void addRoute(const char *method, const char *path, Access access, Handler handler, bool check = false,
                  std::optional<QStringList> query = {})
    {
        Route route;
        route.method = method;
        route.path = QString::fromLatin1(path);
        route.access = access;
        route.action = Identity::Action::UserManage;
        route.checkAction = check;
        route.handler = std::move(handler);
        route.query = std::move(query);
        m_server->addRoutes({route});
    }

    QList<Answer> talk(const QByteArray &bytes, int expected = 1)
    {
        QTcpSocket socket;
        socket.connectToHost(u"127.0.0.1"_s, m_port->serverPort());
        QByteArray got;
        QList<Answer> answers;
        socket.write(bytes);
        const bool done = QTest::qWaitFor(
            [&] {
                got += socket.readAll();
                for (;;) {
                    const qsizetype end = got.indexOf("\r\n\r\n");
                    if (end < 0)
                        break;
                    Answer answer;
                    answer.head = got.left(end);
                    answer.status = answer.head.mid(9, 3).toInt();
                    const qsizetype length =
                        bytes.startsWith("HEAD") ? 0 : answer.header("content-length").toLongLong();
                    if (got.size() < end + 4 + length)
                        break;
                    answer.body = got.mid(end + 4, length);
                    got.remove(0, end + 4 + length);
                    answers.append(answer);
                }
                return answers.size() >= expected || socket.state() == QAbstractSocket::UnconnectedState;
            },
            10'000);
        if (!done)
            qWarning("no answer in time");
        return answers;
    }
    Answer one(const QByteArray &bytes)
    {
        const QList<Answer> answers = talk(bytes);
        return answers.isEmpty() ? Answer() : answers.first();
    }
    static QByteArray get(const QByteArray &path, const QByteArray &headers = {})
    {
        return "GET " + path + " HTTP/1.1\r\nHost: a.example\r\n" + headers + "\r\n";
    }
    static QByteArray post(const QByteArray &path, const QByteArray &body, const QByteArray &headers = {},
                           const QByteArray &type = "application/json")
    {
        return "POST " + path + " HTTP/1.1\r\nHost: a.example\r\nContent-Type: " + type +
               "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n" + headers + "\r\n" + body;
    }
    static QString code(const Answer &answer)
    {
        return QJsonDocument::fromJson(answer.body).object().value("code"_L1).toString();
    }

private Q_SLOTS:
    void init()
    {
        m_gates.clear();
        m_calls = 0;
        m_thing = "1";
        HttpSettings settings;
        settings.rates = m_rates;
        settings.corsOrigins = {u"https://app.example"_s};
        m_server = std::make_unique<HttpServer>(
            settings,
            [](QByteArrayView token) -> Result<Actor> {
                Actor actor;
                if (token == "ada-token") {
                    actor.user = UserId("ada");
                    actor.role = Role::Member;
                } else if (token == "root-token") {
                    actor.user = UserId("root");
                    actor.role = Role::Owner;
                } else {
                    return Error(Errc::Unauthenticated, u"The access token is not valid."_s);
                }
                return actor;
            },
            m_permissions, m_clock, m_metrics);
        addRoute("GET", "/health", Access::Public, hello);
        addRoute("GET", "/things/{a}/{b}", Access::Public, hello);
        addRoute("POST", "/echo", Access::User, [this](Request r, Actor a) {
            ++m_calls;
            return echo(std::move(r), std::move(a));
        });
        addRoute("GET", "/admin", Access::User, hello, true);
        addRoute("GET", "/list", Access::Public, hello, false, QStringList{u"limit"_s, u"sort"_s});
        addRoute("GET", "/thing", Access::User, [this](Request, Actor) { return thing(m_thing); });
        addRoute("PUT", "/thing", Access::User, [this](Request r, Actor) {
            ++m_calls;
            m_thing = r.body;
            return thing(m_thing);
        });
        addRoute("GET", "/fail", Access::Public, fail);
        addRoute("GET", "/wait", Access::Public, [this](Request, Actor) {
            m_gates.append(OneShot<int>());
            return wait(m_gates.last());
        });
        m_port = std::make_unique<Net::PortGuard>(Net::GuardLimits{}, m_clock, m_metrics);
        QVERIFY(m_port->listenOn(QHostAddress::LocalHost, 0).isOk());
        m_server->bind(*m_port);
    }
    void cleanup()
    {
        for (const OneShot<int> &gate : std::as_const(m_gates))
            gate.resolve(200);
        QCoro::waitFor(m_server->close());
        m_port.reset();
        m_server.reset();
    }

    void answersWithCommonHeaders()
    {
        const Answer answer = one(get("/things/x/y%20z", "X-Request-Id: my-request-1\r\n"));
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.body.contains("x,y z"));
        QCOMPARE(answer.header("X-Request-Id"), QByteArray("my-request-1"));
        QCOMPARE(answer.header("X-Content-Type-Options"), QByteArray("nosniff"));
        QVERIFY(!answer.header("Content-Security-Policy").isEmpty());
        QVERIFY(answer.header("Access-Control-Allow-Origin").isEmpty());
        QCOMPARE(one(get("/health", "X-Request-Id: bad id\r\n")).header("X-Request-Id").size(), 36);
    }

    void headHasNoBody()
    {
        const Answer answer = one("HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n");
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.header("Content-Length").toInt() > 0);
    }

    void refusals_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");
        const QByteArray ada = "Authorization: Bearer ada-token\r\n";
        QTest::newRow("no such path") << get("/nowhere") << 404 << u"not_found"_s;
        QTest::newRow("wrong method") << post("/health", "{}") << 405 << u"method_not_allowed"_s;
        QTest::newRow("no token") << post("/echo", "{}") << 401 << u"unauthenticated"_s;
        QTest::newRow("wrong token") << post("/echo", "{}", "Authorization: Bearer nope\r\n") << 401
                                     << u"unauthenticated"_s;
        QTest::newRow("other scheme") << post("/echo", "{}", "Authorization: Basic YTpi\r\n") << 401
                                      << u"unauthenticated"_s;
        QTest::newRow("not permitted") << get("/admin", ada) << 403 << u"forbidden"_s;
        QTest::newRow("unknown query item") << get("/list?limit=3&sort=a&role=owner") << 422 << u"validation_failed"_s;
        QTest::newRow("media type") << post("/echo", "a=b", ada, "text/plain") << 415 << u"unsupported_media_type"_s;
        QTest::newRow("not JSON") << post("/echo", "hello", ada) << 400 << u"malformed_request"_s;
        QTest::newRow("too deep") << post("/echo", "{\"a\":" + QByteArray(40, '[') + QByteArray(40, ']') + "}", ada)
                                  << 400 << u"malformed_request"_s;
        QTest::newRow("an array") << post("/echo", "[]", ada) << 422 << u"validation_failed"_s;
        QTest::newRow("foreign page") << post("/echo", "{}", ada + "Origin: https://evil.example\r\n") << 403
                                      << u"forbidden"_s;
    }
    void refusals()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        const Answer answer = one(request);
        QCOMPARE(answer.status, status);
        QTEST(code(answer), "code");
        QCOMPARE(answer.header("Content-Type"), QByteArray("application/problem+json"));
        if (status == 401)
            QVERIFY(answer.header("WWW-Authenticate").startsWith("Bearer"));
        if (status == 405)
            QCOMPARE(answer.header("Allow"), QByteArray("GET, HEAD, OPTIONS"));
        QCOMPARE(m_calls == 0 || status == 400 || status == 422, true);
    }

    void answersOnlyWhatIsNew()
    {
        const QByteArray ada = "Authorization: Bearer ada-token\r\n";
        const Answer first = one(get("/thing", ada));
        QCOMPARE(first.status, 200);
        const QByteArray tag = first.header("ETag");
        QVERIFY(tag.startsWith('"') && tag.size() > 20);
        for (const QByteArray &have : {tag, "W/" + tag, "\"other\", " + tag, QByteArray("*")}) {
            const Answer again = one(get("/thing", ada + "If-None-Match: " + have + "\r\n"));
            QCOMPARE(again.status, 304);
            QVERIFY(again.body.isEmpty());
            QCOMPARE(again.header("ETag"), tag);
        }
        QCOMPARE(one(get("/thing", ada + "If-None-Match: \"other\"\r\n")).status, 200);
        m_thing = "2";
        const Answer changed = one(get("/thing", ada + "If-None-Match: " + tag + "\r\n"));
        QCOMPARE(changed.status, 200);
        QVERIFY(changed.header("ETag") != tag);
        QVERIFY(one(get("/nowhere")).header("ETag").isEmpty());
    }

    void writesOnlyOverWhatWasSeen()
    {
        const QByteArray ada = "Authorization: Bearer ada-token\r\n";
        const auto put = [&](const QByteArray &value, const QByteArray &headers) {
            return one("PUT /thing HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\nContent-Length: " +
                       QByteArray::number(value.size()) + "\r\n" + ada + headers + "\r\n" + value);
        };
        const QByteArray seen = one(get("/thing", ada)).header("ETag");
        const Answer mine = put("7", "If-Match: " + seen + "\r\n");
        QCOMPARE(mine.status, 200);
        const Answer late = put("8", "If-Match: " + seen + "\r\n"); // somebody who read it before that
        QCOMPARE(late.status, 412);
        QCOMPARE(m_thing, QByteArray("7"));
        QCOMPARE(m_calls, 1);
        QCOMPARE(put("9", "If-Match: W/" + seen + "\r\n").status, 412); // compared strongly
        QCOMPARE(put("9", "If-Match: *\r\n").status, 200);
        QCOMPARE(put("10", {}).status, 200); // without it: as ever
        // A path that shows nothing cannot have been seen.
        QCOMPARE(one(post("/echo", "{}", ada + "If-Match: \"x\"\r\n")).status, 412);
    }

    void limitsRequests()
    {
        cleanup();
        m_rates.user = {0.01, 3};
        m_rates.address = {0.01, 6};
        init();
        m_rates = {};
        const QByteArray ada = "Authorization: Bearer ada-token\r\n";
        const QByteArray root = "Authorization: Bearer root-token\r\n";
        for (int i = 0; i < 3; ++i)
            QCOMPARE(one(get("/thing", ada)).status, 200);
        const Answer byUser = one(get("/thing", ada));
        QCOMPARE(byUser.status, 429);
        QCOMPARE(code(byUser), u"rate_limited"_s);
        const int wait = byUser.header("Retry-After").toInt();
        QVERIFY2(wait > 90 && wait <= 100, qPrintable(QString::number(wait)));
        QCOMPARE(one(get("/thing", root)).status, 200); // another account
        QCOMPARE(one(get("/thing", root)).status, 200);
        QCOMPARE(one(get("/thing", root)).status, 429); // but the same address
        QCOMPARE(one(get("/health")).status, 200);      // what is public is asked by machines
    }

    void permittedOrigins()
    {
        const QByteArray ada = "Authorization: Bearer ada-token\r\n";
        const Answer own = one(post("/echo", "{}", ada + "Origin: http://a.example\r\n"));
        QCOMPARE(own.status, 201);
        const Answer listed = one(post("/echo", "{}", ada + "Origin: https://app.example\r\n"));
        QCOMPARE(listed.status, 201);
        QCOMPARE(listed.header("Access-Control-Allow-Origin"), QByteArray("https://app.example"));
        const Answer preflight = one("OPTIONS /echo HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n"
                                     "Access-Control-Request-Method: POST\r\n\r\n");
        QCOMPARE(preflight.status, 204);
        QVERIFY(preflight.header("Access-Control-Allow-Headers").contains("Authorization"));
    }

    void idempotencyKeys()
    {
        const QByteArray headers = "Authorization: Bearer ada-token\r\nIdempotency-Key: once\r\n";
        const Answer first = one(post("/echo", "{\"a\":1}", headers));
        const Answer second = one(post("/echo", "{\"a\":1}", headers));
        QCOMPARE(first.status, 201);
        QCOMPARE(second.body, first.body);
        QCOMPARE(second.header("Idempotency-Replayed"), QByteArray("true"));
        QCOMPARE(m_calls, 1);
        QCOMPARE(one(post("/echo", "{\"a\":2}", headers)).status, 422);
    }

    void anExceptionIsA500WithoutItsWords()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"secret detail"_s));
        const Answer answer = one(get("/fail"));
        QCOMPARE(answer.status, 500);
        QVERIFY(!answer.body.contains("secret"));
    }

    void pipelinedAnswersKeepTheirOrder()
    {
        QTcpSocket socket;
        socket.connectToHost(u"127.0.0.1"_s, m_port->serverPort());
        socket.write(get("/wait") + get("/health"));
        QTRY_COMPARE(m_gates.size(), 1);
        QVERIFY(!QTest::qWaitFor([&] { return socket.bytesAvailable() > 0; }, 50));
        m_gates.first().resolve(202);
        QTRY_VERIFY(socket.peek(4096).count("HTTP/1.1 ") == 2);
        QVERIFY(socket.readAll().startsWith("HTTP/1.1 202"));
    }

    void aClientThatLeavesWhileItsHandlerWorksHarmsNobody()
    {
        for (int i = 0; i < 30; ++i) {
            QTcpSocket socket;
            socket.connectToHost(u"127.0.0.1"_s, m_port->serverPort());
            socket.write(get("/wait"));
            const qsizetype before = m_gates.size();
            QTRY_COMPARE(m_gates.size(), before + 1);
            socket.abort();
            m_gates.last().resolve(200);
            QTRY_COMPARE(m_port->openConnections(), 0);
        }
        QCOMPARE(one(get("/health")).status, 200);
    }
};

QTEST_GUILESS_MAIN(HttpServerTest)
#include "tst_httpserver.moc"
