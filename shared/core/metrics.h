// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <mutex>

namespace Atom {

//! \brief A count that only grows. Any thread; one relaxed atomic add.
class Counter
{
public:
    void add(quint64 n = 1) { m_value.fetch_add(n, std::memory_order_relaxed); }
    quint64 value() const { return m_value.load(std::memory_order_relaxed); }

private:
    std::atomic<quint64> m_value{0};
};

//! \brief A level that goes up and down. Any thread.
class Gauge
{
public:
    void set(qint64 v) { m_value.store(v, std::memory_order_relaxed); }
    void add(qint64 n) { m_value.fetch_add(n, std::memory_order_relaxed); }
    qint64 value() const { return m_value.load(std::memory_order_relaxed); }

private:
    std::atomic<qint64> m_value{0};
};

//! \brief Distribution of durations in microseconds over log-linear buckets (8 per power of two, 1 µs .. 2^40 µs;
//! relative error of a quantile <= 12.5 %). Any thread.
class Histogram
{
public:
    static constexpr int bucketCount = 8 * 40;
    struct Snapshot
    {
        std::array<quint64, bucketCount> buckets{};
        quint64 count = 0;
        quint64 sumMicros = 0;
        //! \brief Upper bound in µs of the bucket that holds quantile `q` (0..1); 0 when empty.
        quint64 quantileMicros(double q) const;
        //! \brief What was recorded since `earlier`, a snapshot of the same histogram.
        Snapshot since(const Snapshot &earlier) const;
    };
    void record(quint64 micros);
    Snapshot snapshot() const;
    static quint64 bucketUpperMicros(int bucket);

private:
    static int bucketOf(quint64 micros);
    std::array<std::atomic<quint64>, bucketCount> m_buckets{};
    std::atomic<quint64> m_sum{0};
};

//! \brief All metrics of a process by name; owned by the composition root and passed down by reference.
//! Registering is thread-safe; the returned references live as long as the registry. Names follow Prometheus
//! (`atom_<what>_<unit>[_total]`); `labels` is the text between the braces or empty, for example `kind="slow"`.
class MetricRegistry
{
public:
    Counter &counter(const QByteArray &name, const QByteArray &help, const QByteArray &labels = {});
    Gauge &gauge(const QByteArray &name, const QByteArray &help, const QByteArray &labels = {});
    Histogram &histogram(const QByteArray &name, const QByteArray &help, const QByteArray &labels = {});
    //! \brief A value read when it is asked for. `read` is called on the thread that renders.
    void observe(const QByteArray &name, const QByteArray &help, std::function<double()> read,
                 const QByteArray &labels = {});
    //! \brief Prometheus text exposition format 0.0.4, families sorted by first registration.
    QByteArray renderPrometheus() const;

private:
    enum class Kind { Counter, Gauge, Histogram, Observed };
    struct Entry
    {
        Kind kind;
        QByteArray name, help, labels;
        Counter *counter = nullptr;
        Gauge *gauge = nullptr;
        Histogram *histogram = nullptr;
        std::function<double()> read;
    };
    mutable std::mutex m_mutex;
    std::deque<Counter> m_counters;
    std::deque<Gauge> m_gauges;
    std::deque<Histogram> m_histograms;
    QList<Entry> m_entries;
    Entry *find(const QByteArray &name, const QByteArray &labels);
};

} // namespace Atom
