// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/stemmer.h"

#include <algorithm>
#include <span>

namespace Atom::Memory {

namespace {
//! A word under the knife. The names follow the paper: m() is the number of vowel-consonant sequences of a stem, *v* is
//! hasVowel(), *d endsDouble(), *o endsShort().
class Word
{
public:
    explicit Word(QByteArray &text) : m_text(text) {}

    bool ends(QByteArrayView suffix) const { return QByteArrayView(m_text).endsWith(suffix); }
    qsizetype stemOf(QByteArrayView suffix) const { return m_text.size() - suffix.size(); }
    void cut(qsizetype length, QByteArrayView instead = {})
    {
        m_text.truncate(length);
        m_text.append(instead);
    }
    char last() const { return m_text.back(); }
    qsizetype size() const { return m_text.size(); }

    bool isConsonant(qsizetype at) const
    {
        switch (m_text.at(at)) {
        case 'a':
        case 'e':
        case 'i':
        case 'o':
        case 'u':
            return false;
        case 'y': { // a consonant at the beginning and after a vowel; without recursion, for words of y alone
            qsizetype first = at;
            while (first > 0 && m_text.at(first - 1) == 'y')
                --first;
            const bool firstIsConsonant = first == 0 || !isConsonant(first - 1);
            return firstIsConsonant == ((at - first) % 2 == 0);
        }
        default:
            return true;
        }
    }
    int m(qsizetype length) const
    {
        int sequences = 0;
        bool afterVowel = false;
        for (qsizetype i = 0; i < length; ++i) {
            const bool consonant = isConsonant(i);
            sequences += consonant && afterVowel;
            afterVowel = !consonant;
        }
        return sequences;
    }
    bool hasVowel(qsizetype length) const
    {
        for (qsizetype i = 0; i < length; ++i) {
            if (!isConsonant(i))
                return true;
        }
        return false;
    }
    bool endsDouble() const
    {
        const qsizetype n = m_text.size();
        return n >= 2 && m_text.at(n - 1) == m_text.at(n - 2) && isConsonant(n - 1);
    }
    //! Consonant, vowel, consonant other than w, x, y.
    bool endsShort(qsizetype length) const
    {
        if (length < 3 || !isConsonant(length - 1) || isConsonant(length - 2) || !isConsonant(length - 3))
            return false;
        const char c = m_text.at(length - 1);
        return c != 'w' && c != 'x' && c != 'y';
    }

private:
    QByteArray &m_text;
};

struct Change
{
    QByteArrayView suffix, instead;
};

//! The first suffix that fits decides, also when its stem is too short for the change.
void change(Word &word, std::span<const Change> changes, int above)
{
    for (const Change &c : changes) {
        if (c.suffix.back() != word.last() || !word.ends(c.suffix))
            continue;
        if (word.m(word.stemOf(c.suffix)) > above)
            word.cut(word.stemOf(c.suffix), c.instead);
        return;
    }
}

void plurals(Word &word) // 1a
{
    if (word.ends("sses") || word.ends("ies"))
        word.cut(word.size() - 2);
    else if (word.ends("s") && !word.ends("ss"))
        word.cut(word.size() - 1);
}

void pasts(Word &word) // 1b
{
    if (word.ends("eed")) {
        if (word.m(word.stemOf("eed")) > 0)
            word.cut(word.size() - 1);
        return;
    }
    const QByteArrayView suffix = word.ends("ed") ? QByteArrayView("ed") : QByteArrayView("ing");
    if (!word.ends(suffix) || !word.hasVowel(word.stemOf(suffix)))
        return;
    word.cut(word.stemOf(suffix));
    if (word.ends("at") || word.ends("bl") || word.ends("iz"))
        word.cut(word.size(), "e");
    else if (word.endsDouble() && word.last() != 'l' && word.last() != 's' && word.last() != 'z')
        word.cut(word.size() - 1);
    else if (word.m(word.size()) == 1 && word.endsShort(word.size()))
        word.cut(word.size(), "e");
}

// Longer suffixes before those they end with.
constexpr Change step2[]{
    {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"},
    {"abli", "able"},   {"alli", "al"},     {"entli", "ent"}, {"eli", "e"},     {"ousli", "ous"},
    {"ization", "ize"}, {"ation", "ate"},   {"ator", "ate"},  {"alism", "al"},  {"iveness", "ive"},
    {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},  {"iviti", "ive"}, {"biliti", "ble"},
};
constexpr Change step3[]{
    {"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""}, {"ness", ""},
};
constexpr Change step4[]{
    {"al", ""},   {"ance", ""}, {"ence", ""},  {"er", ""},   {"ic", ""},  {"able", ""},
    {"ible", ""}, {"ant", ""},  {"ement", ""}, {"ment", ""}, {"ent", ""}, {"ou", ""},
    {"ism", ""},  {"ate", ""},  {"iti", ""},   {"ous", ""},  {"ive", ""}, {"ize", ""},
};

void longEndings(Word &word) // 2 to 4
{
    if (word.ends("y") && word.hasVowel(word.size() - 1)) // 1c
        word.cut(word.size() - 1, "i");
    change(word, step2, 0);
    change(word, step3, 0);
    if (word.ends("ion")) {
        const qsizetype length = word.stemOf("ion");
        if (word.m(length) > 1 && (word.ends("sion") || word.ends("tion")))
            word.cut(length);
        return;
    }
    change(word, step4, 1);
}

void finalLetters(Word &word) // 5
{
    if (word.ends("e")) {
        const qsizetype length = word.size() - 1;
        const int m = word.m(length);
        if (m > 1 || (m == 1 && !word.endsShort(length)))
            word.cut(length);
    }
    if (word.ends("ll") && word.m(word.size()) > 1)
        word.cut(word.size() - 1);
}
} // namespace

void stem(QByteArray &text)
{
    if (text.size() < 3 || !std::all_of(text.cbegin(), text.cend(), [](char c) { return c >= 'a' && c <= 'z'; }))
        return;
    Word word(text);
    plurals(word);
    pasts(word);
    longEndings(word);
    finalLetters(word);
}

} // namespace Atom::Memory
