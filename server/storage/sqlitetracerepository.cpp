// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqlitetracerepository.h"

#include "server/storage/passagerows.h"
#include "shared/core/uuid.h"

#include <algorithm>
#include <limits>

// A root of a trace; one that began later than another root of the same trace is not listed. The plus keeps SQLite from
// answering the inner question through the index of all roots.
#define ATOM_ROOTS                                                                                                     \
    "SELECT s.trace_id, s.room_id, s.message_id, s.start_us FROM spans s WHERE s.parent = '' AND s.start_us < ?1"      \
    " AND NOT EXISTS (SELECT 1 FROM spans o WHERE o.trace_id = s.trace_id AND +o.parent = ''"                          \
    " AND (o.start_us, o.id) < (s.start_us, s.id))"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using Monitoring::StoredSpan;

namespace {
constexpr Sql insertSql("INSERT OR REPLACE INTO spans (trace_id, id, parent, name, start_us, duration_us, status,"
                        " attributes, error, room_id, message_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
constexpr Sql traceSql("SELECT id, parent, name, start_us, duration_us, status, attributes, error, room_id, message_id"
                       " FROM spans WHERE trace_id = ? ORDER BY start_us, parent <> '', id");
constexpr Sql traceOfStoredMessageSql("SELECT trace_id FROM messages WHERE id = ? AND trace_id IS NOT NULL");
// Messages that are traced by their passage; see passageFromRow(). One with a turn has spans; those are tried first.
#define ATOM_PASSAGES                                                                                                  \
    "SELECT m.id, r.id, m.seq, m.sender, m.type, m.created_at, m.assistant_state FROM messages m"                      \
    " JOIN rooms r ON r.pk = m.room_pk WHERE m.trace_id IS NULL"
constexpr Sql passageSql(ATOM_PASSAGES " AND m.id = ?");
// Newest first, by what orders messages in time: the id over all rooms, the seq within one.
constexpr Sql passagesSql(ATOM_PASSAGES " AND m.id < ? ORDER BY m.id DESC LIMIT ?");
constexpr Sql passagesOfRoomSql(ATOM_PASSAGES " AND m.room_pk = ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?");
constexpr Sql roomKeySql("SELECT pk FROM rooms WHERE id = ?");
constexpr Sql lastSeqSql("SELECT ifnull(max(seq), 0) FROM messages WHERE room_pk = ?");
constexpr Sql timeAtSql("SELECT created_at FROM messages WHERE room_pk = ? AND seq >= ? ORDER BY seq LIMIT 1");
constexpr Sql traceOfMessageSql("SELECT trace_id FROM spans WHERE message_id = ? AND parent = '' ORDER BY start_us");
constexpr Sql rootsSql(ATOM_ROOTS " ORDER BY s.start_us DESC LIMIT ?2");
constexpr Sql rootsOfRoomSql(ATOM_ROOTS " AND s.room_id = ?3 ORDER BY s.start_us DESC LIMIT ?2");
constexpr Sql summarySql("SELECT min(start_us), max(start_us + duration_us), count(*), sum(status = 1) FROM spans"
                         " WHERE trace_id = ?");

// Stored as numbers that do not move with the enumeration.
int statusNumber(SpanStatus status)
{
    switch (status) {
    case SpanStatus::Ok:
        return 0;
    case SpanStatus::Error:
        return 1;
    case SpanStatus::Unset:
        return 2;
    }
    return 2;
}

SpanStatus statusFromNumber(qint64 number)
{
    return number == 0 ? SpanStatus::Ok : number == 1 ? SpanStatus::Error : SpanStatus::Unset;
}

Error noTrace()
{
    return Error(Errc::NotFound, u"There is no such trace."_s);
}

Result<Trace> readTrace(Connection &db, const TraceId &id)
{
    Trace trace;
    trace.id = id;
    Statement s(db, traceSql, id);
    while (s.step()) {
        Span span;
        span.trace = id;
        span.id = s.id<SpanId>(0);
        span.parent = s.id<SpanId>(1);
        span.name = s.string(2);
        span.startMicros = s.integer(3);
        span.durationMicros = s.integer(4);
        span.status = statusFromNumber(s.integer(5));
        span.attributes = s.object(6);
        span.error = s.string(7);
        if (trace.room.isEmpty())
            trace.room = s.id<RoomId>(8);
        if (trace.message.isEmpty())
            trace.message = s.id<MessageId>(9);
        trace.spans.append(std::move(span));
    }
    if (trace.spans.isEmpty())
        return noTrace();
    return trace;
}

Passage passageFromRow(const Statement &row)
{
    Passage p;
    p.message = row.id<MessageId>(0);
    p.trace = traceOf(p.message);
    p.room = row.id<RoomId>(1);
    p.seq = row.integer(2);
    p.sender = row.id<UserId>(3);
    p.messageType = row.string(4);
    p.at = row.time(5);
    p.hasTurn = row.boolean(6);
    p.receivedMicros = toMillis(p.at) * 1000; // until a record tells better
    return p;
}

Result<Trace> readPassage(Connection &db, const TraceId &id)
{
    const MessageId message = messageOf(id);
    std::optional<Passage> passage;
    {
        Statement s(db, passageSql, message);
        if (!message.isEmpty() && s.step())
            passage = passageFromRow(s);
    }
    if (!passage)
        return noTrace();
    PassageFinder(db).complete(*passage);
    return Trace{id, passage->room, passage->message, spansOf(*passage)};
}

Result<Trace> readAny(Connection &db, const TraceId &id)
{
    Result<Trace> spans = readTrace(db, id);
    if (spans || spans.error().code != Errc::NotFound)
        return spans;
    return readPassage(db, id);
}

//! The least seq of the room whose message is younger than `at`, found by halving: times grow with the sequence.
qint64 firstSeqAfter(Connection &db, qint64 roomKey, Timestamp at)
{
    qint64 low = 1;
    Statement last(db, lastSeqSql, roomKey);
    qint64 high = last.step() ? last.integer(0) + 1 : 1;
    while (low < high) {
        const qint64 middle = low + (high - low) / 2;
        Statement s(db, timeAtSql, roomKey, middle);
        if (s.step() && s.time(0) <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

//! Reads passages newest first, a page at a time.
class PassagePages
{
public:
    //! \param from messages up to this time
    PassagePages(Connection &db, const RoomId &room, std::optional<Timestamp> from) : m_db(db), m_room(room)
    {
        if (room.isEmpty()) {
            m_id = from ? MessageId(firstUuidV7(*from + milliseconds(1))) : MessageId("g"); // above every digit
            return;
        }
        Statement s(db, roomKeySql, room);
        m_roomKey = s.step() ? s.integer(0) : 0;
        m_seq = from ? firstSeqAfter(db, m_roomKey, *from) : std::numeric_limits<qint64>::max();
    }
    //! \brief Empty at the end.
    QList<Passage> next()
    {
        QList<Passage> page;
        const auto read = [&page](Statement &s) {
            while (s.step())
                page.append(passageFromRow(s));
        };
        if (m_room.isEmpty()) {
            Statement s(m_db, passagesSql, m_id, pageRows);
            read(s);
        } else {
            Statement s(m_db, passagesOfRoomSql, m_roomKey, m_seq, pageRows);
            read(s);
        }
        if (!page.isEmpty()) {
            m_id = page.constLast().message;
            m_seq = page.constLast().seq;
        }
        return page;
    }

private:
    static constexpr int pageRows = 200;
    Connection &m_db;
    RoomId m_room;
    MessageId m_id;
    qint64 m_roomKey = 0;
    qint64 m_seq = 0;
};

//! Summaries of the newest passages that began before `before`, newest first.
QList<TraceSummary> readPassages(Connection &db, const RoomId &room, qint64 before, int limit)
{
    // A message's own time is a little later than that of its frame, never earlier by more than its millisecond.
    constexpr milliseconds slack{1'000};
    std::optional<Timestamp> from;
    if (before != std::numeric_limits<qint64>::max())
        from = fromMillis(before / 1000) + slack;
    PassagePages pages(db, room, from);
    PassageFinder finder(db);
    QList<TraceSummary> found;
    const auto newer = [](const TraceSummary &a, const TraceSummary &b) { return a.startMicros > b.startMicros; };
    for (QList<Passage> page = pages.next(); !page.isEmpty() && !db.failure(); page = pages.next()) {
        for (Passage &passage : page) {
            // Rows of this age began before all that are wanted.
            if (found.size() == limit && toMillis(passage.at) < found.constLast().startMicros / 1000)
                return found;
            if (passage.hasTurn)
                continue; // listed by its spans
            finder.complete(passage);
            if (passage.receivedMicros >= before)
                continue;
            const TraceSummary summary = summaryOf(passage);
            found.insert(std::upper_bound(found.begin(), found.end(), summary, newer), summary);
            if (found.size() > limit)
                found.removeLast();
        }
    }
    return found;
}
} // namespace

SqliteTraceRepository::SqliteTraceRepository(Writer &writer, Reader &reader, MetricRegistry &metrics)
    : m_writer(writer), m_reader(reader),
      m_dropped(metrics.counter("atom_storage_dropped_spans_total", "Spans not stored because the queue was full"))
{
}

void SqliteTraceRepository::submit(qsizetype count, Writer::Work<void> work)
{
    if (count == 0)
        return;
    Writer::Done<void> done = [&dropped = m_dropped, count](const Result<void> &result) {
        if (!result)
            dropped.add(quint64(count));
    };
    m_writer.submit<void>(std::move(work), std::move(done));
}

void SqliteTraceRepository::append(QList<StoredSpan> spans)
{
    const qsizetype count = spans.size();
    submit(count, [spans = std::move(spans)](Connection &db) -> Result<void> {
        for (const StoredSpan &x : spans) {
            execute(db, insertSql, x.span.trace, x.span.id, x.span.parent, x.span.name, x.span.startMicros,
                    x.span.durationMicros, statusNumber(x.span.status), x.span.attributes,
                    OrNull{x.span.error.toUtf8()}, x.room, x.message);
        }
        return {};
    });
}

void SqliteTraceRepository::appendPassages(QList<Passage> passages)
{
    const qsizetype count = passages.size();
    submit(count, [passages = std::move(passages)](Connection &db) -> Result<void> {
        storePassages(db, passages);
        return {};
    });
}

QCoro::Task<Result<Trace>> SqliteTraceRepository::trace(TraceId id)
{
    return m_reader.run<Trace>([id = std::move(id)](Connection &db) { return readAny(db, id); });
}

QCoro::Task<Result<Trace>> SqliteTraceRepository::traceOfMessage(MessageId message)
{
    return m_reader.run<Trace>([message = std::move(message)](Connection &db) -> Result<Trace> {
        TraceId id;
        {
            Statement s(db, traceOfStoredMessageSql, message);
            if (s.step())
                id = s.id<TraceId>(0);
        }
        if (id.isEmpty()) {
            Statement s(db, traceOfMessageSql, message);
            if (s.step())
                id = s.id<TraceId>(0);
        }
        return readAny(db, id.isEmpty() ? traceOf(message) : id);
    });
}

QCoro::Task<Result<QList<TraceSummary>>> SqliteTraceRepository::traces(RoomId room, qint64 before, int limit)
{
    return m_reader.run<QList<TraceSummary>>([room = std::move(room), before,
                                              limit](Connection &db) -> Result<QList<TraceSummary>> {
        QList<TraceSummary> summaries;
        const auto read = [&summaries](Statement &s) {
            while (s.step()) {
                TraceSummary summary;
                summary.id = s.id<TraceId>(0);
                summary.room = s.id<RoomId>(1);
                summary.message = s.id<MessageId>(2);
                summary.startMicros = s.integer(3);
                summaries.append(std::move(summary));
            }
        };
        const qint64 end = before > 0 ? before : std::numeric_limits<qint64>::max();
        if (room.isEmpty()) {
            Statement s(db, rootsSql, end, limit);
            read(s);
        } else {
            Statement s(db, rootsOfRoomSql, end, limit, room);
            read(s);
        }
        for (TraceSummary &summary : summaries) {
            Statement s(db, summarySql, summary.id);
            if (!s.step())
                break;
            summary.durationMicros = s.integer(1) - s.integer(0);
            summary.spans = int(s.integer(2));
            summary.errors = int(s.integer(3));
        }
        summaries += readPassages(db, room, end, limit);
        std::stable_sort(summaries.begin(), summaries.end(),
                         [](const TraceSummary &a, const TraceSummary &b) { return a.startMicros > b.startMicros; });
        summaries.resize(std::min<qsizetype>(summaries.size(), limit));
        return summaries;
    });
}

} // namespace Atom::Storage
