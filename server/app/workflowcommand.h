// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringList>
#include <QtCore/QTextStream>

namespace Atom::App {

//! \brief `atom-server workflow ...`, without the word "workflow": validate FILE... (`-` is the standard input). Each
//! mistake is a line `file:line:column: message` in `out`, a good file is `file: good`. Needs no data folder and reads
//! no database; may run while the server does.
//! \return 0 all are good; 1 one is not, or cannot be read; 2 wrong usage.
int runWorkflowCommand(const QStringList &arguments, QTextStream &out, QTextStream &err);

} // namespace Atom::App
