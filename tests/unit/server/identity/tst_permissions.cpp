// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/permissions.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

namespace {

//! Roles: o owner, a admin, m moderator, p operator, u auditor, e member, g guest, s the server's own actor.
struct Who
{
    char letter;
    Role role;
    const char *id;
};
constexpr Who people[] = {{'o', Role::Owner, "ann"},    {'a', Role::Admin, "ann"},       {'m', Role::Moderator, "ann"},
                          {'p', Role::Operator, "ann"}, {'u', Role::Auditor, "ann"},     {'e', Role::Member, "ann"},
                          {'g', Role::Guest, "ann"},    {'s', Role::Member, "assistant"}};

//! Where: "--" no room, then kind (G public group, P private group, D direct, A assistant) and position (0 stranger,
//! 1 member, 2 moderator, 3 owner of the room).
QList<QByteArray> allPlaces()
{
    QList<QByteArray> places{"--"};
    for (const char kind : {'G', 'P', 'D', 'A'}) {
        for (const char position : {'0', '1', '2', '3'})
            places.append(QByteArray(1, kind) + position);
    }
    return places;
}

Object objectAt(const QByteArray &place, bool own)
{
    Object object;
    object.owner = UserId(own ? "self" : "bob");
    object.isRoom = place != "--";
    object.roomKind = place[0] == 'D' ? RoomKind::Direct : place[0] == 'A' ? RoomKind::Assistant : RoomKind::Group;
    object.roomVisibility = place[0] == 'G' ? RoomVisibility::Public : RoomVisibility::Private;
    object.isMember = object.isRoom && place[1] != '0';
    object.memberRole = place[1] == '3'   ? MemberRole::Owner
                        : place[1] == '2' ? MemberRole::Moderator
                                          : MemberRole::Member;
    return object;
}

//! One sentence of the permission: these roles, in these places, own things only or any. What no row allows is refused.
struct Allow
{
    Action action;
    const char *roles;
    const char *places;
    bool ownOnly = false;
};

constexpr const char *everybody = "oampuegs";
constexpr const char *accounts = "oampues";
constexpr const char *humans = "oampueg";
constexpr const char *anywhere = "-- G0 G1 G2 G3 P0 P1 P2 P3 D0 D1 D2 D3 A0 A1 A2 A3";
constexpr const char *asMember = "G1 G2 G3 P1 P2 P3 D1 D2 D3 A1 A2 A3";
constexpr const char *rooms = "G0 G1 G2 G3 P0 P1 P2 P3 D0 D1 D2 D3 A0 A1 A2 A3";

const Allow allowed[] = {
    {Action::RoomList, everybody, anywhere},
    {Action::RoomCreate, accounts, anywhere},
    {Action::RoomRead, humans, asMember},
    {Action::RoomRead, accounts, "G0"},
    {Action::RoomRead, "s", anywhere},
    {Action::RoomJoin, humans, "G0"},
    {Action::RoomJoin, humans, asMember},
    {Action::RoomJoin, "s", rooms},
    {Action::RoomLeave, everybody, asMember},
    {Action::RoomManageMembers, everybody, "G2 G3 P2 P3"},
    {Action::MessageSend, humans, asMember},
    {Action::MessageSend, "s", anywhere},
    {Action::ReceiptSend, humans, asMember},
    {Action::ReceiptSend, "s", anywhere},
    {Action::TypingSend, humans, asMember},
    {Action::TypingSend, "s", anywhere},
    {Action::MessageEdit, humans, asMember, true},
    {Action::MessageEdit, "s", anywhere, true},
    {Action::MessageDelete, humans, asMember, true},
    {Action::MessageDelete, "s", anywhere, true},
    {Action::MessageDelete, everybody, "G2 G3 P2 P3 A2 A3"},
    {Action::MessageDelete, "oam", "G1 P1 A1"},
    {Action::PresenceRead, everybody, "--"},
    {Action::PresenceRead, humans, asMember},
    {Action::PresenceRead, accounts, "G0"},
    {Action::PresenceRead, "s", anywhere},
    {Action::ChatWithAssistant, everybody, anywhere},
    {Action::MessageReact, humans, asMember},
    {Action::MessageReact, "s", anywhere},
    {Action::MessagePin, humans, asMember},
    {Action::MessagePin, "s", anywhere},
    {Action::MessageAcknowledge, everybody, asMember},
    {Action::PersonalKeep, accounts, anywhere, true},
    {Action::MentionEverybody, humans, asMember},
    {Action::MentionEverybody, "s", anywhere},
    {Action::ProfileRead, everybody, anywhere, true},
    {Action::ProfileRead, "oa", anywhere},
    {Action::PeopleRead, accounts, anywhere},
    {Action::AccountManage, accounts, anywhere, true},
    {Action::TokenManage, accounts, anywhere, true},
    {Action::TokenManage, "oa", anywhere},
    {Action::UserManage, "oa", anywhere},
    {Action::UserInvite, "oa", anywhere},
    {Action::UserErase, "oa", anywhere},
    {Action::ConnectionsRead, "oap", anywhere},
    {Action::MetricsRead, "oap", anywhere},
    {Action::AlertsRead, "oap", anywhere},
    {Action::AlertsAcknowledge, "oap", anywhere},
    {Action::LogsManage, "oap", anywhere},
    {Action::TraceRead, "oapu", anywhere},
    {Action::WorkflowRead, "oapu", anywhere},
    {Action::RunRead, "oapu", anywhere},
    {Action::WorkflowManage, "oa", anywhere},
    {Action::ConfigRead, "oa", anywhere},
    {Action::SystemMessageSend, "oam", anywhere},
    {Action::RoomPermissionsManage, "oa", "G0 G1 G2 G3 P0 P1 P2 P3"},
    {Action::RoomPermissionsManage, accounts, "G3 P3"},
    {Action::BreakGlassOpen, "oau", "-- G0 P0 D0 A0"},
    {Action::PermissionsRead, "oau", anywhere},
    {Action::BreakGlassRead, "oau", anywhere},
    {Action::PermissionsManage, "oa", anywhere},
};
const int actionCount = int(allActions().size());

bool expected(Action action, char who, const QByteArray &place, bool own)
{
    for (const Allow &row : allowed) {
        if (row.action == action && strchr(row.roles, who) && QByteArray(row.places).split(' ').contains(place) &&
            (own || !row.ownOnly))
            return true;
    }
    return false;
}

} // namespace

