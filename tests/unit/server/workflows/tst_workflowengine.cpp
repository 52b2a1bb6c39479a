// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine does around the machine: waiting out of memory, events, subflows, places, standing still, repeating.
#include "server/connectors/egressclient.h"
#include "server/expressions/jsonvalues.h"
#include "server/workflows/eventbus.h"
#include "server/workflows/functionregistry.h"
#include "server/workflows/workflowservice.h"
#include "tests/support/fakeclock.h"
#include "tests/support/fakehttpservice.h"
#include "tests/support/memorytraces.h"
#include "tests/support/memoryworkflows.h"

#include <QtCore/QJsonArray>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Workflows;
using namespace Qt::StringLiterals;
using Test::FakeHttpService;

namespace {
class Functions final : public FunctionRegistry
{
public:
    bool has(const QString &name, const QString &) const override { return name == u"double"; }
    QCoro::Task<EffectOutcome> call(FunctionRequest request, Deadline, CancellationToken) override
    {
        requests.append(request);
        co_return EffectOutcome(QJsonValue(request.arguments.toObject().value(u"n").toInt() * 2));
    }
    QList<FunctionRequest> requests;
};

class Secrets final : public SecretProvider
{
public:
    std::optional<QJsonValue> secret(const WorkflowId &, const QString &name) const override
    {
        return name == u"key" ? std::optional(QJsonValue(u"very secret"_s)) : std::nullopt;
    }
};

QCoro::Task<void> note(QStringList *heard, QJsonObject event)
{
    heard->append(event.value(u"type").toString().section(u'.', 1));
    co_return;
}

QJsonObject cloudEvent(const QByteArray &type, const QByteArray &id, const QJsonValue &data = {})
{
    return {{u"type"_s, QString::fromLatin1(type)},
            {u"id"_s, QString::fromLatin1(id)},
            {u"source"_s, u"/test"_s},
            {u"data"_s, data}};
}
} // namespace

class TestWorkflowEngine : public QObject
{
    Q_OBJECT

    struct World
    {
        explicit World(FakeHttpService::Answer answer =
                           [](const auto &) { return FakeHttpService::response(200, "{\"ok\":1}"); })
            : http(std::move(answer))
        {
            Connectors::EgressClient::Settings settings;
            settings.allow = {QString::fromLatin1(http.hostPort())};
            egress = std::move(Connectors::EgressClient::create(settings, resolver, clock, metrics).value());
            restart();
        }
        ~World() { QCoro::waitFor(service->close()); }
        void restart()
        {
            if (service)
                QCoro::waitFor(service->close());
            service = std::make_unique<WorkflowService>(repository, *egress, traces, clock, metrics);
            service->setFunctions(&functions);
            service->setSecrets(&secrets);
            service->setLimits(limits);
            (void)QCoro::waitFor(service->load({}));
        }
        void import(const QByteArray &name, const QByteArray &rest)
        {
            const auto done = QCoro::waitFor(service->importDefinition(
                "document: {dsl: '1.0.3', namespace: t, name: " + name + ", version: '1.0.0'}\n" + rest + "\n"));
            if (!done)
                qFatal("%s", qPrintable(done.error().fields.isEmpty() ? done.error().detail
                                                                      : done.error().fields.first().detail));
        }
        RunId start(const QByteArray &name, const QJsonValue &input = QJsonObject())
        {
            StartRequest request;
            request.workflow = WorkflowId("t." + name);
            request.input = input;
            request.actor.user = UserId("ada");
            request.room = RoomId("room");
            const auto run = QCoro::waitFor(service->start(request));
            if (!run)
                qFatal("%s", qPrintable(run.error().detail));
            return run->id;
        }
        RunSnapshot state(const RunId &id)
        {
            const auto run = QCoro::waitFor(service->run(id));
            return run ? *run : RunSnapshot();
        }
        RunSnapshot finish(const RunId &id)
        {
            const auto run = QCoro::waitFor(service->wait(id, Deadline()));
            return run ? *run : RunSnapshot();
        }
        DeliveryReport deliver(const QJsonObject &event)
        {
            const auto report = QCoro::waitFor(service->deliver(event));
            return report ? *report : DeliveryReport();
        }
        FakeHttpService http;
        Test::FakeClock clock;
        MetricRegistry metrics;
        Test::MemoryTraces traces;
        Connectors::SystemResolver resolver;
        Test::MemoryWorkflowRepository repository;
        Functions functions;
        Secrets secrets;
        WorkflowService::Limits limits;
        std::unique_ptr<Connectors::EgressClient> egress;
        std::unique_ptr<WorkflowService> service;
    };
    static QByteArray text(const QJsonValue &value) { return Expressions::toJsonText(value); }

private Q_SLOTS:
    void aPureRunIsOneTransaction()
    {
        World w;
        w.import("pure", "do: [{a: {set: {x: 1}}}, {b: {do: [{c: {set: {y: '${ .x }'}}}]}}]");
        const RunId id = w.start("pure");
        QCOMPARE(w.repository.transitions, 1);
        QCOMPARE(w.state(id).status, RunStatus::Completed);
        QCOMPARE(w.state(id).steps.size(), 3);
        QCOMPARE(w.repository.terminalTransitions.value(id), 1);
        QCOMPARE(w.finish(id).output, QJsonValue(QJsonObject{{u"y"_s, 1}}));
    }

