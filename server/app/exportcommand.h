// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringList>
#include <QtCore/QTextStream>

namespace Atom::App {

//! \brief `atom-server export ...`, without the word "export": verify FILE --jwks FILE. The keys are those of
//! `/.well-known/jwks.json` of the server that made the archive, saved when it could be trusted. Needs no data folder;
//! may run while the server does.
//! \return 0 intact and signed by one of the keys; 1 not; 2 wrong usage.
int runExportCommand(const QStringList &arguments, QTextStream &out, QTextStream &err);

} // namespace Atom::App
