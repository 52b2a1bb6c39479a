// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/filelimit.h"

#include <QtCore/QtGlobal>

#include <algorithm>
#include <limits>

#ifdef Q_OS_UNIX
#include <sys/resource.h>
#endif

namespace Atom::Net {

int raiseFileLimit()
{
#ifdef Q_OS_UNIX
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        if (limit.rlim_cur < limit.rlim_max) {
            rlimit wanted = limit;
            wanted.rlim_cur = wanted.rlim_max;
            if (::setrlimit(RLIMIT_NOFILE, &wanted) == 0)
                limit = wanted;
        }
        return int(std::min<rlim_t>(limit.rlim_cur, rlim_t(std::numeric_limits<int>::max())));
    }
#endif
    return std::numeric_limits<int>::max();
}

} // namespace Atom::Net