class tst_permissions : public QObject
{
    Q_OBJECT
    SystemClock m_clock;
    Permissions m_rules{m_clock};

    Decision decide(const Actor &a, Action b, const Object &c) const { return m_rules.decide(a, b, c); }
    bool can(const Actor &a, Action b, const Object &c) const { return m_rules.can(a, b, c); }
    Result<void> require(const Actor &a, Action b, const Object &c) const { return m_rules.require(a, b, c); }
private Q_SLOTS:
    void everyCombination()
    {
        int checked = 0;
        int granted = 0;
        for (int a = 0; a < actionCount; ++a) {
            for (const Who &who : people) {
                for (const QByteArray &place : allPlaces()) {
                    for (const bool own : {false, true}) {
                        Actor actor;
                        actor.user = UserId(who.id);
                        actor.role = who.role;
                        Object object = objectAt(place, own);
                        if (own)
                            object.owner = actor.user;
                        const Decision decision = decide(actor, Action(a), object);
                        const bool wanted = expected(Action(a), who.letter, place, own);
                        if (decision.allowed != wanted) {
                            QFAIL(qPrintable(u"action %1, role %2, place %3, %4: %5 instead of %6 (%7)"_s.arg(a)
                                                 .arg(QLatin1Char(who.letter))
                                                 .arg(QLatin1StringView(place), own ? u"own"_s : u"foreign"_s)
                                                 .arg(decision.allowed)
                                                 .arg(wanted)
                                                 .arg(decision.reason)));
                        }
                        QVERIFY(!decision.reason.isEmpty());
                        QCOMPARE(can(actor, Action(a), object), wanted);
                        ++checked;
                        granted += wanted ? 1 : 0;
                    }
                }
            }
        }
        QCOMPARE(checked, actionCount * 8 * 17 * 2);
        QVERIFY(granted > 0 && granted < checked);
    }

