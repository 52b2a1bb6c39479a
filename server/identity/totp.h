// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

#include <QtCore/QByteArrayList>
#include <QtCore/QCryptographicHash>

#include <optional>

//! One-time codes by time: RFC 6238 over RFC 4226. Pure, any thread.
namespace Atom::Identity::Totp {

inline constexpr int digits = 6;
inline constexpr int secretBytes = 20;
inline constexpr seconds step{30};
inline constexpr int recoveryCodes = 10;

QByteArray newSecret();
//! \brief Unix time in steps of 30 s; 0 before 1970.
qint64 stepAt(Timestamp now);
//! \brief The code for a step: `count` (6..8) digits, with leading zeros. SHA-1 is what authenticator programs do; a
//! keyed hash does not need the collision resistance it lacks.
QByteArray code(QByteArrayView secret, qint64 step, int count = digits,
                QCryptographicHash::Algorithm hash = QCryptographicHash::Sha1);
//! \brief The step that `given` is the code of: the present one, the one before or after, and newer than
//! `lastUsedStep`, so that no code works twice. Compares in constant time. nullopt: wrong.
std::optional<qint64> matchingStep(QByteArrayView secret, QByteArrayView given, Timestamp now, qint64 lastUsedStep);

//! \brief RFC 4648 section 6 without padding, as authenticator programs take it.
QByteArray toBase32(QByteArrayView bytes);
//! \brief What the QR code shows: `otpauth://totp/ISSUER:ACCOUNT?secret=…`.
QString uri(const QString &issuer, const QString &account, QByteArrayView secret);

//! \brief recoveryCodes codes of 80 random bits, "abcd-efgh-ijkl-mnop" in RFC 4648 base 32, lower case.
QByteArrayList newRecoveryCodes();
//! \brief SHA-256 of the code as typed by a person: case, white space and '-' do not matter. Empty if it cannot be one.
//! 80 random bits need no slow hash.
QByteArray recoveryHash(const QString &typed);

} // namespace Atom::Identity::Totp
