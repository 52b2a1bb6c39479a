// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>

#include <span>

namespace Atom::Memory {

//! \brief Takes an English word to its stem, in place: "running" and "runs" become "run". The algorithm of M. F.
//! Porter, "An algorithm for suffix stripping", Program 14 (1980), as published. Words of one or two letters, and words
//! that have anything but a-z, stay as they are. Never makes a word longer; linear in its length.
void stem(QByteArray &word);

//! \brief The base form of an irregular verb or noun ("went" is "go", "children" is "child"); empty for any other word.
//! `word` is in lower case, without apostrophes.
QByteArrayView irregularBase(QByteArrayView word);

//! \brief A row of the table behind it.
struct IrregularForm
{
    QByteArrayView form, base;
};
std::span<const IrregularForm> irregularForms();

} // namespace Atom::Memory
