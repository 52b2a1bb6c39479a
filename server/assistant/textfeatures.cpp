// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/textfeatures.h"

#include <QtCore/QStringList>

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

// FNV-1a over UTF-16 units with a last mix: the same on every machine and in every run, unlike qHash().
quint64 hashOf(QChar kind, QStringView text)
{
    quint64 hash = 0xcbf29ce484222325u ^ kind.unicode();
    for (const QChar c : text)
        hash = (hash ^ c.unicode()) * 0x100000001b3u;
    hash ^= hash >> 32;
    hash *= 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

//! The word without common English endings: few examples have each form of a word. Rougher than a real stemmer, which
//! is enough because the words themselves and their characters count as well. Words of other languages lose a letter
//! here and there, in examples and messages alike.
QString stemOf(const QString &word)
{
    QString stem = word;
    const auto strip = [&stem](QStringView ending, qsizetype kept) {
        const bool fits = stem.endsWith(ending) && stem.size() - ending.size() >= kept;
        if (fits)
            stem.chop(ending.size());
        return fits;
    };
    strip(u"'s", 2);
    if (strip(u"ies", 2))
        stem += u'y';
    else if (!stem.endsWith("ss"_L1) && !stem.endsWith("us"_L1))
        strip(u"s", 3);
    if (strip(u"ing", 3) || strip(u"ed", 3)) {
        const qsizetype size = stem.size(); // "stopped" -> "stop", but "missed" -> "miss"
        if (stem[size - 1] == stem[size - 2] && !u"lsz"_s.contains(stem[size - 1]))
            stem.chop(1);
    }
    strip(u"ation", 3) || strip(u"tion", 3) || strip(u"ment", 4) || strip(u"ly", 3);
    strip(u"e", 3);
    if (strip(u"y", 3))
        stem += u'i';
    return stem;
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

TextFeatures featuresOf(const QList<Token> &tokens)
{
    TextFeatures features;
    QString previous = u"^"_s;
    QString bounded;
    for (const Token &token : tokens) {
        if (token.folded.startsWith(u'{')) {
            previous = u"{}"_s;
            continue;
        }
        const QString stem = stemOf(token.folded);
        features.words.append(hashOf(u'w', token.folded));
        features.stems.append(hashOf(u's', stem));
        features.stems.append(hashOf(u'b', QString(previous + u' ' + stem)));
        previous = stem;
        bounded = u'<' + token.folded + u'>';
        for (qsizetype length = 2; length <= 5; ++length) {
            for (qsizetype at = 0; at + length <= bounded.size(); ++at)
                features.characters.append(hashOf(u'c', QStringView(bounded).mid(at, length)));
        }
    }
    return features;
}

} // namespace Atom::Assistant
