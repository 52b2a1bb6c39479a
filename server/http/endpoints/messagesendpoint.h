// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/rooms/roomservice.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/rooms/{room_id}/messages` and read positions. Main thread.
class MessagesEndpoint
{
public:
    explicit MessagesEndpoint(Rooms::RoomService &rooms);
    QList<Route> routes();

private:
    QCoro::Task<Response> history(Request request, Actor actor);
    QCoro::Task<Response> post(Request request, Actor actor);
    QCoro::Task<Response> show(Request request, Actor actor);
    QCoro::Task<Response> edit(Request request, Actor actor);
    QCoro::Task<Response> remove(Request request, Actor actor);
    QCoro::Task<Response> markRead(Request request, Actor actor);

    Rooms::RoomService &m_rooms;
};

} // namespace Atom::HttpEndpoints
