// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/protocol/jsonfields.h"
#include "shared/protocol/realtimeframes.h"
#include "shared/protocol/restcodec.h"

#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Protocol;
using namespace Qt::StringLiterals;

namespace {
const Timestamp when = fromMillis(1'767'225'600'123);

template <typename T> void roundTrip(const T &value, Result<T> (*read)(const QJsonObject &))
{
    // Through text, as on the wire.
    const QJsonObject wire = QJsonDocument::fromJson(QJsonDocument(toJson(value)).toJson()).object();
    const Result<T> back = read(wire);
    QVERIFY2(back.isOk(), back.isOk() ? "" : qPrintable(back.error().detail));
    QVERIFY(*back == value);
}

RoomEvent message()
{
    RoomEvent event;
    event.room = RoomId("general");
    event.seq = 9'007'199'254'740'993; // beyond what a double can hold
    event.actor = UserId("ada");
    event.at = when;
    event.message = MessageId("m1");
    event.text = u"Grüße \u202e \U0001F600 \"quoted\" \\ \n"_s;
    event.messageType = u"text"_s;
    event.clientId = "c-1";
    event.replyTo = MessageId("m0");
    event.metadata = QJsonObject{{u"a"_s, 1}};
    event.trace = TraceId("0123456789abcdef0123456789abcdef");
    event.edited = true;
    return event;
}
} // namespace

class RestCodecTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyTypeSurvivesTheWire()
    {
        roundTrip(User{UserId("ada"), u"Ada"_s, Role::Admin, true, when}, userFromJson);
        roundTrip(Room{RoomId("r"), u"R"_s, RoomKind::Direct, RoomVisibility::Private, RoomPersistence::Ephemeral, true,
                       UserId("ada"), when, 12, 3},
                  roomFromJson);
        roundTrip(Member{UserId("ada"), MemberRole::Moderator, when, 7}, memberFromJson);
        roundTrip(message(), roomEventFromJson);
        for (const RoomEventKind kind : {RoomEventKind::Edit, RoomEventKind::Deletion, RoomEventKind::Receipt,
                                         RoomEventKind::MemberJoined, RoomEventKind::MemberLeft}) {
            RoomEvent event;
            event.room = RoomId("r");
            event.seq = 3;
            event.kind = kind;
            event.actor = UserId("ada");
            event.at = when;
            if (kind == RoomEventKind::Edit || kind == RoomEventKind::Deletion)
                event.message = MessageId("m");
            if (kind == RoomEventKind::Edit)
                event.text = u"new"_s;
            if (kind == RoomEventKind::Receipt)
                event.readUpTo = 2;
            roundTrip(event, roomEventFromJson);
        }
        roundTrip(RoomEventPage{{message(), message()}, true, false}, roomEventPageFromJson);
        const Span span{newTraceId(),
                        newSpanId(),
                        newSpanId(),
                        u"intent"_s,
                        1'767'225'600'123'456,
                        12,
                        SpanStatus::Error,
                        QJsonObject{{u"chosen"_s, u"weather"_s}},
                        u"no"_s};
        roundTrip(span, spanFromJson);
        roundTrip(Trace{span.trace, RoomId("r"), MessageId("m"), {span, span}}, traceFromJson);
        roundTrip(TraceSummary{span.trace, RoomId("r"), MessageId("m"), 5, 6, 7, 1}, traceSummaryFromJson);
        roundTrip(WorkflowSummary{WorkflowId("demo.weather"), u"1.0.0"_s, u"Weather"_s, false},
                  workflowSummaryFromJson);
        const StepRecord step{u"/do/0/get"_s,
                              u"get"_s,
                              3,
                              RunStatus::Faulted,
                              QJsonObject{{u"a"_s, 1}},
                              QJsonValue(),
                              QJsonObject{{u"status"_s, 503}},
                              when,
                              when};
        RunSnapshot run{RunId("r1"),   WorkflowId("demo.weather"),
                        u"1.0.0"_s,    RunStatus::Running,
                        QJsonObject(), u"text"_s,
                        QJsonObject(), RoomId("r"),
                        UserId("ada"), span.trace,
                        when,          std::nullopt,
                        RunId(),       RunId(),
                        QString(),     {step}};
        roundTrip(run, runFromJson);
        MetricSample sample;
        sample.at = when;
        sample.connections = 3;
        sample.cpuPercent = 12.5;
        sample.ackP99Millis = 1.125;
        roundTrip(sample, metricSampleFromJson);
        roundTrip(Alert{AlertId("a"), u"cpu"_s, u"cpu_percent"_s, AlertSeverity::Critical, AlertState::Acknowledged,
                        u"High"_s, 91, 80, when, when, UserId("ada"), std::nullopt},
                  alertFromJson);
    }

    void aRoomEventIsTheSameObjectInRestAndRealtime()
    {
        RoomEvent event = message();
        QCOMPARE(QJsonDocument::fromJson(encodeRoomEvent(event)).object(), toJson(event));
        event.kind = RoomEventKind::Receipt;
        event.readUpTo = 4;
        QCOMPARE(QJsonDocument::fromJson(encodeRoomEvent(event)).object(), toJson(event));
    }

    void everyMistakeIsNamedAtOnce()
    {
        const Result<Room> room =
            roomFromJson({{u"id"_s, u"not an id!"_s}, {u"kind"_s, u"castle"_s}, {u"last_seq"_s, -1}});
        QVERIFY(!room.isOk());
        QStringList pointers;
        for (const FieldError &field : room.error().fields)
            pointers.append(field.pointer);
        for (const QString &expected : {u"/id"_s, u"/kind"_s, u"/visibility"_s, u"/persistence"_s, u"/last_seq"_s})
            QVERIFY2(pointers.contains(expected), qPrintable(expected));
    }

    void integersAreIntegers_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<bool>("ok");
        QTest::newRow("integer") << QByteArray(R"({"n":5})") << true;
        QTest::newRow("zero") << QByteArray(R"({"n":0})") << true;
        QTest::newRow("large") << QByteArray(R"({"n":9007199254740993})") << true;
        QTest::newRow("fraction") << QByteArray(R"({"n":5.5})") << false;
        QTest::newRow("beyond 64 bits") << QByteArray(R"({"n":1e30})") << false;
        QTest::newRow("text") << QByteArray(R"({"n":"5"})") << false;
        QTest::newRow("missing") << QByteArray("{}") << false;
        QTest::newRow("null") << QByteArray(R"({"n":null})") << false;
    }
    void integersAreIntegers()
    {
        QFETCH(QByteArray, json);
        QFETCH(bool, ok);
        const QJsonObject object = QJsonDocument::fromJson(json).object();
        JsonFields fields(object);
        fields.integer("n"_L1);
        QCOMPARE(fields.result().isOk(), ok);
    }

    void metricsByName()
    {
        MetricSample sample;
        sample.cpuPercent = 42;
        QCOMPARE(metricValue(sample, u"cpu_percent"_s).value(), 42.0);
        QVERIFY(!metricValue(sample, u"at"_s));
        QCOMPARE(metricNames().size(), toJson(sample).size() - 1);
    }

    void problems()
    {
        const Error error = errorFromProblem(
            {{u"code"_s, u"rate_limited"_s}, {u"detail"_s, u"Slow down."_s}, {u"retry_after"_s, 3}}, 429);
        QVERIFY(error.code == Errc::RateLimited);
        QCOMPARE(error.retryAfter.value(), seconds(3));
        QVERIFY(errorFromProblem({}, 503).code == Errc::Unavailable);
    }
};

QTEST_GUILESS_MAIN(RestCodecTest)
#include "tst_restcodec.moc"
