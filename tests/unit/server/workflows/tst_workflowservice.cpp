// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/egressclient.h"
#include "server/workflows/workflowservice.h"
#include "tests/support/fakeclock.h"
#include "tests/support/fakehttpservice.h"
#include "tests/support/memorytraces.h"
#include "tests/support/memoryworkflows.h"

#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Workflows;
using namespace Qt::StringLiterals;
using Test::FakeHttpService;

namespace {
QByteArray weather(const QByteArray &hostPort)
{
    return "document: {dsl: '1.0.3', namespace: demo, name: weather, version: 1.0.0, title: Weather}\n"
           "input: {schema: {document: {type: object, required: [city], properties: {city: {type: string}}}}}\n"
           "do:\n  - before: {set: {city: '${ .city }'}}\n"
           "  - guard:\n      try:\n        - ask:\n            call: http\n"
           "            with: {method: get, endpoint: 'http://" +
           hostPort +
           "/weather', query: {city: '${ .city }'}}\n"
           "      catch:\n        errors: {with: {status: 503}}\n"
           "        retry: {delay: {seconds: 2}, backoff: {exponential: {}}, limit: {attempt: {count: 4}}}\n"
           "  - after: {set: {text: '${ \"\\(.t) degrees\" }'}}\n";
}
} // namespace

class TestWorkflowService : public QObject
{
    Q_OBJECT

    struct World
    {
        explicit World(FakeHttpService::Answer answer) : http(std::move(answer))
        {
            Connectors::EgressClient::Settings settings;
            settings.allow = {QString::fromLatin1(http.hostPort())};
            auto made = Connectors::EgressClient::create(settings, resolver, clock, metrics);
            egress = std::move(made.value());
            restart();
        }
        ~World() { QCoro::waitFor(service->close()); }
        //! Ends the service where it stands and makes a new one over the same repository.
        QStringList restart(const QString &directory = {})
        {
            if (service)
                QCoro::waitFor(service->close());
            service = std::make_unique<WorkflowService>(repository, *egress, traces, clock, metrics);
            const auto loaded = QCoro::waitFor(service->load(directory));
            return loaded ? *loaded : QStringList{loaded.error().detail};
        }
        Result<RunSnapshot> start(const QJsonValue &input = QJsonObject{{u"city"_s, u"Paris"_s}},
                                  const QByteArray &key = {})
        {
            StartRequest request;
            request.workflow = WorkflowId("demo.weather");
            request.input = input;
            request.dedupeKey = key;
            request.trace = {TraceId("0123456789abcdef0123456789abcdef"), SpanId("0123456789abcdef"), RoomId("room"),
                             MessageId("m1")};
            request.actor.user = UserId("ada");
            request.room = RoomId("room");
            return QCoro::waitFor(service->start(request));
        }
        RunSnapshot finish(const RunId &id)
        {
            const Result<RunSnapshot> r = QCoro::waitFor(service->wait(id, Deadline()));
            return r ? *r : RunSnapshot();
        }
        FakeHttpService http;
        Test::FakeClock clock;
        MetricRegistry metrics;
        Test::MemoryTraces traces;
        Connectors::SystemResolver resolver;
        Test::MemoryWorkflowRepository repository;
        std::unique_ptr<Connectors::EgressClient> egress;
        std::unique_ptr<WorkflowService> service;
    };
    static QByteArray good(const FakeHttpService::Request &) { return FakeHttpService::response(200, "{\"t\":18}"); }

private Q_SLOTS:
    void runsAndIsTraced()
    {
        World w(good);
        QVERIFY(QCoro::waitFor(w.service->importDefinition(weather(w.http.hostPort()))).isOk());
        QSignalSpy changes(w.service.get(), &WorkflowService::runChanged);
        const Result<RunSnapshot> started = w.start();
        QVERIFY(started.isOk());
        QVERIFY(w.repository.transitions >= 1);
        const RunSnapshot run = w.finish(started->id);
        QCOMPARE(run.status, RunStatus::Completed);
        QCOMPARE(run.output.toObject().value(u"text").toString(), u"18 degrees"_s);
        QCOMPARE(run.steps.size(), 4);
        QCOMPARE(run.room, RoomId("room"));
        QCOMPARE(run.startedBy, UserId("ada"));
        QCOMPARE(changes.size(), 2); // to the call with the start, and from its answer to the end
        QCOMPARE(w.repository.transitions, 2);
        QCOMPARE(w.http.requests().first().target, QByteArray("/weather?city=Paris"));
        QCOMPARE(w.service->runningCount(), 0);
        QCOMPARE(QCoro::waitFor(w.service->wait(started->id, Deadline()))->status, RunStatus::Completed);
        QCOMPARE(*QCoro::waitFor(w.service->run(started->id)), run);

        const Span workflow = w.traces.named(u"workflow"_s).value(0);
        QCOMPARE(workflow.parent, SpanId("0123456789abcdef"));
        QCOMPARE(workflow.status, SpanStatus::Ok);
        QCOMPARE(workflow.attributes.value(u"run_id").toString(), started->id.toString());
        QCOMPARE(w.traces.named(u"workflow.step"_s).size(), 4);
        const Span call = w.traces.named(u"connector.call"_s).value(0);
        QCOMPARE(call.attributes.value(u"path").toString(), u"/weather"_s);
        QCOMPARE(call.attributes.value(u"status").toInt(), 200);
        for (const Span &step : w.traces.named(u"workflow.step"_s)) {
            if (step.id == call.parent)
                QCOMPARE(step.attributes.value(u"name").toString(), u"ask"_s);
            if (step.attributes.value(u"name").toString() == u"guard")
                QCOMPARE(step.parent, workflow.id);
        }
        QVERIFY(w.metrics.renderPrometheus().contains("atom_workflow_runs_total{status=\"completed\"} 1"));
    }

