// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/monitoring/processusage.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

#include <sys/resource.h>
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
    const auto entries = [](const QString &path) {
        return int(QDir(path).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot, QDir::Unsorted).size());
    };
    usage.openDescriptors = entries(QStringLiteral("/proc/self/fd"));
    usage.threads = entries(QStringLiteral("/proc/self/task"));
    return usage;
}

} // namespace Atom::Monitoring
