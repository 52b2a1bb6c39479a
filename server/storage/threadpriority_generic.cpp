// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/threadpriority.h"

#include <QtCore/QThread>

namespace Atom::Storage {

void lowerPriorityOfThisThread()
{
    QThread::currentThread()->setPriority(QThread::LowPriority);
}

} // namespace Atom::Storage
