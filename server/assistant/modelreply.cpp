// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/modelreply.h"

#include "server/assistant/slotextractor.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;
using Llm::ChatMessage;
using Llm::ChatRole;

namespace {
constexpr qsizetype turnLength = 2'000;
constexpr qsizetype listedEntries = 100; // of a longer list the model has to take the words of the person
constexpr qsizetype resultLength = 8'000;

QString when(Timestamp at, const QTimeZone &zone)
{
    return QDateTime::fromMSecsSinceEpoch(toMillis(at), zone).toString(u"yyyy-MM-dd HH:mm"_s);
}

//! What the prompt has between its marks, a thing a line: whoever wrote it cannot begin a line of another kind.
QString dataOf(const ModelQuestion &question)
{
    const QTimeZone &zone = question.person.zone;
    const QString name =
        question.person.displayName.isEmpty() ? question.person.actor.user.toString() : question.person.displayName;
    QStringList lines{u"room: %1 (%2)"_s.arg(question.roomName, question.isAlone ? u"only the person and you"_s
                                                                                 : u"several people read it"_s),
                      u"person: %1, id %2, time zone %3"_s.arg(name.simplified(), question.person.actor.user.toString(),
                                                               QString::fromLatin1(zone.id()))};
    for (const Memory::ContextEntry &entry : question.remembered) {
        if (!entry.included)
            continue;
        const QString text = entry.text.simplified();
        lines.append(entry.kind == Memory::ContextEntry::Kind::Fact
                         ? u"the person asked you to remember: %1"_s.arg(text)
                         : u"said before by %1 in room %2 at %3: %4"_s.arg(entry.speaker, entry.room.toString(),
                                                                           when(entry.at, zone), text));
    }
    return lines.join(u'\n');
}

QJsonObject parametersOf(const IntentDefinition &intent)
{
    QJsonObject properties;
    QJsonArray required;
    for (const SlotDefinition &slot : intent.slotList) {
        QString about = slot.prompt;
        switch (slot.type) {
        case SlotType::Time:
            about += u" (a date and time, as the person said it or as ISO 8601)"_s;
            break;
        case SlotType::Duration:
            about += u" (a duration, as \"20 minutes\")"_s;
            break;
        case SlotType::Money:
            about += u" (an amount with its currency, as \"12.50 EUR\")"_s;
            break;
        case SlotType::Person:
            about += u" (a user, as \"@name\")"_s;
            break;
        default:
            break;
        }
        QJsonObject property{{u"type"_s, slot.type == SlotType::Number ? u"number"_s : u"string"_s},
                             {u"description"_s, about}};
        if (slot.type == SlotType::Choice)
            property.insert(u"enum"_s, QJsonArray::fromStringList(slot.values));
        if (slot.type == SlotType::List && slot.entries.size() <= listedEntries) {
            QJsonArray values;
            for (const Entities::WordList::Entry &entry : slot.entries)
                values.append(entry.value);
            property.insert(u"enum"_s, values);
        }
        properties.insert(slot.name, property);
        if (slot.required)
            required.append(slot.name);
    }
    return {{u"type"_s, u"object"_s},
            {u"properties"_s, properties},
            {u"required"_s, required},
            {u"additionalProperties"_s, false}};
}

QList<Llm::ToolDefinition> toolsOf(const Dialogue &dialogue)
{
    QList<Llm::ToolDefinition> tools;
    for (const IntentDefinition &intent : dialogue.intents()) {
        const bool isDoable = !intent.workflow.isEmpty() || !intent.action.isEmpty();
        if (!intent.enabled || !isDoable || tools.size() == ModelReply::mostTools)
            continue;
        tools.append(Llm::ToolDefinition{intent.name, intent.description, parametersOf(intent)});
    }
    return tools;
}

//! The values of a call as words, read like an answer to the slot's own question.
QHash<QString, QString> readArguments(const IntentDefinition &intent, const QJsonObject &arguments,
                                      const Entities::Context &context, QStringList *mistakes)
{
    QHash<QString, QString> values;
    for (const QString &name : arguments.keys()) {
        if (!intent.slot(name))
            mistakes->append(u"there is no argument \"%1\""_s.arg(name));
    }
    for (const SlotDefinition &slot : intent.slotList) {
        const QJsonValue given = arguments.value(slot.name);
        const QString said = given.isDouble() ? QString::number(given.toDouble(), 'g', 15) : given.toString();
        if (said.trimmed().isEmpty()) {
            if (slot.required)
                mistakes->append(u"\"%1\" is missing: ask the person for it"_s.arg(slot.name));
            else if (!slot.fallback.isEmpty())
                values.insert(slot.name, slot.fallback);
            continue;
        }
        const bool isFree = slot.type == SlotType::Text || slot.type == SlotType::Name;
        const QString value =
            isFree ? said.simplified().left(turnLength) : slotFromAnswer(intent, slot, said.left(turnLength), context);
        if (value.isEmpty())
            mistakes->append(u"\"%1\" was not understood as a %2"_s.arg(slot.name, slotTypeName(slot.type)));
        else
            values.insert(slot.name, value);
    }
    return values;
}

Entities::Context contextOf(const ModelQuestion &question)
{
    Entities::Context context;
    context.zone = question.person.zone;
    context.now = QDateTime::fromMSecsSinceEpoch(toMillis(question.message.at), context.zone);
    context.dayFirst = question.person.dayFirst;
    return context;
}

//! A budget and a broken connection are told to the person in other words than to the administrator.
Error toldToPerson(const Error &error)
{
    if (error.code == Errc::Cancelled || error.code == Errc::RateLimited)
        return error;
    return Error(error.code, u"the language model could not be asked"_s, error.detail);
}
} // namespace

