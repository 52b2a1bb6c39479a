// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Custom roles, overrides of a room and break-glass: the order of evaluation. The built-in rules are in
// tst_permissions.
#include "server/identity/permissions.h"

#include "tests/support/fakeclock.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

namespace {
Actor person(Role role, const char *custom = "", const char *id = "ann")
{
    Actor actor;
    actor.user = UserId(id);
    actor.role = role;
    actor.customRole = RoleId(custom);
    return actor;
}

Object roomAs(std::optional<MemberRole> position, RoomVisibility visibility = RoomVisibility::Public)
{
    Object object;
    object.isRoom = true;
    object.room = RoomId("lobby");
    object.roomVisibility = visibility;
    object.isMember = position.has_value();
    object.memberRole = position.value_or(MemberRole::Member);
    return object;
}

CustomRole makeRole(const char *id, Role base, const QList<Action> &allow, const QList<Action> &deny = {})
{
    CustomRole role;
    role.id = RoleId(id);
    role.name = QString::fromLatin1(id);
    role.base = base;
    role.effects.allow = setOf(allow);
    role.effects.deny = setOf(deny);
    return role;
}

Override makeOverride(SubjectKind kind, const char *subject, Action action, Effect effect)
{
    Override o;
    o.kind = kind;
    o.subject = subject;
    o.action = action;
    o.effect = effect;
    return o;
}
} // namespace

class tst_customroles : public QObject
{
    Q_OBJECT
    Test::FakeClock m_clock;
    std::unique_ptr<Permissions> m_rules;

    //! The effects of all three explicit places and the inherited one, for MessageSend, in this order: user, role (the
    //! custom one), position, custom role itself, base role in the room. a allow, d deny, . nothing.
    void arrange(const QByteArray &effects)
    {
        const auto effect = [&](qsizetype i) {
            return effects[i] == 'a' ? Effect::Allow : effects[i] == 'd' ? Effect::Deny : Effect::None;
        };
        QList<Override> overrides{
            makeOverride(SubjectKind::User, "ann", Action::MessageSend, effect(0)),
            makeOverride(SubjectKind::Role, "helper", Action::MessageSend, effect(1)),
            makeOverride(SubjectKind::Position, "member", Action::MessageSend, effect(2)),
            makeOverride(SubjectKind::Role, "member", Action::MessageSend, effect(4)),
        };
        m_rules->setOverrides(RoomId("lobby"), overrides);
        CustomRole role = makeRole("helper", Role::Member, {});
        role.effects.set(Action::MessageSend, effect(3));
        m_rules->setRole(role);
    }

private Q_SLOTS:
    void init() { m_rules = std::make_unique<Permissions>(m_clock); }

    void everyNameComesBack()
    {
        QVERIFY(allActions().size() >= 32);
        for (const Action action : allActions())
            QCOMPARE(actionFromName(actionName(action)), std::optional(action));
        QVERIFY(!actionFromName(u"roomread"_s));
        QCOMPARE(actionsIn(setOf(allActions())), allActions());
    }

    //! All 243 combinations of the five places against the order as documented.
    void orderOfEvaluation()
    {
        const QByteArray letters = ".ad";
        for (int n = 0; n < 243; ++n) {
            QByteArray effects;
            for (int i = 0, rest = n; i < 5; ++i, rest /= 3)
                effects.append(letters[rest % 3]);
            arrange(effects);
            const QByteArray explicitly = effects.left(4);
            const bool wanted = explicitly.contains('d')   ? false
                                : explicitly.contains('a') ? true
                                : effects[4] == 'd'        ? false
                                                           : true; // members may send
            const Actor ann = person(Role::Member, "helper");
            QVERIFY2(m_rules->can(ann, Action::MessageSend, roomAs(MemberRole::Member)) == wanted, effects);
            // Nothing of it makes a stranger's message possible, nor stops the owner of the room or the server.
            QVERIFY2(!m_rules->can(ann, Action::MessageSend, roomAs({})), effects);
            QVERIFY2(m_rules->can(person(Role::Owner), Action::MessageSend, roomAs(MemberRole::Member)), effects);
            QVERIFY2(m_rules->can(ann, Action::MessageSend, roomAs(MemberRole::Owner)), effects);
            // explain() comes to the same decision, and says why.
            const Explanation why = m_rules->explain(ann, Action::MessageSend, roomAs(MemberRole::Member));
            QCOMPARE(why.decision.allowed, wanted);
            QVERIFY2(!why.steps.isEmpty(), effects);
            QCOMPARE(why.steps.constLast().effect == u"allow"_s || !wanted, true);
        }
    }

