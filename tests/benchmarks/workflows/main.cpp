// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the workflow engine costs, in one process with a real database and a local HTTP service:
// atom-workflowbench [runs]. Figures include the service's own time.
#include "server/expressions/jsonvalues.h"
#include "server/storage/sqlitestorage.h"
#include "server/workflows/definitionreader.h"
#include "server/workflows/runmachine.h"
#include "shared/model/passage.h"
#include "tests/support/fakehttpservice.h"

#include <QCoro/QCoroTask>

#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QTemporaryDir>

#include <algorithm>
#include <cstdio>

using namespace Atom;
using namespace Atom::Workflows;
using namespace Qt::StringLiterals;

namespace {
const QByteArray head = "document: {dsl: '1.0.3', namespace: b, name: ";

std::shared_ptr<const Definition> parse(const QByteArray &rest)
{
    QList<DefinitionIssue> issues;
    auto definition = parseDefinition(head + "x, version: '1.0.0'}\n" + rest, issues);
    if (!issues.isEmpty())
        qFatal("%s", qPrintable(issues.first().message));
    return definition;
}

class NoTraces final : public TraceSink
{
public:
    void record(const TraceContext &, Span) override {}
    void passed(Passage) override {}
    void fannedOut(const TraceId &, const Fanned &) override {}
};

qint64 residentKilobytes()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toLongLong() * 4;
}

void steps(const char *name, const QByteArray &rest, int tasks)
{
    const auto definition = parse(rest);
    double best = 1e9;
    for (int round = 0; round < 5; ++round) {
        QElapsedTimer timer;
        timer.start();
        RunMachine machine(definition, RunId("run"), QJsonObject(), fromMillis(0));
        while (!machine.advance(fromMillis(0)).ended) {
        }
        if (machine.status() != RunStatus::Completed)
            qFatal("%s", Expressions::toJsonText(machine.error()).constData());
        best = std::min(best, double(timer.nsecsElapsed()) / 1000.0 / tasks);
    }
    std::printf("advance, %-22s %6.2f us a step\n", name, best);
}

struct Bench
{
    QTemporaryDir folder;
    SystemClock clock;
    MetricRegistry metrics;
    NoTraces traces;
    Connectors::SystemResolver resolver;
    Test::FakeHttpService http{
        [](const Test::FakeHttpService::Request &) { return Test::FakeHttpService::response(200, "{\"value\":1}"); }};
    std::unique_ptr<Storage::SqliteStorage> storage;
    std::unique_ptr<Connectors::EgressClient> egress;
    std::unique_ptr<WorkflowService> service;

    explicit Bench(milliseconds spacing)
    {
        Storage::SqliteStorage::Options options;
        options.folder = folder.path() + u"/data"_s;
        options.limits.spacing = spacing;
        storage = std::move(Storage::SqliteStorage::openBlocking(options, clock, metrics).value());
        Connectors::EgressClient::Settings settings;
        settings.allow = {QString::fromLatin1(http.hostPort())};
        egress = std::move(Connectors::EgressClient::create(settings, resolver, clock, metrics).value());
        begin();
    }
    void begin()
    {
        service = std::make_unique<WorkflowService>(storage->workflows(), *egress, traces, clock, metrics);
        (void)QCoro::waitFor(service->load({}));
    }
    ~Bench()
    {
        QCoro::waitFor(service->close());
        service.reset();
        storage->closeBlocking();
    }
    void import(const QByteArray &name, const QByteArray &rest)
    {
        if (!QCoro::waitFor(service->importDefinition(head + name + ", version: '1.0.0'}\n" + rest)))
            qFatal("bad definition");
    }
    QCoro::Task<void> runs(QByteArray name, int count, QList<double> *millis)
    {
        for (int i = 0; i < count; ++i) {
            QElapsedTimer timer;
            timer.start();
            StartRequest request;
            request.workflow = WorkflowId("b." + name);
            request.input = QJsonObject{{u"kind"_s, u"ask"_s}};
            const Result<RunSnapshot> started = co_await service->start(request);
            if (!started)
                qFatal("%s", qPrintable(started.error().detail));
            const Result<RunSnapshot> ended = co_await service->wait(started->id, Deadline());
            if (!ended || ended->status != RunStatus::Completed)
                qFatal("a run failed");
            millis->append(double(timer.nsecsElapsed()) / 1e6);
        }
    }
    double transactions()
    {
        const QByteArray text = metrics.renderPrometheus();
        const qsizetype at = text.indexOf("\natom_workflow_transactions_total ");
        return text.mid(at + 34, 16).split('\n').first().toDouble();
    }
};

