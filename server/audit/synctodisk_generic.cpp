// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/audit/checkpointfile.h"

#include <QtCore/QFile>

namespace Atom::Audit::CheckpointFile {

//! Qt can only hand the bytes to the system; a power cut may take the last checkpoint, not the records.
bool syncToDisk(QFile &file)
{
    return file.flush();
}

void syncFolder(const QString &) {}

} // namespace Atom::Audit::CheckpointFile
