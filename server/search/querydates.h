// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

class QTimeZone;

namespace Atom::Search {

//! \brief The time that a date names, from `begin` up to but without `end`: a day, a month, a year; of a point in time
//! both are the same, or one millisecond apart.
struct DateSpan
{
    Timestamp begin{};
    Timestamp end{};
    bool operator==(const DateSpan &) const = default;
};

//! \brief Reads "2026", "2026-03", "2026-03-01" (also with "/"), an ISO 8601 time (without a zone: of `zone`), "today",
//! "yesterday", and ages ("12h", "7d", "2w", "3m", "1y": that long before `now`). nullopt for anything else.
std::optional<DateSpan> readDate(const QString &text, const QTimeZone &zone, Timestamp now);

} // namespace Atom::Search
