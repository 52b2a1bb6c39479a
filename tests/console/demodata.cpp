// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/console/demodata.h"

#include "shared/protocol/restcodec.h"

#include <cmath>

namespace Atom::Test {

using namespace Qt::StringLiterals;

MetricSample demoSample(Timestamp at, int second)
{
    const double wave = std::sin(second / 17.0);
    const double burst = second % 97 > 80 ? 1.8 : 1.0;
    MetricSample s;
    s.at = at;
    s.connections = 1240 + int(60 * std::sin(second / 70.0)) + second % 7;
    s.users = 873 + int(25 * std::sin(second / 90.0));
    s.rooms = 112;
    s.messagesPerSecond = (420 + 90 * wave + second % 13 * 4) * burst;
    s.deliveriesPerSecond = s.messagesPerSecond * 9.4;
    s.requestsPerSecond = 38 + second % 5;
    s.errorsPerSecond = second % 90 == 0 ? 2 : 0;
    s.ackP50Millis = 1.1 + 0.2 * wave;
    s.ackP95Millis = 2.9 + 0.5 * wave + second % 11 * 0.1;
    s.ackP99Millis = (5.2 + 1.4 * wave + second % 7 * 0.3) * burst;
    s.cpuPercent = (31 + 8 * wave + second % 3) * burst;
    s.memoryMegabytes = 58 + second % 60 * 0.05;
    s.runningWorkflows = 3 + second % 4;
    return s;
}

QList<MetricSample> demoHistory(Timestamp now, int count)
{
    QList<MetricSample> samples;
    const qint64 end = toMillis(now) / 1000;
    for (int i = count; i > 0; --i)
        samples.append(demoSample(fromMillis((end - i) * 1000), int((end - i) % 100'000)));
    return samples;
}

Alert demoAlert(const QByteArray &id, AlertState state, AlertSeverity severity, Timestamp since)
{
    Alert alert;
    alert.id = AlertId(id);
    alert.state = state;
    alert.severity = severity;
    const bool critical = severity == AlertSeverity::Critical;
    alert.rule = critical ? u"storage-queue-long"_s : u"cpu-high"_s;
    alert.metric = critical ? u"storage_queue"_s : u"cpu_percent"_s;
    alert.summary = critical ? u"The writer does not keep up: messages wait for the disk"_s
                             : u"One core has been busy for more than a minute"_s;
    alert.value = critical ? 5'312 : 92.4;
    alert.threshold = critical ? 5'000 : 90;
    alert.since = since;
    if (state == AlertState::Acknowledged) {
        alert.acknowledgedBy = UserId("grace");
        alert.acknowledgedAt = since + seconds(40);
    }
    if (state == AlertState::Resolved)
        alert.resolvedAt = since + seconds(300);
    return alert;
}

QList<Room> demoRooms(Timestamp now)
{
    const auto room = [now](const QByteArray &id, const QString &name, RoomKind kind, int members, qint64 seq) {
        Room r;
        r.id = RoomId(id);
        r.name = name;
        r.kind = kind;
        r.memberCount = members;
        r.lastSeq = seq;
        r.createdBy = UserId("ada");
        r.createdAt = now;
        r.assistantEnabled = kind == RoomKind::Assistant || id == "support";
        return r;
    };
    return {room("general", u"General"_s, RoomKind::Group, 128, 4),
            room("support", u"Customer support"_s, RoomKind::Group, 17, 812),
            room("ops", u"Operations"_s, RoomKind::Group, 6, 77),
            room("long", u"A room whose founders could not agree on a short name and so took all of their proposals"_s,
                 RoomKind::Group, 3, 12),
            room("markup", u"<b>bold</b> & <img src='file:///etc/passwd'>"_s, RoomKind::Group, 2, 5),
            room("ada.grace", {}, RoomKind::Direct, 2, 41),
            room("assistant.ada", u"Ada and the assistant"_s, RoomKind::Assistant, 2, 9)};
}

RoomEvent demoMessage(const QByteArray &room, qint64 seq, const QByteArray &who, const QString &text, Timestamp at)
{
    RoomEvent e;
    e.room = RoomId(room);
    e.seq = seq;
    e.actor = UserId(who);
    e.at = at;
    e.text = text;
    e.messageType = u"text"_s;
    e.message = MessageId(room + "-m" + QByteArray::number(seq));
    return e;
}

Trace demoTrace(qint64 start)
{
    Trace trace;
    trace.id = TraceId(demoTraceId);
    trace.room = RoomId("general");
    trace.message = MessageId(demoMessageId);
    const auto add = [&](const char *id, const char *parent, const QString &name, qint64 at, qint64 took,
                         const QJsonObject &attributes, SpanStatus status = SpanStatus::Ok, const QString &error = {}) {
        Span s;
        s.trace = trace.id;
        s.id = SpanId(QByteArray(id).rightJustified(16, '0'));
        s.parent = *parent ? SpanId(QByteArray(parent).rightJustified(16, '0')) : SpanId();
        s.name = name;
        s.startMicros = start + at;
        s.durationMicros = took;
        s.attributes = attributes;
        s.status = status;
        s.error = error;
        trace.spans.append(s);
    };
    const QJsonArray top{QJsonObject{{u"name"_s, u"order_status"_s}, {u"confidence"_s, 0.87}},
                         QJsonObject{{u"name"_s, u"cancel_order"_s}, {u"confidence"_s, 0.08}},
                         QJsonObject{{u"name"_s, u"greeting"_s}, {u"confidence"_s, 0.02}}};
    const auto step = [](const QString &name, int attempt, const QString &status) {
        return QJsonObject{{u"name"_s, name},
                           {u"reference"_s, QString(u"/do/0/"_s + name)},
                           {u"attempt"_s, attempt},
                           {u"status"_s, status}};
    };
    const auto call = [](int attempt, int status) {
        return QJsonObject{{u"method"_s, u"GET"_s},
                           {u"host"_s, u"127.0.0.1:8099"_s},
                           {u"path"_s, u"/orders/4711"_s},
                           {u"attempt"_s, attempt},
                           {u"status"_s, status}};
    };
    add("1", "", u"message"_s, 0, 1'482'000, {{u"sender"_s, u"ada"_s}});
    add("2", "1", u"persist"_s, 300, 1'400, {{u"batch"_s, 12}});
    add("3", "1", u"fanout"_s, 1'800, 600, {{u"devices"_s, 9}});
    add("4", "1", u"intent"_s, 2'600, 3'100,
        {{u"top"_s, top}, {u"chosen"_s, u"order_status"_s}, {u"threshold"_s, 0.6}});
    add("5", "1", u"context"_s, 5'900, 2'200, {{u"turns"_s, 8}, {u"memories"_s, 3}});
    add("6", "1", u"decision"_s, 8'300, 200,
        {{u"action"_s, u"run workflow"_s}, {u"why"_s, u"the intent has a workflow and all its values are known"_s}});
    add("7", "1", u"workflow"_s, 8'700, 1'466'000,
        {{u"workflow"_s, u"shop.order-status"_s}, {u"run_id"_s, u"r-19"_s}, {u"status"_s, u"completed"_s}});
    add("8", "7", u"workflow.step"_s, 9'000, 42'000, step(u"getOrder"_s, 1, u"faulted"_s), SpanStatus::Error,
        u"the service answered 503"_s);
    add("9", "8", u"connector.call"_s, 9'400, 41'000, call(1, 503), SpanStatus::Error, u"HTTP 503"_s);
    add("a", "7", u"workflow.step"_s, 420'000, 38'000, step(u"getOrder"_s, 2, u"faulted"_s), SpanStatus::Error,
        u"the service answered 503"_s);
    add("b", "a", u"connector.call"_s, 420'300, 37'000, call(2, 503), SpanStatus::Error, u"HTTP 503"_s);
    add("c", "7", u"workflow.step"_s, 1'310'000, 151'000, step(u"getOrder"_s, 3, u"completed"_s));
    add("d", "c", u"connector.call"_s, 1'310'400, 150'000, call(3, 200));
    add("e", "7", u"workflow.step"_s, 1'462'000, 900, step(u"compose"_s, 1, u"completed"_s));
    add("f", "1", u"reply"_s, 1'475'000, 4'100, {{u"message_id"_s, u"0190b2c4-7d1e-7c3a-9a55-3f0e5b1c2d5f"_s}});
    return trace;
}

QList<TraceSummary> demoTraces(qint64 now)
{
    QList<TraceSummary> list;
    for (int i = 0; i < 24; ++i) {
        TraceSummary s;
        s.id = i == 0 ? TraceId(demoTraceId) : TraceId(QByteArray::number(i, 16).rightJustified(32, 'e'));
        s.room = RoomId(i % 3 == 0 ? "general" : i % 3 == 1 ? "support" : "a-room-with-a-rather-long-identifier");
        s.message = MessageId(i == 0 ? demoMessageId : QByteArray("m") + QByteArray::number(i));
        s.startMicros = now - i * 7'300'000LL;
        s.durationMicros = i == 0 ? 1'482'000 : 2'000 + i * 731;
        s.spans = i == 0 ? 15 : 4 + i % 5;
        s.errors = i == 0 ? 4 : i % 9 == 0 ? 1 : 0;
        list.append(s);
    }
    return list;
}

QJsonObject demoSession(Timestamp now)
{
    User ada;
    ada.id = UserId("ada");
    ada.displayName = u"Ada"_s;
    ada.role = Role::Owner;
    ada.createdAt = now;
    return QJsonObject{{u"access_token"_s, u"access"_s},
                       {u"refresh_token"_s, u"refresh"_s},
                       {u"expires_in"_s, 600},
                       {u"session_id"_s, u"s1"_s},
                       {u"user"_s, Protocol::toJson(ada)}};
}

void fill(FakeServer &server, Timestamp now)
{
    using namespace Protocol;
    const QJsonObject session = demoSession(now);
    server.answer("POST /api/v1/auth/sign-in", [session](const QJsonObject &body) {
        if (body.value("password"_L1).toString() != "correct horse"_L1)
            return FakeServer::problem(401, u"unauthenticated"_s);
        return FakeServer::Reply{200, session, {}};
    });
    server.answer("POST /api/v1/auth/sign-out", QJsonObject());
    const auto items = [](const auto &values) {
        QJsonArray array;
        for (const auto &value : values)
            array.append(toJson(value));
        return array;
    };
    server.answerItems("GET /api/v1/metrics/history", items(demoHistory(now, 420)));
    const QList<Alert> alerts{demoAlert("a1", AlertState::Resolved, AlertSeverity::Warning, now - seconds(7'300)),
                              demoAlert("a2", AlertState::Acknowledged, AlertSeverity::Warning, now - seconds(1'900)),
                              demoAlert("a3", AlertState::Firing, AlertSeverity::Critical, now - seconds(95))};
    server.answerItems("GET /api/v1/alerts", items(alerts));
    server.answer("POST /api/v1/alerts/a3/acknowledge", [now](const QJsonObject &) {
        Alert alert = demoAlert("a3", AlertState::Acknowledged, AlertSeverity::Critical, now - seconds(95));
        alert.acknowledgedBy = UserId("ada");
        return FakeServer::Reply{200, toJson(alert), {}};
    });
    server.answerItems("GET /api/v1/rooms", items(demoRooms(now)));
    RoomEventPage page;
    RoomEvent joined = demoMessage("general", 1, "ada", {}, now - seconds(400));
    joined.kind = RoomEventKind::MemberJoined;
    joined.message = {};
    RoomEvent asked = demoMessage("general", 2, "ada", u"Where is my order 4711?"_s, now - seconds(90));
    asked.message = MessageId(demoMessageId);
    asked.trace = TraceId(demoTraceId);
    const RoomEvent answered =
        demoMessage("general", 3, "assistant", u"Order 4711 left the warehouse this morning.\nIt arrives tomorrow."_s,
                    now - seconds(88));
    const RoomEvent markup =
        demoMessage("general", 4, "grace", u"<b>thanks</b> & see you <img src=x>"_s, now - seconds(20));
    page.events = {joined, asked, answered, markup};
    server.answer("GET /api/v1/rooms/general/messages", toJson(page));
    server.answer("GET /api/v1/rooms/support/messages",
                  [](const QJsonObject &) { return FakeServer::problem(403, u"forbidden"_s); });
    const qint64 nowMicros = toMillis(now) * 1000;
    server.answerItems("GET /api/v1/traces", items(demoTraces(nowMicros)));
    const QJsonObject trace = toJson(demoTrace(nowMicros));
    server.answer("GET /api/v1/traces/" + demoTraceId, trace);
    server.answer("GET /api/v1/messages/" + demoMessageId + "/trace", trace);
}

} // namespace Atom::Test
