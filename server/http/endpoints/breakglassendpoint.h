// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/rooms/breakglass.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/break-glass`: rooms opened for reading without membership.
class BreakGlassEndpoint
{
public:
    BreakGlassEndpoint(Rooms::BreakGlassService &service, const Clock &clock);
    QList<Route> routes();

private:
    QCoro::Task<Response> open(Request request, Actor actor);
    QCoro::Task<Response> list(Request request, Actor actor);
    QCoro::Task<Response> end(Request request, Actor actor);
    QJsonObject toJson(const Identity::GlassOpening &opening) const;

    Rooms::BreakGlassService &m_service;
    const Clock &m_clock;
};

} // namespace Atom::HttpEndpoints
