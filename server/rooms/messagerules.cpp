// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/messagerules.h"

#include "server/rooms/codespans.h"
#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonDocument>

#include <algorithm>
#include <array>
#include <optional>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;

namespace {
Error tooLarge(const QString &pointer, const QString &text)
{
    Error error = Error::invalid(pointer, text);
    error.code = Errc::PayloadTooLarge;
    return error;
}

bool isWordCharacter(QChar c)
{
    return c.isLetterOrNumber() || c == u'_';
}
} // namespace

Result<void> checkText(const QString &text, qsizetype limitBytes)
{
    if (std::all_of(text.begin(), text.end(), [](QChar c) { return c.isSpace(); })) // most end at the first character
        return Error::invalid(u"/message"_s, u"A message needs a text."_s);
    // Most messages are far below the limit: a UTF-16 unit never takes more than three bytes.
    if (text.size() > limitBytes || (text.size() * 3 > limitBytes && text.toUtf8().size() > limitBytes))
        return tooLarge(u"/message"_s, u"The text is longer than %1 bytes."_s.arg(limitBytes));
    if (text.contains(QChar(u'\0')))
        return Error::invalid(u"/message"_s, u"The text must not contain NUL characters."_s);
    return {};
}

Result<void> checkMessage(const Actor &actor, const MessageDraft &draft, const RoomLimits &limits)
{
    if (Result<void> text = checkText(draft.text, limits.textBytes); !text)
        return text;
    if (draft.clientId.size() > 128 || draft.clientId.contains('\0') || !isValidUtf8(draft.clientId))
        return Error::invalid(u"/client_id"_s, u"client_id is at most 128 bytes of UTF-8 without NUL."_s);
    constexpr std::array clientTypes{"text"_L1, "file"_L1, "voice"_L1, "encrypted"_L1};
    constexpr std::array internalTypes{"system"_L1, "assistant"_L1};
    const auto isType = [&draft](QLatin1StringView type) { return draft.messageType == type; };
    if (std::none_of(clientTypes.begin(), clientTypes.end(), isType) &&
        !(isInternalActor(actor) && std::any_of(internalTypes.begin(), internalTypes.end(), isType)))
        return Error::invalid(u"/message_type"_s, u"message_type is one of text, file, voice, encrypted."_s);
    if (!draft.metadata.isEmpty() &&
        QJsonDocument(draft.metadata).toJson(QJsonDocument::Compact).size() > limits.metadataBytes)
        return tooLarge(u"/metadata"_s, u"metadata is larger than %1 bytes."_s.arg(limits.metadataBytes));
    if (!draft.replyTo.isEmpty() && !isValidIdText(draft.replyTo.bytes()))
        return Error::invalid(u"/reply_to"_s, u"reply_to is no message id."_s);
    return {};
}

Result<void> checkRoomName(const QString &name)
{
    const bool isClean =
        std::all_of(name.begin(), name.end(), [](QChar c) { return c.category() != QChar::Other_Control; });
    if (name.size() > 128 || !isClean)
        return Error::invalid(u"/name"_s, u"A room's name is at most 128 characters without control characters."_s);
    return {};
}

Result<void> checkReaction(const QString &reaction)
{
    const bool isClean = std::all_of(reaction.begin(), reaction.end(),
                                     [](QChar c) { return c.category() != QChar::Other_Control && !c.isSpace(); });
    if (reaction.isEmpty() || reaction.size() > 32 || !isClean)
        return Error::invalid(u"/reaction"_s,
                              u"A reaction is an emoji or a short code: 1 to 32 characters, no spaces."_s);
    return {};
}

bool mentionsAssistant(QStringView text)
{
    constexpr QLatin1StringView name("assistant");
    std::optional<CodeSpans> code; // for the whole text, once a name was found
    for (qsizetype at = text.indexOf(u'@'); at >= 0; at = text.indexOf(u'@', at + 1)) {
        const qsizetype end = at + 1 + name.size();
        const bool begins = at == 0 || !isWordCharacter(text[at - 1]);
        const bool ends = end >= text.size() || !isWordCharacter(text[end]);
        const QStringView word = text.sliced(at + 1).first(std::min(name.size(), text.size() - at - 1));
        if (!begins || !ends || word.compare(name, Qt::CaseInsensitive) != 0)
            continue;
        if (!code)
            code.emplace(text);
        if (!code->contains(at))
            return true;
    }
    return false;
}

} // namespace Atom::Rooms