    void retriesTwiceThenSucceeds()
    {
        int before = 0;
        World w([&](const FakeHttpService::Request &r) {
            return ++before <= 2 ? FakeHttpService::response(503, "{}") : good(r);
        });
        QVERIFY(QCoro::waitFor(w.service->importDefinition(weather(w.http.hostPort()))).isOk());
        const RunId id = w.start()->id;
        QTRY_COMPARE(w.repository.stored.first().snapshot.status, RunStatus::Waiting);
        w.clock.advance(milliseconds(1999));
        QCOMPARE(w.http.requests().size(), 1);
        w.clock.advance(milliseconds(1));
        QTRY_COMPARE(w.http.requests().size(), 2);
        QTRY_COMPARE(w.repository.stored.first().snapshot.status, RunStatus::Waiting);
        w.clock.advance(milliseconds(4000));
        QCOMPARE(w.finish(id).status, RunStatus::Completed);
        QCOMPARE(w.http.requests().size(), 3);
        QSet<QByteArray> keys;
        for (const auto &request : w.http.requests())
            keys.insert(request.headers.value("idempotency-key"));
        QCOMPARE(keys, QSet<QByteArray>{id.bytes() + ":/do/1/guard/try/0/ask:1"});
    }

    void goesOnAfterACrashInACall()
    {
        bool silent = true;
        World w([&](const FakeHttpService::Request &r) { return silent ? QByteArray() : good(r); });
        QVERIFY(QCoro::waitFor(w.service->importDefinition(weather(w.http.hostPort()))).isOk());
        const RunId id = w.start({QJsonObject{{u"city"_s, u"Paris"_s}}}, "turn:m1")->id;
        QTRY_COMPARE(w.http.requests().size(), 1);
        QCOMPARE(w.repository.terminalTransitions.value(id), 0);

        silent = false;
        w.restart();
        QCOMPARE(w.service->runningCount(), 1);
        const RunSnapshot run = w.finish(id);
        QCOMPARE(run.status, RunStatus::Completed);
        QCOMPARE(run.output.toObject().value(u"text").toString(), u"18 degrees"_s);
        QCOMPARE(w.http.requests().size(), 2);
        QCOMPARE(w.http.requests()[0].headers.value("idempotency-key"),
                 w.http.requests()[1].headers.value("idempotency-key"));
        QCOMPARE(w.repository.terminalTransitions.value(id), 1);
        // Completed steps were not repeated, and the interrupted attempt is the same attempt.
        QCOMPARE(w.repository.steps.value(id).size(), 4);
        for (const StepRecord &step : w.repository.steps.value(id))
            QCOMPARE(step.attempt, 1);
        QCOMPARE(w.traces.named(u"workflow"_s).size(), 2);
        QCOMPARE(w.traces.named(u"workflow"_s).last().attributes.value(u"resumed").toBool(), true);
        QCOMPARE(w.traces.named(u"workflow"_s).last().parent, SpanId("0123456789abcdef"));
        // Asked for again by the same message: the same run.
        QCOMPARE(w.start({QJsonObject{{u"city"_s, u"Paris"_s}}}, "turn:m1")->id, id);
        QCOMPARE(w.repository.stored.size(), 1);
        w.restart();
        QCOMPARE(w.service->runningCount(), 0);
    }

