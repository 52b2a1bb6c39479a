// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of restcodec.h about what the system did and how it is: traces, workflow runs, metrics, alerts.
#include "shared/protocol/restcodec.h"

#include "shared/protocol/jsonfields.h"

#include <array>
#include <cmath>

namespace Atom::Protocol {
using namespace Qt::StringLiterals;

namespace {
QString spanStatusName(SpanStatus status)
{
    switch (status) {
    case SpanStatus::Ok:
        return u"ok"_s;
    case SpanStatus::Error:
        return u"error"_s;
    case SpanStatus::Unset:
        return u"unset"_s;
    }
    return {};
}

std::optional<SpanStatus> spanStatusFromName(const QString &name)
{
    for (const SpanStatus status : {SpanStatus::Ok, SpanStatus::Error, SpanStatus::Unset}) {
        if (spanStatusName(status) == name)
            return status;
    }
    return std::nullopt;
}

//! The numeric fields of a MetricSample under their wire names: one table for both directions and for alert rules.
struct MetricField
{
    const char *name;
    double (*get)(const MetricSample &);
    void (*set)(MetricSample &, double);
};
#define ATOM_METRIC(name, member, type)                                                                                \
    MetricField                                                                                                        \
    {                                                                                                                  \
        name, [](const MetricSample &s) { return double(s.member); },                                                  \
            [](MetricSample &s, double v) { s.member = type(v); }                                                      \
    }
const std::array<MetricField, 14> metricFields{
    ATOM_METRIC("connections", connections, int),
    ATOM_METRIC("users", users, int),
    ATOM_METRIC("rooms", rooms, int),
    ATOM_METRIC("messages_per_second", messagesPerSecond, double),
    ATOM_METRIC("deliveries_per_second", deliveriesPerSecond, double),
    ATOM_METRIC("requests_per_second", requestsPerSecond, double),
    ATOM_METRIC("errors_per_second", errorsPerSecond, double),
    ATOM_METRIC("ack_p50_ms", ackP50Millis, double),
    ATOM_METRIC("ack_p95_ms", ackP95Millis, double),
    ATOM_METRIC("ack_p99_ms", ackP99Millis, double),
    ATOM_METRIC("cpu_percent", cpuPercent, double),
    ATOM_METRIC("memory_mb", memoryMegabytes, double),
    ATOM_METRIC("running_workflows", runningWorkflows, int),
    ATOM_METRIC("storage_queue", storageQueue, int),
};
#undef ATOM_METRIC
} // namespace

QJsonObject toJson(const Span &span)
{
    QJsonObject json{{u"trace_id"_s, span.trace.toString()},
                     {u"span_id"_s, span.id.toString()},
                     {u"name"_s, span.name},
                     {u"start_us"_s, span.startMicros},
                     {u"duration_us"_s, span.durationMicros},
                     {u"status"_s, spanStatusName(span.status)},
                     {u"attributes"_s, span.attributes}};
    putId(json, "parent_id"_L1, span.parent);
    if (!span.error.isEmpty())
        json.insert(u"error"_s, span.error);
    return json;
}

Result<Span> spanFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    Span span;
    span.trace = f.id<TraceId>("trace_id"_L1);
    span.id = f.id<SpanId>("span_id"_L1);
    span.parent = f.optionalId<SpanId>("parent_id"_L1);
    span.name = f.text("name"_L1);
    span.startMicros = f.integer("start_us"_L1);
    span.durationMicros = f.integer("duration_us"_L1);
    span.status = f.name<SpanStatus>("status"_L1, spanStatusFromName);
    span.attributes = f.optionalObject("attributes"_L1);
    span.error = f.optionalText("error"_L1);
    return checked(f, std::move(span));
}

QJsonObject toJson(const Trace &trace)
{
    return {{u"trace_id"_s, trace.id.toString()},
            {u"room_id"_s, trace.room.toString()},
            {u"message_id"_s, trace.message.toString()},
            {u"spans"_s, writeList(trace.spans)}};
}

