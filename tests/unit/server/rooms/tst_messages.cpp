// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Threads, marks, mentions, counters and former texts: the rules over the real storage, and what a restart leaves.
#include "server/rooms/roomservice.h"
#include "tests/support/memorytraces.h"
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QRegularExpression>

using namespace Atom;
using namespace Atom::Rooms;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

namespace {
Actor person(const QByteArray &name)
{
    Actor actor;
    actor.user = UserId(name);
    actor.role = Role::Member;
    return actor;
}
const RoomId lobby("lobby");
const RoomId fleeting("fleeting");
const Actor ann = person("ann");
const Actor ben = person("ben");
const Actor cleo = person("cleo");
} // namespace

class TestMessages : public QObject
{
    Q_OBJECT

    std::unique_ptr<StorageFixture> f;
    MemoryTraces sink;
    std::unique_ptr<Identity::Permissions> permissions;
    std::unique_ptr<RoomService> rooms;
    QList<std::pair<UserId, RoomId>> told;

    void start()
    {
        permissions = std::make_unique<Identity::Permissions>(f->clock);
        rooms = std::make_unique<RoomService>(f->rooms(), *permissions, sink, f->clock, f->metrics, RoomLimits());
        connect(rooms.get(), &RoomService::countersChanged, this,
                [this](const UserId &user, const RoomId &room) { told.append({user, room}); });
        QVERIFY(QCoro::waitFor(rooms->load()));
    }
    //! `gracefully` false: as after a kill, what was not yet written down is gone.
    void restart(bool gracefully)
    {
        if (gracefully)
            QCoro::waitFor(rooms->close());
        rooms.reset();
        QVERIFY(f->open());
        start();
    }
    void makeRoom(const RoomId &id, RoomPersistence persistence)
    {
        RoomDraft draft;
        draft.id = id;
        draft.members = {ben.user, cleo.user};
        draft.persistence = persistence;
        QVERIFY(QCoro::waitFor(rooms->create(ann, draft)));
    }
    RoomEvent say(const Actor &who, const QString &text, const MessageId &replyTo = {}, const RoomId &room = lobby,
                  bool must = false)
    {
        MessageDraft draft;
        draft.room = room;
        draft.text = text;
        draft.replyTo = replyTo;
        draft.mustAcknowledge = must;
        const auto posted = QCoro::waitFor(rooms->postTask(who, draft));
        return posted ? posted->event : RoomEvent();
    }
    Counters counters(const Actor &who, const RoomId &room = lobby) { return rooms->counters(who.user, room); }
    RoomEvent present(const MessageId &id, const RoomId &room = lobby)
    {
        const auto found = QCoro::waitFor(rooms->message(ann, room, id));
        return found ? *found : RoomEvent();
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        f = std::make_unique<StorageFixture>();
        QVERIFY(f->open());
        start();
        makeRoom(lobby, RoomPersistence::Durable);
        makeRoom(fleeting, RoomPersistence::Ephemeral);
        told.clear();
    }
    void cleanup()
    {
        QCoro::waitFor(rooms->close());
        rooms.reset();
        f.reset();
    }

