// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/passwordhasher.h"
#include "server/identity/roleservice.h"
#include "server/identity/userservice.h"

#include "tests/support/fakeclock.h"
#include "tests/support/memoryidentity.h"
#include "tests/support/memorypermissions.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

namespace {
struct Fixture
{
    Test::FakeClock clock;
    Test::MemoryUsers userRepository;
    Test::MemoryPermissions repository;
    PasswordHasher hasher{PasswordHasher::Cost{1, 8192}};
    UserService users{userRepository, hasher, clock};
    Permissions permissions{clock};
    RoleService service{repository, permissions, users, clock};

    ~Fixture() { QCoro::waitFor(users.close()); }
    static Actor actor(Role role, const char *custom = "")
    {
        Actor a;
        a.user = UserId("ann");
        a.role = role;
        a.customRole = RoleId(custom);
        return a;
    }
    static RoleDraft draft(const char *id, Role base, const QList<Action> &allow = {}, const QList<Action> &deny = {})
    {
        RoleDraft d;
        d.id = RoleId(id);
        d.name = QString::fromLatin1(id);
        d.base = base;
        d.allow = allow;
        d.deny = deny;
        return d;
    }
    Result<CustomRole> make(const Actor &who, const RoleDraft &d) { return QCoro::waitFor(service.create(who, d)); }
    Result<CustomRole> change(const Actor &who, const RoleDraft &d) { return QCoro::waitFor(service.change(who, d)); }
};
} // namespace

