// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/benchmarks/scenarios.h"

namespace Atom::Bench {

//! \brief The shipped server on a million messages in ten thousand rooms: from its start to its being ready, the first
//! screen of a client, searches, pages of history. The database is made once and kept in `setting.data`, if given.
void million(const Setting &setting, Report &report);

} // namespace Atom::Bench
