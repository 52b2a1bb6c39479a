// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/numbers.h"
#include "server/entities/phrase.h"

#include <algorithm>
#include <array>

namespace Atom::Entities {

namespace {
struct Zone
{
    QStringView name;
    int minutes;
};
//! Where one abbreviation has several meanings, the one that people write most.
constexpr std::array zones{
    Zone{u"utc", 0},    Zone{u"gmt", 0},     Zone{u"z", 0},      Zone{u"est", -300}, Zone{u"edt", -240},
    Zone{u"cst", -360}, Zone{u"cdt", -300},  Zone{u"mst", -420}, Zone{u"mdt", -360}, Zone{u"pst", -480},
    Zone{u"pdt", -420}, Zone{u"akst", -540}, Zone{u"hst", -600}, Zone{u"cet", 60},   Zone{u"cest", 120},
    Zone{u"wet", 0},    Zone{u"west", 60},   Zone{u"bst", 60},   Zone{u"eet", 120},  Zone{u"eest", 180},
    Zone{u"msk", 180},  Zone{u"ist", 330},   Zone{u"jst", 540},  Zone{u"kst", 540},  Zone{u"aest", 600},
    Zone{u"aedt", 660}, Zone{u"nzst", 720},  Zone{u"nzdt", 780}, Zone{u"sgt", 480},  Zone{u"brt", -180}};

struct ClockMatch
{
    Clock clock;
    int next = 0;
    bool said = false;   //!< written so that it can be nothing else
    bool letter = false; //!< "9a": only beside a date
};

int hourWord(const Token &token)
{
    const int n = token.word ? token.word->number : -1;
    return n >= 1 && n <= 12 ? n : -1;
}

bool isOClock(const Tokens &t, int at, int &next)
{
    if (t[at].isAny({u"oclock", u"o'clock"})) {
        next = at + 1;
        return true;
    }
    if (t[at].is(u"o") && t[at + 1].isSymbol(u'\'') && t[at + 2].is(u"clock")) {
        next = at + 3;
        return true;
    }
    return false;
}

//! What may follow an hour: o'clock, ish, am or pm. \return false when an hour cannot be meant.
bool finish(const Tokens &t, ClockMatch &m, bool lettersToo)
{
    int next = m.next;
    if (isOClock(t, next, next)) {
        m.next = next;
        m.said = true;
    }
    const auto skipIsh = [&] {
        if (t[m.next].is(u"ish") || (t[m.next].isDash() && t[m.next + 1].is(u"ish"))) {
            m.next += t[m.next].is(u"ish") ? 1 : 2;
            m.said = true;
        }
    };
    skipIsh();
    std::optional<HalfDay> half = matchHalfDay(t, m.next);
    if (!half && t[m.next].glued && t[m.next].isAny({u"a", u"p"}) && !t[m.next + 1].glued) {
        half = HalfDay{t[m.next].is(u"p"), m.next + 1};
        if (m.clock.grain == Grain::Hour && !lettersToo)
            m.letter = true;
    }
    if (!half)
        return true;
    if (m.clock.hour > 12 && half->afternoon) {
        m.next = half->next;
        return true;
    }
    if (m.clock.hour < 1 || m.clock.hour > 12)
        return false;
    m.clock.hour = m.clock.hour % 12 + (half->afternoon ? 12 : 0);
    m.clock.ambiguous = false;
    m.next = half->next;
    m.said = true;
    skipIsh();
    return true;
}

bool setHour(ClockMatch &m, double hour)
{
    if (hour < 0 || hour > 24)
        return false;
    m.clock.hour = int(hour) % 24;
    m.clock.ambiguous = hour >= 1 && hour <= 12;
    return true;
}

//! "17:30", "17:30:05", "17h30", "17h".
std::optional<ClockMatch> digitalClock(const Tokens &t, int at)
{
    ClockMatch m;
    if (!t[at].isDigits() || t[at].size() > 2 || !setHour(m, t[at].number))
        return std::nullopt;
    if (t[at].size() == 2 && t[at].number < 10)
        m.clock.ambiguous = false; // "07:00" is written by those who count to 24
    const auto twoDigits = [&](int i) { return t[i].isDigits() && t[i].glued && t[i].size() == 2 && t[i].number < 60; };
    m.said = true;
    if (t[at + 1].glued && t[at + 1].isSymbol(u':') && twoDigits(at + 2)) {
        m.clock.minute = int(t[at + 2].number);
        m.clock.grain = Grain::Minute;
        m.next = at + 3;
        if (t[m.next].glued && t[m.next].isSymbol(u':') && twoDigits(m.next + 1)) {
            m.clock.second = int(t[m.next + 1].number);
            m.clock.grain = Grain::Second;
            m.next += 2;
            if (t[m.next].glued && t[m.next].isSymbol(u'.') && t[m.next + 1].glued && t[m.next + 1].isDigits())
                m.next += 2;
        }
        return m;
    }
    if (t[at + 1].glued && t[at + 1].is(u"h")) {
        m.clock.ambiguous = false;
        m.next = at + 2;
        m.said = t[at].size() == 2;
        if (twoDigits(at + 2)) {
            m.clock.minute = int(t[at + 2].number);
            m.clock.grain = Grain::Minute;
            m.next = at + 3;
            m.said = true;
        } else if (t[at].number < 13) {
            m.said = false; // 3h are more often three hours
        }
        return m;
    }
    return std::nullopt;
}

//! "3", "three", "ten thirty", "3 15", "1030": said only with what follows or stands before.
std::optional<ClockMatch> spokenClock(const Tokens &t, int at, bool afterAt)
{
    ClockMatch m;
    const Token &token = t[at];
    if (token.isDigits() && (token.size() == 3 || token.size() == 4)) {
        const int hour = int(token.number) / 100;
        const int minute = int(token.number) % 100;
        if (hour < 1 || minute > 59 || !setHour(m, hour))
            return std::nullopt;
        m.clock.minute = minute;
        m.clock.grain = Grain::Minute;
        m.next = at + 1;
        return m;
    }
    if (token.isDigits() && token.size() <= 2) {
        if (!setHour(m, token.number))
            return std::nullopt;
        m.next = at + 1;
        if (afterAt && t[m.next].isDigits() && !t[m.next].glued && t[m.next].size() == 2 && t[m.next].number < 60 &&
            !t[m.next + 1].unit() && !t[m.next + 1].glued) {
            m.clock.minute = int(t[m.next].number);
            m.clock.grain = Grain::Minute;
            ++m.next;
        }
        return m;
    }
    const int hour = hourWord(token);
    if (hour < 0)
        return std::nullopt;
    setHour(m, hour);
    m.next = at + 1;
    if (t[m.next].word && t[m.next].word->number >= 10) {
        const std::optional<NumberMatch> minutes = matchNumber(t, m.next);
        if (minutes && minutes->value < 60) {
            m.clock.minute = int(minutes->value);
            m.clock.grain = Grain::Minute;
            m.next = minutes->next;
        }
    }
    return m;
}

std::optional<ClockMatch> fixedClock(const Tokens &t, int at)
{
    ClockMatch m;
    m.said = true;
    int i = at;
    if (t[i].isDigits() && t[i].number == 12)
        ++i;
    if (t[i].isAny({u"noon", u"midday", u"noontime"}) ||
        (t[i].is(u"mid") && t[i + 1].isDash() && t[i + 2].is(u"day"))) {
        m.clock.hour = 12;
        m.next = t[i].is(u"mid") ? i + 3 : i + 1;
        return m;
    }
    if (t[i].isAny({u"midnight", u"midnite"})) {
        m.next = i + 1;
        return m;
    }
    return std::nullopt;
}

std::optional<ClockMatch> hourAt(const Tokens &t, int at)
{
    std::optional<ClockMatch> m = fixedClock(t, at);
    if (m)
        return m;
    m = digitalClock(t, at);
    if (!m)
        m = spokenClock(t, at, false);
    if (!m || !finish(t, *m, false) || m->clock.minute != 0 || m->letter)
        return std::nullopt;
    return m;
}

//! "a quarter past 3pm", "20 to 2pm", "half past three", "half three".
std::optional<ClockMatch> relativeClock(const Tokens &t, int at, const Where &where)
{
    int i = t[at].is(u"a") ? at + 1 : at;
    double minutes = 0;
    bool unit = false;
    bool quarter = false;
    if (t[i].isAny({u"quarter", u"half"})) {
        quarter = true;
        minutes = t[i].is(u"half") ? 30 : 15;
        ++i;
        if (t[i - 1].is(u"half") && hourWord(t[i]) > 0 && !t[i + 1].isWord()) {
            ClockMatch m;
            setHour(m, hourWord(t[i]));
            m.clock.minute = 30;
            m.clock.grain = Grain::Minute;
            m.next = i + 1;
            m.said = where.at || i == at + 1;
            return m;
        }
    } else {
        const std::optional<NumberMatch> n = matchNumber(t, i);
        if (!n || !n->isInteger() || n->value < 1 || n->value > 59 || !(n->plain || n->words))
            return std::nullopt;
        minutes = n->value;
        i = n->next;
        if (t[i].unit() == Grain::Minute && !t[i].word->shortUnit) {
            unit = true;
            ++i;
        }
    }
    const Token &relation = t[i];
    const bool past = relation.isAny({u"past", u"after", u"from"});
    const bool to = relation.isAny({u"to", u"before", u"till", u"til", u"of"});
    if (!past && !to)
        return std::nullopt;
    std::optional<ClockMatch> m = hourAt(t, i + 1);
    if (!m)
        return std::nullopt;
    // "3 to 4pm" is an interval, "3 after 4" nothing; "20 to 4pm" and "5 past 4" are times.
    const bool usual = quarter || unit || relation.is(u"past") ||
                       (m->said && (relation.is(u"after") || minutes == 15 || minutes == 20 || minutes == 25));
    if (!usual || (where.range && !quarter && !unit))
        return std::nullopt;
    if (minutes == 30 && to)
        return std::nullopt;
    int total = m->clock.hour * 60 + (past ? int(minutes) : -int(minutes));
    total = (total + 24 * 60) % (24 * 60);
    m->clock.hour = total / 60;
    m->clock.minute = total % 60;
    m->clock.grain = Grain::Minute;
    m->said = true;
    return m;
}

//! "at 5 stars": what an hour cannot have behind it. Verbs that follow a time are the exceptions.
bool isCounted(const Token &token)
{
    return token.isWord() && !token.word && token.size() > 3 && token.text.endsWith(u's') &&
           !token.text.endsWith(u"ss") &&
           !token.isAny({u"works", u"sounds", u"looks", u"seems", u"suits", u"thanks", u"does", u"fits", u"cheers"});
}

bool isZone(const Token &token)
{
    return token.isWord() && token.size() <= 4 &&
           std::any_of(zones.begin(), zones.end(), [&](const Zone &zone) { return token.text == zone.name; });
}

PhraseMatch toPhrase(const Tokens &t, const ClockMatch &m, bool latent)
{
    PhraseMatch result;
    result.phrase.clock = m.clock;
    result.next = m.next;
    if (latent)
        result.phrase.weakness = Weakness::Latent;
    const Token &zone = t[m.next];
    const int inner = zone.isSymbol(u'(') ? m.next + 1 : m.next;
    if (t[inner].isWord() && t[inner].size() <= 4) {
        for (const Zone &known : zones) {
            if (t[inner].text == known.name) {
                result.phrase.zoneMinutes = known.minutes;
                result.next = inner + 1;
                if (inner != m.next && t[result.next].isSymbol(u')'))
                    ++result.next;
            }
        }
    }
    return result;
}
} // namespace

std::optional<HalfDay> matchHalfDay(const Tokens &t, int at)
{
    int i = at;
    if (t[i].is(u"in")) {
        ++i;
        if (t[i].is(u"the"))
            ++i;
        if (t[i].isAny({u"am", u"pm"}))
            return HalfDay{t[i].is(u"pm"), i + 1};
        return std::nullopt;
    }
    if (t[i].isAny({u"am", u"pm"}))
        return HalfDay{t[i].is(u"pm"), i + 1};
    if (!t[i].isAny({u"a", u"p"}))
        return std::nullopt;
    const bool afternoon = t[i].is(u"p");
    int j = i + 1;
    if (t[j].isSymbol(u'.') && t[j].glued)
        ++j;
    if (!t[j].is(u"m"))
        return std::nullopt;
    ++j;
    if (t[j].isSymbol(u'.') && t[j].glued)
        ++j;
    return HalfDay{afternoon, j};
}

std::optional<PhraseMatch> matchClock(const Tokens &t, int at, const Where &where)
{
    if (t[at].glued && (t[at - 1].isDigits() || (t[at - 1].isWord() && !t[at - 1].is(u"t"))))
        return std::nullopt;
    if (std::optional<ClockMatch> m = relativeClock(t, at, where))
        return toPhrase(t, *m, !m->said);
    if (const std::optional<ClockMatch> m = fixedClock(t, at))
        return toPhrase(t, *m, false);
    std::optional<ClockMatch> m = digitalClock(t, at);
    if (!m)
        m = spokenClock(t, at, where.at);
    if (!m || !finish(t, *m, where.range || where.on))
        return std::nullopt;
    // Digits that go on are a telephone number, a unit something else that is counted.
    const Token &after = t[m->next];
    if (after.glued && (after.isDigits() || (after.isWord() && !(m->said && isZone(after))) ||
                        (after.isSymbol(u'.') && t[m->next + 1].glued && t[m->next + 1].isDigits())))
        return std::nullopt;
    const bool counts = after.unit() || after.isSymbol(u'%') || after.month() ||
                        (after.word && after.word->scale > 0) || isCounted(after);
    if (m->said)
        return toPhrase(t, *m, m->letter);
    if (m->letter)
        return toPhrase(t, *m, true);
    if (m->clock.grain == Grain::Hour && t[m->next - 1].is(u"h"))
        return toPhrase(t, *m, !where.at && !where.on);
    if (!where.at || counts)
        return std::nullopt;
    return toPhrase(t, *m, false);
}

} // namespace Atom::Entities
