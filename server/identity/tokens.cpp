// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/tokens.h"

#include "server/identity/crypto.h"
#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QUuid>

#include <algorithm>
#include <sodium.h>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 latestTime = 253'402'300'799; // 9999-12-31T23:59:59Z

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QJsonObject toJson(const AccessClaims &claims)
{
    return QJsonObject{{u"iss"_s, claims.issuer},
                       {u"aud"_s, claims.audience},
                       {u"sub"_s, claims.subject.toString()},
                       {u"sid"_s, claims.session.toString()},
                       {u"jti"_s, QString::fromLatin1(claims.tokenId)},
                       {u"iat"_s, claims.issuedAt},
                       {u"nbf"_s, claims.notBefore},
                       {u"exp"_s, claims.expiresAt}};
}

Error badToken(const QString &cause)
{
    return Error(Errc::Unauthenticated, u"The access token is not valid."_s, cause);
}

qint64 timeIn(const QJsonObject &object, const QString &name)
{
    const qint64 value = object.value(name).toInteger(-1);
    return value > 0 && value <= latestTime ? value : -1;
}

Result<AccessClaims> claimsFrom(const QByteArray &payload)
{
    const Result<QJsonObject> parsed = parseJsonObject(payload, JsonLimits{SigningKeys::tokenLimit, 2});
    if (!parsed)
        return badToken(u"payload is not JSON"_s);
    const QJsonObject &object = *parsed;
    AccessClaims claims;
    claims.issuer = object.value("iss"_L1).toString();
    claims.audience = object.value("aud"_L1).toString();
    claims.subject = UserId::fromString(object.value("sub"_L1).toString());
    claims.session = SessionId::fromString(object.value("sid"_L1).toString());
    claims.tokenId = object.value("jti"_L1).toString().toUtf8();
    claims.issuedAt = timeIn(object, u"iat"_s);
    claims.notBefore = timeIn(object, u"nbf"_s);
    claims.expiresAt = timeIn(object, u"exp"_s);
    if (claims.issuedAt < 0 || claims.notBefore < 0 || claims.expiresAt < 0)
        return badToken(u"a time is missing, not an integer or out of range"_s);
    if (claims.issuer.isEmpty() || claims.audience.isEmpty() || !isValidIdText(claims.tokenId) ||
        claims.tokenId.size() > 64 || !isValidIdText(claims.subject.bytes()) || !isValidIdText(claims.session.bytes()))
        return badToken(u"a claim is missing or of the wrong type"_s);
    // Writing the claims again must give the same bytes: nothing repeated, nothing foreign, no odd spelling.
    if (compact(toJson(claims)) != payload)
        return badToken(u"payload is not in the one form that is written here"_s);
    return claims;
}

} // namespace

SigningKeys::SigningKeys()
{
    Crypto::initialise();
}

SigningKeys::~SigningKeys()
{
    for (Key &key : m_keys) {
        Crypto::wipe(key.secretKey);
        Crypto::wipe(key.seed);
    }
}

QByteArray SigningKeys::newSeed()
{
    Crypto::initialise();
    return Crypto::random(seedBytes);
}

