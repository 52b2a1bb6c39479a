// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

#include <QtCore/QByteArray>

#include <optional>

namespace Atom {

//! \brief A UUID version 7 (RFC 9562): 36 characters, ordered by time to the millisecond, random otherwise.
QByteArray newUuidV7(Timestamp now);
//! \brief The least UUID version 7 of this millisecond, as text: a border between those made before and later.
QByteArray firstUuidV7(Timestamp at);
//! \brief The time that a UUID version 7 tells; nothing when the text is not one.
std::optional<Timestamp> timeOfUuidV7(QByteArrayView text);
//! \brief `byteCount` random bytes from the operating system as lower-case hex.
QByteArray randomHex(int byteCount);
//! \brief `byteCount` random bytes from the operating system.
QByteArray randomBytes(int byteCount);

} // namespace Atom
