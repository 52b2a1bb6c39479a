// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Changes of permissions act on open connections at once. Which frame is allowed to whom: tests/permissions.
#include "tests/unit/server/realtime/chatfixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Test;
using namespace Identity;

namespace {
const RoomId den("den");

Override over(SubjectKind kind, const char *subject, Action action, Effect effect)
{
    Override o;
    o.kind = kind;
    o.subject = subject;
    o.action = action;
    o.effect = effect;
    return o;
}

struct Fixture : ChatFixture
{
    Fixture()
    {
        // "den": private, bob and cat; "pub": public, bob. ann is the owner of the server and in neither.
        roomRepository.addRoom(den, {UserId("bob"), UserId("cat")}, RoomVisibility::Private);
        roomRepository.addRoom(RoomId("pub"), {UserId("bob")});
        start();
    }
    void deny(Action action, Effect effect = Effect::Deny)
    {
        permissions.setOverrides(den, {over(SubjectKind::User, "bob", action, effect)});
        settle();
    }
};
} // namespace

class RealtimePermissionsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whoLosesReadingLeavesTheRoom()
    {
        Fixture f;
        Device &bob = f.signedIn(u"bob"_s);
        Device &cat = f.signedIn(u"cat"_s);
        bob.take();
        cat.take();
        post(f, "cat", "den");
        QCOMPARE(bob.takeTypes(), QStringList{u"chat_message"_s});
        f.deny(Action::RoomRead);
        const QJsonObject left = bob.one();
        QCOMPARE(left.value(u"type"_s).toString(), u"room_left"_s);
        QCOMPARE(left.value(u"room_id"_s).toString(), u"den"_s);
        post(f, "cat", "den");
        QVERIFY(bob.take().isEmpty());
        QVERIFY(!cat.takeTypes().contains(u"room_left"_s));
        // Nor does he come back by asking, on this connection or another.
        bob.send(inRoom("history", u"den"_s));
        QCOMPARE(codeOf(bob.one()), u"forbidden"_s);
        bob.send(inRoom("join_room", u"den"_s));
        QCOMPARE(codeOf(bob.one()), u"forbidden"_s);
        Device &again = f.signedIn(u"bob"_s, resume(u"den"_s, 1));
        const QList<QJsonObject> hello = again.take();
        QVERIFY(!hello.isEmpty());
        for (const QJsonValue &room : hello.constFirst().value(u"rooms"_s).toArray())
            QVERIFY(room[u"id"_s].toString() != u"den"_s);
        QCOMPARE(hello.constLast().value(u"type"_s).toString(), u"room_left"_s);
        // When it is lifted, the room is there again.
        f.deny(Action::RoomRead, Effect::Allow);
        QCOMPARE(bob.takeTypes(), QStringList{u"room_joined"_s});
        post(f, "cat", "den");
        QCOMPARE(bob.takeTypes(), QStringList{u"chat_message"_s});
    }

    void sendingIsDeniedAtOnce()
    {
        Fixture f;
        Device &bob = f.signedIn(u"bob"_s);
        bob.take();
        f.deny(Action::MessageSend);
        QVERIFY(bob.take().isEmpty()); // he still reads
        bob.send(inRoom("chat_message", u"den"_s, {{u"message"_s, u"hi"_s}}));
        QCOMPARE(codeOf(bob.one()), u"forbidden"_s);
    }

    void aChangedRoleEndsTopics()
    {
        Fixture f;
        CustomRole role;
        role.id = RoleId("watcher");
        role.name = u"Watcher"_s;
        role.effects.allow = setOf({Action::MetricsRead});
        f.permissions.setRole(role);
        ChatFixture::must(QCoro::waitFor(f.users.setRole(UserId("bob"), Role::Member, {}, role.id)));
        Device &bob = f.signedIn(u"bob"_s);
        bob.take();
        bob.send(frame("subscribe", {{u"topic"_s, u"metrics"_s}}));
        QCOMPARE(bob.takeTypes(), QStringList{u"subscribed"_s});
        role.effects.allow = {};
        f.permissions.setRole(role);
        const QJsonObject ended = bob.one();
        QCOMPARE(ended.value(u"type"_s).toString(), u"unsubscribed"_s);
        QCOMPARE(ended.value(u"topic"_s).toString(), u"metrics"_s);
        f.server->publish("metrics", {});
        QVERIFY(bob.take().isEmpty());
        // A role that denies reading takes all rooms.
        role.effects.deny = setOf({Action::RoomRead});
        f.permissions.setRole(role);
        QCOMPARE(bob.takeTypes(), (QStringList{u"room_left"_s, u"room_left"_s}));
    }

    void breakGlassFollowsARoomUntilItEnds()
    {
        Fixture f;
        QList<QByteArray> noted;
        QObject::connect(
            f.rooms.get(), &Rooms::RoomService::readUnderGlass, f.rooms.get(),
            [&noted](const Actor &, const RoomId &, const QByteArray &what, qint64, qint64) { noted.append(what); });
        Device &ann = f.signedIn(u"ann"_s);
        Device &bob = f.signedIn(u"bob"_s);
        ann.take();
        bob.take();
        const QJsonObject follow = frame("subscribe", {{u"topic"_s, u"room:den"_s}});
        ann.send(follow);
        QCOMPARE(codeOf(ann.one()), u"not_found"_s);
        f.permissions.openGlass(UserId("ann"), den, f.clock.now() + 60s);
        ann.send(follow);
        QCOMPARE(ann.takeTypes(), QStringList{u"subscribed"_s});
        QVERIFY(noted.contains("live"));
        post(f, "bob", "den");
        QCOMPARE(ann.takeTypes(), QStringList{u"chat_message"_s});
        // She is no member: nobody sees her come, and she cannot speak.
        QVERIFY(!bob.takeTypes().contains(u"user_joined"_s));
        QCOMPARE(f.server->usersInRoom(den), QList<UserId>{UserId("bob")});
        ann.send(inRoom("chat_message", u"den"_s, {{u"message"_s, u"hi"_s}}));
        QCOMPARE(codeOf(ann.one()), u"forbidden"_s);
        f.permissions.closeGlass(UserId("ann"), den);
        QCOMPARE(ann.takeTypes(), QStringList{u"room_left"_s});
        post(f, "bob", "den");
        QVERIFY(ann.take().isEmpty());
    }

    void publicRoomsAreFollowedWithoutJoining()
    {
        Fixture f;
        Device &cat = f.signedIn(u"cat"_s);
        cat.take();
        cat.send(frame("subscribe", {{u"topic"_s, u"room:pub"_s}}));
        QCOMPARE(cat.takeTypes(), QStringList{u"subscribed"_s});
        post(f, "bob", "pub");
        QCOMPARE(cat.takeTypes(), QStringList{u"chat_message"_s});
        QVERIFY(!f.rooms->isMember(UserId("cat"), RoomId("pub")));
        cat.send(frame("unsubscribe", {{u"topic"_s, u"room:pub"_s}}));
        QCOMPARE(cat.takeTypes(), QStringList{u"unsubscribed"_s});
        post(f, "bob", "pub");
        QVERIFY(cat.take().isEmpty());
    }
};

QTEST_GUILESS_MAIN(RealtimePermissionsTest)
#include "tst_realtimepermissions.moc"
