// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>

namespace Atom::Net {

// The small pieces of RFC 9110 section 5.6 and RFC 3986 that both the parser and the writer need. Pure.

//! \brief One or more tchar.
bool isToken(QByteArrayView text);
//! \brief VCHAR, SP, HTAB and obs-text only: no CR, LF, NUL or other control character. May be empty.
bool isFieldValue(QByteArrayView text);
//! \brief Without SP and HTAB at both ends.
QByteArrayView trimmedOws(QByteArrayView text);
//! \brief ASCII case-insensitive equality.
bool sameName(QByteArrayView a, QByteArrayView b);
//! \brief True when the comma-separated list `value` has the element `token`, case-insensitive.
bool listHasToken(QByteArrayView value, QByteArrayView token);
//! \brief Host header: name, IPv4 or [IPv6], with an optional port; no user info, no path.
bool isHostPort(QByteArrayView text);
//! \brief Every '%' begins an escape of two hex digits.
bool hasValidEscapes(QByteArrayView text);

} // namespace Atom::Net
