// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/trace.h"

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
    QList<TraceContext> contexts;
};

} // namespace Atom::Test
