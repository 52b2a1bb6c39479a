// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringList>

namespace Atom::Assistant {

//! \brief The lines of `file`, one text each, without empty ones and those that begin with '#'. When there is no such
//! file, the lines that come with the server: without any ordinary talk a third of it would trigger something.
QStringList readOrdinaryTalk(const QString &file);

} // namespace Atom::Assistant
