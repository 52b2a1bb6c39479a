// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QString>

namespace Atom {

enum class SpanStatus { Ok, Error, Unset /*!< not ended: running, or the process died */ };

//! \brief One stage of what the system did for a message. Times are unix microseconds, wall clock.
//!
//! Names in use: message (root), receive, persist, fanout, intent, context, decision, workflow, workflow.step,
//! connector.call, reply. Attributes whose key starts with "content." hold what people said or services answered;
//! they are removed for readers who are not members of the room.
struct Span
{
    TraceId trace;
    SpanId id;
    SpanId parent; //!< empty for the root
    QString name;
    qint64 startMicros = 0;
    qint64 durationMicros = 0;
    SpanStatus status = SpanStatus::Ok;
    QJsonObject attributes;
    QString error; //!< words for an administrator; empty when status is not Error
    bool operator==(const Span &) const = default;
};

//! \brief All spans of one message, ordered by start.
struct Trace
{
    TraceId id;
    RoomId room;
    MessageId message;
    QList<Span> spans;
    bool operator==(const Trace &) const = default;
};

//! \brief What a list of traces shows.
struct TraceSummary
{
    TraceId id;
    RoomId room;
    MessageId message;
    qint64 startMicros = 0;
    qint64 durationMicros = 0; //!< from the first start to the last end
    int spans = 0;
    int errors = 0;
    bool operator==(const TraceSummary &) const = default;
};

//! \brief What a caller further down needs to add spans to a message's trace.
struct TraceContext
{
    TraceId trace;
    SpanId parent; //!< becomes Span::parent
    RoomId room;
    MessageId message;
    bool isEmpty() const { return trace.isEmpty(); }
};

struct Passage;

//! \brief How a message was sent to those who listen.
struct Fanned
{
    qint64 startMicros = 0;
    qint64 durationMicros = 0;
    int recipients = 0;
    int encodedBytes = 0;
};

//! \brief Where the stages put what they did. Never blocks, never fails; main thread.
class TraceSink
{
public:
    virtual ~TraceSink() = default;
    virtual void record(const TraceContext &context, Span span) = 0;
    //! \brief A message was stored; its fan-out, if any, follows before control returns to the loop.
    virtual void passed(Passage passage) = 0;
    //! \brief The fan-out of the message that passed last; one that was not told of is left out.
    virtual void fannedOut(const TraceId &trace, const Fanned &fanned) = 0;
};

//! \brief Fresh random ids (W3C trace context sizes).
TraceId newTraceId();
SpanId newSpanId();
//! \brief The id of the root span of a trace, told by the trace's id, so that every stage can name its parent without
//! having met the stage that records the root.
inline SpanId rootSpanOf(const TraceId &trace)
{
    return SpanId(trace.bytes().left(16));
}
//! \brief Orders by start. Spans that began in the same microsecond: what encloses others stands before them.
void sortByStart(QList<Span> &spans);
//! \brief Unix microseconds of the wall clock.
qint64 unixMicros();

//! \brief Measures one stage: created at its start, records itself once at end()/fail() or when destroyed (Unset).
class SpanScope
{
public:
    SpanScope(TraceSink &sink, TraceContext context, QString name);
    ~SpanScope();
    Q_DISABLE_COPY_MOVE(SpanScope)

    SpanId id() const { return m_span.id; }
    //! \brief Context for children of this span.
    TraceContext child() const;
    void set(const QString &key, const QJsonValue &value) { m_span.attributes.insert(key, value); }
    void end() { finish(SpanStatus::Ok, {}); }
    void fail(const QString &error) { finish(SpanStatus::Error, error); }

private:
    void finish(SpanStatus status, const QString &error);
    TraceSink &m_sink;
    TraceContext m_context;
    Span m_span;
    bool m_done = false;
    std::chrono::steady_clock::time_point m_start;
};

} // namespace Atom
