// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The shipped example workflows against the shipped demo service.
#include "server/connectors/egressclient.h"
#include "server/workflows/workflowservice.h"
#include "tests/support/fakeclock.h"
#include "tests/support/memorytraces.h"
#include "tests/support/memoryworkflows.h"

#include <QtCore/QDir>
#include <QtCore/QJsonDocument>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Workflows;
using namespace Qt::StringLiterals;

class TestDemoWorkflows : public QObject
{
    Q_OBJECT

    QProcess m_demo;
    QByteArray m_hostPort;
    Test::FakeClock m_clock;
    MetricRegistry m_metrics;
    Test::MemoryTraces m_traces;
    Connectors::SystemResolver m_resolver;
    Test::MemoryWorkflowRepository m_repository;
    std::unique_ptr<Connectors::EgressClient> m_egress;
    std::unique_ptr<WorkflowService> m_service;

    RunSnapshot run(const char *workflow, const QJsonObject &input)
    {
        StartRequest request;
        request.workflow = WorkflowId(workflow);
        request.input = input;
        const Result<RunSnapshot> started = QCoro::waitFor(m_service->start(request));
        if (!started)
            return {};
        std::optional<RunSnapshot> ended;
        auto task = m_service->wait(started->id, Deadline()).then([&](Result<RunSnapshot> r) {
            ended = r ? *r : RunSnapshot();
        });
        // Delays pass at once; calls take the time they take.
        const bool over = QTest::qWaitFor(
            [&] {
                for (const StoredRun &stored : m_repository.stored) {
                    if (stored.snapshot.id == started->id && stored.snapshot.status == RunStatus::Waiting)
                        m_clock.advance(milliseconds(100));
                }
                return ended.has_value();
            },
            20'000);
        return over ? *ended : RunSnapshot();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString python = QStandardPaths::findExecutable(u"python3"_s);
        if (python.isEmpty())
            QSKIP("the demo service needs python3");
        m_demo.start(python, {QStringLiteral(ATOM_SOURCE_DIR "/resources/demo/service.py"), u"--port"_s, u"0"_s,
                              u"--fail-first"_s, u"2"_s});
        QVERIFY(m_demo.waitForReadyRead(20'000));
        const int port = QJsonDocument::fromJson(m_demo.readLine()).object().value(u"port").toInt();
        QVERIFY(port > 0);
        m_hostPort = "127.0.0.1:" + QByteArray::number(port);
        Connectors::EgressClient::Settings settings;
        settings.allow = {QString::fromLatin1(m_hostPort)};
        auto egress = Connectors::EgressClient::create(settings, m_resolver, m_clock, m_metrics);
        QVERIFY(egress.isOk());
        m_egress = std::move(egress.value());
        m_service = std::make_unique<WorkflowService>(m_repository, *m_egress, m_traces, m_clock, m_metrics);
        const QDir folder(QStringLiteral(ATOM_SOURCE_DIR "/resources/workflows"));
        const QStringList names = folder.entryList({u"*.yaml"_s}, QDir::Files);
        QVERIFY(names.size() >= 2);
        for (const QString &name : names) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const auto imported =
                QCoro::waitFor(m_service->importDefinition(file.readAll().replace("127.0.0.1:5061", m_hostPort)));
            QVERIFY2(imported.isOk(),
                     imported ? "" : qPrintable(name + u": "_s + imported.error().fields.value(0).detail));
        }
    }

    void cleanupTestCase()
    {
        if (m_service)
            QCoro::waitFor(m_service->close());
        if (m_demo.state() == QProcess::Running) {
            m_demo.terminate();
            QVERIFY(m_demo.waitForFinished(10'000));
        }
    }

    void tellsTheWeatherAfterTwoFailures()
    {
        const RunSnapshot ended = run("demo.weather", {{u"city"_s, u"Paris"_s}});
        QCOMPARE(ended.status, RunStatus::Completed);
        const QJsonObject output = ended.output.toObject();
        QCOMPARE(output.value(u"city").toString(), u"Paris"_s);
        QVERIFY(output.value(u"temperature_c").isDouble());
        QVERIFY(!output.value(u"condition").toString().isEmpty());
        QVERIFY(output.value(u"advice").isString());
        int asked = 0;
        for (const StepRecord &step : ended.steps)
            asked += step.name == u"getWeather" ? 1 : 0;
        QCOMPARE(asked, 3);
    }

    void opensOneTicket()
    {
        const RunSnapshot ended = run("demo.ticket", {{u"title"_s, u"printer on fire"_s}, {u"priority"_s, u"high"_s}});
        QCOMPARE(ended.status, RunStatus::Completed);
        QCOMPARE(ended.output.toObject().value(u"id").toString(), u"T-1001"_s);
        QCOMPARE(ended.output.toObject().value(u"priority").toString(), u"high"_s);
        QVERIFY(ended.output.toObject().value(u"url").toString().contains(QString::fromLatin1(m_hostPort)));
        const RunSnapshot plain = run("demo.ticket", {{u"title"_s, u"no paper"_s}});
        QCOMPARE(plain.output.toObject().value(u"id").toString(), u"T-1002"_s);
        QCOMPARE(plain.output.toObject().value(u"priority").toString(), u"normal"_s);
    }

    void unknownCityIsAFault()
    {
        const RunSnapshot ended = run("demo.weather", {{u"city"_s, u"Atlantis"_s}});
        QCOMPARE(ended.status, RunStatus::Faulted);
        QCOMPARE(ended.error.value(u"status").toInt(), 404);
    }
};

QTEST_GUILESS_MAIN(TestDemoWorkflows)
#include "tst_demoworkflows.moc"