    void bothKindsOfRooms_data()
    {
        QTest::addColumn<QByteArray>("id");
        QTest::newRow("durable") << lobby.bytes();
        QTest::newRow("ephemeral") << fleeting.bytes();
    }
    void bothKindsOfRooms()
    {
        QFETCH(QByteArray, id);
        const RoomId room(id);
        const RoomEvent first = say(ann, u"first"_s, {}, room, true);
        const MessageId m = first.message;
        // Reactions
        QVERIFY(QCoro::waitFor(rooms->react(ben, room, m, u"\U0001F44D"_s, false))->seq > 0);
        QCOMPARE(QCoro::waitFor(rooms->react(ben, room, m, u"\U0001F44D"_s, false))->seq, 0);
        QVERIFY(QCoro::waitFor(rooms->react(ann, room, m, u"\U0001F44D"_s, false))->seq > 0);
        QVERIFY(QCoro::waitFor(rooms->react(ann, room, m, u":x:"_s, false))->seq > 0);
        QVERIFY(QCoro::waitFor(rooms->react(ann, room, m, u":x:"_s, true))->seq > 0);
        QCOMPARE(QCoro::waitFor(rooms->react(ann, room, m, u":x:"_s, true))->seq, 0);
        QCOMPARE(QCoro::waitFor(rooms->react(ann, room, m, u"a b"_s, false)).error().code, Errc::ValidationFailed);
        QCOMPARE(QCoro::waitFor(rooms->react(ann, room, MessageId("none"), u"x"_s, false)).error().code, Errc::NotFound);
        // Pins
        QVERIFY(QCoro::waitFor(rooms->pin(ben, room, m, false))->seq > 0);
        QCOMPARE(QCoro::waitFor(rooms->pin(ann, room, m, false))->seq, 0);
        QCOMPARE(QCoro::waitFor(rooms->pins(ann, room))->size(), 1);
        // Acknowledgements
        QVERIFY(QCoro::waitFor(rooms->acknowledge(cleo, room, m))->seq > 0);
        QCOMPARE(QCoro::waitFor(rooms->acknowledge(cleo, room, m))->seq, 0);
        const RoomEvent plain = say(ann, u"plain"_s, {}, room);
        QCOMPARE(QCoro::waitFor(rooms->acknowledge(cleo, room, plain.message)).error().code, Errc::Conflict);
        // Threads: a reply to a reply belongs to the first message
        const RoomEvent reply = say(ben, u"re"_s, m, room);
        QCOMPARE(reply.threadRoot, m);
        const RoomEvent deeper = say(cleo, u"re re"_s, reply.message, room);
        QCOMPARE(deeper.threadRoot, m);
        const auto thread = QCoro::waitFor(rooms->thread(ann, room, m, 0, 10));
        QCOMPARE(thread->events.size(), 2);
        QCOMPARE(QCoro::waitFor(rooms->thread(ann, room, m, reply.seq, 10))->events.size(), 1);

        const RoomEvent now = present(m, room);
        QCOMPARE(now.marks.reactions, (QMap<QString, QList<UserId>>{{u"\U0001F44D"_s, {ann.user, ben.user}}}));
        QCOMPARE(now.marks.pinnedBy, ben.user);
        QCOMPARE(now.marks.acknowledgedBy, QList<UserId>{cleo.user});
        QCOMPARE(now.marks.replies, 2);
        QCOMPARE(now.marks.lastReplySeq, deeper.seq);
        QVERIFY(now.mustAcknowledge);
        // History shows the same.
        const auto page = QCoro::waitFor(rooms->history(ann, room, 0, 0, 200));
        for (const RoomEvent &event : page->events) {
            if (event.message == m && event.kind == RoomEventKind::Message)
                QCOMPARE(event.marks, now.marks);
        }
        QCOMPARE(QCoro::waitFor(rooms->locate(ben, m))->room, room);

        // A deletion takes them all.
        const auto gone = QCoro::waitFor(rooms->remove(ann, room, m, u"not so"_s));
        QCOMPARE(gone->text, u"not so"_s);
        QCOMPARE(present(m, room).marks.reactions.size(), 0);
        QVERIFY(present(m, room).marks.pinnedBy.isEmpty());
        QVERIFY(QCoro::waitFor(rooms->pins(ann, room))->isEmpty());
        QCOMPARE(QCoro::waitFor(rooms->react(ben, room, m, u"x"_s, false)).error().code, Errc::Conflict);
        QCOMPARE(QCoro::waitFor(rooms->pin(ben, room, m, false)).error().code, Errc::Conflict);
    }

    void reactionsAreBounded()
    {
        const MessageId m = say(ann, u"popular"_s).message;
        for (int i = 0; i < MarkLimits::reactionKinds; ++i)
            QVERIFY(QCoro::waitFor(rooms->react(ben, lobby, m, QString::number(i), false)));
        QCOMPARE(QCoro::waitFor(rooms->react(ben, lobby, m, u"more"_s, false)).error().code, Errc::Conflict);
        QVERIFY(QCoro::waitFor(rooms->react(ann, lobby, m, u"7"_s, false))); // a known one still fits
    }

    void formerTextsStayUntilTheDeletion()
    {
        const MessageId m = say(ann, u"one"_s).message;
        QVERIFY(QCoro::waitFor(rooms->edit(ann, lobby, m, u"two"_s)));
        QVERIFY(QCoro::waitFor(rooms->edit(ann, lobby, m, u"three"_s)));
        auto versions = QCoro::waitFor(rooms->versions(ben, lobby, m));
        QStringList texts;
        for (const MessageVersion &version : *versions)
            texts.append(version.text);
        QCOMPARE(texts, (QStringList{u"one"_s, u"two"_s, u"three"_s}));
        QVERIFY(QCoro::waitFor(rooms->remove(ann, lobby, m)));
        versions = QCoro::waitFor(rooms->versions(ben, lobby, m));
        QVERIFY(versions->isEmpty());
        QCOMPARE(QCoro::waitFor(rooms->versions(person("stranger"), RoomId("none"), m)).error().code, Errc::NotFound);
    }

