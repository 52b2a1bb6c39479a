// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/passage.h"

#include <QtCore/QStringList>

namespace Atom::Test {

//! \brief A TraceSink that keeps what it gets, in order of recording (children before parents).
class MemoryTraces final : public TraceSink
{
public:
    void record(const TraceContext &context, Span span) override
    {
        contexts.append(context);
        spans.append(std::move(span));
    }
    void passed(Passage passage) override { passages.append(std::move(passage)); }
    void fannedOut(const TraceId &trace, const Fanned &fanned) override
    {
        if (passages.isEmpty() || passages.constLast().trace != trace)
            return;
        passages.last().fanoutMicros = fanned.startMicros;
        passages.last().fanoutDuration = fanned.durationMicros;
        passages.last().recipients = fanned.recipients;
        passages.last().encodedBytes = fanned.encodedBytes;
    }
    QList<Span> named(const QString &name) const
    {
        QList<Span> list;
        for (const Span &s : spans) {
            if (s.name == name)
                list.append(s);
        }
        return list;
    }
    QList<Span> spans;
    QList<Passage> passages;
    QList<TraceContext> contexts;
};

} // namespace Atom::Test
