// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A believable small server for the tests of the console.

#include "shared/model/monitoring.h"
#include "shared/model/room.h"
#include "shared/model/roomevent.h"
#include "shared/model/trace.h"
#include "tests/support/fakeserver.h"

namespace Atom::Test {

inline const QByteArray demoTraceId = QByteArrayLiteral("0af7651916cd43dd8448eb211c80319c");
inline const QByteArray demoMessageId = QByteArrayLiteral("0190b2c4-7d1e-7c3a-9a55-3f0e5b1c2d4e");

MetricSample demoSample(Timestamp at, int second);
//! \brief The last `seconds` seconds before `now`, one sample each.
QList<MetricSample> demoHistory(Timestamp now, int seconds);
Alert demoAlert(const QByteArray &id, AlertState state, AlertSeverity severity, Timestamp since);
QList<Room> demoRooms(Timestamp now);
RoomEvent demoMessage(const QByteArray &room, qint64 seq, const QByteArray &who, const QString &text, Timestamp at);
//! \brief A message that ran a workflow whose service failed twice before it answered.
Trace demoTrace(qint64 startMicros);
QList<TraceSummary> demoTraces(qint64 nowMicros);

//! \brief What a successful sign-in answers, for the owner "ada".
QJsonObject demoSession(Timestamp now);
//! \brief Answers of a signed-in owner "ada" with the password "correct horse".
void fill(FakeServer &server, Timestamp now);

} // namespace Atom::Test
