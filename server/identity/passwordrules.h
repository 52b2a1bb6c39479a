// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/id.h"
#include "shared/core/result.h"

namespace Atom::Identity {

//! \brief Whether a password may be chosen: 12..128 characters (code points after NFKC), no control characters, not
//! made only of what everybody tries first (our own list of common words, keyboard rows, sequences, repetitions, years,
//! also with look-alike digits), not the user's own name with decoration. No rules about kinds of characters.
//! Pure, any thread. \return ValidationFailed with the pointer "/password".
Result<void> checkPassword(const QString &password, const UserId &user);

} // namespace Atom::Identity
