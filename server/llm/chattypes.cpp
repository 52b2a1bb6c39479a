// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/chattypes.h"

#include <QtCore/QJsonDocument>

namespace Atom::Llm {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 messageTokens = 4; // what surrounds a message: its role and marks

qint64 estimateTokens(const QJsonObject &json)
{
    return Llm::estimateTokens(QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact)));
}
} // namespace

QString modelFaultName(ModelFault fault)
{
    switch (fault) {
    case ModelFault::None:
        return u"none"_s;
    case ModelFault::BadRequest:
        return u"bad_request"_s;
    case ModelFault::Unreachable:
        return u"unreachable"_s;
    case ModelFault::Timeout:
        return u"timeout"_s;
    case ModelFault::KeyRefused:
        return u"key_refused"_s;
    case ModelFault::ModelUnknown:
        return u"model_unknown"_s;
    case ModelFault::RateLimited:
        return u"rate_limited"_s;
    case ModelFault::QuotaUsedUp:
        return u"quota_used_up"_s;
    case ModelFault::ServerFailed:
        return u"server_failed"_s;
    case ModelFault::Refused:
        return u"refused"_s;
    case ModelFault::TooLong:
        return u"too_long"_s;
    case ModelFault::Filtered:
        return u"filtered"_s;
    case ModelFault::Malformed:
        return u"malformed"_s;
    case ModelFault::CutOff:
        return u"cut_off"_s;
    case ModelFault::Down:
        return u"down"_s;
    case ModelFault::Busy:
        return u"busy"_s;
    case ModelFault::Cancelled:
        return u"cancelled"_s;
    }
    return {};
}

qint64 estimateTokens(const QString &text)
{
    qint64 quarters = 0;
    for (const QChar c : text) {
        if (c.unicode() < 0x80)
            quarters += 1;
        else if (c.unicode() < 0x2e80 || c.isLowSurrogate())
            quarters += 2;
        else
            quarters += 4;
    }
    return (quarters + 3) / 4;
}

qint64 estimateTokens(const ChatRequest &request)
{
    qint64 sum = 0;
    for (const ChatMessage &message : request.messages) {
        sum += messageTokens + estimateTokens(message.text);
        for (const ToolCall &call : message.toolCalls)
            sum += messageTokens + estimateTokens(call.name) + estimateTokens(call.arguments);
    }
    for (const ToolDefinition &tool : request.tools)
        sum += messageTokens + estimateTokens(tool.name) + estimateTokens(tool.description) +
               estimateTokens(tool.parameters);
    return sum;
}

} // namespace Atom::Llm
