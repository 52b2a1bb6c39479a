// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/eventdispatcher.h"

#include <QtCore/QAbstractEventDispatcher>

namespace Atom::Net {

std::unique_ptr<QAbstractEventDispatcher> makeEventDispatcher()
{
    return nullptr;
}

bool installEventDispatcher()
{
    return false;
}

} // namespace Atom::Net
