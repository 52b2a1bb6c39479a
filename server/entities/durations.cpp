// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/durations.h"
#include "server/entities/numbers.h"

#include <algorithm>
#include <cmath>

namespace Atom::Entities {

namespace {
bool isWhole(double value)
{
    return std::abs(value - std::round(value)) < 1e-6;
}

Grain finer(Grain unit)
{
    switch (unit) {
    case Grain::Year:
    case Grain::Quarter:
        return Grain::Month;
    case Grain::Month:
    case Grain::Week:
        return Grain::Day;
    case Grain::Day:
        return Grain::Hour;
    case Grain::Hour:
        return Grain::Minute;
    case Grain::Minute:
    case Grain::Second:
        break;
    }
    return Grain::Second;
}

double ratio(Grain from, Grain to)
{
    const auto months = [](Grain g) { return g == Grain::Year ? 12 : g == Grain::Quarter ? 3 : 1; };
    if (to >= Grain::Month)
        return double(months(from)) / months(to);
    return secondsOf(from) / secondsOf(to);
}

bool isArticle(const Token &token)
{
    return token.isAny({u"a", u"an", u"one"});
}

//! A unit, one that may be a single letter when digits stand before it.
std::optional<Grain> unitAt(const Tokens &t, int at, bool afterDigits)
{
    const std::optional<Grain> unit = t[at].unit();
    if (!unit || (t[at].word->shortUnit && !afterDigits) || t[at].raw == u"M")
        return std::nullopt;
    return unit;
}

struct Part
{
    double value = 0;
    Grain unit = Grain::Second;
    int next = 0;
    bool clockLike = false;
};

//! "half", "1/2", "a quarter", "three quarters": the fraction, and the token after it.
std::optional<NumberMatch> fractionAt(const Tokens &t, int at)
{
    if (const std::optional<NumberMatch> digits = matchFraction(t, at))
        return digits;
    NumberMatch m;
    if (t[at].is(u"half")) {
        m.value = 0.5;
        m.next = at + 1;
        return m;
    }
    int i = at;
    double count = 1;
    if (t[i].isAny({u"a", u"an", u"one"})) {
        ++i;
    } else if (t[i].isAny({u"two", u"three"})) {
        count = t[i].word->number;
        ++i;
        if (t[i].isDash())
            ++i;
    }
    if (t[i].is(u"half") && count == 1) {
        m.value = 0.5;
    } else if (t[i].isAny({u"quarter", u"quarters"})) {
        m.value = count / 4;
    } else {
        return std::nullopt;
    }
    m.next = i + 1;
    return m;
}

//! "half an hour", "1/4h", "three-quarters of an hour".
std::optional<Part> fractionOfUnit(const Tokens &t, int at)
{
    const std::optional<NumberMatch> fraction = fractionAt(t, at);
    if (!fraction)
        return std::nullopt;
    int i = fraction->next;
    if (t[i].is(u"of"))
        ++i;
    if (t[i].isAny({u"a", u"an"}))
        ++i;
    else if (t[i].isDash())
        ++i;
    const std::optional<Grain> unit = unitAt(t, i, t[fraction->next - 1].isDigits());
    if (!unit || *unit == Grain::Quarter)
        return std::nullopt;
    return Part{fraction->value, *unit, i + 1, false};
}

//! How many: "2", "two", "a", "a few", "a couple of", "two and a quarter (of)", "5 and half".
std::optional<NumberMatch> countAt(const Tokens &t, int at)
{
    NumberMatch m;
    int i = at;
    const bool article = t[i].is(u"a");
    if (article && t[i + 1].isAny({u"few", u"couple"}))
        ++i;
    if (t[i].isAny({u"few", u"couple"})) {
        m.value = t[i].is(u"few") ? 3 : 2;
        m.next = t[i + 1].is(u"of") ? i + 2 : i + 1;
        return m;
    }
    if (t[i].isAny({u"a", u"an"})) {
        m.value = 1;
        m.next = i + 1;
        if (!t[i + 1].unit() && !t[i + 1].is(u"fortnight")) {
            const std::optional<NumberMatch> scaled = matchNumber(t, i); // "a hundred"
            return scaled;
        }
        return m;
    }
    if (t[i].isDash())
        return std::nullopt;
    const std::optional<NumberMatch> number = matchNumber(t, i);
    if (!number)
        return std::nullopt;
    m = *number;
    if (t[m.next].is(u"and")) {
        if (const std::optional<NumberMatch> fraction = fractionAt(t, m.next + 1)) {
            int next = fraction->next;
            if (t[next].is(u"of"))
                ++next;
            if (t[next].isAny({u"a", u"an"}))
                ++next;
            if (t[next].unit()) {
                m.value += fraction->value;
                m.next = next;
            }
        }
    } else if (const std::optional<NumberMatch> fraction = matchFraction(t, m.next)) {
        if (m.plain) { // "2 1/2 hours"
            m.value += fraction->value;
            m.next = fraction->next;
        }
    }
    if (t[m.next].isAny({u"more", u"additional", u"extra", u"less", u"fewer", u"full", u"whole", u"other"}) ||
        (t[m.next].isDash() && t[m.next].glued))
        ++m.next;
    return m;
}

std::optional<Part> partAt(const Tokens &t, int at)
{
    if (const std::optional<Part> fraction = fractionOfUnit(t, at))
        return fraction;
    const std::optional<NumberMatch> count = countAt(t, at);
    if (!count)
        return std::nullopt;
    const int i = count->next;
    const bool afterDigits = t[i - 1].isDigits();
    Part part{count->value, Grain::Second, i + 1, false};
    if (afterDigits && t[i].glued &&
        (t[i].isSymbol(u'\'') || t[i].isSymbol(u'"') || t[i].isSymbol(u'″') || t[i].isSymbol(u'′'))) {
        // 5'' are inches.
        if (t[i + 1].glued && (t[i + 1].isSymbol(u'\'') || t[i + 1].isSymbol(u'"') || t[i + 1].isWord()))
            return std::nullopt;
        part.unit = t[i].isSymbol(u'\'') || t[i].isSymbol(u'′') ? Grain::Minute : Grain::Second;
        return part;
    }
    if (t[i].isAny({u"fortnight", u"fortnights"})) {
        part.value *= 14;
        part.unit = Grain::Day;
        return part;
    }
    const std::optional<Grain> unit = unitAt(t, i, afterDigits);
    if (!unit || part.value < 0)
        return std::nullopt;
    part.unit = *unit;
    // "an hour and a half", "1 hour and thirty", "2h30".
    const int next = part.next;
    if (t[next].is(u"and")) {
        const int half = isArticle(t[next + 1]) ? next + 2 : next + 1;
        if (t[half].isAny({u"half", u"quarter"}) && !t[half + 1].unit() && !t[half + 1].isAny({u"an", u"a"})) {
            part.value += t[half].is(u"half") ? 0.5 : 0.25;
            part.next = half + 1;
            return part;
        }
    }
    if (*unit == Grain::Hour && isWhole(part.value)) {
        if (t[i].is(u"h") && t[next].isDigits() && t[next].glued && t[next].size() == 2 && t[next].number < 60 &&
            count->plain) {
            part.value += t[next].number / 60;
            part.next = next + 1;
            part.clockLike = true;
            if (t[part.next].glued && t[part.next].isAny({u"m", u"min", u"mins"})) {
                ++part.next;
                part.clockLike = false;
            }
            return part;
        }
        const int from = t[next].is(u"and") ? next + 1 : next;
        const std::optional<NumberMatch> minutes = t[from].word ? matchNumber(t, from) : std::nullopt;
        if (minutes && minutes->words && minutes->value >= 5 && minutes->value < 60 && !t[minutes->next].isWord()) {
            part.value += minutes->value / 60;
            part.next = minutes->next;
        }
    }
    return part;
}
} // namespace

double secondsOf(Grain grain)
{
    switch (grain) {
    case Grain::Second:
        return 1;
    case Grain::Minute:
        return 60;
    case Grain::Hour:
        return 3600;
    case Grain::Day:
        return 86400;
    case Grain::Week:
        return 7 * 86400;
    case Grain::Month:
        return 30 * 86400;
    case Grain::Quarter:
        return 90 * 86400;
    case Grain::Year:
        return 365 * 86400;
    }
    return 1;
}

DurationValue makeDuration(double value, Grain unit)
{
    while (!isWhole(value) && unit != Grain::Second) {
        const Grain next = finer(unit);
        value *= ratio(unit, next);
        unit = next;
    }
    value = std::round(value * 1000) / 1000;
    if (isWhole(value))
        value = std::round(value);
    return {value, unit, value * secondsOf(unit)};
}

std::optional<DurationMatch> matchDuration(const Tokens &t, int at)
{
    const std::optional<Part> first = partAt(t, at);
    if (!first)
        return std::nullopt;
    DurationMatch m;
    m.value = makeDuration(first->value, first->unit);
    m.next = first->next;
    m.clockLike = first->clockLike;
    Grain last = first->unit;
    for (int parts = 1; parts < 7; ++parts) {
        int i = m.next;
        if (t[i].isSymbol(u','))
            ++i;
        if (t[i].is(u"and"))
            ++i;
        const std::optional<Part> part = partAt(t, i);
        if (!part || part->unit >= last)
            break;
        const DurationValue more = makeDuration(part->value, part->unit);
        const Grain unit = std::min(m.value.unit, more.unit);
        m.value = makeDuration(m.value.value * ratio(m.value.unit, unit) + more.value * ratio(more.unit, unit), unit);
        m.next = part->next;
        m.clockLike = false;
        last = part->unit;
    }
    return m;
}

} // namespace Atom::Entities
