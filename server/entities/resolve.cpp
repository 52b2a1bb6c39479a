// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// From what the words say to when it is. Of several possible times the next one counts; the unit that is running now
// (this month, this hour) counts as one to come, so "feb 10" said on 12 February was two days ago.
#include "server/entities/phrase.h"

#include <array>

namespace Atom::Entities {

namespace {
std::optional<QDate> validDate(int year, int month, int day)
{
    const QDate date(year, month, day);
    return date.isValid() ? std::optional(date) : std::nullopt;
}

std::optional<Span> nthInside(const Nth &nth, const Span &whole)
{
    const QDate first = dateOf(whole.from);
    const QDate last = dateOf(whole.to - 1);
    const bool fromEnd = nth.n < 0;
    const int skip = fromEnd ? -nth.n - 1 : nth.n - 1;
    std::optional<Span> found;
    if (nth.weekday || nth.weekend) {
        const int weekday = nth.weekend ? 5 : nth.weekday;
        const QDate date = fromEnd ? last.addDays(-((last.dayOfWeek() - weekday + 7) % 7) - 7 * skip)
                                   : first.addDays((weekday - first.dayOfWeek() + 7) % 7 + 7 * skip);
        found = nth.weekend ? weekendOf(date.addDays(-4)) : Span::unit(wallOf(date), Grain::Day);
    } else if (nth.unit == Grain::Week) {
        // Weeks that begin inside, and from the end those that end inside.
        const QDate monday = fromEnd ? last.addDays(-(last.dayOfWeek() % 7) - 6 - 7 * skip)
                                     : first.addDays((8 - first.dayOfWeek()) % 7 + 7 * skip);
        found = Span::unit(wallOf(monday), Grain::Week);
    } else {
        const Wall start = fromEnd ? addUnits(floorTo(whole.to - 1, nth.unit), nth.unit, -skip)
                                   : addUnits(floorTo(whole.from, nth.unit), nth.unit, skip);
        found = Span::unit(start, nth.unit);
    }
    if (found->to <= whole.from || found->from >= whole.to)
        return std::nullopt;
    return found;
}

//! The month or year of the phrase; a month without a year is this or the next one.
std::optional<Span> container(const Phrase &p, const TimeContext &context)
{
    if (p.month) {
        const int thisYear = context.today.year();
        const int year = p.year                              ? *p.year
                         : p.base                            ? dateOf(p.base->from).year()
                         : *p.month >= context.today.month() ? thisYear
                                                             : thisYear + 1;
        return Span::unit(wallOf(QDate(year, *p.month, 1)), Grain::Month);
    }
    if (p.year)
        return Span::unit(wallOf(QDate(*p.year, 1, 1)), Grain::Year);
    if (p.base && p.base->grain > Grain::Day)
        return p.base;
    return std::nullopt;
}

bool fitsWeekday(const Phrase &p, QDate date)
{
    return !p.weekday || *p.weekday == date.dayOfWeek();
}

std::optional<Span> dayOfMonth(const Phrase &p, const TimeContext &context)
{
    const auto span = [](QDate date) { return Span::unit(wallOf(date), Grain::Day); };
    if (p.month) {
        if (p.year) {
            const auto date = validDate(*p.year, *p.month, *p.day);
            return date ? std::optional(span(*date)) : std::nullopt; // a wrong weekday is a slip, the date counts
        }
        const int first = p.base                             ? dateOf(p.base->from).year()
                          : *p.month < context.today.month() ? context.today.year() + 1
                                                             : context.today.year();
        std::optional<Span> any;
        for (int year = first; year < first + 12; ++year) {
            const auto date = validDate(year, *p.month, *p.day);
            if (date && fitsWeekday(p, *date))
                return span(*date);
            if (date && !any)
                any = span(*date);
        }
        return any;
    }
    if (p.base) {
        if (p.base->grain != Grain::Month)
            return std::nullopt;
        const QDate start = dateOf(p.base->from);
        const auto date = validDate(start.year(), start.month(), *p.day);
        return date ? std::optional(span(*date)) : std::nullopt;
    }
    QDate month(context.today.year(), context.today.month(), 1);
    for (int i = 0; i < 60; ++i, month = month.addMonths(1)) {
        const auto date = validDate(month.year(), month.month(), *p.day);
        if (date && *date >= context.today && fitsWeekday(p, *date))
            return span(*date);
    }
    return std::nullopt;
}

std::optional<Span> resolveDate(const Phrase &p, const TimeContext &context)
{
    if (p.nth) {
        std::optional<Span> whole = container(p, context);
        if (!whole && p.nth->unit == Grain::Quarter)
            whole = Span::unit(floorTo(context.now, Grain::Year), Grain::Year);
        return whole ? nthInside(*p.nth, *whole) : std::nullopt;
    }
    if (p.day)
        return dayOfMonth(p, context);
    if (p.month && p.weekday) {
        const std::optional<Span> whole = container(p, context);
        return nthInside({1, *p.weekday, Grain::Day, false}, *whole);
    }
    if (p.month || p.year)
        return container(p, context);
    if (p.weekday) {
        if (!p.base) {
            const int days = (*p.weekday - context.today.dayOfWeek() + 7) % 7;
            return Span::unit(wallOf(context.today.addDays(days == 0 ? 7 : days)), Grain::Day);
        }
        if (p.base->grain == Grain::Week)
            return Span::unit(addUnits(p.base->from, Grain::Day, *p.weekday - 1), Grain::Day);
        if (p.base->grain > Grain::Week)
            return nthInside({1, *p.weekday, Grain::Day, false}, *p.base);
    }
    return p.base;
}

//! The hours that a clock may mean, in the order of the day.
struct Hours
{
    std::array<int, 2> hour{};
    int count = 0;
    void add(int h) { hour[size_t(count++)] = h; }
};

Hours possibleHours(const Clock &clock, const std::optional<PartOfDay> &part)
{
    Hours hours;
    if (!clock.ambiguous) {
        hours.add(clock.hour);
        return hours;
    }
    const int morning = clock.hour % 12;
    if (part) {
        // "at 12 in the evening" is midnight, "at 12 in the afternoon" noon.
        if (part->from < 12 || (clock.hour == 12 && part->from >= 18))
            hours.add(clock.hour == 12 && part->from < 12 && part->to > 9 ? 12 : morning);
        else
            hours.add(morning + 12);
        return hours;
    }
    hours.add(clock.hour);
    if (clock.hour < 12)
        hours.add(clock.hour + 12);
    else
        hours.hour = {0, 12}, hours.count = 2;
    return hours;
}

Span atClock(Wall day, int hour, const Clock &clock)
{
    return Span::unit(wallOf(dateOf(day), hour * 3600 + clock.minute * 60 + clock.second), clock.grain);
}

std::optional<Span> resolveClock(const Phrase &p, const std::optional<Span> &date, const TimeContext &context,
                                 const Preference &preference)
{
    const Clock &clock = *p.clock;
    const Hours hours = possibleHours(clock, p.part);
    // Midnight of an evening is the one that ends it.
    const bool nextDay = p.part && p.part->from >= 18 && clock.hour == 12 && clock.ambiguous;
    Wall shift = 0;
    if (p.zoneMinutes) // the clock is another one: move it to the one here
        shift = context.zone.offsetFromUtc(context.toInstant(context.now)) - *p.zoneMinutes * 60;
    const auto at = [&](Wall day, int hour) {
        Span span = atClock(addUnits(day, Grain::Day, nextDay ? 1 : 0), hour, clock);
        span.from += shift;
        span.to += shift;
        span.last += shift;
        return span;
    };
    const Wall today = floorTo(context.now, Grain::Day);
    std::optional<Span> best;
    if (date) {
        const Wall day = floorTo(date->from, Grain::Day);
        const bool isToday = day == today && p.namedDay;
        for (int i = 0; i < hours.count; ++i) {
            // On another day a bare hour is meant as it is written.
            const int hour = hours.count == 2 && clock.hour == 12 && !preference.notBefore && !preference.before
                                 ? 12
                                 : hours.hour[size_t(i)];
            const Span span = at(day, hour);
            if (preference.before) {
                if (span.from < *preference.before)
                    best = span;
                continue;
            }
            if (preference.notBefore ? span.from < *preference.notBefore
                                     : isToday && i + 1 < hours.count && span.from < floorTo(context.now, Grain::Hour))
                continue;
            return span;
        }
        return best ? best : std::optional(at(day, hours.hour[0]));
    }
    const Wall notBefore = preference.notBefore ? *preference.notBefore : floorTo(context.now, Grain::Hour);
    for (int dayOffset = preference.before ? -1 : 0; dayOffset < 3; ++dayOffset) {
        for (int i = 0; i < hours.count; ++i) {
            const Span span = at(addUnits(today, Grain::Day, dayOffset), hours.hour[size_t(i)]);
            if (preference.before) {
                if (span.from < *preference.before)
                    best = span;
            } else if (span.from >= notBefore) {
                return span;
            }
        }
    }
    if (!best && preference.notBefore) // far from now
        return at(addUnits(floorTo(notBefore, Grain::Day), Grain::Day, 1), hours.hour[0]);
    return best;
}
} // namespace

std::optional<Span> resolve(const Phrase &p, const TimeContext &context, const Preference &preference)
{
    const bool hasDate = p.hasDate();
    std::optional<Span> date = hasDate ? resolveDate(p, context) : std::nullopt;
    if (hasDate && !date)
        return std::nullopt;
    if (p.clock)
        return resolveClock(p, date, context, preference);
    if (p.part) {
        Wall day = floorTo(date ? date->from : context.now, Grain::Day);
        if (!date && addUnits(day, Grain::Hour, p.part->to) <= context.now)
            day = addUnits(day, Grain::Day, 1);
        return Span::between(addUnits(day, Grain::Hour, p.part->from), addUnits(day, Grain::Hour, p.part->to),
                             Grain::Hour);
    }
    return date;
}

bool join(Phrase &a, const Phrase &b)
{
    if ((a.base && a.base->exact) || (b.base && b.base->exact) || (a.clock && b.clock) || (a.nth && b.nth) ||
        (a.number && b.number) || (a.year && b.year) || (a.month && b.month) || (a.day && b.day) ||
        (a.weekday && b.weekday))
        return false;
    Phrase both = a;
    if (b.number || a.number) {
        const Phrase &other = b.number ? a : b;
        const int number = b.number ? *b.number : *a.number;
        both.number.reset();
        if ((other.namedDay || other.part) && !other.clock && number <= 24) {
            both.clock = Clock{number % 24, 0, 0, Grain::Hour, number >= 1 && number <= 12};
        } else if (other.base && other.base->grain == Grain::Month && number >= 1 && a.number) {
            both.day = number; // "20 of next month"
        } else if (b.number && (other.isFullDate()) && !other.hasTime() && number <= 24) {
            both.clock = Clock{number % 24, 0, 0, Grain::Hour, number >= 1 && number <= 12}; // "Thursday from 9"
        } else {
            return false;
        }
    }
    if (a.part && b.part) {
        if (a.part->from != b.part->from && !(a.part->from == 18 && b.part->from == 21))
            return false;
    }
    if (a.base && b.base) {
        // "tonight" after "today", "this evening" after "tomorrow" is a slip.
        if (a.base->from != b.base->from || a.base->grain != b.base->grain)
            return false;
    }
    const Span *base = a.base ? &*a.base : b.base ? &*b.base : nullptr;
    if (base) {
        const bool day = base->grain <= Grain::Day;
        if (base->interval && (a.base ? b : a).hasDate())
            return false;
        if (base->interval && (a.clock || b.clock))
            return false;
        const Phrase &other = a.base ? b : a;
        if (day && (other.month || other.day || other.year || other.nth))
            return false;
        if (day && other.weekday && *other.weekday != dateOf(base->from).dayOfWeek())
            return false;
        if (other.month && base->grain != Grain::Year)
            return false;
        if (other.year)
            return false;
        if (other.day && base->grain != Grain::Month && !other.month)
            return false;
        if (b.clock && !day && !a.nth && !a.day && !a.weekday && base->grain < Grain::Month)
            return false;
    }
    if (b.year)
        both.year = b.year;
    if (b.month)
        both.month = b.month;
    if (b.day)
        both.day = b.day;
    if (b.weekday)
        both.weekday = b.weekday;
    if (b.nth)
        both.nth = b.nth;
    if (b.base)
        both.base = b.base;
    if (b.clock)
        both.clock = b.clock;
    if (b.part)
        both.part = b.part;
    if (b.zoneMinutes)
        both.zoneMinutes = b.zoneMinutes;
    both.namedDay = a.namedDay || b.namedDay;
    // A year needs a month or a quarter, a quarter or a day inside needs what it is inside of.
    if (both.year && !both.month && !both.nth && (both.day || both.weekday || both.hasTime() || both.base))
        return false;
    if (both.nth && both.hasTime() && both.weakness == Weakness::Latent && !both.month && !both.base && !both.year)
        return false;
    if (both.nth && (both.day || both.weekday))
        return false;
    if (both.day && *both.day > 31)
        return false;
    const bool container = both.month || both.base || both.year;
    both.weakness = both.nth && !container && both.nth->unit != Grain::Quarter ? Weakness::Latent : Weakness::None;
    a = both;
    return true;
}

} // namespace Atom::Entities