ModelReply::ModelReply(Llm::LanguageModel &model, Llm::LlmBudget &budget, const Llm::PromptLibrary &prompts,
                       TraceSink &traces, Clock &clock)
    : m_model(model), m_budget(budget), m_prompts(prompts), m_traces(traces), m_clock(clock)
{
}

Result<Llm::ChatRequest> ModelReply::request(const ModelQuestion &question, Llm::PromptText *prompt) const
{
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(toMillis(m_clock.now()), question.person.zone);
    Result<Llm::PromptText> text = m_prompts.render(
        u"assistant-reply"_s,
        {{u"assistant_name"_s, u"Assistant"_s},
         {u"now"_s, now.toString(u"dddd yyyy-MM-dd HH:mm"_s) + u' ' + QString::fromLatin1(question.person.zone.id())},
         {u"context"_s, dataOf(question)}});
    if (!text)
        return text.error();
    *prompt = *text;
    Llm::ChatRequest request;
    request.messages.append(ChatMessage::system(text->text));
    for (const RoomEvent &turn : question.turns) {
        if (turn.kind != RoomEventKind::Message || turn.deleted || turn.text.isEmpty())
            continue;
        ChatMessage message;
        message.role = turn.actor == assistantUser() ? ChatRole::Assistant : ChatRole::User;
        message.text = turn.text.left(turnLength);
        if (message.role == ChatRole::User && !question.isAlone)
            message.text.prepend(turn.actor.toString() + u": "_s);
        request.messages.append(message);
    }
    request.messages.append(ChatMessage::user(question.text));
    request.tools = toolsOf(*question.dialogue);
    return request;
}

QCoro::Task<ChatMessage> ModelReply::callTool(const ModelQuestion *question, UseTool useTool, Llm::ToolCall call,
                                              int number) const
{
    const IntentDefinition *intent = nullptr;
    for (const IntentDefinition &one : question->dialogue->intents()) {
        if (one.name == call.name && one.enabled && (!one.workflow.isEmpty() || !one.action.isEmpty()))
            intent = &one;
    }
    QJsonObject result;
    QStringList mistakes;
    if (!intent) {
        mistakes.append(u"there is no tool \"%1\""_s.arg(call.name));
    } else if (number > mostCalls) {
        mistakes.append(u"too many calls in one answer"_s);
    } else {
        QHash<QString, QString> values = readArguments(*intent, call.arguments, contextOf(*question), &mistakes);
        if (mistakes.isEmpty()) {
            const ToolOutcome outcome = co_await useTool(intent, std::move(values), number);
            result.insert(u"done"_s, outcome.isDone);
            result.insert(u"told"_s, outcome.text);
            if (!outcome.output.isEmpty())
                result.insert(u"output"_s, outcome.output);
        }
    }
    if (!mistakes.isEmpty()) {
        result.insert(u"done"_s, false);
        result.insert(u"mistakes"_s, QJsonArray::fromStringList(mistakes));
    }
    const QString text = QString::fromUtf8(QJsonDocument(result).toJson(QJsonDocument::Compact)).left(resultLength);
    const ChatMessage message = ChatMessage::result(call.id, text);
    co_return message;
}

