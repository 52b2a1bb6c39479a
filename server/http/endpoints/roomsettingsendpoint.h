// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/rooms/roomservice.h"

namespace Atom::HttpEndpoints {

//! \brief What a room is like and who leads it: settings, archive, legal hold, roles of members. Main thread.
class RoomSettingsEndpoint
{
public:
    explicit RoomSettingsEndpoint(Rooms::RoomService &rooms) : m_rooms(rooms) {}
    QList<Route> routes();

private:
    QCoro::Task<Response> update(Request request, Actor actor);
    QCoro::Task<Response> archive(Request request, Actor actor);
    QCoro::Task<Response> unarchive(Request request, Actor actor);
    QCoro::Task<Response> setArchived(Request request, Actor actor, bool archived);
    Response showHold(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> hold(Request request, Actor actor);
    QCoro::Task<Response> endHold(Request request, Actor actor);
    QCoro::Task<Response> setHold(Request request, Actor actor, bool held);
    QCoro::Task<Response> setRole(Request request, Actor actor);
    QCoro::Task<Response> transfer(Request request, Actor actor);

    Rooms::RoomService &m_rooms;
};

} // namespace Atom::HttpEndpoints
