// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/model/passage.h"

#include <algorithm>
#include <array>

namespace Atom {
using namespace Qt::StringLiterals;

namespace {

constexpr std::array<qsizetype, 4> dashes{8, 13, 18, 23};

//! The id of a span follows from its trace and place: the same passage gives the same spans.
SpanId spanOf(const TraceId &trace, char place)
{
    QByteArray id = trace.bytes().right(16);
    if (!id.isEmpty())
        id[0] = place;
    return SpanId(id);
}

Span span(const Passage &p, const SpanId &id, const QString &name, qint64 start, qint64 end)
{
    Span s;
    s.trace = p.trace;
    s.id = id;
    s.name = name;
    s.startMicros = start;
    s.durationMicros = std::max<qint64>(0, end - start);
    return s;
}

qint64 endOf(const Passage &p)
{
    return std::max({p.receivedMicros, p.committedMicros, p.fanoutMicros + p.fanoutDuration});
}

} // namespace

QList<Span> spansOf(const Passage &p)
{
    Span root =
        span(p, rootSpanOf(p.trace), u"message"_s, p.receivedMicros, std::max(p.receivedMicros, p.committedMicros));
    root.attributes = {{u"room"_s, p.room.toString()},
                       {u"seq"_s, p.seq},
                       {u"sender"_s, p.sender.toString()},
                       {u"type"_s, p.messageType}};
    if (p.committedMicros == 0) {
        root.status = SpanStatus::Unset;
        return {root};
    }
    QList<Span> spans{root};
    Span persist = span(p, spanOf(p.trace, 'a'), u"persist"_s, p.queuedMicros, p.committedMicros);
    persist.parent = root.id;
    persist.attributes = {{u"room"_s, p.room.toString()}, {u"seq"_s, p.seq}};
    spans.append(persist);
    if (p.fanoutMicros > 0) {
        Span fanout = span(p, spanOf(p.trace, 'b'), u"fanout"_s, p.fanoutMicros, p.fanoutMicros + p.fanoutDuration);
        fanout.parent = root.id;
        fanout.attributes = {{u"recipients"_s, p.recipients}, {u"encoded_bytes"_s, p.encodedBytes}};
        spans.append(fanout);
    }
    return spans;
}

TraceSummary summaryOf(const Passage &p)
{
    TraceSummary summary;
    summary.id = p.trace;
    summary.room = p.room;
    summary.message = p.message;
    summary.startMicros = p.receivedMicros;
    summary.durationMicros = endOf(p) - p.receivedMicros;
    summary.spans = p.committedMicros == 0 ? 1 : p.fanoutMicros > 0 ? 3 : 2;
    return summary;
}

TraceId traceOf(const MessageId &message)
{
    const QByteArray &uuid = message.bytes();
    if (uuid.size() != 36)
        return {};
    QByteArray hex;
    hex.reserve(32);
    for (const char c : uuid) {
        if (c != '-')
            hex += c;
    }
    return hex.size() == 32 ? TraceId(hex) : TraceId();
}

MessageId messageOf(const TraceId &trace)
{
    QByteArray uuid = trace.bytes();
    if (uuid.size() != 32)
        return {};
    for (const qsizetype at : dashes)
        uuid.insert(at, '-');
    return MessageId(uuid);
}

} // namespace Atom
