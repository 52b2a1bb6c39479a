// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/monitoring/processusage.h"

#include <ctime>

namespace Atom::Monitoring {

ProcessUsage currentProcessUsage()
{
    ProcessUsage usage;
    usage.cpuMicros = qint64(std::clock()) * 1'000'000 / CLOCKS_PER_SEC;
    return usage;
}

int openDescriptors()
{
    return 0;
}

} // namespace Atom::Monitoring