class tst_roleservice : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void makesChangesAndRemoves()
    {
        Fixture f;
        const Actor owner = Fixture::actor(Role::Owner);
        const auto made = f.make(owner, Fixture::draft("night-shift", Role::Member, {Action::MetricsRead}));
        QVERIFY(made.isOk());
        QVERIFY(f.permissions.can(Fixture::actor(Role::Member, "night-shift"), Action::MetricsRead, Object::none()));
        RoleDraft less;
        less.id = RoleId("night-shift");
        less.allow = QList<Action>{};
        less.deny = QList<Action>{Action::RoomCreate};
        QVERIFY(f.change(owner, less).isOk());
        QVERIFY(!f.permissions.can(Fixture::actor(Role::Member, "night-shift"), Action::MetricsRead, Object::none()));
        QVERIFY(!f.permissions.can(Fixture::actor(Role::Member, "night-shift"), Action::RoomCreate, Object::none()));
        QVERIFY(QCoro::waitFor(f.service.remove(owner, RoleId("night-shift"))).isOk());
        QVERIFY(!f.permissions.role(RoleId("night-shift")));
        QCOMPARE(f.repository.acts(), (QByteArrayList{"role.created", "role.changed", "role.removed"}));
        const Audit::Draft &changed = f.repository.audits.at(1);
        QCOMPARE(changed.before.value(u"allow"_s).toArray(), QJsonArray{u"MetricsRead"_s});
        QCOMPARE(changed.after.value(u"deny"_s).toArray(), QJsonArray{u"RoomCreate"_s});
    }

    void refusesWhatCannotBe_data()
    {
        QTest::addColumn<RoleDraft>("draft");
        QTest::addColumn<QStringList>("pointers");
        RoleDraft draft = Fixture::draft("Night Shift", Role::Member);
        QTest::newRow("bad id") << draft << QStringList{u"/id"_s};
        QTest::newRow("predefined") << Fixture::draft("admin", Role::Member) << QStringList{u"/id"_s};
        QTest::newRow("on owner") << Fixture::draft("boss", Role::Owner) << QStringList{u"/base"_s};
        QTest::newRow("on guest") << Fixture::draft("boss", Role::Guest) << QStringList{u"/base"_s};
        QTest::newRow("both") << Fixture::draft("x", Role::Member, {Action::RoomCreate}, {Action::RoomCreate})
                              << QStringList{u"/deny"_s};
        QTest::newRow("leave") << Fixture::draft("x", Role::Member, {}, {Action::RoomLeave}) << QStringList{u"/deny"_s};
        draft = RoleDraft();
        QTest::newRow("nothing") << draft << QStringList{u"/id"_s, u"/base"_s, u"/name"_s};
    }
    void refusesWhatCannotBe()
    {
        QFETCH(RoleDraft, draft);
        QFETCH(QStringList, pointers);
        Fixture f;
        const auto made = f.make(Fixture::actor(Role::Owner), draft);
        QCOMPARE(made.error().code, Errc::ValidationFailed);
        QStringList found;
        for (const FieldError &field : made.error().fields)
            found.append(field.pointer);
        QCOMPARE(found, pointers);
        QVERIFY(f.repository.audits.isEmpty());
    }

    void nobodyMakesMoreThanHeIs()
    {
        Fixture f;
        const Actor owner = Fixture::actor(Role::Owner);
        QVERIFY(f.make(owner, Fixture::draft("clerk", Role::Member, {Action::PermissionsManage, Action::UserManage})));
        const Actor clerk = Fixture::actor(Role::Member, "clerk");
        QCOMPARE(f.make(clerk, Fixture::draft("x", Role::Admin)).error().code, Errc::Forbidden);
        QCOMPARE(f.make(clerk, Fixture::draft("x", Role::Member, {Action::ConfigRead})).error().code, Errc::Forbidden);
        QVERIFY(f.make(clerk, Fixture::draft("x", Role::Member, {Action::UserManage})).isOk());
        // Nor does he take from who is above him, nor add to himself.
        QVERIFY(f.make(owner, Fixture::draft("ops", Role::Operator)).isOk());
        RoleDraft less;
        less.id = RoleId("ops");
        less.deny = QList<Action>{Action::MetricsRead};
        QCOMPARE(f.change(clerk, less).error().code, Errc::Forbidden);
        RoleDraft more;
        more.id = RoleId("clerk");
        more.allow = QList<Action>{Action::PermissionsManage, Action::ConfigRead};
        QCOMPARE(f.change(clerk, more).error().code, Errc::Forbidden);
        QCOMPARE(QCoro::waitFor(f.service.remove(clerk, RoleId("ops"))).error().code, Errc::Forbidden);
        QCOMPARE(f.make(Fixture::actor(Role::Member), Fixture::draft("y", Role::Member)).error().code, Errc::Forbidden);
        QVERIFY(f.make(Fixture::actor(Role::Admin), Fixture::draft("second", Role::Admin)).isOk());
    }

    void conflicts()
    {
        Fixture f;
        const Actor owner = Fixture::actor(Role::Owner);
        QVERIFY(f.make(owner, Fixture::draft("a", Role::Member)).isOk());
        QCOMPARE(f.make(owner, Fixture::draft("a", Role::Member)).error().code, Errc::Conflict);
        RoleDraft rebased;
        rebased.id = RoleId("a");
        rebased.base = Role::Admin;
        QCOMPARE(f.change(owner, rebased).error().code, Errc::ValidationFailed);
        rebased.id = RoleId("b");
        QCOMPARE(f.change(owner, rebased).error().code, Errc::NotFound);
        QVERIFY(QCoro::waitFor(f.users.create(UserId("ben"), u"Ben"_s, Role::Member, u"xkcd-Tulip pot 7"_s)).isOk());
        QVERIFY(QCoro::waitFor(f.users.setRole(UserId("ben"), Role::Member, {}, RoleId("a"))).isOk());
        QCOMPARE(f.service.usersWith(RoleId("a")), 1);
        QCOMPARE(QCoro::waitFor(f.service.remove(owner, RoleId("a"))).error().code, Errc::Conflict);
    }

    void whatIsNotStoredIsNotDecided()
    {
        Fixture f;
        f.repository.failure = Error(Errc::Unavailable, u"full"_s);
        QCOMPARE(f.make(Fixture::actor(Role::Owner), Fixture::draft("a", Role::Member)).error().code,
                 Errc::Unavailable);
        QVERIFY(!f.permissions.role(RoleId("a")));
    }

    void loadsWhatWasStored()
    {
        Fixture f;
        QVERIFY(f.make(Fixture::actor(Role::Owner), Fixture::draft("a", Role::Member, {Action::MetricsRead})).isOk());
        Override o;
        o.subject = "ann";
        o.action = Action::MessageSend;
        o.effect = Effect::Deny;
        f.repository.stored.overrides[RoomId("r")].append(o);
        Permissions fresh(f.clock);
        RoleService again(f.repository, fresh, f.users, f.clock);
        QVERIFY(QCoro::waitFor(again.load()).isOk());
        QCOMPARE(fresh.roles(), f.permissions.roles());
        QCOMPARE(fresh.overridesIn(RoomId("r")), QList<Override>{o});
    }
};

QTEST_GUILESS_MAIN(tst_roleservice)
#include "tst_roleservice.moc"
