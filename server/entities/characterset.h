// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace Atom::Entities {

//! \brief A set of characters as ranges.
struct CharacterSet
{
    struct Range
    {
        char32_t first, last;
    };
    std::vector<Range> ranges;
    bool negated = false;
    bool contains(char32_t c) const;
};

//! \brief Adds the set behind \\d, \\w or \\s (or a capital, which the caller negates). False for another letter.
bool addNamedSet(char32_t name, CharacterSet &set);

} // namespace Atom::Entities
