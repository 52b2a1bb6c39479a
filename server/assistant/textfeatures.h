// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace Atom::Assistant {

//! \brief A word of a message: as compared, and as written.
struct Token
{
    QString folded; //!< NFKC, case folded
    QString written;
};

//! \brief Words ([letters digits _ ' -] runs) in order; `{slot}` placeholders of examples stay one token with braces.
QList<Token> tokenize(const QString &text);
//! \brief The folded words joined by one blank: two texts that say the same compare equal.
QString normalized(const QString &text);
//! \brief Words 1-2 and characters 2-5 inside word bounds: "w:weather", "b:the weather", "c:<we". Placeholders are left
//! out.
QStringList features(const QList<Token> &tokens);

} // namespace Atom::Assistant
