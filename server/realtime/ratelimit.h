// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/tokenbucket.h"

namespace Atom::Realtime {
using Atom::TokenBucket;
} // namespace Atom::Realtime
