// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/identity/sessionservice.h"
#include "server/rooms/roomservice.h"

namespace Atom::HttpEndpoints {

//! \brief One request for many things: each is done, or not, by itself, and has its own result. Main thread.
class BulkEndpoint
{
public:
    BulkEndpoint(Identity::UserService &users, const Identity::SessionService &sessions, Rooms::RoomService &rooms,
                 const Identity::Permissions &permissions, const Clock &clock);
    QList<Route> routes();

private:
    QCoro::Task<Response> users(Request request, Actor actor);
    QCoro::Task<Response> members(Request request, Actor actor);
    //! One account of a request; `role` none: it is enabled or disabled.
    QCoro::Task<Result<User>> changeUser(Actor actor, UserId id, std::optional<Role> role, bool disabled);

    Identity::UserService &m_users;
    const Identity::SessionService &m_sessions;
    Rooms::RoomService &m_rooms;
    const Identity::Permissions &m_permissions;
    const Clock &m_clock;
};

} // namespace Atom::HttpEndpoints