    void waitsOutOfMemory()
    {
        World w;
        w.import("sleeper", "do: [{w: {wait: PT1H}}, {s: {set: {woke: true}}}]");
        QList<RunId> ids;
        for (int i = 0; i < 5; ++i)
            ids.append(w.start("sleeper"));
        QCOMPARE(w.service->runningCount(), 0);
        QCOMPARE(w.service->waitingCount(), 5);
        QCOMPARE(w.state(ids[0]).status, RunStatus::Waiting);
        w.restart();
        QCOMPARE(w.repository.loads, 0); // none was read as a whole
        QCOMPARE(w.service->bootReport().parked, 5);
        QCOMPARE(w.service->waitingCount(), 5);
        w.clock.advance(std::chrono::minutes(59));
        QCOMPARE(w.service->waitingCount(), 5);
        std::optional<Result<RunSnapshot>> waited;
        auto task = w.service->wait(ids[1], Deadline()).then([&](Result<RunSnapshot> r) { waited = std::move(r); });
        w.clock.advance(std::chrono::minutes(1));
        QCOMPARE(w.service->waitingCount(), 0);
        QVERIFY(waited && waited->isOk());
        for (const RunId &id : ids) {
            QCOMPARE(w.state(id).status, RunStatus::Completed);
            QCOMPARE(w.repository.terminalTransitions.value(id), 1);
        }
    }

    void eventsReachThoseWhoListen()
    {
        World w;
        w.import("listener",
                 "do: [{l: {listen: {to: {one: {with: {type: door.opened, data: '${ .room == $input.room }'}}}}}}]");
        const RunId one = w.start("listener", QJsonObject{{u"room"_s, 1}});
        const RunId two = w.start("listener", QJsonObject{{u"room"_s, 2}});
        QVERIFY(!w.deliver(cloudEvent("door.closed", "e0")).wanted);
        QCOMPARE(w.deliver(cloudEvent("door.opened", "e1", QJsonObject{{u"room"_s, 2}})).runs, 2);
        QCOMPARE(text(w.finish(two).output), QByteArray("[{\"room\":2}]"));
        QCOMPARE(w.state(one).status, RunStatus::Waiting);
        QVERIFY(w.deliver(cloudEvent("door.opened", "e1", QJsonObject{{u"room"_s, 1}})).known);
        QCOMPARE(w.state(one).status, RunStatus::Waiting);
        w.restart();
        (void)w.deliver(cloudEvent("door.opened", "e2", QJsonObject{{u"room"_s, 1}}));
        QCOMPARE(w.finish(one).status, RunStatus::Completed);
        QVERIFY(w.repository.undelivered.isEmpty());
        QCOMPARE(QCoro::waitFor(w.service->deliver(QJsonObject{{u"type"_s, 5}})).error().code, Errc::ValidationFailed);
    }

