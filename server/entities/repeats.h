// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/phrase.h"

namespace Atom::Entities {

struct RepeatMatch
{
    RepeatValue value;
    int next = 0; //!< the token after it
};

//! \brief "every Monday at 9", "every 2 weeks", "weekdays at 8:30", "on the first Monday of every month", "daily".
//! Looks at a bounded number of tokens.
std::optional<RepeatMatch> matchRepeat(const Tokens &tokens, int at, const TimeContext &context);

} // namespace Atom::Entities
