// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/audit/checkpointfile.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <unistd.h>

namespace Atom::Audit::CheckpointFile {

bool syncToDisk(QFile &file)
{
    return ::fsync(file.handle()) == 0;
}

void syncFolder(const QString &folder)
{
    const int fd = ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    ::fsync(fd);
    ::close(fd);
}

} // namespace Atom::Audit::CheckpointFile
