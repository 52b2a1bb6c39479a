// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/monitoring/metricsampler.h"
#include "tests/support/fakeclock.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Monitoring;

class MetricSamplerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void ratesAreGrowthPerSecondThatReallyPassed()
    {
        Test::FakeClock clock;
        Counter messages, deliveries, requests, errors;
        Histogram acks;
        MetricSampler sampler(
            {messages, deliveries, requests, {&errors}, acks},
            [] {
                return MetricSampler::Levels{3, 2, 1, 0, 7};
            },
            clock);
        QSignalSpy sampled(&sampler, &MetricSampler::sampled);
        messages.add(1000); // before start: does not count
        sampler.start();
        messages.add(50);
        deliveries.add(500);
        errors.add(2);
        acks.record(1500);
        clock.advance(seconds(1));
        QCOMPARE(sampled.size(), 1);
        const MetricSample sample = sampler.history(60).first();
        QCOMPARE(sample.messagesPerSecond, 50.0);
        QCOMPARE(sample.deliveriesPerSecond, 500.0);
        QCOMPARE(sample.errorsPerSecond, 2.0);
        QCOMPARE(sample.connections, 3);
        QCOMPARE(sample.storageQueue, 7);
        QVERIFY(sample.ackP50Millis >= 1.5 && sample.ackP50Millis <= 1.5 * 1.125);
        clock.advance(seconds(1));
        QCOMPARE(sampler.history(60).last().messagesPerSecond, 0.0);
        QCOMPARE(sampler.history(60).last().ackP99Millis, 0.0);
        QVERIFY(sampler.history(60).last().memoryMegabytes > 1);
    }

    void historyIsBoundedAndEnds()
    {
        Test::FakeClock clock;
        Counter c;
        Histogram h;
        MetricSampler sampler(
            {c, c, c, {}, h}, [] { return MetricSampler::Levels{}; }, clock);
        sampler.start();
        clock.advance(std::chrono::hours(2));
        QCOMPARE(sampler.history(100'000).size(), MetricSampler::historySeconds);
        QCOMPARE(sampler.history(10).size(), 11);
        sampler.stop();
        QCOMPARE(clock.pending(), 0);
    }
};

QTEST_GUILESS_MAIN(MetricSamplerTest)
#include "tst_metricsampler.moc"
