// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"
#include "server/http/endpoints/views.h"
#include "server/identity/sessionservice.h"

namespace Atom::HttpEndpoints {

//! \brief What a client may send; shown by `/api/v1/chat/features`.
struct ChatLimits
{
    Rooms::RoomLimits rooms;
    qint64 frameBytes = 64 * 1024;
    double messagesPerSecond = 20;    //!< per user; 0: no bound
    milliseconds replyBudget{30'000}; //!< how long a caller waits for the assistant
};

//! \brief `/api/v1/chat/*`: talking with the assistant in one call, and what a client asks about the chat. Main thread.
//!
//! The shapes are those of existing clients, which send `user_id` instead of a token where guests are allowed.
class ChatEndpoint
{
public:
    ChatEndpoint(ChatLimits limits, AssistantView &assistant, const RealtimeView &realtime,
                 const Identity::SessionService &sessions, const Identity::Permissions &permissions,
                 const Clock &clock);
    QList<Route> routes();

private:
    QCoro::Task<Response> message(Request request, Actor actor);
    QCoro::Task<Response> stop(Request request, Actor actor);
    QCoro::Task<Response> context(Request request, Actor actor);
    Response connections(const Request &request, const Actor &actor) const;
    Response features(const Request &request, const Actor &actor) const;

    const ChatLimits m_limits;
    AssistantView &m_assistant;
    const RealtimeView &m_realtime;
    const Identity::SessionService &m_sessions;
    const Identity::Permissions &m_permissions;
    const Clock &m_clock;
};

//! \brief For Access::Guest without a token: Unauthenticated unless guests may come from this peer.
Result<void> requireCaller(const Identity::SessionService &sessions, const Request &request, const Actor &actor);

} // namespace Atom::HttpEndpoints
