// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

namespace Atom::Monitoring {

//! \brief What this process has used so far. Implementations per system; zeros where it cannot be known.
struct ProcessUsage
{
    qint64 cpuMicros = 0; //!< user and system time of all threads since start
    qint64 residentBytes = 0;
};
ProcessUsage currentProcessUsage();
//! \brief Descriptors of this process. May walk through all of them: for scrapes, not for every second.
int openDescriptors();

} // namespace Atom::Monitoring
