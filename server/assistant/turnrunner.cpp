// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/turnrunner.h"

#include "server/entities/recognizer.h"

#include <QtCore/QJsonArray>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
constexpr int consideredIntents = 3;
constexpr int recentTurns = 10;
constexpr qsizetype shownEntities = 50;

QString failureText(const RunSnapshot &run)
{
    const int status = run.error.value("status"_L1).toInt();
    const QString detail = run.error.value("detail"_L1).toString(run.error.value("title"_L1).toString());
    if (run.status == RunStatus::Cancelled)
        return u"That was cancelled before it was finished."_s;
    QString text = u"I could not finish that"_s;
    if (status > 0)
        text += u" (status %1)"_s.arg(status);
    text += detail.isEmpty() ? u"."_s : u": "_s + detail;
    return text;
}

//! What the message names, for who reads the trace: kinds, and the words as written.
QJsonArray entitiesIn(const QString &text, const Entities::Context &context)
{
    QJsonArray found;
    for (const Entities::Entity &entity : Entities::Recognizer().find(text, context)) {
        if (found.size() == shownEntities)
            break;
        QJsonObject shown{{u"kind"_s, Entities::kindName(entity.kind)}, {u"text"_s, entity.text.left(200)}};
        if (const auto *time = std::get_if<Entities::TimeValue>(&entity.value)) {
            if (time->from.isValid())
                shown.insert(u"from"_s, time->from.toString(Qt::ISODate));
            if (time->to.isValid())
                shown.insert(u"to"_s, time->to.toString(Qt::ISODate));
        }
        found.append(shown);
    }
    return found;
}

//! When and where the message was written: as its client says, else as the profile does, else as the server has it.
Entities::Context contextOf(const TurnRequest &request)
{
    Entities::Context context;
    const QByteArray told = request.message.metadata.value("time_zone"_L1).toString().left(64).toUtf8();
    if (!told.isEmpty() && QTimeZone::isTimeZoneIdAvailable(told))
        context.zone = QTimeZone(told);
    else if (request.person.zone.isValid())
        context.zone = request.person.zone;
    else
        context.zone = QTimeZone::systemTimeZone();
    if (!context.zone.isValid()) // as in a container without zone files
        context.zone = QTimeZone::utc();
    context.now = QDateTime::fromMSecsSinceEpoch(toMillis(request.message.at), context.zone);
    context.dayFirst = request.person.dayFirst;
    return context;
}
} // namespace

TurnRunner::TurnRunner(const AssistantService::Parts &parts, milliseconds budget)
    : m_repository(parts.repository), m_rooms(parts.rooms), m_workflows(parts.workflows), m_intents(parts.intents),
      m_memory(parts.memory), m_act(parts.act), m_model(parts.model), m_progress(parts.progress),
      m_traces(parts.traces), m_clock(parts.clock), m_budget(budget)
{
}

