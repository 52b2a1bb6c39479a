// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/monitoring/tracerepository.h"
#include "shared/core/metrics.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QQueue>

#include <deque>

namespace Atom::Monitoring {

//! \brief Collects what was done for all messages and stores it in batches; tells the console of each trace's progress.
//!
//! Spans wait for the end of the event loop's turn: a crash a moment later still finds why the assistant acted. The
//! passages of ordinary messages wait up to a quarter of a second and are stored many in a row; what a crash takes of
//! them is times, not messages. Both buffers are bounded: above it they are stored at once. Main thread.
class TraceService : public QObject, public TraceSink
{
    Q_OBJECT
public:
    TraceService(TraceRepository &repository, Clock &clock, MetricRegistry &metrics);
    ~TraceService() override;

    void record(const TraceContext &context, Span span) override;
    void passed(Passage passage) override;
    void fannedOut(const TraceId &trace, const Fanned &fanned) override;
    //! \brief Hands everything that waits to storage; part of shutdown.
    void flush();
    //! \brief Asked before tracesUpdated() is put together; without: always.
    void setWatched(std::function<bool()> isWatched) { m_isWatched = std::move(isWatched); }

    //! \return the stored spans together with those that wait, ordered by start; NotFound. What was handed to storage a
    //! moment ago may be missing, except for ordinary messages, whose newest 4,096 passages are in memory.
    QCoro::Task<Result<Trace>> trace(TraceId id);
    QCoro::Task<Result<Trace>> traceOfMessage(MessageId message);
    QCoro::Task<Result<QList<TraceSummary>>> traces(RoomId room, qint64 before, int limit);

Q_SIGNALS:
    //! \brief What is new of these traces was handed to storage; by start, the newest 100 at most. The summaries cover
    //! all spans of a trace that were recorded since it was last among the newest 4,096.
    void tracesUpdated(const QList<Atom::TraceSummary> &summaries);

private:
    Trace withWaiting(Trace trace) const;
    const Passage *recentPassage(const TraceId &trace) const;
    void scheduleSpans();
    void flushSpans();
    void flushPassages();
    TraceSummary &summaryFor(const StoredSpan &stored);
    void tell(QList<TraceSummary> summaries);

    TraceRepository &m_repository;
    Clock &m_clock;
    Counter &m_recorded;
    std::function<bool()> m_isWatched;
    QList<StoredSpan> m_waiting;
    QHash<TraceId, TraceSummary> m_recent; //!< so that a summary grows with its trace
    QQueue<TraceId> m_recentOrder;
    QList<Passage> m_turns;         //!< wait, to be stored as spans
    std::deque<Passage> m_passages; //!< the newest of the others; the last `m_unstored` of them wait
    size_t m_unstored = 0;
    bool m_spansScheduled = false;
    bool m_passagesScheduled = false;
};

} // namespace Atom::Monitoring
