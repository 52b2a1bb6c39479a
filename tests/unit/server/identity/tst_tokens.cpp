// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/identity/tokenforge.h"

#include "shared/core/uuid.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Test;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

namespace {

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
            const QByteArray key =
                QByteArray::fromHex(group[u"publicKey"_s].toObject().value("pk"_L1).toString().toLatin1());
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
                const bool decodes = parts.size() == 3 && Crypto::fromBase64Url(parts[0]) &&
                                     Crypto::fromBase64Url(parts[1]) && Crypto::fromBase64Url(parts[2]);
                // The set lets decoders skip foreign characters in two places ("InvalidCharacterInserted..."); ours
                // does not. Two others ("invalidBase64Padding...") lost their padding and equal a valid one.
                const QString comment = test[u"comment"_s].toString();
                const bool wanted =
                    comment.startsWith(u"invalidBase64Padding"_s) ||
                    (test[u"result"_s].toString() == u"valid"_s && !comment.startsWith(u"InvalidCharacterInserted"_s));
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
        for (const QByteArray &bad : {QByteArray(), QByteArray("atr_"), token + 'A', token.chopped(1),
                                      QByteArray(68, 'A'), QByteArray(1 << 20, 'A')})
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
