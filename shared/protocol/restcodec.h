// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// JSON of the REST API, both directions: the server encodes what it answers, the client decodes it (and the reverse for
// the bodies of requests). Names are snake_case; times are ISO 8601 UTC; ids are strings; absent optional values are
// left out. Decoders accept unknown members, and return ValidationFailed with JSON Pointers for missing or wrong ones.

#include "shared/core/result.h"
#include "shared/model/monitoring.h"
#include "shared/model/room.h"
#include "shared/model/roomevent.h"
#include "shared/model/trace.h"
#include "shared/model/user.h"
#include "shared/model/workflow.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

namespace Atom::Protocol {

//! {id, display_name, role, disabled, created_at}
QJsonObject toJson(const User &user);
Result<User> userFromJson(const QJsonObject &json);
//! {id, name, kind, visibility, persistence, assistant_enabled, created_by, created_at, last_seq, member_count, topic,
//! purpose, read_only, join_approval, slow_mode_seconds, archived, archived_at?, retention_days?, legal_hold}
QJsonObject toJson(const Room &room);
Result<Room> roomFromJson(const QJsonObject &json);
//! {user_id, role, joined_at, read_up_to}
QJsonObject toJson(const Member &member);
Result<Member> memberFromJson(const QJsonObject &json);
//! The same object as the realtime frame of the event, see realtimeframes.h.
QJsonObject toJson(const RoomEvent &event);
Result<RoomEvent> roomEventFromJson(const QJsonObject &json);
//! {events: [...], has_more_before, has_more_after}
QJsonObject toJson(const RoomEventPage &page);
Result<RoomEventPage> roomEventPageFromJson(const QJsonObject &json);
//! {trace_id, span_id, parent_id?, name, start_us, duration_us, status: ok|error|unset, attributes, error?}
QJsonObject toJson(const Span &span);
Result<Span> spanFromJson(const QJsonObject &json);
//! {trace_id, room_id, message_id, spans: [...]}
QJsonObject toJson(const Trace &trace);
Result<Trace> traceFromJson(const QJsonObject &json);
//! {trace_id, room_id, message_id, start_us, duration_us, spans, errors}
QJsonObject toJson(const TraceSummary &summary);
Result<TraceSummary> traceSummaryFromJson(const QJsonObject &json);
//! {id, version, title, enabled}
QJsonObject toJson(const WorkflowSummary &summary);
Result<WorkflowSummary> workflowSummaryFromJson(const QJsonObject &json);
//! {reference, name, attempt, status, input, output, error?, started_at, ended_at?}
QJsonObject toJson(const StepRecord &step);
Result<StepRecord> stepFromJson(const QJsonObject &json);
//! {id, workflow, version, status, input, output, error?, room_id?, started_by?, trace_id?, started_at, ended_at?,
//! steps}
QJsonObject toJson(const RunSnapshot &run);
Result<RunSnapshot> runFromJson(const QJsonObject &json);
//! {at, connections, users, rooms, messages_per_second, deliveries_per_second, requests_per_second, errors_per_second,
//!  ack_p50_ms, ack_p95_ms, ack_p99_ms, cpu_percent, memory_mb, running_workflows, storage_queue}
QJsonObject toJson(const MetricSample &sample);
Result<MetricSample> metricSampleFromJson(const QJsonObject &json);
//! The value of the field with that JSON name; nullopt for an unknown name or "at".
std::optional<double> metricValue(const MetricSample &sample, const QString &jsonName);
//! All numeric field names of a MetricSample, in declaration order.
QStringList metricNames();
//! {id, rule, metric, severity, state, summary, value, threshold, since, acknowledged_at?, acknowledged_by?,
//! resolved_at?}
QJsonObject toJson(const Alert &alert);
Result<Alert> alertFromJson(const QJsonObject &json);

//! RFC 9457: {type, title, status, detail, code, errors?: [{pointer, detail}], instance?, retry_after?}
Error errorFromProblem(const QJsonObject &problem, int httpStatus);

//! \brief A list of any of the above.
template <typename T> QJsonArray writeList(const QList<T> &list)
{
    QJsonArray array;
    for (const T &item : list)
        array.append(toJson(item));
    return array;
}

} // namespace Atom::Protocol
