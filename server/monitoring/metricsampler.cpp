// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/monitoring/metricsampler.h"

#include "server/monitoring/processusage.h"

namespace Atom::Monitoring {

namespace {
constexpr milliseconds interval(1000);
}

MetricSampler::MetricSampler(Sources sources, std::function<Levels()> levels, Clock &clock, QObject *parent)
    : QObject(parent), m_sources(std::move(sources)), m_levels(std::move(levels)), m_clock(clock)
{
}

void MetricSampler::start()
{
    m_last = read();
    m_timer = m_clock.callAfter(interval, this, [this] { tick(); });
}

void MetricSampler::stop()
{
    m_clock.cancel(std::exchange(m_timer, 0));
}

MetricSampler::Totals MetricSampler::read() const
{
    Totals totals;
    totals.messages = m_sources.messages.value();
    totals.deliveries = m_sources.deliveries.value();
    totals.requests = m_sources.requests.value();
    for (const Counter *counter : m_sources.errors)
        totals.errors += counter->value();
    totals.cpuMicros = currentProcessUsage().cpuMicros;
    totals.ackTimes = m_sources.ackTimes.snapshot();
    totals.at = m_clock.monotonic();
    return totals;
}

void MetricSampler::tick()
{
    const Totals now = read();
    // Rates over the time that really passed: a busy loop makes the tick late, and must not make rates too high.
    const double elapsed = std::max(1e-3, double((now.at - m_last.at).count()) / 1e6);
    const Histogram::Snapshot acks = now.ackTimes.since(m_last.ackTimes);
    const Levels levels = m_levels();

    MetricSample sample;
    sample.at = m_clock.now();
    sample.connections = levels.connections;
    sample.users = levels.users;
    sample.rooms = levels.rooms;
    sample.runningWorkflows = levels.runningWorkflows;
    sample.storageQueue = levels.storageQueue;
    sample.messagesPerSecond = double(now.messages - m_last.messages) / elapsed;
    sample.deliveriesPerSecond = double(now.deliveries - m_last.deliveries) / elapsed;
    sample.requestsPerSecond = double(now.requests - m_last.requests) / elapsed;
    sample.errorsPerSecond = double(now.errors - m_last.errors) / elapsed;
    sample.ackP50Millis = double(acks.quantileMicros(0.50)) / 1000;
    sample.ackP95Millis = double(acks.quantileMicros(0.95)) / 1000;
    sample.ackP99Millis = double(acks.quantileMicros(0.99)) / 1000;
    sample.cpuPercent = double(now.cpuMicros - m_last.cpuMicros) / elapsed / 1e4;
    sample.memoryMegabytes = double(currentProcessUsage().residentBytes) / (1 << 20);

    m_last = now;
    m_history.push_back(sample);
    if (m_history.size() > size_t(historySeconds))
        m_history.pop_front();
    m_timer = m_clock.callAfter(interval, this, [this] { tick(); });
    Q_EMIT sampled(sample);
}

QList<MetricSample> MetricSampler::history(int seconds) const
{
    QList<MetricSample> list;
    const Timestamp from = m_clock.now() - std::chrono::seconds(seconds);
    for (const MetricSample &sample : m_history) {
        if (sample.at >= from)
            list.append(sample);
    }
    return list;
}

} // namespace Atom::Monitoring