    void waitsOutADelayAfterACrash()
    {
        int before = 0;
        World w([&](const FakeHttpService::Request &r) {
            return ++before <= 1 ? FakeHttpService::response(503, "{}") : good(r);
        });
        QVERIFY(QCoro::waitFor(w.service->importDefinition(weather(w.http.hostPort()))).isOk());
        const RunId id = w.start()->id;
        QTRY_COMPARE(w.repository.stored.first().snapshot.status, RunStatus::Waiting);
        w.clock.advance(milliseconds(500));
        w.restart();
        w.clock.advance(milliseconds(1000));
        QCOMPARE(w.http.requests().size(), 1);
        w.clock.advance(milliseconds(500));
        QCOMPARE(w.finish(id).status, RunStatus::Completed);
        QCOMPARE(w.http.requests().size(), 2);
    }

    void everyCrashPointEndsTheSame()
    {
        // The journal as it was after each transition: a service that starts from it ends the run once, right.
        int before = 0;
        World w([&](const FakeHttpService::Request &r) {
            return ++before % 2 ? FakeHttpService::response(503, "{}") : good(r);
        });
        QVERIFY(QCoro::waitFor(w.service->importDefinition(weather(w.http.hostPort()))).isOk());
        QList<StoredRun> moments;
        const auto watch = connect(w.service.get(), &WorkflowService::runChanged, this,
                                   [&] { moments.append(w.repository.stored.first()); });
        const RunId id = w.start()->id;
        QTRY_COMPARE(w.repository.stored.first().snapshot.status, RunStatus::Waiting);
        w.clock.advance(seconds(3));
        QCOMPARE(w.finish(id).status, RunStatus::Completed);
        disconnect(watch);
        QCOMPARE(moments.size(), 4);
        for (const StoredRun &moment : std::as_const(moments)) {
            if (isTerminal(moment.snapshot.status))
                continue;
            before = 1; // the service is well
            w.repository.stored = {moment};
            w.repository.terminalTransitions.clear();
            w.restart();
            w.clock.advance(seconds(3));
            const RunSnapshot run = w.finish(id);
            QCOMPARE(run.status, RunStatus::Completed);
            QCOMPARE(run.output.toObject().value(u"text").toString(), u"18 degrees"_s);
            QCOMPARE(w.repository.terminalTransitions.value(id), 1);
        }
    }

