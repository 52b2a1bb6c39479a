// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/querydates.h"

#include <QtCore/QDateTime>
#include <QtCore/QRegularExpression>
#include <QtCore/QTimeZone>

namespace Atom::Search {
using namespace Qt::StringLiterals;

namespace {
Timestamp startOf(const QDate &day, const QTimeZone &zone)
{
    return fromMillis(day.startOfDay(zone).toMSecsSinceEpoch());
}

std::optional<DateSpan> between(const QDate &first, const QDate &end, const QTimeZone &zone)
{
    if (!first.isValid() || first.year() < 1970 || first.year() > 2100)
        return std::nullopt;
    DateSpan span;
    span.begin = startOf(first, zone);
    span.end = startOf(end, zone);
    return span;
}

std::optional<DateSpan> at(const QDateTime &time)
{
    if (!time.isValid())
        return std::nullopt;
    DateSpan span;
    span.begin = fromMillis(time.toMSecsSinceEpoch());
    span.end = span.begin;
    return span;
}

std::optional<DateSpan> ago(int count, QChar unit, const QTimeZone &zone, Timestamp now)
{
    const QDateTime present = QDateTime::fromMSecsSinceEpoch(toMillis(now), zone);
    switch (unit.unicode()) {
    case u'h':
        return at(present.addSecs(-3600LL * count));
    case u'd':
        return at(present.addDays(-count));
    case u'w':
        return at(present.addDays(-7LL * count));
    case u'm':
        return at(present.addMonths(-count));
    default:
        return at(present.addYears(-count));
    }
}
} // namespace

std::optional<DateSpan> readDate(const QString &text, const QTimeZone &zone, Timestamp now)
{
    const QString value = text.trimmed().toLower();
    const QDate today = QDateTime::fromMSecsSinceEpoch(toMillis(now), zone).date();
    if (value == "today"_L1)
        return between(today, today.addDays(1), zone);
    if (value == "yesterday"_L1)
        return between(today.addDays(-1), today, zone);
    static const QRegularExpression age(u"^(\\d{1,4})([hdwmy])$"_s);
    if (const QRegularExpressionMatch match = age.match(value); match.hasMatch())
        return ago(match.captured(1).toInt(), match.captured(2).at(0), zone, now);
    static const QRegularExpression date(u"^(\\d{4})(?:[-/](\\d{1,2})(?:[-/](\\d{1,2}))?)?$"_s);
    if (const QRegularExpressionMatch match = date.match(value); match.hasMatch()) {
        const int year = match.captured(1).toInt();
        if (match.captured(2).isEmpty())
            return between(QDate(year, 1, 1), QDate(year + 1, 1, 1), zone);
        const QDate month(year, match.captured(2).toInt(), 1);
        if (match.captured(3).isEmpty())
            return between(month, month.addMonths(1), zone);
        const QDate day(year, match.captured(2).toInt(), match.captured(3).toInt());
        return between(day, day.addDays(1), zone);
    }
    if (!value.contains(u't'))
        return std::nullopt;
    QDateTime time = QDateTime::fromString(text.trimmed().toUpper(), Qt::ISODateWithMs);
    if (time.isValid() && time.timeSpec() == Qt::LocalTime)
        time = QDateTime(time.date(), time.time(), zone);
    if (time.isValid() && (time.date().year() < 1970 || time.date().year() > 2100))
        return std::nullopt;
    return at(time);
}

} // namespace Atom::Search
