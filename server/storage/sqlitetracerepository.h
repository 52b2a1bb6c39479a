// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/monitoring/tracerepository.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

//! \brief A span stored again under the same id replaces the first (one that was not ended, for example).
//! traces() lists by root spans (those without a parent).
class SqliteTraceRepository final : public Monitoring::TraceRepository
{
public:
    SqliteTraceRepository(Writer &writer, Reader &reader, MetricRegistry &metrics);
    void append(QList<Monitoring::StoredSpan> spans) override;
    void appendPassages(QList<Passage> passages) override;
    QCoro::Task<Result<Trace>> trace(TraceId id) override;
    QCoro::Task<Result<Trace>> traceOfMessage(MessageId message) override;
    QCoro::Task<Result<QList<TraceSummary>>> traces(RoomId room, qint64 before, int limit) override;

private:
    //! Fire and forget; `count` things are counted as dropped when it fails.
    void submit(qsizetype count, Writer::Work<void> work);
    Writer &m_writer;
    Reader &m_reader;
    Counter &m_dropped;
};

} // namespace Atom::Storage
