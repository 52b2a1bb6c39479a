// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringList>

namespace Atom::App {

//! \brief The whole of atom-server: finds the subcommand and runs it. \return the exit code: 0 success, 1 failure, 2
//! wrong usage, 74 the disk failed. Call it once, from main().
int runProgram(int argc, char **argv);

} // namespace Atom::App
