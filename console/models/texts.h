// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Words and figures as this console writes them, in one place so that every page says the same thing the same way.

#include "console/models/displaysettings.h"
#include "shared/core/clock.h"

#include <QtCore/QString>

namespace Atom::Console {

//! \brief "14:03:22", in UTC "14:03:22Z".
QString clockText(Timestamp time, TimeZoneChoice zone);
//! \brief "2026-01-02 14:03:22", in UTC with "Z" at the end.
QString dateTimeText(Timestamp time, TimeZoneChoice zone);
//! \brief "just now", "40 s ago", "3 min ago", "2 h ago", "5 d ago". A time in the future counts as now.
QString agoText(Timestamp time, Timestamp now);
//! \brief Of microseconds: "850 µs", "1.25 ms", "3.40 s", "2 min 5 s".
QString durationText(qint64 micros);
//! \brief A figure with three significant digits and grouped thousands: "0.42", "12.3", "1,234".
QString figureText(double value);
//! \brief Text from people for one line of a list: line breaks and controls become spaces, marks that change the
//! direction of the text around them are dropped (they could make a name read as another), length is bounded.
QString oneLine(const QString &foreign, int limit = 400);
//! \brief Text from people for a tool tip, which would otherwise be read as HTML: escaped, bounded.
QString toolTipText(const QString &foreign, int limit = 2'000);

} // namespace Atom::Console
