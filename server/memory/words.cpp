// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/words.h"

#include "server/memory/stemmer.h"

#include <QtCore/QHash>

namespace Atom::Memory {

namespace {
constexpr QByteArrayView functionWords[]{
    "about",     "after",      "again", "against", "ain",    "all",     "also",    "am",      "an",      "and",
    "any",       "are",        "aren",  "as",      "at",     "be",      "because", "been",    "before",  "being",
    "between",   "both",       "but",   "by",      "can",    "cant",    "could",   "couldn",  "did",     "didn",
    "didnt",     "do",         "does",  "doesn",   "doesnt", "doing",   "don",     "done",    "dont",    "down",
    "during",    "each",       "for",   "from",    "had",    "hadn",    "has",     "hasn",    "have",    "haven",
    "having",    "he",         "her",   "here",    "hers",   "herself", "him",     "himself", "his",     "how",
    "id",        "if",         "im",    "in",      "into",   "is",      "isn",     "isnt",    "it",      "its",
    "itself",    "ive",        "just",  "lets",    "ll",     "may",     "me",      "might",   "mine",    "more",
    "most",      "must",       "my",    "myself",  "no",     "nor",     "not",     "of",      "off",     "ok",
    "okay",      "on",         "once",  "one",     "only",   "onto",    "or",      "other",   "our",     "ours",
    "ourselves", "out",        "over",  "own",     "re",     "really",  "same",    "shall",   "she",     "should",
    "shouldn",   "so",         "some",  "such",    "than",   "that",    "thats",   "the",     "their",   "theirs",
    "them",      "themselves", "then",  "there",   "these",  "they",    "this",    "those",   "through", "to",
    "too",       "under",      "until", "up",      "upon",   "us",      "ve",      "very",    "was",     "wasn",
    "we",        "were",       "weren", "what",    "whats",  "when",    "where",   "which",   "while",   "who",
    "whom",      "whose",      "why",   "will",    "with",   "would",   "wouldn",  "yes",     "you",     "your",
    "yours",     "yourself",
};
constexpr QByteArrayView timeWords[]{
    "afternoon", "ago",      "apr",       "april",    "aug",       "august",   "autumn",    "date",     "day",
    "days",      "deadline", "dec",       "december", "earlier",   "evening",  "feb",       "february", "fri",
    "friday",    "hour",     "hours",     "jan",      "january",   "jul",      "july",      "jun",      "june",
    "last",      "mar",      "march",     "midnight", "minute",    "minutes",  "mon",       "monday",   "month",
    "months",    "morning",  "next",      "night",    "noon",      "nov",      "november",  "oclock",   "oct",
    "october",   "recently", "sat",       "saturday", "sep",       "sept",     "september", "since",    "soon",
    "spring",    "summer",   "sunday",    "thu",      "thurs",     "thursday", "today",     "tomorrow", "tonight",
    "tue",       "tues",     "tuesday",   "wed",      "wednesday", "week",     "weekend",   "weeks",    "winter",
    "year",      "years",    "yesterday",
};

enum : quint8 { FunctionWord = 1, TimeWord = 2 };
struct Known
{
    quint8 flags = 0;
    QByteArray term; //!< empty: to be stemmed
};

//! What is known of words, in one table: most words of most messages are asked for here.
const QHash<QByteArrayView, Known> &knownWords()
{
    static const QHash<QByteArrayView, Known> known = [] {
        QHash<QByteArrayView, Known> words;
        for (const QByteArrayView word : functionWords)
            words[word].flags |= FunctionWord;
        for (const QByteArrayView word : timeWords)
            words[word].flags |= TimeWord;
        for (const IrregularForm &form : irregularForms()) {
            QByteArray term = form.base.toByteArray();
            stem(term);
            words[form.form].term = term;
        }
        return words;
    }();
    return known;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
} // namespace

bool WordReader::next()
{
    const QHash<QByteArrayView, Known> &known = knownWords();
    while (m_tokens.next()) {
        const QByteArray &word = m_tokens.term();
        if (word.size() == 1 && !isDigit(word.front()))
            continue;
        const auto it = known.constFind(word);
        const bool isKnown = it != known.constEnd();
        m_isFunctionWord = isKnown && (it->flags & FunctionWord) != 0;
        m_isTimeWord = isKnown && (it->flags & TimeWord) != 0;
        m_term.resize(0); // keeps its memory, as assigning would not
        m_term.append(isKnown && !it->term.isEmpty() ? QByteArrayView(it->term) : QByteArrayView(word));
        if (!isKnown || it->term.isEmpty())
            stem(m_term);
        m_term.truncate(mostTermBytes);
        return true;
    }
    return false;
}

bool WordReader::isTimeWord() const
{
    const QByteArray &word = m_tokens.term();
    const bool isYear = word.size() == 4 && (word.startsWith("19") || word.startsWith("20")) && isDigit(word.at(2)) &&
                        isDigit(word.at(3));
    return isYear || m_isTimeWord;
}

} // namespace Atom::Memory
