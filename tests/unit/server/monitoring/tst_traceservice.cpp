// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/monitoring/traceservice.h"
#include "shared/core/uuid.h"
#include "tests/support/fakeclock.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Monitoring;
using namespace Qt::StringLiterals;

namespace {
class MemoryTraces : public TraceRepository
{
public:
    void append(QList<StoredSpan> spans) override { stored += spans; }
    void appendPassages(QList<Passage> passages) override { storedPassages.append(passages); }
    QCoro::Task<Result<Trace>> trace(TraceId id) override
    {
        Trace trace;
        trace.id = id;
        for (const StoredSpan &s : stored) {
            if (s.span.trace == id)
                trace.spans.append(s.span);
        }
        if (trace.spans.isEmpty())
            co_return Error(Errc::NotFound, u"none"_s);
        co_return trace;
    }
    QCoro::Task<Result<Trace>> traceOfMessage(MessageId message) override
    {
        for (const StoredSpan &s : stored) {
            if (s.message == message)
                co_return co_await trace(s.span.trace);
        }
        co_return Error(Errc::NotFound, u"none"_s);
    }
    QCoro::Task<Result<QList<TraceSummary>>> traces(RoomId, qint64, int) override { co_return QList<TraceSummary>(); }
    QList<StoredSpan> stored;
    QList<QList<Passage>> storedPassages;
};

Passage passage(int n, bool hasTurn = false)
{
    Passage p;
    p.message = MessageId(newUuidV7(Timestamp(seconds(n))));
    p.trace = traceOf(p.message);
    p.room = RoomId("r");
    p.seq = n;
    p.receivedMicros = 1'000'000 * n;
    p.queuedMicros = p.receivedMicros + 10;
    p.committedMicros = p.receivedMicros + 30;
    p.hasTurn = hasTurn;
    return p;
}
} // namespace

class TraceServiceTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void spansAreStoredInBatchesAndSummed()
    {
        Test::FakeClock clock;
        MemoryTraces repository;
        MetricRegistry metrics;
        TraceService service(repository, clock, metrics);
        QSignalSpy updated(&service, &TraceService::tracesUpdated);
        const TraceContext context{newTraceId(), SpanId(), RoomId("r"), MessageId("m")};
        {
            SpanScope first(service, context, u"intent"_s);
            SpanScope child(service, first.child(), u"inner"_s);
            child.fail(u"no"_s);
            first.end();
            SpanScope abandoned(service, context, u"abandoned"_s);
        }
        QCOMPARE(repository.stored.size(), 0);
        clock.advance(seconds(1));
        QCOMPARE(repository.stored.size(), 3);
        QCOMPARE(updated.size(), 1);
        const auto summaries = updated.first().first().value<QList<TraceSummary>>();
        QCOMPARE(summaries.first().spans, 3);
        QCOMPARE(summaries.first().errors, 1);
        // A later span of the same trace: its summary is that of the whole trace.
        SpanScope(service, context, u"reply"_s).end();
        clock.advance(seconds(1));
        QCOMPARE(updated.last().first().value<QList<TraceSummary>>().first().spans, 4);
        const Result<Trace> trace = QCoro::waitFor(service.traceOfMessage(MessageId("m")));
        QVERIFY(trace.isOk());
        QCOMPARE(trace->spans.first().name, u"intent"_s);
        QCOMPARE(trace->spans[1].parent, trace->spans[0].id);
        QVERIFY(trace->spans[2].status == SpanStatus::Unset);
    }

    void readingFlushesFirst()
    {
        Test::FakeClock clock;
        MemoryTraces repository;
        MetricRegistry metrics;
        TraceService service(repository, clock, metrics);
        const TraceContext context{newTraceId(), SpanId(), RoomId("r"), MessageId("m")};
        SpanScope(service, context, u"only"_s).end();
        QVERIFY(QCoro::waitFor(service.trace(context.trace)).isOk());
        QVERIFY(QCoro::waitFor(service.trace(newTraceId())).error().code == Errc::NotFound);
    }

    void passagesAreStoredManyAtOnce()
    {
        Test::FakeClock clock;
        MemoryTraces repository;
        MetricRegistry metrics;
        TraceService service(repository, clock, metrics);
        QSignalSpy updated(&service, &TraceService::tracesUpdated);
        bool isWatched = false;
        service.setWatched([&isWatched] { return isWatched; });
        const Passage first = passage(1);
        service.passed(first);
        service.fannedOut(first.trace, Fanned{1'000'040, 5, 3, 200});
        service.fannedOut(newTraceId(), Fanned{1, 1, 1, 1}); // not the last: nobody's
        clock.advance(milliseconds(100));
        service.passed(passage(2));
        QVERIFY(repository.storedPassages.isEmpty());
        // What is not stored yet is known already.
        const Result<Trace> early = QCoro::waitFor(service.traceOfMessage(first.message));
        QVERIFY(early.isOk());
        QCOMPARE(early->spans.size(), 3);
        QCOMPARE(early->spans[2].name, u"fanout"_s);
        QCOMPARE(early->spans[2].attributes.value(u"recipients"_s).toInt(), 3);
        clock.advance(milliseconds(200));
        QCOMPARE(repository.storedPassages.size(), 1);
        QCOMPARE(repository.storedPassages.constFirst().size(), 2);
        QCOMPARE(repository.storedPassages.constFirst().constFirst().recipients, 3);
        QCOMPARE(updated.size(), 0);
        isWatched = true;
        service.passed(passage(3));
        clock.advance(seconds(1));
        QCOMPARE(updated.size(), 1);
        QCOMPARE(updated.constLast().constFirst().value<QList<TraceSummary>>().constFirst().spans, 2);
        QVERIFY(repository.stored.isEmpty());
    }

    void thePassageOfATurnIsStoredAsSpans()
    {
        Test::FakeClock clock;
        MemoryTraces repository;
        MetricRegistry metrics;
        TraceService service(repository, clock, metrics);
        const Passage turn = passage(1, true);
        service.passed(turn);
        service.fannedOut(turn.trace, Fanned{1'000'040, 5, 3, 200});
        clock.advance(milliseconds(1));
        QVERIFY(repository.storedPassages.isEmpty());
        QCOMPARE(repository.stored.size(), 3);
        QCOMPARE(repository.stored.constFirst().span.id, rootSpanOf(turn.trace));
        QCOMPARE(repository.stored.constFirst().message, turn.message);
    }

    void theBufferIsBounded()
    {
        Test::FakeClock clock;
        MemoryTraces repository;
        MetricRegistry metrics;
        TraceService service(repository, clock, metrics);
        const TraceContext context{newTraceId(), SpanId(), RoomId("r"), MessageId("m")};
        for (int i = 0; i < 2500; ++i)
            SpanScope(service, context, u"s"_s).end();
        QCOMPARE(repository.stored.size(), 2000);
    }
};

QTEST_GUILESS_MAIN(TraceServiceTest)
#include "tst_traceservice.moc"
