// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/tokens.h"

namespace Atom::Entities {

//! \brief A number that begins at a token.
struct NumberMatch
{
    double value = 0;
    int next = 0;       //!< the token after it
    bool plain = false; //!< one token of digits, nothing else
    bool words = false; //!< begins with a number word
    bool isInteger() const;
};

//! \brief "1,200,000", "1.5k", "-3M", "two hundred and five", "2 million", "one twenty two", "two point two".
//! Looks at a bounded number of tokens. Does not look at what stands before.
std::optional<NumberMatch> matchNumber(const Tokens &tokens, int at);
//! \brief "3rd", "third", "twenty-fifth".
std::optional<NumberMatch> matchOrdinal(const Tokens &tokens, int at);
//! \brief "1/2" and the like, glued, with a denominator of 2, 3, 4 or 8; and "½".
std::optional<NumberMatch> matchFraction(const Tokens &tokens, int at);
//! \brief True when a number may begin here: not inside a word, a version or another number.
bool isNumberStart(const Tokens &tokens, int at);
//! \brief True when a number may end before `next`.
bool isNumberEnd(const Tokens &tokens, int next);

} // namespace Atom::Entities
