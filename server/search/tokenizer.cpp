// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/tokenizer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Atom::Search {
using namespace Qt::StringLiterals;

namespace {
constexpr int longestWord = 64; //!< characters

struct Range
{
    char32_t first, last;
};
template <size_t n> bool isIn(const std::array<Range, n> &ranges, char32_t c)
{
    const auto it = std::lower_bound(ranges.begin(), ranges.end(), c, [](Range r, char32_t x) { return r.last < x; });
    return it != ranges.end() && it->first <= c;
}

//! What is written into or above a word without changing which word it is: accents of Latin, Greek and Cyrillic, vowel
//! points of Hebrew and Arabic, the tatweel, soft hyphens, joiners and variation selectors. Not the marks of scripts
//! where they are letters (Devanagari, Thai, …).
constexpr std::array ignored{
    Range{0xAD, 0xAD},       Range{0x300, 0x36F},    Range{0x483, 0x489},   Range{0x591, 0x5BD},
    Range{0x5BF, 0x5BF},     Range{0x5C1, 0x5C2},    Range{0x5C4, 0x5C5},   Range{0x5C7, 0x5C7},
    Range{0x610, 0x61A},     Range{0x640, 0x640},    Range{0x64B, 0x65F},   Range{0x670, 0x670},
    Range{0x6D6, 0x6DC},     Range{0x6DF, 0x6E4},    Range{0x6E7, 0x6E8},   Range{0x6EA, 0x6ED},
    Range{0x1AB0, 0x1AFF},   Range{0x1DC0, 0x1DFF},  Range{0x200B, 0x200F}, Range{0x202A, 0x202E},
    Range{0x2060, 0x2069},   Range{0x20D0, 0x20FF},  Range{0xFE00, 0xFE0F}, Range{0xFEFF, 0xFEFF},
    Range{0x1F3FB, 0x1F3FF}, Range{0xE0100, 0xE01EF}};

//! Written without spaces between words; and pictures, which are searched for as well.
constexpr std::array paired{
    Range{0xE01, 0xE3A},     Range{0xE40, 0xE4E},    Range{0xE81, 0xECD},   Range{0x1000, 0x103F},
    Range{0x1050, 0x109D},   Range{0x1100, 0x11FF},  Range{0x1780, 0x17D3}, Range{0x2600, 0x27BF},
    Range{0x2E80, 0x2FD5},   Range{0x3005, 0x3007},  Range{0x3021, 0x3029}, Range{0x3041, 0x3096},
    Range{0x309D, 0x309F},   Range{0x30A1, 0x30FA},  Range{0x30FC, 0x30FF}, Range{0x3105, 0x312F},
    Range{0x3131, 0x318E},   Range{0x31A0, 0x31BF},  Range{0x31F0, 0x31FF}, Range{0x3400, 0x4DBF},
    Range{0x4E00, 0x9FFF},   Range{0xA960, 0xA97C},  Range{0xAC00, 0xD7A3}, Range{0xD7B0, 0xD7FB},
    Range{0xF900, 0xFAD9},   Range{0xFF66, 0xFF9D},  Range{0xFFA0, 0xFFDC}, Range{0x1B000, 0x1B167},
    Range{0x1F300, 0x1FAFF}, Range{0x20000, 0x323AF}};

//! Letters that Unicode does not take apart, though people type them without.
struct Plain
{
    char32_t from;
    const char *to;
};
constexpr std::array plainLetters{Plain{0xDF, "ss"}, Plain{0xE6, "ae"},  Plain{0xF0, "d"},  Plain{0xF8, "o"},
                                  Plain{0xFE, "th"}, Plain{0x111, "d"},  Plain{0x127, "h"}, Plain{0x131, "i"},
                                  Plain{0x138, "k"}, Plain{0x142, "l"},  Plain{0x14B, "n"}, Plain{0x153, "oe"},
                                  Plain{0x167, "t"}, Plain{0x1E9E, "ss"}};

bool isKana(char32_t c)
{
    return c >= 0x3041 && c <= 0x30FF;
}

//! The two as one, when Unicode has one for them: kana with their voicing marks, the parts of a Hangul syllable.
char32_t composed(char32_t base, char32_t mark)
{
    const bool kana = (mark == 0x3099 || mark == 0x309A || mark == 0xFF9E || mark == 0xFF9F) && isKana(base);
    const bool hangul =
        mark >= 0x1161 && mark <= 0x11C2 && ((base >= 0x1100 && base <= 0x1112) || (base >= 0xAC00 && base <= 0xD7A3));
    if (!kana && !hangul)
        return 0;
    const char32_t second = mark == 0xFF9E ? 0x3099 : mark == 0xFF9F ? 0x309A : mark;
    const std::array pair{base, second};
    const QString one = QString::fromUcs4(pair.data(), 2).normalized(QString::NormalizationForm_C);
    return one.size() == 1 ? one.at(0).unicode() : 0;
}

//! Without case, accents and forms that only look different.
template <typename Out> void fold(char32_t c, Out &out, int depth = 0)
{
    if (c < 0x80) {
        out.append(c >= 'A' && c <= 'Z' ? c + 32 : c);
        return;
    }
    if (isIn(ignored, c))
        return;
    // Syllables and voiced kana are letters of their own.
    const bool whole = (c >= 0xAC00 && c <= 0xD7A3) || isKana(c) || (c >= 0x4E00 && c <= 0x9FFF);
    if (!whole && depth < 4 && QChar::decompositionTag(c) != QChar::NoDecomposition) {
        const QList<uint> parts = QChar::decomposition(c).toUcs4();
        for (const uint part : parts) {
            if (QChar::isLetterOrNumber(part) || QChar::isMark(part))
                fold(part, out, depth + 1);
        }
        return;
    }
    const char32_t lower = QChar::toCaseFolded(c);
    const auto plain = std::lower_bound(plainLetters.begin(), plainLetters.end(), lower,
                                        [](const Plain &p, char32_t x) { return p.from < x; });
    if (plain == plainLetters.end() || plain->from != lower) {
        out.append(lower);
        return;
    }
    for (const char *letter = plain->to; *letter; ++letter)
        out.append(char32_t(*letter));
}

void appendUtf8(QByteArray &out, char32_t c)
{
    if (c < 0x80) {
        out.append(char(c));
        return;
    }
    if (c < 0x800) {
        out.append(char(0xC0 | (c >> 6)));
    } else {
        if (c < 0x10000) {
            out.append(char(0xE0 | (c >> 12)));
        } else {
            out.append(char(0xF0 | (c >> 18)));
            out.append(char(0x80 | ((c >> 12) & 0x3F)));
        }
        out.append(char(0x80 | ((c >> 6) & 0x3F)));
    }
    out.append(char(0x80 | (c & 0x3F)));
}

//! The letter or digit of ASCII without its case; 0 for everything else.
char asciiLetter(char16_t c)
{
    if ((c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9'))
        return char(c);
    return c >= u'A' && c <= u'Z' ? char(c + 32) : 0;
}

char32_t codePoint(QStringView text, qsizetype at, qsizetype &end)
{
    const QChar unit = text.at(at);
    end = at + 1;
    if (unit.isHighSurrogate() && end < text.size() && text.at(end).isLowSurrogate())
        return QChar::surrogateToUcs4(unit, text.at(end++));
    return unit.unicode();
}
} // namespace

void Tokenizer::read(qsizetype at, Unit &unit) const
{
    unit.folded.clear();
    const char32_t c = codePoint(m_text, at, unit.end);
    if (c < 0x80) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        unit.kind = word ? Kind::Letter : Kind::Separator;
    } else if (isIn(ignored, c)) {
        unit.kind = Kind::Letter;
    } else if (isIn(paired, c)) {
        unit.kind = Kind::Pair;
    } else if (QChar::isLetterOrNumber(c) || QChar::isMark(c)) {
        unit.kind = Kind::Letter;
    } else {
        unit.kind = Kind::Separator;
    }
    if (unit.kind == Kind::Separator)
        return;
    fold(c, unit.folded);
    // What belongs to it.
    while (unit.end < m_text.size() && m_text.at(unit.end).unicode() >= 0x80) {
        qsizetype end = 0;
        const char32_t mark = codePoint(m_text, unit.end, end);
        if (!isIn(ignored, mark)) {
            const char32_t one = unit.folded.isEmpty() ? 0 : composed(unit.folded.last(), mark);
            if (one == 0)
                break;
            unit.folded.last() = one;
        }
        unit.end = end;
    }
    if (unit.folded.isEmpty() && unit.kind == Kind::Pair)
        unit.kind = Kind::Letter;
}

void Tokenizer::append(const Unit &unit, QByteArray &term)
{
    for (const char32_t c : unit.folded)
        appendUtf8(term, c);
}

int Tokenizer::takeAscii(int letters)
{
    const char16_t *const text = m_text.utf16();
    std::array<char, longestWord> word;
    size_t length = 0;
    // A letter before something beyond ASCII may have an accent to come: that one is for read().
    for (; m_at < m_text.size(); ++m_at, ++letters) {
        const char letter = asciiLetter(text[m_at]);
        if (letter == 0 || (m_at + 1 < m_text.size() && text[m_at + 1] >= 0x80))
            break;
        if (letters < longestWord)
            word[length++] = letter;
    }
    m_term.append(word.data(), qsizetype(length));
    return letters;
}

void Tokenizer::setSpan(qsizetype start, qsizetype end)
{
    m_start = start;
    m_length = end - start;
}

bool Tokenizer::next()
{
    m_term.clear();
    if (!m_pairTerm.isEmpty()) {
        m_term.swap(m_pairTerm);
        m_length = m_pairEnd - m_start;
        return true;
    }
    Unit unit;
    while (m_at < m_text.size()) {
        const qsizetype start = m_at;
        read(start, unit);
        m_at = unit.end;
        if (unit.kind == Kind::Separator) {
            m_inRun = false;
            continue;
        }
        if (unit.kind == Kind::Pair) {
            append(unit, m_term);
            setSpan(start, unit.end);
            m_position = m_nextPosition++;
            const bool continued = std::exchange(m_inRun, true);
            Unit second;
            if (m_at < m_text.size())
                read(m_at, second);
            if (second.kind == Kind::Pair) {
                QByteArray &pair = m_use == Use::Message ? m_pairTerm : m_term;
                pair = m_term;
                append(second, pair);
                m_pairEnd = second.end;
                if (m_use == Use::Query)
                    setSpan(start, second.end);
                return true;
            }
            if (m_use == Use::Message || !continued)
                return true;
            m_term.clear(); // the end of a run is in the pair before
            continue;
        }
        m_inRun = false;
        int letters = 0;
        for (;;) {
            if (letters < longestWord)
                append(unit, m_term);
            letters = takeAscii(letters + int(unit.folded.size()));
            if (m_at >= m_text.size())
                break;
            read(m_at, unit);
            if (unit.kind != Kind::Letter)
                break;
            m_at = unit.end;
        }
        if (m_term.isEmpty())
            continue; // marks alone
        setSpan(start, m_at);
        m_position = m_nextPosition++;
        return true;
    }
    return false;
}

QList<Token> tokenize(QStringView text, Tokenizer::Use use)
{
    QList<Token> tokens;
    Tokenizer tokenizer(text, use);
    while (tokenizer.next()) {
        Token token;
        token.term = tokenizer.term();
        token.position = tokenizer.position();
        token.start = tokenizer.start();
        token.length = tokenizer.length();
        tokens.append(std::move(token));
    }
    return tokens;
}

} // namespace Atom::Search
