// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/cron.h"

#include <QtCore/QHash>
#include <QtCore/QStringList>

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
struct FieldRange
{
    QString name;
    int first, last;
    QStringList names; //!< the first is `first`
};

const std::array<FieldRange, 6> &fieldRanges()
{
    static const std::array<FieldRange, 6> ranges = {
        FieldRange{u"second"_s, 0, 59, {}},
        FieldRange{u"minute"_s, 0, 59, {}},
        FieldRange{u"hour"_s, 0, 23, {}},
        FieldRange{u"day of month"_s, 1, 31, {}},
        FieldRange{u"month"_s,
                   1,
                   12,
                   {u"JAN"_s, u"FEB"_s, u"MAR"_s, u"APR"_s, u"MAY"_s, u"JUN"_s, u"JUL"_s, u"AUG"_s, u"SEP"_s, u"OCT"_s,
                    u"NOV"_s, u"DEC"_s}},
        FieldRange{u"day of week"_s, 0, 7, {u"SUN"_s, u"MON"_s, u"TUE"_s, u"WED"_s, u"THU"_s, u"FRI"_s, u"SAT"_s}}};
    return ranges;
}

constexpr qint64 daySeconds = 86'400;
constexpr qint64 farthest = 10 * 366 * daySeconds; // 29 February comes after eight years at the latest
constexpr qint64 epochJulianDay = 2'440'588;
} // namespace

Result<CronExpression> CronExpression::parse(const QString &text)
{
    static const QHash<QString, QString> shortForms = {{u"@hourly"_s, u"0 * * * *"_s},   {u"@daily"_s, u"0 0 * * *"_s},
                                                       {u"@midnight"_s, u"0 0 * * *"_s}, {u"@weekly"_s, u"0 0 * * 0"_s},
                                                       {u"@monthly"_s, u"0 0 1 * *"_s},  {u"@yearly"_s, u"0 0 1 1 *"_s},
                                                       {u"@annually"_s, u"0 0 1 1 *"_s}};
    const auto invalid = [](const QString &reason) { return Error(Errc::ValidationFailed, reason); };
    if (text.size() > longestText)
        return invalid(u"the expression is longer than %1 characters"_s.arg(longestText));
    const QString simple = text.simplified();
    if (simple.startsWith(u'@') && !shortForms.contains(simple))
        return invalid(u"`%1` is none of @hourly, @daily, @weekly, @monthly, @yearly"_s.arg(simple.left(32)));
    const QStringList parts = shortForms.value(simple, simple).split(u' ', Qt::SkipEmptyParts);
    if (parts.size() != 5 && parts.size() != 6)
        return invalid(
            u"five fields are needed (minute, hour, day of month, month, day of week), or six with a leading "
            "second; there are %1"_s.arg(parts.size()));
    CronExpression out;
    const int missing = parts.size() == 5 ? 1 : 0;
    if (missing)
        out.m_sets[Second].set(0);
    for (int i = 0; i < int(parts.size()); ++i) {
        if (const QString problem = out.readField(Field(i + missing), parts[i]); !problem.isEmpty())
            return invalid(u"field %1 (%2): %3"_s.arg(i + 1).arg(fieldRanges()[size_t(i + missing)].name, problem));
    }
    if (out.m_sets[Weekday].test(7))
        out.m_sets[Weekday].set(0);
    if (!out.isPossible())
        return invalid(u"field %1 (day of month): none of the months has such a day"_s.arg(4 - missing));
    return out;
}

QString CronExpression::readField(Field field, QStringView text)
{
    const bool isAny = text == u"*" || (text == u"?" && (field == Day || field == Weekday));
    if (field == Hour)
        m_anyHour = isAny;
    // As crontab does: `*/2` counts as unrestricted where the two day fields are put together.
    if (field == Day)
        m_anyDay = isAny || text.startsWith(u'*');
    if (field == Weekday)
        m_anyWeekday = isAny || text.startsWith(u'*');
    if (text.startsWith(u',') || text.endsWith(u','))
        return u"a value is missing beside a comma"_s;
    for (const QStringView part : isAny ? QList<QStringView>{u"*"} : text.split(u',')) {
        if (const QString problem = readPart(field, part); !problem.isEmpty())
            return problem;
    }
    return {};
}

std::optional<int> CronExpression::value(Field field, QStringView text) const
{
    const FieldRange &range = fieldRanges()[field];
    const qsizetype named = range.names.indexOf(text.toString().toUpper());
    if (named >= 0)
        return range.first + int(named);
    const bool isNumber = !text.isEmpty() && text.size() <= 4 &&
                          std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
    const int n = isNumber ? text.toInt() : -1;
    return n >= range.first && n <= range.last ? std::optional(n) : std::nullopt;
}

QString CronExpression::readPart(Field field, QStringView text)
{
    const FieldRange &range = fieldRanges()[field];
    const auto refuse = [&](QStringView what) {
        const QString names =
            range.names.isEmpty() ? QString() : u" or %1-%2"_s.arg(range.names.first(), range.names.last());
        return u"`%1` is not %2 to %3%4"_s.arg(what.left(32)).arg(range.first).arg(range.last).arg(names);
    };
    const qsizetype slash = text.indexOf(u'/');
    const QStringView values = slash < 0 ? text : text.first(slash);
    int step = 1;
    if (slash >= 0) {
        bool isNumber = false;
        step = text.sliced(slash + 1).toInt(&isNumber);
        if (!isNumber || step < 1 || step > range.last)
            return u"the step `%1` is not a number from 1 to %2"_s.arg(text.sliced(slash + 1).left(32)).arg(range.last);
    }
    int from = range.first;
    int to = field == Weekday ? 6 : range.last;
    if (values != u"*") {
        const qsizetype dash = values.indexOf(u'-');
        const std::optional<int> begin = value(field, dash < 0 ? values : values.first(dash));
        if (!begin)
            return refuse(dash < 0 ? values : values.first(dash));
        from = *begin;
        if (dash >= 0) {
            const std::optional<int> end = value(field, values.sliced(dash + 1));
            if (!end)
                return refuse(values.sliced(dash + 1));
            to = *end;
        } else if (slash < 0) {
            to = from;
        }
        if (to < from)
            return u"the range `%1` goes backwards"_s.arg(values.left(32));
    }
    for (int i = from; i <= to; i += step)
        m_sets[field].set(size_t(i));
    return {};
}

