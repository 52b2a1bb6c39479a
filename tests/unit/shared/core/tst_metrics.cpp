// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/core/metrics.h"

#include <QtTest/QTest>

#include <algorithm>
#include <random>

using namespace Atom;

class MetricsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bucketsCoverEveryValueWithTheStatedError()
    {
        for (quint64 v : {0ull, 1ull, 7ull, 8ull, 9ull, 15ull, 16ull, 1000ull, 123'456ull, 99'999'999ull, 1ull << 39}) {
            Histogram h;
            h.record(v);
            const quint64 upper = h.snapshot().quantileMicros(1);
            QVERIFY2(upper >= v, qPrintable(QString::number(v)));
            QVERIFY2(double(upper) <= double(v) * 1.125 + 1, qPrintable(QString::number(v)));
        }
        Histogram huge;
        huge.record(~0ull); // beyond the last bucket: counted, not lost
        QCOMPARE(huge.snapshot().count, 1u);
    }

    void quantilesAgreeWithSorting()
    {
        std::mt19937 random(7);
        std::lognormal_distribution<double> shape(8, 1.5);
        Histogram h;
        std::vector<quint64> values;
        for (int i = 0; i < 20'000; ++i) {
            values.push_back(quint64(shape(random)));
            h.record(values.back());
        }
        std::sort(values.begin(), values.end());
        for (const double q : {0.5, 0.95, 0.99}) {
            const double exact = double(values[size_t(std::ceil(q * 20'000)) - 1]);
            const double got = double(h.snapshot().quantileMicros(q));
            QVERIFY2(got >= exact && got <= exact * 1.125 + 1, qPrintable(QString::number(q)));
        }
        const Histogram::Snapshot before = h.snapshot();
        h.record(5);
        QCOMPARE(h.snapshot().since(before).count, 1u);
        QCOMPARE(h.snapshot().since(before).quantileMicros(0.5), 5u);
    }

    void prometheusText()
    {
        MetricRegistry registry;
        registry.counter("atom_a_total", "Counts a").add(3);
        registry.counter("atom_b_total", "Counts b", "kind=\"x\"").add(1);
        registry.counter("atom_b_total", "Counts b", "kind=\"y\"").add(2);
        registry.gauge("atom_g", "A level").set(-4);
        registry.observe("atom_o", "Read late", [] { return 1.5; });
        registry.histogram("atom_h_seconds", "Times").record(1000);
        QCOMPARE(&registry.counter("atom_a_total", ""), &registry.counter("atom_a_total", ""));
        const QByteArray text = registry.renderPrometheus();
        for (const QByteArray &line :
             {QByteArray("# TYPE atom_a_total counter\natom_a_total 3\n"),
              QByteArray("atom_b_total{kind=\"x\"} 1\natom_b_total{kind=\"y\"} 2\n"), QByteArray("atom_g -4\n"),
              QByteArray("atom_o 1.5\n"), QByteArray("# TYPE atom_h_seconds summary\n"),
              QByteArray("atom_h_seconds_count 1\n")}) {
            QVERIFY2(text.contains(line), line + "\n--- not in ---\n" + text);
        }
        QCOMPARE(text.count("# TYPE atom_b_total"), 1);
    }
};

QTEST_GUILESS_MAIN(MetricsTest)
#include "tst_metrics.moc"
