// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/crypto.h"
#include "server/identity/tokens.h"
#include "shared/core/uuid.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QMessageAuthenticationCode>
#include <QtTest/QtTest>

#include <sodium.h>

using namespace Atom;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

namespace
{

const Timestamp now = fromMillis(1'767'225'600'000);
constexpr qint64 nowSeconds = 1'767'225'600;
const QString issuer = u"atom-chat"_s;
const QString audience = u"atom-chat-api"_s;

AccessClaims goodClaims()
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

QByteArray seedOf(char fill)
{
    return QByteArray(SigningKeys::seedBytes, fill);
}

//! A signer that writes whatever it is told, with the server's own key: only the rules stand in its way.
QByteArray forge(const QByteArray &header, const QByteArray &payload, const QByteArray &seed = seedOf('k'))
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

QByteArray publicKeyOf(const QByteArray &seed)
{
    unsigned char publicKey[crypto_sign_PUBLICKEYBYTES];
    unsigned char secretKey[crypto_sign_SECRETKEYBYTES];
    crypto_sign_seed_keypair(publicKey, secretKey, reinterpret_cast<const unsigned char *>(seed.constData()));
    return QByteArray(reinterpret_cast<const char *>(publicKey), sizeof publicKey);
}

QByteArray hs256(const QByteArray &header, const QByteArray &payload, const QByteArray &secret)
{
    const QByteArray input = Crypto::toBase64Url(header) + '.' + Crypto::toBase64Url(payload);
    return input + '.'
        + Crypto::toBase64Url(QMessageAuthenticationCode::hash(input, secret, QCryptographicHash::Sha256));
}

QJsonObject readVectors(const QString &name)
{
    QFile file(QStringLiteral(ATOM_SOURCE_DIR) + u"/../shared/wycheproof/"_s + name);
    if (!file.open(QIODevice::ReadOnly)) { // work trees lie one level deeper
        file.setFileName(QStringLiteral(ATOM_SOURCE_DIR) + u"/../../shared/wycheproof/"_s + name);
        if (!file.open(QIODevice::ReadOnly))
            return {};
    }
    return QJsonDocument::fromJson(file.readAll()).object();
}

} // namespace

class tst_tokens : public QObject
{
    Q_OBJECT
    SigningKeys keys;
    QByteArray header;
    QByteArray payload;

    Result<AccessClaims> verify(const QByteArray &token, Timestamp at = now) const
    {
        return keys.verify(token, issuer, audience, at);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(keys.add(seedOf('k')));
        const QList<QByteArray> parts = keys.sign(goodClaims()).split('.');
        header = *Crypto::fromBase64Url(parts.at(0));
        payload = *Crypto::fromBase64Url(parts.at(1));
    }

    void roundTrip()
    {
        const QByteArray token = keys.sign(goodClaims());
        const Result<AccessClaims> read = verify(token);
        QVERIFY(read.isOk());
        QCOMPARE(*read, goodClaims());
        QCOMPARE(QJsonDocument::fromJson(header).object().keys(), (QStringList{u"alg"_s, u"kid"_s, u"typ"_s}));
        QCOMPARE(forge(header, payload), token); // so the refusals below are not the forger's clumsiness
        QVERIFY(token.size() < 600);
    }

    void times_data()
    {
        QTest::addColumn<qint64>("offset");
        QTest::addColumn<bool>("valid");
        QTest::newRow("at once") << qint64(0) << true;
        QTest::newRow("last second") << qint64(299) << true;
        QTest::newRow("expired") << qint64(300) << false;
        QTest::newRow("30 days later") << qint64(30 * 86400) << false;
        QTest::newRow("clock a little behind") << qint64(-60) << true;
        QTest::newRow("clock two hours behind") << qint64(-7200) << false;
    }
    void times()
    {
        QFETCH(qint64, offset);
        QFETCH(bool, valid);
        const Result<AccessClaims> read = verify(keys.sign(goodClaims()), now + seconds(offset));
        QCOMPARE(read.isOk(), valid);
        if (!valid)
            QCOMPARE(read.error().code, Errc::Unauthenticated);
    }

