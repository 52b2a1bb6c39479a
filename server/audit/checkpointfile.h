// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>

class QFile;

//! The file of checkpoints: one line each, only ever appended to. Blocks; any thread, one at a time.
namespace Atom::Audit::CheckpointFile {

//! \brief Appends a line and syncs it to the disk; makes the file (owner only) when it is not there.
//! \return Internal.
Result<void> appendBlocking(const QString &file, const QByteArray &line);
//! \brief All lines without their line breaks; none when there is no file. A last line that a crash left unfinished is
//! left out. \return Internal: it is there and cannot be read.
Result<QList<QByteArray>> readBlocking(const QString &file);
//! \brief The last whole line, or empty.
Result<QByteArray> lastLineBlocking(const QString &file);

//! \brief Writes what the system holds of the file to the disk. Defined for each platform.
bool syncToDisk(QFile &file);
//! \brief The same for the name of a new file in its folder.
void syncFolder(const QString &folder);

} // namespace Atom::Audit::CheckpointFile