bool CronExpression::fitsDay(const QDate &date) const
{
    const bool day = m_sets[Day].test(size_t(date.day()));
    const bool weekday = m_sets[Weekday].test(size_t(date.dayOfWeek() % 7));
    return m_anyDay || m_anyWeekday ? day && weekday : day || weekday;
}

bool CronExpression::isPossible() const
{
    if (!m_anyDay && !m_anyWeekday) // some day of the week comes in every month
        return true;
    for (int month = 1; month <= 12; ++month) {
        const int days = QDate(2024, month, 1).daysInMonth(); // a leap year
        for (int day = 1; m_sets[Month].test(size_t(month)) && day <= days; ++day) {
            if (m_sets[Day].test(size_t(day)))
                return true;
        }
    }
    return false;
}

//! The first second of a day from `from` on, -1: none.
int CronExpression::nextSecondOfDay(int from) const
{
    const auto firstFrom = [](const std::bitset<64> &set, int start, int last) {
        while (start <= last && !set.test(size_t(start)))
            ++start;
        return start <= last ? start : -1;
    };
    for (int hour = firstFrom(m_sets[Hour], from / 3600, 23); hour >= 0; hour = firstFrom(m_sets[Hour], hour + 1, 23)) {
        const int inHour = std::max(0, from - hour * 3600);
        for (int minute = firstFrom(m_sets[Minute], inHour / 60, 59); minute >= 0;
             minute = firstFrom(m_sets[Minute], minute + 1, 59)) {
            const int second = firstFrom(m_sets[Second], std::max(0, inHour - minute * 60), 59);
            if (second >= 0)
                return hour * 3600 + minute * 60 + second;
        }
    }
    return -1;
}

//! The first fitting time of the wall clock in [from, before), as seconds since 1970 without time zone.
std::optional<qint64> CronExpression::nextWall(qint64 from, qint64 before) const
{
    qint64 day = from / daySeconds - (from % daySeconds < 0 ? 1 : 0);
    int second = int(from - day * daySeconds);
    for (; day * daySeconds < before; ++day, second = 0) {
        const QDate date = QDate::fromJulianDay(day + epochJulianDay);
        if (!m_sets[Month].test(size_t(date.month())) || !fitsDay(date))
            continue;
        if (const int found = nextSecondOfDay(second); found >= 0) {
            const qint64 wall = day * daySeconds + found;
            return wall < before ? std::optional(wall) : std::nullopt;
        }
    }
    return std::nullopt;
}

//! A stretch of time with one offset of the clock, in seconds.
struct CronExpression::Span
{
    qint64 begin, end;
    qint64 offset;
    qint64 before; //!< the offset until `begin`
};

std::optional<QDateTime> CronExpression::next(const QDateTime &after, const QTimeZone &zone) const
{
    if (!after.isValid() || !zone.isValid())
        return std::nullopt;
    // Rounded up to the next whole second.
    const qint64 millis = after.toMSecsSinceEpoch();
    const qint64 start = millis / 1000 - (millis % 1000 < 0 ? 1 : 0) + 1;
    const qint64 limit = start + farthest;
    const auto dateTime = [](qint64 seconds) { return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC); };
    const auto offsetAt = [&](qint64 seconds) { return qint64(zone.offsetFromUtc(dateTime(seconds))); };
    const auto transitionAfter = [&](qint64 seconds) {
        const QTimeZone::OffsetData change =
            zone.hasTransitions() ? zone.nextTransition(dateTime(seconds)) : QTimeZone::OffsetData();
        return change.atUtc.isValid() ? std::min(change.atUtc.toSecsSinceEpoch(), limit) : limit;
    };
    const auto result = [&](qint64 seconds) { return std::optional(dateTime(seconds)); };

    // The span `start` lies in may have begun with a repeated hour that is not over yet.
    const QTimeZone::OffsetData last =
        zone.hasTransitions() ? zone.previousTransition(dateTime(start + 1)) : QTimeZone::OffsetData();
    Span span;
    span.begin = last.atUtc.isValid() ? last.atUtc.toSecsSinceEpoch() : start - farthest;
    span.offset = offsetAt(start);
    span.before = offsetAt(span.begin - 1);
    span.end = transitionAfter(start);
    while (true) {
        // The clock was put forward at `begin`: what would have been in between is due then.
        if (!m_anyHour && span.begin >= start && span.offset > span.before &&
            nextWall(span.begin + span.before, span.begin + span.offset))
            return result(span.begin);
        qint64 wall = std::max(start, span.begin) + span.offset;
        if (!m_anyHour) // put back: its hour was there before
            wall = std::max(wall, span.begin + span.before);
        if (const std::optional<qint64> found = nextWall(wall, span.end + span.offset))
            return result(*found - span.offset);
        if (span.end >= limit)
            return std::nullopt;
        span.begin = span.end;
        span.before = span.offset;
        span.offset = offsetAt(span.begin);
        span.end = transitionAfter(span.begin);
    }
}

} // namespace Atom::Workflows
