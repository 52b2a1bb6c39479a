// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/http/endpoints/views.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/intents`: what the assistant understands, how well its intents can be told apart, and what people
//! say about its answers. Main thread.
class IntentsEndpoint
{
public:
    explicit IntentsEndpoint(AssistantView &assistant);
    QList<Route> routes();

private:
    Response list(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> report(Request request, Actor actor);
    Response show(const Request &request, const Actor &actor) const;
    Response classify(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> save(Request request, Actor actor);
    QCoro::Task<Response> remove(Request request, Actor actor);
    QCoro::Task<Response> judge(Request request, Actor actor);

    AssistantView &m_assistant;
};

} // namespace Atom::HttpEndpoints
