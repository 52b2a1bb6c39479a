// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/llm/chattypes.h"

namespace Atom::Llm {

//! \brief The body of `POST /chat/completions`. `model` and `maxTokens` must be set already.
//! \return ValidationFailed with a FieldError: no messages, a tool result without its call, a bad tool name, a
//! temperature out of range; PayloadTooLarge above 4 MiB.
Result<QByteArray> encodeChatRequest(const ChatRequest &request);

//! \brief Puts an answer together from the pieces of a stream, or from the one object of a plain answer. A value.
class ChatAssembler
{
public:
    //! \brief Takes a chunk, or a whole answer. \return the text that is new, perhaps empty; UpstreamFailed: not of
    //! the protocol, or more or larger tool calls than any model has reason to make.
    Result<QString> apply(const QJsonObject &chunk);
    //! \brief The provider said how it ended.
    bool isFinished() const { return m_finished; }
    //! \brief Text that nobody has been given yet: half of a surrogate pair at the end.
    QString takeRest();
    //! \brief The answer so far, without tool calls.
    const ChatAnswer &partial() const { return m_answer; }
    //! \brief The whole answer; `request` serves to estimate the usage when the provider did not say it.
    //! \return UpstreamFailed: the arguments of a tool call are not a JSON object, or it has no name.
    Result<ChatAnswer> finish(const ChatRequest &request) const;

private:
    struct CallParts
    {
        int index = 0;
        QString id;
        QString name;
        QString arguments;
    };
    Result<void> applyToolCalls(const QJsonValue &calls);
    Result<void> applyToolCall(const QJsonObject &call);
    CallParts *partsOf(const QJsonObject &call);
    void applyUsage(const QJsonValue &usage);

    ChatAnswer m_answer;
    QList<CallParts> m_calls;
    QString m_held;
    bool m_finished = false;
    bool m_refused = false;
    bool m_hasUsage = false;
};

} // namespace Atom::Llm
