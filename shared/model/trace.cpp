// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/model/trace.h"

#include "shared/core/uuid.h"

#include <QtCore/QHash>

#include <algorithm>

namespace Atom {

TraceId newTraceId()
{
    return TraceId(randomHex(16));
}

SpanId newSpanId()
{
    return SpanId(randomHex(8));
}

qint64 unixMicros()
{
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

void sortByStart(QList<Span> &spans)
{
    QHash<SpanId, SpanId> parents;
    for (const Span &span : std::as_const(spans))
        parents.insert(span.id, span.parent);
    const auto depthOf = [&parents](const Span &span) {
        qsizetype depth = 0;
        for (SpanId id = span.parent; !id.isEmpty() && depth <= parents.size(); id = parents.value(id))
            ++depth; // ends even when stored spans name each other in a circle
        return depth;
    };
    std::stable_sort(spans.begin(), spans.end(), [&depthOf](const Span &a, const Span &b) {
        return a.startMicros != b.startMicros ? a.startMicros < b.startMicros : depthOf(a) < depthOf(b);
    });
}

SpanScope::SpanScope(TraceSink &sink, TraceContext context, QString name)
    : m_sink(sink), m_context(std::move(context)), m_start(std::chrono::steady_clock::now())
{
    m_span.trace = m_context.trace;
    m_span.id = newSpanId();
    m_span.parent = m_context.parent;
    m_span.name = std::move(name);
    m_span.startMicros = unixMicros();
}

SpanScope::~SpanScope()
{
    finish(SpanStatus::Unset, {});
}

TraceContext SpanScope::child() const
{
    TraceContext context = m_context;
    context.parent = m_span.id;
    return context;
}

void SpanScope::finish(SpanStatus status, const QString &error)
{
    if (m_done || m_context.isEmpty())
        return;
    m_done = true;
    m_span.durationMicros =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - m_start).count();
    m_span.status = status;
    m_span.error = error;
    m_sink.record(m_context, m_span);
}

} // namespace Atom