Result<Trace> traceFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    Trace trace;
    trace.id = f.id<TraceId>("trace_id"_L1);
    trace.room = f.optionalId<RoomId>("room_id"_L1);
    trace.message = f.optionalId<MessageId>("message_id"_L1);
    trace.spans = readList<Span>(f, "spans"_L1, spanFromJson);
    return checked(f, std::move(trace));
}

QJsonObject toJson(const TraceSummary &summary)
{
    return {{u"trace_id"_s, summary.id.toString()},
            {u"room_id"_s, summary.room.toString()},
            {u"message_id"_s, summary.message.toString()},
            {u"start_us"_s, summary.startMicros},
            {u"duration_us"_s, summary.durationMicros},
            {u"spans"_s, summary.spans},
            {u"errors"_s, summary.errors}};
}

Result<TraceSummary> traceSummaryFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    TraceSummary summary;
    summary.id = f.id<TraceId>("trace_id"_L1);
    summary.room = f.optionalId<RoomId>("room_id"_L1);
    summary.message = f.optionalId<MessageId>("message_id"_L1);
    summary.startMicros = f.integer("start_us"_L1);
    summary.durationMicros = f.integer("duration_us"_L1);
    summary.spans = int(f.optionalInteger("spans"_L1, 0));
    summary.errors = int(f.optionalInteger("errors"_L1, 0));
    return checked(f, std::move(summary));
}

QJsonObject toJson(const WorkflowSummary &summary)
{
    return {{u"id"_s, summary.id.toString()},
            {u"version"_s, summary.version},
            {u"title"_s, summary.title},
            {u"enabled"_s, summary.enabled}};
}

Result<WorkflowSummary> workflowSummaryFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    WorkflowSummary summary;
    summary.id = f.id<WorkflowId>("id"_L1);
    summary.version = f.text("version"_L1);
    summary.title = f.optionalText("title"_L1);
    summary.enabled = f.optionalBool("enabled"_L1, true);
    return checked(f, std::move(summary));
}

QJsonObject toJson(const StepRecord &step)
{
    QJsonObject json{{u"reference"_s, step.reference},          {u"name"_s, step.name},   {u"attempt"_s, step.attempt},
                     {u"status"_s, runStatusName(step.status)}, {u"input"_s, step.input}, {u"output"_s, step.output},
                     {u"started_at"_s, toIso(step.startedAt)}};
    if (!step.error.isEmpty())
        json.insert(u"error"_s, step.error);
    if (step.endedAt)
        json.insert(u"ended_at"_s, toIso(*step.endedAt));
    return json;
}

Result<StepRecord> stepFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    StepRecord step;
    step.reference = f.text("reference"_L1);
    step.name = f.text("name"_L1);
    step.attempt = int(f.optionalInteger("attempt"_L1, 1, 1, 1'000'000));
    step.status = f.name<RunStatus>("status"_L1, runStatusFromName);
    step.input = json.value("input"_L1);
    step.output = json.value("output"_L1);
    step.error = f.optionalObject("error"_L1);
    step.startedAt = f.time("started_at"_L1);
    step.endedAt = f.optionalTime("ended_at"_L1);
    return checked(f, std::move(step));
}

QJsonObject toJson(const RunSnapshot &run)
{
    QJsonObject json{{u"id"_s, run.id.toString()},
                     {u"workflow"_s, run.workflow.toString()},
                     {u"version"_s, run.version},
                     {u"status"_s, runStatusName(run.status)},
                     {u"input"_s, run.input},
                     {u"output"_s, run.output},
                     {u"started_at"_s, toIso(run.startedAt)},
                     {u"steps"_s, writeList(run.steps)}};
    putId(json, "room_id"_L1, run.room);
    putId(json, "started_by"_L1, run.startedBy);
    putId(json, "trace_id"_L1, run.trace);
    if (!run.error.isEmpty())
        json.insert(u"error"_s, run.error);
    if (run.endedAt)
        json.insert(u"ended_at"_s, toIso(*run.endedAt));
    return json;
}

