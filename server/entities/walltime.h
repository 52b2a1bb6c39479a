// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/entity.h"

#include <QtCore/QDate>

namespace Atom::Entities {

//! \brief What the clock on the wall shows, in seconds since 1970-01-01 00:00 on that clock. Calendar arithmetic is
//! done with it; only what comes out becomes an instant, so that a change of the clocks in between cannot shift a "9
//! o'clock".
using Wall = qint64;

Wall wallOf(QDate date, int secondOfDay = 0);
QDate dateOf(Wall wall);
int secondOfDay(Wall wall);
//! \brief The beginning of the unit that holds `wall`; weeks begin on Monday.
Wall floorTo(Wall wall, Grain grain);
//! \brief Adds calendar units: a month after 31 January is the last of February.
Wall addUnits(Wall wall, Grain grain, qint64 count);

//! \brief Now, as the matchers need it.
struct TimeContext
{
    explicit TimeContext(const Context &context);
    QDateTime toInstant(Wall wall) const; //!< of two equal wall times the first; one that is skipped moves forward
    Wall toWall(qint64 msecsUtc) const;

    qint64 nowMsecs = 0; //!< since the epoch, UTC, whole seconds
    QTimeZone zone;
    Wall now = 0;
    QDate today;
    bool dayFirst = false;
};

//! \brief A resolved time, see TimeValue.
struct Span
{
    Wall from = 0, to = 0, last = 0;
    Grain grain = Grain::Day;
    bool interval = false;
    std::optional<qint64> exact; //!< `from` as an instant, where the wall alone would be ambiguous ("in 2 hours")

    static Span unit(Wall from, Grain grain) { return {from, addUnits(from, grain, 1), from, grain, false, {}}; }
    static Span between(Wall from, Wall to, Grain grain)
    {
        return {from, to, addUnits(to, grain, -1), grain, true, {}};
    }
};

} // namespace Atom::Entities
