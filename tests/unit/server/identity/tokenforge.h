// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/crypto.h"
#include "server/identity/tokens.h"

#include <sodium.h>

//! What the tests of access tokens share: good claims, and a signer that writes whatever it is told.
namespace Atom::Test {
using namespace Identity;
using namespace Qt::StringLiterals;

inline const Timestamp now = fromMillis(1'767'225'600'000);
inline constexpr qint64 nowSeconds = 1'767'225'600;
inline const QString issuer = u"atom-chat"_s;
inline const QString audience = u"atom-chat-api"_s;

inline AccessClaims goodClaims()
{
    AccessClaims claims;
    claims.issuer = issuer;
    claims.audience = audience;
    claims.subject = UserId("ann");
    claims.session = SessionId("0199b3c0-0000-7000-8000-000000000001");
    claims.tokenId = "abcdefghijklmnopqrstuv";
    claims.issuedAt = nowSeconds;
    claims.notBefore = nowSeconds;
    claims.expiresAt = nowSeconds + 300;
    return claims;
}

inline QByteArray seedOf(char fill)
{
    return QByteArray(SigningKeys::seedBytes, fill);
}

//! A signer that writes whatever it is told, with the server's own key: only the rules stand in its way.
inline QByteArray forge(const QByteArray &header, const QByteArray &payload, const QByteArray &seed = seedOf('k'))
{
    unsigned char publicKey[crypto_sign_PUBLICKEYBYTES];
    unsigned char secretKey[crypto_sign_SECRETKEYBYTES];
    crypto_sign_seed_keypair(publicKey, secretKey, reinterpret_cast<const unsigned char *>(seed.constData()));
    QByteArray token = Crypto::toBase64Url(header) + '.' + Crypto::toBase64Url(payload);
    unsigned char signature[crypto_sign_BYTES];
    crypto_sign_detached(signature, nullptr, reinterpret_cast<const unsigned char *>(token.constData()),
                         static_cast<unsigned long long>(token.size()), secretKey);
    return token + '.' + Crypto::toBase64Url(QByteArrayView(signature, sizeof signature));
}

} // namespace Atom::Test
