// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/storage/storagefixture.h"

using namespace Atom;
using namespace Atom::Identity;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

class TestSqlitePermissionRepository : public QObject
{
    Q_OBJECT
    std::unique_ptr<StorageFixture> f;
    PermissionRepository &permissions() { return f->storage->permissions(); }
    CustomRole helper() const
    {
        CustomRole role;
        role.id = RoleId("helper");
        role.name = u"Hülfe & Co"_s;
        role.base = Role::Moderator;
        role.effects.allow = setOf({Action::MetricsRead, Action::UserManage});
        role.effects.deny = setOf({Action::RoomCreate});
        role.changedBy = UserId("olga");
        role.changedAt = f->clock.now();
        return role;
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<StorageFixture>();
        QVERIFY(f->open());
    }

    void rolesComeBack()
    {
        QVERIFY(QCoro::waitFor(permissions().saveRole(helper(), true, {})).isOk());
        QCOMPARE(QCoro::waitFor(permissions().saveRole(helper(), true, {})).error().code, Errc::Conflict);
        CustomRole changed = helper();
        changed.effects.deny = {};
        QVERIFY(QCoro::waitFor(permissions().saveRole(changed, false, {})).isOk());
        CustomRole other = helper();
        other.id = RoleId("other");
        QCOMPARE(QCoro::waitFor(permissions().saveRole(other, false, {})).error().code, Errc::NotFound);
        QVERIFY(f->open()); // again, from the disk
        QCOMPARE(QCoro::waitFor(permissions().all())->roles, QList<CustomRole>{changed});
    }

    void aRoleInUseStays()
    {
        QVERIFY(QCoro::waitFor(permissions().saveRole(helper(), true, {})).isOk());
        StoredUser ann;
        ann.user.id = UserId("ann");
        ann.user.displayName = u"Ann"_s;
        ann.user.role = Role::Moderator;
        ann.user.customRole = RoleId("helper");
        ann.passwordHash = "x";
        QVERIFY(QCoro::waitFor(f->storage->users().insert(ann, {})).isOk());
        QCOMPARE(QCoro::waitFor(f->storage->users().all())->constFirst().user.customRole, RoleId("helper"));
        QCOMPARE(QCoro::waitFor(permissions().removeRole(RoleId("helper"), {})).error().code, Errc::Conflict);
        ann.user.customRole = {};
        QVERIFY(QCoro::waitFor(f->storage->users().update(ann, {})).isOk());
        Override o;
        o.kind = SubjectKind::Role;
        o.subject = "helper";
        o.action = Action::MessageSend;
        o.effect = Effect::Deny;
        QVERIFY(QCoro::waitFor(permissions().changeOverrides(RoomId("r"), {o}, {})).isOk());
        QVERIFY(QCoro::waitFor(permissions().removeRole(RoleId("helper"), {})).isOk());
        QCOMPARE(QCoro::waitFor(permissions().removeRole(RoleId("helper"), {})).error().code, Errc::NotFound);
        QVERIFY(QCoro::waitFor(permissions().all())->overrides.isEmpty()); // what was said about it went with it
    }

    void overridesChangeRowByRow()
    {
        Override a;
        a.kind = SubjectKind::User;
        a.subject = "ann";
        a.action = Action::MessageSend;
        a.effect = Effect::Deny;
        a.setBy = UserId("olga");
        a.setAt = f->clock.now();
        Override b = a;
        b.kind = SubjectKind::Position;
        b.subject = "member";
        b.effect = Effect::Allow;
        QVERIFY(QCoro::waitFor(permissions().changeOverrides(RoomId("r"), {a, b}, {})).isOk());
        a.effect = Effect::None;
        b.effect = Effect::Deny;
        QVERIFY(QCoro::waitFor(permissions().changeOverrides(RoomId("r"), {a, b}, {})).isOk());
        const auto stored = QCoro::waitFor(permissions().all());
        QCOMPARE(stored->overrides.value(RoomId("r")), QList<Override>{b});
    }

    void openingsByRoomUserAndTime()
    {
        for (int i = 0; i < 4; ++i) {
            GlassOpening opening;
            opening.id = "o" + QByteArray::number(i);
            opening.user = UserId(i % 2 ? "ann" : "bob");
            opening.room = RoomId(i < 2 ? "r" : "s");
            opening.reason = u"because"_s;
            opening.openedAt = f->clock.now();
            opening.expiresAt = f->clock.now() + seconds(60 * (i + 1));
            QVERIFY(QCoro::waitFor(permissions().saveOpening(opening, {})).isOk());
            if (i == 3) {
                opening.closedAt = f->clock.now();
                opening.closedBy = UserId("olga");
                QVERIFY(QCoro::waitFor(permissions().saveOpening(opening, {})).isOk());
            }
        }
        const auto ids = [this](const GlassQuery &query) {
            QByteArrayList found;
            const auto openings = QCoro::waitFor(permissions().openings(query));
            for (const GlassOpening &opening : openings.value())
                found.append(opening.id);
            return found.join(' ');
        };
        GlassQuery query;
        QCOMPARE(ids(query), QByteArray("o3 o2 o1 o0"));
        query.limit = 2;
        query.before = "o3";
        QCOMPARE(ids(query), QByteArray("o2 o1"));
        query = {};
        query.room = RoomId("r");
        QCOMPARE(ids(query), QByteArray("o1 o0"));
        query.user = UserId("ann");
        QCOMPARE(ids(query), QByteArray("o1"));
        query = {};
        query.user = UserId("bob");
        QCOMPARE(ids(query), QByteArray("o2 o0"));
        query = {};
        query.openAt = f->clock.now() + seconds(60);
        QCOMPARE(ids(query), QByteArray("o2 o1"));
    }
};

QTEST_GUILESS_MAIN(TestSqlitePermissionRepository)
#include "tst_sqlitepermissionrepository.moc"
