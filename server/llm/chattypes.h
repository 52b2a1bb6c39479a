// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QJsonObject>

#include <functional>
#include <optional>

namespace Atom::Llm {

enum class ChatRole { System, User, Assistant, Tool };

//! \brief A function that the model wants to be called. `arguments` come from the model: check them like any input.
struct ToolCall
{
    QString id;
    QString name;
    QJsonObject arguments;
    bool operator==(const ToolCall &) const = default;
};

struct ChatMessage
{
    ChatRole role = ChatRole::User;
    QString text;
    QList<ToolCall> toolCalls; //!< of the assistant
    QString toolCallId;        //!< of a tool's result: which call it answers

    static ChatMessage system(const QString &text) { return {ChatRole::System, text, {}, {}}; }
    static ChatMessage user(const QString &text) { return {ChatRole::User, text, {}, {}}; }
    static ChatMessage result(const QString &callId, const QString &text) { return {ChatRole::Tool, text, {}, callId}; }
};

struct ToolDefinition
{
    QString name; //!< a-z, A-Z, 0-9, '_' and '-', 1 to 64
    QString description;
    QJsonObject parameters; //!< a JSON Schema of an object
};

struct ChatRequest
{
    QString model; //!< empty: the one of the settings
    QList<ChatMessage> messages;
    QList<ToolDefinition> tools;
    std::optional<double> temperature; //!< 0 to 2
    int maxTokens = 0;                 //!< of the answer; 0: as the settings say
    bool stream = true;
};

struct TokenUsage
{
    qint64 input = 0;
    qint64 output = 0;
    bool estimated = false; //!< the provider did not say
    bool operator==(const TokenUsage &) const = default;
};

enum class FinishReason { Unknown, Stop, Length, ToolCalls, ContentFilter };

struct ChatAnswer
{
    QString text;
    QList<ToolCall> toolCalls;
    FinishReason finish = FinishReason::Unknown;
    TokenUsage usage;
    QString model; //!< as the provider names it
};

//! \brief What went wrong, finer than Errc: for monitoring, and for what the caller does next.
enum class ModelFault {
    None,
    BadRequest,   //!< our own request does not hold together
    Unreachable,  //!< no connection, TLS, or an answer that breaks off before it begins
    Timeout,      //!< too long without an answer, or without an end
    KeyRefused,   //!< 401, 403
    ModelUnknown, //!< 404
    RateLimited,  //!< 429
    QuotaUsedUp,  //!< 402, or 429 that says so: waiting does not help
    ServerFailed, //!< 5xx
    Refused,      //!< another 4xx, a redirect
    TooLong,      //!< the conversation does not fit the model
    Filtered,     //!< the provider's content filter
    Malformed,    //!< not what the protocol says: a web page, broken JSON, an endless line
    CutOff,       //!< the stream ended before the answer did
    Down,         //!< not asked: it failed too often, see CircuitBreaker
    Busy,         //!< not asked: too many calls wait already
    Cancelled,
};
QString modelFaultName(ModelFault fault); //!< "key_refused"; for logs, traces and metrics

//! \brief How a call ended. Not a Result: a failed one has the text that had come, and callers want both.
struct ChatOutcome
{
    ChatAnswer answer; //!< with an error: what had come until then
    std::optional<Error> error;
    ModelFault fault = ModelFault::None;
    int attempts = 0; //!< requests sent
    bool isOk() const { return !error; }
};

//! \brief Called with each new piece of the answer's text, in order, never empty, whole characters only.
using TextSink = std::function<void(const QString &delta)>;

struct Embeddings
{
    QList<QList<float>> vectors; //!< in the order of the texts, all of one dimension
    TokenUsage usage;
};

//! \brief Tokens of a text, roughly, rather too many than too few: a quarter for an ASCII character, a half for one of
//! another alphabet, one for anything else.
qint64 estimateTokens(const QString &text);
qint64 estimateTokens(const ChatRequest &request);

} // namespace Atom::Llm
