// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// One-time codes against the vectors of RFC 4226 and RFC 6238, and the rules around them.
#include "server/identity/totp.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

class TotpTest : public QObject
{
    Q_OBJECT
    static Timestamp at(qint64 unixSeconds) { return Timestamp(seconds(unixSeconds)); }
    const QByteArray m_secret = "12345678901234567890";

private Q_SLOTS:
    //! RFC 4226, appendix D.
    void countersGiveTheCodesOfRfc4226()
    {
        const QByteArrayList expected{"755224", "287082", "359152", "969429", "338314",
                                      "254676", "287922", "162583", "399871", "520489"};
        for (int i = 0; i < expected.size(); ++i)
            QCOMPARE(Totp::code(m_secret, i), expected.at(i));
    }

    //! RFC 6238, appendix B: 8 digits, all three hashes.
    void timesGiveTheCodesOfRfc6238_data()
    {
        QTest::addColumn<qint64>("time");
        QTest::addColumn<QByteArray>("sha1");
        QTest::addColumn<QByteArray>("sha256");
        QTest::addColumn<QByteArray>("sha512");
        const auto row = [](const char *name, qint64 time, const char *sha1, const char *sha256, const char *sha512) {
            QTest::newRow(name) << time << QByteArray(sha1) << QByteArray(sha256) << QByteArray(sha512);
        };
        row("59", 59, "94287082", "46119246", "90693936");
        row("1111111109", 1111111109, "07081804", "68084774", "25091201");
        row("1111111111", 1111111111, "14050471", "67062674", "99943326");
        row("1234567890", 1234567890, "89005924", "91819424", "93441116");
        row("2000000000", 2000000000, "69279037", "90698825", "38618901");
        row("20000000000", 20000000000, "65353130", "77737706", "47863826");
    }
    void timesGiveTheCodesOfRfc6238()
    {
        QFETCH(qint64, time);
        QFETCH(QByteArray, sha1);
        QFETCH(QByteArray, sha256);
        QFETCH(QByteArray, sha512);
        const qint64 step = Totp::stepAt(at(time));
        QCOMPARE(Totp::code(m_secret, step, 8), sha1);
        const QByteArray longer = (m_secret + m_secret).first(32);
        QCOMPARE(Totp::code(longer, step, 8, QCryptographicHash::Sha256), sha256);
        const QByteArray longest = (m_secret + m_secret + m_secret + m_secret).first(64);
        QCOMPARE(Totp::code(longest, step, 8, QCryptographicHash::Sha512), sha512);
    }

    void oneStepEitherWayIsTaken()
    {
        const Timestamp now = at(1111111109);
        const qint64 step = Totp::stepAt(now);
        for (qint64 offset = -3; offset <= 3; ++offset) {
            const auto found = Totp::matchingStep(m_secret, Totp::code(m_secret, step + offset), now, -1);
            QCOMPARE(found.has_value(), offset >= -1 && offset <= 1);
            if (found)
                QCOMPARE(*found, step + offset);
        }
    }

    void aCodeWorksOnceAndNeverAnOlderOne()
    {
        const Timestamp now = at(1111111109);
        const qint64 step = Totp::stepAt(now);
        QVERIFY(!Totp::matchingStep(m_secret, Totp::code(m_secret, step), now, step));
        QVERIFY(!Totp::matchingStep(m_secret, Totp::code(m_secret, step - 1), now, step));
        QVERIFY(Totp::matchingStep(m_secret, Totp::code(m_secret, step + 1), now, step).has_value());
    }

    void oddCodesAreWrong_data()
    {
        QTest::addColumn<QByteArray>("given");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("short") << QByteArray("75522");
        QTest::newRow("long") << QByteArray("7552240");
        QTest::newRow("space") << QByteArray(" 755224");
        QTest::newRow("other digits") << QString(u"٧٥٥٢٢٤"_s).toUtf8();
        QTest::newRow("NUL") << QByteArray("755224\0", 7);
    }
    void oddCodesAreWrong()
    {
        QFETCH(QByteArray, given);
        QVERIFY(!Totp::matchingStep(m_secret, given, at(0), -1)); // whose code is 755224
    }

    void base32IsThatOfRfc4648()
    {
        QCOMPARE(Totp::toBase32(""), QByteArray());
        QCOMPARE(Totp::toBase32("f"), QByteArray("MY"));
        QCOMPARE(Totp::toBase32("fo"), QByteArray("MZXQ"));
        QCOMPARE(Totp::toBase32("foo"), QByteArray("MZXW6"));
        QCOMPARE(Totp::toBase32("foobar"), QByteArray("MZXW6YTBOI"));
    }

    void theUriIsEncoded()
    {
        const QString uri = Totp::uri(u"Atom & Co: chat"_s, u"a/b?c"_s, "foobar");
        QCOMPARE(uri, u"otpauth://totp/Atom%20%26%20Co%3A%20chat:a%2Fb%3Fc?secret=MZXW6YTBOI"
                      "&issuer=Atom%20%26%20Co%3A%20chat&algorithm=SHA1&digits=6&period=30"_s);
    }

    void recoveryCodesAreTypedAsPeopleType()
    {
        const QByteArrayList codes = Totp::newRecoveryCodes();
        QCOMPARE(codes.size(), 10);
        QCOMPARE(QSet<QByteArray>(codes.begin(), codes.end()).size(), 10);
        for (const QByteArray &code : codes) {
            QCOMPARE(code.size(), 19);
            const QByteArray hash = Totp::recoveryHash(QString::fromLatin1(code));
            QCOMPARE(hash.size(), 32);
            QCOMPARE(Totp::recoveryHash(QString::fromLatin1(code).toUpper().remove(u'-')), hash);
            QCOMPARE(Totp::recoveryHash(u"  "_s + QString::fromLatin1(code).replace(u'-', u' ')), hash);
        }
        QVERIFY(Totp::recoveryHash(u"abcd-efgh-ijkl-mno"_s).isEmpty());
        QVERIFY(Totp::recoveryHash(u"abcd-efgh-ijkl-mnop2"_s).isEmpty());
        QVERIFY(Totp::recoveryHash(u"abcd-efgh-ijkl-mno1"_s).isEmpty()); // 1 is no letter of base 32
        QVERIFY(Totp::recoveryHash(QString(100'000, u'a')).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TotpTest)
#include "tst_totp.moc"
