// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/egressclient.h"
#include "tests/support/fakeclock.h"
#include "tests/support/fakehttpservice.h"

#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslServer>
#include <QtNetwork/QSslSocket>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Connectors;
using namespace Qt::StringLiterals;
using Atom::Test::FakeClock;
using Atom::Test::FakeHttpService;

namespace {
//! Answers by a table; each answer of a name is given once, the last for ever. Without an entry it never answers.
class TableResolver final : public HostResolver
{
public:
    void resolve(const QString &host, QObject *context, ResolveDone done) override
    {
        ++asked;
        if (!answers.contains(host))
            return;
        QList<QList<QHostAddress>> &list = answers[host];
        const QList<QHostAddress> now = list.size() > 1 ? list.takeFirst() : list.first();
        QMetaObject::invokeMethod(
            context, [done = std::move(done), now] { done(now); }, Qt::QueuedConnection);
    }
    QHash<QString, QList<QList<QHostAddress>>> answers;
    int asked = 0;
};

const QHostAddress loopback(QHostAddress::LocalHost);
const QHostAddress global(u"93.184.216.34"_s);

QString testPem()
{
    return QStringLiteral(ATOM_SOURCE_DIR "/tests/unit/server/connectors/service-test.pem");
}
} // namespace

class TestEgressClient : public QObject
{
    Q_OBJECT

    FakeClock m_clock;
    MetricRegistry m_metrics;
    TableResolver m_resolver;

    std::unique_ptr<EgressClient> make(const QStringList &allow, qint64 replyBytes = 1 << 20,
                                       const QString &caFile = {})
    {
        EgressClient::Settings settings;
        settings.allow = allow;
        settings.replyBytes = replyBytes;
        settings.caFile = caFile;
        auto client = EgressClient::create(settings, m_resolver, m_clock, m_metrics);
        return client ? std::move(*client) : nullptr;
    }
    static QString allowed(const FakeHttpService &service) { return QString::fromLatin1(service.hostPort()); }
    static QString url(const FakeHttpService &service, const QString &rest = u"/"_s,
                       const QString &host = u"127.0.0.1"_s)
    {
        return u"http://%1:%2%3"_s.arg(host).arg(service.port()).arg(rest);
    }
    static Result<HttpReply> get(EgressClient &client, const QString &url)
    {
        HttpCall call;
        call.method = "GET";
        call.url = url;
        return QCoro::waitFor(client.send(std::move(call), Deadline(), CancellationToken()));
    }

private Q_SLOTS:
    void init()
    {
        m_resolver.answers.clear();
        m_resolver.asked = 0;
    }

    void sendsAndReceives()
    {
        FakeHttpService service([](const FakeHttpService::Request &) {
            return FakeHttpService::response(201, "{\"id\":1}", "application/json",
                                             "X-Thing: yes\r\nSet-Cookie: a=b\r\n");
        });
        const auto client = make({allowed(service)});
        HttpCall call;
        call.method = "POST";
        call.url = url(service, u"/tickets?x=%20y"_s);
        call.headers = {{"Idempotency-Key", "k1"}, {"Content-Type", "application/json"}};
        call.body = "{\"title\":\"t\"}";
        const Result<HttpReply> reply = QCoro::waitFor(client->send(call, Deadline(), CancellationToken()));
        QVERIFY(reply.isOk());
        QCOMPARE(reply->status, 201);
        QCOMPARE(reply->body, QByteArray("{\"id\":1}"));
        QCOMPARE(reply->header("x-thing"), QByteArray("yes"));
        (void)get(*client, url(service));
        QCOMPARE(service.requests().size(), 2);
        const auto &request = service.requests().first();
        QCOMPARE(request.method, QByteArray("POST"));
        QCOMPARE(request.target, QByteArray("/tickets?x=%20y"));
        QCOMPARE(request.body, QByteArray("{\"title\":\"t\"}"));
        QCOMPARE(request.headers.value("idempotency-key"), QByteArray("k1"));
        QCOMPARE(request.headers.value("host"), service.hostPort());
        QCOMPARE(request.headers.value("accept-encoding"), QByteArray("identity"));
        QVERIFY(!service.requests().last().headers.contains("cookie"));
        QCOMPARE(client->running(), 0);
        QCOMPARE(m_clock.pending(), 0);
    }

    void statusesAreAnswers_data()
    {
        QTest::addColumn<int>("status");
        for (const int status : {200, 204, 301, 400, 401, 403, 404, 409, 429, 500, 503, 505})
            QTest::newRow(QByteArray::number(status).constData()) << status;
    }
    void statusesAreAnswers()
    {
        QFETCH(int, status);
        FakeHttpService service([status](const FakeHttpService::Request &) {
            return FakeHttpService::response(
                status, status == 204 ? "" : "body", "text/plain",
                "Location: http://169.254.169.254/\r\nWWW-Authenticate: Basic realm=x\r\n");
        });
        const auto client = make({allowed(service)});
        const Result<HttpReply> reply = get(*client, url(service));
        QVERIFY2(reply.isOk(), reply ? "" : qPrintable(reply.error().cause));
        QCOMPARE(reply->status, status);
        QCOMPARE(reply->body, QByteArray(status == 204 ? "" : "body"));
        QCOMPARE(service.requests().size(), 1); // no redirect followed, nothing repeated
    }

