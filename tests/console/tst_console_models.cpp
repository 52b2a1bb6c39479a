// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/alertmodel.h"
#include "console/models/attributemodel.h"
#include "console/models/eventmodel.h"
#include "console/models/metricseriesmodel.h"
#include "console/models/roommodel.h"
#include "console/models/spanmodel.h"
#include "console/models/textfilterproxy.h"
#include "console/models/texts.h"
#include "console/models/tracelistmodel.h"
#include "console/models/tracestory.h"
#include "shared/protocol/restcodec.h"
#include "tests/console/demodata.h"

#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Console;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

namespace {
const Timestamp start = fromMillis(1'767'225'600'000);

ObservedEvent message(qint64 seq, const QString &text = u"hello"_s, bool hidden = false)
{
    return {demoMessage("general", seq, "ada", text, start + seconds(seq)), hidden};
}

ObservedEvent about(RoomEventKind kind, qint64 seq, qint64 messageSeq, const QString &text = {})
{
    RoomEvent e = demoMessage("general", messageSeq, "ada", text, start + seconds(seq));
    e.kind = kind;
    e.seq = seq;
    return {e, false};
}

QString what(const EventModel &model, int row)
{
    return model.index(row, EventModel::What).data().toString();
}
} // namespace

#define ATTACH(model) QAbstractItemModelTester tester(&(model), QAbstractItemModelTester::FailureReportingMode::QtTest)

class ConsoleModelsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void seriesKeepsTheNewestInOrder()
    {
        MetricSeriesModel model(10);
        ATTACH(model);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.insert(demoHistory(start, 5));
        QCOMPARE(model.size(), 5);
        const MetricSample newest = demoSample(start + seconds(3), 3);
        model.insert({newest});
        // Known ones and a hole filled from behind, in any order.
        QList<MetricSample> late = demoHistory(start + seconds(3), 8);
        std::reverse(late.begin(), late.end());
        model.insert(late);
        QCOMPARE(model.size(), 9);
        for (int row = 1; row < model.size(); ++row)
            QVERIFY(model.sample(row - 1).at < model.sample(row).at);
        QCOMPARE(model.newest(), newest);
        model.insert(demoHistory(start + seconds(60), 40));
        QCOMPARE(model.size(), 10);
        QCOMPARE(model.newest().at, start + seconds(59));
        model.insert({demoSample(start, 0)}); // older than all of a full buffer
        QCOMPARE(model.size(), 10);
        QVERIFY(model.sample(0).at > start);
        QCOMPARE(reset.count(), 0);
        const int column = int(Protocol::metricNames().indexOf(u"cpu_percent"_s)) + 1;
        QCOMPARE(model.index(9, column).data(MetricSeriesModel::ValueRole).toDouble(), model.newest().cpuPercent);
    }

    void alertsUpsertSortAndCount()
    {
        AlertModel model(nullptr, 3);
        ATTACH(model);
        QSignalSpy firing(&model, &AlertModel::firingCountChanged);
        model.setNow(start);
        model.upsert(demoAlert("a", AlertState::Resolved, AlertSeverity::Critical, start - seconds(10)));
        model.upsert(demoAlert("b", AlertState::Firing, AlertSeverity::Warning, start - seconds(200)));
        model.upsert(demoAlert("c", AlertState::Firing, AlertSeverity::Critical, start - seconds(4'000)));
        QCOMPARE(model.firingCount(), 2);
        QCOMPARE(firing.count(), 2);
        TextFilterProxy proxy;
        proxy.setSourceModel(&model);
        proxy.setSortRole(AlertModel::SortRole);
        proxy.sort(AlertModel::State);
        QCOMPARE(proxy.index(0, 0).data(AlertModel::IdRole).toString(), u"c"_s);
        QCOMPARE(proxy.index(1, 0).data(AlertModel::IdRole).toString(), u"b"_s);
        model.upsert(demoAlert("c", AlertState::Acknowledged, AlertSeverity::Critical, start - seconds(4'000)));
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.firingCount(), 1);
        QCOMPARE(proxy.index(0, 0).data(AlertModel::IdRole).toString(), u"b"_s);
        QVERIFY(model.index(2, AlertModel::Since).data().toString().contains(u"1 h ago"_s));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setNow(start + seconds(3'600));
        QVERIFY(changed.count() > 0);
        QVERIFY(model.index(2, AlertModel::Since).data().toString().contains(u"2 h ago"_s));
        // Full: a resolved one leaves first.
        model.upsert(demoAlert("d", AlertState::Firing, AlertSeverity::Warning, start));
        QCOMPARE(model.rowCount(), 3);
        QVERIFY(!model.find(AlertId("a")));
        model.setAlerts({demoAlert("e", AlertState::Pending, AlertSeverity::Warning, start)});
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.firingCount(), 0);
    }

    void roomsChangeGranularly()
    {
        RoomModel model;
        ATTACH(model);
        QList<Room> rooms = demoRooms(start);
        model.setRooms(rooms);
        QCOMPARE(model.rowCount(), int(rooms.size()));
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        rooms.removeFirst();
        rooms.first().memberCount = 18;
        model.setRooms(rooms);
        QCOMPARE(removed.count(), 1);
        QCOMPARE(inserted.count(), 0);
        QCOMPARE(changed.count(), 1);
        QVERIFY(model.touch(RoomId("ops"), 500));
        QVERIFY(!model.touch(RoomId("unknown"), 1));
        QCOMPARE(model.find(RoomId("ops"))->lastSeq, 500);
        QVERIFY(model.index(model.rowOf(RoomId("ops")), 0).data(RoomModel::ActiveRole).toBool());
        QCOMPARE(roomTitle(*model.find(RoomId("ada.grace"))), u"ada.grace"_s); // no name: its id
        const QString tip = model.index(model.rowOf(RoomId("markup")), 0).data(Qt::ToolTipRole).toString();
        QVERIFY(!tip.contains(u"<img"_s) && !tip.contains(u"<b>"_s));
        TextFilterProxy proxy;
        proxy.setSourceModel(&model);
        proxy.setWords(u"SUPP customer"_s);
        QCOMPARE(proxy.rowCount(), 1);
        proxy.setWords(u"supp nobody"_s);
        QCOMPARE(proxy.rowCount(), 0);
    }

    void eventsAreOrderedAndOnce()
    {
        EventModel model;
        ATTACH(model);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.insert({message(5), message(6), message(7)});
        model.insert({message(2), message(3)});
        QCOMPARE(inserted.count(), 2); // blocks
        model.insert({message(6), message(4), message(8)});
        QCOMPARE(model.rowCount(), 7);
        for (int row = 0; row < model.rowCount(); ++row)
            QCOMPARE(model.event(row).event.seq, row + 2);
        QCOMPARE(model.firstSeq(), 2);
        QCOMPARE(model.lastSeq(), 8);
        QCOMPARE(reset.count(), 0);
    }

    void eventsShowWhatWasHiddenOnceReadable()
    {
        EventModel model;
        ATTACH(model);
        model.insert({message(1, {}, true)});
        QCOMPARE(what(model, 0), u"content hidden: you are not a member"_s);
        QVERIFY(model.index(0, EventModel::What).data(EventModel::MutedRole).toBool());
        model.insert({message(1, u"now a member"_s)});
        QCOMPARE(what(model, 0), u"now a member"_s);
        model.insert({message(1, {}, true)}); // not hidden again
        QCOMPARE(what(model, 0), u"now a member"_s);
    }

    void editsAndDeletionsChangeTheirMessage()
    {
        EventModel model;
        ATTACH(model);
        model.insert({message(1, u"first"_s), message(2, u"second"_s)});
        model.insert({about(RoomEventKind::Edit, 3, 1, u"better"_s)});
        QCOMPARE(what(model, 0), u"better (edited)"_s);
        QCOMPARE(what(model, 2), u"edited: better"_s);
        model.insert({about(RoomEventKind::Deletion, 4, 1)});
        QCOMPARE(what(model, 0), u"message deleted"_s);
        for (int row = 0; row < model.rowCount(); ++row) {
            QVERIFY(!what(model, row).contains(u"better"_s));
            QVERIFY(model.index(row, 0).data(EventModel::PlainTextRole).toString() != u"better"_s);
        }
        QCOMPARE(what(model, 1), u"second"_s);
    }

    void eventsAreBounded()
    {
        EventModel model(nullptr, 100);
        ATTACH(model);
        for (qint64 seq = 1; seq <= 250; ++seq)
            model.insert({message(seq)});
        QCOMPARE(model.rowCount(), 100);
        QCOMPARE(model.firstSeq(), 151);
        model.insert({message(1), message(2)}); // older than a full model holds
        QCOMPARE(model.rowCount(), 100);
        QCOMPARE(model.firstSeq(), 151);
        EventModel full;
        QCOMPARE(full.rowCount(), 0);
        QList<ObservedEvent> many;
        for (qint64 seq = 1; seq <= 10'500; ++seq)
            many.append(message(seq));
        full.insert(many);
        QCOMPARE(full.rowCount(), 10'000);
        QCOMPARE(full.lastSeq(), 10'500);
    }

    void readsActivity()
    {
        QJsonObject json = Protocol::toJson(message(3, u"secret"_s).event);
        json.insert(u"content_hidden"_s, true);
        const Result<ObservedEvent> hidden = observedEventFromJson(json);
        QVERIFY(hidden && hidden->contentHidden);
        QCOMPARE(hidden->event.text, QString()); // whatever the server sent
        json.remove(u"room_id"_s);
        QCOMPARE(observedEventFromJson(json).error().code, Errc::ValidationFailed);
    }

    void tracesAreNewestFirst()
    {
        TraceListModel model(nullptr, 20);
        ATTACH(model);
        const qint64 now = toMillis(start) * 1000;
        model.upsert(demoTraces(now));
        QCOMPARE(model.rowCount(), 20);
        QCOMPARE(model.summary(0).id, TraceId(demoTraceId));
        TraceSummary update = model.summary(3);
        update.errors = 2;
        TraceSummary fresh = update;
        fresh.id = TraceId(QByteArray(32, 'f'));
        fresh.startMicros = now + 1;
        model.upsert({update, fresh});
        QCOMPARE(model.rowCount(), 20);
        QCOMPARE(model.summary(0).id, fresh.id);
        QCOMPARE(model.summary(4).errors, 2);
        QVERIFY(model.index(4, 0).data(TraceListModel::ErrorRole).toBool());
    }

    void spansAreATree()
    {
        SpanModel model;
        ATTACH(model);
        model.setTrace(demoTrace(1'000'000));
        QCOMPARE(model.rowCount(), 1);
        const QModelIndex root = model.index(0, 0);
        QCOMPARE(model.rowCount(root), 7);
        const QModelIndex workflow = model.index(5, 0, root);
        QCOMPARE(model.rowCount(workflow), 4);
        QCOMPARE(workflow.data(SpanModel::StartRole).toLongLong(), 8'700);
        QCOMPARE(model.totalMicros(), 1'482'000);
        const QModelIndex failed = model.index(0, 0, workflow);
        QCOMPARE(failed.data(SpanModel::StatusRole).toInt(), int(SpanStatus::Error));
        QCOMPARE(model.indexOf(model.spanAt(failed)->id), failed);
        AttributeModel attributes;
        QAbstractItemModelTester attributeTester(&attributes, QAbstractItemModelTester::FailureReportingMode::QtTest);
        attributes.setSpan(*model.spanAt(failed));
        QCOMPARE(attributes.index(2, 1).data().toString(), u"the service answered 503"_s);
        model.setTrace({});
        QCOMPARE(model.rowCount(), 0);
    }

    void damagedTracesAreShownWhole()
    {
        Trace trace;
        for (const auto &[id, parent] : {std::pair("1", "2"), {"2", "1"}, {"3", "9"}, {"4", "4"}, {"5", "1"}}) {
            Span s;
            s.id = SpanId(id);
            s.parent = SpanId(parent);
            s.durationMicros = -5;
            trace.spans.append(s);
        }
        SpanModel model;
        ATTACH(model);
        model.setTrace(trace);
        std::function<int(const QModelIndex &)> count = [&](const QModelIndex &parent) {
            int all = model.rowCount(parent);
            for (int row = 0; row < model.rowCount(parent); ++row)
                all += count(model.index(row, 0, parent));
            return all;
        };
        QCOMPARE(count({}), 5);
    }

    void theStoryTellsWhy()
    {
        const QList<StoryLine> story = tellStory(demoTrace(0));
        QStringList texts;
        for (const StoryLine &line : story)
            texts << line.text;
        QVERIFY(texts.contains(
            u"Understood as “order_status” with 87 % confidence (needed 60 %); next: cancel_order 8 %, greeting 2 %."_s));
        QVERIFY(texts.contains(
            u"Decided: run workflow. Reason: the intent has a workflow and all its values are known."_s));
        QVERIFY(texts.contains(u"Ran workflow “shop.order-status”: completed in 1.47 s."_s));
        QVERIFY(texts.contains(u"Step “getOrder” completed at attempt 3."_s));
        QCOMPARE(texts.filter(u"getOrder"_s).size(), 1); // one line for three attempts
        QVERIFY(texts.filter(u"(attempt 2): answered 503"_s).size() == 1);
        QVERIFY(texts.contains(u"Replied in the room."_s));

        Trace unsure = demoTrace(0);
        for (Span &span : unsure.spans)
            span.attributes.remove(u"chosen"_s);
        texts.clear();
        for (const StoryLine &line : tellStory(unsure))
            texts << line.text;
        QVERIFY(!texts.filter(u"No intent was sure enough (at least 60 % is needed); closest: order_status 87 %"_s)
                     .isEmpty());
    }

    void storyOfBadAttributes()
    {
        Trace trace = demoTrace(0);
        for (Span &span : trace.spans) {
            for (auto it = span.attributes.begin(); it != span.attributes.end(); ++it)
                *it = QJsonArray{QJsonArray{QJsonObject()}, 1, u"x"_s};
        }
        QVERIFY(tellStory(trace).size() >= 7); // no crash, every stage told
    }

    void texts_data()
    {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("expected");
        QTest::newRow("lines") << u"a\nb\tc  d"_s << u"a b c d"_s;
        QTest::newRow("direction") << u"user\u202Egnp.exe"_s << u"usergnp.exe"_s;
        QTest::newRow("isolates") << u"\u2066x\u2069"_s << u"x"_s;
        QTest::newRow("control") << u"a\u0000b\u001B[0m"_s << u"a b [0m"_s;
        QTest::newRow("long") << QString(500, u'x') << QString(QString(400, u'x') + u'…');
        QTest::newRow("empty") << QString() << QString();
    }
    void texts()
    {
        QFETCH(QString, given);
        QFETCH(QString, expected);
        QCOMPARE(oneLine(given), expected);
    }

    void figures()
    {
        QCOMPARE(figureText(0.424), u"0.42"_s);
        QCOMPARE(figureText(12.34), u"12.3"_s);
        QCOMPARE(figureText(1'234.5), u"1,235"_s);
        QCOMPARE(figureText(7), u"7"_s);
        QCOMPARE(figureText(std::numeric_limits<double>::quiet_NaN()), u"–"_s);
        QCOMPARE(durationText(850), u"850 µs"_s);
        QCOMPARE(durationText(1'250), u"1.25 ms"_s);
        QCOMPARE(durationText(3'400'000), u"3.40 s"_s);
        QCOMPARE(durationText(125'000'000), u"2 min 5 s"_s);
        QCOMPARE(clockText(start, TimeZoneChoice::Utc), u"00:00:00Z"_s);
        QCOMPARE(agoText(start + seconds(9), start), u"just now"_s);
        QVERIFY(!toolTipText(u"<img src=x>"_s).contains(u"<img"_s));
    }
};

QTEST_MAIN(ConsoleModelsTest)
#include "tst_console_models.moc"
