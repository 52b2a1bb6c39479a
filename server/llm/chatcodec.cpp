// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/chatcodec.h"

#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>
#include <QtCore/QSet>

#include <algorithm>

namespace Atom::Llm {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype requestBytes = 4 << 20;
constexpr qsizetype mostCalls = 32;
constexpr qsizetype nameChars = 128;
constexpr qsizetype argumentChars = 256 * 1024;
constexpr qint64 mostTokens = 1'000'000'000;

QString roleName(ChatRole role)
{
    switch (role) {
    case ChatRole::System:
        return u"system"_s;
    case ChatRole::User:
        return u"user"_s;
    case ChatRole::Assistant:
        return u"assistant"_s;
    case ChatRole::Tool:
        return u"tool"_s;
    }
    return {};
}

QString compact(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

Error malformed(const QString &why)
{
    return Error(Errc::UpstreamFailed, u"The language model answered badly: %1."_s.arg(why));
}

QJsonObject encodeMessage(const ChatMessage &message)
{
    QJsonObject out{{u"role"_s, roleName(message.role)}, {u"content"_s, message.text}};
    if (message.role == ChatRole::Tool)
        out.insert(u"tool_call_id"_s, message.toolCallId);
    if (message.toolCalls.isEmpty())
        return out;
    QJsonArray calls;
    for (const ToolCall &call : message.toolCalls) {
        const QJsonObject function{{u"name"_s, call.name}, {u"arguments"_s, compact(call.arguments)}};
        calls.append(QJsonObject{{u"id"_s, call.id}, {u"type"_s, u"function"_s}, {u"function"_s, function}});
    }
    out.insert(u"tool_calls"_s, calls);
    if (message.text.isEmpty())
        out.insert(u"content"_s, QJsonValue::Null);
    return out;
}

Result<QJsonArray> encodeMessages(const QList<ChatMessage> &messages)
{
    if (messages.isEmpty())
        return Error::invalid(u"/messages"_s, u"There is no message."_s);
    QJsonArray out;
    QSet<QString> calls;
    for (qsizetype i = 0; i < messages.size(); ++i) {
        const ChatMessage &message = messages.at(i);
        const QString pointer = u"/messages/%1"_s.arg(i);
        if (!message.toolCalls.isEmpty() && message.role != ChatRole::Assistant)
            return Error::invalid(pointer, u"Only the assistant calls tools."_s);
        for (const ToolCall &call : message.toolCalls)
            calls.insert(call.id);
        if (message.role == ChatRole::Tool && !calls.contains(message.toolCallId))
            return Error::invalid(pointer, u"The result of a tool belongs to no call before it."_s);
        out.append(encodeMessage(message));
    }
    return out;
}

Result<QJsonArray> encodeTools(const QList<ToolDefinition> &tools)
{
    static const QRegularExpression form(u"\\A[A-Za-z0-9_-]{1,64}\\z"_s);
    QJsonArray out;
    QSet<QString> names;
    for (qsizetype i = 0; i < tools.size(); ++i) {
        const ToolDefinition &tool = tools.at(i);
        if (!form.match(tool.name).hasMatch() || names.contains(tool.name))
            return Error::invalid(u"/tools/%1"_s.arg(i), u"The name of a tool is not usable or used twice."_s);
        names.insert(tool.name);
        const QJsonObject function{
            {u"name"_s, tool.name}, {u"description"_s, tool.description}, {u"parameters"_s, tool.parameters}};
        out.append(QJsonObject{{u"type"_s, u"function"_s}, {u"function"_s, function}});
    }
    return out;
}

FinishReason finishReason(const QString &text)
{
    if (text == u"stop"_s)
        return FinishReason::Stop;
    if (text == u"length"_s)
        return FinishReason::Length;
    if (text == u"tool_calls"_s || text == u"function_call"_s)
        return FinishReason::ToolCalls;
    return text == u"content_filter"_s ? FinishReason::ContentFilter : FinishReason::Unknown;
}

std::optional<qint64> tokenCount(const QJsonValue &value)
{
    const qint64 count = value.toInteger(-1);
    return count >= 0 && count <= mostTokens ? std::optional(count) : std::nullopt;
}
} // namespace

Result<QByteArray> encodeChatRequest(const ChatRequest &request)
{
    Result<QJsonArray> messages = encodeMessages(request.messages);
    if (!messages)
        return std::move(messages.error());
    Result<QJsonArray> tools = encodeTools(request.tools);
    if (!tools)
        return std::move(tools.error());
    if (request.temperature && !(*request.temperature >= 0 && *request.temperature <= 2))
        return Error::invalid(u"/temperature"_s, u"The temperature must be from 0 to 2."_s);
    if (request.maxTokens < 0)
        return Error::invalid(u"/max_tokens"_s, u"The number of tokens cannot be negative."_s);
    QJsonObject body{{u"model"_s, request.model}, {u"messages"_s, *messages}, {u"stream"_s, request.stream}};
    if (!tools->isEmpty())
        body.insert(u"tools"_s, *tools);
    if (request.temperature)
        body.insert(u"temperature"_s, *request.temperature);
    if (request.maxTokens > 0)
        body.insert(u"max_tokens"_s, request.maxTokens);
    if (request.stream)
        body.insert(u"stream_options"_s, QJsonObject{{u"include_usage"_s, true}});
    QByteArray text = QJsonDocument(body).toJson(QJsonDocument::Compact);
    if (text.size() > requestBytes)
        return Error(Errc::PayloadTooLarge, u"The request to the language model is larger than 4 MiB."_s);
    return text;
}

Result<QString> ChatAssembler::apply(const QJsonObject &chunk)
{
    if (const QString model = chunk.value(u"model"_s).toString(); m_answer.model.isEmpty())
        m_answer.model = model.left(nameChars);
    applyUsage(chunk.value(u"usage"_s));
    const QJsonValue choices = chunk.value(u"choices"_s);
    if (!choices.isArray() && !(choices.isUndefined() && chunk.contains(u"usage"_s)))
        return malformed(u"it has no choices"_s);
    QString text = std::exchange(m_held, {});
    for (const QJsonValue &value : choices.toArray()) {
        const QJsonObject choice = value.toObject();
        if (choice.value(u"index"_s).toInt(0) != 0) // only one was asked for
            continue;
        const QJsonObject part = choice.value(choice.contains(u"delta"_s) ? u"delta"_s : u"message"_s).toObject();
        text += part.value(u"content"_s).toString();
        m_refused = m_refused || !part.value(u"refusal"_s).toString().isEmpty();
        if (Result<void> ok = applyToolCalls(part.value(u"tool_calls"_s)); !ok)
            return std::move(ok.error());
        if (const QString reason = choice.value(u"finish_reason"_s).toString(); !reason.isEmpty()) {
            m_finished = true;
            m_answer.finish = finishReason(reason);
        }
    }
    // A character may be cut in two between chunks.
    if (!text.isEmpty() && text.back().isHighSurrogate()) {
        m_held = text.last(1);
        text.chop(1);
    }
    m_answer.text += text;
    return text;
}

QString ChatAssembler::takeRest()
{
    QString rest = std::exchange(m_held, {});
    if (!rest.isEmpty())
        rest = QString(QChar(QChar::ReplacementCharacter));
    m_answer.text += rest;
    return rest;
}

Result<void> ChatAssembler::applyToolCalls(const QJsonValue &calls)
{
    for (const QJsonValue &value : calls.toArray()) {
        if (Result<void> ok = applyToolCall(value.toObject()); !ok)
            return ok;
    }
    return {};
}

//! Chunks name the call by its index. Some servers leave it out and send each call whole: a new id is a new call.
ChatAssembler::CallParts *ChatAssembler::partsOf(const QJsonObject &call)
{
    const QString id = call.value(u"id"_s).toString();
    int index = int(m_calls.size());
    if (call.contains(u"index"_s))
        index = call.value(u"index"_s).toInt(-1);
    else if (!m_calls.isEmpty() && (id.isEmpty() || id == m_calls.constLast().id))
        index = m_calls.constLast().index;
    if (index < 0 || index >= mostCalls)
        return nullptr;
    for (CallParts &parts : m_calls) {
        if (parts.index == index)
            return &parts;
    }
    m_calls.append(CallParts{index, {}, {}, {}});
    return &m_calls.last();
}

Result<void> ChatAssembler::applyToolCall(const QJsonObject &call)
{
    CallParts *parts = partsOf(call);
    if (!parts)
        return malformed(u"the number of a tool call is out of range"_s);
    const QJsonObject function = call.value(u"function"_s).toObject();
    if (const QString id = call.value(u"id"_s).toString(); parts->id.isEmpty())
        parts->id = id;
    // Some servers repeat the name in each piece, others send it in pieces.
    if (const QString name = function.value(u"name"_s).toString(); name != parts->name)
        parts->name += name;
    const QJsonValue arguments = function.value(u"arguments"_s);
    parts->arguments += arguments.isObject() ? compact(arguments.toObject()) : arguments.toString();
    if (parts->id.size() > nameChars || parts->name.size() > nameChars || parts->arguments.size() > argumentChars)
        return malformed(u"a tool call is too large"_s);
    return {};
}

void ChatAssembler::applyUsage(const QJsonValue &usage)
{
    const std::optional<qint64> input = tokenCount(usage.toObject().value(u"prompt_tokens"_s));
    const std::optional<qint64> output = tokenCount(usage.toObject().value(u"completion_tokens"_s));
    if (!input || !output)
        return;
    m_answer.usage = TokenUsage{*input, *output, false};
    m_hasUsage = true;
}

Result<ChatAnswer> ChatAssembler::finish(const ChatRequest &request) const
{
    ChatAnswer answer = m_answer;
    QList<CallParts> calls = m_calls;
    std::sort(calls.begin(), calls.end(), [](const CallParts &a, const CallParts &b) { return a.index < b.index; });
    qint64 callTokens = 0;
    for (const CallParts &parts : calls) {
        if (parts.name.isEmpty())
            return malformed(u"a tool call has no name"_s);
        ToolCall call{parts.id.isEmpty() ? u"call_%1"_s.arg(parts.index) : parts.id, parts.name, {}};
        if (!parts.arguments.trimmed().isEmpty()) {
            Result<QJsonObject> arguments = parseJsonObject(parts.arguments.toUtf8());
            if (!arguments)
                return malformed(u"the arguments of the tool call %1 are not a JSON object"_s.arg(parts.name));
            call.arguments = *arguments;
        }
        callTokens += estimateTokens(parts.name) + estimateTokens(parts.arguments);
        answer.toolCalls.append(std::move(call));
    }
    // Some servers end with "stop" although they ask for tools.
    if (!answer.toolCalls.isEmpty() && answer.finish == FinishReason::Stop)
        answer.finish = FinishReason::ToolCalls;
    if (m_refused && answer.text.isEmpty())
        answer.finish = FinishReason::ContentFilter;
    if (!m_hasUsage)
        answer.usage = TokenUsage{estimateTokens(request), estimateTokens(answer.text) + callTokens, true};
    return answer;
}

} // namespace Atom::Llm