    void eventsSurviveACrash()
    {
        World w;
        w.import(
            "twice",
            "do: [{a: {listen: {to: {one: {with: {type: ping}}}}}}, {b: {listen: {to: {one: {with: {type: ping}}}}}}]");
        w.import("sender", "do: [{e: {emit: {event: {with: {type: ping, data: 1}}}}}]");
        const RunId twice = w.start("twice");
        w.repository.loseDeliveries = true; // the process dies before it could store that all is done
        const RunId sender = w.start("sender");
        QCOMPARE(w.finish(sender).status, RunStatus::Completed);
        QTRY_COMPARE(w.state(twice).steps.size(), 2); // the first listener has it
        QCOMPARE(w.repository.undelivered.size(), 1);
        w.repository.loseDeliveries = false;
        w.restart();
        QCOMPARE(w.service->bootReport().events, 1);
        QVERIFY(w.repository.undelivered.isEmpty());
        QCOMPARE(w.state(twice).status, RunStatus::Waiting); // not taken a second time
        // One that was stored, and died before anybody heard of it.
        QVERIFY(QCoro::waitFor(w.repository.insertEvent(cloudEvent("ping", "late"), w.clock.now())).isOk());
        w.restart();
        QCOMPARE(w.finish(twice).status, RunStatus::Completed);
        QVERIFY(w.repository.undelivered.isEmpty());
    }

    void otherWorkflows()
    {
        World w;
        w.import("child", "do: [{w: {wait: PT1H}}, {s: {set: {got: '${ .x }'}}}]");
        w.import("parent", "do: [{r: {run: {workflow: {namespace: t, name: child, version: latest, input: {x: 7}}}}}]");
        w.import(
            "loose",
            "do: [{r: {run: {await: false, workflow: {namespace: t, name: child, version: '1.0.0', input: {x: 8}}}}}]");
        w.import("broken", "do: [{r: {run: {workflow: {namespace: t, name: nobody, version: '1.0.0'}}}}]");
        const RunId parent = w.start("parent");
        QCOMPARE(w.service->runningCount(), 0); // both wait
        QCOMPARE(w.repository.stored.size(), 2);
        QCOMPARE(w.repository.stored[1].snapshot.parent, parent);
        QCOMPARE(w.finish(w.start("loose")).status, RunStatus::Completed);
        QCOMPARE(w.finish(w.start("broken")).error.value(u"status").toInt(), 400);
        w.restart();
        QCOMPARE(w.repository.stored.size(), 5);
        w.clock.advance(std::chrono::hours(1));
        QCOMPARE(text(w.finish(parent).output), QByteArray("{\"got\":7}"));
        QCOMPARE(w.repository.stored.size(), 5); // nothing was started twice

        const RunId cancelled = w.start("parent");
        QCOMPARE(QCoro::waitFor(w.service->cancel(cancelled, u"enough"_s))->reason, u"enough"_s);
        QTRY_COMPARE(w.repository.stored.last().snapshot.status, RunStatus::Cancelled); // the child
        QCOMPARE(w.service->waitingCount(), 0);
    }

    void workflowsInsideOfEachOtherEnd()
    {
        World w;
        w.import("again",
                 "do: [{r: {if: '${ true }', run: {workflow: {namespace: t, name: again, version: latest}}}}]");
        const RunSnapshot run = w.finish(w.start("again"));
        QCOMPARE(run.status, RunStatus::Faulted);
        QVERIFY(run.error.value(u"type").toString().endsWith(u"runtime"));
        QCOMPARE(w.repository.stored.size(), 17);
        for (const auto &stored : std::as_const(w.repository.stored))
            QCOMPARE(stored.snapshot.status, RunStatus::Faulted);
    }

