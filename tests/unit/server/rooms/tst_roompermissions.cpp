// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/rooms/permissionworld.h"

#include <QtCore/QJsonArray>

using namespace Atom;
using namespace Atom::Identity;
using namespace Atom::Rooms;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

namespace {
QStringList pointersOf(const Error &error)
{
    QStringList pointers;
    for (const FieldError &field : error.fields)
        pointers.append(field.pointer);
    return pointers;
}
constexpr auto over = &PermissionWorld::over;
} // namespace

class TestRoomPermissions : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aReadOnlyRoomWithOneSpeaker()
    {
        PermissionWorld w;
        const auto changed =
            w.change("mia", "lobby", {over(SubjectKind::Position, "member", Action::MessageSend, Effect::Deny)});
        QVERIFY(changed.isOk());
        QCOMPARE(changed->size(), 1);
        QCOMPARE(changed->constFirst().setBy, UserId("mia"));
        MessageDraft draft;
        draft.room = RoomId("lobby");
        draft.text = u"hi"_s;
        QCOMPARE(QCoro::waitFor(w.rooms->postTask(w.as("ned"), draft)).error().code, Errc::Forbidden);
        QVERIFY(QCoro::waitFor(w.rooms->postTask(w.as("mia"), draft)).isOk());
        QCOMPARE(w.repository.acts(), QByteArrayList{"room.permissions_changed"});
        const auto lifted =
            w.change("mia", "lobby", {over(SubjectKind::Position, "member", Action::MessageSend, Effect::None)});
        QVERIFY(lifted.isOk() && lifted->isEmpty());
        QCOMPARE(w.repository.audits.constLast().before.value(u"overrides"_s).toArray().size(), 1);
        QVERIFY(QCoro::waitFor(w.rooms->postTask(w.as("ned"), draft)).isOk());
    }

    void ownersCannotBeDenied()
    {
        PermissionWorld w;
        const auto refused = w.change("adam", "lobby",
                                      {over(SubjectKind::User, "mia", Action::MessageSend, Effect::Deny),
                                       over(SubjectKind::User, "olga", Action::RoomRead, Effect::Deny),
                                       over(SubjectKind::Position, "owner", Action::RoomRead, Effect::Deny),
                                       over(SubjectKind::Role, "owner", Action::RoomRead, Effect::Deny),
                                       over(SubjectKind::Role, "no-such", Action::RoomRead, Effect::Deny),
                                       over(SubjectKind::Position, "boss", Action::RoomRead, Effect::Deny),
                                       over(SubjectKind::User, "ned", Action::RoomLeave, Effect::Deny),
                                       over(SubjectKind::User, "ned", Action::ConfigRead, Effect::Allow),
                                       over(SubjectKind::User, "uma", Action::BreakGlassOpen, Effect::Deny)});
        QCOMPARE(refused.error().code, Errc::ValidationFailed);
        QCOMPARE(pointersOf(refused.error()),
                 (QStringList{u"/changes/0/subject"_s, u"/changes/1/subject"_s, u"/changes/2/subject"_s,
                              u"/changes/3/subject"_s, u"/changes/4/subject"_s, u"/changes/5/subject"_s,
                              u"/changes/6/action"_s, u"/changes/7/action"_s, u"/changes/8/action"_s}));
        QVERIFY(w.permissions.overridesIn(RoomId("lobby")).isEmpty());
    }

    void whoMayAndWhatHeMayGive()
    {
        PermissionWorld w;
        const QList<Override> deny{over(SubjectKind::User, "zed", Action::MessageSend, Effect::Deny)};
        QCOMPARE(w.change("ned", "lobby", deny).error().code, Errc::Forbidden);
        QCOMPARE(w.change("uma", "board", deny).error().code, Errc::Forbidden); // knows of it, to read
        QCOMPARE(w.change("guest", "board", deny).error().code, Errc::NotFound);
        QVERIFY(w.change("adam", "board", deny).isOk());
        // Ned may arrange the room from now on, but not hand on what he does not have himself.
        QVERIFY(w.change("mia", "lobby",
                         {over(SubjectKind::User, "ned", Action::RoomPermissionsManage, Effect::Allow),
                          over(SubjectKind::Role, "moderator", Action::TypingSend, Effect::Deny),
                          over(SubjectKind::User, "ned", Action::TypingSend, Effect::Deny)}));
        QVERIFY(w.change("ned", "lobby", deny).isOk());
        QCOMPARE(w.change("ned", "lobby", {over(SubjectKind::User, "zed", Action::RoomManageMembers, Effect::Allow)})
                     .error()
                     .code,
                 Errc::Forbidden);
        // To lift what is denied to him is giving as well.
        QCOMPARE(
            w.change("ned", "lobby", {over(SubjectKind::User, "ned", Action::TypingSend, Effect::None)}).error().code,
            Errc::Forbidden);
        QVERIFY(w.service->overrides(w.as("uma"), RoomId("board")).isOk());
        QCOMPARE(w.service->overrides(w.as("guest"), RoomId("lobby")).error().code, Errc::Unauthenticated);
    }

    void explainsInWords()
    {
        PermissionWorld w;
        QVERIFY(w.change("mia", "board", {over(SubjectKind::Role, "member", Action::MessageSend, Effect::Deny)}));
        Question question;
        question.user = UserId("ned");
        question.action = Action::MessageSend;
        question.room = RoomId("board");
        const auto why = w.service->explain(w.as("ned"), question);
        QVERIFY(why.isOk() && !why->decision.allowed);
        QCOMPARE(why->steps.size(), 1);
        QCOMPARE(why->steps.constFirst().level, u"explicit"_s);
        QVERIFY(w.service->explain(w.as("uma"), question).isOk());
        QVERIFY(w.service->explain(w.as("mia"), question).isOk()); // arranges the room
        question.room = RoomId("lobby");
        question.user = UserId("mia");
        QCOMPARE(w.service->explain(w.as("ned"), question).error().code, Errc::Forbidden);
        question.user = UserId("guest");
        question.room = RoomId("board");
        QCOMPARE(w.service->explain(w.as("guest"), question).error().code, Errc::NotFound);
    }

    void simulatesBeforeSaving()
    {
        PermissionWorld w;
        CustomRole role;
        role.id = RoleId("speaker");
        role.name = u"Speaker"_s;
        w.permissions.setRole(role);
        QVERIFY(QCoro::waitFor(w.users.setRole(UserId("ned"), Role::Member, {}, role.id)).isOk());

        PermissionDraft draft;
        draft.role = role;
        draft.role->effects.allow = setOf({Action::MetricsRead});
        draft.role->effects.deny = setOf({Action::MessageSend});
        auto changed = w.service->simulate(w.as("olga"), draft, 100);
        QVERIFY(changed.isOk() && changed->isComplete);
        QStringList found;
        for (const ChangedDecision &one : changed->list)
            found.append(u"%1 %2 %3 %4"_s.arg(one.user.toString(), one.room.toString(), actionName(one.action))
                             .arg(one.allowed));
        QCOMPARE(found,
                 (QStringList{u"ned  MetricsRead 1"_s, u"ned board MessageSend 0"_s, u"ned lobby MessageSend 0"_s}));
        QVERIFY(w.permissions.can(w.as("ned"), Action::MessageSend,
                                  w.rooms->objectFor(w.as("ned"), *w.rooms->find(RoomId("lobby"))))); // still
        changed = w.service->simulate(w.as("olga"), draft, 2);
        QVERIFY(changed.isOk() && !changed->isComplete);
        QCOMPARE(changed->list.size(), 2);

        PermissionDraft inRoom;
        inRoom.room = RoomId("board");
        inRoom.overrides = {over(SubjectKind::User, "ned", Action::RoomRead, Effect::Deny)};
        changed = w.service->simulate(w.as("mia"), inRoom, 100);
        QVERIFY(changed.isOk());
        QVERIFY(changed->list.size() > 3); // reading, and with it everything else in the room
        for (const ChangedDecision &one : changed->list)
            QVERIFY(one.user == UserId("ned") && one.room == RoomId("board") && !one.allowed);
        QCOMPARE(w.service->simulate(w.as("ned"), inRoom, 100).error().code, Errc::Forbidden); // could not save it

        PermissionDraft promotion;
        promotion.user = UserId("ned");
        promotion.give = Role::Operator;
        changed = w.service->simulate(w.as("adam"), promotion, 100);
        QVERIFY(changed.isOk());
        const auto gains = [&changed](Action action) {
            return std::any_of(changed->list.cbegin(), changed->list.cend(),
                               [action](const ChangedDecision &one) { return one.action == action && one.allowed; });
        };
        QVERIFY(gains(Action::MetricsRead) && !gains(Action::UserManage));

        Question question;
        question.user = UserId("ned");
        question.action = Action::MessageSend;
        question.room = RoomId("lobby");
        const auto after = w.service->explainAfter(w.as("olga"), question, draft);
        QVERIFY(after.isOk() && !after->decision.allowed);
        QVERIFY(w.service->explain(w.as("olga"), question)->decision.allowed);
    }
};

QTEST_GUILESS_MAIN(TestRoomPermissions)
#include "tst_roompermissions.moc"
