// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Atom::Storage {

//! \brief Lets all other threads of the machine go first. Does nothing where the system cannot.
void lowerPriorityOfThisThread();

} // namespace Atom::Storage
