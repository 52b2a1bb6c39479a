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

TraceService::~TraceService() = default;

void TraceService::record(const TraceContext &context, Span span)
{
    if (context.isEmpty())
        return;
    m_recorded.add();
    m_waiting.append(StoredSpan{std::move(span), context.room, context.message});
    if (m_waiting.size() >= bufferLimit)
        flushSpans();
    else
        scheduleSpans();
}

void TraceService::scheduleSpans()
{
    if (std::exchange(m_spansScheduled, true))
        return;
    m_clock.callAfter(spansWait, this, [this] {
        m_spansScheduled = false;
        flushSpans();
    });
}

void TraceService::passed(Passage passage)
{
    if (passage.hasTurn) {
        m_turns.append(std::move(passage));
        scheduleSpans();
        return;
    }
    if (m_unstored >= size_t(bufferLimit))
        flushPassages(); // without this one, whose fan-out is still to come
    m_passages.push_back(std::move(passage));
    ++m_unstored;
    if (m_passages.size() > recentPassages)
        m_passages.pop_front();
    if (std::exchange(m_passagesScheduled, true))
        return;
    m_clock.callAfter(passagesWait, this, [this] {
        m_passagesScheduled = false;
        flushPassages();
    });
}

void TraceService::fannedOut(const TraceId &trace, const Fanned &fanned)
{
    Passage *passage = nullptr;
    if (!m_turns.isEmpty() && m_turns.constLast().trace == trace)
        passage = &m_turns.last();
    else if (m_unstored > 0 && m_passages.back().trace == trace)
        passage = &m_passages.back();
    if (!passage)
        return;
    passage->fanoutMicros = fanned.startMicros;
    passage->fanoutDuration = fanned.durationMicros;
    passage->recipients = fanned.recipients;
    passage->encodedBytes = fanned.encodedBytes;
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

void TraceService::flushPassages()
{
    const QList<Passage> batch(m_passages.end() - qsizetype(std::exchange(m_unstored, 0)), m_passages.end());
    if (batch.isEmpty())
        return;
    QList<TraceSummary> summaries;
    const bool isWatched = !m_isWatched || m_isWatched();
    for (qsizetype i = 0; i < batch.size(); ++i) {
        m_recorded.add(batch[i].fanoutMicros > 0 ? 3 : 2);
        if (isWatched && i >= batch.size() - toldAtOnce)
            summaries.append(summaryOf(batch[i]));
    }
    m_repository.appendPassages(batch);
    if (!summaries.isEmpty())
        tell(std::move(summaries));
}

//! The passage of a turn is kept as spans, beside the others of the turn.
void TraceService::flushSpans()
{
    const QList<Passage> turns = std::exchange(m_turns, {});
    for (const Passage &passage : turns) {
        const QList<Span> spans = spansOf(passage);
        m_recorded.add(quint64(spans.size()));
        for (const Span &span : spans)
            m_waiting.append(StoredSpan{span, passage.room, passage.message});
    }
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
    return found == m_passages.rend() ? nullptr : &*found;
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
    Result<QList<TraceSummary>> list = co_await m_repository.traces(room, before, limit);
    if (!list)
        co_return list;
    // Of the newest ones storage may know the message and not yet its times.
    QHash<TraceId, TraceSummary *> listed;
    for (TraceSummary &summary : *list)
        listed.insert(summary.id, &summary);
    for (const Passage &passage : m_passages) {
        if (TraceSummary *const summary = listed.value(passage.trace))
            *summary = summaryOf(passage);
    }
    std::stable_sort(list->begin(), list->end(),
                     [](const TraceSummary &a, const TraceSummary &b) { return a.startMicros > b.startMicros; });
    co_return list;
}

} // namespace Atom::Monitoring
