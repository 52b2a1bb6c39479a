// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The beginning, the middle and the end of a unit; weekends and seasons.
#include "server/entities/phrase.h"

namespace Atom::Entities {

Span weekendOf(QDate monday)
{
    return Span::between(wallOf(monday.addDays(4), 18 * 3600), wallOf(monday.addDays(7)), Grain::Hour);
}

std::optional<Span> seasonOfYear(QStringView word, int year)
{
    struct Season
    {
        QStringView name;
        int month, day, endMonth, endDay; //!< the end is exclusive
    };
    static constexpr Season seasons[]{{u"spring", 3, 20, 6, 21},
                                      {u"summer", 6, 21, 9, 24},
                                      {u"fall", 9, 23, 12, 21},
                                      {u"autumn", 9, 23, 12, 21},
                                      {u"winter", 12, 21, 3, 21}};
    for (const Season &season : seasons) {
        if (season.name == word)
            return Span::between(
                wallOf(QDate(year, season.month, season.day)),
                wallOf(QDate(season.endMonth < season.month ? year + 1 : year, season.endMonth, season.endDay)),
                Grain::Day);
    }
    return std::nullopt;
}

std::optional<Span> seasonSpan(QStringView word, const TimeContext &context, int offset)
{
    const int lastYear = context.today.year() - 1;
    if (word == u"season" || word == u"seasons") {
        static constexpr QStringView names[]{u"winter", u"spring", u"summer", u"fall"};
        std::optional<Span> last, running;
        for (int year = lastYear - 1; year <= lastYear + 2; ++year) {
            // In the order of the year: the winter before belongs to the year before.
            for (int i = 0; i < 4; ++i) {
                const std::optional<Span> season = seasonOfYear(names[i], i == 0 ? year - 1 : year);
                if (running)
                    return offset < 0 ? last : offset == 0 ? running : season;
                if (season->from <= context.now && context.now < season->to)
                    running = season;
                else
                    last = season;
            }
        }
        return std::nullopt;
    }
    if (!seasonOfYear(word, lastYear))
        return std::nullopt;
    int year = lastYear;
    while (seasonOfYear(word, year)->to <= context.now)
        ++year;
    const bool running = seasonOfYear(word, year)->from <= context.now;
    return seasonOfYear(word, offset < 0 ? year - 1 : offset > 0 && running ? year + 1 : year);
}

std::optional<PhraseMatch> matchBoundary(const Tokens &t, int at, const TimeContext &context, int depth)
{
    PhraseMatch m;
    enum class Edge { Begin, Middle, End } edge = Edge::Begin;
    Span whole;
    int i = at;
    const auto unitNow = [&](Grain unit) { return Span::unit(floorTo(context.now, unit), unit); };
    if (t[i].isAny({u"eod", u"bod", u"eom", u"bom", u"eoy", u"boy", u"eow", u"eoq"})) {
        // "boy" is a word: only in capitals, or after "the" or "by" as the whole message.
        const QStringView name = t[i].text;
        edge = name.front() == u'e' ? Edge::End : Edge::Begin;
        const QChar unit = name.back();
        whole = unitNow(unit == u'd'   ? Grain::Day
                        : unit == u'm' ? Grain::Month
                        : unit == u'w' ? Grain::Week
                        : unit == u'q' ? Grain::Quarter
                                       : Grain::Year);
        if (t[i].raw == t[i].text && name.front() == u'b')
            m.phrase.weakness = Weakness::Weak;
        m.next = i + 1;
    } else {
        const bool shortForm = t[i].isAny({u"early", u"mid", u"late"});
        if (t[i].isAny({u"end", u"ending", u"late"}))
            edge = Edge::End;
        else if (t[i].isAny({u"mid", u"middle"}))
            edge = Edge::Middle;
        else if (!t[i].isAny({u"beginning", u"start", u"early"}))
            return std::nullopt;
        ++i;
        if (t[i].isDash() && shortForm)
            ++i;
        if (t[i].is(u"of"))
            ++i;
        else if (!shortForm)
            return std::nullopt;
        while (i < at + 5 && t[i].isAny({u"the", u"around", u"about"}))
            ++i;
        const std::optional<Grain> unit = t[i].unit();
        if (unit && *unit >= Grain::Day && !t[i].word->shortUnit && !shortForm) {
            whole = unitNow(*unit);
            m.next = i + 1;
        } else {
            if (depth > 0)
                return std::nullopt;
            const std::optional<PhraseMatch> inner = matchPhrase(t, i, context, true, depth + 1);
            if (!inner || inner->phrase.hasTime() ||
                (inner->phrase.weakness == Weakness::Latent && !inner->phrase.year))
                return std::nullopt;
            const std::optional<Span> span = resolve(inner->phrase, context);
            if (!span || span->grain < Grain::Day)
                return std::nullopt;
            whole = *span;
            m.next = inner->next;
        }
    }
    const Wall from = whole.from;
    const auto part = [&](Grain grain, int begin, int end) {
        m.phrase.base =
            Span::between(addUnits(from, grain, begin), end == 0 ? whole.to : addUnits(from, grain, end), grain);
    };
    const int at3 = edge == Edge::Begin ? 0 : edge == Edge::Middle ? 1 : 2;
    static constexpr int days[3][2]{{0, 10}, {10, 20}, {20, 0}}, monthsOfYear[3][2]{{0, 3}, {4, 8}, {8, 0}},
        daysOfWeek[3][2]{{0, 3}, {2, 4}, {4, 0}}, hours[3][2]{{0, 12}, {11, 15}, {17, 0}},
        monthsOfQuarter[3][2]{{0, 1}, {1, 2}, {2, 0}};
    switch (whole.grain) {
    case Grain::Year:
        part(Grain::Month, monthsOfYear[at3][0], monthsOfYear[at3][1]);
        break;
    case Grain::Quarter:
        part(Grain::Month, monthsOfQuarter[at3][0], monthsOfQuarter[at3][1]);
        break;
    case Grain::Month:
        part(Grain::Day, days[at3][0], days[at3][1]);
        break;
    case Grain::Week:
        part(Grain::Day, daysOfWeek[at3][0], daysOfWeek[at3][1]);
        break;
    default:
        part(Grain::Hour, hours[at3][0], hours[at3][1]);
        break;
    }
    return m;
}

} // namespace Atom::Entities
