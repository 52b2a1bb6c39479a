// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/tokens.h"

namespace Atom::Entities {

//! \brief A duration that begins at a token.
struct DurationMatch
{
    DurationValue value;
    int next = 0;           //!< the token after it
    bool clockLike = false; //!< "2h30", which is a time of day as well
};

//! \brief "2h30", "half an hour", "a week and a day", "two and a quarter hours", "2 more minutes", "1'".
//! Looks at a bounded number of tokens.
std::optional<DurationMatch> matchDuration(const Tokens &tokens, int at);
//! \brief Seconds of a grain: months of 30, quarters of 90 and years of 365 days.
double secondsOf(Grain grain);
//! \brief The value in a unit fine enough that it is whole: 1.5 hours are 90 minutes.
DurationValue makeDuration(double value, Grain unit);

} // namespace Atom::Entities
