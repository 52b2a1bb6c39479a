// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/messagerules.h"
#include "server/rooms/roomservice.h"
#include "tests/support/memorytraces.h"
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QRegularExpression>

using namespace Atom;
using namespace Atom::Rooms;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

namespace {
Actor person(const QByteArray &name, Role role = Role::Member)
{
    Actor actor;
    actor.user = UserId(name);
    actor.role = role;
    actor.device = DeviceId("device-of-" + name);
    return actor;
}

const RoomId lobby("lobby");
const Actor alice = person("alice");
const Actor bob = person("bob");
const Actor carol = person("carol");
const Actor guest = person("gast", Role::Guest);
} // namespace

class TestRoomService : public QObject
{
    Q_OBJECT

    StorageFixture *f = nullptr;
    Test::MemoryTraces sink;
    std::unique_ptr<Identity::Permissions> permissions;
    std::unique_ptr<RoomService> rooms;
    RoomLimits limits;
    QList<RoomEvent> events;
    QList<DeviceId> origins;
    QList<RoomEvent> turns;

    void start()
    {
        permissions = std::make_unique<Identity::Permissions>(f->clock);
        rooms = std::make_unique<RoomService>(f->rooms(), *permissions, sink, f->clock, f->metrics, limits);
        connect(rooms.get(), &RoomService::eventCommitted, this,
                [this](const RoomEvent &event, const DeviceId &origin) {
                    QVERIFY(rooms->find(event.room)->room.lastSeq >= event.seq); // memory knows before the listeners
                    events.append(event);
                    origins.append(origin);
                });
        connect(rooms.get(), &RoomService::assistantTurnDue, this,
                [this](const RoomEvent &message, const Actor &) { turns.append(message); });
        QVERIFY(QCoro::waitFor(rooms->load()));
    }
    void stop()
    {
        if (rooms)
            QCoro::waitFor(rooms->close());
        rooms.reset();
    }
    void restart()
    {
        stop();
        QVERIFY(f->open());
        start();
    }
    Result<Room> create(const Actor &actor, RoomId id, RoomVisibility visibility = RoomVisibility::Public,
                        const QList<UserId> &members = {}, RoomPersistence persistence = RoomPersistence::Durable)
    {
        RoomDraft draft;
        draft.id = std::move(id);
        draft.name = u"A room"_s;
        draft.visibility = visibility;
        draft.members = members;
        draft.persistence = persistence;
        return QCoro::waitFor(rooms->create(actor, draft));
    }
    static MessageDraft text(const RoomId &room, const QString &body, const QByteArray &clientId = {})
    {
        MessageDraft draft;
        draft.room = room;
        draft.text = body;
        draft.clientId = clientId;
        return draft;
    }
    Result<Appended> post(const Actor &actor, MessageDraft draft)
    {
        return QCoro::waitFor(rooms->postTask(actor, std::move(draft)));
    }
    Errc codeOf(const Actor &actor, MessageDraft draft)
    {
        const Result<Appended> result = post(actor, std::move(draft));
        return result ? Errc::Cancelled : result.error().code;
    }
    QList<RoomEvent> history(const Actor &actor, const RoomId &room)
    {
        const auto page = QCoro::waitFor(rooms->history(actor, room, 0, 0, 200));
        return page ? page->events : QList<RoomEvent>();
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        f = new StorageFixture;
        QVERIFY(f->open());
        limits = {};
        sink.passages.clear();
        start();
        QVERIFY(create(alice, lobby));
        events.clear();
        origins.clear();
        turns.clear();
    }
    void cleanup()
    {
        stop();
        delete f;
    }

    void creatingAndListing()
    {
        QVERIFY(create(bob, RoomId("b"), RoomVisibility::Private, {carol.user}));
        QCOMPARE(events.size(), 2);
        QCOMPARE(rooms->roomCount(), 2);
        QCOMPARE(rooms->visibleTo(alice).size(), 1);
        QCOMPARE(rooms->visibleTo(carol).size(), 2);
        QCOMPARE(rooms->roomsOf(carol.user), (QList<RoomId>{RoomId("b")}));
        QCOMPARE(rooms->members(carol, RoomId("b"))->at(0).role, MemberRole::Owner);
        QCOMPARE(create(carol, lobby).error().code, Errc::Conflict);
        QCOMPARE(create(guest, RoomId("g")).error().code, Errc::Unauthenticated);
        QCOMPARE(create(alice, RoomId("with space")).error().code, Errc::ValidationFailed);
        QCOMPARE(create(alice, RoomId("direct-x")).error().code, Errc::ValidationFailed);
        const auto generated = create(alice, {});
        QCOMPARE(generated->id.bytes().size(), 36);
        QCOMPARE(generated->memberCount, 1);
        QCOMPARE(generated->lastSeq, 1);
    }

