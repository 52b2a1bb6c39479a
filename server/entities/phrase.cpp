// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/phrase.h"

namespace Atom::Entities {

namespace {
constexpr int mostPieces = 7;

void keepLonger(std::optional<PhraseMatch> &best, std::optional<PhraseMatch> &&other)
{
    if (!other)
        return;
    // Of equally long ones the stronger, else the first.
    if (!best || other->next > best->next ||
        (other->next == best->next && other->phrase.weakness < best->phrase.weakness))
        best = std::move(other);
}

//! "[the] week of October 6th". A Sunday is the first day of the week to those who write so.
std::optional<PhraseMatch> matchWeekOf(const Tokens &t, int at, const TimeContext &context, int depth)
{
    if (!t[at].is(u"week") || !t[at + 1].is(u"of") || depth > 0)
        return std::nullopt;
    std::optional<PhraseMatch> inner = matchPhrase(t, at + 2, context, false, depth + 1);
    if (!inner || inner->phrase.hasTime() || inner->phrase.weakness == Weakness::Latent)
        return std::nullopt;
    const std::optional<Span> day = resolve(inner->phrase, context);
    if (!day || day->grain != Grain::Day)
        return std::nullopt;
    const Wall from = dateOf(day->from).dayOfWeek() == 7 ? addUnits(day->from, Grain::Day, 1) : day->from;
    PhraseMatch m;
    m.phrase.base = Span::unit(floorTo(from, Grain::Week), Grain::Week);
    m.next = inner->next;
    return m;
}

//! The current unit behind "of": "first Monday of the month".
std::optional<PhraseMatch> matchContainer(const Tokens &t, int at, const Where &where, const TimeContext &context)
{
    const std::optional<Grain> unit = t[at].unit();
    if (!where.in || !unit || *unit < Grain::Week || t[at].word->shortUnit)
        return std::nullopt;
    PhraseMatch m;
    m.phrase.base = Span::unit(floorTo(context.now, *unit), *unit);
    m.phrase.weakness = Weakness::Latent;
    m.next = at + 1;
    return m;
}

std::optional<PhraseMatch> matchPiece(const Tokens &t, int at, const Where &where, const TimeContext &context,
                                      int depth)
{
    const Token &token = t[at];
    // Most words end here.
    if (token.type == Token::Type::End || (token.isWord() && !token.word) || token.masked)
        return std::nullopt;
    std::optional<PhraseMatch> best;
    keepLonger(best, matchClock(t, at, where));
    if (token.isDigits()) {
        // In an interval "1-8" are two days.
        if (std::optional<PhraseMatch> date = matchNumericDate(t, at, context);
            date && !(where.range && date->phrase.weakness == Weakness::Weak))
            keepLonger(best, std::move(date));
    }
    keepLonger(best, matchMonthDate(t, at, where));
    keepLonger(best, matchOffset(t, at, context, depth));
    keepLonger(best, matchNth(t, at));
    if (token.isWord()) {
        keepLonger(best, matchPartOfDay(t, at, where, context));
        keepLonger(best, matchWeekday(t, at, context));
        keepLonger(best, matchBoundary(t, at, context, depth));
        keepLonger(best, matchWeekOf(t, at, context, depth));
        keepLonger(best, matchContainer(t, at, where, context));
    }
    keepLonger(best, matchCycle(t, at, context));
    keepLonger(best, matchDay(t, at, where, context));
    return best;
}

//! Words that stand before a piece and belong to it; notes what they were.
int skipPrepositions(const Tokens &t, int at, Where &where, bool first)
{
    int i = at;
    for (int n = 0; n < 4; ++n, ++i) {
        const Token &token = t[i];
        if (token.is(u"at") || token.isSymbol(u'@'))
            where.at = true;
        else if (token.is(u"on"))
            where.on = true;
        else if (token.isAny({u"in", u"of", u"during"}))
            where.in = true;
        else if (token.isAny({u"the", u"this"}) && !(token.is(u"this") && first))
            where.the = true;
        else if (token.isAny({u"from", u"between"}) && !first)
            where.range = true;
        else if (token.isAny({u"for", u"around", u"about", u"exactly", u"approximately"}))
            where.on = where.on || token.is(u"for");
        else if (!first && n == 0 && (token.isSymbol(u',') || (token.isSymbol(u'\'') && t[i + 1].is(u"s"))))
            i += token.isSymbol(u',') ? 0 : 1;
        else
            break;
    }
    return i;
}

//! The longest piece, with some of the prepositions or without.
std::optional<PhraseMatch> pieceAfterPrepositions(const Tokens &t, int at, const TimeContext &context, bool range,
                                                  bool first, int depth)
{
    Where where;
    where.range = range;
    if (const std::optional<PhraseMatch> direct = matchPiece(t, at, where, context, depth);
        direct && direct->phrase.weakness != Weakness::Latent)
        return direct;
    const int end = skipPrepositions(t, at, where, first);
    // "in 2 hours", "the day after tomorrow", "at the moment" begin with such a word.
    std::optional<PhraseMatch> best = matchPiece(t, end, where, context, depth);
    for (int i = at; i < end; ++i)
        keepLonger(best, matchPiece(t, i, where, context, depth));
    return best;
}
} // namespace

std::optional<PhraseMatch> matchPhrase(const Tokens &t, int at, const TimeContext &context, bool range, int depth)
{
    std::optional<PhraseMatch> m = pieceAfterPrepositions(t, at, context, range, true, depth);
    if (!m)
        return std::nullopt;
    for (int pieces = 1; pieces < mostPieces; ++pieces) {
        const std::optional<PhraseMatch> next = pieceAfterPrepositions(t, m->next, context, range, false, depth);
        if (!next)
            break;
        // A bare number belongs only behind "from" and "between", or to an interval.
        if (next->phrase.number && !next->phrase.clock) {
            const Token &before = t[next->next - 2];
            const Token &after = t[next->next];
            const bool interval =
                after.isDash() || after.isAny({u"to", u"and", u"till", u"until", u"thru", u"through"});
            if (!before.isAny({u"from", u"between", u"at"}) && !(interval && t[m->next].glued == false))
                break;
        }
        Phrase joined = m->phrase;
        // "from 10 to 12 on Friday"
        if (range && joined.number && t[m->next].is(u"on") && next->phrase.isFullDate() && *joined.number <= 24) {
            const int hour = *joined.number;
            joined.number.reset();
            joined.clock = Clock{hour % 24, 0, 0, Grain::Hour, hour >= 1 && hour <= 12};
        }
        if (!join(joined, next->phrase))
            break;
        m->phrase = joined;
        m->next = next->next;
    }
    return m;
}

} // namespace Atom::Entities
