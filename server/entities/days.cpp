// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Days of the week and the parts of a day.
#include "server/entities/phrase.h"

namespace Atom::Entities {

namespace {
//! "fri.": the point belongs to the word.
bool isAbbreviated(const Tokens &t, int at)
{
    const Token &point = t[at + 1];
    return point.isSymbol(u'.') && point.glued && !(t[at + 2].isDigits() && t[at + 2].glued);
}
} // namespace

std::optional<PhraseMatch> matchPartOfDay(const Tokens &t, int at, const Where &where, const TimeContext &context)
{
    PhraseMatch m;
    Phrase &p = m.phrase;
    int i = at;
    std::optional<int> day;
    bool early = false;
    bool late = false;
    if (t[i].isAny({u"this", u"last"})) {
        day = t[i].is(u"this") ? 0 : -1;
        ++i;
    }
    if (t[i].isAny({u"early", u"late"})) {
        early = t[i].is(u"early");
        late = !early;
        ++i;
        if (t[i].is(u"in"))
            ++i;
        if (t[i].is(u"the"))
            ++i;
        if (t[i].is(u"last") && t[i + 1].is(u"night")) {
            day = -1;
            ++i;
        }
    }
    const Token &word = t[i];
    m.next = i + 1;
    bool everyday = true;
    if (word.isAny({u"tonight", u"tonite"})) {
        day = 0;
        p.part = PartOfDay{late ? 21 : 18, 24};
    } else if (word.isAny({u"morning", u"mornings"})) {
        p.part = early ? PartOfDay{0, 9} : PartOfDay{0, 12};
    } else if (word.isAny({u"afternoon", u"afternoons", u"afternoonish"})) {
        p.part = late ? PartOfDay{15, 19} : PartOfDay{12, 19};
    } else if (word.is(u"after") && t[i + 1].isAny({u"noon", u"lunch", u"school", u"work"})) {
        p.part = t[i + 1].is(u"noon")    ? PartOfDay{12, 19}
                 : t[i + 1].is(u"lunch") ? PartOfDay{13, 17}
                 : t[i + 1].is(u"work")  ? PartOfDay{17, 21}
                                         : PartOfDay{15, 21};
        everyday = t[i + 1].is(u"noon");
        m.next = i + 2;
    } else if (word.isAny({u"evening", u"evenings", u"night", u"nights", u"eve"})) {
        p.part = PartOfDay{late ? 21 : 18, 24};
        if (day == -1 && !word.isAny({u"night", u"evening"}))
            return std::nullopt;
    } else if (word.isAny({u"lunch", u"lunchtime"})) {
        p.part = PartOfDay{12, 14};
    } else {
        return std::nullopt;
    }
    if (t[m.next].is(u"ish"))
        ++m.next;
    if (word.isAny({u"tonight", u"tonite"}) && t[m.next].is(u"late")) {
        p.part = PartOfDay{21, 24};
        ++m.next;
    }
    if (day) {
        p.base = Span::unit(wallOf(context.today.addDays(*day)), Grain::Day);
        p.namedDay = true;
    } else if (everyday && !(where.in && where.the) && !(where.at && word.isAny({u"night", u"lunch"}))) {
        p.weakness = Weakness::Weak;
    }
    return m;
}

std::optional<PhraseMatch> matchWeekday(const Tokens &t, int at, const TimeContext &context)
{
    PhraseMatch m;
    Phrase &p = m.phrase;
    int i = at;
    int occurrence = 0;
    if (t[i].isAny({u"this", u"next", u"coming", u"upcoming"}))
        occurrence = 1;
    else if (t[i].isAny({u"last", u"past", u"previous"}))
        occurrence = -1;
    if (occurrence != 0)
        ++i;
    if (occurrence != 0 && t[i].isAny({u"past", u"coming", u"upcoming"}))
        occurrence = t[i++].is(u"past") ? -1 : 1;
    const int weekday = t[i].weekday();
    if (!weekday || (t[i].glued && t[i - 1].isWord()) || t[i].text.endsWith(u"days"))
        return std::nullopt;
    m.next = isAbbreviated(t, i) ? i + 2 : i + 1;
    if (t[m.next].isSymbol(u'\'') && t[m.next + 1].is(u"s"))
        m.next += 2;
    if (occurrence == 0 && t[m.next].is(u"after") && t[m.next + 1].is(u"next")) {
        occurrence = 2;
        m.next += 2;
    }
    if (occurrence == 0) {
        p.weekday = weekday;
        if (t[i].word->weak && !(t[i].raw.front().isUpper() && at > 0))
            p.weakness = Weakness::Weak;
        return m;
    }
    const int today = context.today.dayOfWeek();
    int days = (weekday - today + 7) % 7;
    if (occurrence < 0)
        days -= 7;
    else if (days == 0)
        days = 7;
    if (occurrence == 2)
        days += 7;
    p.base = Span::unit(wallOf(context.today.addDays(days)), Grain::Day);
    return m;
}

} // namespace Atom::Entities
