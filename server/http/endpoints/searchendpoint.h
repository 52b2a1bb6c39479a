// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/search/searchservice.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/search`. Main thread.
class SearchEndpoint
{
public:
    SearchEndpoint(Search::SearchService &search, const Rooms::RoomService &rooms);
    QList<Route> routes();

private:
    QCoro::Task<Response> find(Request request, Actor actor);
    QJsonObject toJson(const Search::Hit &hit) const;

    Search::SearchService &m_search;
    const Rooms::RoomService &m_rooms;
};

} // namespace Atom::HttpEndpoints
