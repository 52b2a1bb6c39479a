// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/wordlists.h"

#include <algorithm>

namespace Atom::Entities {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype shortestCorrected = 5;
//! How many words one misspelt word may stand for, and how many places in the tree are followed at once.
constexpr qsizetype mostSimilar = 8;

struct Word
{
    QString folded;
    qsizetype start = 0, end = 0;
};

bool isPart(QChar c)
{
    return c.isLetterOrNumber() || c.isMark() || c.isSurrogate();
}

//! Without case and accents.
QString fold(QStringView word)
{
    const bool ascii = std::all_of(word.begin(), word.end(), [](QChar c) { return c.unicode() < 0x80; });
    if (ascii)
        return word.toString().toLower();
    QString plain;
    const QString decomposed = word.toString().normalized(QString::NormalizationForm_KD).toCaseFolded();
    for (const QChar c : decomposed) {
        if (!c.isMark())
            plain.append(c);
    }
    return plain;
}

std::vector<Word> wordsOf(QStringView text)
{
    std::vector<Word> words;
    for (qsizetype i = 0; i < text.size();) {
        if (!isPart(text.at(i))) {
            ++i;
            continue;
        }
        const qsizetype start = i;
        while (i < text.size() && isPart(text.at(i)))
            ++i;
        words.push_back({fold(text.mid(start, std::min<qsizetype>(i - start, WordLists::longestWord))), start, i});
    }
    return words;
}

//! Both are one edit apart: a letter more, less, another, or two neighbours exchanged.
bool isOneEdit(const QString &a, const QString &b)
{
    if (std::abs(a.size() - b.size()) > 1)
        return false;
    qsizetype front = 0;
    const qsizetype shorter = std::min(a.size(), b.size());
    while (front < shorter && a.at(front) == b.at(front))
        ++front;
    qsizetype back = 0;
    while (back < shorter - front && a.at(a.size() - 1 - back) == b.at(b.size() - 1 - back))
        ++back;
    const qsizetype leftA = a.size() - front - back;
    const qsizetype leftB = b.size() - front - back;
    if (leftA <= 1 && leftB <= 1)
        return true;
    return leftA == 2 && leftB == 2 && a.at(front) == b.at(front + 1) && a.at(front + 1) == b.at(front);
}

QString without(const QString &word, qsizetype at)
{
    QString shorter = word;
    return shorter.remove(at, 1);
}
} // namespace

int WordLists::wordId(const QString &word)
{
    if (const auto known = m_words.constFind(word); known != m_words.constEnd())
        return *known;
    const int id = int(m_spelling.size());
    m_words.insert(word, id);
    m_spelling.push_back(word);
    if (word.size() >= shortestCorrected) {
        for (qsizetype i = 0; i < word.size(); ++i) {
            QList<int> &words = m_withoutLetter[without(word, i)];
            if (!words.contains(id))
                words.append(id);
        }
    }
    return id;
}

