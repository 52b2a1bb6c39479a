// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The built-in rules against tests/permissions/actiontable.h.
#include "server/identity/rules.h"
#include "tests/permissions/actiontable.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

using namespace Atom::Test;

const int actionCount = int(allActions().size());

class tst_permissions : public QObject
{
    Q_OBJECT
    SystemClock m_clock;
    Permissions m_rules{m_clock};

    Decision decide(const Actor &a, Action b, const Object &c) const { return m_rules.decide(a, b, c); }
    bool can(const Actor &a, Action b, const Object &c) const { return m_rules.can(a, b, c); }
    Result<void> require(const Actor &a, Action b, const Object &c) const { return m_rules.require(a, b, c); }
    //! In words, from the table that everyCombination() compares with the decisions: where this role may do this.
    static QString cell(Action action, char who)
    {
        if (action == Action::RoleAssign) // see rolesAndOwners()
            return who == 'o' ? u"yes"_s : who == 'a' ? u"not owners"_s : u"–"_s;
        if (action == Action::UserManage && who == 'a')
            return u"not owners"_s;
        const auto at = [&](const char *place, bool own = false) { return expected(action, who, place, own); };
        if (at("--") && !isOverridable(action))
            return u"yes"_s;
        if (action == Action::BreakGlassOpen)
            return at("P0") ? u"yes"_s : u"–"_s;
        const QString open = at("G0") && !at("P0") ? u"public, "_s : QString();
        if (at("P0"))
            return u"yes"_s;
        if (at("P1"))
            return open + u"member"_s;
        if (at("P1", true))
            return at("P2") ? u"own; room moderator"_s : u"own"_s;
        if (at("--", true))
            return u"own"_s;
        if (at("P2"))
            return u"room moderator"_s;
        return at("P3") ? u"room owner"_s : u"–"_s;
    }

private Q_SLOTS:
    void whatARoomIsLikeAndWhatSomebodyIsUnder()
    {
        Actor actor;
        actor.user = UserId("ann");
        actor.role = Role::Owner;
        const auto says = [&](Action action, const QByteArray &place, auto change) {
            Object object = objectAt(place, true);
            object.owner = actor.user;
            change(object);
            return can(actor, action, object);
        };
        const auto archived = [](Object &o) { o.isArchived = true; };
        const auto readOnly = [](Object &o) { o.isReadOnly = true; };
        const auto muted = [](Object &o) { o.isMuted = true; };
        const auto banned = [](Object &o) { o.isBanned = true; };
        const auto invited = [](Object &o) { o.isInvited = true; };
        for (const Action action : {Action::MessageSend, Action::MessageEdit, Action::TypingSend}) {
            QVERIFY(!says(action, "G3", archived));
            QVERIFY(!says(action, "G1", readOnly));
            QVERIFY(says(action, "G2", readOnly));
            QVERIFY(!says(action, "G2", muted));
        }
        QVERIFY(says(Action::RoomRead, "G1", archived));
        QVERIFY(!says(Action::RoomJoin, "G0", archived));
        QVERIFY(!says(Action::RoomInvite, "G3", archived));
        QVERIFY(says(Action::RoomExport, "G3", archived));
        QVERIFY(says(Action::RoomRead, "G1", muted));
        QVERIFY(!says(Action::RoomRead, "G0", banned));
        QVERIFY(!says(Action::RoomJoin, "G0", banned));
        QVERIFY(says(Action::RoomJoin, "P0", invited));
        QVERIFY(!says(Action::RoomJoin, "D0", invited));
        QVERIFY(!says(Action::RoomJoin, "P0", [](Object &o) { o.isInvited = o.isBanned = true; }));
        actor.role = Role::Guest;
        QVERIFY(!says(Action::RoomJoin, "P0", invited));
    }

    void everyCombination()
    {
        int checked = 0;
        int granted = 0;
        for (int a = 0; a < actionCount; ++a) {
            for (const Who &who : everyRole) {
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
        QCOMPARE(checked, actionCount * 8 * (1 + 16 * 5) * 2);
        QVERIFY(granted > 0 && granted < checked);
    }

    void everyActionHasARow()
    {
        for (const Action action : allActions()) {
            const bool isThere = std::any_of(std::begin(actionTable), std::end(actionTable),
                                             [action](const Allow &row) { return row.action == action; });
            const bool isElsewhere = action == Action::RoleAssign; // rolesAndOwners()
            QVERIFY2(isThere || isElsewhere,
                     qPrintable(u"%1 is not in tests/permissions/actiontable.h"_s.arg(actionName(action))));
        }
    }

    //! docs/permissions.md shows what is decided. The failure prints the table as it must be.
    void documentIsTrue()
    {
        QFile file(QStringLiteral(ATOM_SOURCE_DIR "/docs/permissions.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        QString table = u"| action | owner | admin | moderator | operator | auditor | member | guest |\n"
                        "|---|---|---|---|---|---|---|---|\n"_s;
        for (const Action action : allActions()) {
            table += u"| "_s + actionName(action);
            for (const char who : QByteArrayView("oampueg"))
                table += u" | "_s + cell(action, who);
            table += u" |\n"_s;
        }
        if (!text.contains(table))
            qInfo().noquote() << table; // whole: a failure's text would be cut
        QVERIFY2(text.contains(table), "the table of docs/permissions.md must be as printed above");
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
        for (const Who &who : everyRole) {
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
