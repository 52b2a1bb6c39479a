// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/numbers.h"

#include <cmath>

namespace Atom::Entities {

namespace {
//! Beyond that it is an account or a hash, and a double no longer holds it.
constexpr qsizetype longestDigits = 18;

bool isGluedSymbol(const Tokens &t, int i, char16_t c)
{
    return t[i].isSymbol(c) && t[i].glued;
}
bool isGluedDigits(const Tokens &t, int i)
{
    return t[i].isDigits() && t[i].glued;
}
int cardinal(const Token &token)
{
    return token.word ? token.word->number : -1;
}

//! Digits with separators of thousands, decimals and a suffix.
std::optional<NumberMatch> matchDigits(const Tokens &t, int at)
{
    NumberMatch m;
    int i = at;
    if (t[i].isSymbol(u'.') && isGluedDigits(t, i + 1)) {
        m.value = 0;
    } else if (t[i].isDigits() && t[i].size() <= longestDigits) {
        m.value = t[i].number;
        ++i;
        m.plain = true;
        if (t[i - 1].size() <= 3) {
            while (isGluedSymbol(t, i, u',') && isGluedDigits(t, i + 1) && t[i + 1].size() == 3 && i - at < 12) {
                m.value = m.value * 1000 + t[i + 1].number;
                i += 2;
                m.plain = false;
            }
        }
    } else {
        return std::nullopt;
    }
    if (t[i].isSymbol(u'.') && (t[i].glued || i == at) && isGluedDigits(t, i + 1) && t[i + 1].size() <= longestDigits) {
        if (isGluedSymbol(t, i + 2, u'.') && isGluedDigits(t, i + 3))
            return std::nullopt; // a version, a date, a telephone number
        m.value += t[i + 1].number / std::pow(10.0, double(t[i + 1].size()));
        i += 2;
        m.plain = false;
    }
    const Token &suffix = t[i];
    if (suffix.isWord() && suffix.glued && suffix.size() <= 2) {
        const double scale = suffix.is(u"k")                                                ? 1e3
                             : suffix.raw == u"M" || suffix.is(u"mn")                       ? 1e6
                             : suffix.raw == u"G" || suffix.raw == u"B" || suffix.is(u"bn") ? 1e9
                                                                                            : 0;
        if (scale > 0) {
            m.value *= scale;
            ++i;
            m.plain = false;
        }
    }
    m.next = i;
    return m;
}

struct Group
{
    double value = 0;
    int next = 0;
    bool words = false;
};

//! "forty", "forty-five", "seven".
std::optional<Group> belowHundred(const Tokens &t, int at)
{
    const int first = cardinal(t[at]);
    if (first < 0)
        return std::nullopt;
    Group g{double(first), at + 1, true};
    if (first >= 20 && first % 10 == 0) {
        const int next = t[at + 1].isDash() && t[at + 1].glued ? at + 2 : at + 1;
        const int unit = cardinal(t[next]);
        if (unit >= 1 && unit <= 9) {
            g.value += unit;
            g.next = next + 1;
        }
    }
    return g;
}

std::optional<Group> belowThousand(const Tokens &t, int at)
{
    Group g;
    if (t[at].isDigits() || t[at].isSymbol(u'.')) {
        const std::optional<NumberMatch> digits = matchDigits(t, at);
        if (!digits)
            return std::nullopt;
        g = {digits->value, digits->next, false};
    } else if (t[at].isAny({u"a", u"an"})) {
        const Token &next = t[at + 1];
        if (!next.is(u"hundred") && (!next.word || next.word->scale == 0))
            return std::nullopt;
        g = {1, at + 1, true};
    } else if (const std::optional<Group> words = belowHundred(t, at)) {
        g = *words;
        // "one twenty two" is 122.
        if (g.value >= 1 && g.value <= 9 && cardinal(t[g.next]) >= 10) {
            const std::optional<Group> rest = belowHundred(t, g.next);
            g.value = g.value * 100 + rest->value;
            g.next = rest->next;
            return g;
        }
    } else {
        return std::nullopt;
    }
    if (t[g.next].isAny({u"hundred", u"hundreds"})) {
        g.value *= 100;
        ++g.next;
        const int rest = t[g.next].is(u"and") ? g.next + 1 : g.next;
        if (const std::optional<Group> small = belowHundred(t, rest)) {
            g.value += small->value;
            g.next = small->next;
        }
    }
    return g;
}

//! "point two five": the decimals of `g`.
void addPoint(const Tokens &t, Group &g)
{
    if (!t[g.next].is(u"point"))
        return;
    double place = 0.1;
    int i = g.next + 1;
    if (t[i].isDigits() && t[i].size() <= longestDigits) {
        g.value += t[i].number / std::pow(10.0, double(t[i].size()));
        g.next = i + 1;
        return;
    }
    for (; i < g.next + 12 && cardinal(t[i]) >= 0 && cardinal(t[i]) <= 9; ++i, place /= 10)
        g.value += cardinal(t[i]) * place;
    if (i > g.next + 1)
        g.next = i;
}
} // namespace

bool NumberMatch::isInteger() const
{
    return value == std::floor(value);
}

std::optional<NumberMatch> matchNumber(const Tokens &t, int at)
{
    int i = at;
    double sign = 1;
    if (t[i].isAny({u"minus", u"negative"}) || (t[i].isDash() && !t[i].glued)) {
        sign = -1;
        ++i;
    }
    const int begin = i;
    NumberMatch m;
    if (t[i].is(u"half") && t[i + 1].is(u"a") && t[i + 2].word && t[i + 2].word->scale > 0) {
        m.value = sign * t[i + 2].word->scale / 2;
        m.next = i + 3;
        m.words = true;
        return m;
    }
    double lastScale = 0;
    for (int groups = 0; groups < 8; ++groups) {
        int from = i;
        if (groups > 0) {
            if (t[from].isSymbol(u',') || t[from].is(u"and"))
                ++from;
            else if (t[from].isSymbol(u'-'))
                break;
        }
        std::optional<Group> g = belowThousand(t, from);
        if (!g)
            break;
        if (groups == 0 && g->next == begin + 1 && t[begin].isDigits())
            m.plain = true;
        m.words = groups == 0 ? g->words : m.words;
        addPoint(t, *g);
        double scale = 1;
        for (int scales = 0; scales < 3 && t[g->next].word && t[g->next].word->scale > 0; ++scales) {
            scale *= t[g->next].word->scale;
            ++g->next;
        }
        if (groups > 0 && (scale >= lastScale || (scale == 1 && !g->words)))
            break;
        if (groups > 0 && g->value * scale >= lastScale)
            break;
        m.value += g->value * scale;
        m.plain = m.plain && scale == 1 && groups == 0 && g->next == begin + 1;
        i = g->next;
        lastScale = scale;
        if (scale == 1)
            break;
    }
    if (i == begin)
        return std::nullopt;
    if (sign < 0) {
        m.value = -m.value;
        m.plain = false;
    }
    // The same once more, for safety: "forty-five (45)".
    if (t[i].isSymbol(u'(')) {
        const std::optional<Group> again = belowThousand(t, i + 1);
        if (again && again->value == m.value && t[again->next].isSymbol(u')')) {
            i = again->next + 1;
            m.plain = false;
        }
    }
    m.next = i;
    return m;
}

std::optional<NumberMatch> matchOrdinal(const Tokens &t, int at)
{
    NumberMatch m;
    const Token &token = t[at];
    if (token.isDigits() && token.size() <= 6 && t[at + 1].glued && t[at + 1].isAny({u"st", u"nd", u"rd", u"th"})) {
        m.value = token.number;
        m.next = at + 2;
        return m;
    }
    if (!token.word)
        return std::nullopt;
    if (token.word->ordinal > 0) {
        m.value = token.word->ordinal;
        m.next = at + 1;
        m.words = true;
        return m;
    }
    const int ten = token.word->number;
    if (ten >= 20 && ten % 10 == 0) {
        const int next = t[at + 1].isDash() && t[at + 1].glued ? at + 2 : at + 1;
        const int unit = t[next].word ? t[next].word->ordinal : 0;
        if (unit >= 1 && unit <= 9) {
            m.value = ten + unit;
            m.next = next + 1;
            m.words = true;
            return m;
        }
    }
    return std::nullopt;
}

std::optional<NumberMatch> matchFraction(const Tokens &t, int at)
{
    NumberMatch m;
    if (t[at].type == Token::Type::Symbol) {
        const char16_t c = t[at].text.front().unicode();
        m.value = c == 0xBD ? 0.5 : c == 0xBC ? 0.25 : c == 0xBE ? 0.75 : 0;
        m.next = at + 1;
        return m.value > 0 ? std::optional(m) : std::nullopt;
    }
    if (!t[at].isDigits() || !isGluedSymbol(t, at + 1, u'/') || !isGluedDigits(t, at + 2))
        return std::nullopt;
    const double below = t[at + 2].number;
    if ((below != 2 && below != 3 && below != 4 && below != 8) || t[at].number >= below || t[at].number < 1 ||
        isGluedSymbol(t, at + 3, u'/'))
        return std::nullopt;
    m.value = t[at].number / below;
    m.next = at + 3;
    return m;
}

bool isNumberStart(const Tokens &t, int at)
{
    if (!t[at].glued)
        return true;
    const Token &before = t[at - 1];
    if (before.isWord() || before.isDigits() || before.masked)
        return false;
    // After a point, a slash and the like that themselves stand after a letter or a digit.
    if (before.glued &&
        (before.isSymbol(u'.') || before.isSymbol(u',') || before.isSymbol(u'/') || before.isSymbol(u':') ||
         before.isSymbol(u'-') || before.isSymbol(u'+') || before.isSymbol(u'=')))
        return !(t[at - 2].isDigits() || t[at - 2].isWord());
    return !before.isSymbol(u'#') && !before.isSymbol(u'@');
}

bool isNumberEnd(const Tokens &t, int next)
{
    if (!t[next].glued)
        return true;
    const Token &after = t[next];
    if (after.isWord() || after.isDigits() || after.masked)
        return false;
    if ((after.isSymbol(u'.') || after.isSymbol(u'/') || after.isSymbol(u':') || after.isSymbol(u',')) &&
        t[next + 1].glued)
        return !t[next + 1].isDigits();
    return true;
}

} // namespace Atom::Entities
