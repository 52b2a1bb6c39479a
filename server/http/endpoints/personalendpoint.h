// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/rooms/personalservice.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/users/me/...`: what is new to the user, and what they keep for themselves. Main thread.
class PersonalEndpoint
{
public:
    PersonalEndpoint(Rooms::PersonalService &personal, Rooms::RoomService &rooms);
    QList<Route> routes();

private:
    Response counters(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> mentions(Request request, Actor actor);
    QCoro::Task<Response> state(Request request, Actor actor);
    QCoro::Task<Response> drafts(Request request, Actor actor);
    QCoro::Task<Response> putDraft(Request request, Actor actor);
    QCoro::Task<Response> removeDraft(Request request, Actor actor);
    QCoro::Task<Response> bookmarks(Request request, Actor actor);
    QCoro::Task<Response> putBookmark(Request request, Actor actor);
    QCoro::Task<Response> removeBookmark(Request request, Actor actor);
    QCoro::Task<Response> keywords(Request request, Actor actor);
    QCoro::Task<Response> putKeywords(Request request, Actor actor);
    QCoro::Task<Response> reminders(Request request, Actor actor);
    QCoro::Task<Response> addReminder(Request request, Actor actor);
    QCoro::Task<Response> removeReminder(Request request, Actor actor);
    QCoro::Task<Response> scheduled(Request request, Actor actor);
    QCoro::Task<Response> addScheduled(Request request, Actor actor);
    QCoro::Task<Response> changeScheduled(Request request, Actor actor);
    QCoro::Task<Response> removeScheduled(Request request, Actor actor);
    QCoro::Task<Response> list(Request request, Actor actor, QByteArray kind);
    QCoro::Task<Response> remove(Request request, Actor actor, QByteArray kind);

    Rooms::PersonalService &m_personal;
    Rooms::RoomService &m_rooms;
};

} // namespace Atom::HttpEndpoints
