// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/textfeatures.h"

#include <algorithm>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
// Longer messages are judged by their beginning. A word is bounded because normalising a run of combining marks takes
// time by the square of its length.
constexpr qsizetype maxTokens = 400;
constexpr qsizetype maxWordUnits = 48;

bool isWordCharacter(QChar c)
{
    return c.isLetterOrNumber() || c.isMark() || c.isSurrogate() || c == u'_' || c == u'\'' || c == u'’' || c == u'-';
}
} // namespace

QList<Token> tokenize(const QString &text)
{
    QList<Token> tokens;
    qsizetype i = 0;
    while (i < text.size() && tokens.size() < maxTokens) {
        const qsizetype start = i;
        if (text[i] == u'{') {
            const qsizetype end = text.indexOf(u'}', i);
            if (end > 0 && end - i <= maxWordUnits) {
                i = end + 1;
                const QString placeholder = text.mid(start, i - start);
                tokens.append(Token{placeholder, placeholder});
                continue;
            }
        }
        while (i < text.size() && isWordCharacter(text[i]))
            ++i;
        if (i == start) {
            ++i;
            continue;
        }
        const QString word = text.mid(start, std::min(i - start, maxWordUnits));
        QString folded = word.normalized(QString::NormalizationForm_KC).toCaseFolded();
        folded.replace(u'’', u'\'');
        tokens.append(Token{folded, word});
    }
    return tokens;
}

QString normalized(const QString &text)
{
    QStringList words;
    for (const Token &token : tokenize(text))
        words.append(token.folded);
    return words.join(u' ');
}

QStringList features(const QList<Token> &tokens)
{
    QStringList list;
    QString previous = u"^"_s;
    for (const Token &token : tokens) {
        if (token.folded.startsWith(u'{')) {
            previous = u"{}"_s;
            continue;
        }
        list.append(u"w:"_s + token.folded);
        list.append(u"b:"_s + previous + u' ' + token.folded);
        previous = token.folded;
        const QString bounded = u'<' + token.folded + u'>';
        for (qsizetype length = 2; length <= 5; ++length) {
            for (qsizetype at = 0; at + length <= bounded.size(); ++at)
                list.append(u"c:"_s + bounded.mid(at, length));
        }
    }
    return list;
}

} // namespace Atom::Assistant
