// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/eventdispatcher.h"

#include "server/net/epolldispatcher_linux.h"

#include <QtCore/QCoreApplication>

namespace Atom::Net {

std::unique_ptr<QAbstractEventDispatcher> makeEventDispatcher()
{
    return std::make_unique<EpollDispatcher>();
}

bool installEventDispatcher()
{
    QCoreApplication::setEventDispatcher(makeEventDispatcher().release()); // the application owns it
    return true;
}

} // namespace Atom::Net
