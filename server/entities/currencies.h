// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/tokens.h"

namespace Atom::Entities {

//! \brief A currency as it is written at a token.
struct CurrencyMatch
{
    QString unit;        //!< see MoneyValue::unit
    int next = 0;        //!< the token after it
    bool cent = false;   //!< the hundredth part: "cents", "p", "sen"
    bool symbol = false; //!< "$" and the like, or an ISO code: may stand before the amount
    bool weak = false;   //!< counts only next to digits ("c", "le", "p")
};

//! \brief "$", "€", "USD", "dollars", "Lebanese pounds", "¢". Looks at most at four tokens.
std::optional<CurrencyMatch> matchCurrency(const Tokens &tokens, int at);

} // namespace Atom::Entities
