// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/rooms/invitationservice.h"
#include "server/rooms/preferenceservice.h"

namespace Atom::HttpEndpoints {

//! \brief Invitations to rooms, and what people set for rooms for themselves. Main thread.
class InvitationsEndpoint
{
public:
    InvitationsEndpoint(Rooms::InvitationService &invitations, Rooms::PreferenceService &preferences)
        : m_invitations(invitations), m_preferences(preferences)
    {
    }
    QList<Route> routes();

private:
    QCoro::Task<Response> create(Request request, Actor actor);
    QCoro::Task<Response> list(Request request, Actor actor);
    QCoro::Task<Response> revoke(Request request, Actor actor);
    QCoro::Task<Response> redeem(Request request, Actor actor);
    QCoro::Task<Response> preferences(Request request, Actor actor);
    QCoro::Task<Response> setPreference(Request request, Actor actor);
    QCoro::Task<Response> setFavourites(Request request, Actor actor);

    Rooms::InvitationService &m_invitations;
    Rooms::PreferenceService &m_preferences;
};

//! {items: [{room_id, favourite, notify}]}; also what the realtime frame room_preferences carries.
QJsonObject preferencesJson(const QList<Rooms::RoomPreference> &preferences);

} // namespace Atom::HttpEndpoints
