// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Secrets at rest: what is sealed opens only in its place, the key file is guarded, plain secrets are sealed.
#include "server/identity/crypto.h"
#include "server/identity/sealedsecrets.h"
#include "tests/support/memoryidentity.h"

#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

class SecretBoxTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    QString file(const QString &name) const { return m_folder.path() + u'/' + name; }
    static void write(const QString &path, const QByteArray &text, QFile::Permissions permissions)
    {
        QFile out(path);
        if (!out.open(QIODevice::WriteOnly))
            qFatal("cannot write");
        out.write(text);
        out.setPermissions(permissions);
    }
    static constexpr QFile::Permissions own = QFile::ReadOwner | QFile::WriteOwner;

private Q_SLOTS:
    void whatIsSealedOpensOnlyInItsPlace()
    {
        const auto box = SecretBox::withRandomKey();
        const QByteArray sealedText = box->seal("purpose1", "users|ada|totp", "the secret");
        QVERIFY(SecretBox::isSealed(sealedText));
        QVERIFY(!sealedText.contains("the secret"));
        QCOMPARE(box->unseal("purpose1", "users|ada|totp", sealedText), std::optional<QByteArray>("the secret"));
        QVERIFY(!box->unseal("purpose1", "users|bob|totp", sealedText)); // moved to another row
        QVERIFY(!box->unseal("purpose2", "users|ada|totp", sealedText));
        QVERIFY(!SecretBox::withRandomKey()->unseal("purpose1", "users|ada|totp", sealedText));
        QVERIFY(box->seal("purpose1", "users|ada|totp", "the secret") != sealedText); // never the same nonce
    }

    void everyChangedByteIsNoticed()
    {
        const auto box = SecretBox::withRandomKey();
        const QByteArray sealedText = box->seal("purpose1", "place", "x");
        for (qsizetype i = 0; i < sealedText.size(); ++i) {
            QByteArray changed = sealedText;
            changed[i] = char(changed.at(i) ^ 1);
            QVERIFY2(!box->unseal("purpose1", "place", changed), QByteArray::number(i).constData());
            QVERIFY2(!box->unseal("purpose1", "place", sealedText.first(i)), QByteArray::number(i).constData());
        }
    }

    void theKeyFileIsMadeOnceForItsOwnerAlone()
    {
        const QString path = file(u"made.key"_s);
        QCOMPARE(SecretBox::openBlocking(path, false).error().code, Errc::NotFound);
        const auto made = SecretBox::openBlocking(path, true);
        QVERIFY(made.isOk() && (*made)->isNew());
        const QFile::Permissions others = QFile::permissions(path) & ~(own | QFile::ReadUser | QFile::WriteUser);
        QCOMPARE(int(others), 0);
        const QByteArray sealedText = (*made)->seal("purpose1", "p", "x");
        const auto again = SecretBox::openBlocking(path, true);
        QVERIFY(again.isOk() && !(*again)->isNew());
        QCOMPARE((*again)->unseal("purpose1", "p", sealedText), std::optional<QByteArray>("x"));
    }

    void badKeyFilesAreRefused()
    {
        const QByteArray good = QByteArray(64, 'a') + '\n';
        write(file(u"wide"_s), good, own | QFile::ReadGroup);
        QCOMPARE(SecretBox::openBlocking(file(u"wide"_s), true).error().code, Errc::Forbidden);
        write(file(u"wider"_s), good, own | QFile::ReadOther);
        QCOMPARE(SecretBox::openBlocking(file(u"wider"_s), true).error().code, Errc::Forbidden);
        for (const QByteArray &text : {QByteArray(), QByteArray(63, 'a'), QByteArray(65, 'a'), QByteArray(64, 'g'),
                                       QByteArray(64, '\0'), QByteArray(100'000, 'a')}) {
            write(file(u"odd"_s), text, own);
            QCOMPARE(SecretBox::openBlocking(file(u"odd"_s), true).error().code, Errc::Internal);
        }
        write(file(u"good"_s), good, own);
        QVERIFY(SecretBox::openBlocking(file(u"good"_s), false).isOk());
    }

    void plainSecretsOfOlderServersAreSealed()
    {
        Test::MemorySessions below;
        const QByteArray seed = Crypto::random(32);
        below.secrets.insert("signing-key", seed);
        const auto box = SecretBox::withRandomKey();
        SealedSecrets sealedSecrets(below, *box);
        QCOMPARE(QCoro::waitFor(sealedSecrets.secret("signing-key")).value(), seed);
        QVERIFY(SecretBox::isSealed(below.secrets.value("signing-key")));
        QVERIFY(!below.secrets.value("signing-key").contains(seed));
        QCOMPARE(QCoro::waitFor(sealedSecrets.secret("signing-key")).value(), seed);
        QVERIFY(QCoro::waitFor(sealedSecrets.secret("nothing")).value().isEmpty());
        // Swapped rows do not open: one secret cannot be passed off as another.
        below.secrets.insert("other", below.secrets.value("signing-key"));
        QCOMPARE(QCoro::waitFor(sealedSecrets.secret("other")).error().code, Errc::Internal);
    }

    void aForeignKeyIsRefusedAndALostOneReplaced()
    {
        Test::MemorySessions below;
        const auto before = SecretBox::withRandomKey();
        SealedSecrets old(below, *before);
        QVERIFY(QCoro::waitFor(old.saveSecret("signing-key", Crypto::random(32))).isOk());
        const auto foreign = SecretBox::withRandomKey();
        SealedSecrets wrong(below, *foreign);
        QCOMPARE(QCoro::waitFor(wrong.secret("signing-key")).error().code, Errc::Internal);
        const auto fresh = SecretBox::openBlocking(file(u"fresh.key"_s), true); // the file was gone
        QVERIFY(fresh.isOk());
        SealedSecrets lost(below, **fresh);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"the master key was missing"_s));
        QVERIFY(QCoro::waitFor(lost.secret("signing-key")).value().isEmpty());
    }
};

QTEST_GUILESS_MAIN(SecretBoxTest)
#include "tst_secretbox.moc"