    void overridesStayInTheirRoom()
    {
        m_rules->setOverrides(RoomId("lobby"),
                              {makeOverride(SubjectKind::Role, "member", Action::MessageSend, Effect::Deny)});
        Object elsewhere = roomAs(MemberRole::Member);
        elsewhere.room = RoomId("other");
        QVERIFY(!m_rules->can(person(Role::Member), Action::MessageSend, roomAs(MemberRole::Member)));
        QVERIFY(m_rules->can(person(Role::Member), Action::MessageSend, elsewhere));
        QVERIFY(m_rules->can(person(Role::Moderator), Action::MessageSend, roomAs(MemberRole::Member)));
        m_rules->setOverrides(RoomId("lobby"), {});
        QVERIFY(m_rules->can(person(Role::Member), Action::MessageSend, roomAs(MemberRole::Member)));
        QVERIFY(m_rules->roomsWithOverrides().isEmpty());
    }

    void customRoleGetsAndLosesServerActions()
    {
        m_rules->setRole(makeRole("night-shift", Role::Member, {Action::MetricsRead, Action::AlertsAcknowledge}));
        m_rules->setRole(makeRole("trainee", Role::Admin, {}, {Action::ConfigRead, Action::UserManage}));
        const Object none = Object::none();
        QVERIFY(m_rules->can(person(Role::Member, "night-shift"), Action::MetricsRead, none));
        QVERIFY(!m_rules->can(person(Role::Member, "night-shift"), Action::ConfigRead, none));
        QVERIFY(!m_rules->can(person(Role::Admin, "trainee"), Action::ConfigRead, none));
        QVERIFY(m_rules->can(person(Role::Admin, "trainee"), Action::MetricsRead, none));
        QVERIFY(m_rules->can(person(Role::Admin), Action::ConfigRead, none));
    }

    void aRoleThatIsGoneAllowsNothing()
    {
        m_rules->setRole(makeRole("trainee", Role::Admin, {}, {Action::ConfigRead}));
        m_rules->removeRole(RoleId("trainee"));
        QVERIFY(!m_rules->can(person(Role::Admin, "trainee"), Action::MetricsRead, Object::none()));
        QVERIFY(!m_rules->can(person(Role::Admin, "trainee"), Action::RoomRead, roomAs(MemberRole::Member)));
        QVERIFY(m_rules->can(person(Role::Admin, "trainee"), Action::RoomLeave, roomAs(MemberRole::Member)));
    }

    void whoMayNotReadMayOnlyLeave()
    {
        m_rules->setOverrides(RoomId("lobby"),
                              {makeOverride(SubjectKind::User, "ann", Action::RoomRead, Effect::Deny)});
        for (const Action action : allActions()) {
            const Explanation why = m_rules->explain(person(Role::Member), action, roomAs(MemberRole::Member));
            if (action == Action::RoomLeave)
                QVERIFY(why.decision.allowed);
            else
                QVERIFY2(!why.decision.allowed, qPrintable(actionName(action)));
        }
    }

    void noAllowOpensAPrivateRoom()
    {
        QList<Override> overrides;
        for (const Action action : allActions())
            overrides.append(makeOverride(SubjectKind::User, "ann", action, Effect::Allow));
        m_rules->setOverrides(RoomId("lobby"), overrides);
        m_rules->setRole(makeRole("all", Role::Admin, allActions()));
        const Object outside = roomAs({}, RoomVisibility::Private);
        for (const char *custom : {"", "all"}) {
            for (const Action action : {Action::RoomRead, Action::RoomJoin, Action::MessageSend, Action::MessageDelete,
                                        Action::RoomManageMembers, Action::TypingSend, Action::PresenceRead})
                QVERIFY2(!m_rules->can(person(Role::Admin, custom), action, outside), qPrintable(actionName(action)));
        }
        // Within a direct room nothing makes one person the moderator of the other.
        Object direct = roomAs(MemberRole::Member, RoomVisibility::Private);
        direct.roomKind = RoomKind::Direct;
        direct.owner = UserId("bob");
        QVERIFY(!m_rules->can(person(Role::Admin, "all"), Action::MessageDelete, direct));
        QVERIFY(!m_rules->can(person(Role::Admin, "all"), Action::MessageEdit, direct));
    }

    void serversOwnActorsAreNotRestricted()
    {
        m_rules->setOverrides(RoomId("lobby"),
                              {makeOverride(SubjectKind::User, "assistant", Action::MessageSend, Effect::Deny),
                               makeOverride(SubjectKind::Role, "member", Action::MessageSend, Effect::Deny)});
        QVERIFY(m_rules->can(internalActor(assistantUser()), Action::MessageSend, roomAs({})));
    }

