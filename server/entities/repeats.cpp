// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/repeats.h"
#include "server/entities/numbers.h"
#include "server/entities/recurrence.h"

#include <array>

namespace Atom::Entities {

namespace {
bool isWorkday(const Tokens &t, int at, int &next)
{
    if (t[at].isAny({u"weekday", u"weekdays", u"workday", u"workdays"})) {
        next = at + 1;
        return true;
    }
    if (t[at].isAny({u"work", u"working", u"business", u"week"}) && t[at + 1].isAny({u"day", u"days"})) {
        next = at + 2;
        return true;
    }
    return false;
}

void addWorkdays(Recurrence &rule)
{
    rule.unit = Grain::Week;
    for (size_t day = 1; day <= 5; ++day)
        rule.weekdays.set(day);
}

//! "Monday", "Mondays and Thursdays", "Mon, Wed, Fri". \return the token after the last, or `at`.
int matchWeekdays(const Tokens &t, int at, Recurrence &rule, bool pluralOnly)
{
    int end = at;
    int i = at;
    for (int n = 0; n < 7; ++n) {
        if (!t[i].weekday() || (pluralOnly && n == 0 && !t[i].text.endsWith(u"days")))
            break;
        rule.weekdays.set(size_t(t[i].weekday()));
        end = ++i;
        if (t[i].isSymbol(u','))
            ++i;
        if (t[i].isAny({u"and", u"or"}) || t[i].isSymbol(u'&') || t[i].isSymbol(u'/'))
            ++i;
    }
    if (end > at)
        rule.unit = Grain::Week;
    return end;
}

//! "first Monday", "last Friday", with "of the month" or "of every month". \return the token after, or `at`.
int matchNthWeekday(const Tokens &t, int at, Recurrence &rule, bool &everyMonth)
{
    int i = at;
    int nth = 0;
    if (const std::optional<NumberMatch> ordinal = matchOrdinal(t, i); ordinal && ordinal->value <= 31) {
        nth = int(ordinal->value);
        i = ordinal->next;
    } else if (t[i].is(u"last")) {
        nth = -1;
        ++i;
    } else {
        return at;
    }
    int weekday = 0;
    if (t[i].weekday() && nth <= 5)
        weekday = t[i++].weekday();
    else if (t[i].is(u"day"))
        ++i;
    else if (nth < 0)
        return at;
    everyMonth = false;
    if (t[i].isAny({u"of", u"in"})) {
        int j = i + 1;
        everyMonth = t[j].isAny({u"every", u"each"});
        if (everyMonth || t[j].isAny({u"the", u"a"}))
            ++j;
        if (t[j].unit() != Grain::Month || t[j].word->shortUnit)
            return at;
        i = j + 1;
    } else if (weekday && nth > 0) {
        return at; // "every second Monday" is every other one
    }
    rule.unit = Grain::Month;
    if (weekday) {
        rule.weekdays.set(size_t(weekday));
        rule.nth = nth;
    } else {
        rule.monthDay = nth;
    }
    return i;
}

bool setPart(const Tokens &t, int at, Recurrence &rule)
{
    if (t[at].isAny({u"morning", u"mornings"}))
        rule.part = PartOfDay{0, 12};
    else if (t[at].isAny({u"afternoon", u"afternoons"}))
        rule.part = PartOfDay{12, 19};
    else if (t[at].isAny({u"evening", u"evenings", u"night", u"nights"}))
        rule.part = PartOfDay{18, 24};
    else
        return false;
    return true;
}

//! What follows "every". \return the token after, or `at` when nothing does.
int matchEvery(const Tokens &t, int at, Recurrence &rule)
{
    int i = at;
    bool everyMonth = false;
    if (const int next = matchNthWeekday(t, i, rule, everyMonth);
        next != i && (rule.nth != 0 || next > i + 2 || t[i + 1].is(u"th")))
        return next;
    rule = Recurrence();
    if (t[i].is(u"other")) {
        rule.interval = 2;
        ++i;
    } else if (const std::optional<NumberMatch> ordinal = matchOrdinal(t, i);
               ordinal && ordinal->value >= 2 && (t[ordinal->next].unit() || t[ordinal->next].weekday())) {
        rule.interval = int(ordinal->value);
        i = ordinal->next;
    } else if (const std::optional<NumberMatch> number = matchNumber(t, i);
               number && number->isInteger() && number->value >= 1 && number->value <= 1000 && t[number->next].unit()) {
        rule.interval = int(number->value);
        i = number->next;
    }
    int next = 0;
    if (isWorkday(t, i, next)) {
        addWorkdays(rule);
        return next;
    }
    if (t[i].isAny({u"weekend", u"weekends"})) {
        rule.unit = Grain::Week;
        rule.weekdays.set(6);
        rule.weekdays.set(7);
        return i + 1;
    }
    if (const int days = matchWeekdays(t, i, rule, false); days != i)
        return setPart(t, days, rule) ? days + 1 : days;
    if (setPart(t, i, rule))
        return i + 1;
    const bool digits = i > at && t[i - 1].isDigits();
    if (const std::optional<Grain> unit = t[i].unit(); unit && (!t[i].word->shortUnit || digits)) {
        rule.unit = *unit;
        return i + 1;
    }
    if (rule.interval != 1)
        return at;
    if (const std::optional<PhraseMatch> date = matchMonthDate(t, i, Where{false, true, true, false, false});
        date && !date->phrase.year) {
        rule.unit = Grain::Year;
        rule.month = date->phrase.month.value_or(0);
        rule.monthDay = date->phrase.day.value_or(0);
        return date->next;
    }
    return at;
}

std::optional<Recurrence> matchSingleWord(const Token &token)
{
    struct Word
    {
        QStringView text;
        Grain unit;
        int interval;
    };
    static constexpr std::array words{Word{u"hourly", Grain::Hour, 1},   Word{u"daily", Grain::Day, 1},
                                      Word{u"everyday", Grain::Day, 1},  Word{u"weekly", Grain::Week, 1},
                                      Word{u"biweekly", Grain::Week, 2}, Word{u"fortnightly", Grain::Week, 2},
                                      Word{u"monthly", Grain::Month, 1}, Word{u"quarterly", Grain::Quarter, 1},
                                      Word{u"yearly", Grain::Year, 1},   Word{u"annually", Grain::Year, 1}};
    for (const Word &word : words) {
        if (token.is(word.text)) {
            Recurrence rule;
            rule.unit = word.unit;
            rule.interval = word.interval;
            return rule;
        }
    }
    return std::nullopt;
}

//! The times and days behind it: "on Friday", "at 9", "in the morning", "until June".
int matchTail(const Tokens &t, int at, Recurrence &rule, const TimeContext &context)
{
    int i = at;
    for (int n = 0; n < 5; ++n) {
        int j = t[i].isSymbol(u',') ? i + 1 : i;
        if (t[j].isAny({u"starting", u"beginning", u"from"})) {
            const std::optional<PhraseMatch> start = matchPhrase(t, j + 1, context);
            const std::optional<Span> span = start && start->phrase.weakness != Weakness::Latent &&
                                                     start->phrase.hasDate() && !start->phrase.hasTime()
                                                 ? resolve(start->phrase, context)
                                                 : std::nullopt;
            if (!span)
                break;
            rule.start = span->from;
            i = start->next;
            continue;
        }
        if (t[j].isAny({u"until", u"till", u"til", u"through"})) {
            const std::optional<PhraseMatch> end = matchPhrase(t, j + 1, context, true);
            const std::optional<Span> span = end && end->phrase.weakness != Weakness::Latent && end->phrase.hasDate()
                                                 ? resolve(end->phrase, context)
                                                 : std::nullopt;
            if (!span)
                break;
            rule.until = context.toInstant(span->to - 1);
            i = end->next;
            continue;
        }
        const bool on = t[j].is(u"on");
        const int days = on ? j + 1 : j;
        if (rule.unit >= Grain::Week && rule.weekdays.none() && rule.monthDay == 0 && on) {
            if (rule.unit == Grain::Week) {
                if (const int next = matchWeekdays(t, days, rule, false); next != days) {
                    i = next;
                    continue;
                }
            } else if (rule.unit == Grain::Month) {
                Recurrence inner;
                bool everyMonth = false;
                const int from = t[days].is(u"the") ? days + 1 : days;
                if (const int next = matchNthWeekday(t, from, inner, everyMonth); next != from) {
                    rule.weekdays = inner.weekdays;
                    rule.nth = inner.nth;
                    rule.monthDay = inner.monthDay;
                    i = next;
                    continue;
                }
                // "every month on the first Monday" leaves out "of the month".
                const std::optional<NumberMatch> nth = matchOrdinal(t, from);
                if (nth && t[nth->next].weekday() && nth->value <= 5) {
                    rule.weekdays.set(size_t(t[nth->next].weekday()));
                    rule.nth = int(nth->value);
                    i = nth->next + 1;
                    continue;
                }
            } else if (rule.unit == Grain::Year) {
                const std::optional<PhraseMatch> date = matchMonthDate(t, days, Where{false, true, true, false, false});
                if (date && date->phrase.day) {
                    rule.month = *date->phrase.month;
                    rule.monthDay = *date->phrase.day;
                    i = date->next;
                    continue;
                }
            }
        }
        const std::optional<NumberMatch> times = matchNumber(t, t[j].is(u"for") ? j + 1 : j);
        if (times && times->isInteger() && times->value >= 1 && times->value <= 1000 && t[times->next].is(u"times")) {
            rule.count = int(times->value);
            i = times->next + 1;
            continue;
        }
        const int inPart = t[j].is(u"in") && t[j + 1].is(u"the") ? j + 2 : j;
        if (!rule.part &&
            (inPart != j || t[j].isAny({u"morning", u"mornings", u"evening", u"evenings", u"afternoon"})) &&
            setPart(t, inPart, rule)) {
            i = inPart + 1;
            continue;
        }
        if (!rule.clock && rule.unit >= Grain::Day) {
            const bool said = t[j].is(u"at") || t[j].isSymbol(u'@') || t[j].is(u"around");
            const std::optional<PhraseMatch> clock =
                matchClock(t, said ? j + 1 : j, Where{said, false, false, false, false});
            if (clock && clock->phrase.weakness == Weakness::None) {
                rule.clock = clock->phrase.clock;
                i = clock->next;
                continue;
            }
        }
        break;
    }
    return i;
}

void settleTime(Recurrence &rule)
{
    if (!rule.part)
        return;
    if (!rule.clock) // a reminder needs an hour
        rule.clock = Clock{rule.part->from == 0 ? 9 : rule.part->from == 12 ? 14 : 19, 0, 0, Grain::Hour, false};
    else if (rule.clock->ambiguous && rule.part->from >= 12 && rule.clock->hour < 12)
        rule.clock->hour += 12;
}

} // namespace

std::optional<RepeatMatch> matchRepeat(const Tokens &t, int at, const TimeContext &context)
{
    Recurrence rule;
    int i = at;
    while (i < at + 2 && t[i].isAny({u"on", u"the", u"at"}))
        ++i;
    const int begin = i;
    int end = i;
    bool everyMonth = false;
    int next = 0;
    if (t[i].isAny({u"every", u"each"})) {
        end = matchEvery(t, i + 1, rule);
        if (end == i + 1)
            return std::nullopt;
    } else if (const std::optional<Recurrence> word = matchSingleWord(t[i])) {
        rule = *word;
        end = i + 1;
    } else if (t[i].is(u"weekdays") && isWorkday(t, i, next)) {
        addWorkdays(rule);
        end = next;
    } else if (t[i].is(u"weekends")) {
        rule.unit = Grain::Week;
        rule.weekdays.set(6);
        rule.weekdays.set(7);
        end = i + 1;
    } else if (const int days = matchWeekdays(t, i, rule, true); days != i) {
        end = days;
    } else if (const int nth = matchNthWeekday(t, i, rule, everyMonth); nth != i && everyMonth) {
        end = nth;
    } else {
        // "at 9 every Monday": the time may come first.
        const bool said = t[at].is(u"at");
        const std::optional<PhraseMatch> clock = matchClock(t, begin, Where{said, false, false, false, false});
        if (!clock || clock->phrase.weakness != Weakness::None || !t[clock->next].isAny({u"every", u"each"}))
            return std::nullopt;
        rule = Recurrence();
        end = matchEvery(t, clock->next + 1, rule);
        if (end == clock->next + 1 || rule.unit < Grain::Day)
            return std::nullopt;
        rule.clock = clock->phrase.clock;
    }
    RepeatMatch m;
    m.next = matchTail(t, end, rule, context);
    settleTime(rule);
    const std::optional<QDateTime> first = firstOccurrence(rule, context);
    if (!first)
        return std::nullopt;
    m.value = {ruleText(rule), *first};
    return m;
}

} // namespace Atom::Entities