QCoro::Task<ModelAnswer> ModelReply::write(ModelQuestion question, UseTool useTool, ReplyStream *stream,
                                           TraceContext context, Deadline deadline, CancellationToken token)
{
    ModelAnswer answer;
    Llm::PromptText prompt;
    Result<Llm::ChatRequest> asked = request(question, &prompt);
    if (!asked) {
        answer.error = toldToPerson(asked.error());
        co_return answer;
    }
    int calls = 0;
    for (int round = 1; round <= rounds; ++round) {
        SpanScope span(m_traces, context, u"model"_s);
        span.set(u"round"_s, round);
        span.set(u"prompt"_s,
                 u"%1/%2/%3"_s.arg(prompt.name, QString::number(prompt.version), QString::fromLatin1(prompt.digest)));
        Llm::ChatRequest request = *asked;
        if (round == rounds)
            request.tools.clear(); // it has to come to an end
        Llm::TokenUsage estimate;
        estimate.input = Llm::estimateTokens(request);
        estimate.estimated = true;
        Result<Llm::LlmBudget::Reservation> place =
            m_budget.reserve(question.message.actor, question.message.room, estimate);
        if (!place) {
            span.fail(place.error().detail);
            answer.error = toldToPerson(place.error());
            break;
        }
        answer.isNearBudget = place->isNear();
        const auto begun = m_clock.monotonic();
        auto first = std::make_shared<std::optional<milliseconds>>();
        const qsizetype before = stream->text().size();
        Llm::TextSink sink = [this, stream, begun, first, before](const QString &delta) {
            if (!*first)
                *first = std::chrono::duration_cast<milliseconds>(m_clock.monotonic() - begun);
            // What was said before a tool was called stands in a paragraph of its own.
            stream->add(before > 0 && stream->text().size() == before ? u"\n\n"_s + delta : delta);
        };
        const Llm::ChatOutcome outcome = co_await m_model.chat(request, std::move(sink), deadline, token);
        Llm::TokenUsage usage = outcome.answer.usage;
        if (outcome.attempts > 0 && usage.input == 0) { // it broke before it could say
            usage = estimate;
            usage.output = Llm::estimateTokens(outcome.answer.text);
        }
        if (outcome.attempts > 0)
            place->settle(usage);
        if (!outcome.answer.model.isEmpty())
            answer.model = outcome.answer.model;
        span.set(u"model"_s, answer.model);
        span.set(u"attempts"_s, outcome.attempts);
        span.set(u"input_tokens"_s, usage.input);
        span.set(u"output_tokens"_s, usage.output);
        span.set(u"tokens_estimated"_s, usage.estimated);
        span.set(u"cost_micros"_s, m_budget.costMicros(usage));
        span.set(u"budget_near"_s, answer.isNearBudget);
        if (*first)
            span.set(u"first_text_ms"_s, qint64((**first).count()));
        QJsonArray tools;
        for (const Llm::ToolCall &call : outcome.answer.toolCalls)
            tools.append(QJsonObject{{u"name"_s, call.name}, {u"arguments"_s, call.arguments}});
        if (!tools.isEmpty())
            span.set(u"content.tool_calls"_s, tools);
        if (outcome.error) {
            span.set(u"fault"_s, Llm::modelFaultName(outcome.fault));
            span.fail(outcome.error->detail);
            answer.error = toldToPerson(*outcome.error);
            break;
        }
        if (outcome.answer.toolCalls.isEmpty()) {
            if (outcome.answer.finish == Llm::FinishReason::Length)
                stream->add(u" …"_s);
            span.end();
            break;
        }
        span.end();
        ChatMessage said;
        said.role = ChatRole::Assistant;
        said.text = outcome.answer.text;
        said.toolCalls = outcome.answer.toolCalls;
        asked->messages.append(said);
        const QList<Llm::ToolCall> wanted = outcome.answer.toolCalls;
        for (const Llm::ToolCall &call : wanted) {
            ++calls;
            const ChatMessage result = co_await callTool(&question, useTool, call, calls);
            asked->messages.append(result);
            if (token.isCancelled())
                break;
        }
        if (token.isCancelled()) {
            answer.error = Error(Errc::Cancelled, u"It was stopped."_s);
            break;
        }
    }
    answer.text = stream->text().trimmed();
    if (answer.text.isEmpty() && !answer.error)
        answer.error = Error(Errc::UpstreamFailed, u"the language model said nothing"_s);
    co_return answer;
}

} // namespace Atom::Assistant
