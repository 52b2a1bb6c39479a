// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/core/metrics.h"

#include <QtCore/QSet>

#include <bit>
#include <cmath>

namespace Atom {

int Histogram::bucketOf(quint64 micros)
{
    if (micros < 8)
        return int(micros);
    const int exponent = std::bit_width(micros) - 1; // 3..63
    const int sub = int((micros >> (exponent - 3)) & 7);
    return std::min((exponent - 2) * 8 + sub, bucketCount - 1);
}

quint64 Histogram::bucketUpperMicros(int bucket)
{
    if (bucket < 8)
        return quint64(bucket);
    const int exponent = bucket / 8 + 2;
    const quint64 step = quint64(1) << (exponent - 3);
    return (quint64(8 + bucket % 8) + 1) * step - 1;
}

void Histogram::record(quint64 micros)
{
    m_buckets[size_t(bucketOf(micros))].fetch_add(1, std::memory_order_relaxed);
    m_sum.fetch_add(micros, std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const
{
    Snapshot s;
    for (size_t i = 0; i < s.buckets.size(); ++i) {
        s.buckets[i] = m_buckets[i].load(std::memory_order_relaxed);
        s.count += s.buckets[i];
    }
    s.sumMicros = m_sum.load(std::memory_order_relaxed);
    return s;
}

quint64 Histogram::Snapshot::quantileMicros(double q) const
{
    if (count == 0)
        return 0;
    const quint64 rank = std::max<quint64>(1, quint64(std::ceil(q * double(count))));
    quint64 seen = 0;
    for (int i = 0; i < bucketCount; ++i) {
        seen += buckets[size_t(i)];
        if (seen >= rank)
            return bucketUpperMicros(i);
    }
    return bucketUpperMicros(bucketCount - 1);
}

Histogram::Snapshot Histogram::Snapshot::since(const Snapshot &earlier) const
{
    Snapshot s;
    for (size_t i = 0; i < buckets.size(); ++i)
        s.buckets[i] = buckets[i] - earlier.buckets[i];
    s.count = count - earlier.count;
    s.sumMicros = sumMicros - earlier.sumMicros;
    return s;
}

MetricRegistry::Entry *MetricRegistry::find(const QByteArray &name, const QByteArray &labels)
{
    for (Entry &e : m_entries) {
        if (e.name == name && e.labels == labels)
            return &e;
    }
    return nullptr;
}

Counter &MetricRegistry::counter(const QByteArray &name, const QByteArray &help, const QByteArray &labels)
{
    const std::lock_guard lock(m_mutex);
    if (Entry *e = find(name, labels); e && e->counter)
        return *e->counter;
    Counter &c = m_counters.emplace_back();
    Entry e{Kind::Counter, name, help, labels};
    e.counter = &c;
    m_entries.append(std::move(e));
    return c;
}

Gauge &MetricRegistry::gauge(const QByteArray &name, const QByteArray &help, const QByteArray &labels)
{
    const std::lock_guard lock(m_mutex);
    if (Entry *e = find(name, labels); e && e->gauge)
        return *e->gauge;
    Gauge &g = m_gauges.emplace_back();
    Entry e{Kind::Gauge, name, help, labels};
    e.gauge = &g;
    m_entries.append(std::move(e));
    return g;
}

Histogram &MetricRegistry::histogram(const QByteArray &name, const QByteArray &help, const QByteArray &labels)
{
    const std::lock_guard lock(m_mutex);
    if (Entry *e = find(name, labels); e && e->histogram)
        return *e->histogram;
    Histogram &h = m_histograms.emplace_back();
    Entry e{Kind::Histogram, name, help, labels};
    e.histogram = &h;
    m_entries.append(std::move(e));
    return h;
}

void MetricRegistry::observe(const QByteArray &name, const QByteArray &help, std::function<double()> read,
                             const QByteArray &labels)
{
    const std::lock_guard lock(m_mutex);
    Entry e{Kind::Observed, name, help, labels};
    e.read = std::move(read);
    m_entries.append(std::move(e));
}

QByteArray MetricRegistry::renderPrometheus() const
{
    const std::lock_guard lock(m_mutex);
    QByteArray out;
    QSet<QByteArray> done;
    const auto braces = [](const QByteArray &labels, const QByteArray &extra = {}) {
        if (labels.isEmpty() && extra.isEmpty())
            return QByteArray();
        return "{" + labels + (labels.isEmpty() || extra.isEmpty() ? "" : ",") + extra + "}";
    };
    for (const Entry &family : m_entries) {
        if (done.contains(family.name))
            continue;
        done.insert(family.name);
        const char *type = family.kind == Kind::Counter     ? "counter"
                           : family.kind == Kind::Histogram ? "summary"
                                                            : "gauge";
        out += "# HELP " + family.name + ' ' + family.help + "\n# TYPE " + family.name + ' ' + type + '\n';
        for (const Entry &e : m_entries) {
            if (e.name != family.name)
                continue;
            switch (e.kind) {
            case Kind::Counter:
                out += e.name + braces(e.labels) + ' ' + QByteArray::number(e.counter->value()) + '\n';
                break;
            case Kind::Gauge:
                out += e.name + braces(e.labels) + ' ' + QByteArray::number(e.gauge->value()) + '\n';
                break;
            case Kind::Observed:
                out += e.name + braces(e.labels) + ' ' + QByteArray::number(e.read(), 'g', 12) + '\n';
                break;
            case Kind::Histogram: {
                const Histogram::Snapshot s = e.histogram->snapshot();
                for (const char *q : {"0.5", "0.95", "0.99"}) {
                    out += e.name + braces(e.labels, QByteArray("quantile=\"") + q + '"') + ' ' +
                           QByteArray::number(double(s.quantileMicros(QByteArray(q).toDouble())) / 1e6, 'g', 9) + '\n';
                }
                out += e.name + "_sum" + braces(e.labels) + ' ' +
                       QByteArray::number(double(s.sumMicros) / 1e6, 'g', 12) + '\n';
                out += e.name + "_count" + braces(e.labels) + ' ' + QByteArray::number(s.count) + '\n';
                break;
            }
            }
        }
    }
    return out;
}

} // namespace Atom
