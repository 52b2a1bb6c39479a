// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/homeendpoint.h"
#include "server/http/endpoints/settingsendpoint.h"
#include "server/http/endpoints/systemendpoint.h"
#include "tests/support/fakeaudit.h"
#include "tests/support/fakeclock.h"
#include "tests/unit/server/http/endpoints/routecaller.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;

namespace {
//! Answers a probe as told and counts.
struct Probe
{
    Result<void> answer;
    int calls = 0;
    QCoro::Task<Result<void>> run()
    {
        ++calls;
        co_return answer;
    }
};

struct Fixture
{
    Test::FakeClock clock;
    MetricRegistry registry;
    Probe probe;
    bool draining = false;
    LogLevels levels{{u"atom.server.http"_s, u"info"_s}};
    ServerFacts facts{u"Atom & Chat"_s, u"1.2.3"_s, [] { return 5060; }};
    Readiness readiness{[this] { return probe.run(); }, [this] { return draining; }};
    Identity::Permissions permissions{clock};
    SystemEndpoint system{facts, readiness, permissions, registry, clock};
    std::unique_ptr<HomeEndpoint> home = HomeEndpoint::create(facts).value();
    Test::FakeAudit audit;
    SettingsEndpoint settings{SettingsAccess{[this] { return levels; },
                                             [this](const LogLevels &changed) -> Result<void> {
                                                 levels.insert(changed);
                                                 return {};
                                             },
                                             [] {
                                                 return QJsonObject{{u"http"_s, QJsonObject{}}};
                                             }},
                              audit, clock};
    Test::RouteCaller api{system.routes() + home->routes() + settings.routes()};

    Fixture() { registry.counter("atom_test_total", "A counter.").add(3); }
};
} // namespace

class SystemEndpointsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void healthTellsUptime()
    {
        Fixture f;
        f.clock.advance(milliseconds(61'900));
        const QJsonObject health = Test::jsonOf(f.api.get(u"/health"_s));
        QCOMPARE(health.value(u"status"_s).toString(), u"ok"_s);
        QCOMPARE(health.value(u"version"_s).toString(), u"1.2.3"_s);
        QCOMPARE(health.value(u"uptime_seconds"_s).toInt(), 61);
        QCOMPARE(health.value(u"time"_s).toString(), toIso(f.clock.now()));
        QCOMPARE(f.api.get(u"/livez"_s).status, 200);
    }

    void readinessFollowsStorageAndDraining()
    {
        Fixture f;
        QCOMPARE(f.api.get(u"/readyz"_s).status, 200);
        f.probe.answer = Error(Errc::Internal, u"disk"_s);
        QCOMPARE(f.api.get(u"/readyz"_s).status, 200); // within the second: not asked again
        QCOMPARE(f.probe.calls, 1);
        f.clock.advance(milliseconds(1'000));
        const Http::Response failed = f.api.get(u"/readyz"_s);
        QCOMPARE(failed.status, 503);
        QCOMPARE(Test::jsonOf(failed).value(u"checks"_s).toObject().value(u"storage"_s).toString(), u"failed"_s);
        f.probe.answer = {};
        f.clock.advance(milliseconds(1'000));
        QCOMPARE(f.api.get(u"/readyz"_s).status, 200);
        f.draining = true;
        QCOMPARE(f.api.get(u"/readyz"_s).status, 503);
        QCOMPARE(f.api.get(u"/livez"_s).status, 200);
    }

    void metricsAreForThisMachineAndPermittedAccounts()
    {
        Fixture f;
        const Http::Response local = f.api.get(u"/metrics"_s);
        QCOMPARE(local.status, 200);
        QVERIFY(local.contentType.startsWith("text/plain; version=0.0.4"));
        QVERIFY(local.body.contains("atom_test_total 3"));
        QCOMPARE(f.api.withHeader("x-forwarded-for", "203.0.113.9").get(u"/metrics"_s).status, 403);

        f.api.peer = QHostAddress(u"203.0.113.9"_s);
        QCOMPARE(f.api.get(u"/metrics"_s).status, 403);
        QCOMPARE(f.api.as("mia").get(u"/metrics"_s).status, 403);
        QCOMPARE(f.api.as("otto", Role::Operator).get(u"/metrics"_s).status, 200);
    }

    void homeFitsTheClient()
    {
        Fixture f;
        const Http::Response json = f.api.get(u"/"_s);
        QCOMPARE(Test::jsonOf(json).value(u"documentation"_s).toString(), u"/api/docs"_s);
        QCOMPARE(Test::jsonOf(json).value(u"realtime"_s).toObject().value(u"port"_s).toInt(), 5060);
        const Http::Response html = f.api.withHeader("accept", "text/html,application/xhtml+xml,*/*;q=0.8").get(u"/"_s);
        QVERIFY(html.contentType.startsWith("text/html"));
        QVERIFY(html.body.contains("Atom &amp; Chat"));
        QVERIFY(Test::headerOf(html, "Content-Security-Policy").startsWith("default-src 'none'"));
        QCOMPARE(Test::headerOf(html, "Vary"), QByteArray("Accept"));
    }

    void acceptIsWeighed_data()
    {
        QTest::addColumn<QByteArray>("accept");
        QTest::addColumn<bool>("html");
        QTest::newRow("none") << QByteArray() << false;
        QTest::newRow("anything") << QByteArray("*/*") << false;
        QTest::newRow("json") << QByteArray("application/json") << false;
        QTest::newRow("html") << QByteArray("text/html") << true;
        QTest::newRow("text") << QByteArray("text/*") << true;
        QTest::newRow("upper case") << QByteArray("Text/HTML") << true;
        QTest::newRow("both") << QByteArray("application/json, text/html") << false;
        QTest::newRow("html less") << QByteArray("text/html;q=0.5, application/json") << false;
        QTest::newRow("json less") << QByteArray("text/html, application/json;q=0.9") << true;
        QTest::newRow("html refused") << QByteArray("text/html;q=0, */*") << false;
        QTest::newRow("nonsense") << QByteArray(";;,,q=") << false;
    }
    void acceptIsWeighed()
    {
        QFETCH(QByteArray, accept);
        QFETCH(bool, html);
        QCOMPARE(prefersHtml(accept), html);
    }

    void descriptionIsServed()
    {
        Fixture f;
        QCOMPARE(Test::jsonOf(f.api.get(u"/api/v1/openapi.json"_s)).value(u"openapi"_s).toString(), u"3.1.0"_s);
        QVERIFY(f.api.get(u"/api/v1/openapi.yaml"_s).body.contains("openapi: 3.1.0"));
        QVERIFY(f.api.get(u"/api/docs"_s).body.contains("/api/v1/rooms/{room_id}/messages"));
    }

    void logLevels()
    {
        Fixture f;
        const QString path = u"/api/v1/logs/levels"_s;
        QCOMPARE(f.api.as("mia").get(path).status, 403);
        f.api.as("otto", Role::Operator);
        QCOMPARE(Test::jsonOf(f.api.get(path)).value(u"atom.server.http"_s).toString(), u"info"_s);
        const Http::Response changed = f.api.put(path, {{u"atom.server.http"_s, u"debug"_s}});
        QCOMPARE(changed.status, 200);
        QCOMPARE(Test::jsonOf(changed).value(u"atom.server.http"_s).toString(), u"debug"_s);
        QCOMPARE(f.api.put(path, {}).status, 422);
        const Http::Response wrong = f.api.put(path, {{u"a b"_s, u"info"_s}, {u"c"_s, u"loud"_s}, {u"d"_s, 1}});
        QCOMPARE(wrong.status, 422);
        QCOMPARE(Test::pointersOf(wrong), (QStringList{u"/a b"_s, u"/c"_s, u"/d"_s}));
        QCOMPARE(f.levels.value(u"atom.server.http"_s), u"debug"_s);
    }

    void configIsForOwnersAndAdmins()
    {
        Fixture f;
        QCOMPARE(f.api.as("otto", Role::Operator).get(u"/api/v1/config"_s).status, 403);
        const Http::Response config = f.api.as("adam", Role::Admin).get(u"/api/v1/config"_s);
        QCOMPARE(config.status, 200);
        QVERIFY(Test::jsonOf(config).contains(u"http"_s));
    }
};

QTEST_GUILESS_MAIN(SystemEndpointsTest)
#include "tst_systemendpoints.moc"
