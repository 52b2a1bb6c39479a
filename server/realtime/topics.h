// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/realtime/connection.h"
#include "server/rooms/roomservice.h"

namespace Atom::Realtime {

//! \brief Who follows which console topic. Topics: metrics, alerts, connections, runs, traces, activity. Main thread.
class Topics
{
public:
    Topics(Rooms::RoomService &rooms, const Identity::Permissions &permissions)
        : m_rooms(rooms), m_permissions(permissions)
    {
    }

    static QList<QByteArray> names();
    //! \return ValidationFailed for an unknown topic, else what require() says about its action.
    Result<void> subscribe(Connection &connection, const QByteArray &topic);
    void unsubscribe(Connection &connection, const QByteArray &topic);
    void unsubscribeAll(Connection &connection);
    //! \brief After a change of role: ends what is no longer permitted; the topics that ended.
    QList<QByteArray> review(Connection &connection);

    bool hasSubscribers(const QByteArray &topic) const { return m_subscribers.contains(topic); }
    void publish(const QByteArray &topic, const QJsonObject &data) const;
    //! \brief Topic activity: the event as it is for members of its room, without contents for others.
    void publishEvent(const RoomEvent &event) const;

private:
    Rooms::RoomService &m_rooms;
    const Identity::Permissions &m_permissions;
    QHash<QByteArray, QList<Connection *>> m_subscribers; // never with an empty list
};

} // namespace Atom::Realtime