QCoro::Task<Result<std::optional<Reply>>> TurnRunner::run(TurnRequest request)
{
    const RoomEvent message = request.message;
    const Entities::Context written = contextOf(request);
    request.person.zone = written.zone; // what is told of times is told in it
    TraceContext context{message.trace, rootSpanOf(message.trace), message.room, message.message};
    const Understanding understanding = understand(request, written, context);
    const Result<Conversation> conversation = co_await recall(message, context);
    if (!conversation)
        co_return conversation.error();

    Decision decision;
    QList<Memory::ContextEntry> remembered;
    const bool isServed = understanding.addressed && conversation->asking.isEmpty() &&
                          co_await serveMemory(request, understanding.text, context, &decision);
    if (!isServed) {
        decision = request.dialogue->decide(understanding, *conversation);
        if (decision.isUnknown)
            remembered = co_await remember(request, understanding.text, context, &decision);
    }
    if (isServed || decision.intent)
        m_memory.leaveOut(message.message);
    const bool asksModel = decision.isUnknown && understanding.addressed && m_model && !m_model->isDown();
    SpanScope deciding(m_traces, context, u"decision"_s);
    deciding.set(u"action"_s, asksModel ? u"ask_model"_s : Decision::actionName(decision.action));
    deciding.set(u"why"_s, decision.why);
    if (decision.intent) {
        deciding.set(u"intent"_s, decision.intent->name);
        if (!decision.intent->workflow.isEmpty())
            deciding.set(u"workflow"_s, decision.intent->workflow.toString());
        deciding.set(u"content.slots"_s, Dialogue::workflowInput(decision));
    }
    if (decision.rejects)
        deciding.set(u"rejected"_s, conversation->lastIntent);
    if (!decision.next.asking.isEmpty())
        deciding.set(u"asked_for"_s, decision.next.asking);
    deciding.end();

    std::optional<Reply> outcome;
    TurnEnd end;
    end.message = message.message;
    end.room = message.room;
    end.user = message.actor;
    if (decision.action != Decision::Action::Silent) {
        Reply reply;
        Conversation next = decision.next;
        reply.text = decision.text;
        reply.context = message.room;
        reply.suggestions = decision.suggestions;
        reply.trace = message.trace;
        if (request.turn->isStopped) {
            reply.text = u"Stopped before it began."_s;
        } else if (asksModel) {
            co_await converse(request, understanding.text, remembered, context, &reply, &next);
            if (request.turn->stop.isCancelled() && !request.turn->isStopped) // half an answer is not for posting
                co_return Error(Errc::Cancelled, u"The server is shutting down."_s);
        } else if (decision.action == Decision::Action::Run) {
            ReplyStream(message.room, message.message, m_progress, m_clock).begin();
            const Result<bool> acted =
                co_await act(request, decision, "turn:" + message.message.bytes(), context, &reply);
            if (!acted)
                co_return acted.error();
        } else if (decision.action == Decision::Action::Act) {
            (void)co_await actMyself(request, decision, 1, context, &reply, &next.lastOutput);
        }
        reply.isStopped = request.turn->isStopped;
        if (decision.intent && decision.action != Decision::Action::Ask)
            next.lastQuestion = message.message;
        if (decision.rejects) {
            const Result<void> noted =
                co_await m_intents.rejectQuestion(message.actor, conversation->lastQuestion, conversation->lastIntent);
            if (!noted)
                co_return noted.error();
        }
        if (decision.intent) {
            reply.intent = decision.intent->name;
            for (const IntentScore &score : understanding.ranked) {
                if (score.name == reply.intent)
                    reply.confidence = std::round(score.confidence * 1000) / 1000;
            }
        }
        const Result<void> posted = co_await post(message, context, &reply);
        if (!posted)
            co_return posted.error();
        outcome = std::move(reply);
        end.state = next.toJson();
    }
    const Result<void> paid = co_await m_repository.finishTurn(end);
    if (!paid)
        co_return paid.error();
    co_return Result<std::optional<Reply>>(std::move(outcome));
}

Understanding TurnRunner::understand(const TurnRequest &request, const Entities::Context &written,
                                     const TraceContext &context)
{
    SpanScope span(m_traces, context, u"intent"_s);
    Understanding understanding;
    understanding.context = written;
    bool mentioned = false;
    understanding.text = withoutMention(request.message.text, &mentioned);
    const Rooms::RoomState *room = m_rooms.find(request.message.room);
    understanding.addressed = mentioned || (room && room->room.kind == RoomKind::Assistant);
    understanding.ranked = request.matcher->rank(understanding.text, consideredIntents);
    QJsonArray top;
    for (const IntentScore &score : std::as_const(understanding.ranked)) {
        top.append(QJsonObject{{u"name"_s, score.name.isEmpty() ? u"(ordinary talk)"_s : score.name},
                               {u"confidence"_s, std::round(score.confidence * 1000) / 1000}});
    }
    span.set(u"top"_s, top);
    const IntentDefinition *chosen = request.dialogue->recognised(understanding.ranked);
    if (const std::optional<Trigger> trigger = request.dialogue->triggerOf(understanding.text)) {
        chosen = trigger->intent;
        span.set(u"trigger"_s, trigger->command.isEmpty() ? u"pattern"_s : u"/"_s + trigger->command);
        if (chosen) // nothing was guessed
            understanding.ranked.prepend(IntentScore{chosen->name, 1});
    }
    span.set(u"threshold"_s, request.dialogue->thresholdOf(understanding.ranked));
    span.set(u"addressed"_s, understanding.addressed);
    span.set(u"chosen"_s, chosen ? QJsonValue(chosen->name) : QJsonValue());
    span.set(u"content.entities"_s, entitiesIn(understanding.text, written));
    span.end();
    return understanding;
}

