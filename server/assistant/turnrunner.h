// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/actions.h"
#include "server/assistant/assistantservice.h"
#include "server/assistant/dialogue.h"
#include "server/assistant/modelreply.h"
#include "shared/core/cancellation.h"

namespace Atom::Assistant {

//! \brief A turn as who stops it sees it. Shared by the turn and the service.
struct RunningTurn
{
    CancellationSource stop; //!< somebody does not want the answer, or the server stops
    RunId run;               //!< the workflow that it waits for; empty: none
    bool isStopped = false;  //!< by a person
};

//! \brief One message to be answered, with the rules in force when its turn began.
struct TurnRequest
{
    RoomEvent message;
    Person person; //!< who wrote it
    std::shared_ptr<const Dialogue> dialogue;
    std::shared_ptr<const IntentMatcher> matcher;
    CancellationToken token; //!< the server stops
    std::shared_ptr<RunningTurn> turn;
};

//! \brief Takes one turn: intent -> context -> decision -> workflow -> reply, a span each. Main thread.
//!
//! May be repeated after a crash at any point: the decision follows from the stored conversation, the workflow run from
//! the dedupe key "turn:<message>", the reply from its client id "reply:<message>"; the conversation moves on and the
//! debt is paid in one transaction after the reply is stored.
class TurnRunner
{
public:
    TurnRunner(const AssistantService::Parts &parts, milliseconds budget);

    //! \return the reply; nothing when the assistant stays silent; an error when the turn is still owed.
    QCoro::Task<Result<std::optional<Reply>>> run(TurnRequest request);

private:
    Understanding understand(const TurnRequest &request, const Entities::Context &written, const TraceContext &context);
    QCoro::Task<Result<Conversation>> recall(RoomEvent message, TraceContext context);
    //! \brief "Remember that ...": done, whatever intents say. \return whether it was such a message.
    QCoro::Task<bool> serveMemory(TurnRequest request, QString text, TraceContext context, Decision *decision);
    //! \brief Answers by what is remembered, where nothing was understood.
    QCoro::Task<QList<Memory::ContextEntry>> remember(TurnRequest request, QString text, TraceContext context,
                                                      Decision *decision);
    //! \brief Lets the language model answer; without success the reply stays as it is. `next`: the conversation,
    //! with what a tool did.
    QCoro::Task<void> converse(TurnRequest request, QString text, QList<Memory::ContextEntry> remembered,
                               TraceContext context, Reply *reply, Conversation *next);
    QCoro::Task<ToolOutcome> useTool(const TurnRequest *request, const IntentDefinition *intent,
                                     QHash<QString, QString> values, int number, TraceContext context, Reply *reply,
                                     Conversation *next);
    //! \brief Does the action of the decision, likewise.
    //! `number`: of the actions of this turn, from 1. \return whether it was done.
    QCoro::Task<bool> actMyself(TurnRequest request, Decision decision, int number, TraceContext context, Reply *reply,
                                QJsonObject *output);
    //! \brief Runs the workflow of the decision; the text to answer with is left in `reply`, also when it failed.
    //! `key`: a turn taken again meets the same run. \return whether it ended well.
    QCoro::Task<Result<bool>> act(TurnRequest request, Decision decision, QByteArray key, TraceContext context,
                                  Reply *reply);
    QCoro::Task<Result<void>> post(RoomEvent message, TraceContext context, Reply *reply);

    AssistantRepository &m_repository;
    Rooms::RoomService &m_rooms;
    Workflows::WorkflowService &m_workflows;
    IntentCatalog &m_intents;
    RoomMemory &m_memory;
    DoAction m_act;
    ModelReply *m_model; //!< null: there is no language model
    OnProgress m_progress;
    TraceSink &m_traces;
    Clock &m_clock;
    milliseconds m_budget;
};

} // namespace Atom::Assistant