Result<RunSnapshot> runFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    RunSnapshot run;
    run.id = f.id<RunId>("id"_L1);
    run.workflow = f.id<WorkflowId>("workflow"_L1);
    run.version = f.optionalText("version"_L1);
    run.status = f.name<RunStatus>("status"_L1, runStatusFromName);
    run.input = json.value("input"_L1);
    run.output = json.value("output"_L1);
    run.error = f.optionalObject("error"_L1);
    run.room = f.optionalId<RoomId>("room_id"_L1);
    run.startedBy = f.optionalId<UserId>("started_by"_L1);
    run.trace = f.optionalId<TraceId>("trace_id"_L1);
    run.startedAt = f.time("started_at"_L1);
    run.endedAt = f.optionalTime("ended_at"_L1);
    if (f.has("steps"_L1))
        run.steps = readList<StepRecord>(f, "steps"_L1, stepFromJson);
    return checked(f, std::move(run));
}

QJsonObject toJson(const MetricSample &sample)
{
    QJsonObject json{{u"at"_s, toIso(sample.at)}};
    for (const MetricField &field : metricFields)
        json.insert(QLatin1StringView(field.name), std::round(field.get(sample) * 1000) / 1000);
    return json;
}

Result<MetricSample> metricSampleFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    MetricSample sample;
    sample.at = f.time("at"_L1);
    for (const MetricField &field : metricFields)
        field.set(sample, f.number(QLatin1StringView(field.name)));
    return checked(f, std::move(sample));
}

std::optional<double> metricValue(const MetricSample &sample, const QString &jsonName)
{
    for (const MetricField &field : metricFields) {
        if (jsonName == QLatin1StringView(field.name))
            return field.get(sample);
    }
    return std::nullopt;
}

QStringList metricNames()
{
    QStringList names;
    for (const MetricField &field : metricFields)
        names.append(QLatin1StringView(field.name));
    return names;
}

QJsonObject toJson(const Alert &alert)
{
    QJsonObject json{{u"id"_s, alert.id.toString()},
                     {u"rule"_s, alert.rule},
                     {u"metric"_s, alert.metric},
                     {u"severity"_s, alertSeverityName(alert.severity)},
                     {u"state"_s, alertStateName(alert.state)},
                     {u"summary"_s, alert.summary},
                     {u"value"_s, alert.value},
                     {u"threshold"_s, alert.threshold},
                     {u"since"_s, toIso(alert.since)}};
    if (alert.acknowledgedAt)
        json.insert(u"acknowledged_at"_s, toIso(*alert.acknowledgedAt));
    putId(json, "acknowledged_by"_L1, alert.acknowledgedBy);
    if (alert.resolvedAt)
        json.insert(u"resolved_at"_s, toIso(*alert.resolvedAt));
    return json;
}

Result<Alert> alertFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    Alert alert;
    alert.id = f.id<AlertId>("id"_L1);
    alert.rule = f.text("rule"_L1);
    alert.metric = f.text("metric"_L1);
    alert.severity = f.name<AlertSeverity>("severity"_L1, alertSeverityFromName);
    alert.state = f.name<AlertState>("state"_L1, alertStateFromName);
    alert.summary = f.optionalText("summary"_L1);
    alert.value = f.number("value"_L1);
    alert.threshold = f.number("threshold"_L1);
    alert.since = f.time("since"_L1);
    alert.acknowledgedAt = f.optionalTime("acknowledged_at"_L1);
    alert.acknowledgedBy = f.optionalId<UserId>("acknowledged_by"_L1);
    alert.resolvedAt = f.optionalTime("resolved_at"_L1);
    return checked(f, std::move(alert));
}

} // namespace Atom::Protocol
