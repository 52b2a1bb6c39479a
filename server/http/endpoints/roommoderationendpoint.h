// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/rooms/roomservice.h"

namespace Atom::HttpEndpoints {

//! \brief Mutes, bans, and the requests of those who want to join. Main thread.
class RoomModerationEndpoint
{
public:
    explicit RoomModerationEndpoint(Rooms::RoomService &rooms) : m_rooms(rooms) {}
    QList<Route> routes();

private:
    Response mutes(const Request &request, const Actor &actor) const;
    Response bans(const Request &request, const Actor &actor) const;
    Response list(const Request &request, const Actor &actor, Rooms::RestrictionKind kind) const;
    QCoro::Task<Response> mute(Request request, Actor actor);
    QCoro::Task<Response> unmute(Request request, Actor actor);
    QCoro::Task<Response> ban(Request request, Actor actor);
    QCoro::Task<Response> unban(Request request, Actor actor);
    Response joinRequests(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> approve(Request request, Actor actor);
    QCoro::Task<Response> deny(Request request, Actor actor);
    QCoro::Task<Response> withdraw(Request request, Actor actor);

    Rooms::RoomService &m_rooms;
};

} // namespace Atom::HttpEndpoints