bool SigningKeys::add(const QByteArray &seed)
{
    static_assert(seedBytes == crypto_sign_SEEDBYTES);
    if (seed.size() != seedBytes)
        return false;
    Key key;
    key.seed = QByteArray(seed.constData(), seed.size()); // a copy of our own, so that wiping reaches it
    key.publicKey.resize(crypto_sign_PUBLICKEYBYTES);
    key.secretKey.resize(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(reinterpret_cast<unsigned char *>(key.publicKey.data()),
                             reinterpret_cast<unsigned char *>(key.secretKey.data()),
                             reinterpret_cast<const unsigned char *>(seed.constData()));
    const QByteArray thumbprintInput =
        "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + Crypto::toBase64Url(key.publicKey) + "\"}";
    key.id = Crypto::toBase64Url(Crypto::sha256(thumbprintInput));
    const QJsonObject header{{u"alg"_s, u"EdDSA"_s}, {u"typ"_s, u"at+jwt"_s}, {u"kid"_s, QString::fromLatin1(key.id)}};
    key.encodedHeader = Crypto::toBase64Url(compact(header));
    m_keys.append(std::move(key));
    return true;
}

QByteArray SigningKeys::keyId() const
{
    return m_keys.isEmpty() ? QByteArray() : m_keys.last().id;
}

QByteArray SigningKeys::sign(const AccessClaims &claims) const
{
    Q_ASSERT(!m_keys.isEmpty());
    const Key &key = m_keys.last();
    QByteArray token = key.encodedHeader + '.' + Crypto::toBase64Url(compact(toJson(claims)));
    unsigned char signature[crypto_sign_BYTES];
    crypto_sign_detached(signature, nullptr, reinterpret_cast<const unsigned char *>(token.constData()),
                         static_cast<unsigned long long>(token.size()),
                         reinterpret_cast<const unsigned char *>(key.secretKey.constData()));
    token += '.' + Crypto::toBase64Url(QByteArrayView(signature, sizeof signature));
    return token;
}

QByteArray SigningKeys::signBytes(const QByteArray &message) const
{
    Q_ASSERT(!m_keys.isEmpty() && !message.startsWith("eyJ"));
    QByteArray signature(crypto_sign_BYTES, Qt::Uninitialized);
    crypto_sign_detached(reinterpret_cast<unsigned char *>(signature.data()), nullptr,
                         reinterpret_cast<const unsigned char *>(message.constData()),
                         static_cast<unsigned long long>(message.size()),
                         reinterpret_cast<const unsigned char *>(m_keys.last().secretKey.constData()));
    return signature;
}

Result<AccessClaims> SigningKeys::verify(QByteArrayView token, const QString &issuer, const QString &audience,
                                         Timestamp now) const
{
    if (token.size() > tokenLimit)
        return badToken(u"longer than %1 bytes"_s.arg(tokenLimit));
    const qsizetype headerEnd = token.indexOf('.');
    const qsizetype payloadEnd = token.lastIndexOf('.');
    if (headerEnd < 0 || payloadEnd == headerEnd ||
        token.sliced(headerEnd + 1, payloadEnd - headerEnd - 1).contains('.'))
        return badToken(u"not three parts"_s);
    const QByteArrayView header = token.first(headerEnd);
    const auto key =
        std::find_if(m_keys.begin(), m_keys.end(), [&](const Key &k) { return header == k.encodedHeader; });
    if (key == m_keys.end())
        return badToken(u"the header is not one of ours"_s);
    const std::optional<QByteArray> signature = Crypto::fromBase64Url(token.sliced(payloadEnd + 1));
    if (!signature || !Crypto::verifyEd25519(*signature, token.first(payloadEnd), key->publicKey))
        return badToken(u"the signature does not fit"_s);
    const std::optional<QByteArray> payload =
        Crypto::fromBase64Url(token.sliced(headerEnd + 1, payloadEnd - headerEnd - 1));
    if (!payload)
        return badToken(u"the payload is not base64url"_s);
    Result<AccessClaims> claims = claimsFrom(*payload);
    if (!claims)
        return claims;
    if (claims->issuer != issuer || claims->audience != audience)
        return badToken(u"of another issuer or for another audience"_s);
    const qint64 seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    if (claims->issuedAt > seconds + clockSkew.count() || claims->notBefore > seconds + clockSkew.count())
        return badToken(u"not valid yet"_s);
    if (claims->expiresAt <= seconds)
        return Error(Errc::Unauthenticated, u"The access token has expired."_s, u"expired"_s);
    return claims;
}

QByteArray SigningKeys::jwks() const
{
    QJsonArray keys;
    for (const Key &key : m_keys) {
        keys.append(QJsonObject{{u"kty"_s, u"OKP"_s},
                                {u"crv"_s, u"Ed25519"_s},
                                {u"use"_s, u"sig"_s},
                                {u"alg"_s, u"EdDSA"_s},
                                {u"kid"_s, QString::fromLatin1(key.id)},
                                {u"x"_s, QString::fromLatin1(Crypto::toBase64Url(key.publicKey))}});
    }
    return compact(QJsonObject{{u"keys"_s, keys}});
}

QByteArray SigningKeys::derivedKey(QByteArrayView purpose) const
{
    static_assert(seedBytes == crypto_kdf_KEYBYTES);
    Q_ASSERT(!m_keys.isEmpty() && purpose.size() == crypto_kdf_CONTEXTBYTES);
    QByteArray key(32, Qt::Uninitialized);
    crypto_kdf_derive_from_key(reinterpret_cast<unsigned char *>(key.data()), size_t(key.size()), 1, purpose.data(),
                               reinterpret_cast<const unsigned char *>(m_keys.first().seed.constData()));
    return key;
}

namespace {
constexpr QByteArrayView refreshPrefix("atr_"); // lets log filters and secret scanners know one when they see it
constexpr qsizetype uuidBytes = 16;
constexpr qsizetype randomPart = 16;
constexpr qsizetype macBytes = 16;
} // namespace

QByteArray RefreshToken::make(const SessionId &session, QByteArrayView macKey)
{
    QByteArray body = QUuid::fromString(QLatin1StringView(session.bytes())).toRfc4122();
    body += Crypto::random(randomPart);
    body += Crypto::keyedHash(macKey, body, macBytes);
    return refreshPrefix.toByteArray() + Crypto::toBase64Url(body);
}

SessionId RefreshToken::sessionOf(QByteArrayView token, QByteArrayView macKey)
{
    if (token.size() != size || !token.startsWith(refreshPrefix))
        return {};
    const std::optional<QByteArray> body = Crypto::fromBase64Url(token.sliced(refreshPrefix.size()));
    if (!body || body->size() != uuidBytes + randomPart + macBytes)
        return {};
    const QByteArrayView covered = QByteArrayView(*body).first(uuidBytes + randomPart);
    if (!Crypto::equal(Crypto::keyedHash(macKey, covered, macBytes), QByteArrayView(*body).last(macBytes)))
        return {};
    return SessionId(QUuid::fromRfc4122(covered.first(uuidBytes)).toByteArray(QUuid::WithoutBraces));
}

QByteArray RefreshToken::successorKey(QByteArrayView token)
{
    return Crypto::keyedHash("atom refresh successor", token, 32);
}

} // namespace Atom::Identity
