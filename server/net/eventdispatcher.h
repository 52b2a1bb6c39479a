// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

class QAbstractEventDispatcher;

namespace Atom::Net {

//! \brief The best event dispatcher for a thread with many sockets: epoll on Linux, nullptr elsewhere, which means
//! Qt's own. Give it to QThread::setEventDispatcher() before the thread starts.
std::unique_ptr<QAbstractEventDispatcher> makeEventDispatcher();
//! \brief The same for the main thread; call it before the QCoreApplication is constructed.
//! \return whether there is one.
bool installEventDispatcher();

} // namespace Atom::Net
