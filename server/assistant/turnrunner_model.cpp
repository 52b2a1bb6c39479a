// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// TurnRunner: the turns that a language model answers.
#include "server/assistant/turnrunner.h"

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
constexpr int turnsShown = 20;

//! What stands under an answer that is not whole.
QString shortfall(const Error &error, bool isStopped)
{
    if (isStopped)
        return u"(Stopped.)"_s;
    return u"(The answer ends here: %1.)"_s.arg(error.detail.endsWith(u'.') ? error.detail.chopped(1) : error.detail);
}
} // namespace

QCoro::Task<void> TurnRunner::converse(TurnRequest request, QString text, QList<Memory::ContextEntry> remembered,
                                       TraceContext context, Reply *reply, Conversation *next)
{
    ModelQuestion question;
    question.message = request.message;
    question.text = text;
    question.person = request.person;
    question.remembered = std::move(remembered);
    question.dialogue = request.dialogue;
    if (const Rooms::RoomState *room = m_rooms.find(request.message.room)) {
        question.roomName = room->room.name;
        question.isAlone = room->room.kind == RoomKind::Assistant;
    }
    const Result<RoomEventPage> before = co_await m_rooms.history(internalActor(assistantUser()), request.message.room,
                                                                  request.message.seq, 0, turnsShown);
    if (before) {
        question.turns = before->events;
        question.turns.removeIf([&request](const RoomEvent &turn) { return turn.seq >= request.message.seq; });
    }
    ReplyStream stream(request.message.room, request.message.message, m_progress, m_clock);
    stream.begin();
    const Deadline deadline = Deadline::after(m_clock, m_budget);
    UseTool tools = [this, &request, context, reply, next](const IntentDefinition *intent,
                                                           QHash<QString, QString> values, int number) {
        return useTool(&request, intent, std::move(values), number, context, reply, next);
    };
    const ModelAnswer answer = co_await m_model->write(std::move(question), std::move(tools), &stream, context,
                                                       deadline, request.turn->stop.token());
    stream.close();
    const bool isStopped = request.turn->isStopped;
    if (answer.text.isEmpty()) {
        if (isStopped)
            reply->text = u"(Stopped.)"_s;
        else if (answer.error && answer.error->code == Errc::RateLimited)
            reply->text += u"\n(%1)"_s.arg(answer.error->detail);
        co_return; // else the answer without a model stands
    }
    reply->model = answer.model;
    reply->text = answer.text;
    reply->suggestions.clear();
    if (answer.error)
        reply->text += u"\n\n"_s + shortfall(*answer.error, isStopped);
}

QCoro::Task<ToolOutcome> TurnRunner::useTool(const TurnRequest *request, const IntentDefinition *intent,
                                             QHash<QString, QString> values, int number, TraceContext context,
                                             Reply *reply, Conversation *next)
{
    Decision decision;
    decision.intent = intent;
    decision.slotValues = values;
    decision.action = intent->workflow.isEmpty() ? Decision::Action::Act : Decision::Action::Run;
    decision.why = u"The language model asks for it."_s;
    Reply done;
    ToolOutcome outcome;
    if (decision.action == Decision::Action::Run) {
        const QByteArray key = "turn:" + request->message.message.bytes() + ':' + QByteArray::number(number);
        const Result<bool> ran = co_await act(*request, decision, key, context, &done);
        outcome.isDone = ran && *ran;
        outcome.text = ran ? done.text : ran.error().detail;
        reply->workflowTriggered = reply->workflowTriggered || done.workflowTriggered;
        if (!done.run.isEmpty())
            reply->run = done.run;
    } else {
        outcome.isDone = co_await actMyself(*request, decision, number, context, &done, &outcome.output);
        outcome.text = done.text;
    }
    if (outcome.isDone) { // so that "no, at six" corrects it
        reply->intent = intent->name;
        next->lastIntent = intent->name;
        next->slotValues = values;
        next->lastOutput = outcome.output;
        next->lastQuestion = request->message.message;
    }
    const ToolOutcome told = outcome;
    co_return told;
}

} // namespace Atom::Assistant