    void nobodyGivesWhatHeDoesNotHave()
    {
        m_rules->setRole(makeRole("helpdesk", Role::Member, {Action::UserManage, Action::RoleAssign}));
        m_rules->setRole(makeRole("weak-admin", Role::Admin, {}, {Action::ConfigRead}));
        m_rules->setRole(makeRole("room-keeper", Role::Member, {Action::RoomManageMembers}));
        const auto mayAssign = [this](const Actor &actor, Role current, Role target, const char *custom = "") {
            Object object = Object::forAccount(current, target);
            object.targetCustomRole = RoleId(custom);
            return m_rules->can(actor, Action::RoleAssign, object);
        };
        const Actor helpdesk = person(Role::Member, "helpdesk");
        QVERIFY(mayAssign(helpdesk, Role::Member, Role::Member));
        QVERIFY(mayAssign(helpdesk, Role::Member, Role::Member, "helpdesk"));
        QVERIFY(!mayAssign(helpdesk, Role::Member, Role::Admin));
        QVERIFY(!mayAssign(helpdesk, Role::Admin, Role::Member));
        QVERIFY(!mayAssign(helpdesk, Role::Member, Role::Owner));
        QVERIFY(!m_rules->can(helpdesk, Action::UserManage, Object::forAccount(Role::Admin)));
        QVERIFY(m_rules->can(helpdesk, Action::UserManage, Object::forAccount(Role::Member)));
        // Less than an admin cannot make one, not even of himself.
        QVERIFY(!mayAssign(person(Role::Admin, "weak-admin"), Role::Admin, Role::Admin));
        QVERIFY(mayAssign(person(Role::Admin, "weak-admin"), Role::Member, Role::Admin, "weak-admin"));
        QVERIFY(!mayAssign(person(Role::Admin, "weak-admin"), Role::Admin, Role::Member)); // who can do more
        QVERIFY(mayAssign(person(Role::Admin), Role::Member, Role::Admin));
        QVERIFY(!mayAssign(person(Role::Admin), Role::Member, Role::Member, "room-keeper"));
        QVERIFY(mayAssign(person(Role::Owner), Role::Member, Role::Member, "room-keeper"));

        QVERIFY(m_rules->mayGive(person(Role::Owner), Action::RoomManageMembers, roomAs(MemberRole::Member)));
        QVERIFY(!m_rules->mayGive(person(Role::Member), Action::RoomManageMembers, roomAs(MemberRole::Member)));
        QVERIFY(m_rules->mayGive(person(Role::Member), Action::RoomManageMembers, roomAs(MemberRole::Moderator)));
    }

    void breakGlassReadsForAWhileAndNothingElse()
    {
        const Object outside = roomAs({}, RoomVisibility::Private);
        const Actor admin = person(Role::Admin);
        QVERIFY(!m_rules->can(admin, Action::RoomRead, outside));
        m_rules->openGlass(UserId("ann"), RoomId("lobby"), m_clock.now() + seconds(60));
        const Decision reading = m_rules->decide(admin, Action::RoomRead, outside);
        QVERIFY(reading.allowed && reading.underGlass);
        QVERIFY(!m_rules->can(person(Role::Admin, "", "bob"), Action::RoomRead, outside));
        QVERIFY(!m_rules->can(admin, Action::MessageSend, outside));
        QVERIFY(!m_rules->can(admin, Action::RoomJoin, outside));
        // Membership and public rooms need no glass: nothing to audit.
        QVERIFY(!m_rules->decide(admin, Action::RoomRead, roomAs(MemberRole::Member)).underGlass);
        QVERIFY(!m_rules->decide(admin, Action::RoomRead, roomAs({})).underGlass);
        m_clock.advance(seconds(60));
        QVERIFY(!m_rules->can(admin, Action::RoomRead, outside));
        m_rules->openGlass(UserId("ann"), RoomId("lobby"), m_clock.now() + seconds(60));
        m_rules->closeGlass(UserId("ann"), RoomId("lobby"));
        QVERIFY(!m_rules->can(admin, Action::RoomRead, outside));
    }

    void changesAreTold()
    {
        QSignalSpy roles(m_rules.get(), &Permissions::roleChanged);
        QSignalSpy rooms(m_rules.get(), &Permissions::roomChanged);
        QSignalSpy glass(m_rules.get(), &Permissions::glassChanged);
        m_rules->setRole(makeRole("a", Role::Member, {}));
        m_rules->removeRole(RoleId("a"));
        m_rules->removeRole(RoleId("a"));
        m_rules->setOverrides(RoomId("lobby"), {});
        m_rules->openGlass(UserId("ann"), RoomId("lobby"), m_clock.now() + seconds(1));
        m_rules->closeGlass(UserId("ann"), RoomId("lobby"));
        m_rules->closeGlass(UserId("ann"), RoomId("lobby"));
        QCOMPARE(roles.size(), 2);
        QCOMPARE(rooms.size(), 1);
        QCOMPARE(glass.size(), 2);
    }

    void aDraftChangesNothing()
    {
        m_rules->setRole(makeRole("helper", Role::Member, {}));
        const std::unique_ptr<Permissions> draft = m_rules->draft();
        draft->setRole(makeRole("helper", Role::Member, {Action::MetricsRead}));
        QVERIFY(draft->can(person(Role::Member, "helper"), Action::MetricsRead, Object::none()));
        QVERIFY(!m_rules->can(person(Role::Member, "helper"), Action::MetricsRead, Object::none()));
    }
};

QTEST_GUILESS_MAIN(tst_customroles)
#include "tst_customroles.moc"
