// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The dates that are counted: from now, and within a month or a year.
#include "server/entities/durations.h"
#include "server/entities/numbers.h"
#include "server/entities/phrase.h"

#include <algorithm>

namespace Atom::Entities {

namespace {
//! The precision of "in 3 weeks": one unit finer than what is counted.
Grain precision(Grain unit)
{
    switch (unit) {
    case Grain::Second:
    case Grain::Minute:
        return Grain::Second;
    case Grain::Hour:
        return Grain::Minute;
    case Grain::Day:
        return Grain::Hour;
    case Grain::Week:
    case Grain::Month:
        return Grain::Day;
    case Grain::Quarter:
    case Grain::Year:
        return Grain::Month;
    }
    return Grain::Second;
}

Span offset(const TimeContext &context, const DurationValue &duration, int sign)
{
    if (duration.unit < Grain::Day) { // runs on, whatever the clocks on the wall do
        const qint64 msecs = context.nowMsecs + sign * qint64(std::min(duration.seconds, 1e11)) * 1000;
        Span span = Span::unit(context.toWall(msecs), Grain::Second);
        span.exact = msecs;
        return span;
    }
    const Wall wall = addUnits(context.now, duration.unit, sign * qint64(std::min(duration.value, 1e9)));
    const Grain grain = precision(duration.unit);
    return Span::unit(floorTo(wall, grain), grain);
}

//! The occurrences of a weekday after (or before) today.
Span nthWeekday(const TimeContext &context, int weekday, int count)
{
    int days = (weekday - context.today.dayOfWeek() + 7) % 7;
    if (count > 0)
        days += (days == 0 ? 7 : 0) + 7 * (count - 1);
    else
        days += 7 * count;
    return Span::unit(wallOf(context.today.addDays(days)), Grain::Day);
}

int smallNumber(const Tokens &t, int at, int &next)
{
    int i = t[at].is(u"a") && t[at + 1].isAny({u"few", u"couple"}) ? at + 1 : at;
    if (t[i].isAny({u"few", u"couple"})) {
        next = t[i + 1].is(u"of") ? i + 2 : i + 1;
        return t[i].is(u"few") ? 3 : 2;
    }
    const std::optional<NumberMatch> number = matchNumber(t, at);
    if (!number || !number->isInteger() || number->value < 1 || number->value > 1000)
        return 0;
    next = number->next;
    return int(number->value);
}

//! this, next, last, …: units from the current one.
std::optional<int> direction(const Token &token)
{
    if (token.isAny({u"this", u"current"}))
        return 0;
    if (token.isAny({u"next", u"following", u"coming", u"upcoming"}))
        return 1;
    if (token.isAny({u"last", u"past", u"previous"}))
        return -1;
    return std::nullopt;
}

bool isWeekend(const Tokens &t, int at, int &next)
{
    if (t[at].isAny({u"weekend", u"weekends"})) {
        next = at + 1;
        return true;
    }
    if (t[at].is(u"week") && t[at + 1].isDash() && t[at + 2].isAny({u"end", u"ends"})) {
        next = at + 3;
        return true;
    }
    return false;
}

QDate mondayOf(QDate date)
{
    return date.addDays(1 - date.dayOfWeek());
}

Span wholeUnits(const TimeContext &context, Grain unit, int from, int to)
{
    const Wall start = unit == Grain::Second ? context.now : floorTo(context.now, unit);
    return Span::between(addUnits(start, unit, from), addUnits(start, unit, to), unit);
}
} // namespace

std::optional<PhraseMatch> matchCycle(const Tokens &t, int at, const TimeContext &context)
{
    PhraseMatch m;
    int i = at;
    int count = 0;
    bool countFirst = false;
    // "two upcoming months"
    if (const int n = t[i].isDigits() || (t[i].word && t[i].word->number > 0) ? smallNumber(t, i, m.next) : 0;
        n > 0 && t[m.next].isAny({u"upcoming", u"coming", u"following", u"next", u"past", u"last", u"previous"})) {
        count = n;
        countFirst = true;
        i = m.next;
    }
    const bool all = !countFirst && t[i].is(u"all") && t[i + 1].is(u"week");
    const bool rest = t[i].is(u"rest") && t[i + 1].is(u"of") && t[i + 2].isAny({u"the", u"this"});
    if (all || rest) {
        const int unitAt = all ? i + 1 : i + 3;
        if (!t[unitAt].unit() || *t[unitAt].unit() < Grain::Day)
            return std::nullopt;
        Span span = wholeUnits(context, *t[unitAt].unit(), 0, 1);
        m.phrase.base = rest ? Span::between(floorTo(context.now, Grain::Day), span.to, Grain::Day) : span;
        m.next = unitAt + 1;
        return m;
    }
    // "spring 2014", "the summer of 2014"
    if (t[i].isAny({u"spring", u"summer", u"fall", u"autumn", u"winter"})) {
        const int year = t[i + 1].isAny({u"of", u"in"}) ? i + 2 : i + 1;
        const bool named = t[year].isDigits() && t[year].size() == 4 && t[year].number >= 1000 && t[year].number < 3000;
        m.phrase.base = named ? seasonOfYear(t[i].text, int(t[year].number)) : seasonSpan(t[i].text, context, 0);
        m.phrase.weakness = named ? Weakness::None : Weakness::Weak;
        m.next = named ? year + 1 : i + 1;
        return m;
    }
    std::optional<int> step = direction(t[i]);
    const bool weekendAlone = !step && isWeekend(t, i, m.next) && t[i - 1].isAny({u"the", u"on", u"over", u"at"});
    if (weekendAlone) {
        m.phrase.base = weekendOf(mondayOf(context.today));
        return m;
    }
    if (!step)
        return std::nullopt;
    const bool upcoming = t[i].is(u"upcoming");
    ++i;
    if (const std::optional<int> second = direction(t[i]); second && *step == 0 && *second != 0) {
        step = second; // "this past", "this coming"
        ++i;
    }
    if (count == 0 && *step != 0) {
        if (const int n = smallNumber(t, i, m.next); n > 0 && t[m.next].unit() && !t[m.next].word->shortUnit) {
            count = n;
            i = m.next;
        }
    }
    if (isWeekend(t, i, m.next) && count == 0) {
        // The one to come is "this weekend" and "coming weekend".
        const bool running = *step == 0 || (*step == 1 && !t[i - 1].is(u"next"));
        m.phrase.base = weekendOf(mondayOf(context.today).addDays(running ? 0 : 7 * *step));
        return m;
    }
    if (t[i].isAny({u"spring", u"summer", u"fall", u"autumn", u"winter", u"season", u"seasons"}) && count == 0) {
        m.phrase.base = seasonSpan(t[i].text, context, *step);
        m.next = i + 1;
        return m;
    }
    if (const int month = t[i].month(); month && count == 0) {
        const int thisYear = context.today.year();
        const int year = *step < 0 ? (month < context.today.month() ? thisYear : thisYear - 1)
                                   : (month > context.today.month() || (*step == 0 && month == context.today.month())
                                          ? thisYear
                                          : thisYear + 1);
        m.phrase.year = year;
        m.phrase.month = month;
        m.next = i + 1;
        return m;
    }
    const std::optional<Grain> unit = t[i].unit();
    if (!unit || t[i].word->shortUnit)
        return std::nullopt;
    m.next = i + 1;
    if (t[m.next].isSymbol(u'\'') && t[m.next + 1].is(u"s"))
        m.next += 2;
    const Wall current = floorTo(context.now, *unit);
    if (count > 0 && (upcoming || (countFirst && *step > 0)))
        m.phrase.base = Span::unit(addUnits(current, *unit, count), *unit);
    else if (count > 0)
        m.phrase.base = *step > 0 ? wholeUnits(context, *unit, 1, count + 1) : wholeUnits(context, *unit, -count, 0);
    else if (*unit == Grain::Second || (*unit < Grain::Day && *step == 0))
        return std::nullopt; // "this minute", "this second"
    else
        m.phrase.base = Span::unit(addUnits(current, *unit, *step), *unit);
    return m;
}

std::optional<PhraseMatch> matchNth(const Tokens &t, int at)
{
    PhraseMatch m;
    Nth nth;
    int i = at;
    if (const std::optional<NumberMatch> ordinal = matchOrdinal(t, i); ordinal && ordinal->value <= 400) {
        nth.n = int(ordinal->value);
        i = ordinal->next;
        if (t[i].is(u"last") || (t[i].is(u"to") && t[i + 1].is(u"last"))) {
            nth.n = -nth.n; // "second to last" is the second from the end
            i += t[i].is(u"last") ? 1 : 2;
        }
    } else if (t[i].is(u"last")) {
        nth.n = -1;
        ++i;
    } else if (t[i].is(u"q") && t[i + 1].isDigits() && t[i + 1].glued && t[i + 1].size() == 1) {
        nth.n = int(t[i + 1].number);
        nth.unit = Grain::Quarter;
        m.next = i + 2;
        m.phrase.nth = nth;
        return nth.n >= 1 && nth.n <= 4 ? std::optional(m) : std::nullopt;
    } else if (t[i].isDigits() && (t[i].size() == 2 || t[i].size() == 4) && t[i + 1].is(u"q") && t[i + 1].glued &&
               t[i + 2].isDigits() && t[i + 2].size() == 1) { // 2018Q4
        nth.n = int(t[i + 2].number);
        nth.unit = Grain::Quarter;
        m.phrase.year = int(t[i].number) + (t[i].size() == 2 ? 2000 : 0);
        m.next = i + 3;
        m.phrase.nth = nth;
        return nth.n >= 1 && nth.n <= 4 ? std::optional(m) : std::nullopt;
    } else {
        return std::nullopt;
    }
    const std::optional<Grain> unit = t[i].unit();
    if (isWeekend(t, i, m.next)) {
        nth.weekend = true;
    } else if (t[i].weekday()) {
        nth.weekday = t[i].weekday();
        m.next = i + 1;
    } else if (unit && *unit >= Grain::Day && !t[i].word->shortUnit) {
        nth.unit = *unit;
        m.next = i + 1;
    } else {
        return std::nullopt;
    }
    m.phrase.nth = nth;
    if (nth.unit == Grain::Quarter && nth.n > 0)
        return nth.n <= 4 ? std::optional(m) : std::nullopt;
    // Only inside something: "last Friday in the office" is another thing than "last Friday in October".
    int inside = m.next;
    if (t[inside].isAny({u"of", u"in"})) {
        ++inside;
        while (inside < m.next + 3 && t[inside].isAny({u"the", u"around"}))
            ++inside;
    }
    const Token &whole = t[inside];
    const bool year = whole.isDigits() && whole.size() == 4;
    const bool unitNamed = whole.unit() && *whole.unit() >= Grain::Week && !whole.word->shortUnit;
    if (!year && (inside == m.next || !(whole.month() || direction(whole) || unitNamed)))
        return std::nullopt;
    return m;
}

std::optional<PhraseMatch> matchOffset(const Tokens &t, int at, const TimeContext &context, int depth)
{
    PhraseMatch m;
    int i = at;
    const bool in = t[i].isAny({u"in", u"within"});
    const bool within = t[i].is(u"within");
    if (in) {
        ++i;
        while (i < at + 3 &&
               t[i].isAny({u"about", u"around", u"just", u"approximately", u"roughly", u"under", u"exactly"}))
            ++i;
        const std::optional<DurationMatch> duration = matchDuration(t, i);
        if (!duration)
            return std::nullopt;
        m.next = duration->next;
        if (t[m.next].isSymbol(u'\'') || t[m.next].isAny({u"time"}))
            ++m.next;
        const Span end = offset(context, duration->value, 1);
        m.phrase.base = end;
        if (within) {
            m.phrase.base = Span{context.now, end.from, end.from, Grain::Second, true, context.nowMsecs};
        }
        return m;
    }
    // "4 tuesdays from now", "2 thursdays ago"
    if (const int n = t[i].isDigits() || t[i].word ? smallNumber(t, i, m.next) : 0; n > 0 && t[m.next].weekday()) {
        const int weekday = t[m.next].weekday();
        const int after = m.next + 1;
        if (t[after].isAny({u"ago", u"back"})) {
            m.phrase.base = nthWeekday(context, weekday, -n);
            m.next = after + 1;
            return m;
        }
        if (t[after].is(u"hence") || (t[after].is(u"from") && t[after + 1].isAny({u"now", u"today"}))) {
            m.phrase.base = nthWeekday(context, weekday, n);
            m.next = t[after].is(u"hence") ? after + 1 : after + 2;
            return m;
        }
        return std::nullopt;
    }
    const std::optional<DurationMatch> duration = matchDuration(t, i);
    if (!duration)
        return std::nullopt;
    i = duration->next;
    const Token &word = t[i];
    if (word.isAny({u"ago", u"back", u"hence", u"later", u"earlier"})) {
        m.phrase.base = offset(context, duration->value, word.isAny({u"ago", u"back", u"earlier"}) ? -1 : 1);
        if (word.isAny({u"back", u"later", u"earlier"}))
            m.phrase.weakness = Weakness::Weak;
        m.next = i + 1;
        return m;
    }
    if (word.is(u"from") && t[i + 1].is(u"now")) {
        m.phrase.base = offset(context, duration->value, 1);
        m.next = i + 2;
        return m;
    }
    const bool forward = word.isAny({u"from", u"after"});
    if ((!forward && !word.is(u"before")) || depth > 0)
        return std::nullopt;
    const std::optional<PhraseMatch> anchor = matchPhrase(t, i + 1, context, false, depth + 1);
    if (!anchor || anchor->phrase.weakness == Weakness::Latent)
        return std::nullopt;
    const std::optional<Span> span = resolve(anchor->phrase, context);
    if (!span)
        return std::nullopt;
    const Grain unit = duration->value.unit;
    const qint64 count = qint64(std::min(duration->value.value, 1e9)) * (forward ? 1 : -1);
    const Grain grain = std::min(span->grain, unit);
    m.phrase.base = Span::unit(addUnits(span->from, unit, count), grain);
    m.next = anchor->next;
    return m;
}

} // namespace Atom::Entities
