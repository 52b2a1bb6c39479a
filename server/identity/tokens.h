// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"
#include "shared/core/result.h"

#include <QtCore/QHash>
#include <QtCore/QList>

namespace Atom::Identity {

//! \brief What an access token says: a JWT (RFC 7519) with exactly these claims, all of them required.
struct AccessClaims
{
    QString issuer;       //!< iss
    QString audience;     //!< aud, one string
    UserId subject;       //!< sub
    SessionId session;    //!< sid
    QByteArray tokenId;   //!< jti, 1..64 characters of [A-Za-z0-9_-]
    qint64 issuedAt = 0;  //!< iat, unix seconds
    qint64 notBefore = 0; //!< nbf
    qint64 expiresAt = 0; //!< exp
    bool operator==(const AccessClaims &) const = default;
};

//! \brief Signs and checks access tokens: JWS compact form, EdDSA with Ed25519 (RFC 8037), `typ` "at+jwt" (RFC 9068).
//! One thread. The seeds are wiped at the end.
//!
//! The header of a token is never parsed: each key has one possible header - alg, kid, typ, in this order, without
//! white space - and a token must begin with one of them byte for byte. That is the allow list kid -> key -> algorithm
//! of RFC 8725, and it leaves nothing to confuse: no "none", no other algorithm, no jku, jwk, x5u, crit or b64.
//! The payload is read only after its signature was verified and must be exactly what we would have written, which
//! refuses repeated, missing and foreign claims and numbers in odd spellings.
class SigningKeys
{
public:
    static constexpr int seedBytes = 32;
    static constexpr qsizetype tokenLimit = 4096; //!< bytes
    static constexpr seconds clockSkew{60};       //!< tolerated for iat and nbf, never for exp

    SigningKeys();
    ~SigningKeys();
    Q_DISABLE_COPY_MOVE(SigningKeys)

    static QByteArray newSeed();
    //! \brief Adds a key pair; the last one added signs, all verify. False if the seed has the wrong size.
    bool add(const QByteArray &seed);
    bool isEmpty() const { return m_keys.isEmpty(); }
    //! \brief RFC 7638 thumbprint of the signing key.
    QByteArray keyId() const;

    QByteArray sign(const AccessClaims &claims) const;
    //! \brief Ed25519 over any bytes that cannot be the beginning of a token of ours; 64 bytes, by the key keyId().
    QByteArray signBytes(const QByteArray &message) const;
    //! \return Unauthenticated; `cause` says which rule failed.
    Result<AccessClaims> verify(QByteArrayView token, const QString &issuer, const QString &audience,
                                Timestamp now) const;
    //! \brief RFC 7517 key set with the public halves.
    QByteArray jwks() const;
    //! \brief A 32-byte key for another purpose, bound to the first seed and to `purpose` (8 characters).
    QByteArray derivedKey(QByteArrayView purpose) const;

private:
    struct Key
    {
        QByteArray id;
        QByteArray encodedHeader; //!< base64url of the one header that is accepted for this key
        QByteArray publicKey;
        QByteArray secretKey;
        QByteArray seed;
    };
    QList<Key> m_keys;
};

//! \brief An opaque refresh token: "atr_" and 64 characters base64url of session id, 128 random bits and a MAC.
//! What is valid now is decided by the stored hash; the MAC only tells a genuine older token of a session (reuse: the
//! session must end) from an invented one (which must not be able to end anybody's session).
struct RefreshToken
{
    static constexpr qsizetype size = 68;
    static QByteArray make(const SessionId &session, QByteArrayView macKey);
    //! \brief The session of a genuine token; empty for anything else.
    static SessionId sessionOf(QByteArrayView token, QByteArrayView macKey);
    //! \brief The key under which the successor of `token` is kept for a replay: without the token the database cannot
    //! give it away.
    static QByteArray successorKey(QByteArrayView token);
};

} // namespace Atom::Identity
