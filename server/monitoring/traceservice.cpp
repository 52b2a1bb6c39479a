// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/monitoring/traceservice.h"

#include <QtCore/QSet>

#include <algorithm>

namespace Atom::Monitoring {

namespace {
constexpr milliseconds spansWait{0};
constexpr milliseconds passagesWait{250};
constexpr qsizetype bufferLimit = 2'000;
constexpr qsizetype recentTraces = 4'096;
constexpr size_t recentPassages = 4'096;
constexpr qsizetype toldAtOnce = 100;
} // namespace

TraceService::TraceService(TraceRepository &repository, Clock &clock, MetricRegistry &metrics)
    : m_repository(repository), m_clock(clock), m_recorded(metrics.counter("atom_trace_spans_total", "Spans recorded"))
{
}

TraceService::~TraceService()
{
    if (m_timer)
        m_clock.cancel(m_timer);
}

void TraceService::record(const TraceContext &context, Span span)
{
    if (context.isEmpty())
        return;
    m_recorded.add();
    m_waiting.append(StoredSpan{std::move(span), context.room, context.message});
    if (m_waiting.size() >= bufferLimit)
        flushSpans();
    else
        schedule(spansWait);
}

void TraceService::passed(Passage passage)
{
    if (m_unstored >= size_t(bufferLimit))
        flushPassages(); // without this one, whose fan-out is still to come
    schedule(passage.hasTurn ? spansWait : passagesWait);
    m_passages.push_back(std::move(passage));
    ++m_unstored;
    if (m_passages.size() > recentPassages)
        m_passages.pop_front();
}

void TraceService::fannedOut(const TraceId &trace, const Fanned &fanned)
{
    if (m_unstored == 0 || m_passages.back().trace != trace)
        return;
    Passage &passage = m_passages.back();
    passage.fanoutMicros = fanned.startMicros;
    passage.fanoutDuration = fanned.durationMicros;
    passage.recipients = fanned.recipients;
    passage.encodedBytes = fanned.encodedBytes;
}

void TraceService::schedule(milliseconds wait)
{
    const Monotonic at = m_clock.monotonic() + wait;
    if (at >= m_flushAt)
        return;
    m_flushAt = at;
    if (m_timer)
        m_clock.cancel(m_timer);
    m_timer = m_clock.callAfter(wait, this, [this] {
        m_timer = 0;
        m_flushAt = Monotonic::max();
        flush();
    });
}

TraceSummary &TraceService::summaryFor(const StoredSpan &stored)
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
    flushPassages();
    flushSpans();
}

//! Passages of a turn become spans, beside the others of the turn.
void TraceService::flushPassages()
{
    QList<Passage> batch;
    for (size_t i = m_passages.size() - m_unstored; i < m_passages.size(); ++i) {
        const Passage &passage = m_passages[i];
        if (!passage.hasTurn) {
            batch.append(passage);
            continue;
        }
        const QList<Span> spans = spansOf(passage);
        for (const Span &span : spans)
            m_waiting.append(StoredSpan{span, passage.room, passage.message});
    }
    m_unstored = 0;
    if (batch.isEmpty())
        return;
    m_recorded.add(quint64(batch.size()) * 3);
    if (!m_isWatched || m_isWatched()) {
        QList<TraceSummary> summaries;
        for (qsizetype i = std::max<qsizetype>(0, batch.size() - toldAtOnce); i < batch.size(); ++i)
            summaries.append(summaryOf(batch[i]));
        tell(std::move(summaries));
    }
    m_repository.appendPassages(std::move(batch));
}

void TraceService::flushSpans()
{
    if (m_waiting.isEmpty())
        return;
    const QList<StoredSpan> batch = std::exchange(m_waiting, {});
    QSet<TraceId> touched;
    for (const StoredSpan &stored : batch) {
        TraceSummary &summary = summaryFor(stored);
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
    tell(std::move(list));
}

void TraceService::tell(QList<TraceSummary> summaries)
{
    if (m_isWatched && !m_isWatched())
        return;
    std::sort(summaries.begin(), summaries.end(),
              [](const TraceSummary &a, const TraceSummary &b) { return a.startMicros < b.startMicros; });
    if (summaries.size() > toldAtOnce)
        summaries.remove(0, summaries.size() - toldAtOnce);
    Q_EMIT tracesUpdated(summaries);
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

const Passage *TraceService::recentPassage(const TraceId &trace) const
{
    const auto found =
        std::find_if(m_passages.rbegin(), m_passages.rend(), [&trace](const Passage &p) { return p.trace == trace; });
    return found == m_passages.rend() || found->hasTurn ? nullptr : &*found;
}

QCoro::Task<Result<Trace>> TraceService::trace(TraceId id)
{
    // Storage may not have committed yet what was handed over a moment ago; memory has it.
    if (const Passage *passage = recentPassage(id)) {
        Trace trace{id, passage->room, passage->message, spansOf(*passage)};
        co_return Result<Trace>(withWaiting(std::move(trace)));
    }
    flush(); // the read is ordered behind what is handed over now only by time; withWaiting covers the rest
    Result<Trace> stored = co_await m_repository.trace(id);
    if (!stored)
        co_return stored;
    co_return withWaiting(std::move(*stored));
}

QCoro::Task<Result<Trace>> TraceService::traceOfMessage(MessageId message)
{
    const TraceId own = traceOf(message);
    if (!own.isEmpty() && recentPassage(own)) {
        Result<Trace> recent = co_await trace(own);
        co_return recent;
    }
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