    void refusesPrivateAddresses()
    {
        FakeHttpService service([](const FakeHttpService::Request &) { return FakeHttpService::response(200, "{}"); });
        const auto client = make({});
        m_resolver.answers.insert(u"inside.test"_s, {{loopback}});
        m_resolver.answers.insert(u"mixed.test"_s, {{global, loopback}});
        for (const QString &host : {u"127.0.0.1"_s, u"[::1]"_s, u"[::ffff:127.0.0.1]"_s, u"inside.test"_s,
                                    u"mixed.test"_s, u"169.254.169.254"_s}) {
            const Result<HttpReply> reply = get(*client, url(service, u"/"_s, host));
            QVERIFY(!reply.isOk());
            QCOMPARE(reply.error().code, Errc::Forbidden);
        }
        QVERIFY(service.requests().isEmpty());
    }

    void connectsToTheCheckedAddress()
    {
        // The name answers with an allowed address once; whoever asks again gets another one.
        FakeHttpService service([](const FakeHttpService::Request &) { return FakeHttpService::response(200, "{}"); });
        m_resolver.answers.insert(u"rebind.test"_s, {{loopback}, {QHostAddress(u"169.254.169.254"_s)}});
        const auto client = make({u"rebind.test:%1"_s.arg(service.port())});
        const Result<HttpReply> reply = get(*client, url(service, u"/x"_s, u"rebind.test"_s));
        QVERIFY(reply.isOk());
        QCOMPARE(m_resolver.asked, 1);
        QCOMPARE(service.requests().first().headers.value("host"), "rebind.test:" + QByteArray::number(service.port()));
    }

    void verifiesTlsByName()
    {
        if (!QSslSocket::supportsSsl())
            QSKIP("no TLS in this build of Qt");
        QFile pem(testPem());
        QVERIFY(pem.open(QIODevice::ReadOnly));
        const QByteArray text = pem.readAll();
        auto tlsServer = std::make_unique<QSslServer>();
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setPrivateKey(QSslKey(text, QSsl::Ec));
        configuration.setLocalCertificate(QSslCertificate(text, QSsl::Pem));
        tlsServer->setSslConfiguration(configuration);
        FakeHttpService service(
            [](const FakeHttpService::Request &) { return FakeHttpService::response(200, "secure"); },
            std::move(tlsServer));
        m_resolver.answers.insert(u"service.test"_s, {{loopback}});
        m_resolver.answers.insert(u"other.test"_s, {{loopback}});
        const QString port = QString::number(service.port());
        const QStringList allow{u"service.test:"_s + port, u"other.test:"_s + port};

        const auto trusting = make(allow, 1 << 20, testPem());
        const Result<HttpReply> good = get(*trusting, u"https://service.test:%1/"_s.arg(port));
        QVERIFY2(good.isOk(), good ? "" : qPrintable(good.error().cause));
        QCOMPARE(good->body, QByteArray("secure"));
        QCOMPARE(service.requests().last().headers.value("host"), "service.test:" + port.toLatin1());
        // The certificate is for another name, and without the extra authority it is not trusted at all.
        QCOMPARE(get(*trusting, u"https://other.test:%1/"_s.arg(port)).error().code, Errc::UpstreamFailed);
        QCOMPARE(get(*make(allow), u"https://service.test:%1/"_s.arg(port)).error().code, Errc::UpstreamFailed);
        QCOMPARE(service.requests().size(), 1);
    }

    void boundsTheAnswer()
    {
        FakeHttpService service([](const FakeHttpService::Request &r) {
            return FakeHttpService::response(200, QByteArray(r.target == "/fits" ? 1000 : 2'000'000, 'x'));
        });
        const auto client = make({allowed(service)}, 1000);
        QCOMPARE(get(*client, url(service, u"/fits"_s))->body.size(), 1000);
        QCOMPARE(get(*client, url(service, u"/large"_s)).error().code, Errc::PayloadTooLarge);
        QCOMPARE(client->running(), 0);
    }

