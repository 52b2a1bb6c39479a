// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/monitoring/tracerepository.h"
#include "shared/core/metrics.h"
#include "shared/core/taskscope.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QQueue>

namespace Atom::Monitoring {

//! \brief Collects the spans of all messages and stores them in batches; tells the console of each trace's progress.
//! Spans wait for the end of the event loop's turn; the buffer is bounded: above it they are stored at once. Main
//! thread.
class TraceService : public QObject, public TraceSink
{
    Q_OBJECT
public:
    TraceService(TraceRepository &repository, Clock &clock, MetricRegistry &metrics);
    ~TraceService() override;

    void record(const TraceContext &context, Span span) override;
    //! \brief Hands everything that waits to storage; part of shutdown.
    void flush();

    //! \return the stored spans together with those that still wait, ordered by start; NotFound.
    QCoro::Task<Result<Trace>> trace(TraceId id);
    QCoro::Task<Result<Trace>> traceOfMessage(MessageId message);
    QCoro::Task<Result<QList<TraceSummary>>> traces(RoomId room, qint64 before, int limit);

Q_SIGNALS:
    //! \brief New spans of these traces were handed to storage; the summaries cover all spans of a trace that were
    //! recorded since it was last among the newest 4,096.
    void tracesUpdated(const QList<Atom::TraceSummary> &summaries);

private:
    Trace withWaiting(Trace trace) const;
    void scheduleFlush();
    TraceSummary &summaryOf(const StoredSpan &stored);

    TraceRepository &m_repository;
    Clock &m_clock;
    Counter &m_recorded;
    QList<StoredSpan> m_waiting;
    QHash<TraceId, TraceSummary> m_recent; //!< so that a summary grows with its trace
    QQueue<TraceId> m_recentOrder;
    bool m_flushScheduled = false;
};

} // namespace Atom::Monitoring
