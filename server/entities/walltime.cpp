// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/walltime.h"

#include <algorithm>

namespace Atom::Entities {

namespace {
constexpr qint64 daySeconds = 86400;
const QDate epoch(1970, 1, 1);

qint64 floorDiv(qint64 a, qint64 b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}
} // namespace

Wall wallOf(QDate date, int second)
{
    return epoch.daysTo(date) * daySeconds + second;
}

QDate dateOf(Wall wall)
{
    return epoch.addDays(floorDiv(wall, daySeconds));
}

int secondOfDay(Wall wall)
{
    return int(wall - floorDiv(wall, daySeconds) * daySeconds);
}

Wall floorTo(Wall wall, Grain grain)
{
    const QDate date = dateOf(wall);
    switch (grain) {
    case Grain::Second:
        return wall;
    case Grain::Minute:
        return floorDiv(wall, 60) * 60;
    case Grain::Hour:
        return floorDiv(wall, 3600) * 3600;
    case Grain::Day:
        return wallOf(date);
    case Grain::Week:
        return wallOf(date.addDays(1 - date.dayOfWeek()));
    case Grain::Month:
        return wallOf(QDate(date.year(), date.month(), 1));
    case Grain::Quarter:
        return wallOf(QDate(date.year(), (date.month() - 1) / 3 * 3 + 1, 1));
    case Grain::Year:
        return wallOf(QDate(date.year(), 1, 1));
    }
    return wall;
}

Wall addUnits(Wall wall, Grain grain, qint64 count)
{
    // Far beyond what anybody means, near enough for QDate.
    count = std::clamp<qint64>(count, -200'000'000, 200'000'000);
    const auto months = [&](qint64 n) {
        const QDate date = dateOf(wall).addMonths(int(std::clamp<qint64>(n, -120'000, 120'000)));
        return wallOf(date, secondOfDay(wall));
    };
    switch (grain) {
    case Grain::Second:
        return wall + count;
    case Grain::Minute:
        return wall + count * 60;
    case Grain::Hour:
        return wall + count * 3600;
    case Grain::Day:
        return wall + std::clamp<qint64>(count, -3'000'000, 3'000'000) * daySeconds;
    case Grain::Week:
        return wall + std::clamp<qint64>(count, -400'000, 400'000) * 7 * daySeconds;
    case Grain::Month:
        return months(count);
    case Grain::Quarter:
        return months(3 * count);
    case Grain::Year:
        return months(12 * count);
    }
    return wall;
}

TimeContext::TimeContext(const Context &context)
    : nowMsecs(floorDiv(context.now.toMSecsSinceEpoch(), 1000) * 1000),
      zone(context.zone.isValid() ? context.zone : QTimeZone::utc()), dayFirst(context.dayFirst)
{
    now = toWall(nowMsecs);
    today = dateOf(now);
}

QDateTime TimeContext::toInstant(Wall wall) const
{
    const auto offsetAt = [this](qint64 seconds) {
        return qint64(zone.offsetFromUtc(QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC)));
    };
    // QDateTime is invalid for a wall time that is skipped, and leaves open which of two equal ones it takes.
    const qint64 before = offsetAt(wall - daySeconds);
    const qint64 after = offsetAt(wall + daySeconds);
    const bool fitsAfter = before != after && offsetAt(wall - before) != before && offsetAt(wall - after) == after;
    return QDateTime::fromSecsSinceEpoch(wall - (fitsAfter ? after : before), zone);
}

Wall TimeContext::toWall(qint64 msecsUtc) const
{
    const QDateTime utc = QDateTime::fromMSecsSinceEpoch(msecsUtc, Qt::UTC);
    return floorDiv(msecsUtc, 1000) + zone.offsetFromUtc(utc);
}

} // namespace Atom::Entities
