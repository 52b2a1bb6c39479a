// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/threadpriority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace Atom::Storage {

void lowerPriorityOfThisThread()
{
    // On Linux a nice value belongs to a thread; QThread's priorities have no effect there on ordinary threads.
    constexpr int nicest = 10;
    setpriority(PRIO_PROCESS, id_t(gettid()), nicest);
}

} // namespace Atom::Storage