    void readsLargeAnswersWhole()
    {
        const QByteArray large(900'000, 'y');
        FakeHttpService service(
            [&](const FakeHttpService::Request &) { return FakeHttpService::response(200, large); });
        QCOMPARE(get(*make({allowed(service)}), url(service))->body, large);
    }

    void timesOut()
    {
        FakeHttpService silent([](const FakeHttpService::Request &) { return QByteArray(); });
        const auto client = make({allowed(silent)});
        for (const QString &target : {url(silent), u"http://unanswered.test/"_s}) {
            HttpCall call;
            call.method = "GET";
            call.url = target;
            std::optional<Result<HttpReply>> reply;
            auto task = client->send(call, Deadline::after(m_clock, milliseconds(2000)), CancellationToken());
            auto watched = std::move(task).then([&](Result<HttpReply> r) { reply = std::move(r); });
            const bool overNetwork = target == url(silent);
            if (overNetwork)
                QTRY_COMPARE(silent.requests().size(), 1);
            m_clock.advance(milliseconds(1999));
            QVERIFY(!reply);
            m_clock.advance(milliseconds(1));
            QTRY_VERIFY(reply);
            QCOMPARE(reply->error().code, Errc::DeadlineExceeded);
        }
        QCOMPARE(client->running(), 0);
        HttpCall late;
        late.method = "GET";
        late.url = url(silent);
        QCOMPARE(QCoro::waitFor(client->send(late, Deadline(m_clock.monotonic()), CancellationToken())).error().code,
                 Errc::DeadlineExceeded);
    }

    void cancelsAndSurvivesItsEnd()
    {
        FakeHttpService silent([](const FakeHttpService::Request &) { return QByteArray(); });
        auto client = make({allowed(silent)});
        HttpCall call;
        call.method = "GET";
        call.url = url(silent);
        CancellationSource source;
        std::optional<Result<HttpReply>> first, second, third;
        auto a =
            client->send(call, Deadline(), source.token()).then([&](Result<HttpReply> r) { first = std::move(r); });
        QTRY_COMPARE(silent.requests().size(), 1);
        source.cancel();
        QVERIFY(first);
        QCOMPARE(first->error().code, Errc::Cancelled);
        auto b =
            client->send(call, Deadline(), source.token()).then([&](Result<HttpReply> r) { second = std::move(r); });
        QVERIFY(second);
        QCOMPARE(second->error().code, Errc::Cancelled);
        auto c = client->send(call, Deadline(), {}).then([&](Result<HttpReply> r) { third = std::move(r); });
        QTRY_COMPARE(silent.requests().size(), 2);
        client.reset();
        QVERIFY(third);
        QCOMPARE(third->error().code, Errc::Cancelled);
    }

    void reportsBrokenServices()
    {
        quint16 closedPort = 0;
        {
            QTcpServer probe;
            QVERIFY(probe.listen(QHostAddress::LocalHost));
            closedPort = probe.serverPort();
        }
        FakeHttpService broken([](const FakeHttpService::Request &) {
            return QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
        });
        FakeHttpService garbage([](const FakeHttpService::Request &) { return QByteArray("hello\r\n\r\n"); });
        const auto client = make({u"127.0.0.1:%1"_s.arg(closedPort), allowed(broken), allowed(garbage)});
        for (const QString &target : {u"http://127.0.0.1:%1/"_s.arg(closedPort), url(broken), url(garbage)}) {
            const Result<HttpReply> reply = get(*client, target);
            QVERIFY2(!reply.isOk(), qPrintable(target));
            QCOMPARE(reply.error().code, Errc::UpstreamFailed);
        }
        QCOMPARE(broken.requests().size(), 1);
    }

    void refusesBadCalls()
    {
        FakeHttpService service([](const FakeHttpService::Request &) { return FakeHttpService::response(200, "{}"); });
        const auto client = make({allowed(service)});
        const auto code = [&](const QByteArray &method, const QByteArray &name, const QByteArray &value) {
            HttpCall call;
            call.method = method;
            call.url = url(service);
            call.headers = {{name, value}};
            const auto r = QCoro::waitFor(client->send(call, Deadline(), CancellationToken()));
            return r ? Errc::Internal : r.error().code;
        };
        QCOMPARE(code("CONNECT", "X", "y"), Errc::ValidationFailed);
        QCOMPARE(code("GET / HTTP/1.1", "X", "y"), Errc::ValidationFailed);
        QCOMPARE(code("GET", "Host", "y"), Errc::ValidationFailed);
        QCOMPARE(code("GET", "Content-Length", "0"), Errc::ValidationFailed);
        QCOMPARE(code("GET", "X Y", "y"), Errc::ValidationFailed);
        QCOMPARE(code("GET", "", "y"), Errc::ValidationFailed);
        QCOMPARE(code("GET", "X", "a\r\nEvil: b"), Errc::ValidationFailed);
        QCOMPARE(code("GET", "X", QByteArray(20'000, 'v')), Errc::ValidationFailed);
        QVERIFY(service.requests().isEmpty());
    }

    void checksItsSettings()
    {
        EgressClient::Settings settings;
        settings.allow = {u"nonsense"_s};
        QCOMPARE(EgressClient::create(settings, m_resolver, m_clock, m_metrics).error().code, Errc::ValidationFailed);
        settings.allow.clear();
        settings.caFile = u"/nowhere.pem"_s;
        QCOMPARE(EgressClient::create(settings, m_resolver, m_clock, m_metrics).error().code, Errc::ValidationFailed);
    }
};

QTEST_GUILESS_MAIN(TestEgressClient)
#include "tst_egressclient.moc"
