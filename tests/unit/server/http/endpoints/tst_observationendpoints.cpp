// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/monitoringendpoint.h"
#include "server/http/endpoints/tracesendpoint.h"
#include "shared/protocol/restcodec.h"
#include "tests/unit/server/http/endpoints/roomfixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;

namespace {
AlertRule cpuRule()
{
    AlertRule rule;
    rule.name = u"cpu"_s;
    rule.metric = u"cpu_percent"_s;
    rule.threshold = 90;
    rule.severity = AlertSeverity::Critical;
    rule.summary = u"The processor is busy"_s;
    return rule;
}

struct Fixture : Test::RoomFixture
{
    Monitoring::AlertService alerts{{cpuRule()}, &Protocol::metricValue, storage->alerts(), clock};
    Monitoring::MetricSampler sampler{Monitoring::MetricSampler::Sources{metrics.counter("m", "m"),
                                                                         metrics.counter("d", "d"),
                                                                         metrics.counter("r", "r"),
                                                                         {},
                                                                         metrics.histogram("a", "a")},
                                      [] { return Monitoring::MetricSampler::Levels{}; }, clock};
    TracesEndpoint tracesEndpoint{*traces, *rooms, permissions};
    MonitoringEndpoint monitoring{sampler, alerts};
    Test::RouteCaller api{tracesEndpoint.routes() + monitoring.routes()};

    ~Fixture() { QCoro::waitFor(alerts.close()); }

    //! A message of ann's in a private room, with a span that holds contents.
    TraceContext traced(const QByteArray &message)
    {
        if (!rooms->find(RoomId("secret")))
            makeRoom("secret", RoomVisibility::Private);
        TraceContext context;
        context.trace = newTraceId();
        context.room = RoomId("secret");
        context.message = MessageId(message);
        Span span;
        span.trace = context.trace;
        span.id = newSpanId();
        span.name = u"intent"_s;
        span.startMicros = 1'000'000 + qint64(m_spans++) * 1000;
        span.durationMicros = 10;
        span.attributes = QJsonObject{{u"content.text"_s, u"my secret"_s}, {u"confidence"_s, 0.9}};
        traces->record(context, span);
        traces->flush();
        must(QCoro::waitFor(storage->probe())); // spans are stored by now: commits keep their order
        return context;
    }

private:
    int m_spans = 0;
};

QString pathOf(const TraceContext &context)
{
    return u"/api/v1/traces/"_s + context.trace.toString();
}
} // namespace

class ObservationEndpointsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void membersSeeContents()
    {
        Fixture f;
        const TraceContext context = f.traced("m-1");
        for (const QString &path : {pathOf(context), u"/api/v1/messages/m-1/trace"_s}) {
            const QJsonObject trace = Test::jsonOf(f.api.as("ann").get(path));
            QCOMPARE(trace.value(u"room_id"_s).toString(), u"secret"_s);
            const QJsonObject span = trace.value(u"spans"_s).toArray().first().toObject();
            QCOMPARE(span.value(u"attributes"_s).toObject().value(u"content.text"_s).toString(), u"my secret"_s);
            QVERIFY(!span.contains(u"content_hidden"_s));
        }
    }

    void othersSeeTheStructureAtMost()
    {
        Fixture f;
        const TraceContext context = f.traced("m-1");
        const std::pair<const char *, Role> readers[] = {{"olga", Role::Owner}, {"otto", Role::Operator}};
        for (const auto &[user, role] : readers) {
            for (const QString &path : {pathOf(context), u"/api/v1/messages/m-1/trace"_s}) {
                const Http::Response response = f.api.as(user, role).get(path);
                QCOMPARE(response.status, 200);
                QVERIFY(!response.body.contains("my secret"));
                const QJsonObject span = Test::jsonOf(response).value(u"spans"_s).toArray().first().toObject();
                QVERIFY(span.value(u"content_hidden"_s).toBool());
                QCOMPARE(span.value(u"attributes"_s).toObject().value(u"confidence"_s).toDouble(), 0.9);
            }
        }
        // Whoever may not read it hears what he hears of a missing one.
        const Http::Response foreign = f.api.as("ben").get(pathOf(context));
        const Http::Response missing = f.api.get(u"/api/v1/traces/"_s + newTraceId().toString());
        QCOMPARE(foreign.status, 404);
        QCOMPARE(missing.status, 404);
        QCOMPARE(Test::jsonOf(foreign).value(u"detail"_s), Test::jsonOf(missing).value(u"detail"_s));
        QCOMPARE(f.api.get(u"/api/v1/messages/m-1/trace"_s).status, 404);
        QCOMPARE(f.api.anonymous().get(pathOf(context)).status, 401);
    }

    void listsAreForReadersAndMembers()
    {
        Fixture f;
        const TraceContext first = f.traced("m-1");
        const TraceContext second = f.traced("m-2");
        QCOMPARE(f.api.as("ben").get(u"/api/v1/traces"_s).status, 403);
        QCOMPARE(f.api.get(u"/api/v1/traces?room=secret"_s).status, 403);
        QCOMPARE(f.api.as("ann").get(u"/api/v1/traces"_s).status, 403);
        QCOMPARE(f.api.get(u"/api/v1/traces?room=secret"_s).status, 200);

        f.api.as("otto", Role::Operator);
        const QJsonObject page = Test::jsonOf(f.api.get(u"/api/v1/traces?limit=1"_s));
        const auto idOf = [](const QJsonObject &list) {
            return list.value(u"items"_s).toArray().first().toObject().value(u"trace_id"_s).toString();
        };
        QCOMPARE(idOf(page), second.trace.toString());
        const QString next = page.value(u"next"_s).toString();
        QCOMPARE(idOf(Test::jsonOf(f.api.get(u"/api/v1/traces?limit=1&before="_s + next))), first.trace.toString());
        const Http::Response bad = f.api.get(u"/api/v1/traces?room=a%20b"_s);
        QCOMPARE(bad.status, 422);
        QCOMPARE(Test::pointersOf(bad), QStringList{u"/query/room"_s});
        QCOMPARE(f.api.get(u"/api/v1/traces?before=-1"_s).status, 422);
    }

    void metricHistory()
    {
        Fixture f;
        f.sampler.start();
        f.clock.advance(milliseconds(5'000));
        QCOMPARE(f.api.as("ann").get(u"/api/v1/metrics/history"_s).status, 403);
        f.api.as("otto", Role::Operator);
        const QJsonObject history = Test::jsonOf(f.api.get(u"/api/v1/metrics/history?seconds=3"_s));
        const QJsonArray items = history.value(u"items"_s).toArray();
        QVERIFY(items.size() >= 3);
        QVERIFY(Protocol::metricSampleFromJson(items.first().toObject()).isOk());
        QCOMPARE(f.api.get(u"/api/v1/metrics/history?seconds=0"_s).status, 422);
        QCOMPARE(f.api.get(u"/api/v1/metrics/history?seconds=3601"_s).status, 422);
        f.sampler.stop();
    }

    void alertsAreShownAndAcknowledged()
    {
        Fixture f;
        MetricSample busy;
        busy.at = f.clock.now();
        busy.cpuPercent = 99;
        f.alerts.evaluate(busy);
        f.clock.advance(milliseconds(1'000));
        f.alerts.evaluate(busy);
        QCOMPARE(f.api.as("ann").get(u"/api/v1/alerts"_s).status, 403);
        f.api.as("otto", Role::Operator);
        const QJsonArray alerts = Test::jsonOf(f.api.get(u"/api/v1/alerts"_s)).value(u"items"_s).toArray();
        QCOMPARE(alerts.size(), 1);
        const QString id = alerts.first().toObject().value(u"id"_s).toString();
        const Http::Response done = f.api.call("POST", u"/api/v1/alerts/%1/acknowledge"_s.arg(id));
        QCOMPARE(done.status, 200);
        QCOMPARE(Test::jsonOf(done).value(u"state"_s).toString(), u"acknowledged"_s);
        QCOMPARE(Test::jsonOf(done).value(u"acknowledged_by"_s).toString(), u"otto"_s);
        QCOMPARE(f.api.call("POST", u"/api/v1/alerts/unknown/acknowledge"_s).status, 404);

        const QJsonObject rules = Test::jsonOf(f.api.get(u"/api/v1/alerts/rules"_s));
        const QJsonObject rule = rules.value(u"items"_s).toArray().first().toObject();
        QCOMPARE(rule.value(u"metric"_s).toString(), u"cpu_percent"_s);
        QCOMPARE(rule.value(u"severity"_s).toString(), u"critical"_s);
        QCOMPARE(rule.value(u"threshold"_s).toDouble(), 90.0);
    }
};

QTEST_GUILESS_MAIN(ObservationEndpointsTest)
#include "tst_observationendpoints.moc"