    void standsStillAndGoesOn()
    {
        World w;
        w.import("sleeper", "do: [{w: {wait: PT10S}}, {s: {set: {woke: true}}}]");
        const RunId id = w.start("sleeper");
        const auto suspended = QCoro::waitFor(w.service->suspend(id, u"lunch"_s));
        QVERIFY(suspended.isOk());
        QCOMPARE(suspended->status, RunStatus::Suspended);
        QCOMPARE(w.service->runningCount() + w.service->waitingCount(), 0);
        w.restart();
        w.clock.advance(seconds(60));
        QCOMPARE(w.state(id).status, RunStatus::Suspended);
        QCOMPARE(w.state(id).reason, u"lunch"_s);
        QVERIFY(QCoro::waitFor(w.service->resume(id)).isOk());
        QCOMPARE(w.finish(id).status, RunStatus::Completed);
        QCOMPARE(QCoro::waitFor(w.service->resume(id)).error().code, Errc::Conflict);
        QCOMPARE(QCoro::waitFor(w.service->suspend(id)).error().code, Errc::Conflict);
        const RunId other = w.start("sleeper");
        QVERIFY(QCoro::waitFor(w.service->suspend(other)).isOk());
        QCOMPARE(QCoro::waitFor(w.service->cancel(other))->status, RunStatus::Cancelled);
        QCOMPARE(w.repository.terminalTransitions.value(other), 1);
    }

    void takesTurns()
    {
        bool silent = true;
        World w([&](const FakeHttpService::Request &) {
            return silent ? QByteArray() : FakeHttpService::response(200, "{}");
        });
        w.limits.running = 2;
        w.limits.queued = 2;
        w.restart();
        const QByteArray call =
            "do: [{c: {call: http, with: {method: get, endpoint: 'http://" + w.http.hostPort() + "/x'}}}]";
        w.import("caller", call);
        QList<RunId> ids;
        for (int i = 0; i < 4; ++i)
            ids.append(w.start("caller"));
        QCOMPARE(w.state(ids[1]).status, RunStatus::Running);
        QCOMPARE(w.state(ids[2]).status, RunStatus::Pending);
        QCOMPARE(w.service->waitingCount(), 2);
        StartRequest more;
        more.workflow = WorkflowId("t.caller");
        QCOMPARE(QCoro::waitFor(w.service->start(more)).error().code, Errc::Unavailable);
        QCOMPARE(QCoro::waitFor(w.service->cancel(ids[2]))->status, RunStatus::Cancelled); // needs no place
        QTRY_COMPARE(w.http.requests().size(), 2);
        silent = false;
        w.restart();
        QCOMPARE(w.service->bootReport().pending, 1);
        for (const int i : {0, 1, 3})
            QCOMPARE(w.finish(ids[i]).status, RunStatus::Completed);
        QCOMPARE(w.service->runningCount(), 0);
    }

    void aWorkflowMayHaveALimit()
    {
        World w([](const FakeHttpService::Request &) { return QByteArray(); });
        const auto imported = QCoro::waitFor(w.service->importDefinition(
            "document: {dsl: '1.0.3', namespace: t, name: lone, version: '1.0.0', metadata: {concurrency: 1}}\n"
            "do: [{c: {call: http, with: {method: get, endpoint: 'http://" +
            w.http.hostPort() + "/x'}}}]\n"));
        QVERIFY(imported.isOk());
        const RunId first = w.start("lone");
        const RunId second = w.start("lone");
        QCOMPARE(w.state(first).status, RunStatus::Running);
        QCOMPARE(w.state(second).status, RunStatus::Pending);
        QVERIFY(QCoro::waitFor(w.service->cancel(first)).isOk());
        QTRY_COMPARE(w.state(second).status, RunStatus::Running);
    }

