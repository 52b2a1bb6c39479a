// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QDate>
#include <QtCore/QDateTime>
#include <QtCore/QTimeZone>

#include <array>
#include <bitset>
#include <optional>

namespace Atom::Workflows {

//! \brief A cron expression: minute, hour, day of month, month, day of week, with a leading second if there are six
//! fields; or @hourly, @daily (@midnight), @weekly, @monthly, @yearly (@annually).
//!
//! A field is `*` or a list of values, ranges `a-b` and steps `*/n`, `a-b/n`, `a/n` (from a on). Months and days of the
//! week also by their English names of three letters; Sunday is 0 or 7; `?` is `*` in the two fields of days. As in
//! crontab(5), a day fits when either of the two day fields fits, if both are restricted.
//!
//! Changes of the clock: what is missed because the clock is put forward is due once, at the moment of the change. Of
//! times that come twice the first counts. An expression with `*` as hour means each hour that passes, so it goes on
//! through both, and nothing is made up for.
class CronExpression
{
public:
    static constexpr int longestText = 256;

    CronExpression() = default; //!< never due
    //! \return ValidationFailed that names the field and what is wrong with it; also when there is no such day at all.
    static Result<CronExpression> parse(const QString &text);

    //! \brief The first moment after `after`, in UTC, at which it is due in `zone`; nothing for an invalid zone or
    //! time, or when there is none within ten years. Fractions of a second do not matter. Pure, any thread.
    std::optional<QDateTime> next(const QDateTime &after, const QTimeZone &zone) const;

private:
    enum Field { Second, Minute, Hour, Day, Month, Weekday };
    struct Span;

    QString readField(Field field, QStringView text);
    QString readPart(Field field, QStringView text);
    std::optional<int> value(Field field, QStringView text) const;
    bool fitsDay(const QDate &date) const;
    bool isPossible() const;
    std::optional<qint64> nextWall(qint64 from, qint64 before) const;
    int nextSecondOfDay(int from) const;

    std::array<std::bitset<64>, 6> m_sets;
    bool m_anyHour = false, m_anyDay = true, m_anyWeekday = true;
};

} // namespace Atom::Workflows
