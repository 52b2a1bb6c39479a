// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

namespace Atom::Assistant {

//! \brief A word of a message: as compared, and as written.
struct Token
{
    QString folded; //!< NFKC, case folded
    QString written;
};

//! \brief What a text is compared by, in 64-bit hashes of the pieces: a short text has some two hundred of them, and
//! strings would cost more than all the arithmetic. Two pieces with one hash would only count as one piece.
struct TextFeatures
{
    QList<quint64> words;      //!< one for each word, in order
    QList<quint64> stems;      //!< of words and of neighbouring words, the beginning of the text counted as one
    QList<quint64> characters; //!< 2 to 5 characters inside a word and its bounds: "<we", "eath"
};

//! \brief Words ([letters digits _ ' -] runs) in order; `{slot}` placeholders of examples stay one token with braces.
QList<Token> tokenize(const QString &text);
//! \brief The folded words joined by one blank: two texts that say the same compare equal.
QString normalized(const QString &text);
//! \brief Placeholders are left out: they stand for words that nobody knows yet.
TextFeatures featuresOf(const QList<Token> &tokens);

} // namespace Atom::Assistant
