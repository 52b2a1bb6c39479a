// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/passwordhasher.h"
#include "server/identity/userservice.h"

#include "tests/support/fakeclock.h"
#include "tests/support/memoryidentity.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

namespace {
const QString goodPassword = u"xkcd-Tulip pot 7"_s;

struct Fixture
{
    Test::FakeClock clock;
    Test::MemoryUsers repository;
    PasswordHasher hasher{PasswordHasher::Cost{1, 8192}};
    UserService users{repository, hasher, clock};

    Fixture()
    {
        const Result<void> loaded = QCoro::waitFor(users.load());
        if (!loaded)
            qFatal("%s", qPrintable(loaded.error().detail));
    }
    ~Fixture() { QCoro::waitFor(users.close()); }
    Result<User> add(const QByteArray &id, Role role = Role::Member)
    {
        return QCoro::waitFor(users.create(UserId(id), {}, role, goodPassword));
    }
};

QCoro::Task<void> into(QCoro::Task<Result<User>> task, std::optional<Result<User>> *out)
{
    Result<User> result = co_await task;
    out->emplace(std::move(result));
}
} // namespace

class tst_userservice : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void create()
    {
        Fixture f;
        QVERIFY(f.users.isEmpty());
        const Result<User> ann =
            QCoro::waitFor(f.users.create(UserId("ann"), u"Ann Müller"_s, Role::Owner, goodPassword));
        QVERIFY(ann.isOk());
        QCOMPARE(ann->displayName, u"Ann Müller"_s);
        QCOMPARE(ann->role, Role::Owner);
        QCOMPARE(ann->createdAt, f.clock.now());
        QVERIFY(!ann->disabled);
        QVERIFY(f.add("bob").isOk());
        QCOMPARE(f.users.find(UserId("bob"))->user.displayName, u"bob"_s);
        QCOMPARE(f.users.all().size(), 2);
        QCOMPARE(f.users.all().first().id, UserId("ann"));
        QVERIFY(f.repository.users.value("ann").passwordHash.startsWith("$argon2id$"));
        QVERIFY(
            QCoro::waitFor(f.hasher.verify(f.users.find(UserId("ann"))->passwordHash, goodPassword)).valueOr(false));
        QCOMPARE(f.add("ann").error().code, Errc::Conflict);

        UserService again(f.repository, f.hasher, f.clock);
        QVERIFY(QCoro::waitFor(again.load()).isOk());
        QCOMPARE(again.all(), f.users.all());
    }

    void ids_data()
    {
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<bool>("account");
        QTest::addColumn<bool>("guest"); // where "ann" is an account
        QTest::newRow("plain") << QByteArray("bob") << true << true;
        QTest::newRow("signs") << QByteArray("b.o_b-1") << true << true;
        QTest::newRow("digit first") << QByteArray("7of9") << true << true;
        QTest::newRow("64") << QByteArray(64, 'a') << true << true;
        QTest::newRow("65") << QByteArray(65, 'a') << false << true;
        QTest::newRow("128") << QByteArray(128, 'a') << false << true;
        QTest::newRow("129") << QByteArray(129, 'a') << false << false;
        QTest::newRow("empty") << QByteArray() << false << false;
        QTest::newRow("upper case") << QByteArray("Bob") << false << true;
        QTest::newRow("colon") << QByteArray("web:17") << false << true;
        QTest::newRow("dot first") << QByteArray(".bob") << false << true;
        QTest::newRow("space") << QByteArray("b ob") << false << false;
        QTest::newRow("slash") << QByteArray("b/ob") << false << false;
        QTest::newRow("non-ASCII") << QByteArray("b\xc3\xb6"
                                                 "b")
                                   << false << false;
        QTest::newRow("line break") << QByteArray("bob\n") << false << false;
        QTest::newRow("assistant") << QByteArray("assistant") << false << false;
        QTest::newRow("system") << QByteArray("system") << false << false;
        QTest::newRow("guest") << QByteArray("guest") << false << false;
        QTest::newRow("Assistant") << QByteArray("Assistant") << false << false;
        QTest::newRow("account") << QByteArray("ann") << true << false;
        QTest::newRow("account in capitals") << QByteArray("ANN") << false << false;
    }
    void ids()
    {
        QFETCH(QByteArray, id);
        QFETCH(bool, account);
        QFETCH(bool, guest);
        Fixture f;
        QVERIFY(f.add("ann").isOk());
        QCOMPARE(UserService::isValidUserId(UserId(id)), account);
        QCOMPARE(f.users.isFreeForGuest(UserId(id)), guest);
        if (!account)
            QCOMPARE(f.add(id).error().code, Errc::ValidationFailed);
    }

    void allMistakesAtOnce()
    {
        Fixture f;
        const Result<User> bad = QCoro::waitFor(f.users.create(UserId("Bob!"), u"Bob"_s, Role::Guest, u"short"_s));
        QCOMPARE(bad.error().code, Errc::ValidationFailed);
        QCOMPARE(bad.error().fields.size(), 3);
        QCOMPARE(f.repository.writes, 0);
        for (const QString &name : {QString(65, u'x'), u"a\nb"_s, u"   "_s, u"a\u2028b"_s, QString(QChar(0xd800))}) {
            const Result<User> badName =
                QCoro::waitFor(f.users.create(UserId("bob"), name, Role::Member, goodPassword));
            QCOMPARE(badName.error().fields.first().pointer, u"/display_name"_s);
        }
    }

    void changesAreToldAndStored()
    {
        Fixture f;
        QVERIFY(f.add("ann", Role::Owner).isOk());
        QVERIFY(f.add("bob").isOk());
        QSignalSpy changed(&f.users, &UserService::userChanged);
        QSignalSpy passwords(&f.users, &UserService::passwordChanged);
        QCOMPARE(QCoro::waitFor(f.users.setRole(UserId("bob"), Role::Moderator))->role, Role::Moderator);
        QCOMPARE(f.repository.users.value("bob").user.role, Role::Moderator);
        QCOMPARE(changed.size(), 1);
        QVERIFY(QCoro::waitFor(f.users.setRole(UserId("bob"), Role::Moderator)).isOk());
        QCOMPARE(changed.size(), 1); // nothing changed
        QVERIFY(QCoro::waitFor(f.users.setDisabled(UserId("bob"), true))->disabled);
        QVERIFY(!QCoro::waitFor(f.users.setDisabled(UserId("bob"), false))->disabled);
        QCOMPARE(passwords.size(), 0);
        QVERIFY(QCoro::waitFor(f.users.setPassword(UserId("bob"), u"another-Tulip pot 8"_s)).isOk());
        QCOMPARE(passwords.size(), 1);
        QCOMPARE(changed.size(), 4);
        QCOMPARE(f.users.find(UserId("bob"))->credentialVersion, 5);
        QVERIFY(QCoro::waitFor(f.hasher.verify(f.users.find(UserId("bob"))->passwordHash, u"another-Tulip pot 8"_s))
                    .valueOr(false));

        QCOMPARE(QCoro::waitFor(f.users.setRole(UserId("zoe"), Role::Admin)).error().code, Errc::NotFound);
        QCOMPARE(QCoro::waitFor(f.users.setDisabled(UserId("zoe"), true)).error().code, Errc::NotFound);
        QCOMPARE(QCoro::waitFor(f.users.setPassword(UserId("zoe"), goodPassword)).error().code, Errc::NotFound);
        QCOMPARE(QCoro::waitFor(f.users.setPassword(UserId("bob"), u"short"_s)).error().code, Errc::ValidationFailed);
        QCOMPARE(QCoro::waitFor(f.users.setRole(UserId("bob"), Role::Guest)).error().code, Errc::ValidationFailed);
    }

    void failedWritesChangeNothing()
    {
        Fixture f;
        QVERIFY(f.add("ann", Role::Owner).isOk());
        QSignalSpy changed(&f.users, &UserService::userChanged);
        f.repository.failure = Error(Errc::Unavailable, u"disk full"_s);
        QCOMPARE(f.add("bob").error().code, Errc::Unavailable);
        QVERIFY(!f.users.find(UserId("bob")));
        f.repository.failure.reset();
        QVERIFY(f.add("bob", Role::Member).isOk()); // the name is free again
        f.repository.failure = Error(Errc::Unavailable, u"disk full"_s);
        QCOMPARE(QCoro::waitFor(f.users.setRole(UserId("bob"), Role::Admin)).error().code, Errc::Unavailable);
        QCOMPARE(f.users.find(UserId("bob"))->user.role, Role::Member);
        QCOMPARE(changed.size(), 0);
    }

    void lastOwnerStays()
    {
        Fixture f;
        QVERIFY(f.add("ann", Role::Owner).isOk());
        QVERIFY(f.add("bob", Role::Owner).isOk());
        QVERIFY(QCoro::waitFor(f.users.setDisabled(UserId("bob"), true)).isOk());
        QCOMPARE(QCoro::waitFor(f.users.setRole(UserId("ann"), Role::Admin)).error().code, Errc::Conflict);
        QCOMPARE(QCoro::waitFor(f.users.setDisabled(UserId("ann"), true)).error().code, Errc::Conflict);
        QVERIFY(QCoro::waitFor(f.users.setDisabled(UserId("bob"), false)).isOk());
        QVERIFY(QCoro::waitFor(f.users.setDisabled(UserId("ann"), true)).isOk());
    }

    void lastOwnerStaysAlsoWhenBothGoAtOnce()
    {
        Fixture f;
        QVERIFY(f.add("ann", Role::Owner).isOk());
        QVERIFY(f.add("bob", Role::Owner).isOk());
        f.repository.held = true;
        std::optional<Result<User>> first;
        std::optional<Result<User>> second;
        into(f.users.setRole(UserId("ann"), Role::Member), &first);
        into(f.users.setRole(UserId("bob"), Role::Member), &second);
        QVERIFY(!first);
        QVERIFY(second);
        QCOMPARE(second->error().code, Errc::Conflict);
        f.repository.release();
        QVERIFY(first && first->isOk());
    }

    void changesAtTheSameTimeBothStay()
    {
        Fixture f;
        QVERIFY(f.add("ann", Role::Owner).isOk());
        QVERIFY(f.add("bob").isOk());
        f.repository.held = true;
        std::optional<Result<User>> first;
        std::optional<Result<User>> second;
        into(f.users.setRole(UserId("bob"), Role::Moderator), &first);
        into(f.users.setDisabled(UserId("bob"), true), &second);
        f.repository.release();
        QVERIFY(first && second && second->isOk());
        QCOMPARE(f.users.find(UserId("bob"))->user.role, Role::Moderator);
        QVERIFY(f.users.find(UserId("bob"))->user.disabled);
        QCOMPARE(f.users.find(UserId("bob"))->credentialVersion, 3);
        QVERIFY(QCoro::waitFor(f.users.setDisabled(UserId("bob"), false)).isOk());
    }

    void sameNameTwiceAtOnce()
    {
        Fixture f;
        std::optional<Result<User>> first;
        std::optional<Result<User>> second;
        into(f.users.create(UserId("ann"), {}, Role::Member, goodPassword), &first);
        into(f.users.create(UserId("ann"), {}, Role::Member, goodPassword), &second);
        QTRY_VERIFY(first && second);
        QCOMPARE(int(first->isOk()) + int(second->isOk()), 1);
        const Result<User> &loser = first->isOk() ? *second : *first;
        QCOMPARE(loser.error().code, Errc::Conflict);
    }
};

QTEST_GUILESS_MAIN(tst_userservice)
#include "tst_userservice.moc"
