// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/words.h"

#include "server/memory/stemmer.h"

#include <algorithm>
#include <iterator>

namespace Atom::Memory {

namespace {
// Both sorted.
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

template <size_t n> bool isOneOf(const QByteArrayView (&words)[n], QByteArrayView word)
{
    return std::binary_search(std::begin(words), std::end(words), word);
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
} // namespace

bool WordReader::next()
{
    while (m_tokens.next()) {
        const QByteArray &word = m_tokens.term();
        if (word.size() == 1 && !isDigit(word.front()))
            continue;
        m_isFunctionWord = isOneOf(functionWords, word);
        const QByteArrayView base = irregularBase(word);
        m_term = base.isEmpty() ? word : base.toByteArray();
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
    return isYear || isOneOf(timeWords, word);
}

} // namespace Atom::Memory
