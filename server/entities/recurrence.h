// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/phrase.h"

#include <bitset>

namespace Atom::Entities {

//! \brief A repetition before it is written as a rule.
struct Recurrence
{
    Grain unit = Grain::Day;
    int interval = 1;
    std::bitset<8> weekdays; //!< 1 Monday to 7
    int nth = 0;             //!< with one weekday, in the month
    int monthDay = 0, month = 0;
    std::optional<Clock> clock;
    std::optional<PartOfDay> part;
    std::optional<Wall> start;
    std::optional<QDateTime> until;
    int count = 0;
};

//! \brief The rule of RFC 5545, section 3.3.10.
QString ruleText(const Recurrence &rule);
//! \brief The first time after now; nothing when there is none within nine years ("30 February").
std::optional<QDateTime> firstOccurrence(const Recurrence &rule, const TimeContext &context);

} // namespace Atom::Entities