    void limitsWhatIsWritten()
    {
        stop();
        limits.post.user = {1, 3};
        limits.post.duplicates = 2;
        start();
        QVERIFY(post(alice, text(lobby, u"the same text"_s)));
        QVERIFY(post(alice, text(lobby, u"the same text"_s)));
        QCOMPARE(codeOf(alice, text(lobby, u"the same text"_s)), Errc::RateLimited);
        const Result<Appended> refused = post(alice, text(lobby, u"another text"_s));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Errc::RateLimited);
        QCOMPARE(refused.error().retryAfter, std::optional(seconds(1)));
        f->clock.advance(seconds(1));
        QVERIFY(post(alice, text(lobby, u"another text"_s)));
        QCOMPARE(events.size(), 3); // what was refused was not stored
    }

    void missingAndForeignRoomsLookTheSame()
    {
        QVERIFY(create(bob, RoomId("secret"), RoomVisibility::Private));
        const Actor admin = person("root", Role::Owner);
        for (const Actor &actor : {alice, admin, guest}) {
            for (const RoomId &id : {RoomId("secret"), RoomId("missing")}) {
                QList<Error> errors;
                errors << rooms->room(actor, id).error() << rooms->members(actor, id).error()
                       << post(actor, text(id, u"x"_s)).error() << QCoro::waitFor(rooms->join(actor, id)).error()
                       << QCoro::waitFor(rooms->leave(actor, id)).error()
                       << QCoro::waitFor(rooms->addMember(actor, id, actor.user, MemberRole::Member)).error()
                       << QCoro::waitFor(rooms->history(actor, id, 0, 0, 10)).error()
                       << QCoro::waitFor(rooms->markRead(actor, id, 1)).error()
                       << QCoro::waitFor(rooms->edit(actor, id, MessageId("m"), u"x"_s)).error()
                       << QCoro::waitFor(rooms->remove(actor, id, MessageId("m"))).error();
                for (const Error &error : std::as_const(errors))
                    QCOMPARE(error, errors.constFirst());
                QCOMPARE(errors.constFirst().code, Errc::NotFound);
            }
        }
    }

    void joiningAndLeaving()
    {
        QCOMPARE(codeOf(bob, text(lobby, u"x"_s)), Errc::Forbidden);
        const auto joined = QCoro::waitFor(rooms->join(bob, lobby));
        QCOMPARE(joined->memberCount, 2);
        QVERIFY(QCoro::waitFor(rooms->join(bob, lobby)));
        QVERIFY(QCoro::waitFor(rooms->join(guest, lobby)));
        QCOMPARE(events.size(), 2);                   // joining again is no event
        QCOMPARE(rooms->find(lobby)->room.id, lobby); // what is returned is a copy
        QCOMPARE(rooms->find(lobby)->room.name, u"A room"_s);
        QCOMPARE(origins.constFirst(), bob.device);
        QVERIFY(post(guest, text(lobby, u"hello"_s)));
        QVERIFY(QCoro::waitFor(rooms->leave(guest, lobby)));
        QVERIFY(!rooms->isMember(guest.user, lobby));
        QVERIFY(rooms->roomsOf(guest.user).isEmpty());
        QCOMPARE(QCoro::waitFor(rooms->leave(bob, RoomId("missing"))).error().code, Errc::NotFound);
        // Two joins at once are one.
        auto one = rooms->join(carol, lobby);
        auto two = rooms->join(carol, lobby);
        QVERIFY(QCoro::waitFor(one));
        QVERIFY(QCoro::waitFor(two));
        QCOMPARE(
            std::count_if(events.cbegin(), events.cend(), [](const RoomEvent &e) { return e.actor == carol.user; }), 1);
        restart();
        QVERIFY(rooms->isMember(bob.user, lobby));
        QVERIFY(!rooms->isMember(guest.user, lobby));
    }

    void aModeratorInheritsTheRoomBeforeOlderMembers()
    {
        for (const RoomPersistence kind : {RoomPersistence::Durable, RoomPersistence::Ephemeral}) {
            RoomDraft draft;
            draft.id = RoomId(kind == RoomPersistence::Durable ? "lasting" : "passing");
            draft.persistence = kind;
            QVERIFY(QCoro::waitFor(rooms->create(alice, draft)).isOk());
            QVERIFY(QCoro::waitFor(rooms->join(carol, draft.id)));
            f->clock.advance(seconds(1));
            QVERIFY(QCoro::waitFor(rooms->addMember(alice, draft.id, bob.user, MemberRole::Moderator)).isOk());
            QVERIFY(QCoro::waitFor(rooms->leave(alice, draft.id)));
            QCOMPARE(rooms->find(draft.id)->members.value(bob.user).role, MemberRole::Owner);
            QCOMPARE(rooms->find(draft.id)->members.value(carol.user).role, MemberRole::Member);
        }
    }

    void theOldestMemberInheritsTheRoom()
    {
        f->clock.advance(seconds(1));
        QVERIFY(QCoro::waitFor(rooms->join(carol, lobby)));
        f->clock.advance(seconds(1));
        QVERIFY(QCoro::waitFor(rooms->join(bob, lobby)));
        QVERIFY(QCoro::waitFor(rooms->leave(alice, lobby)));
        QCOMPARE(rooms->find(lobby)->members.value(carol.user).role, MemberRole::Owner);
        QCOMPARE(rooms->find(lobby)->members.value(bob.user).role, MemberRole::Member);
        restart();
        QCOMPARE(rooms->find(lobby)->members.value(carol.user).role, MemberRole::Owner);
    }

    void managingMembers()
    {
        const auto add = [this](const Actor &actor, const Actor &who, MemberRole role) {
            return QCoro::waitFor(rooms->addMember(actor, lobby, who.user, role));
        };
        const auto removed = [this](const Actor &actor, const Actor &who) {
            return QCoro::waitFor(rooms->removeMember(actor, lobby, who.user));
        };
        QCOMPARE(add(bob, bob, MemberRole::Member).error().code, Errc::Forbidden);
        QCOMPARE(add(alice, bob, MemberRole::Moderator)->role, MemberRole::Moderator);
        QCOMPARE(add(alice, bob, MemberRole::Moderator)->role, MemberRole::Moderator);
        QCOMPARE(add(alice, bob, MemberRole::Member).error().code, Errc::Conflict);
        QCOMPARE(add(bob, carol, MemberRole::Owner).error().code, Errc::Forbidden);
        QCOMPARE(add(bob, carol, MemberRole::Member)->user, carol.user);
        QCOMPARE(removed(bob, alice).error().code, Errc::Forbidden);
        QCOMPARE(removed(carol, bob).error().code, Errc::Forbidden);
        QCOMPARE(removed(bob, guest).error().code, Errc::NotFound);
        QVERIFY(removed(bob, carol));
        QCOMPARE(events.constLast().metadata.value("removed_by"_L1).toString(), u"bob"_s);
        QVERIFY(removed(bob, bob)); // oneself
        QCOMPARE(rooms->find(lobby)->members.size(), 1);
    }

    void limitsHold()
    {
        stop();
        limits.roomsPerUser = 2;
        limits.membersPerRoom = 2;
        limits.rooms = 3;
        start();
        QVERIFY(create(alice, RoomId("second")));
        QCOMPARE(create(alice, RoomId("third")).error().code, Errc::Conflict);
        QVERIFY(QCoro::waitFor(rooms->join(bob, lobby)));
        QCOMPARE(QCoro::waitFor(rooms->join(carol, lobby)).error().code, Errc::Conflict);
        QVERIFY(create(bob, RoomId("third")));
        QCOMPARE(create(carol, RoomId("fourth")).error().code, Errc::Conflict);
    }

    void directRoomsAreOnePerPair()
    {
        RoomDraft draft;
        draft.kind = RoomKind::Direct;
        draft.members = {bob.user};
        auto first = rooms->create(alice, draft);
        draft.members = {alice.user};
        auto second = rooms->create(bob, draft); // both at once
        const Result<Room> one = QCoro::waitFor(first);
        const Result<Room> two = QCoro::waitFor(second);
        QVERIFY(one);
        QVERIFY(two);
        QCOMPARE(one->id.bytes(), two->id.bytes());
        QCOMPARE(rooms->find(one->id)->room.id, one->id);
        QCOMPARE(one->kind, RoomKind::Direct);
        QCOMPARE(one->memberCount, 2);
        QVERIFY(rooms->visibleTo(carol).size() == 1);
        QVERIFY(post(alice, text(one->id, u"hi"_s)));
        QVERIFY(QCoro::waitFor(rooms->leave(bob, one->id)));
        const Result<Room> again = QCoro::waitFor(rooms->create(alice, [] {
            RoomDraft d;
            d.kind = RoomKind::Direct;
            d.members = {bob.user};
            return d;
        }()));
        QCOMPARE(again->id, one->id);
        QVERIFY(rooms->isMember(bob.user, one->id));
        draft.members = {bob.user, carol.user};
        QCOMPARE(QCoro::waitFor(rooms->create(alice, draft)).error().code, Errc::ValidationFailed);
        draft.members = {alice.user};
        QCOMPARE(QCoro::waitFor(rooms->create(alice, draft)).error().code, Errc::ValidationFailed);
    }

    void assistantRooms()
    {
        RoomDraft draft;
        draft.kind = RoomKind::Assistant;
        const auto room = QCoro::waitFor(rooms->create(guest, draft)); // everybody may talk with it
        QVERIFY(room);
        QVERIFY(room->assistantEnabled);
        QCOMPARE(room->visibility, RoomVisibility::Private);
        QVERIFY(rooms->isMember(assistantUser(), room->id));
        QVERIFY(post(guest, text(room->id, u"hello"_s)));
        QCOMPARE(turns.size(), 1);
        MessageDraft reply = text(room->id, u"hello @assistant"_s, "reply:1");
        reply.messageType = u"assistant"_s;
        QVERIFY(post(internalActor(assistantUser()), reply));
        QCOMPARE(turns.size(), 1); // it does not answer itself
        QCOMPARE(codeOf(carol, text(room->id, u"x"_s)), Errc::NotFound);
    }

    void joiningMayCreate()
    {
        QCOMPARE(QCoro::waitFor(rooms->join(guest, RoomId("new"))).error().code, Errc::NotFound);
        stop();
        limits.createOnJoin = true;
        start();
        auto one = rooms->join(guest, RoomId("new"));
        auto two = rooms->join(bob, RoomId("new"));
        QVERIFY(QCoro::waitFor(one));
        QVERIFY(QCoro::waitFor(two));
        QCOMPARE(rooms->find(RoomId("new"))->members.size(), 2);
        QCOMPARE(rooms->find(RoomId("new"))->members.value(guest.user).role, MemberRole::Member);
        QVERIFY(QCoro::waitFor(rooms->join(bob, RoomId("mine"))));
        QCOMPARE(rooms->find(RoomId("mine"))->members.value(bob.user).role, MemberRole::Owner);
        QCOMPARE(QCoro::waitFor(rooms->join(bob, RoomId("bad id"))).error().code, Errc::NotFound);
    }

    void badMessagesAreRefused_data()
    {
        QTest::addColumn<MessageDraft>("draft");
        QTest::addColumn<Errc>("code");
        QTest::addColumn<QString>("pointer");
        MessageDraft d = text(lobby, {});
        QTest::newRow("empty") << d << Errc::ValidationFailed << u"/message"_s;
        d.text = u" \n\t\u3000"_s;
        QTest::newRow("blanks") << d << Errc::ValidationFailed << u"/message"_s;
        d.text = u"a\0b"_s;
        QTest::newRow("NUL") << d << Errc::ValidationFailed << u"/message"_s;
        d.text = QString(32 * 1024 + 1, u'a');
        QTest::newRow("too long") << d << Errc::PayloadTooLarge << u"/message"_s;
        d.text = QString(16 * 1024 + 1, u'ä');
        QTest::newRow("too long in bytes") << d << Errc::PayloadTooLarge << u"/message"_s;
        d = text(lobby, u"x"_s, QByteArray(129, 'a'));
        QTest::newRow("client id too long") << d << Errc::ValidationFailed << u"/client_id"_s;
        d.clientId = "\xff";
        QTest::newRow("client id not UTF-8") << d << Errc::ValidationFailed << u"/client_id"_s;
        d = text(lobby, u"x"_s);
        d.messageType = u"system"_s;
        QTest::newRow("type of the system") << d << Errc::ValidationFailed << u"/message_type"_s;
        d.messageType = u"other"_s;
        QTest::newRow("unknown type") << d << Errc::ValidationFailed << u"/message_type"_s;
        d = text(lobby, u"x"_s);
        d.metadata = {{u"k"_s, QString(9000, u'a')}};
        QTest::newRow("metadata too large") << d << Errc::PayloadTooLarge << u"/metadata"_s;
        d = text(lobby, u"x"_s);
        d.replyTo = MessageId("not/an/id");
        QTest::newRow("reply to nonsense") << d << Errc::ValidationFailed << u"/reply_to"_s;
        d.replyTo = MessageId("unknown");
        QTest::newRow("reply to nothing") << d << Errc::ValidationFailed << u"/reply_to"_s;
    }
    void badMessagesAreRefused()
    {
        QFETCH(MessageDraft, draft);
        QFETCH(Errc, code);
        QFETCH(QString, pointer);
        const Result<Appended> result = post(alice, draft);
        QVERIFY(!result);
        QCOMPARE(result.error().code, code);
        QCOMPARE(result.error().fields.value(0).pointer, pointer);
        QVERIFY(events.isEmpty());
        QVERIFY(post(alice, text(lobby, QString(16 * 1024, u'ä')))); // the longest that fits
    }

    void postingCommitsThenTells()
    {
        bool sawEventFirst = false;
        bool done = false;
        MessageDraft draft = text(lobby, u"hi"_s, "c1");
        draft.receivedMicros = unixMicros() - 1000;
        rooms->post(alice, draft, [&](Result<Appended> r) {
            QVERIFY(r);
            sawEventFirst = events.size() == 1;
            done = true;
        });
        QVERIFY(!done);
        QTRY_VERIFY(done);
        QVERIFY(sawEventFirst);
        QCOMPARE(origins, (QList<DeviceId>{alice.device}));
        const RoomEvent &event = events.constFirst();
        QCOMPARE(event.seq, 2);
        QCOMPARE(event.trace.bytes().size(), 32);
        QCOMPARE(event.message.bytes().size(), 36);

        QCOMPARE(event.trace, traceOf(event.message));
        QVERIFY(sink.spans.isEmpty());
        QCOMPARE(sink.passages.size(), 1);
        const Passage &passage = sink.passages.constFirst();
        QCOMPARE(passage.trace, event.trace);
        QCOMPARE(passage.message, event.message);
        QCOMPARE(passage.sender, alice.user);
        QCOMPARE(passage.seq, 2);
        QCOMPARE(passage.receivedMicros, draft.receivedMicros);
        QVERIFY(passage.queuedMicros >= passage.receivedMicros + 1000);
        QVERIFY(passage.committedMicros >= passage.queuedMicros);
        QVERIFY(!passage.hasTurn);

        QCOMPARE(f->metrics.counter("atom_messages_committed_total", {}).value(), 1u);
        QCOMPARE(f->metrics.histogram("atom_message_ack_seconds", {}).snapshot().count, 1u);
    }

    void orderIsTheOrderOfSequence()
    {
        int done = 0;
        for (int i = 0; i < 500; ++i)
            rooms->post(alice, text(lobby, QString::number(i)), [&done](Result<Appended> r) { done += r.isOk(); });
        QTRY_COMPARE(done, 500);
        QCOMPARE(events.size(), 500);
        for (qsizetype i = 0; i < events.size(); ++i) {
            QCOMPARE(events[i].seq, i + 2);
            QCOMPARE(events[i].text, QString::number(i));
        }
    }

    void duplicatesAreAcknowledgedOnly()
    {
        const auto first = post(alice, text(lobby, u"@assistant once"_s, "c"));
        const auto second = post(alice, text(lobby, u"@assistant twice"_s, "c"));
        QVERIFY(!first->duplicate);
        QVERIFY(second->duplicate);
        QCOMPARE(second->event, first->event);
        QCOMPARE(events.size(), 1);
        QCOMPARE(turns.size(), 1);
        restart();
        const auto third = post(alice, text(lobby, u"again"_s, "c"));
        QVERIFY(third->duplicate);
        QCOMPARE(third->event, first->event);
    }

    void theAssistantIsCalledByName_data()
    {
        QTest::addColumn<QString>("body");
        QTest::addColumn<bool>("called");
        QTest::newRow("alone") << u"@assistant"_s << true;
        QTest::newRow("case") << u"hey @Assistant, help"_s << true;
        QTest::newRow("after another word") << u"x@assistants @assistant!"_s << true;
        QTest::newRow("address") << u"mail bob@assistant.org"_s << false;
        QTest::newRow("longer word") << u"@assistants"_s << false;
        QTest::newRow("not named") << u"assistant"_s << false;
        QTest::newRow("in code") << u"write `@assistant` or `@assistant @assistant`"_s << false;
        QTest::newRow("in code and after it") << u"`@assistant` @assistant"_s << true;
        QTest::newRow("in code all over") << u'`' + u"@assistant "_s.repeated(2'000) + u'`' << false;
    }
    void theAssistantIsCalledByName()
    {
        QFETCH(QString, body);
        QFETCH(bool, called);
        QCOMPARE(mentionsAssistant(body), called);
        QVERIFY(post(alice, text(lobby, body)));
        QCOMPARE(turns.size(), called ? 1 : 0);
        MessageDraft file = text(lobby, body);
        file.messageType = u"file"_s;
        QVERIFY(post(alice, file));
        QCOMPARE(turns.size(), called ? 1 : 0);
    }

    void editingAndDeleting()
    {
        QVERIFY(QCoro::waitFor(rooms->join(bob, lobby)));
        const MessageId id = post(bob, text(lobby, u"v1"_s))->event.message;
        events.clear();
        const auto edit = [&](const Actor &actor, const QString &body) {
            return QCoro::waitFor(rooms->edit(actor, lobby, id, body));
        };
        QCOMPARE(edit(alice, u"mine"_s).error().code, Errc::Forbidden);
        QCOMPARE(edit(bob, {}).error().code, Errc::ValidationFailed);
        QCOMPARE(edit(bob, u"v1"_s)->seq, 0); // nothing changed
        QVERIFY(events.isEmpty());
        const auto edited = edit(bob, u"v2"_s);
        QCOMPARE(edited->seq, 4);
        QCOMPARE(events, (QList<RoomEvent>{*edited}));
        QCOMPARE(QCoro::waitFor(rooms->edit(bob, lobby, MessageId("none"), u"x"_s)).error().code, Errc::NotFound);
        QCOMPARE(QCoro::waitFor(rooms->message(alice, lobby, id))->text, u"v2"_s);

        QVERIFY(QCoro::waitFor(rooms->join(carol, lobby)));
        QCOMPARE(QCoro::waitFor(rooms->remove(carol, lobby, id)).error().code, Errc::Forbidden);
        QCOMPARE(QCoro::waitFor(rooms->remove(alice, lobby, id))->seq, 6); // the owner of the room
        QCOMPARE(QCoro::waitFor(rooms->remove(alice, lobby, id))->seq, 0);
        QCOMPARE(edit(bob, u"v3"_s).error().code, Errc::Conflict);
        restart();
        const QList<RoomEvent> replay = history(alice, lobby);
        QCOMPARE(replay.size(), 6);
        QVERIFY(replay[2].deleted && replay[2].edited && replay[2].text.isEmpty());
        QCOMPARE(replay[5].kind, RoomEventKind::Deletion);
    }

    void receiptsMoveForward()
    {
        QVERIFY(post(alice, text(lobby, u"x"_s)));
        QCOMPARE(QCoro::waitFor(rooms->markRead(alice, lobby, 0)).error().code, Errc::ValidationFailed);
        QCOMPARE(QCoro::waitFor(rooms->markRead(alice, lobby, 3)).error().code, Errc::ValidationFailed);
        const auto read = QCoro::waitFor(rooms->markRead(alice, lobby, 2));
        QCOMPARE(read->seq, 3);
        QCOMPARE(read->readUpTo, 2);
        QCOMPARE(QCoro::waitFor(rooms->markRead(alice, lobby, 1))->seq, 0);
        QCOMPARE(rooms->find(lobby)->members.value(alice.user).readUpTo, 2);
        restart();
        QCOMPARE(rooms->find(lobby)->members.value(alice.user).readUpTo, 2);
    }

    void historyChecksItsArguments()
    {
        const auto code = [this](qint64 before, qint64 after, int limit) {
            const auto page = QCoro::waitFor(rooms->history(alice, lobby, before, after, limit));
            return page ? Errc::Cancelled : page.error().code;
        };
        QCOMPARE(code(0, 0, 0), Errc::ValidationFailed);
        QCOMPARE(code(0, 0, 201), Errc::ValidationFailed);
        QCOMPARE(code(1, 1, 10), Errc::ValidationFailed);
        QCOMPARE(code(-1, 0, 10), Errc::ValidationFailed);
        QCOMPARE(code(0, 0, 200), Errc::Cancelled);
    }

    void ephemeralRoomsFollowTheSameRules()
    {
        const RoomId fleeting("fleeting");
        QVERIFY(create(alice, fleeting, RoomVisibility::Public, {bob.user}, RoomPersistence::Ephemeral));
        events.clear();
        bool done = false;
        rooms->post(alice, text(fleeting, u"one"_s, "c"), [&done](Result<Appended> r) { done = r.isOk(); });
        QVERIFY(!done); // later, as with a commit
        QTRY_VERIFY(done);
        QVERIFY(post(alice, text(fleeting, u"two"_s, "c"))->duplicate);
        const MessageId id = events.constFirst().message;
        QCOMPARE(events.constFirst().seq, 3);
        QVERIFY(sink.spans.isEmpty());
        QCOMPARE(QCoro::waitFor(rooms->edit(alice, fleeting, id, u"v2"_s))->seq, 4);
        QCOMPARE(QCoro::waitFor(rooms->markRead(bob, fleeting, 4))->seq, 5);
        QCOMPARE(QCoro::waitFor(rooms->remove(alice, fleeting, id))->seq, 6);
        QCOMPARE(QCoro::waitFor(rooms->remove(alice, fleeting, id))->seq, 0);
        QCOMPARE(QCoro::waitFor(rooms->edit(alice, fleeting, id, u"v3"_s)).error().code, Errc::Conflict);
        QVERIFY(QCoro::waitFor(rooms->leave(alice, fleeting)));
        QCOMPARE(rooms->find(fleeting)->members.value(bob.user).role, MemberRole::Owner);
        QVERIFY(QCoro::waitFor(rooms->join(carol, fleeting)));
        QList<RoomEvent> replay = history(bob, fleeting);
        QCOMPARE(replay.size(), 8);
        QVERIFY(replay[2].deleted && replay[2].text.isEmpty());
        QVERIFY(replay[3].text.isEmpty());

        for (int i = 0; i < 600; ++i)
            QVERIFY(post(bob, text(fleeting, QString::number(i), QByteArray::number(i))));
        auto page = QCoro::waitFor(rooms->history(bob, fleeting, 0, 1, 200));
        QCOMPARE(page->events.constFirst().seq, 608 - 500 + 1); // the newest 500 are kept
        QVERIFY(page->hasMoreAfter);
        page = QCoro::waitFor(rooms->history(bob, fleeting, 300, 0, 50));
        QCOMPARE(page->events.constFirst().seq, 250);
        QCOMPARE(page->events.constLast().seq, 299);
        QVERIFY(!post(bob, text(fleeting, u"forgotten"_s, "0"))->duplicate);
        QVERIFY(post(bob, text(fleeting, u"kept"_s, "599"))->duplicate);
        restart();
        QVERIFY(!rooms->find(fleeting));
    }

    void closingWaitsAndRefuses()
    {
        int done = 0;
        for (int i = 0; i < 100; ++i)
            rooms->post(alice, text(lobby, u"x"_s), [&done](Result<Appended> r) { done += r.isOk(); });
        auto joining = rooms->join(bob, lobby);
        QCoro::waitFor(rooms->close());
        QCOMPARE(done, 100);
        QVERIFY(joining.isReady());
        QCOMPARE(codeOf(alice, text(lobby, u"late"_s)), Errc::Unavailable);
        QCOMPARE(QCoro::waitFor(rooms->join(carol, lobby)).error().code, Errc::Unavailable);
    }
};

QTEST_GUILESS_MAIN(TestRoomService)
#include "tst_roomservice.moc"
