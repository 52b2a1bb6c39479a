// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/usercommand.h"
#include "server/identity/passwordhasher.h"

#include "tests/support/fakeclock.h"
#include "tests/support/memoryidentity.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::App;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

namespace {
struct Fixture
{
    Test::FakeClock clock;
    Test::MemoryUsers repository;
    PasswordHasher hasher{PasswordHasher::Cost{1, 8192}};
    UserService users{repository, hasher, clock};
    QString out;
    QString err;

    ~Fixture() { QCoro::waitFor(users.close()); }
    int run(const QString &line, QString input = {}) { return run(line.split(u' ', Qt::SkipEmptyParts), input); }
    int run(const QStringList &args, QString input = {})
    {
        out.clear();
        err.clear();
        QTextStream outStream(&out);
        QTextStream errStream(&err);
        QTextStream inStream(&input);
        return QCoro::waitFor(runUserCommand(args, users, outStream, errStream, &inStream));
    }
    bool passwordFits(const QByteArray &user, const QString &password)
    {
        return QCoro::waitFor(hasher.verify(repository.users.value(user).passwordHash, password)).valueOr(false);
    }
};
} // namespace

class tst_usercommand : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void addWithMadePassword()
    {
        Fixture f;
        QCOMPARE(f.run(u"add ann --role owner"_s), 0);
        QVERIFY(f.err.isEmpty());
        static const QRegularExpression form(u"^Made owner \"ann\"\\.\nPassword, shown only now: (\\S{20})\n$"_s);
        const QRegularExpressionMatch match = form.match(f.out);
        QVERIFY2(match.hasMatch(), qPrintable(f.out));
        QVERIFY(f.passwordFits("ann", match.captured(1)));
        QCOMPARE(f.users.find(UserId("ann"))->user.role, Role::Owner);
    }

    void addWithGivenPassword()
    {
        Fixture f;
        QCOMPARE(f.run({u"add"_s, u"bob"_s, u"--name"_s, u"Bob the Builder"_s, u"--password-stdin"_s},
                       u"xkcd-Tulip pot 7\nmore\n"_s),
                 0);
        QVERIFY(!f.out.contains(u"Tulip"_s));
        QVERIFY(f.passwordFits("bob", u"xkcd-Tulip pot 7"_s));
        QCOMPARE(f.users.find(UserId("bob"))->user.displayName, u"Bob the Builder"_s);
        QCOMPARE(f.users.find(UserId("bob"))->user.role, Role::Member);
        QCOMPARE(f.run(u"add dan --password-stdin"_s, u"short\n"_s), 1);
        QCOMPARE(f.run(u"add dan --password-stdin"_s), 1);
        QVERIFY(!f.users.find(UserId("dan")));
    }

    void list()
    {
        Fixture f;
        QCOMPARE(f.run(u"list"_s), 0);
        QCOMPARE(f.out.count(u'\n'), 1);
        QCOMPARE(f.run(u"add ann --role owner"_s), 0);
        QCOMPARE(f.run(u"add bob"_s), 0);
        QCOMPARE(f.run(u"disable bob"_s), 0);
        QCOMPARE(f.run(u"list"_s), 0);
        const QStringList lines = f.out.split(u'\n');
        QVERIFY(lines.at(1).startsWith(u"ann   owner      enabled   2026-01-01T00:00:00.000Z  ann"_s));
        QVERIFY(lines.at(2).startsWith(u"bob   member     disabled"_s));
    }

    void changes()
    {
        Fixture f;
        QCOMPARE(f.run(u"add ann --role owner"_s), 0);
        QCOMPARE(f.run(u"add bob"_s), 0);
        QCOMPARE(f.run(u"role bob moderator"_s), 0);
        QCOMPARE(f.out, u"\"bob\" is moderator and enabled.\n"_s);
        QCOMPARE(f.run(u"disable bob"_s), 0);
        QVERIFY(f.users.find(UserId("bob"))->user.disabled);
        QCOMPARE(f.run(u"enable bob"_s), 0);
        QVERIFY(!f.users.find(UserId("bob"))->user.disabled);
        QCOMPARE(f.run(u"password bob --password-stdin"_s, u"another-Tulip pot 8"_s), 0);
        QVERIFY(f.passwordFits("bob", u"another-Tulip pot 8"_s));
        QCOMPARE(f.run(u"password bob"_s), 0);
        QVERIFY(f.out.contains(u"Password"_s));
        QVERIFY(!f.passwordFits("bob", u"another-Tulip pot 8"_s));
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("part");
        QTest::newRow("nothing") << QString() << 2 << u"usage:"_s;
        QTest::newRow("unknown command") << u"remove ann"_s << 2 << u"Unknown command \"remove\""_s;
        QTest::newRow("no name") << u"add"_s << 2 << u"takes 1"_s;
        QTest::newRow("two names") << u"add bob dan"_s << 2 << u"takes 1"_s;
        QTest::newRow("list with a name") << u"list ann"_s << 2 << u"takes 0"_s;
        QTest::newRow("no role") << u"role ann"_s << 2 << u"takes 2"_s;
        QTest::newRow("unknown role") << u"role ann king"_s << 2 << u"no role \"king\""_s;
        QTest::newRow("unknown role at add") << u"add bob --role king"_s << 2 << u"no role \"king\""_s;
        QTest::newRow("role guest") << u"role ann guest"_s << 1 << u"guest"_s;
        QTest::newRow("option without value") << u"add bob --role"_s << 2 << u"missing after --role"_s;
        QTest::newRow("unknown option") << u"add bob --rol owner"_s << 2 << u"Unknown option --rol"_s;
        QTest::newRow("option of another") << u"list --password-stdin"_s << 2 << u"does not take"_s;
        QTest::newRow("role of another") << u"enable ann --role owner"_s << 2 << u"does not take"_s;
        QTest::newRow("bad name") << u"add Bob!"_s << 1 << u"A user id is"_s;
        QTest::newRow("reserved") << u"add assistant"_s << 1 << u"A user id is"_s;
        QTest::newRow("taken") << u"add ann"_s << 1 << u"exists already"_s;
        QTest::newRow("no such user") << u"disable zoe"_s << 1 << u"no user \"zoe\""_s;
        QTest::newRow("last owner") << u"disable ann"_s << 1 << u"last owner"_s;
        QTest::newRow("last owner's role") << u"role ann member"_s << 1 << u"last owner"_s;
    }
    void refusals()
    {
        QFETCH(QString, line);
        QFETCH(int, code);
        QFETCH(QString, part);
        Fixture f;
        QCOMPARE(f.run(u"add ann --role owner"_s), 0);
        const QList<User> before = f.users.all();
        QCOMPARE(f.run(line), code);
        QVERIFY2(f.err.contains(part), qPrintable(f.err));
        QVERIFY(f.out.isEmpty());
        QCOMPARE(f.users.all(), before);
    }

    void theOwnerIsRecovered()
    {
        Fixture f;
        QCOMPARE(f.run(u"add owner --role owner"_s), 0);
        QCOMPARE(f.run(u"add ann --role owner"_s), 0);
        QCOMPARE(f.run(u"add bob"_s), 0);
        UserService::Mutation lockOut = [](StoredUser &owner) {
            owner.user.disabled = true;
            owner.secondFactor.sealedSecret = "sealed";
            owner.secondFactor.isConfirmed = true;
            return Result<void>();
        };
        QVERIFY(QCoro::waitFor(f.users.change(UserId("owner"), std::move(lockOut))).isOk());
        QCOMPARE(f.run(u"recover-owner"_s), 0);
        static const QRegularExpression form(u"shown only now: (\\S{20})\n$"_s);
        const QRegularExpressionMatch match = form.match(f.out);
        QVERIFY2(match.hasMatch(), qPrintable(f.out));
        QVERIFY(f.passwordFits("owner", match.captured(1)));
        const StoredUser *owner = f.users.find(UserId("owner"));
        QVERIFY(!owner->user.disabled && owner->user.role == Role::Owner && !owner->secondFactor.isActive());
        QByteArrayList acts;
        for (const Audit::Draft &record : std::as_const(f.repository.audits))
            acts.append(record.action);
        QVERIFY(acts.contains("user.owner_recovered"));
        QVERIFY(!f.repository.audits.last().after.contains(u"password"_s));
        QCOMPARE(f.run(u"recover-owner ann"_s), 0);
        QVERIFY(f.out.contains(u"\"ann\""_s));
        QCOMPARE(f.run(u"recover-owner bob"_s), 1); // nobody becomes an owner by it
        QVERIFY(f.err.contains(u"ann, owner"_s));
        QCOMPARE(f.users.find(UserId("bob"))->user.role, Role::Member);
        QCOMPARE(f.run(u"recover-owner zoe"_s), 1);
        QCOMPARE(f.run(u"recover-owner a b"_s), 2);
        QCOMPARE(f.run(u"recover-owner --role owner"_s), 2);
    }

    void aSecondFactorIsRemoved()
    {
        Fixture f;
        QCOMPARE(f.run(u"add ann --role owner"_s), 0);
        UserService::Mutation enrol = [](StoredUser &ann) {
            ann.secondFactor.sealedSecret = "sealed";
            ann.secondFactor.isConfirmed = true;
            return Result<void>();
        };
        QVERIFY(QCoro::waitFor(f.users.change(UserId("ann"), std::move(enrol))).isOk());
        QCOMPARE(f.run(u"remove-totp ann"_s), 0);
        QVERIFY(!f.users.find(UserId("ann"))->secondFactor.isActive());
        QCOMPARE(f.repository.audits.last().action, QByteArray("totp.removed"));
        QCOMPARE(f.run(u"remove-totp zoe"_s), 1);
    }

    void terminalCommandsAreShownAsText()
    {
        Fixture f;
        QCOMPARE(f.run({u"disable"_s, u"\x1b[2Jzoe"_s}), 1);
        QVERIFY(!f.err.contains(QChar(0x1b)));
        QCOMPARE(f.run({u"\x1b]0;x\x07"_s}), 2);
        QVERIFY(!f.err.contains(QChar(0x1b)));
    }
};

QTEST_GUILESS_MAIN(tst_usercommand)
#include "tst_usercommand.moc"
