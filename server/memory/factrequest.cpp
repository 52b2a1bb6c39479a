// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/fact.h"

#include <QtCore/QRegularExpression>

namespace Atom::Memory {
using namespace Qt::StringLiterals;

namespace {
// Greetings, the name of whom it is said to, and courtesy: at most four of them, so that matching stays linear.
const QString lead = uR"(^(?:(?:hey|hi|hello|ok|okay|so|and|also|oh|please|pls|kindly|assistant|@[\w.-]{1,64}|)"
                     uR"((?:can|could|would|will) you(?: please)?)[\s,:!]+){0,4})"_s;
const QString apostrophe = uR"((?:'|\x{2019})?)"_s;

QRegularExpression pattern(const QString &rest)
{
    return QRegularExpression(lead + rest, QRegularExpression::CaseInsensitiveOption |
                                               QRegularExpression::DotMatchesEverythingOption |
                                               QRegularExpression::UseUnicodePropertiesOption);
}

struct Form
{
    FactRequest::Kind kind;
    QRegularExpression expression; //!< its first capture is the content
};

//! In this order: the first that matches counts.
const std::vector<Form> &forms()
{
    using Kind = FactRequest::Kind;
    static const std::vector<Form> all = [] {
        const QString remember =
            u"(?:remember|note|take note|make a note|bear in mind|keep in mind|(?:do not|don%1t|never) forget)"_s.arg(
                apostrophe);
        return std::vector<Form>{
            {Kind::Remember, pattern(remember + uR"(\s*(?:\bthat\b[\s,:]*|:)\s*(\S.*)$)"_s)},
            // Without "that" it must be plain that something is told: the next word says whose or who.
            {Kind::Remember,
             pattern(
                 u"(?:please )?(?:remember|note|keep in mind|(?:do not|don%1t) forget)"_s.arg(apostrophe) +
                 uR"(,?\s+((?:my|our|his|her|their|i|we|i)"_s + apostrophe +
                 uR"((?:m|ve)?|he|she|they|it|the|[\w-]+)\s+(?:\S+\s+){0,6}?)"_s +
                 uR"((?:is|are|was|were|am|has|have|had|will|likes?|loves?|hates?|prefers?|lives?|works?|needs?|wants?)\b.*)$)"_s)},
            {Kind::Forget,
             pattern(u"forget (?:everything|all|all facts|me)(?: (?:that )?(?:you know|i (?:have )?(?:told|said)"
                     u"(?: to)?(?: you)?))?(?: about me)?()[.!\\s]*$"_s)},
            {Kind::Forget, pattern(u"forget (?:what(?:ever)? i (?:have )?(?:said|told you) about|what you know about|"
                                   u"everything about|everything you know about|all about|about|that)\\s+(\\S.*)$"_s)},
            {Kind::Tell, pattern(u"what (?:do|did) you (?:know|remember|recall|have on)"
                                 u"(?: about| of)?\\s*(\\S.*)?$"_s)},
            {Kind::Tell,
             pattern(u"what (?:did|have) i (?:tell|told|ask|asked) you (?:to remember|about|to remember about)"
                     u"\\s*(\\S.*)?$"_s)},
            {Kind::Tell,
             pattern(u"(?:tell|show) me (?:what|everything) you (?:know|remember)(?: about| of)?\\s*(\\S.*)?$"_s)},
        };
    }();
    return all;
}

QString withoutEnd(QString content)
{
    content = content.trimmed();
    while (!content.isEmpty() && u".!?,;: \n\t"_s.contains(content.back()))
        content.chop(1);
    return content;
}

bool isMe(const QString &content)
{
    static const QStringList words{u"me"_s, u"myself"_s, u"my facts"_s, u"about me"_s};
    return words.contains(content.toCaseFolded());
}

//! "Remember when", "remember to", "remember what she said?": nothing is told.
bool isNoFact(const QString &content)
{
    static const QRegularExpression start(
        u"^(?:when|to|how|what|where|who|why|which|if|whether|those|(?:that |the )?(?:time|day|night|one time)"
        u"(?= (?:in|at|on|when|we|you|i|they|he|she|it))|the time|the day)\\b"_s,
        QRegularExpression::CaseInsensitiveOption);
    return start.match(content).hasMatch();
}
} // namespace

std::optional<FactRequest> readFactRequest(const QString &text)
{
    const QString said = text.trimmed();
    if (said.isEmpty() || said.size() > Fact::longestText + 200)
        return std::nullopt;
    const bool isQuestion = said.endsWith(u'?');
    for (const Form &form : forms()) {
        const QRegularExpressionMatch match = form.expression.match(said);
        if (!match.hasMatch())
            continue;
        FactRequest request{form.kind, withoutEnd(match.captured(1))};
        switch (form.kind) {
        case FactRequest::Kind::Remember: {
            const bool asksPolitely = match.capturedStart(1) > 0 && said.contains(u" you "_s);
            if (request.content.isEmpty() || isNoFact(request.content) || (isQuestion && !asksPolitely))
                return std::nullopt;
            break;
        }
        case FactRequest::Kind::Forget:
            if (match.captured(1).isEmpty() || isMe(request.content))
                request.content.clear();
            else if (request.content.isEmpty())
                return std::nullopt;
            break;
        case FactRequest::Kind::Tell:
            if (isMe(request.content))
                request.content.clear();
            break;
        }
        if (request.content.size() > Fact::longestText)
            return std::nullopt;
        return request;
    }
    return std::nullopt;
}

} // namespace Atom::Memory