    void attacks_data()
    {
        QTest::addColumn<QByteArray>("token");
        const QByteArray good = keys.sign(goodClaims());
        const QList<QByteArray> parts = good.split('.');
        const QByteArray kid = keys.keyId();
        const QByteArray publicKey = publicKeyOf(seedOf('k'));
        const auto add = [](const char *name, const QByteArray &token) { QTest::newRow(name) << token; };
        const auto withHeader = [&](const char *name, const QByteArray &h) { add(name, forge(h, payload)); };
        const auto withPayload = [&](const char *name, const QByteArray &p) { add(name, forge(header, p)); };
        const auto headerWith = [&](const QByteArray &from, const QByteArray &to) {
            QByteArray h = header;
            Q_ASSERT(h.contains(from));
            return h.replace(from, to);
        };
        const auto payloadWith = [&](const QByteArray &from, const QByteArray &to) {
            QByteArray p = payload;
            Q_ASSERT(p.contains(from));
            return p.replace(from, to);
        };

        add("empty", {});
        add("dots", "..");
        add("one part", parts[0]);
        add("two parts", parts[0] + '.' + parts[1]);
        add("four parts", good + ".AAAA");
        add("five parts (JWE)", good + ".AAAA.AAAA");
        add("leading dot", '.' + good);
        add("space before", ' ' + good);
        add("line break after", good + '\n');
        add("NUL inside", QByteArray(good).insert(40, '\0'));
        add("JSON serialisation", "{\"protected\":\"" + parts[0] + "\",\"payload\":\"" + parts[1] + "\",\"signature\":\""
                + parts[2] + "\"}");
        add("1 MiB", parts[0] + '.' + QByteArray(1 << 20, 'A') + '.' + parts[2]);
        add("over 4 KiB, signed", forge(header, payloadWith("\"iss\"", "\"x\":\"" + QByteArray(4000, 'x') + "\",\"iss\"")));

        for (const char *none : {"none", "None", "NONE", "nOnE", ""}) {
            const QByteArray h = headerWith("EdDSA", none);
            QTest::addRow("alg \"%s\" without signature", none)
                << Crypto::toBase64Url(h) + '.' + parts[1] + '.';
            QTest::addRow("alg \"%s\" with old signature", none)
                << Crypto::toBase64Url(h) + '.' + parts[1] + '.' + parts[2];
            QTest::addRow("alg \"%s\" signed", none) << forge(h, payload);
        }
        withHeader("alg null", headerWith("\"EdDSA\"", "null"));
        withHeader("alg a number", headerWith("\"EdDSA\"", "0"));
        withHeader("alg a list", headerWith("\"EdDSA\"", "[\"EdDSA\"]"));
        withHeader("alg missing", headerWith("\"alg\":\"EdDSA\",", ""));
        withHeader("alg of a foreign case", headerWith("EdDSA", "eddsa"));
        for (const char *alg : {"HS256", "HS512", "RS256", "PS256", "ES256", "ES256K", "Ed25519", "A128KW", "dir"})
            QTest::addRow("alg %s, signed by EdDSA", alg) << forge(headerWith("EdDSA", alg), payload);

        const QByteArray hsHeader = headerWith("EdDSA", "HS256");
        add("HS256 with the raw public key", hs256(hsHeader, payload, publicKey));
        add("HS256 with the hex public key", hs256(hsHeader, payload, publicKey.toHex()));
        add("HS256 with the base64url public key", hs256(hsHeader, payload, Crypto::toBase64Url(publicKey)));
        const QByteArray der = QByteArray::fromHex("302a300506032b6570032100") + publicKey;
        add("HS256 with the DER public key", hs256(hsHeader, payload, der));
        add("HS256 with the PEM public key",
            hs256(hsHeader, payload,
                  "-----BEGIN PUBLIC KEY-----\n" + der.toBase64() + "\n-----END PUBLIC KEY-----\n"));
        add("HS256 with the JWKS", hs256(hsHeader, payload, keys.jwks()));
        for (const char *weak : {"", "secret", "password", "atom-chat", "key"})
            QTest::addRow("HS256 with \"%s\"", weak) << hs256(hsHeader, payload, weak);
        add("HS256 under the EdDSA header", hs256(header, payload, publicKey));

        for (const char *k : {"../../../../dev/null", "/dev/null", "' OR '1'='1", "x' UNION SELECT 'AA", "| sleep 9", "",
                              "none", "0"})
            QTest::addRow("kid %s", k) << forge(headerWith(kid, k), payload);
        withHeader("kid missing", headerWith("\"kid\":\"" + kid + "\",", ""));
        withHeader("kid null", headerWith('"' + kid + '"', "null"));
        withHeader("kid of 3000 characters", headerWith(kid, QByteArray(3000, 'k')));
        add("foreign key, our kid", forge(header, payload, seedOf('x')));
        for (const char *extra :
             {"\"jku\":\"http://evil.example/jwks\"", "\"x5u\":\"http://evil.example/c\"", "\"x5c\":[\"AAAA\"]",
              "\"crit\":[]", "\"crit\":[\"exp\"]", "\"b64\":false,\"crit\":[\"b64\"]", "\"cty\":\"JWT\"", "\"zip\":\"DEF\"",
              "\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}", "\"alg\":\"none\""})
            QTest::addRow("header with %s", extra) << forge(headerWith("}", ',' + QByteArray(extra) + '}'), payload);
        const QByteArray ownKey =
            ",\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + Crypto::toBase64Url(publicKeyOf(seedOf('x')))
            + "\"}}";
        add("foreign key brought along", forge(headerWith("}", ownKey), payload, seedOf('x')));
        for (const char *typ : {"JWT", "jwt", "AT+JWT", "application/at+jwt", "rt+jwt", "logout+jwt", ""})
            QTest::addRow("typ %s", typ) << forge(headerWith("at+jwt", typ), payload);
        withHeader("typ missing", headerWith(",\"typ\":\"at+jwt\"", ""));
        withHeader("header with white space", headerWith(":", ": "));
        withHeader("header is a list", "[]");
        withHeader("header is not JSON", "\xff\xfe");
        withHeader("deep header", QByteArray(1000, '['));

        for (const char *claim : {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"}) {
            QJsonObject object = QJsonDocument::fromJson(payload).object();
            const QString name = QLatin1StringView(claim);
            const auto row = [&](const char *what, const QJsonValue &value) {
                QJsonObject changed = object;
                changed.insert(name, value);
                QTest::addRow("%s %s", claim, what) << forge(header, QJsonDocument(changed).toJson(QJsonDocument::Compact));
            };
            QJsonObject missing = object;
            missing.remove(name);
            QTest::addRow("%s missing", claim) << forge(header, QJsonDocument(missing).toJson(QJsonDocument::Compact));
            row("null", QJsonValue());
            row("true", true);
            row("an object", QJsonObject{{u"a"_s, 1}});
            row("empty list", QJsonArray{});
            row("in a list", QJsonArray{object.value(name)});
            row("empty text", u""_s);
            if (object.value(name).isString()) {
                row("a number", 1);
                row("too long", QString(200, u'x'));
                row("foreign", u"somebody else"_s);
            } else {
                row("as text", QString::number(object.value(name).toInteger()));
                row("a fraction", double(object.value(name).toInteger()) + 0.5);
                row("negative", -1);
                row("zero", 0);
                row("too large", 1e300);
                row("past the year 9999", qint64(300'000'000'000));
            }
        }
        withPayload("exp in the past", payloadWith(QByteArray::number(nowSeconds + 300), QByteArray::number(nowSeconds)));
        withPayload("iat in the future",
                    payloadWith("\"iat\":" + QByteArray::number(nowSeconds), "\"iat\":" + QByteArray::number(nowSeconds + 90)));
        withPayload("nbf in the future",
                    payloadWith("\"nbf\":" + QByteArray::number(nowSeconds), "\"nbf\":" + QByteArray::number(nowSeconds + 90)));
        withPayload("exp as 1e10", payloadWith("\"exp\":" + QByteArray::number(nowSeconds + 300), "\"exp\":1e10"));
        withPayload("exp with .0", payloadWith(QByteArray::number(nowSeconds + 300), QByteArray::number(nowSeconds + 300) + ".0"));
        withPayload("foreign issuer", payloadWith("\"atom-chat\"", "\"evil\""));
        withPayload("issuer with a suffix", payloadWith("\"atom-chat\"", "\"atom-chat.evil\""));
        withPayload("foreign audience", payloadWith("atom-chat-api", "other-api"));
        withPayload("claim twice, good last", payloadWith("\"sub\":\"ann\"", "\"sub\":\"root\",\"sub\":\"ann\""));
        withPayload("claim twice, good first", payloadWith("\"sub\":\"ann\"", "\"sub\":\"ann\",\"sub\":\"root\""));
        withPayload("claim in escapes", payloadWith("\"ann\"", "\"\\u0061nn\""));
        withPayload("foreign claim", payloadWith("{", "{\"role\":\"owner\","));
        withPayload("white space", payloadWith(",", ", "));
        withPayload("byte order mark", "\xEF\xBB\xBF" + payload);
        withPayload("rubbish behind", payload + "x");
        withPayload("deep JSON", QByteArray(1500, '[') + QByteArray(1500, ']'));
        withPayload("not an object", "[]");
        withPayload("bad UTF-8", payloadWith("ann", "an\xff"));
        withPayload("lone surrogate", payloadWith("ann", "an\\ud800"));
        withPayload("empty payload", "");

        // The bytes of the signature and the base64url around it.
        add("signature missing", parts[0] + '.' + parts[1] + '.');
        add("signature cut", good.chopped(4));
        add("signature extended", good + "AAAA");
        add("signature of zeros", parts[0] + '.' + parts[1] + '.' + Crypto::toBase64Url(QByteArray(64, '\0')));
        add("padding", good + "==");
        add("standard base64 alphabet", parts[0] + '.' + parts[1] + '.'
                + Crypto::fromBase64Url(parts[2])->toBase64(QByteArray::OmitTrailingEquals).replace('/', '+') + '+');
        add("foreign character", parts[0] + '.' + parts[1] + '.' + QByteArray(parts[2]).replace(3, 1, "*"));
        add("white space inside", parts[0] + '.' + parts[1] + '.' + QByteArray(parts[2]).insert(10, ' '));
        QByteArray last = good; // 64 bytes are 85.3 characters: four bits of the last one must be zero
        const QByteArray alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        last.back() = alphabet.at(alphabet.indexOf(last.back()) + 1);
        add("left-over bits set", last);
        QByteArray highS = *Crypto::fromBase64Url(parts[2]); // S + L: the same point, another encoding
        const QByteArray order = QByteArray::fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        int carry = 0;
        for (int i = 0; i < 32; ++i) {
            carry += uchar(highS[32 + i]) + uchar(order[i]);
            highS[32 + i] = char(carry);
            carry >>= 8;
        }
        add("malleable signature", parts[0] + '.' + parts[1] + '.' + Crypto::toBase64Url(highS));
        const QByteArray other = keys.sign([] {
            AccessClaims c = goodClaims();
            c.subject = UserId("bob");
            return c;
        }());
        add("payload of another token", parts[0] + '.' + other.split('.').at(1) + '.' + parts[2]);
    }
    void attacks()
    {
        QFETCH(QByteArray, token);
        const Result<AccessClaims> read = verify(token);
        QVERIFY(!read.isOk());
        QCOMPARE(read.error().code, Errc::Unauthenticated);
        QVERIFY(!read.error().cause.isEmpty());
    }

    void everyFlippedBitIsNoticed()
    {
        const QByteArray good = keys.sign(goodClaims());
        for (qsizetype i = 0; i < good.size(); ++i) {
            for (int bit = 0; bit < 8; ++bit) {
                QByteArray bad = good;
                bad[i] = char(bad[i] ^ (1 << bit));
                QVERIFY2(!verify(bad).isOk(), bad.constData());
            }
        }
    }

    void twoKeysOverlap()
    {
        SigningKeys rotated;
        QVERIFY(rotated.add(seedOf('k')));
        const QByteArray before = rotated.sign(goodClaims());
        QVERIFY(rotated.add(seedOf('n')));
        const QByteArray after = rotated.sign(goodClaims());
        QVERIFY(rotated.verify(before, issuer, audience, now).isOk());
        QVERIFY(rotated.verify(after, issuer, audience, now).isOk());
        QVERIFY(!verify(after).isOk()); // the old keys alone do not know it
        QCOMPARE(QJsonDocument::fromJson(rotated.jwks()).object().value("keys"_L1).toArray().size(), 2);
    }

    void keysDescribeThemselves()
    {
        // RFC 8037 appendix A: key and its RFC 7638 thumbprint.
        SigningKeys rfc;
        QVERIFY(rfc.add(QByteArray::fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")));
        QCOMPARE(rfc.keyId(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        const QJsonObject key =
            QJsonDocument::fromJson(rfc.jwks()).object().value("keys"_L1).toArray().first().toObject();
        QCOMPARE(key.value("x"_L1).toString(), u"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"_s);
        QCOMPARE(key.value("alg"_L1).toString(), u"EdDSA"_s);
        QVERIFY(!key.contains("d"_L1));
        SigningKeys bad;
        QVERIFY(!bad.add(QByteArray(31, 'k')));
        QVERIFY(!bad.add({}));
    }

    void wycheproofEd25519()
    {
        const QJsonObject vectors = readVectors(u"ed25519_test.json"_s);
        if (vectors.isEmpty())
            QSKIP("vectors are not here");
        int count = 0;
        const QJsonArray groups = vectors.value("testGroups"_L1).toArray();
        for (const QJsonValue &group : groups) {
            const QByteArray key = QByteArray::fromHex(
                group[u"publicKey"_s].toObject().value("pk"_L1).toString().toLatin1());
            const QJsonArray tests = group[u"tests"_s].toArray();
            for (const QJsonValue &test : tests) {
                const QByteArray message = QByteArray::fromHex(test[u"msg"_s].toString().toLatin1());
                const QByteArray signature = QByteArray::fromHex(test[u"sig"_s].toString().toLatin1());
                const bool wanted = test[u"result"_s].toString() == u"valid"_s;
                QVERIFY2(Crypto::verifyEd25519(signature, message, key) == wanted,
                         qPrintable(u"tcId %1 %2"_s.arg(test[u"tcId"_s].toInt()).arg(test[u"comment"_s].toString())));
                ++count;
            }
        }
        QCOMPARE(count, vectors.value("numberOfTests"_L1).toInt());
        QVERIFY(count > 100);
    }

    void wycheproofJws()
    {
        const QJsonObject vectors = readVectors(u"json_web_signature_test.json"_s);
        if (vectors.isEmpty())
            QSKIP("vectors are not here");
        int count = 0;
        int strict = 0;
        const QJsonArray groups = vectors.value("testGroups"_L1).toArray();
        for (const QJsonValue &group : groups) {
            const bool isBase64 = group[u"comment"_s].toString() == u"base64"_s;
            const QJsonArray tests = group[u"tests"_s].toArray();
            for (const QJsonValue &test : tests) {
                // No vector is EdDSA, so each, valid or not, is a token by an algorithm that is not on the list.
                const QByteArray jws = test[u"jws"_s].isString()
                    ? test[u"jws"_s].toString().toUtf8()
                    : QJsonDocument(test[u"jws"_s].toObject()).toJson(QJsonDocument::Compact);
                QVERIFY(!verify(jws).isOk());
                ++count;
                if (!isBase64)
                    continue;
                const QList<QByteArray> parts = jws.split('.');
                const bool decodes = parts.size() == 3 && Crypto::fromBase64Url(parts[0])
                    && Crypto::fromBase64Url(parts[1]) && Crypto::fromBase64Url(parts[2]);
                // The set lets decoders skip foreign characters in two places ("InvalidCharacterInserted..."); ours
                // does not. Two others ("invalidBase64Padding...") lost their padding and equal a valid one.
                const QString comment = test[u"comment"_s].toString();
                const bool wanted = comment.startsWith(u"invalidBase64Padding"_s)
                    || (test[u"result"_s].toString() == u"valid"_s
                        && !comment.startsWith(u"InvalidCharacterInserted"_s));
                QVERIFY2(decodes == wanted, jws.constData());
                strict += decodes ? 0 : 1;
            }
        }
        QCOMPARE(count, vectors.value("numberOfTests"_L1).toInt());
        QVERIFY(strict >= 5);
    }

    void base64UrlIsStrict_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("good");
        QTest::newRow("empty") << QByteArray() << true;
        QTest::newRow("Zg") << QByteArray("Zg") << true;
        QTest::newRow("padding") << QByteArray("Zg==") << false;
        QTest::newRow("left-over bits") << QByteArray("Zh") << false;
        QTest::newRow("one character") << QByteArray("Z") << false;
        QTest::newRow("five characters") << QByteArray("Zm9vZ") << false;
        QTest::newRow("plus") << QByteArray("ab+d") << false;
        QTest::newRow("slash") << QByteArray("ab/d") << false;
        QTest::newRow("both signs of the URL alphabet") << QByteArray("ab-_") << true;
        QTest::newRow("space") << QByteArray("ab d") << false;
        QTest::newRow("NUL") << QByteArray("ab\0d", 4) << false;
        QTest::newRow("line break") << QByteArray("Zm9v\n") << false;
        QTest::newRow("non-ASCII") << QByteArray("Zm\xc3\xa4") << false;
    }
    void base64UrlIsStrict()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, good);
        const std::optional<QByteArray> bytes = Crypto::fromBase64Url(text);
        QCOMPARE(bytes.has_value(), good);
        if (good)
            QCOMPARE(Crypto::toBase64Url(*bytes), text);
    }

    void refreshTokens()
    {
        const QByteArray macKey(32, 'm');
        const SessionId session(newUuidV7(now));
        const QByteArray token = RefreshToken::make(session, macKey);
        QCOMPARE(token.size(), RefreshToken::size);
        QVERIFY(token.startsWith("atr_"));
        QCOMPARE(RefreshToken::sessionOf(token, macKey), session);
        QVERIFY(RefreshToken::make(session, macKey) != token);
        QVERIFY(RefreshToken::sessionOf(token, QByteArray(32, 'x')).isEmpty());
        for (qsizetype i = 0; i < token.size(); ++i) {
            QByteArray bad = token;
            bad[i] = bad[i] == 'A' ? 'B' : 'A';
            QVERIFY(RefreshToken::sessionOf(bad, macKey).isEmpty());
        }
        for (const QByteArray &bad : {QByteArray(), QByteArray("atr_"), token + 'A', token.chopped(1), QByteArray(68, 'A'),
                                      QByteArray(1 << 20, 'A')})
            QVERIFY(RefreshToken::sessionOf(bad, macKey).isEmpty());
    }

    void sealing()
    {
        const QByteArray key(32, 'k');
        const QByteArray box = Crypto::seal(key, "tulip", "room");
        QVERIFY(!box.contains("tulip"));
        QCOMPARE(Crypto::unseal(key, box, "room").value_or(QByteArray()), "tulip");
        QVERIFY(!Crypto::unseal(key, box, "rooms"));
        QVERIFY(!Crypto::unseal(QByteArray(32, 'x'), box, "room"));
        QVERIFY(!Crypto::unseal(key, box.chopped(1), "room"));
        QVERIFY(!Crypto::unseal(key, {}, "room"));
        QVERIFY(!Crypto::unseal({}, box, "room"));
    }
};

QTEST_GUILESS_MAIN(tst_tokens)
#include "tst_tokens.moc"