    void refusesBadStarts()
    {
        World w(good);
        QCOMPARE(w.start().error().code, Errc::NotFound);
        QVERIFY(QCoro::waitFor(w.service->importDefinition(weather(w.http.hostPort()))).isOk());
        const Result<RunSnapshot> missing = w.start(QJsonObject{});
        QCOMPARE(missing.error().code, Errc::ValidationFailed);
        QCOMPARE(missing.error().fields.first().pointer, u"/city"_s);
        QCOMPARE(w.start(QJsonObject{{u"city"_s, QString(300'000, u'x')}}).error().code, Errc::ValidationFailed);
        QVERIFY(w.repository.stored.isEmpty());
        const Result<WorkflowSummary> bad = QCoro::waitFor(w.service->importDefinition("do: [{a: {wiat: PT1S}}]"));
        QCOMPARE(bad.error().code, Errc::ValidationFailed);
        QVERIFY(bad.error().fields.size() >= 2);
        QCOMPARE(QCoro::waitFor(w.service->wait(RunId("nobody"), Deadline())).error().code, Errc::NotFound);
        QCOMPARE(QCoro::waitFor(w.service->cancel(RunId("nobody"))).error().code, Errc::NotFound);
    }

    void waitHasADeadline()
    {
        World w([](const FakeHttpService::Request &) { return QByteArray(); });
        QVERIFY(QCoro::waitFor(w.service->importDefinition(weather(w.http.hostPort()))).isOk());
        const RunId id = w.start()->id;
        std::optional<Result<RunSnapshot>> waited;
        auto task = w.service->wait(id, Deadline::after(w.clock, milliseconds(100))).then([&](Result<RunSnapshot> r) {
            waited = std::move(r);
        });
        w.clock.advance(milliseconds(100));
        QVERIFY(waited);
        QCOMPARE(waited->error().code, Errc::DeadlineExceeded);
        QCOMPARE(w.service->runningCount(), 1);
    }

    void cancels()
    {
        World w([](const FakeHttpService::Request &) { return QByteArray(); });
        QVERIFY(QCoro::waitFor(w.service->importDefinition(weather(w.http.hostPort()))).isOk());
        const RunId id = w.start()->id;
        QTRY_COMPARE(w.http.requests().size(), 1);
        const Result<RunSnapshot> cancelled = QCoro::waitFor(w.service->cancel(id));
        QVERIFY(cancelled.isOk());
        QCOMPARE(cancelled->status, RunStatus::Cancelled);
        QCOMPARE(w.repository.terminalTransitions.value(id), 1);
        QCOMPARE(QCoro::waitFor(w.service->cancel(id)).error().code, Errc::Conflict);
        QCOMPARE(w.traces.named(u"workflow"_s).last().status, SpanStatus::Error);
    }

    void waitsForADiskThatRefuses()
    {
        World w(good);
        QVERIFY(QCoro::waitFor(w.service->importDefinition(weather(w.http.hostPort()))).isOk());
        w.repository.failures = 2;
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"could not be journaled"_s));
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"could not be journaled"_s));
        const RunId id = w.start()->id;
        QTRY_COMPARE(w.repository.failures, 1);
        QVERIFY(!isTerminal(w.repository.stored.first().snapshot.status));
        w.clock.advance(seconds(1));
        QCOMPARE(w.repository.failures, 0);
        QVERIFY(!isTerminal(w.repository.stored.first().snapshot.status));
        w.clock.advance(seconds(1));
        QCOMPARE(w.finish(id).status, RunStatus::Completed);
        QCOMPARE(w.repository.terminalTransitions.value(id), 1);
    }

    void importsFilesAndKeepsTheVersionOfARun()
    {
        bool silent = true;
        World w([&](const FakeHttpService::Request &r) { return silent ? QByteArray() : good(r); });
        QTemporaryDir folder;
        const auto write = [&](const QString &name, const QByteArray &text) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        write(u"a.yaml"_s, weather(w.http.hostPort()));
        write(u"b.yaml"_s, "document: 5\ndo: []\n");
        write(u"c.txt"_s, "not looked at");
        const QStringList mistakes = w.restart(folder.path());
        QVERIFY(mistakes.size() >= 2);
        for (const QString &mistake : mistakes)
            QVERIFY2(mistake.startsWith(u"b.yaml: "), qPrintable(mistake));
        QCOMPARE(w.service->definitions().size(), 1);
        QCOMPARE(w.service->definitions().first().title, u"Weather"_s);
        QCOMPARE(*w.service->source(WorkflowId("demo.weather")), weather(w.http.hostPort()));
        QVERIFY(!w.service->source(WorkflowId("demo.other")));

        const RunId id = w.start()->id;
        QTRY_COMPARE(w.http.requests().size(), 1);
        write(u"a.yaml"_s,
              weather(w.http.hostPort()).replace("degrees", "grad").replace("version: 1.0.0", "version: 1.1.0"));
        silent = false;
        w.restart(folder.path());
        QCOMPARE(w.service->definitions().first().version, u"1.1.0"_s);
        QCOMPARE(w.finish(id).output.toObject().value(u"text").toString(), u"18 degrees"_s);
        QCOMPARE(w.finish(w.start()->id).output.toObject().value(u"text").toString(), u"18 grad"_s);
    }

    void refusesStartsWhileClosing()
    {
        World w(good);
        QVERIFY(QCoro::waitFor(w.service->importDefinition(weather(w.http.hostPort()))).isOk());
        QCoro::waitFor(w.service->close());
        QCOMPARE(w.start().error().code, Errc::Unavailable);
    }
};

QTEST_GUILESS_MAIN(TestWorkflowService)
#include "tst_workflowservice.moc"