    void countersMoveWithoutWorkForEachMember()
    {
        say(ann, u"1"_s);
        const RoomEvent second = say(ann, u"2 @ben"_s);
        say(ann, u"3 @room"_s);
        QCOMPARE(counters(ann).unread, 0); // own messages are not news
        QCOMPARE(counters(ben).unread, 3);
        QCOMPARE(counters(ben).mentions, 2);
        QCOMPARE(counters(cleo).mentions, 1);
        QCOMPARE(told, (QList<std::pair<UserId, RoomId>>{{ben.user, lobby}}));
        QVERIFY(QCoro::waitFor(rooms->markRead(ben, lobby, second.seq)));
        QCOMPARE(counters(ben).unread, 1);
        QCOMPARE(counters(ben).mentions, 1);
        // Sending says that one has seen what stands there.
        say(cleo, u"4"_s);
        QCOMPARE(counters(cleo).unread, 0);
        QCOMPARE(counters(ben).unread, 2);
        // Private: back again, and nobody else sees it.
        const qint64 read = rooms->find(lobby)->members.value(ben.user).readUpTo;
        const auto moved = QCoro::waitFor(rooms->markUnread(ben, lobby, second.seq));
        QCOMPARE(moved->unread, 3);
        QCOMPARE(moved->mentions, 2);
        QCOMPARE(rooms->find(lobby)->members.value(ben.user).readUpTo, read);
        // Reading again up to where the others know already.
        QCOMPARE(QCoro::waitFor(rooms->markRead(ben, lobby, read))->seq, 0);
        QCOMPARE(counters(ben).unread, 2);
        // A mention that was deleted counts no more.
        const RoomEvent again = say(ann, u"@ben"_s);
        QCOMPARE(counters(ben).mentions, 2);
        QVERIFY(QCoro::waitFor(rooms->remove(ann, lobby, again.message)));
        QCOMPARE(counters(ben).mentions, 1);
    }

    void countersSurvive_data()
    {
        QTest::addColumn<bool>("gracefully");
        QTest::newRow("a stop") << true;
        QTest::newRow("a kill") << false;
    }
    void countersSurvive()
    {
        QFETCH(bool, gracefully);
        say(ann, u"1"_s);
        const RoomEvent second = say(ann, u"2 @ben"_s);
        say(cleo, u"3"_s);
        say(ann, u"4 @room"_s);
        QVERIFY(QCoro::waitFor(rooms->markRead(ben, lobby, second.seq)));
        say(cleo, u"5"_s);
        QVERIFY(QCoro::waitFor(rooms->markUnread(cleo, lobby, second.seq)));
        QHash<QByteArray, Counters> before;
        for (const Actor &who : {ann, ben, cleo})
            before.insert(who.user.bytes(), counters(who));
        restart(gracefully);
        for (const Actor &who : {ann, ben, cleo}) {
            const Counters now = counters(who);
            QCOMPARE(now.unread, before[who.user.bytes()].unread);
            QCOMPARE(now.mentions, before[who.user.bytes()].mentions);
            QCOMPARE(now.seenUpTo, before[who.user.bytes()].seenUpTo);
        }
        QCOMPARE(counters(cleo).unread, 2); // her own messages behind the mark are not new to her
        // And it goes on from there.
        say(cleo, u"6"_s);
        QCOMPARE(counters(cleo).unread, 0);
        restart(false);
        QCOMPARE(counters(cleo).unread, 0);
        QCOMPARE(counters(ann).unread, 2);
    }

    void keywordsAreMentionsOfTheirUserOnly()
    {
        rooms->setKeywords(ben.user, {u"deploy"_s});
        const RoomEvent event = say(ann, u"the Deploy failed"_s);
        QVERIFY(event.mentions.isEmpty()); // it is private that ben listens
        QCOMPARE(counters(ben).mentions, 1);
        QCOMPARE(counters(cleo).mentions, 0);
        QCOMPARE(QCoro::waitFor(rooms->mentions(ben, 10))->size(), 1);
        QVERIFY(QCoro::waitFor(rooms->mentions(cleo, 10))->isEmpty());
        rooms->setKeywords(ben.user, {});
        say(ann, u"deploy"_s);
        QCOMPARE(counters(ben).mentions, 1);
    }

    void whatWasSaidBeforeIsNotNewToWhoJoins()
    {
        say(ann, u"1"_s);
        const Actor dora = person("dora");
        QVERIFY(QCoro::waitFor(rooms->join(dora, lobby)));
        QCOMPARE(counters(dora).unread, 0);
        say(ann, u"2"_s);
        QCOMPARE(counters(dora).unread, 1);
        restart(false);
        QCOMPARE(counters(dora).unread, 1);
    }
};

QTEST_GUILESS_MAIN(TestMessages)
#include "tst_messages.moc"