    void repeatsWhatFailed()
    {
        int n = 0;
        World w([&](const FakeHttpService::Request &) {
            return ++n == 2 ? FakeHttpService::response(500, "{}") : FakeHttpService::response(200, "{\"v\":1}");
        });
        const QByteArray call = "{call: http, with: {method: get, endpoint: 'http://" + w.http.hostPort() + "/";
        w.import("two", "do: [{a: " + call + "a'}}}, {b: " + call + "b'}}}, {c: {set: {got: '${ .v }'}}}]");
        const RunId failed = w.start("two");
        QCOMPARE(w.finish(failed).status, RunStatus::Faulted);
        RetryRequest request;
        request.run = failed;
        auto again = QCoro::waitFor(w.service->retry(request));
        QVERIFY(again.isOk());
        QCOMPARE(again->retryOf, failed);
        QCOMPARE(text(w.finish(again->id).output), QByteArray("{\"got\":1}"));
        QCOMPARE(w.http.requests().size(), 3);
        QCOMPARE(w.http.requests().last().target, QByteArray("/b"));
        request.from = RetryRequest::From::Start;
        again = QCoro::waitFor(w.service->retry(request));
        QCOMPARE(w.finish(again->id).status, RunStatus::Completed);
        QCOMPARE(w.http.requests().size(), 5);
        request.from = RetryRequest::From::Task;
        request.task = u"/do/2/c"_s;
        QCOMPARE(QCoro::waitFor(w.service->retry(request)).error().code, Errc::ValidationFailed);
        request.input = QJsonObject{{u"v"_s, 9}};
        again = QCoro::waitFor(w.service->retry(request));
        QCOMPARE(text(w.finish(again->id).output), QByteArray("{\"got\":9}"));
        QCOMPARE(w.http.requests().size(), 5);
        request.run = again->id;
        QCOMPARE(QCoro::waitFor(w.service->retry(request)).error().code, Errc::Conflict);
    }

    void functionsAndSecrets()
    {
        World w;
        w.import("uses", "use: {secrets: [key]}\ndo: [{d: {call: 'double@default', with: {n: 21}}}, {s: {set: {n: '${ "
                         ". }', k: '${ $secrets.key }'}}}]");
        w.import("lacks", "do: [{d: {call: 'nothing@default', with: {n: 21}}}]");
        const RunId id = w.start("uses");
        QCOMPARE(text(w.finish(id).output), QByteArray("{\"k\":\"***\",\"n\":42}"));
        QCOMPARE(w.functions.requests.size(), 1);
        QCOMPARE(w.functions.requests[0].room, RoomId("room"));
        QCOMPARE(w.functions.requests[0].user, UserId("ada"));
        QCOMPARE(w.functions.requests[0].run, id);
        QCOMPARE(w.functions.requests[0].idempotencyKey, id.bytes() + ":/do/0/d:1");
        QCOMPARE(w.finish(w.start("lacks")).error.value(u"status").toInt(), 400);
    }

    void tellsOfItself()
    {
        World w;
        w.import("pure", "do: [{a: {set: {x: 1}}}]");
        QStringList heard;
        const auto id = w.service->events().subscribe({{u"io.serverlessworkflow.workflow.completed.v1"_s, {}, {}},
                                                       {u"io.serverlessworkflow.task.started.v1"_s, {}, {}},
                                                       {u"mine"_s, {}, {}}},
                                                      [&heard](QJsonObject e) { return note(&heard, std::move(e)); });
        QStringList progress;
        connect(w.service.get(), &WorkflowService::runProgress, this,
                [&](const RunProgress &p) { progress.append(p.step + u'=' + runStatusName(p.status)); });
        (void)w.finish(w.start("pure"));
        QCOMPARE(heard,
                 QStringList({u"serverlessworkflow.task.started.v1"_s, u"serverlessworkflow.workflow.completed.v1"_s}));
        QCOMPARE(progress, QStringList({u"a=completed"_s, u"=completed"_s}));
        QVERIFY(w.deliver(cloudEvent("mine", "m1")).wanted);
        QCOMPARE(heard.size(), 3);
        w.service->events().unsubscribe(id);
        (void)w.finish(w.start("pure"));
        QCOMPARE(heard.size(), 3);
    }
};

QTEST_GUILESS_MAIN(TestWorkflowEngine)
#include "tst_workflowengine.moc"
