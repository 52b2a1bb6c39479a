// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/monitoring/processusage.h"

#include <QtCore/QFile>

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Atom::Monitoring {

ProcessUsage currentProcessUsage()
{
    ProcessUsage usage;
    rusage ru{};
    if (getrusage(RUSAGE_SELF, &ru) == 0) {
        usage.cpuMicros =
            (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * qint64(1'000'000) + ru.ru_utime.tv_usec + ru.ru_stime.tv_usec;
    }
    if (QFile statm(QStringLiteral("/proc/self/statm")); statm.open(QIODevice::ReadOnly)) {
        const QList<QByteArray> fields = statm.readAll().split(' ');
        if (fields.size() > 1)
            usage.residentBytes = fields[1].toLongLong() * sysconf(_SC_PAGESIZE);
    }
    return usage;
}

int openDescriptors()
{
    struct stat folder
    {
    };
    if (::stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0) // since Linux 6.2
        return int(folder.st_size);
    int count = 0;
    if (DIR *const entries = ::opendir("/proc/self/fd")) {
        while (const dirent *entry = ::readdir(entries))
            count += entry->d_name[0] != '.';
        ::closedir(entries);
        --count; // the one that counts
    }
    return count;
}

} // namespace Atom::Monitoring
