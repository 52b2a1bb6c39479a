// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/identity/userservice.h"
#include "server/rooms/roomservice.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/rooms` and their members. Main thread.
class RoomsEndpoint
{
public:
    RoomsEndpoint(Rooms::RoomService &rooms, const Identity::UserService &users);
    QList<Route> routes();

private:
    //! Those that the actor is a member of: a client's first screen, however many rooms the server has.
    QList<Room> roomsOf(const Actor &actor) const;
    Response list(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> create(Request request, Actor actor);
    Response show(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> join(Request request, Actor actor);
    QCoro::Task<Response> leave(Request request, Actor actor);
    Response members(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> addMember(Request request, Actor actor);
    QCoro::Task<Response> removeMember(Request request, Actor actor);
    bool exists(const UserId &user) const;

    Rooms::RoomService &m_rooms;
    const Identity::UserService &m_users;
};

} // namespace Atom::HttpEndpoints
