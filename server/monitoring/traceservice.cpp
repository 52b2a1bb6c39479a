// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/monitoring/traceservice.h"

#include <QtCore/QSet>

#include <algorithm>

namespace Atom::Monitoring {

namespace {
// One turn of the event loop: what it recorded goes into one job of the next group commit, and a crash a moment later
// still finds why the message was received.
constexpr milliseconds flushAfter(0);
constexpr qsizetype bufferLimit = 2'000;
constexpr qsizetype recentTraces = 4'096;

void sortByStart(QList<Span> &spans)
{
    std::stable_sort(spans.begin(), spans.end(),
                     [](const Span &a, const Span &b) { return a.startMicros < b.startMicros; });
}
} // namespace

TraceService::TraceService(TraceRepository &repository, Clock &clock, MetricRegistry &metrics)
    : m_repository(repository), m_clock(clock), m_recorded(metrics.counter("atom_trace_spans_total", "Spans recorded"))
{
}

TraceService::~TraceService() = default;

void TraceService::record(const TraceContext &context, Span span)
{
    if (context.isEmpty())
        return;
    m_recorded.add();
    m_waiting.append(StoredSpan{std::move(span), context.room, context.message});
    if (m_waiting.size() >= bufferLimit)
        flush();
    else
        scheduleFlush();
}

void TraceService::scheduleFlush()
{
    if (m_flushScheduled)
        return;
    m_flushScheduled = true;
    m_clock.callAfter(flushAfter, this, [this] {
        m_flushScheduled = false;
        flush();
    });
}

TraceSummary &TraceService::summaryOf(const StoredSpan &stored)
{
    const auto it = m_recent.find(stored.span.trace);
    if (it != m_recent.end())
        return *it;
    m_recentOrder.enqueue(stored.span.trace);
    TraceSummary fresh{stored.span.trace, stored.room, stored.message, stored.span.startMicros, 0, 0, 0};
    return *m_recent.insert(stored.span.trace, std::move(fresh));
}

void TraceService::flush()
{
    if (m_waiting.isEmpty())
        return;
    const QList<StoredSpan> batch = std::exchange(m_waiting, {});
    QSet<TraceId> touched;
    for (const StoredSpan &stored : batch) {
        TraceSummary &summary = summaryOf(stored);
        const qint64 end = std::max(summary.startMicros + summary.durationMicros,
                                    stored.span.startMicros + stored.span.durationMicros);
        summary.startMicros = std::min(summary.startMicros, stored.span.startMicros);
        summary.durationMicros = end - summary.startMicros;
        ++summary.spans;
        summary.errors += stored.span.status == SpanStatus::Error;
        touched.insert(stored.span.trace);
    }
    m_repository.append(batch);
    QList<TraceSummary> list;
    for (const TraceId &id : std::as_const(touched))
        list.append(m_recent.value(id));
    while (m_recentOrder.size() > recentTraces)
        m_recent.remove(m_recentOrder.dequeue());
    std::sort(list.begin(), list.end(),
              [](const TraceSummary &a, const TraceSummary &b) { return a.startMicros < b.startMicros; });
    Q_EMIT tracesUpdated(list);
}

Trace TraceService::withWaiting(Trace trace) const
{
    for (const StoredSpan &stored : m_waiting) {
        if (stored.span.trace == trace.id)
            trace.spans.append(stored.span);
    }
    sortByStart(trace.spans);
    return trace;
}

QCoro::Task<Result<Trace>> TraceService::trace(TraceId id)
{
    flush(); // the read is ordered behind what is handed over now only by time; withWaiting covers the rest
    Result<Trace> stored = co_await m_repository.trace(id);
    if (!stored)
        co_return stored;
    co_return withWaiting(std::move(*stored));
}

QCoro::Task<Result<Trace>> TraceService::traceOfMessage(MessageId message)
{
    flush();
    Result<Trace> stored = co_await m_repository.traceOfMessage(message);
    if (!stored)
        co_return stored;
    co_return withWaiting(std::move(*stored));
}

QCoro::Task<Result<QList<TraceSummary>>> TraceService::traces(RoomId room, qint64 before, int limit)
{
    flush();
    co_return co_await m_repository.traces(room, before, limit);
}

} // namespace Atom::Monitoring
