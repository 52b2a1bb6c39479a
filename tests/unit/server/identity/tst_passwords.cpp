// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/passwordhasher.h"
#include "server/identity/passwordrules.h"
#include "server/identity/userservice.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

namespace {
constexpr PasswordHasher::Cost cheap{1, 8192};

QCoro::Task<void> verifyInto(PasswordHasher *hasher, QByteArray hash, QString password, QList<Result<bool>> *out)
{
    Result<bool> answer = co_await hasher->verify(hash, password);
    out->append(std::move(answer));
}
} // namespace

class tst_passwords : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rules_data()
    {
        QTest::addColumn<QString>("password");
        QTest::addColumn<bool>("good");
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("11 characters") << u"xkcd-Tulip7"_s << false;
        QTest::newRow("12 characters") << u"xkcd-Tulip7q"_s << true;
        QTest::newRow("128 characters") << u"k7Tz pqo"_s.repeated(2) + u"brQvWmx9"_s.repeated(2) + QString(96, u'n')
                                        << true;
        QTest::newRow("129 characters") << u"k7Tz pqo"_s.repeated(2) + u"brQvWmx9"_s.repeated(2) + QString(97, u'n')
                                        << false;
        QTest::newRow("huge") << QString(1'000'000, u'x') << false;
        QTest::newRow("passphrase") << u"correct horse battery staple"_s << true;
        QTest::newRow("German") << u"Straßenbahn fährt über Köln"_s << true;
        QTest::newRow("Chinese") << u"春眠不覺曉處處聞啼鳥夜來風雨聲"_s << true;
        QTest::newRow("12 code points outside the BMP")
            << u"😀😁😂🤣😃😄😅😆😉😊😋😎"_s << true;
        QTest::newRow("11 code points outside the BMP") << u"😀😁😂🤣😃😄😅😆😉😊😋"_s << false;
        QTest::newRow("a ligature counts as NFKC has it") << u"xkcd-Tuliﬃ"_s << true; // 12 after NFKC
        QTest::newRow("control character") << u"xkcd-Tulip7q\nfoo"_s << false;
        QTest::newRow("generated") << u"Kp4vTnq8rWzY3hGdXc7M"_s << true;
        QTest::newRow("word twice") << u"passwordpassword"_s << false;
        QTest::newRow("word and digits") << u"Password1234!"_s << false;
        QTest::newRow("look-alikes") << u"P@ssw0rd123456"_s << false;
        QTest::newRow("two words and a year") << u"SummerWelcome2024"_s << false;
        QTest::newRow("admin") << u"adminadmin123"_s << false;
        QTest::newRow("keyboard") << u"qwertyuiop[]12"_s << false;
        QTest::newRow("keyboard backwards") << u"poiuytrewq0987"_s << false;
        QTest::newRow("alphabet") << u"abcdefghijklmnop"_s << false;
        QTest::newRow("zigzag") << u"1q2w3e4r5t6y"_s << false;
        QTest::newRow("digits") << u"123456789012"_s << false;
        QTest::newRow("one character") << u"aaaaaaaaaaaaaaaa"_s << false;
        QTest::newRow("four characters") << u"abcdabdcabdcbacd"_s << false;
        QTest::newRow("said again") << u"xK7q!xK7q!xK7q!"_s << false;
        QTest::newRow("user name") << u"marianne.hoffmann"_s << false;
        QTest::newRow("user name with year") << u"Marianne.Hoffmann1987"_s << false;
        QTest::newRow("user name inside more") << u"marianne.hoffmann likes tulips"_s << true;
    }
    void rules()
    {
        QFETCH(QString, password);
        QFETCH(bool, good);
        const Result<void> answer = checkPassword(password, UserId("marianne.hoffmann"));
        QCOMPARE(answer.isOk(), good);
        if (!good) {
            QCOMPARE(answer.error().code, Errc::ValidationFailed);
            QCOMPARE(answer.error().fields.size(), 1);
            QCOMPARE(answer.error().fields.first().pointer, u"/password"_s);
            if (password.size() > 3)
                QVERIFY(!answer.error().detail.contains(password));
        }
    }

    void generatedPasswordsAreAccepted()
    {
        QSet<QString> seen;
        for (int i = 0; i < 500; ++i) {
            const QString password = UserService::generatePassword();
            QCOMPARE(password.size(), 20);
            static const QRegularExpression lookAlikes(u"[0O1lI]"_s);
            QVERIFY(!password.contains(lookAlikes));
            const Result<void> answer = checkPassword(password, UserId("ann"));
            QVERIFY2(answer.isOk(), qPrintable(password));
            seen.insert(password);
        }
        QCOMPARE(seen.size(), 500);
    }

    void hashAndVerify()
    {
        PasswordHasher hasher(cheap);
        const Result<QByteArray> hash = QCoro::waitFor(hasher.hash(u"xkcd-Tuliﬃ pot"_s));
        QVERIFY(hash.isOk());
        QVERIFY(hash->startsWith("$argon2id$v=19$"));
        QVERIFY(QCoro::waitFor(hasher.verify(*hash, u"xkcd-Tulip pot"_s)).valueOr(true) == false);
        QVERIFY(QCoro::waitFor(hasher.verify(*hash, u"xkcd-Tuliffi pot"_s)).valueOr(false)); // equal after NFKC
        QVERIFY(QCoro::waitFor(hasher.verify(*hash, u"xkcd-Tuliﬃ pot"_s)).valueOr(false));
        QVERIFY(!QCoro::waitFor(hasher.verify("$argon2id$nonsense", u"xkcd-Tuliﬃ pot"_s)).valueOr(true));
        QVERIFY(!QCoro::waitFor(hasher.verify(*hash, QString(5'000'000, u'x'))).valueOr(true));
        const QByteArray blocking = hasher.hashBlocking(u"xkcd-Tuliffi pot"_s);
        QVERIFY(blocking != *hash); // salted
        QVERIFY(QCoro::waitFor(hasher.verify(blocking, u"xkcd-Tuliﬃ pot"_s)).valueOr(false));
        QCOMPARE(hasher.queued(), 0);
    }

    void noHashCostsTheSameAndNeverFits()
    {
        // Enough work to tell it from none at all, far from enough to be a bench.
        PasswordHasher hasher(PasswordHasher::Cost{3, 16u << 20});
        const QByteArray real = hasher.hashBlocking(u"xkcd-Tulip pot"_s);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(!QCoro::waitFor(hasher.verify(real, u"wrong"_s)).valueOr(true));
        const qint64 withHash = timer.nsecsElapsed();
        timer.restart();
        QVERIFY(!QCoro::waitFor(hasher.verify({}, u"wrong"_s)).valueOr(true));
        const qint64 without = timer.nsecsElapsed();
        QVERIFY2(without * 5 > withHash, qPrintable(u"%1 ns against %2 ns"_s.arg(without).arg(withHash)));
        QVERIFY(!QCoro::waitFor(hasher.verify({}, QString())).valueOr(true));
    }

    void queueIsBounded()
    {
        PasswordHasher hasher(cheap);
        const QByteArray hash = hasher.hashBlocking(u"xkcd-Tulip pot"_s);
        QList<Result<bool>> answers;
        constexpr int room = PasswordHasher::threads + PasswordHasher::queueLimit;
        for (int i = 0; i < room + 10; ++i)
            verifyInto(&hasher, hash, u"xkcd-Tulip pot"_s, &answers);
        // Results come back through the event loop, so only the refusals are here yet.
        QCOMPARE(answers.size(), 10);
        for (const Result<bool> &refused : std::as_const(answers)) {
            QCOMPARE(refused.error().code, Errc::Unavailable);
            QVERIFY(refused.error().retryAfter.has_value());
        }
        QTRY_COMPARE(answers.size(), room + 10);
        QVERIFY(answers.last().valueOr(false));
        QCOMPARE(hasher.queued(), 0);
    }

    void eventLoopRunsWhileHashing()
    {
        PasswordHasher hasher(PasswordHasher::Cost{2, 32u << 20});
        QList<Result<bool>> answers;
        verifyInto(&hasher, {}, u"whatever"_s, &answers);
        QCOMPARE(answers.size(), 0); // it did not block
        bool ticked = false;
        QTimer::singleShot(0, &hasherContext, [&ticked] { ticked = true; });
        QTRY_VERIFY(ticked);
        QTRY_COMPARE(answers.size(), 1);
    }

private:
    QObject hasherContext;
};

QTEST_GUILESS_MAIN(tst_passwords)
#include "tst_passwords.moc"
