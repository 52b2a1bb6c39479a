// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/auditlog.h"
#include "server/http/endpoints/routing.h"
#include "server/http/endpoints/views.h"
#include "server/identity/sessionservice.h"
#include "server/rooms/presence.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/websocket/*`: who is connected where, and system messages to them. Main thread.
class RealtimeEndpoint
{
public:
    RealtimeEndpoint(RealtimeView &realtime, const Rooms::PresenceTracker &presence, const Rooms::RoomService &rooms,
                     const Identity::SessionService &sessions, const Identity::Permissions &permissions,
                     Audit::ActSink &audit, const Clock &clock);
    QList<Route> routes();

private:
    Response stats(const Request &request, const Actor &actor) const;
    Response status(const Request &request, const Actor &actor) const;
    Response room(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> sendToUser(Request request, Actor actor);
    QCoro::Task<Response> broadcast(Request request, Actor actor);

    RealtimeView &m_realtime;
    const Rooms::PresenceTracker &m_presence;
    const Rooms::RoomService &m_rooms;
    const Identity::SessionService &m_sessions;
    const Identity::Permissions &m_permissions;
    Audit::ActSink &m_audit;
    const Clock &m_clock;
};

} // namespace Atom::HttpEndpoints
