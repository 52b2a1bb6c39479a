// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/entity.h"

#include <QtCore/QStringView>

#include <vector>

namespace Atom::Entities {

//! \brief Something that its characters tell, not its words.
struct TextSpan
{
    Kind kind = Kind::Url;
    qsizetype start = 0, end = 0;           //!< UTF-16 units
    qsizetype innerStart = 0, innerEnd = 0; //!< without marks
};

//! \brief Addresses, links, mentions, channels, quotes and code, in no particular order. Nothing inside code counts but
//! code. O(text).
std::vector<TextSpan> findTextSpans(QStringView text);

} // namespace Atom::Entities