QList<FieldError> WordLists::add(const QList<WordList> &lists)
{
    QList<FieldError> mistakes;
    if (m_nodes.empty())
        m_nodes.emplace_back();
    qsizetype count = 0;
    for (qsizetype l = 0; l < lists.size(); ++l) {
        const WordList &list = lists.at(l);
        if (list.name.trimmed().isEmpty())
            mistakes.append(FieldError{u"/lists/%1/name"_s.arg(l), u"a list needs a name"_s});
        for (qsizetype e = 0; e < list.entries.size(); ++e) {
            const WordList::Entry &entry = list.entries.at(e);
            const int id = int(m_entries.size());
            m_entries.push_back({list.name, entry.value});
            const QStringList all = QStringList(entry.value) + entry.synonyms;
            for (qsizetype s = 0; s < all.size(); ++s) {
                const QString pointer = s == 0 ? u"/lists/%1/entries/%2/value"_s.arg(l).arg(e)
                                               : u"/lists/%1/entries/%2/synonyms/%3"_s.arg(l).arg(e).arg(s - 1);
                const std::vector<Word> words = wordsOf(all.at(s));
                if (words.empty() || words.size() > mostWords) {
                    mistakes.append(FieldError{pointer, u"one to %1 words, please"_s.arg(mostWords)});
                    continue;
                }
                if (++count > mostEntries) {
                    mistakes.append(FieldError{u"/lists"_s, u"at most %1 entries and synonyms"_s.arg(mostEntries)});
                    return mistakes;
                }
                int node = 0;
                for (const Word &word : words) {
                    const int w = wordId(word.folded);
                    int next = m_nodes[size_t(node)].next.value(w, -1);
                    if (next < 0) {
                        next = int(m_nodes.size());
                        m_nodes[size_t(node)].next.insert(w, next);
                        m_nodes.emplace_back();
                    }
                    node = next;
                }
                // Of two entries under one name the first counts.
                if (m_nodes[size_t(node)].entry < 0)
                    m_nodes[size_t(node)].entry = id;
            }
        }
    }
    return mistakes;
}

QList<int> WordLists::similar(const QString &word) const
{
    QList<int> ids;
    const auto consider = [&](int id) {
        const QString &spelling = m_spelling[size_t(id)];
        if (ids.size() < mostSimilar && spelling.size() >= shortestCorrected && !ids.contains(id) &&
            isOneEdit(word, spelling))
            ids.append(id);
    };
    if (word.size() < shortestCorrected - 1)
        return ids;
    // A letter is missing here, or one too many, or both (another one, two exchanged).
    for (const int id : m_withoutLetter.value(word))
        consider(id);
    for (qsizetype i = 0; i < word.size() && ids.size() < mostSimilar; ++i) {
        const QString shorter = without(word, i);
        if (const auto exact = m_words.constFind(shorter); exact != m_words.constEnd())
            consider(*exact);
        if (const auto same = m_withoutLetter.constFind(shorter); same != m_withoutLetter.constEnd()) {
            for (qsizetype k = 0; k < std::min<qsizetype>(same->size(), 64); ++k)
                consider(same->at(k));
        }
    }
    return ids;
}

QList<WordLists::Match> WordLists::find(QStringView text) const
{
    QList<Match> matches;
    if (m_entries.empty())
        return matches;
    const std::vector<Word> words = wordsOf(text);
    struct Meaning
    {
        QList<int> ids;
        bool corrected = false;
    };
    std::vector<Meaning> meanings(words.size());
    for (size_t i = 0; i < words.size(); ++i) {
        const auto exact = m_words.constFind(words[i].folded);
        if (exact != m_words.constEnd())
            meanings[i].ids = {*exact};
        else
            meanings[i] = {similar(words[i].folded), true};
    }
    struct Place
    {
        int node;
        bool corrected;
    };
    for (size_t i = 0; i < words.size(); ++i) {
        if (meanings[i].ids.isEmpty())
            continue;
        QList<Place> places{{0, false}};
        Match best;
        for (size_t k = i; k < std::min(words.size(), i + mostWords) && !places.isEmpty(); ++k) {
            QList<Place> next;
            for (const Place &place : places) {
                for (const int id : meanings[k].ids) {
                    const int node = m_nodes[size_t(place.node)].next.value(id, -1);
                    if (node >= 0 && next.size() < mostSimilar)
                        next.append({node, place.corrected || meanings[k].corrected});
                }
            }
            places = next;
            const auto end = std::find_if(places.begin(), places.end(),
                                          [this](const Place &p) { return m_nodes[size_t(p.node)].entry >= 0; });
            if (end != places.end()) {
                const Entry &entry = m_entries[size_t(m_nodes[size_t(end->node)].entry)];
                best = {words[i].start, words[k].end - words[i].start, entry.list, entry.value, end->corrected};
            }
        }
        if (best.length > 0)
            matches.append(best);
    }
    return matches;
}

} // namespace Atom::Entities
