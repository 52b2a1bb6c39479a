// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The dates that are written out: with digits, or with the name of a month.
#include "server/entities/numbers.h"
#include "server/entities/phrase.h"

namespace Atom::Entities {

namespace {
constexpr int firstYear = 1000, lastYear = 2999;

bool isYear(const Token &token)
{
    return token.isDigits() && token.size() == 4 && token.number >= firstYear && token.number <= lastYear;
}

//! "74" is 1974, "15" is 2015.
int fullYear(const Token &token)
{
    const int n = int(token.number);
    return token.size() == 4 ? n : n < 50 ? 2000 + n : 1900 + n;
}

bool isDateSeparator(const Token &token)
{
    return token.isSymbol(u'/') || token.isSymbol(u'-') || token.isSymbol(u'.');
}

//! Month and day, or day and month, as the context says and the numbers allow.
bool setMonthDay(Phrase &p, int first, int second, bool dayFirst)
{
    int month = dayFirst ? second : first;
    int day = dayFirst ? first : second;
    if (month > 12)
        std::swap(month, day);
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    p.month = month;
    p.day = day;
    return true;
}

//! The year behind a month or a day: "2014", ", 2014", "'14".
void addYear(const Tokens &t, PhraseMatch &m, bool shortToo)
{
    int i = m.next;
    if (t[i].isSymbol(u',') || t[i].isAny({u"of", u"in"}))
        ++i;
    if (isYear(t[i]) && !(t[i + 1].glued && (t[i + 1].isSymbol(u':') || t[i + 1].isWord() || t[i + 1].isDigits()))) {
        m.phrase.year = int(t[i].number);
        m.next = i + 1;
    } else if (i == m.next && t[i].isSymbol(u'\'') && t[i + 1].isDigits() && t[i + 1].glued && t[i + 1].size() == 2) {
        m.phrase.year = fullYear(t[i + 1]);
        m.next = i + 2;
    } else if (i == m.next && shortToo && t[i].isDigits() && t[i].size() == 2 && !t[i + 1].glued &&
               !t[i + 1].isWord()) {
        m.phrase.year = fullYear(t[i]);
        m.next = i + 1;
    }
}

//! A day of the month in digits or as an ordinal; 0 when there is none.
int dayAt(const Tokens &t, int at, int &next)
{
    if (const std::optional<NumberMatch> ordinal = matchOrdinal(t, at); ordinal && ordinal->value <= 31) {
        next = ordinal->next;
        return int(ordinal->value);
    }
    if (!t[at].isDigits() || t[at].size() > 2 || t[at].number < 1 || t[at].number > 31)
        return 0;
    next = at + 1;
    return int(t[at].number);
}

int skipPoint(const Tokens &t, int at)
{
    return t[at].isSymbol(u'.') && t[at].glued && !(t[at + 1].isDigits() && t[at + 1].glued) ? at + 1 : at;
}
} // namespace

std::optional<PhraseMatch> matchNumericDate(const Tokens &t, int at, const TimeContext &context)
{
    if (!t[at].isDigits() || t[at].size() > 4 ||
        !(isNumberStart(t, at) || (t[at].size() == 4 && t[at - 1].isSymbol(u'/'))))
        return std::nullopt;
    const Token &separator = t[at + 1];
    if (!isDateSeparator(separator))
        return std::nullopt;
    const bool glued = separator.glued && t[at + 2].glued;
    if (separator.glued != t[at + 2].glued)
        return std::nullopt;
    PhraseMatch m;
    Phrase &p = m.phrase;
    // 31-Oct-1974
    if (t[at + 2].month() && glued && t[at].size() <= 2) {
        p.month = t[at + 2].month();
        p.day = int(t[at].number);
        m.next = at + 3;
        if (isDateSeparator(t[m.next]) && t[m.next].glued && t[m.next + 1].isDigits() && t[m.next + 1].glued &&
            (t[m.next + 1].size() == 2 || t[m.next + 1].size() == 4)) {
            p.year = fullYear(t[m.next + 1]);
            m.next += 2;
        }
        return p.day > 0 && p.day <= 31 ? std::optional(m) : std::nullopt;
    }
    if (!t[at + 2].isDigits())
        return std::nullopt;
    const Token &a = t[at];
    const Token &b = t[at + 2];
    const bool third = t[at + 3].type == separator.type && t[at + 3].text == separator.text && t[at + 4].isDigits() &&
                       t[at + 3].glued == separator.glued && t[at + 4].glued == separator.glued;
    if (third && b.size() <= 2) {
        const Token &c = t[at + 4];
        m.next = at + 5;
        if (a.size() == 4 && c.size() <= 2) {
            p.year = int(a.number);
            p.month = int(b.number);
            p.day = int(c.number);
            if (p.month < 1 || p.month > 12 || p.day < 1)
                return std::nullopt;
            // The time of ISO 8601 belongs to it: "2014-03-01T17:00:00Z".
            if (t[m.next].is(u"t") && t[m.next].glued && t[m.next + 1].glued) {
                const std::optional<PhraseMatch> clock = matchClock(t, m.next + 1, {true, false, false, false, false});
                if (clock && join(p, clock->phrase)) {
                    m.next = clock->next;
                    if (p.clock)
                        p.clock->ambiguous = false;
                    // "+02:00"
                    const int sign = m.next;
                    if (t[sign].glued && (t[sign].isSymbol(u'+') || t[sign].isDash()) && t[sign + 1].isDigits() &&
                        t[sign + 1].glued && t[sign + 2].isSymbol(u':') && t[sign + 3].isDigits() &&
                        t[sign + 1].number < 24 && t[sign + 3].number < 60) {
                        const int minutes = int(t[sign + 1].number) * 60 + int(t[sign + 3].number);
                        p.zoneMinutes = t[sign].isSymbol(u'+') ? minutes : -minutes;
                        m.next = sign + 4;
                    }
                }
            }
        } else if (a.size() <= 2 && (c.size() == 4 || (c.size() == 2 && !separator.isSymbol(u'.')))) {
            if (!setMonthDay(p, int(a.number), int(b.number), context.dayFirst))
                return std::nullopt;
            p.year = fullYear(c);
        } else {
            return std::nullopt;
        }
    } else if (separator.isSymbol(u'.')) {
        return std::nullopt;
    } else if (a.size() == 4 && b.size() <= 2 && glued && isYear(a) && b.number >= 1 && b.number <= 12) {
        p.year = int(a.number);
        p.month = int(b.number);
        m.next = at + 3;
    } else if (a.size() <= 2 && b.size() == 4 && glued && isYear(b) && a.number >= 1 && a.number <= 12) {
        p.year = int(b.number);
        p.month = int(a.number);
        m.next = at + 3;
    } else if (a.size() <= 2 && b.size() <= 2) {
        if (!setMonthDay(p, int(a.number), int(b.number), context.dayFirst))
            return std::nullopt;
        m.next = at + 3;
        if (separator.isSymbol(u'-') || !glued || matchFraction(t, at))
            p.weakness = Weakness::Weak;
    } else {
        return std::nullopt;
    }
    const Token &after = t[m.next];
    if (after.glued &&
        (after.isDigits() || after.isWord() || after.isSymbol(u':') ||
         (isDateSeparator(after) && t[m.next + 1].glued && t[m.next + 1].isDigits() && !after.isSymbol(u'/'))))
        return std::nullopt;
    return m;
}

std::optional<PhraseMatch> matchMonthDate(const Tokens &t, int at, const Where &where)
{
    PhraseMatch m;
    Phrase &p = m.phrase;
    if (t[at].glued && t[at - 1].isWord())
        return std::nullopt;
    if (const int month = t[at].month()) {
        p.month = month;
        m.next = skipPoint(t, at + 1);
        int i = m.next;
        if (t[i].isSymbol(u',') || t[i].isDash())
            ++i;
        if (t[i].is(u"the"))
            ++i;
        int next = 0;
        const int day = dayAt(t, i, next);
        const Token &after = t[next];
        const bool clock = after.glued && (after.isSymbol(u':') || after.is(u"h"));
        if (day &&
            !(t[i].isDigits() && next == i + 1 && (clock || after.isAny({u"am", u"pm"}) || after.isSymbol(u'%')))) {
            p.day = day;
            m.next = next;
            addYear(t, m, false);
            return m;
        }
        addYear(t, m, false);
        const bool capital = t[at].raw.front().isUpper() && at > 0;
        if (!p.year && t[at].word->weak && !capital && !where.in && !where.range)
            p.weakness = Weakness::Weak;
        return m;
    }
    int next = 0;
    const bool ides = t[at].is(u"ides");
    const int day = ides ? 15 : dayAt(t, at, next);
    if (!day || (t[at].glued && t[at - 1].isDigits()))
        return std::nullopt;
    if (ides)
        next = at + 1;
    const bool ordinal = next > at + 1 || !t[at].isDigits();
    if (t[next].is(u"day"))
        ++next;
    if (t[next].is(u"of"))
        ++next;
    else if (ides)
        return std::nullopt;
    if (t[next].is(u"the"))
        ++next;
    if (!t[next].month())
        return std::nullopt;
    // "2 may", "5 mar" begin a date; "one may" does not get here, for it is no ordinal.
    p.month = t[next].month();
    p.day = day;
    m.next = skipPoint(t, next + 1);
    addYear(t, m, ordinal || t[at].isDigits());
    return m;
}

std::optional<PhraseMatch> matchDay(const Tokens &t, int at, const Where &where, const TimeContext &context)
{
    PhraseMatch m;
    Phrase &p = m.phrase;
    const Token &token = t[at];
    const auto relative = [&](int days, int next) {
        p.base = Span::unit(wallOf(context.today.addDays(days)), Grain::Day);
        p.namedDay = true;
        m.next = next;
        if (t[next].isSymbol(u'\'') && t[next + 1].is(u"s"))
            m.next = next + 2;
        return m;
    };
    if (token.isAny({u"today", u"todays"}))
        return relative(0, at + 1);
    if (token.isAny({u"tomorrow", u"tomorrows", u"tmrw", u"tmr", u"tomo"}))
        return relative(1, at + 1);
    if (token.isAny({u"yesterday", u"yesterdays"}))
        return relative(-1, at + 1);
    const int day = token.is(u"the") ? at + 1 : at;
    if (t[day].is(u"day") && t[day + 1].is(u"after") && t[day + 2].isAny({u"tomorrow", u"tmrw"}))
        return relative(2, day + 3);
    if (t[day].is(u"day") && t[day + 1].is(u"before") && t[day + 2].is(u"yesterday"))
        return relative(-2, day + 3);
    const int now = token.isAny({u"right", u"just"}) ? at + 1 : at;
    const bool moment = token.is(u"at") && t[at + 1].isAny({u"the", u"this"}) && t[at + 2].is(u"moment");
    if (t[now].is(u"now") || token.is(u"atm") || moment) {
        p.base = Span::unit(context.now, Grain::Second);
        p.base->exact = context.nowMsecs;
        m.next = moment ? at + 3 : now + 1;
        return m;
    }
    // "in 1080p", "in 2000 years"
    const Token &unit = t[at + 1];
    if (where.in && isYear(token) && !unit.unit() && !(unit.glued && (unit.isWord() || unit.isDigits()))) {
        p.year = int(token.number);
        m.next = at + 1;
        if (t[m.next].is(u"ad"))
            ++m.next;
        else if (t[m.next].is(u"a") && t[m.next + 1].isSymbol(u'.') && t[m.next + 2].is(u"d"))
            m.next += t[m.next + 3].isSymbol(u'.') ? 4 : 3;
        return m;
    }
    if (isYear(token) && !(t[at + 1].glued && t[at + 1].isWord()) && !(token.glued && t[at - 1].isWord())) {
        p.year = int(token.number);
        p.weakness = Weakness::Latent;
        m.next = at + 1;
        return m;
    }
    if (token.glued && (t[at - 1].isDigits() || t[at - 1].isWord()))
        return std::nullopt;
    if (const std::optional<NumberMatch> ordinal = matchOrdinal(t, at); ordinal && ordinal->value <= 31) {
        p.day = int(ordinal->value);
        m.next = ordinal->next;
        // "the 15th", but not "the 15th time" or "the first".
        const Token &after = t[m.next];
        const bool counts = after.isWord() && !after.word;
        p.weakness = (where.the && !ordinal->words && !counts) || (where.the && where.on && !counts) ? Weakness::None
                                                                                                     : Weakness::Latent;
        if (after.is(u"day"))
            ++m.next;
        return m;
    }
    const int number = token.isDigits() && token.size() <= 2 ? int(token.number) : token.word ? token.word->number : -1;
    if (number >= 0 && number <= 31) {
        p.number = number;
        p.weakness = Weakness::Latent;
        m.next = at + 1;
        return m;
    }
    return std::nullopt;
}

} // namespace Atom::Entities
