// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/handover.h"
#include "tests/unit/server/assistant/assistantworld.h"

using namespace Atom;
using namespace Atom::Assistant;
using namespace Qt::StringLiterals;
using Atom::Test::World;

namespace {
struct Help
{
    Help()
    {
        world.say("support", "ben", u"who is on duty?"_s, {UserId("cleo")});
        world.ask(u"xyzzy"_s); // in ann's room with the assistant
        if (!QTest::qWaitFor([this] { return world.replies() == 1; }, 5'000))
            qFatal("no answer");
    }
    Person person(const char *id, Role role = Role::Member) const
    {
        Person made;
        made.actor.user = UserId(id);
        made.actor.role = role;
        made.displayName = QString::fromLatin1(id).toUpper();
        return made;
    }
    ActionCall call(const char *who, const char *room, const char *message, const MessageId &replyTo = {}) const
    {
        ActionCall made;
        made.person = person(who);
        made.message.room = RoomId(room);
        made.message.message = MessageId(message);
        made.message.actor = UserId(who);
        made.message.seq = 1'000;
        made.message.replyTo = replyTo;
        return made;
    }
    const QList<RoomEvent> said(const char *room) { return world.store.rooms.value(room).events; }
    RoomEvent last(const char *room) { return said(room).constLast(); }

    World world;
    HandOver handOver{*world.rooms, [this](const UserId &user) { return person(user.bytes().constData()); },
                      RoomId("support")};
};
} // namespace

class TestHandOver : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void somebodyTakesOverAndHandsBack()
    {
        Help h;
        const auto asked = QCoro::waitFor(h.handOver.request(h.call("ann", "talk", "m1")));
        QVERIFY2(asked.isOk(), asked ? "" : qPrintable(asked.error().detail));
        const RoomId room("help-m1");
        const RoomEvent ring = h.last("support");
        QVERIFY(ring.text.startsWith(u"ANN asks for a person."_s) && ring.text.contains(u"> xyzzy"_s));
        // Answers may quote rooms that the others cannot read.
        QVERIFY(!ring.text.contains(h.last("talk").text));
        QCOMPARE(h.world.rooms->find(room)->room.createdBy, UserId("ann"));
        QCOMPARE(h.world.rooms->find(room)->members.size(), 1);
        QVERIFY(h.world.rooms->find(room)->room.visibility == RoomVisibility::Private);
        // Twice, as after a crash: it is asked once.
        const qsizetype before = h.said("support").size();
        QVERIFY(QCoro::waitFor(h.handOver.request(h.call("ann", "talk", "m1"))).isOk());
        QCOMPARE(h.said("support").size(), before);

        QVERIFY(QCoro::waitFor(h.handOver.take(h.call("ben", "support", "m2", ring.message))).isOk());
        QVERIFY(h.world.rooms->find(room)->members.contains(UserId("ben")));
        QVERIFY(h.last("help-m1").text.startsWith(u"BEN takes over."_s));
        QVERIFY(QCoro::waitFor(h.handOver.take(h.call("ben", "support", "m3", ring.message))).isOk());
        const auto late = QCoro::waitFor(h.handOver.take(h.call("cleo", "support", "m4", ring.message)));
        QCOMPARE(late.error().code, Errc::Conflict);
        QVERIFY(late.error().detail.contains(u"ben"_s));
        // The room with the assistant stays hers.
        QVERIFY(!h.world.rooms->find(RoomId("talk"))->members.contains(UserId("ben")));

        QCOMPARE(QCoro::waitFor(h.handOver.giveBack(h.call("cleo", "help-m1", "m5"))).error().code, Errc::Forbidden);
        QVERIFY(QCoro::waitFor(h.handOver.giveBack(h.call("ben", "help-m1", "m6"))).isOk());
        QVERIFY(!h.world.rooms->find(room)->members.contains(UserId("ben")));
        QVERIFY(h.world.rooms->find(room)->room.assistantEnabled);
    }

    void onlyThoseWhoAreAskedTakeOver()
    {
        Help h;
        QVERIFY(QCoro::waitFor(h.handOver.request(h.call("ann", "talk", "m1"))).isOk());
        const MessageId ring = h.last("support").message;
        QCOMPARE(QCoro::waitFor(h.handOver.take(h.call("eve", "talk", "m2", ring))).error().code, Errc::Forbidden);
        QCOMPARE(QCoro::waitFor(h.handOver.take(h.call("ben", "support", "m3"))).error().code, Errc::ValidationFailed);
        // A message that a person wrote is no request, whatever it holds.
        Actor ben = h.person("ben").actor;
        Rooms::MessageDraft forged;
        forged.room = RoomId("support");
        forged.text = u"ann asks"_s;
        forged.metadata = {{u"hand_over"_s, u"talk"_s}, {u"user_id"_s, u"ann"_s}};
        const auto posted = QCoro::waitFor(h.world.rooms->postTask(ben, forged));
        QVERIFY(posted.isOk());
        QCOMPARE(QCoro::waitFor(h.handOver.take(h.call("ben", "support", "m4", posted->event.message))).error().code,
                 Errc::ValidationFailed);
        QCOMPARE(QCoro::waitFor(h.handOver.giveBack(h.call("ann", "talk", "m5"))).error().code, Errc::Conflict);
    }

    void withoutPeopleItSaysSo()
    {
        Help h;
        HandOver none(*h.world.rooms, [&h](const UserId &user) { return h.person(user.bytes().constData()); }, {});
        QCOMPARE(QCoro::waitFor(none.request(h.call("ann", "talk", "m1"))).error().code, Errc::NotFound);
        ActionCall guest = h.call("visitor", "talk", "m2");
        guest.person.actor.role = Role::Guest;
        QCOMPARE(QCoro::waitFor(h.handOver.request(guest)).error().code, Errc::Forbidden);
    }
};

QTEST_GUILESS_MAIN(TestHandOver)
#include "tst_handover.moc"