QCoro::Task<Result<Conversation>> TurnRunner::recall(RoomEvent message, TraceContext context)
{
    SpanScope span(m_traces, context, u"context"_s);
    const Result<QJsonObject> stored = co_await m_repository.conversation(message.room, message.actor);
    if (!stored) {
        span.fail(stored.error().detail);
        co_return stored.error();
    }
    const Result<RoomEventPage> recent =
        co_await m_rooms.history(internalActor(assistantUser()), message.room, message.seq, 0, recentTurns);
    Conversation conversation = Conversation::fromJson(*stored);
    span.set(u"turns"_s, recent ? int(recent->events.size()) : 0);
    span.set(u"open_question"_s, conversation.asking.isEmpty() ? QJsonValue() : QJsonValue(conversation.asking));
    span.set(u"content.state"_s, *stored);
    span.end();
    co_return Result<Conversation>(std::move(conversation));
}

QCoro::Task<Result<bool>> TurnRunner::act(TurnRequest request, Decision decision, QByteArray key, TraceContext context,
                                          Reply *reply)
{
    const Deadline deadline = Deadline::after(m_clock, m_budget);
    Workflows::StartRequest start;
    start.workflow = decision.intent->workflow;
    start.input = Dialogue::workflowInput(decision);
    start.dedupeKey = std::move(key);
    start.trace = context;
    start.actor = request.person.actor;
    start.room = request.message.room;
    Result<RunSnapshot> run = co_await m_workflows.start(std::move(start));
    if (!run) {
        if (run.error().code == Errc::Unavailable || run.error().code == Errc::Internal)
            co_return run.error(); // nothing was begun; the turn stays owed
        reply->text = u"I could not start that: %1"_s.arg(run.error().detail);
        co_return Result<bool>(false);
    }
    reply->workflowTriggered = true;
    reply->run = run->id;
    request.turn->run = run->id;
    if (request.turn->isStopped) // before there was a run to be cancelled
        (void)co_await m_workflows.cancel(run->id);
    if (!isTerminal(run->status)) {
        Result<RunSnapshot> ended = co_await m_workflows.wait(reply->run, deadline);
        if (request.token.isCancelled())
            co_return Error(Errc::Cancelled, u"The server is shutting down."_s);
        if (!ended) {
            if (ended.error().code != Errc::DeadlineExceeded)
                co_return ended.error();
            reply->text =
                u"This takes longer than %1 seconds. The work goes on, but I stopped waiting for it here."_s.arg(
                    std::chrono::duration_cast<seconds>(m_budget).count());
            co_return Result<bool>(false);
        }
        run = std::move(ended);
    }
    const bool isDone = run->status == RunStatus::Completed;
    reply->text = isDone ? request.dialogue->replyFor(decision, run->output) : failureText(*run);
    co_return Result<bool>(isDone);
}

QCoro::Task<bool> TurnRunner::serveMemory(TurnRequest request, QString text, TraceContext context, Decision *decision)
{
    const std::optional<Memory::FactRequest> wish = Memory::readFactRequest(text);
    if (!wish)
        co_return false;
    SpanScope span(m_traces, context, u"memory"_s);
    const QString kind = wish->kind == Memory::FactRequest::Kind::Remember ? u"remember"_s
                         : wish->kind == Memory::FactRequest::Kind::Forget ? u"forget"_s
                                                                           : u"tell"_s;
    span.set(u"request"_s, kind);
    span.set(u"content.about"_s, wish->content);
    decision->action = Decision::Action::Answer;
    decision->why = u"The message asks the memory to %1."_s.arg(kind);
    const Result<QString> answer = co_await m_memory.serve(request.person, request.message, *wish);
    if (answer) {
        decision->text = *answer;
    } else {
        span.fail(answer.error().detail);
        decision->text = u"I could not do that: %1"_s.arg(answer.error().detail);
    }
    span.end();
    co_return true;
}

