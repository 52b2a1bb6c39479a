// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/realtime/connection.h"
#include "shared/model/trace.h"

#include <QtCore/QHash>
#include <QtCore/QList>

namespace Atom::Realtime {

//! \brief Which connections listen to which room, and the way of one event to all of them: encoded once, framed once,
//! the bytes shared. Each connection gets a room's events in seq order, each once. Main thread.
class Fanout
{
public:
    Fanout(RealtimeMetrics &metrics, TraceSink &traces) : m_metrics(metrics), m_traces(traces) {}

    //! \brief Adds the connection to the room, which it must not be in; events above `lastSeq` follow.
    Subscription &subscribe(Connection &connection, const RoomId &room, qint64 lastSeq, bool holding);
    static Subscription *find(Connection &connection, const RoomId &room);
    void unsubscribe(Connection &connection, const RoomId &room);
    void unsubscribeAll(Connection &connection);

    //! \brief Gives the event to every listener but the acting device; the number of recipients.
    int deliver(const RoomEvent &event, const DeviceId &origin);
    //! \brief Sends the next held event; false when none is held: then the subscription is live.
    bool releaseOne(Subscription &subscription);
    //! \brief Sends a frame to all devices in the room, except one device or one user.
    int sendToRoom(const RoomId &room, const QByteArray &frame, Connection::Priority priority,
                   const DeviceId &exceptDevice, const UserId &exceptUser = {});
    QList<Connection *> listeners(const RoomId &room) const;
    QList<UserId> users(const RoomId &room) const; //!< who has joined it: sorted, each once
    int roomCount() const { return int(m_audiences.size()); }

private:
    RealtimeMetrics &m_metrics;
    TraceSink &m_traces;
    QHash<RoomId, QList<Subscription *>> m_audiences; // never with an empty list
};

} // namespace Atom::Realtime
