// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/actions.h"
#include "server/assistant/assistantrepository.h"
#include "server/assistant/intentcatalog.h"
#include "server/assistant/intentmatcher.h"
#include "server/assistant/intentreport.h"
#include "server/assistant/replyprogress.h"
#include "server/assistant/roommemory.h"
#include "server/rooms/roomservice.h"
#include "server/workflows/workflowservice.h"

#include <QtCore/QStringList>

namespace Atom::Assistant {

class ModelReply;

//! \brief The reply to one message, as `POST /api/v1/chat/message` returns it.
struct Reply
{
    QString text;
    RoomId context; //!< the room of the conversation (`context_id` on the wire)
    bool workflowTriggered = false;
    RunId run;
    QStringList suggestions;
    QString intent;                   //!< that was understood; empty: none
    std::optional<double> confidence; //!< 0..1; none: the message goes on with an earlier one
    QString model;                    //!< that wrote it; empty: no language model did
    bool isStopped = false;           //!< somebody stopped it: it is not whole
    MessageId message;                //!< of the reply in the room
    TraceId trace;
};

//! \brief What chat knows of a user, for `GET /api/v1/chat/users/{id}/context`.
struct UserContext
{
    UserId user;
    RoomId context;          //!< their newest assistant room
    QJsonObject state;       //!< open question, slots
    QList<RoomEvent> recent; //!< newest messages of that room, ascending
    QList<Memory::ContextEntry> remembered; //!< what would be known for an answer about something
    bool isComplete = true;                 //!< false: older messages are still being read after a start
};

//! \brief How well the intents in force are told apart.
struct IntentTraining
{
    IntentReport report;
    bool isUnderWay = false; //!< newer ones are being learned; the report is then of the older ones
};

//! \brief Understands a message and answers it: intent -> context -> decision -> workflow -> reply, a span each.
//!
//! Owed turns survive a crash: load() goes on with them, and a reply is posted with client id "reply:<message id>", so
//! it appears once. One turn at a time per room, in order. A failed workflow, an unknown wish and a time-out end in an
//! honest reply; a turn whose reply cannot be stored is logged and taken again after 2 to 32 seconds; then it stays
//! owed for the next start. Main thread.
class AssistantService : public QObject
{
    Q_OBJECT
public:
    struct Settings
    {
        bool enabled = true; //!< otherwise it only says that it is turned off; tell the rooms as well (RoomLimits)
        milliseconds turnBudget{60'000};
        double threshold = 0.5; //!< least confidence (0..1) that triggers
    };
    //! \brief What it works with; all outlive it.
    struct Parts
    {
        AssistantRepository &repository;
        Rooms::RoomService &rooms;
        Workflows::WorkflowService &workflows;
        IntentCatalog &intents;
        RoomMemory &memory;
        DoAction act;
        People people;
        TraceSink &traces;
        Clock &clock;
        MetricRegistry &metrics;
        ModelReply *model = nullptr; //!< answers where no intent is recognised; null: what is remembered does
        OnProgress progress = {};    //!< hears of answers that are being written
    };
    AssistantService(Settings settings, Parts parts);
    ~AssistantService() override;

    //! \brief Loads the catalog from `directory`, begins to learn and takes up owed turns; turns wait until the first
    //! intents are learned, a start does not. Whatever changes in the catalog later is learned as well.
    //! \return mistakes in intents, one line each; they do not stop the others. Too many intents or examples are a
    //! mistake after which none is learned.
    QCoro::Task<Result<QStringList>> load(QString directory);
    QCoro::Task<void> close();

    IntentCatalog &catalog();
    RoomMemory &memory();
    IntentTraining training() const;
    //! \brief How the rules in force rank a text, best first; ordinary talk under an empty name.
    QList<IntentScore> rank(const QString &text, int count) const;
    //! \brief Starts the turn of a committed message. Connected to RoomService::assistantTurnDue.
    //! `actor`: as the message was sent, so that the bounds of an application token hold for what follows from it.
    void takeTurn(const RoomEvent &message, const Actor &actor);
    //! \brief Posts `text` into the user's assistant room (`context` or their own, made if missing) and waits for the
    //! reply. \return Unavailable when turned off; DeadlineExceeded after `budget`; the reply then still comes into the
    //! room.
    QCoro::Task<Result<Reply>> chat(Actor actor, QString text, RoomId context, QJsonObject metadata,
                                    milliseconds budget);
    //! \brief Ends the answer to `question` where it is: what is there is posted, a workflow is cancelled. For who
    //! asked and for those who may remove the question. \return NotFound (no such message for the actor), Forbidden,
    //! Conflict: it is answered already, or needs no answer.
    QCoro::Task<Result<void>> stop(Actor actor, MessageId question);
    //! \brief `about` not empty: also what is remembered about it, as far as `asker` may know it, as an answer in the
    //! user's assistant room would. \return NotFound when the user never talked with the assistant.
    QCoro::Task<Result<UserContext>> contextOf(Actor asker, UserId user, QString about);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Assistant
