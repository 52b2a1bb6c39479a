// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/entity.h"

#include <QtCore/QStringView>

#include <optional>

namespace Atom::Entities {

//! \brief What a word of the grammar may mean; several at once ("second" is an ordinal and a unit).
struct WordInfo
{
    int number = -1;           //!< 0 to 99: "twenty"
    double scale = 0;          //!< "dozen", "thousand", …; not "hundred", which binds closer
    int ordinal = 0;           //!< "third"
    std::optional<Grain> unit; //!< "minutes", "h"
    bool shortUnit = false;    //!< one letter: only after digits
    int month = 0;             //!< 1 to 12
    int weekday = 0;           //!< 1 Monday to 7
    bool weak = false;         //!< also an everyday word ("may", "sun"): alone in a sentence it does not count
    bool keyword = false;      //!< an entity may begin with it
};

//! \brief The meaning of a word in small letters; null for a word the grammar does not know. O(length).
const WordInfo *wordInfo(QStringView word);

} // namespace Atom::Entities