    void nobodyMayNothing()
    {
        for (int a = 0; a < actionCount; ++a) {
            Actor nobody;
            nobody.role = Role::Owner;
            QVERIFY(!can(nobody, Action(a), objectAt("G3", true)));
        }
    }

    void guestsAreNeverInternal()
    {
        for (const char *name : {"assistant", "system"}) {
            Actor guest;
            guest.user = UserId(name);
            QVERIFY(!can(guest, Action::RoomRead, objectAt("P0", false)));
            QVERIFY(!can(guest, Action::MessageSend, objectAt("P0", false)));
        }
        Actor system;
        system.user = UserId("system");
        system.role = Role::Member;
        QVERIFY(can(system, Action::MessageSend, objectAt("P0", false)));
    }

    void messagesWithoutSenderAreNobodys()
    {
        Actor actor;
        actor.user = UserId("ann");
        actor.role = Role::Member;
        Object object = objectAt("G1", false);
        object.owner = UserId();
        QVERIFY(!can(actor, Action::MessageEdit, object));
        QVERIFY(!can(actor, Action::MessageDelete, object));
    }

    void rolesAndOwners_data()
    {
        QTest::addColumn<Role>("actor");
        QTest::addColumn<int>("current"); // -1: the account is being made
        QTest::addColumn<int>("target");  // -1: none (UserManage)
        QTest::addColumn<bool>("allowed");
        for (const Who &who : people) {
            if (who.letter == 's')
                continue;
            for (int current = -1; current <= int(Role::Guest); ++current) {
                for (int target = -1; target <= int(Role::Guest); ++target) {
                    const bool touchesOwner = current == int(Role::Owner) || target == int(Role::Owner);
                    const bool allowed = who.role == Role::Owner || (who.role == Role::Admin && !touchesOwner);
                    QTest::addRow("%c from %d to %d", who.letter, current, target)
                        << who.role << current << target << allowed;
                }
            }
        }
    }
    void rolesAndOwners()
    {
        QFETCH(Role, actor);
        QFETCH(int, current);
        QFETCH(int, target);
        QFETCH(bool, allowed);
        Actor who;
        who.user = UserId("ann");
        who.role = actor;
        const Object object = Object::forAccount(current < 0 ? std::nullopt : std::optional(Role(current)),
                                                 target < 0 ? std::nullopt : std::optional(Role(target)));
        QCOMPARE(can(who, Action::RoleAssign, object), allowed && target >= 0);
        QCOMPARE(can(who, Action::UserManage, object), allowed);
    }

    void refusalsSayWhetherSigningInHelps()
    {
        Actor guest;
        guest.user = UserId("zoe");
        QVERIFY(require(guest, Action::RoomJoin, objectAt("G0", false)).isOk());
        QCOMPARE(require(guest, Action::RoomRead, objectAt("G0", false)).error().code, Errc::Unauthenticated);
        QCOMPARE(require(guest, Action::MetricsRead, Object::none()).error().code, Errc::Unauthenticated);
        QCOMPARE(require(guest, Action::RoomRead, objectAt("P0", false)).error().code, Errc::Forbidden);
        Actor member = guest;
        member.role = Role::Member;
        QCOMPARE(require(member, Action::MetricsRead, Object::none()).error().code, Errc::Forbidden);
    }
};

QTEST_GUILESS_MAIN(tst_permissions)
#include "tst_permissions.moc"
