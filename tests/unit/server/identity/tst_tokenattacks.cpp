// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The attacks on JSON Web Tokens of RFC 8725 and their relatives, one row each: all refused with the same code.
#include "tests/unit/server/identity/tokenforge.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QMessageAuthenticationCode>
#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Test;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

namespace {

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
    return input + '.' +
           Crypto::toBase64Url(QMessageAuthenticationCode::hash(input, secret, QCryptographicHash::Sha256));
}

} // namespace

class tst_tokenattacks : public QObject
{
    Q_OBJECT
    SigningKeys keys;
    QByteArray header;
    QByteArray payload;

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(keys.add(seedOf('k')));
        const QByteArray good = keys.sign(goodClaims());
        const QList<QByteArray> parts = good.split('.');
        header = *Crypto::fromBase64Url(parts.at(0));
        payload = *Crypto::fromBase64Url(parts.at(1));
        // The forger is able, so the refusals below are not due to its clumsiness.
        QCOMPARE(forge(header, payload), good);
        QVERIFY(keys.verify(good, issuer, audience, now).isOk());
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
        add("JSON serialisation",
            "{\"protected\":\"" + parts[0] + "\",\"payload\":\"" + parts[1] + "\",\"signature\":\"" + parts[2] + "\"}");
        add("1 MiB", parts[0] + '.' + QByteArray(1 << 20, 'A') + '.' + parts[2]);
        add("over 4 KiB, signed",
            forge(header, payloadWith("\"iss\"", "\"x\":\"" + QByteArray(4000, 'x') + "\",\"iss\"")));

        for (const char *none : {"none", "None", "NONE", "nOnE", ""}) {
            const QByteArray h = headerWith("EdDSA", none);
            QTest::addRow("alg \"%s\" without signature", none) << Crypto::toBase64Url(h) + '.' + parts[1] + '.';
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
            hs256(hsHeader, payload, "-----BEGIN PUBLIC KEY-----\n" + der.toBase64() + "\n-----END PUBLIC KEY-----\n"));
        add("HS256 with the JWKS", hs256(hsHeader, payload, keys.jwks()));
        for (const char *weak : {"", "secret", "password", "atom-chat", "key"})
            QTest::addRow("HS256 with \"%s\"", weak) << hs256(hsHeader, payload, weak);
        add("HS256 under the EdDSA header", hs256(header, payload, publicKey));

        for (const char *k :
             {"../../../../dev/null", "/dev/null", "' OR '1'='1", "x' UNION SELECT 'AA", "| sleep 9", "", "none", "0"})
            QTest::addRow("kid %s", k) << forge(headerWith(kid, k), payload);
        withHeader("kid missing", headerWith("\"kid\":\"" + kid + "\",", ""));
        withHeader("kid null", headerWith('"' + kid + '"', "null"));
        withHeader("kid of 3000 characters", headerWith(kid, QByteArray(3000, 'k')));
        add("foreign key, our kid", forge(header, payload, seedOf('x')));
        for (const char *extra :
             {"\"jku\":\"http://evil.example/jwks\"", "\"x5u\":\"http://evil.example/c\"", "\"x5c\":[\"AAAA\"]",
              "\"crit\":[]", "\"crit\":[\"exp\"]", "\"b64\":false,\"crit\":[\"b64\"]", "\"cty\":\"JWT\"",
              "\"zip\":\"DEF\"", "\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}", "\"alg\":\"none\""})
            QTest::addRow("header with %s", extra) << forge(headerWith("}", ',' + QByteArray(extra) + '}'), payload);
        const QByteArray ownKey = ",\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" +
                                  Crypto::toBase64Url(publicKeyOf(seedOf('x'))) + "\"}}";
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
                QTest::addRow("%s %s", claim, what)
                    << forge(header, QJsonDocument(changed).toJson(QJsonDocument::Compact));
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
        withPayload("exp in the past",
                    payloadWith(QByteArray::number(nowSeconds + 300), QByteArray::number(nowSeconds)));
        withPayload("iat in the future", payloadWith("\"iat\":" + QByteArray::number(nowSeconds),
                                                     "\"iat\":" + QByteArray::number(nowSeconds + 90)));
        withPayload("nbf in the future", payloadWith("\"nbf\":" + QByteArray::number(nowSeconds),
                                                     "\"nbf\":" + QByteArray::number(nowSeconds + 90)));
        withPayload("exp as 1e10", payloadWith("\"exp\":" + QByteArray::number(nowSeconds + 300), "\"exp\":1e10"));
        withPayload("exp with .0",
                    payloadWith(QByteArray::number(nowSeconds + 300), QByteArray::number(nowSeconds + 300) + ".0"));
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
        add("standard base64 alphabet",
            parts[0] + '.' + parts[1] + '.' +
                Crypto::fromBase64Url(parts[2])->toBase64(QByteArray::OmitTrailingEquals).replace('/', '+') + '+');
        add("foreign character", parts[0] + '.' + parts[1] + '.' + QByteArray(parts[2]).replace(3, 1, "*"));
        add("white space inside", parts[0] + '.' + parts[1] + '.' + QByteArray(parts[2]).insert(10, ' '));
        QByteArray last = good; // 64 bytes are 85.3 characters: four bits of the last one must be zero
        const QByteArray alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        last.back() = alphabet.at(alphabet.indexOf(last.back()) + 1);
        add("left-over bits set", last);
        QByteArray highS = *Crypto::fromBase64Url(parts[2]); // S + L: the same point, another encoding
        const QByteArray order =
            QByteArray::fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
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
        const Result<AccessClaims> read = keys.verify(token, issuer, audience, now);
        QVERIFY(!read.isOk());
        QCOMPARE(read.error().code, Errc::Unauthenticated);
        QVERIFY(!read.error().cause.isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_tokenattacks)
#include "tst_tokenattacks.moc"
