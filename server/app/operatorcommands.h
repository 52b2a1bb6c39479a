// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringList>
#include <QtCore/QTextStream>

namespace Atom::App {

//! \brief Where an operator's command works; from the configuration and the common options.
struct OperatorPaths
{
    QString dataFolder;
    QString checkpointFile; //!< of the audit log
    QString serverVersion;
};

//! \brief `atom-server audit verify [--from last|SEQ] [--key HEX] [--checkpoints FILE] [--json]`: checks the audit log
//! and its checkpoints, while a server runs or not. \return 0 intact, 1 not (the first bad record is named), 2 usage.
int runAuditCommand(QStringList args, const OperatorPaths &paths, QTextStream &out, QTextStream &err);
//! \brief `atom-server backup FILE`: see Storage::Backup. \return 0 done, 1 failed, 2 usage.
int runBackupCommand(QStringList args, const OperatorPaths &paths, QTextStream &out, QTextStream &err);
//! \brief `atom-server restore FILE --data DIR`: see Storage::Backup. \return 0 restored and checked, 1 failed, 2
//! usage.
int runRestoreCommand(QStringList args, const OperatorPaths &paths, QTextStream &out, QTextStream &err);

} // namespace Atom::App
