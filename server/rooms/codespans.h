// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QStringView>

#include <utility>

namespace Atom::Rooms {

//! \brief Where a Markdown text is code: fenced blocks and spans between backticks (CommonMark 0.31, sections 4.5 and
//! 6.1). Names there are no mentions. Linear in the text; nothing is made when the text has neither mark.
class CodeSpans
{
public:
    explicit CodeSpans(QStringView text);
    bool contains(qsizetype at) const;

private:
    QList<std::pair<qsizetype, qsizetype>> m_spans; //!< [begin, end), ascending, apart
};

} // namespace Atom::Rooms
