// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/http/endpoints/views.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/intents`: what the assistant understands, and how well its intents can be told apart. Main thread.
class IntentsEndpoint
{
public:
    explicit IntentsEndpoint(const AssistantView &assistant);
    QList<Route> routes();

private:
    Response list(const Request &request, const Actor &actor) const;
    Response report(const Request &request, const Actor &actor) const;

    const AssistantView &m_assistant;
};

} // namespace Atom::HttpEndpoints
