// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/characterset.h"

#include <algorithm>

namespace Atom::Entities {

namespace {
void addDigits(CharacterSet &set)
{
    set.ranges.push_back({U'0', U'9'});
}
void addWord(CharacterSet &set)
{
    // Letters beyond ASCII count as a whole: what is a letter there changes with Unicode.
    for (const CharacterSet::Range r : {CharacterSet::Range{U'0', U'9'},
                                        {U'A', U'Z'},
                                        {U'_', U'_'},
                                        {U'a', U'z'},
                                        {0xAA, 0xAA},
                                        {0xB5, 0xB5},
                                        {0xBA, 0xBA},
                                        {0xC0, 0xD6},
                                        {0xD8, 0xF6},
                                        {0xF8, 0x1FFF},
                                        {0x2C00, 0x2DFF},
                                        {0x3005, 0x3007},
                                        {0x3021, 0xD7FF},
                                        {0xF900, 0xFDCF},
                                        {0xFE70, 0xFEFE},
                                        {0x10000, 0x1EFFF},
                                        {0x20000, 0x3FFFF}})
        set.ranges.push_back(r);
}
void addSpace(CharacterSet &set)
{
    for (const CharacterSet::Range r :
         {CharacterSet::Range{9, 13}, {U' ', U' '}, {0xA0, 0xA0}, {0x2000, 0x200A}, {0x2028, 0x2029}, {0x3000, 0x3000}})
        set.ranges.push_back(r);
}
} // namespace

bool CharacterSet::contains(char32_t c) const
{
    const bool inside = std::any_of(ranges.begin(), ranges.end(), [c](Range r) { return c >= r.first && c <= r.last; });
    return inside != negated;
}

bool addNamedSet(char32_t name, CharacterSet &set)
{
    switch (name) {
    case U'd':
    case U'D':
        addDigits(set);
        return true;
    case U'w':
    case U'W':
        addWord(set);
        return true;
    case U's':
    case U'S':
        addSpace(set);
        return true;
    default:
        return false;
    }
}

} // namespace Atom::Entities
