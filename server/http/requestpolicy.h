// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <optional>

namespace Atom::Http {

// Rules about single headers, pure.

//! \brief "application/json" or "...+json", with charset utf-8 or none.
bool isJsonContentType(QByteArrayView contentType);
//! \brief The token of `Authorization: Bearer <token>`; nullopt for another scheme or a form that is no token.
std::optional<QByteArray> bearerToken(QByteArrayView authorization);
//! \brief What a client may choose as X-Request-Id: 1..64 bytes of `[A-Za-z0-9._:-]`.
bool isRequestId(QByteArrayView text);
//! \brief What a client may choose as Idempotency-Key: 1..255 visible ASCII characters.
bool isIdempotencyKey(QByteArrayView text);
//! \brief `origin` ("https://host:port") has the host and port of the Host header; a default port may be left out.
bool isSameOrigin(QByteArrayView origin, QByteArrayView host);
//! \brief True for the methods that change something.
bool isMutation(QByteArrayView method);

} // namespace Atom::Http
