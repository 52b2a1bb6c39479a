// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/conversation.h"

#include "server/assistant/textfeatures.h"

#include <QtCore/QRegularExpression>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

QJsonObject Conversation::toJson() const
{
    QJsonObject values;
    for (auto it = slotValues.cbegin(); it != slotValues.cend(); ++it)
        values.insert(it.key(), it.value());
    QJsonObject json;
    if (!intent.isEmpty()) {
        json.insert(u"intent"_s, intent);
        json.insert(u"asking"_s, asking);
    }
    if (!lastIntent.isEmpty())
        json.insert(u"last_intent"_s, lastIntent);
    if (!lastQuestion.isEmpty())
        json.insert(u"last_question"_s, lastQuestion.toString());
    if (!values.isEmpty())
        json.insert(u"slots"_s, values);
    if (!lastOutput.isEmpty())
        json.insert(u"last_output"_s, lastOutput);
    return json;
}

Conversation Conversation::fromJson(const QJsonObject &json)
{
    Conversation conversation;
    conversation.intent = json.value("intent"_L1).toString();
    conversation.asking = json.value("asking"_L1).toString();
    conversation.lastIntent = json.value("last_intent"_L1).toString();
    conversation.lastQuestion = MessageId::fromString(json.value("last_question"_L1).toString());
    conversation.lastOutput = json.value("last_output"_L1).toObject();
    const QJsonObject values = json.value("slots"_L1).toObject();
    for (auto it = values.begin(); it != values.end(); ++it)
        conversation.slotValues.insert(it.key(), it->toString());
    return conversation;
}

bool isCancellation(const QString &text)
{
    static const QStringList phrases{u"never mind"_s,      u"nevermind"_s, u"cancel"_s,    u"cancel that"_s,
                                     u"cancel it"_s,       u"stop"_s,      u"forget it"_s, u"forget that"_s,
                                     u"forget about it"_s, u"no thanks"_s};
    return phrases.contains(normalized(text));
}

bool isCorrection(const QString &text)
{
    static const QRegularExpression beginning(u"^\\s*(no\\b|actually\\b|sorry\\b|i (meant|mean)\\b)"_s,
                                              QRegularExpression::CaseInsensitiveOption);
    return beginning.match(text).hasMatch() && tokenize(text).size() <= 8;
}

bool isRejection(const QString &text)
{
    static const QRegularExpression phrase(u"\\A(no |sorry )?(not (this|that)|wrong|((this|that)( is|'s|s)|it's|it is) "
                                           u"(wrong|not (it|what i (meant|mean|wanted|want|asked"
                                           u"( for)?|said)))|(that|this) (wasn't|was not) what i (meant|wanted|asked( "
                                           u"for)?)|i did(n't| not) (mean|ask for) (that|this)"
                                           u"|you misunderstood( me)?)\\z"_s);
    return phrase.match(normalized(text)).hasMatch();
}

bool isFollowUp(const QString &text)
{
    static const QRegularExpression beginning(u"^\\s*(and|(and )?(what|how) about)\\b"_s,
                                              QRegularExpression::CaseInsensitiveOption);
    return beginning.match(text).hasMatch() && tokenize(text).size() <= 8;
}

QString withoutMention(const QString &text, bool *found)
{
    static const QRegularExpression mention(u"(^|[^\\w@])@assistant\\b[,:]?\\s*"_s,
                                            QRegularExpression::CaseInsensitiveOption);
    QString rest = text;
    *found = rest.contains(mention);
    return rest.replace(mention, u"\\1"_s).trimmed();
}

} // namespace Atom::Assistant
