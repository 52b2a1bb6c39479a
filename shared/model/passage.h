// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/trace.h"

namespace Atom {

//! \brief The stages that every stored message passes, in numbers: cheap enough to be kept for each of them. What goes
//! beyond (the assistant's turn) is kept as spans. Times are unix microseconds, wall clock.
struct Passage
{
    TraceId trace;
    RoomId room;
    MessageId message;
    UserId sender;
    QString messageType;
    qint64 seq = 0;
    Timestamp at{};             //!< the message's own time
    qint64 receivedMicros = 0;  //!< the edge had the whole frame
    qint64 queuedMicros = 0;    //!< checked and handed to storage
    qint64 committedMicros = 0; //!< 0: not known, the process ended before it was written down
    qint64 fanoutMicros = 0;    //!< 0: nobody listened
    qint64 fanoutDuration = 0;
    int recipients = 0;
    int encodedBytes = 0;
    bool hasTurn = false; //!< the assistant has a turn: spans follow
    bool operator==(const Passage &) const = default;
};

//! \brief The same as spans: message (the root), persist, fanout.
QList<Span> spansOf(const Passage &passage);
TraceSummary summaryOf(const Passage &passage);

//! \brief The trace of a message has the digits of its UUID, so that neither needs the other written down; empty for
//! an id of another form.
TraceId traceOf(const MessageId &message);
//! \brief The reverse of traceOf().
MessageId messageOf(const TraceId &trace);

} // namespace Atom
