// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>

namespace Atom::Memory {

//! \brief Terms (see WordReader::term()) that people use for the same thing as this one in everyday English ("dad" for
//! "father", "surgery" for "operation"); empty for most. From a table of our own; safe to call from any thread.
QList<QByteArray> likeMeanings(const QByteArray &term);

} // namespace Atom::Memory
