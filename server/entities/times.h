// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/phrase.h"

namespace Atom::Entities {

struct TimeMatch
{
    TimeValue value;
    int next = 0; //!< the token after it
    Weakness weakness = Weakness::None;
};

//! \brief A time, an interval or an open time that begins at a token. Looks at a bounded number of tokens.
std::optional<TimeMatch> matchTime(const Tokens &tokens, int at, const TimeContext &context);

} // namespace Atom::Entities
