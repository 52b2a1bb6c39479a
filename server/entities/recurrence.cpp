// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/recurrence.h"

#include <QtCore/QStringList>

namespace Atom::Entities {
using namespace Qt::StringLiterals;

QString ruleText(const Recurrence &rule)
{
    static const QStringList names{u""_s, u"MO"_s, u"TU"_s, u"WE"_s, u"TH"_s, u"FR"_s, u"SA"_s, u"SU"_s};
    QStringList parts;
    int interval = rule.interval;
    switch (rule.unit) {
    case Grain::Second:
        parts.append(u"FREQ=SECONDLY"_s);
        break;
    case Grain::Minute:
        parts.append(u"FREQ=MINUTELY"_s);
        break;
    case Grain::Hour:
        parts.append(u"FREQ=HOURLY"_s);
        break;
    case Grain::Day:
        parts.append(u"FREQ=DAILY"_s);
        break;
    case Grain::Week:
        parts.append(u"FREQ=WEEKLY"_s);
        break;
    case Grain::Month:
        parts.append(u"FREQ=MONTHLY"_s);
        break;
    case Grain::Quarter:
        parts.append(u"FREQ=MONTHLY"_s);
        interval *= 3;
        break;
    case Grain::Year:
        parts.append(u"FREQ=YEARLY"_s);
        break;
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

namespace {
bool falls(const Recurrence &rule, QDate date)
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
} // namespace

std::optional<QDateTime> firstOccurrence(const Recurrence &rule, const TimeContext &context)
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

} // namespace Atom::Entities
