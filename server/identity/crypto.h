// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayView>

#include <optional>

//! Thin, typed wrappers over libsodium; any thread. Nothing here is a construction of our own.
namespace Atom::Identity::Crypto {

//! \brief Must have run before anything else of libsodium; cheap to repeat. Ends the process if the library cannot
//! start.
void initialise();

//! \brief `count` bytes from libsodium's generator.
QByteArray random(int count);
//! \brief RFC 4648 section 5 without padding.
QByteArray toBase64Url(QByteArrayView bytes);
//! \brief Strict reverse: no padding, white space, foreign characters or bits left over; nullopt otherwise.
std::optional<QByteArray> fromBase64Url(QByteArrayView text);
//! \brief Comparison in constant time for equal sizes.
bool equal(QByteArrayView a, QByteArrayView b);
QByteArray sha256(QByteArrayView bytes);
//! \brief BLAKE2b with `key` (16..64 bytes), `size` (16..64) bytes long.
QByteArray keyedHash(QByteArrayView key, QByteArrayView bytes, int size);
//! \brief Ed25519 (RFC 8032), refusing small-order keys and non-canonical signatures.
bool verifyEd25519(QByteArrayView signature, QByteArrayView message, QByteArrayView publicKey);
//! \brief XChaCha20-Poly1305; `key` 32 bytes; the random nonce stands first.
QByteArray seal(QByteArrayView key, QByteArrayView plain, QByteArrayView associated);
std::optional<QByteArray> unseal(QByteArrayView key, QByteArrayView sealedBytes, QByteArrayView associated);
//! \brief Overwrites and empties; only for arrays that are not shared.
void wipe(QByteArray &secret);

} // namespace Atom::Identity::Crypto
