// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/monitoring/alertservice.h"
#include "tests/support/fakeclock.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Monitoring;
using namespace Qt::StringLiterals;

namespace {
class MemoryAlerts : public AlertRepository
{
public:
    QCoro::Task<Result<void>> save(Alert alert) override
    {
        if (failSaves)
            co_return Error(Errc::Unavailable, u"disk"_s);
        saved.insert(alert.id, alert);
        co_return Result<void>();
    }
    QCoro::Task<Result<QList<Alert>>> recent(int) override { co_return saved.values(); }
    QHash<AlertId, Alert> saved;
    bool failSaves = false;
};

std::optional<double> readCpu(const MetricSample &sample, const QString &name)
{
    return name == "cpu_percent"_L1 ? std::optional(sample.cpuPercent) : std::nullopt;
}
} // namespace

class AlertServiceTest : public QObject
{
    Q_OBJECT
private:
    Test::FakeClock m_clock;
    MemoryAlerts m_repository;
    AlertRule m_rule{u"cpu"_s, u"cpu_percent"_s, true, 80, seconds(3), AlertSeverity::Critical, u"CPU is high"_s};

    void feed(AlertService &service, double cpu, int times = 1)
    {
        for (int i = 0; i < times; ++i) {
            m_clock.advance(seconds(1));
            MetricSample sample;
            sample.at = m_clock.now();
            sample.cpuPercent = cpu;
            service.evaluate(sample);
        }
    }

private Q_SLOTS:
    void init() { m_repository = MemoryAlerts(); }

    void firesOnlyAfterHolding()
    {
        AlertService service({m_rule}, readCpu, m_repository, m_clock);
        QSignalSpy changed(&service, &AlertService::alertChanged);
        feed(service, 90, 3);
        QCOMPARE(changed.size(), 0);
        feed(service, 50); // one good second starts the hold anew
        feed(service, 90, 3);
        QCOMPARE(changed.size(), 0);
        feed(service, 90);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(service.alerts().size(), 1);
        QVERIFY(service.alerts().first().state == AlertState::Firing);
        QCOMPARE(m_repository.saved.size(), 1);
    }

    void resolvesWithHysteresisAndStartsANewOneLater()
    {
        AlertService service({m_rule}, readCpu, m_repository, m_clock);
        feed(service, 90, 4);
        const AlertId first = service.alerts().first().id;
        feed(service, 75, 30); // within the threshold, but not by a tenth
        QVERIFY(service.alerts().first().state == AlertState::Firing);
        feed(service, 60, 10);
        QVERIFY(service.alerts().first().state == AlertState::Firing);
        feed(service, 60, 1);
        QVERIFY(service.alerts().first().state == AlertState::Resolved);
        feed(service, 95, 4);
        QCOMPARE(service.alerts().size(), 2);
        QVERIFY(service.alerts().first().id != first);
    }

    void acknowledging()
    {
        AlertService service({m_rule}, readCpu, m_repository, m_clock);
        feed(service, 90, 4);
        const AlertId id = service.alerts().first().id;
        const Actor actor{UserId("ada"), Role::Admin};
        Result<Alert> acknowledged = QCoro::waitFor(service.acknowledge(id, actor));
        QVERIFY(acknowledged.isOk());
        QVERIFY(acknowledged->state == AlertState::Acknowledged);
        QCOMPARE(acknowledged->acknowledgedBy, actor.user);
        QVERIFY(m_repository.saved[id].state == AlertState::Acknowledged);
        QVERIFY(QCoro::waitFor(service.acknowledge(id, actor)).isOk());
        feed(service, 10, 11);
        const Result<Alert> late = QCoro::waitFor(service.acknowledge(id, actor));
        QVERIFY(!late.isOk());
        QCOMPARE(int(late.error().code), int(Errc::Conflict));
        QVERIFY(QCoro::waitFor(service.acknowledge(AlertId("none"), actor)).error().code == Errc::NotFound);
    }

    void anAlertLeftOpenByACrashIsClosedAtLoad()
    {
        {
            AlertService service({m_rule}, readCpu, m_repository, m_clock);
            feed(service, 90, 4);
        }
        AlertService service({m_rule}, readCpu, m_repository, m_clock);
        QVERIFY(QCoro::waitFor(service.load()).isOk());
        QCOMPARE(service.alerts().size(), 1);
        QVERIFY(service.alerts().first().state == AlertState::Resolved);
    }

    void belowRules()
    {
        AlertRule rule = m_rule;
        rule.above = false;
        rule.threshold = 5;
        rule.holdFor = seconds(0);
        AlertService service({rule}, readCpu, m_repository, m_clock);
        feed(service, 5);
        QVERIFY(service.alerts().isEmpty());
        feed(service, 4.9);
        QCOMPARE(service.alerts().size(), 1);
    }
};

QTEST_GUILESS_MAIN(AlertServiceTest)
#include "tst_alertservice.moc"
