// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/realtime/fanout.h"
#include "server/realtime/flushpacer.h"
#include "server/rooms/presence.h"
#include "server/rooms/roomservice.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QSet>

namespace Atom::Realtime {

//! \brief Tells those who share a small room that a user came, went or is away; a moment later, and only what is still
//! news then: who reconnects at once never left, and ten thousand who do are no storm for the others. Main thread.
class PresenceFanout : public QObject
{
    Q_OBJECT
public:
    static constexpr milliseconds comes{100}; //!< until somebody is said to be there, or away: once or twice this
    static constexpr milliseconds goes = Rooms::PresenceTracker::grace;
    static constexpr int usersPerTick = 500; //!< told of every `comes`; the others wait
    static constexpr int roomMembers = 100;  //!< larger rooms are not told

    PresenceFanout(Rooms::RoomService &rooms, Rooms::PresenceTracker &presence, Fanout &fanout, FlushPacer &pacer,
                   Clock &clock);
    ~PresenceFanout() override;

    //! \brief Sends a frame about `user` to everybody who hears one of the user's rooms (large ones aside), and to the
    //! user's own devices there.
    void send(const UserId &user, const QByteArray &frame);

private:
    struct Waiting
    {
        Rooms::PresenceStatus known = Rooms::PresenceStatus::Offline; //!< what the others believe
        Monotonic due{};
    };
    void onChanged(const UserId &user, Rooms::PresenceStatus status, Rooms::PresenceStatus before);
    void schedule();
    void tellDue();
    void tell(const UserId &user);
    QSet<Connection *> listenersOf(const UserId &user) const;

    Rooms::RoomService &m_rooms;
    Rooms::PresenceTracker &m_presence;
    Fanout &m_fanout;
    FlushPacer &m_pacer;
    Clock &m_clock;
    QHash<UserId, Waiting> m_waiting; //!< bounded by those connected in the last seconds
    Clock::TimerId m_timer = 0;
};

} // namespace Atom::Realtime
