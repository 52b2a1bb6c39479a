// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/times.h"
#include "server/entities/durations.h"

#include <algorithm>

namespace Atom::Entities {

namespace {
struct SpanMatch
{
    Span span;
    int next = 0;
    Weakness weakness = Weakness::None;
    TimeValue::Shape shape = TimeValue::Shape::Point;
};

Clock bareHour(int number)
{
    return Clock{number % 24, 0, 0, Grain::Hour, number >= 1 && number <= 12};
}

//! The two ends tell each other what they leave out: "3 to 4pm", "July 13-15", "from 13 to 15 July".
bool complete(Phrase &a, Phrase &b)
{
    if (a.number && b.number)
        return false;
    const auto fill = [](Phrase &bare, const Phrase &full) {
        if (full.clock && *bare.number <= 24)
            bare.clock = bareHour(*bare.number);
        else if (full.day && *bare.number >= 1)
            bare.day = *bare.number;
        else
            return false;
        bare.number.reset();
        return true;
    };
    if ((a.number && !fill(a, b)) || (b.number && !fill(b, a)))
        return false;
    if (a.day && b.day) {
        if (!a.month && !a.base) {
            a.month = b.month;
            a.year = b.year;
            a.base = b.base;
        } else if (!b.month && !b.base) {
            b.month = a.month;
            b.year = a.year;
            b.base = a.base;
        } else if (b.year && !a.year && a.month && b.month) {
            a.year = *a.month > *b.month ? *b.year - 1 : *b.year;
        }
    }
    if (a.hasTime() != b.hasTime())
        return false;
    const auto takeDate = [](Phrase &to, const Phrase &from) {
        to.year = from.year;
        to.month = from.month;
        to.day = from.day;
        to.weekday = from.weekday;
        to.nth = from.nth;
        to.base = from.base;
        to.namedDay = from.namedDay;
    };
    if (!a.hasDate() && b.hasDate())
        takeDate(a, b);
    else if (!b.hasDate() && a.hasDate() && b.hasTime())
        takeDate(b, a);
    if (a.part && !b.part && b.clock)
        b.part = a.part;
    if (b.part && !a.part && a.clock)
        a.part = b.part;
    if (b.zoneMinutes && !a.zoneMinutes)
        a.zoneMinutes = b.zoneMinutes;
    if (a.zoneMinutes && !b.zoneMinutes)
        b.zoneMinutes = a.zoneMinutes;
    return a.hasDate() == b.hasDate();
}

std::optional<Span> interval(Phrase a, Phrase b, const TimeContext &context)
{
    if (!complete(a, b))
        return std::nullopt;
    std::optional<Span> first, second;
    if (a.clock && b.clock && a.clock->ambiguous && !b.clock->ambiguous) {
        second = resolve(b, context);
        if (!second)
            return std::nullopt;
        first = resolve(a, context, Preference{{}, second->from});
    } else {
        first = resolve(a, context);
        if (!first)
            return std::nullopt;
        Preference after;
        if (b.clock)
            after.notBefore = first->from + 1;
        second = resolve(b, context, after);
    }
    if (!first || !second)
        return std::nullopt;
    // "from Saturday to Tuesday", "11pm to 2am" said with one date.
    if (second->from <= first->from) {
        if (b.weekday && !b.month && !b.base)
            *second = Span::unit(addUnits(second->from, Grain::Week, 1), second->grain);
        else if (b.month && b.day && !b.year)
            *second = Span::unit(addUnits(second->from, Grain::Year, 1), second->grain);
        else if (b.clock)
            *second = Span::unit(addUnits(second->from, Grain::Day, 1), second->grain);
    }
    if (second->from <= first->from)
        return std::nullopt;
    Span span;
    span.interval = true;
    span.from = first->from;
    span.exact = first->exact;
    span.grain = std::min(first->grain, second->grain);
    span.last = second->interval ? second->last : second->from;
    span.to = second->interval ? second->to : addUnits(second->from, span.grain, 1);
    if (!second->interval && second->grain > Grain::Hour)
        span.to = second->to;
    return span;
}

bool isConnector(const Tokens &t, int at, bool between, int &next)
{
    const Token &token = t[at];
    next = at + 1;
    if (token.isDash() || token.isAny({u"to", u"till", u"til", u"until", u"untill", u"thru", u"through"}))
        return true;
    if (token.isSymbol(u'/'))
        return t[at - 1].isDigits();
    if (between && token.is(u"and"))
        return true;
    if (token.isAny({u"but", u"and"}) && t[at + 1].isAny({u"before", u"until", u"till"})) {
        next = at + 2;
        return true;
    }
    return false;
}

std::optional<SpanMatch> matchInterval(const Tokens &t, int at, const TimeContext &context)
{
    int i = at;
    bool opener = false;
    while (i < at + 3 && t[i].isAny({u"around", u"about", u"for", u"on", u"in", u"at"}))
        ++i;
    bool between = t[i].is(u"between");
    if (t[i].isAny({u"from", u"between", u"starting"})) {
        opener = true;
        ++i;
    } else if (t[i].isAny({u"later"}) && t[i + 1].is(u"than")) {
        opener = true;
        i += 2;
    } else if (t[i].is(u"after")) {
        opener = true;
        ++i;
    }
    if (!opener)
        i = at;
    std::optional<PhraseMatch> a = matchPhrase(t, i, context, true);
    if (!a)
        return std::nullopt;
    const Token &before = t[a->next];
    for (int k = at; k < a->next && !between; ++k)
        between = t[k].is(u"between");
    if (!opener && t[a->next].isAny({u"later", u"between", u"from", u"after"}) && a->phrase.hasDate()) {
        // "on Thursday later than 9:30 but before 11"
        const int inner = before.is(u"later") ? a->next + 2 : a->next + 1;
        between = between || before.is(u"between");
        std::optional<PhraseMatch> rest = matchPhrase(t, inner, context, true);
        if (rest && rest->phrase.number && a->phrase.isFullDate()) {
            rest->phrase.clock = bareHour(*rest->phrase.number);
            rest->phrase.number.reset();
        }
        if (!rest || !join(a->phrase, rest->phrase))
            return std::nullopt;
        a->next = rest->next;
    }
    int next = 0;
    if (!isConnector(t, a->next, between, next))
        return std::nullopt;
    std::optional<PhraseMatch> b = matchPhrase(t, next, context, true);
    if (!b)
        return std::nullopt;
    if (a->phrase.weakness != Weakness::None && b->phrase.weakness != Weakness::None && !opener) {
        const bool years = a->phrase.year && b->phrase.year && *a->phrase.year >= 1800 && *b->phrase.year <= 2200;
        const bool days = a->phrase.weekday && b->phrase.weekday;
        if (!years && !days && !(a->phrase.month && b->phrase.month))
            return std::nullopt;
    }
    const std::optional<Span> span = interval(a->phrase, b->phrase, context);
    if (!span)
        return std::nullopt;
    SpanMatch m{*span, b->next, Weakness::None, TimeValue::Shape::Interval};
    if (t[m.next].is(u"ish"))
        ++m.next;
    return m;
}

//! "for 10 days from 18th Dec", "from 4pm for thirty minutes".
std::optional<SpanMatch> matchLasting(const Tokens &t, int at, const TimeContext &context)
{
    const auto make = [&](const Span &start, const DurationValue &duration, int next) {
        const Grain grain = std::min(start.grain, duration.unit);
        const Wall end = addUnits(start.from, duration.unit, qint64(std::min(duration.value, 1e9)));
        // The last unit belongs to it, as in "from 4pm to 4:30pm".
        Span span{start.from, addUnits(end, grain, 1), end, grain, true, start.exact};
        return SpanMatch{span, next, Weakness::None, TimeValue::Shape::Interval};
    };
    int i = at;
    if (t[i].is(u"for")) {
        const std::optional<DurationMatch> duration = matchDuration(t, i + 1);
        if (!duration)
            return std::nullopt;
        i = duration->next;
        if (t[i].isAny({u"starting", u"beginning"}))
            ++i;
        if (!t[i].isAny({u"from", u"on"}))
            return std::nullopt;
        const std::optional<PhraseMatch> start = matchPhrase(t, i + 1, context);
        const std::optional<Span> span =
            start && start->phrase.weakness == Weakness::None ? resolve(start->phrase, context) : std::nullopt;
        return span ? std::optional(make(*span, duration->value, start->next)) : std::nullopt;
    }
    if (t[i].isAny({u"from", u"starting"}))
        ++i;
    const std::optional<PhraseMatch> start = matchPhrase(t, i, context);
    if (!start || start->phrase.weakness != Weakness::None || !t[start->next].is(u"for"))
        return std::nullopt;
    const std::optional<DurationMatch> duration = matchDuration(t, start->next + 1);
    if (!duration)
        return std::nullopt;
    const std::optional<Span> span = resolve(start->phrase, context);
    return span ? std::optional(make(*span, duration->value, duration->next)) : std::nullopt;
}

//! "before", "after", "until", "by", …
std::optional<SpanMatch> matchOpen(const Tokens &t, int at, const TimeContext &context)
{
    int i = at;
    if (t[i].isAny({u"anytime", u"sometime", u"some"}))
        i += t[i].is(u"some") && t[i + 1].is(u"time") ? 2 : 1;
    enum class Open { Before, After, By } open;
    const Token &word = t[i];
    if (word.isAny({u"before", u"until", u"untill", u"till", u"til", u"through", u"thru"}))
        open = Open::Before;
    else if (word.isAny({u"after", u"since", u"from"}))
        open = Open::After;
    else if (word.is(u"by"))
        open = Open::By;
    else if (word.is(u"later") && t[i + 1].is(u"than"))
        open = Open::After, ++i;
    else if (word.isAny({u"prior"}) && t[i + 1].is(u"to"))
        open = Open::Before, ++i;
    else
        return std::nullopt;
    ++i;
    SpanMatch m;
    if (open == Open::After) {
        if (const std::optional<DurationMatch> duration = matchDuration(t, i);
            duration && word.is(u"after") && !duration->clockLike &&
            !t[duration->next].isAny({u"from", u"after", u"ago"})) {
            const Wall wall = addUnits(context.now, duration->value.unit, qint64(std::min(duration->value.value, 1e9)));
            const Grain grain = duration->value.unit >= Grain::Week  ? Grain::Day
                                : duration->value.unit == Grain::Day ? Grain::Hour
                                                                     : Grain::Second;
            m.span = Span::unit(floorTo(wall, grain), grain);
            m.next = duration->next;
            m.shape = TimeValue::Shape::After;
            return m;
        }
    }
    const std::optional<PhraseMatch> phrase = matchPhrase(t, i, context, true);
    if (!phrase)
        return std::nullopt;
    Phrase p = phrase->phrase;
    if (p.weakness == Weakness::Latent &&
        !(p.year && !p.hasTime() && !word.isAny({u"from", u"through", u"thru", u"till"})))
        return std::nullopt;
    if (p.weakness == Weakness::Latent && (*p.year < 1900 || *p.year > 2100))
        return std::nullopt;
    const std::optional<Span> span = resolve(p, context);
    if (!span)
        return std::nullopt;
    m.next = phrase->next;
    m.span = *span;
    m.weakness = p.weakness == Weakness::Weak ? Weakness::Weak : Weakness::None;
    if (open == Open::Before) {
        m.shape = TimeValue::Shape::Before;
        m.span.to = span->from;
    } else if (open == Open::After) {
        m.shape = TimeValue::Shape::After;
    } else {
        m.shape = TimeValue::Shape::Interval;
        m.span.to = span->interval || span->grain >= Grain::Day ? span->to : span->from;
        if (m.span.to <= context.now)
            return std::nullopt;
        m.span.last = m.span.to;
        m.span.from = context.now;
        m.span.exact = context.nowMsecs;
        m.span.grain = Grain::Second;
    }
    return m;
}

TimeValue toValue(const SpanMatch &m, const TimeContext &context)
{
    TimeValue value;
    value.grain = m.span.grain;
    value.shape = m.shape;
    const QDateTime from =
        m.span.exact ? QDateTime::fromMSecsSinceEpoch(*m.span.exact, context.zone) : context.toInstant(m.span.from);
    if (m.shape != TimeValue::Shape::Before)
        value.from = from;
    if (m.shape != TimeValue::Shape::After)
        value.to = m.span.exact && m.shape == TimeValue::Shape::Point ? from.addSecs(m.span.to - m.span.from)
                                                                      : context.toInstant(m.span.to);
    // An hour that is skipped would otherwise end where it begins.
    if (value.from.isValid() && value.to.isValid() && value.to <= value.from)
        value.to = value.from.addSecs(m.span.to - m.span.from);
    value.last = m.shape == TimeValue::Shape::Interval ? context.toInstant(m.span.last)
                 : m.shape == TimeValue::Shape::Before ? value.to
                                                       : value.from;
    return value;
}
} // namespace

std::optional<TimeMatch> matchTime(const Tokens &t, int at, const TimeContext &context)
{
    // What an interval or a duration needs, and how far a part before it can reach.
    constexpr int reach = 24;
    std::optional<SpanMatch> best;
    const auto consider = [&](const std::optional<SpanMatch> &m) {
        if (m && m->weakness != Weakness::Latent && (!best || m->next > best->next))
            best = m;
    };
    if (t.nextFor(at) < at + reach)
        consider(matchLasting(t, at, context));
    if (const std::optional<PhraseMatch> phrase = matchPhrase(t, at, context);
        phrase && phrase->phrase.weakness != Weakness::Latent && !phrase->phrase.number) {
        if (const std::optional<Span> span = resolve(phrase->phrase, context))
            consider(SpanMatch{*span, phrase->next, phrase->phrase.weakness,
                               span->interval ? TimeValue::Shape::Interval : TimeValue::Shape::Point});
    }
    consider(matchOpen(t, at, context));
    if (t.nextConnector(at) < at + reach)
        consider(matchInterval(t, at, context));
    if (!best)
        return std::nullopt;
    return TimeMatch{toValue(*best, context), best->next, best->weakness};
}

} // namespace Atom::Entities
