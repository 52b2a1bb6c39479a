// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/http/endpoints/views.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/users/me/memory`: what the assistant was asked to remember, for the person it is about. Main thread.
class MemoryEndpoint
{
public:
    explicit MemoryEndpoint(AssistantView &assistant);
    QList<Route> routes();

private:
    QCoro::Task<Response> list(Request request, Actor actor);
    QCoro::Task<Response> add(Request request, Actor actor);
    QCoro::Task<Response> change(Request request, Actor actor);
    QCoro::Task<Response> remove(Request request, Actor actor);
    QCoro::Task<Response> store(Request request, Actor actor, Memory::FactId replaces);

    AssistantView &m_assistant;
};

} // namespace Atom::HttpEndpoints
