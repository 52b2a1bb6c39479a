// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/tokens.h"
#include "server/entities/walltime.h"

namespace Atom::Entities {

struct Clock
{
    int hour = 0, minute = 0, second = 0;
    Grain grain = Grain::Hour;
    bool ambiguous = false; //!< morning or afternoon is not said
};

//! \brief A part of a day in whole hours; `to` may be 24.
struct PartOfDay
{
    int from = 0, to = 0;
};

//! \brief "third tuesday", "last week": one unit inside something larger.
struct Nth
{
    int n = 1;       //!< from 1; negative from the end
    int weekday = 0; //!< 1 to 7, or 0: a `unit`
    Grain unit = Grain::Day;
    bool weekend = false;
};

//! \brief How much a phrase proves to be about time.
enum class Weakness {
    None,
    Weak,   //!< an everyday word as well: counts only as a whole message
    Latent, //!< a mere number: counts only together with something else
};

//! \brief What the words of a time say, before it is known when that is.
struct Phrase
{
    std::optional<int> year, month, day, weekday;
    std::optional<Nth> nth;
    std::optional<Span> base; //!< relative to now, already resolved: "tomorrow", "next week", "in 3 days"
    std::optional<Clock> clock;
    std::optional<PartOfDay> part;
    std::optional<int> zoneMinutes; //!< east of UTC
    std::optional<int> number;      //!< an hour or a day: what stands beside it decides
    bool namedDay = false;          //!< "tomorrow": a bare number beside it is an hour
    Weakness weakness = Weakness::None;

    bool hasDate() const { return year || month || day || weekday || nth || base; }
    bool hasTime() const { return clock || part; }
    bool isFullDate() const { return (month && day) || (base && base->grain <= Grain::Day) || weekday || day; }
};

//! \brief Joins two phrases that stand side by side; false when they do not fit.
bool join(Phrase &phrase, const Phrase &more);

//! \brief Of several possible times the first that begins at or after `notBefore`, or the last that begins before
//! `before`. Without both it is the next one from now.
struct Preference
{
    std::optional<Wall> notBefore, before;
};
//! \brief When it is; nothing for what is no date (30 February) or not a time at all.
std::optional<Span> resolve(const Phrase &phrase, const TimeContext &context, const Preference &preference = {});

struct PhraseMatch
{
    Phrase phrase;
    int next = 0; //!< the token after it
};

//! \brief What stands before a piece of a phrase.
struct Where
{
    bool at = false, on = false, in = false, the = false;
    bool range = false; //!< "from", "between", or the second part of an interval
};

//! \brief A time without intervals. Looks at a bounded number of tokens; `depth` bounds "week of", "3 days after".
std::optional<PhraseMatch> matchPhrase(const Tokens &tokens, int at, const TimeContext &context, bool range = false,
                                       int depth = 0);

// The pieces of a phrase, one function for each family; the longest match counts.
std::optional<PhraseMatch> matchClock(const Tokens &tokens, int at, const Where &where);
std::optional<PhraseMatch> matchPartOfDay(const Tokens &tokens, int at, const Where &where, const TimeContext &context);
std::optional<PhraseMatch> matchNumericDate(const Tokens &tokens, int at, const TimeContext &context);
std::optional<PhraseMatch> matchMonthDate(const Tokens &tokens, int at, const Where &where);
std::optional<PhraseMatch> matchDay(const Tokens &tokens, int at, const Where &where, const TimeContext &context);
std::optional<PhraseMatch> matchWeekday(const Tokens &tokens, int at, const TimeContext &context);
std::optional<PhraseMatch> matchCycle(const Tokens &tokens, int at, const TimeContext &context);
std::optional<PhraseMatch> matchNth(const Tokens &tokens, int at);
std::optional<PhraseMatch> matchOffset(const Tokens &tokens, int at, const TimeContext &context, int depth);
std::optional<PhraseMatch> matchBoundary(const Tokens &tokens, int at, const TimeContext &context, int depth);

//! \brief "am", "p.m.", "in the pm" after an hour.
struct HalfDay
{
    bool afternoon = false;
    int next = 0;
};
std::optional<HalfDay> matchHalfDay(const Tokens &tokens, int at);

//! \brief The dates that a weekend, a season and the like cover.
Span weekendOf(QDate monday);
//! `offset` counts from the running one, or the next when none is; "season" is whichever runs.
std::optional<Span> seasonSpan(QStringView word, const TimeContext &context, int offset);
std::optional<Span> seasonOfYear(QStringView word, int year);

} // namespace Atom::Entities
