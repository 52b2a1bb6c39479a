// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"
#include "shared/model/monitoring.h"
#include "shared/model/passage.h"
#include "shared/model/trace.h"

#include <QCoro/QCoroTask>

namespace Atom::Monitoring {

//! \brief A span with where it belongs.
struct StoredSpan
{
    Span span;
    RoomId room;
    MessageId message;
};

//! \brief Where traces live. Main thread.
class TraceRepository
{
public:
    virtual ~TraceRepository() = default;
    //! \brief Fire and forget: stored with the next group commit. A full queue drops them (counted by storage).
    virtual void append(QList<StoredSpan> spans) = 0;
    //! \brief The same for passages of stored messages, without those of a turn.
    virtual void appendPassages(QList<Passage> passages) = 0;
    //! \brief The spans of the trace; for a message without any, those of its passage. \return NotFound
    virtual QCoro::Task<Result<Trace>> trace(TraceId id) = 0;
    //! \brief The trace of a message. \return NotFound
    virtual QCoro::Task<Result<Trace>> traceOfMessage(MessageId message) = 0;
    //! \brief Newest first; `room` empty: all; `before` (start in unix µs, 0: none) pages.
    virtual QCoro::Task<Result<QList<TraceSummary>>> traces(RoomId room, qint64 before, int limit) = 0;
};

//! \brief Where alerts live. Main thread.
class AlertRepository
{
public:
    virtual ~AlertRepository() = default;
    virtual QCoro::Task<Result<void>> save(Alert alert) = 0;         //!< insert or replace by id
    virtual QCoro::Task<Result<QList<Alert>>> recent(int limit) = 0; //!< newest first
};

} // namespace Atom::Monitoring
