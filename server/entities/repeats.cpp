// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/repeats.h"
#include "server/entities/numbers.h"

#include <QtCore/QStringList>

#include <array>
#include <bitset>

namespace Atom::Entities {
using namespace Qt::StringLiterals;

namespace {
struct Rule
{
    Grain unit = Grain::Day;
    int interval = 1;
    std::bitset<8> weekdays; //!< 1 Monday to 7
    int nth = 0;             //!< with one weekday, in the month
    int monthDay = 0, month = 0;
    std::optional<Clock> clock;
    std::optional<PartOfDay> part;
    std::optional<Wall> start;
    std::optional<QDateTime> until;
    int count = 0;
};

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

void addWorkdays(Rule &rule)
{
    rule.unit = Grain::Week;
    for (size_t day = 1; day <= 5; ++day)
        rule.weekdays.set(day);
}

//! "Monday", "Mondays and Thursdays", "Mon, Wed, Fri". \return the token after the last, or `at`.
int matchWeekdays(const Tokens &t, int at, Rule &rule, bool pluralOnly)
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
int matchNthWeekday(const Tokens &t, int at, Rule &rule, bool &everyMonth)
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

bool setPart(const Tokens &t, int at, Rule &rule)
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
int matchEvery(const Tokens &t, int at, Rule &rule)
{
    int i = at;
    bool everyMonth = false;
    if (const int next = matchNthWeekday(t, i, rule, everyMonth); next != i && (rule.nth != 0 || next > i + 2 || t[i + 1].is(u"th")))
        return next;
    rule = Rule();
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

std::optional<Rule> matchSingleWord(const Token &token)
{
    struct Word
    {
        QStringView text;
        Grain unit;
        int interval;
    };
    static constexpr std::array words{
        Word{u"hourly", Grain::Hour, 1},       Word{u"daily", Grain::Day, 1},         Word{u"everyday", Grain::Day, 1},
        Word{u"weekly", Grain::Week, 1},       Word{u"biweekly", Grain::Week, 2},     Word{u"fortnightly", Grain::Week, 2},
        Word{u"monthly", Grain::Month, 1},     Word{u"quarterly", Grain::Quarter, 1}, Word{u"yearly", Grain::Year, 1},
        Word{u"annually", Grain::Year, 1}};
    for (const Word &word : words) {
        if (token.is(word.text)) {
            Rule rule;
            rule.unit = word.unit;
            rule.interval = word.interval;
            return rule;
        }
    }
    return std::nullopt;
}

//! The times and days behind it: "on Friday", "at 9", "in the morning", "until June".
int matchTail(const Tokens &t, int at, Rule &rule, const TimeContext &context)
{
    int i = at;
    for (int n = 0; n < 5; ++n) {
        int j = t[i].isSymbol(u',') ? i + 1 : i;
        if (t[j].isAny({u"starting", u"beginning", u"from"})) {
            const std::optional<PhraseMatch> start = matchPhrase(t, j + 1, context);
            const std::optional<Span> span =
                start && start->phrase.weakness != Weakness::Latent && start->phrase.hasDate() && !start->phrase.hasTime()
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
            const std::optional<Span> span =
                end && end->phrase.weakness != Weakness::Latent && end->phrase.hasDate() ? resolve(end->phrase, context) : std::nullopt;
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
                Rule inner;
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
        if (!rule.part && (inPart != j || t[j].isAny({u"morning", u"mornings", u"evening", u"evenings", u"afternoon"})) &&
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

void settleTime(Rule &rule)
{
    if (!rule.part)
        return;
    if (!rule.clock) // a reminder needs an hour
        rule.clock = Clock{rule.part->from == 0 ? 9 : rule.part->from == 12 ? 14 : 19, 0, 0, Grain::Hour, false};
    else if (rule.clock->ambiguous && rule.part->from >= 12 && rule.clock->hour < 12)
        rule.clock->hour += 12;
}

QString ruleText(const Rule &rule)
{
    static const QStringList names{u""_s, u"MO"_s, u"TU"_s, u"WE"_s, u"TH"_s, u"FR"_s, u"SA"_s, u"SU"_s};
    QStringList parts;
    int interval = rule.interval;
    switch (rule.unit) {
    case Grain::Second: parts.append(u"FREQ=SECONDLY"_s); break;
    case Grain::Minute: parts.append(u"FREQ=MINUTELY"_s); break;
    case Grain::Hour: parts.append(u"FREQ=HOURLY"_s); break;
    case Grain::Day: parts.append(u"FREQ=DAILY"_s); break;
    case Grain::Week: parts.append(u"FREQ=WEEKLY"_s); break;
    case Grain::Month: parts.append(u"FREQ=MONTHLY"_s); break;
    case Grain::Quarter:
        parts.append(u"FREQ=MONTHLY"_s);
        interval *= 3;
        break;
    case Grain::Year: parts.append(u"FREQ=YEARLY"_s); break;
    }
    if (interval > 1)
        parts.append(u"INTERVAL=%1"_s.arg(interval));
    if (rule.count > 0)
        parts.append(u"COUNT=%1"_s.arg(rule.count));
    else if (rule.until)
        parts.append(u"UNTIL="_s + rule.until->toUTC().toString(u"yyyyMMdd'T'HHmmss'Z'"_s));
    if (rule.month)
        parts.append(u"BYMONTH=%1"_s.arg(rule.month));
    if (rule.monthDay)
        parts.append(u"BYMONTHDAY=%1"_s.arg(rule.monthDay));
    QStringList days;
    for (size_t day = 1; day <= 7; ++day) {
        if (rule.weekdays.test(day))
            days.append((rule.nth ? QString::number(rule.nth) : QString()) + names.at(qsizetype(day)));
    }
    if (!days.isEmpty())
        parts.append(u"BYDAY="_s + days.join(u','));
    if (rule.clock) {
        parts.append(u"BYHOUR=%1"_s.arg(rule.clock->hour));
        parts.append(u"BYMINUTE=%1"_s.arg(rule.clock->minute));
        if (rule.clock->second > 0)
            parts.append(u"BYSECOND=%1"_s.arg(rule.clock->second));
    }
    return parts.join(u';');
}

bool falls(const Rule &rule, QDate date)
{
    if (rule.month && date.month() != rule.month)
        return false;
    if (rule.monthDay && date.day() != (rule.monthDay > 0 ? rule.monthDay : date.daysInMonth() + 1 + rule.monthDay))
        return false;
    if (rule.month && !rule.monthDay && date.day() != 1)
        return false;
    if (rule.weekdays.any() && !rule.weekdays.test(size_t(date.dayOfWeek())))
        return false;
    if (rule.nth > 0 && (date.day() - 1) / 7 + 1 != rule.nth)
        return false;
    return rule.nth >= 0 || (date.daysInMonth() - date.day()) / 7 + 1 == -rule.nth;
}

std::optional<QDateTime> firstOf(const Rule &rule, const TimeContext &context)
{
    if (rule.unit < Grain::Day)
        return context.toInstant(addUnits(context.now, rule.unit, rule.interval));
    const int second = rule.clock ? rule.clock->hour * 3600 + rule.clock->minute * 60 + rule.clock->second : 0;
    QDate date = rule.start && *rule.start > context.now ? dateOf(*rule.start) : context.today;
    if (rule.weekdays.none() && !rule.monthDay && !rule.month && !rule.clock && !rule.start)
        return context.toInstant(addUnits(wallOf(date), rule.unit, rule.interval));
    // Nine years, for 29 February around 2100.
    for (int i = 0; i < 9 * 366; ++i, date = date.addDays(1)) {
        if (falls(rule, date) && wallOf(date, second) > context.now)
            return context.toInstant(wallOf(date, second));
    }
    return std::nullopt;
}
} // namespace

std::optional<RepeatMatch> matchRepeat(const Tokens &t, int at, const TimeContext &context)
{
    Rule rule;
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
    } else if (const std::optional<Rule> word = matchSingleWord(t[i])) {
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
        rule = Rule();
        end = matchEvery(t, clock->next + 1, rule);
        if (end == clock->next + 1 || rule.unit < Grain::Day)
            return std::nullopt;
        rule.clock = clock->phrase.clock;
    }
    RepeatMatch m;
    m.next = matchTail(t, end, rule, context);
    settleTime(rule);
    const std::optional<QDateTime> first = firstOf(rule, context);
    if (!first)
        return std::nullopt;
    m.value = {ruleText(rule), *first};
    return m;
}

} // namespace Atom::Entities
