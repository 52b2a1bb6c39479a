// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/rooms/roomservice.h"
#include "server/workflows/workflowservice.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/runs`, and starting runs. Main thread.
//!
//! Inputs and outputs carry what people said: a reader who neither started the run nor is a member of its room sees the
//! run without them (`content_hidden`); runs without a room show theirs to those who manage workflows.
class RunsEndpoint
{
public:
    RunsEndpoint(Workflows::WorkflowService &workflows, Rooms::RoomService &rooms,
                 const Identity::Permissions &permissions);
    QList<Route> routes();

private:
    QCoro::Task<Response> start(Request request, Actor actor);
    QCoro::Task<Response> list(Request request, Actor actor);
    QCoro::Task<Response> show(Request request, Actor actor);
    QCoro::Task<Response> cancel(Request request, Actor actor);
    QJsonObject runFor(const Actor &actor, RunSnapshot run);

    Workflows::WorkflowService &m_workflows;
    Rooms::RoomService &m_rooms;
    const Identity::Permissions &m_permissions;
};

} // namespace Atom::HttpEndpoints