void hooks(Bench &bench, const char *what, const QByteArray &name, int runs, int clients)
{
    const double before = bench.transactions();
    QList<double> millis;
    QElapsedTimer timer;
    timer.start();
    std::vector<QCoro::Task<void>> tasks;
    for (int i = 0; i < clients; ++i)
        tasks.push_back(bench.runs(name, runs / clients, &millis));
    for (auto &task : tasks)
        QCoro::waitFor(task);
    const double seconds = double(timer.nsecsElapsed()) / 1e9;
    std::sort(millis.begin(), millis.end());
    const auto part = [&](double p) { return millis[qsizetype(double(millis.size() - 1) * p)]; };
    std::printf("%-28s clients %d: %7.1f runs/s, p50 %6.2f ms, p99 %6.2f ms, %.2f transactions a run\n", what, clients,
                double(millis.size()) / seconds, part(0.5), part(0.99),
                (bench.transactions() - before) / double(millis.size()));
}

void waiting(Bench &bench, int count)
{
    bench.import("sleeper", "do: [{a: {set: {text: '${ .kind }', n: 1}}}, {l: {listen: {to: {one: {with: {type: "
                            "com.example.never, subject: ada}}}}, timeout: {after: P7D}}}]\n");
    const qint64 before = residentKilobytes();
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < count; i += 100) {
        std::vector<QCoro::Task<Result<RunSnapshot>>> tasks;
        for (int j = 0; j < 100; ++j) {
            StartRequest request;
            request.workflow = WorkflowId("b.sleeper");
            request.input = QJsonObject{{u"kind"_s, u"ask"_s}};
            tasks.push_back(bench.service->start(request));
        }
        for (auto &task : tasks)
            (void)QCoro::waitFor(task);
    }
    std::printf("%d waiting runs: started in %.1f s, resident memory %lld kB before, %lld kB with them, %d in memory\n",
                count, double(timer.elapsed()) / 1000, before, residentKilobytes(), bench.service->runningCount());
    QCoro::waitFor(bench.service->close());
    timer.start();
    bench.begin();
    std::printf("restart with them: %.0f ms, %d waiting, resident memory %lld kB\n", double(timer.nsecsElapsed()) / 1e6,
                bench.service->waitingCount(), residentKilobytes());
}
} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const int runs = argc > 1 ? std::max(80, QByteArray(argv[1]).toInt()) : 2000;
    steps("set in for", "do: [{l: {for: {in: '${ [range(2000)] }'}, do: [{a: {set: {n: 1, k: '${ $item }'}}}]}}]\n",
          2000);
    steps("constant set in for", "do: [{l: {for: {in: '${ [range(2000)] }'}, do: [{a: {set: {n: 1}}}]}}]\n", 2000);
    steps("switch loop",
          "do: [{a: {set: {n: '${ (.n // 0) + 1 }'}}}, {s: {switch: [{again: {when: '${ .n < 2000 }', then: a}}]}}]\n",
          4000);
    const milliseconds usual = Storage::Writer::Limits().spacing;
    for (const milliseconds spacing : {usual, milliseconds(0)}) {
        Bench bench(spacing);
        std::printf("writer spacing %lld ms\n", qint64(spacing.count()));
        const QByteArray call =
            "call: http, with: {method: post, endpoint: 'http://" + bench.http.hostPort() + "/', body: '${ . }'}";
        bench.import("hook",
                     "do: [{s: {switch: [{ask: {when: '.kind == \"ask\"', then: c}}, {no: {then: end}}]}}, {c: {" +
                         call + "}}, {e: {set: {answer: '${ .value }'}}}]\n");
        bench.import("pure", "do: [{a: {set: {x: 1}}}, {b: {set: {y: '${ .x }'}}}]\n");
        hooks(bench, "start, switch, http, end", "hook", runs / 4, 1);
        hooks(bench, "start, switch, http, end", "hook", runs, 8);
        hooks(bench, "two steps without effect", "pure", runs, 8);
        if (spacing == usual)
            waiting(bench, 10'000);
    }
    return 0;
}
