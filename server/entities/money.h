// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/tokens.h"

namespace Atom::Entities {

struct MoneyMatch
{
    MoneyValue value;
    int next = 0; //!< the token after it
};

//! \brief "$20", "twenty dollars and 43 cents", "between 10 and 20 dollars", "less than 7€", "a dollar".
//! Looks at a bounded number of tokens.
std::optional<MoneyMatch> matchMoney(const Tokens &tokens, int at);

} // namespace Atom::Entities
