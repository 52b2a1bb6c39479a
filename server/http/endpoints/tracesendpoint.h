// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/monitoring/traceservice.h"
#include "server/rooms/roomservice.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/traces`: what the system did for a message. Main thread.
//!
//! Open to those who hold TraceRead and to the members of the message's room; for readers who are not members every
//! attribute "content.*" is taken out and the span says `content_hidden`. Others hear NotFound.
class TracesEndpoint
{
public:
    TracesEndpoint(Monitoring::TraceService &traces, Rooms::RoomService &rooms,
                   const Identity::Permissions &permissions);
    QList<Route> routes();

private:
    QCoro::Task<Response> list(Request request, Actor actor);
    QCoro::Task<Response> show(Request request, Actor actor);
    QCoro::Task<Response> ofMessage(Request request, Actor actor);
    Response traceFor(const Actor &actor, const Result<Trace> &trace, const Request &request);

    Monitoring::TraceService &m_traces;
    Rooms::RoomService &m_rooms;
    const Identity::Permissions &m_permissions;
};

} // namespace Atom::HttpEndpoints
