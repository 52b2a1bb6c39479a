// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Atom::Net {

//! \brief Raises the limit of open descriptors of this process as far as it may. \return the limit in force; a large
//! number where there is none.
int raiseFileLimit();

} // namespace Atom::Net
