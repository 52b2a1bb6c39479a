// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/dialogue.h"
#include "server/assistant/person.h"
#include "server/assistant/replyprogress.h"
#include "server/llm/languagemodel.h"
#include "server/llm/llmbudget.h"
#include "server/llm/promptlibrary.h"
#include "server/memory/contextassembly.h"
#include "shared/model/roomevent.h"
#include "shared/model/trace.h"

namespace Atom::Assistant {

//! \brief What the language model gets to read.
struct ModelQuestion
{
    RoomEvent message;
    QString text; //!< of the message, without the mention
    Person person;
    QString roomName;
    bool isAlone = true;                      //!< nobody else is in the room
    QList<RoomEvent> turns;                   //!< of the same room, before the message, ascending
    QList<Memory::ContextEntry> remembered;   //!< only the included ones are shown to it
    std::shared_ptr<const Dialogue> dialogue; //!< its intents are the tools
};

//! \brief What became of a tool call.
struct ToolOutcome
{
    QString text;       //!< as people would be told
    QJsonObject output; //!< as data; may be empty
    bool isDone = false;
};
//! \brief Does what `intent` stands for with these values, as `person` of the question may. `number` counts the calls
//! of one answer from 1, so that an answer begun again does the same things once.
using UseTool =
    std::function<QCoro::Task<ToolOutcome>(const IntentDefinition *intent, QHash<QString, QString> values, int number)>;

//! \brief What a language model made of a question.
struct ModelAnswer
{
    QString text;               //!< may be there with an error: what had come until then
    std::optional<Error> error; //!< why it is not whole, in words for the person; Cancelled: it was stopped
    QString model;              //!< as the provider names it
    bool isNearBudget = false;
};

//! \brief Lets the language model answer where no intent was recognised: with the talk before, what is remembered, and
//! the intents as tools. Main thread.
//!
//! Every call is paid from the budget of the person, the room and the server. What the model asks for goes through the
//! same doors as a person's own wish: values are read by the entity grammar, permissions are those of the person.
//! Data of others is marked as data in the prompt; what it says cannot do more than what the person may do.
class ModelReply
{
public:
    static constexpr int rounds = 4;     //!< calls of the model for one answer
    static constexpr int mostCalls = 20; //!< of tools for one answer; more are refused
    static constexpr qsizetype mostTools = 64;

    //! \brief All outlive it.
    ModelReply(Llm::LanguageModel &model, Llm::LlmBudget &budget, const Llm::PromptLibrary &prompts, TraceSink &traces,
               Clock &clock);

    //! \brief Not worth asking now: it failed too often.
    bool isDown() const { return m_model.isDown(); }
    //! \brief Writes the answer; `stream` (lives until it resumes) gets the text as it comes.
    QCoro::Task<ModelAnswer> write(ModelQuestion question, UseTool useTool, ReplyStream *stream, TraceContext context,
                                   Deadline deadline, CancellationToken token);

private:
    Result<Llm::ChatRequest> request(const ModelQuestion &question, Llm::PromptText *prompt) const;
    QCoro::Task<Llm::ChatMessage> callTool(const ModelQuestion *question, UseTool useTool, Llm::ToolCall call,
                                           int number) const;

    Llm::LanguageModel &m_model;
    Llm::LlmBudget &m_budget;
    const Llm::PromptLibrary &m_prompts;
    TraceSink &m_traces;
    Clock &m_clock;
};

} // namespace Atom::Assistant
