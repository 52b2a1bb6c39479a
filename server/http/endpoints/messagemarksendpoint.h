// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/rooms/roomservice.h"

namespace Atom::HttpEndpoints {

//! \brief What hangs on a message: reactions, pins, acknowledgements, its thread, its former texts; and links to
//! messages (`/api/v1/messages/{message_id}`). Main thread.
class MessageMarksEndpoint
{
public:
    explicit MessageMarksEndpoint(Rooms::RoomService &rooms);
    QList<Route> routes();

private:
    QCoro::Task<Response> link(Request request, Actor actor);
    QCoro::Task<Response> addReaction(Request request, Actor actor);
    QCoro::Task<Response> takeReaction(Request request, Actor actor);
    QCoro::Task<Response> pin(Request request, Actor actor);
    QCoro::Task<Response> unpin(Request request, Actor actor);
    QCoro::Task<Response> pins(Request request, Actor actor);
    QCoro::Task<Response> acknowledge(Request request, Actor actor);
    QCoro::Task<Response> acknowledgements(Request request, Actor actor);
    QCoro::Task<Response> thread(Request request, Actor actor);
    QCoro::Task<Response> versions(Request request, Actor actor);
    QCoro::Task<Response> markUnread(Request request, Actor actor);
    QCoro::Task<Response> react(Request request, Actor actor, bool take);
    QCoro::Task<Response> setPin(Request request, Actor actor, bool take);

    Rooms::RoomService &m_rooms;
};

} // namespace Atom::HttpEndpoints