QCoro::Task<QList<Memory::ContextEntry>> TurnRunner::remember(TurnRequest request, QString text, TraceContext context,
                                                              Decision *decision)
{
    SpanScope span(m_traces, context, u"memory"_s);
    const Result<Recollection> found = co_await m_memory.recall(request.person, request.message, text);
    if (!found) {
        span.fail(found.error().detail);
        co_return QList<Memory::ContextEntry>();
    }
    QJsonArray entries;
    for (const Memory::ContextEntry &entry : found->entries) {
        QJsonObject shown{{u"kind"_s, Memory::kindName(entry.kind)},
                          {u"text"_s, entry.text.left(200)},
                          {u"speaker"_s, entry.speaker},
                          {u"message_id"_s, entry.message.toString()},
                          {u"room_id"_s, entry.room.toString()},
                          {u"score"_s, std::round(entry.score * 1000) / 1000},
                          {u"reason"_s, entry.reason},
                          {u"included"_s, entry.included}};
        if (!entry.included)
            shown.insert(u"dropped"_s, Memory::droppedName(entry.dropped));
        entries.append(shown);
    }
    span.set(u"complete"_s, found->isComplete);
    span.set(u"found"_s, found->entries.size());
    span.set(u"content.entries"_s, entries);
    span.set(u"answers"_s, !found->answer.isEmpty());
    if (!found->answer.isEmpty()) {
        decision->text = found->answer;
        decision->suggestions.clear();
        decision->why += u" What is remembered answers it."_s;
    }
    span.end();
    co_return QList<Memory::ContextEntry>(found->entries);
}

QCoro::Task<bool> TurnRunner::actMyself(TurnRequest request, Decision decision, int number, TraceContext context,
                                        Reply *reply, QJsonObject *output)
{
    SpanScope span(m_traces, context, u"action"_s);
    ActionCall call;
    call.name = decision.intent->action;
    call.input = Dialogue::workflowInput(decision);
    call.person = request.person;
    call.replaces = decision.replaces;
    call.message = request.message;
    call.number = number;
    span.set(u"action"_s, call.name);
    span.set(u"time_zone"_s, QString::fromLatin1(request.person.zone.id()));
    span.set(u"content.input"_s, call.input);
    const Result<ActionResult> done = co_await m_act(std::move(call));
    if (!done) {
        span.fail(done.error().detail);
        QString detail = done.error().detail;
        if (!detail.endsWith(u'.'))
            detail += u'.';
        reply->text = u"I could not do that: %1"_s.arg(detail);
        co_return false;
    }
    span.set(u"content.output"_s, done->output);
    *output = done->output;
    reply->text = decision.intent->reply.isEmpty() ? done->text : request.dialogue->replyFor(decision, done->output);
    span.end();
    co_return true;
}

QCoro::Task<Result<void>> TurnRunner::post(RoomEvent message, TraceContext context, Reply *reply)
{
    SpanScope span(m_traces, context, u"reply"_s);
    Rooms::MessageDraft draft;
    draft.room = message.room;
    draft.text = reply->text;
    draft.messageType = u"assistant"_s;
    draft.clientId = "reply:" + message.message.bytes();
    draft.replyTo = message.message;
    if (!reply->suggestions.isEmpty())
        draft.metadata.insert(u"suggestions"_s, QJsonArray::fromStringList(reply->suggestions));
    if (!reply->intent.isEmpty()) {
        draft.metadata.insert(u"intent"_s, reply->intent);
        if (reply->confidence) // none: it goes on with an earlier message
            draft.metadata.insert(u"confidence"_s, *reply->confidence);
    }
    if (!reply->model.isEmpty())
        draft.metadata.insert(u"model"_s, reply->model);
    if (reply->isStopped)
        draft.metadata.insert(u"stopped"_s, true);
    const Result<Rooms::Appended> posted = co_await m_rooms.postTask(internalActor(assistantUser()), draft);
    if (!posted) {
        span.fail(posted.error().detail);
        co_return posted.error();
    }
    reply->message = posted->event.message;
    span.set(u"message_id"_s, reply->message.toString());
    span.set(u"seq"_s, posted->event.seq);
    span.set(u"trace_id"_s, posted->event.trace.toString());
    span.set(u"characters"_s, reply->text.size());
    span.set(u"content.text"_s, reply->text);
    span.end();
    co_return Result<void>();
}

} // namespace Atom::Assistant
