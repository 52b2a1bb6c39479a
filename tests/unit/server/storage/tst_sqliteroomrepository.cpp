// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QRegularExpression>

using namespace Atom;
using namespace Atom::Storage;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using Rooms::Appended;
using Rooms::EventDraft;
using Rooms::RoomState;

namespace {
const RoomId lobby("lobby");
const UserId alice("alice");
const UserId bob("bob");
const UserId carol("carol");
} // namespace

class TestSqliteRoomRepository : public QObject
{
    Q_OBJECT

    std::unique_ptr<StorageFixture> f;

    RoomState onlyRoom()
    {
        const auto all = QCoro::waitFor(f->rooms().all());
        return all && all->size() == 1 ? all->constFirst() : RoomState();
    }
    QList<RoomEvent> everything()
    {
        const auto page = QCoro::waitFor(f->rooms().eventsAfter(lobby, 0, 1000));
        return page ? page->events : QList<RoomEvent>();
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        f = std::make_unique<StorageFixture>();
        QVERIFY(f->open());
        const auto created =
            QCoro::waitFor(f->rooms().create(StorageFixture::group(lobby, {alice, carol, bob}, f->clock.now())));
        QVERIFY(created);
        QCOMPARE(created->size(), 3);
        f->clock.advance(seconds(1));
    }
    void cleanup() { f.reset(); }

    void creatingStoresRoomMembersAndTheirEvents()
    {
        const RoomState expected = StorageFixture::group(lobby, {alice, carol, bob}, f->clock.now() - seconds(1));
        const RoomState state = onlyRoom();
        Room room = expected.room;
        room.lastSeq = 3;
        QCOMPARE(state.room, room);
        QHash<UserId, Member> members = expected.members;
        members[alice].seenUpTo = 1; // what was there before somebody came is not new to them
        members[bob].seenUpTo = 2;
        members[carol].seenUpTo = 3;
        QCOMPARE(state.members, members);
        const QList<RoomEvent> events = everything();
        QCOMPARE(events.size(), 3);
        QCOMPARE(events[0].actor, alice); // the creator first, then by id
        QCOMPARE(events[1].actor, bob);
        QCOMPARE(events[2].actor, carol);
        for (qsizetype i = 0; i < 3; ++i) {
            QCOMPARE(events[i].kind, RoomEventKind::MemberJoined);
            QCOMPARE(events[i].seq, i + 1);
        }
        const auto again = QCoro::waitFor(f->rooms().create(StorageFixture::group(lobby, {bob}, f->clock.now())));
        QCOMPARE(again.error().code, Errc::Conflict);
        QCOMPARE(onlyRoom().members.size(), 3);
    }

    void aMessageComesBackAsItWas()
    {
        const auto first = f->append(f->message(lobby, alice, u"first"_s));
        EventDraft draft = f->message(lobby, bob, u"Grüße \"quoted\" \U0001f600\nline"_s, "id-1");
        draft.event.messageType = u"voice"_s;
        draft.event.replyTo = first->event.message;
        draft.event.metadata = {{u"a"_s, QJsonObject{{u"b"_s, 1.5}}}};
        draft.event.trace = TraceId("0123456789abcdef0123456789abcdef");
        const auto appended = f->append(draft);
        QVERIFY(appended);
        QVERIFY(!appended->duplicate);
        RoomEvent expected = draft.event;
        expected.seq = 5;
        expected.threadRoot = first->event.message;
        QCOMPARE(appended->event, expected);
        QCOMPARE(everything().constLast(), expected);
        QCOMPARE(*QCoro::waitFor(f->rooms().message(lobby, draft.event.message)), expected);
        QVERIFY(f->open());
        QCOMPARE(*QCoro::waitFor(f->rooms().message(lobby, draft.event.message)), expected);
        QCOMPARE(onlyRoom().room.lastSeq, 5);
    }

    void theSameClientIdGivesTheFirstMessage()
    {
        const auto first = f->append(f->message(lobby, alice, u"one"_s, "x"));
        const auto second = f->append(f->message(lobby, alice, u"other"_s, "x"));
        QVERIFY(second);
        QVERIFY(second->duplicate);
        QCOMPARE(second->event, first->event);
        // Another sender's id is another id; no id is never a duplicate.
        QVERIFY(!f->append(f->message(lobby, bob, u"one"_s, "x"))->duplicate);
        QVERIFY(!f->append(f->message(lobby, alice, u"one"_s))->duplicate);
        QVERIFY(!f->append(f->message(lobby, alice, u"one"_s))->duplicate);
        QCOMPARE(everything().constLast().seq, 7);
        // In another room too, and after a restart.
        const RoomId other("other");
        QVERIFY(QCoro::waitFor(f->rooms().create(StorageFixture::group(other, {alice}, f->clock.now()))));
        QVERIFY(f->open());
        const auto third = f->append(f->message(other, alice, u"one"_s, "x"));
        QVERIFY(third->duplicate);
        QCOMPARE(third->event, first->event);
    }

    void theSameClientIdInOneGroupGivesOneMessage()
    {
        QList<Appended> results;
        for (int i = 0; i < 50; ++i) {
            f->rooms().append(f->message(lobby, alice, QString::number(i), "k" + QByteArray::number(i / 5)),
                              [&results](Result<Appended> r) { results.append(*r); });
        }
        QTRY_COMPARE(results.size(), 50);
        for (int i = 0; i < 50; ++i) {
            QCOMPARE(results[i].duplicate, i % 5 != 0);
            QCOMPARE(results[i].event, results[i / 5 * 5].event);
        }
        const QList<RoomEvent> events = everything();
        QCOMPARE(events.size(), 13);
        for (qsizetype i = 0; i < events.size(); ++i)
            QCOMPARE(events[i].seq, i + 1);
    }

    void aBadJobInAGroupLeavesNoHole()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"a job failed and was undone.*"_s));
        const EventDraft draft = f->message(lobby, alice, u"same id"_s);
        QList<qint64> seqs;
        int failed = 0;
        const auto note = [&](Result<Appended> r) {
            if (r)
                seqs.append(r->event.seq);
            else
                ++failed;
        };
        for (int i = 0; i < 5; ++i)
            f->rooms().append(f->message(lobby, bob, QString::number(i)), note);
        f->rooms().append(draft, note);
        f->rooms().append(draft, note); // the message id is taken: our own mistake, so a constraint
        f->rooms().append(f->message(lobby, bob, u"reply"_s), note);
        QTRY_COMPARE(seqs.size() + failed, 8);
        QCOMPARE(failed, 1);
        QCOMPARE(seqs, (QList<qint64>{4, 5, 6, 7, 8, 9, 10}));
        QCOMPARE(everything().size(), 10);
    }

    void editsAndDeletionsReplayAndShow()
    {
        const MessageId id = f->append(f->message(lobby, alice, u"v1"_s))->event.message;
        EventDraft edit = f->event(RoomEventKind::Edit, lobby, alice, id);
        edit.event.text = u"v2"_s;
        const auto edited = f->append(edit);
        QVERIFY(edited);
        QCOMPARE(edited->event.seq, 5);
        QList<RoomEvent> events = everything();
        QCOMPARE(events[3].text, u"v2"_s);
        QVERIFY(events[3].edited && !events[3].deleted);
        QCOMPARE(events[4], edited->event);
        QCOMPARE(events[4].text, u"v2"_s);

        const auto deletion = f->append(f->event(RoomEventKind::Deletion, lobby, bob, id));
        QVERIFY(deletion);
        QCOMPARE(deletion->event.seq, 6);
        events = everything();
        QCOMPARE(events.size(), 6);
        QVERIFY(events[3].deleted);
        QVERIFY(events[3].text.isEmpty());
        QVERIFY(events[3].metadata.isEmpty());
        QVERIFY(events[4].text.isEmpty()); // what an edit had said is gone as well
        QCOMPARE(events[5].message, id);
        QCOMPARE(events[5].actor, bob);

        const auto again = f->append(f->event(RoomEventKind::Deletion, lobby, bob, id));
        QVERIFY(again && again->duplicate);
        QCOMPARE(again->event.seq, 0);
        QCOMPARE(f->append(edit).error().code, Errc::Conflict);
        QCOMPARE(everything().size(), 6);
    }

    void nothingAboutUnknownThings()
    {
        const auto code = [this](EventDraft draft) { return f->append(std::move(draft)).error().code; };
        QCOMPARE(code(f->message(RoomId("nowhere"), alice, u"x"_s)), Errc::NotFound);
        QCOMPARE(code(f->event(RoomEventKind::Edit, lobby, alice, MessageId("none"))), Errc::NotFound);
        QCOMPARE(code(f->event(RoomEventKind::Deletion, lobby, alice, MessageId("none"))), Errc::NotFound);
        EventDraft receipt = f->event(RoomEventKind::Receipt, lobby, UserId("stranger"));
        receipt.event.readUpTo = 1;
        QCOMPARE(code(receipt), Errc::NotFound);
        const RoomId other("other");
        QVERIFY(QCoro::waitFor(f->rooms().create(StorageFixture::group(other, {alice}, f->clock.now()))));
        const MessageId elsewhere = f->append(f->message(other, alice, u"x"_s))->event.message;
        EventDraft reply = f->message(lobby, alice, u"x"_s);
        reply.event.replyTo = elsewhere;
        const auto refused = f->append(reply);
        QCOMPARE(refused.error().code, Errc::ValidationFailed);
        QCOMPARE(refused.error().fields.value(0).pointer, u"/reply_to"_s);
        QCOMPARE(code(f->event(RoomEventKind::Deletion, lobby, alice, elsewhere)), Errc::NotFound);
        QCOMPARE(QCoro::waitFor(f->rooms().message(lobby, elsewhere)).error().code, Errc::NotFound);
        QCOMPARE(QCoro::waitFor(f->rooms().eventsAfter(RoomId("nowhere"), 0, 10)).error().code, Errc::NotFound);
        QCOMPARE(everything().size(), 3);
    }

    void readPositionsOnlyGrow()
    {
        EventDraft receipt = f->event(RoomEventKind::Receipt, lobby, bob);
        receipt.event.readUpTo = 3;
        const auto first = f->append(receipt);
        QCOMPARE(first->event.seq, 4);
        receipt.event.readUpTo = 2;
        const auto older = f->append(receipt);
        QVERIFY(older->duplicate);
        QCOMPARE(older->event.seq, 0);
        QCOMPARE(onlyRoom().members.value(bob).readUpTo, 3);
        QCOMPARE(everything().constLast(), first->event);
    }

    void joiningAndLeaving()
    {
        const UserId dave("dave");
        EventDraft joined = f->event(RoomEventKind::MemberJoined, lobby, dave);
        joined.memberRole = MemberRole::Moderator;
        QCOMPARE(f->append(joined)->event.seq, 4);
        QVERIFY(f->append(joined)->duplicate);
        QCOMPARE(onlyRoom().members.value(dave).role, MemberRole::Moderator);
        QCOMPARE(f->append(f->event(RoomEventKind::MemberLeft, lobby, dave))->event.seq, 5);
        QVERIFY(f->append(f->event(RoomEventKind::MemberLeft, lobby, dave))->duplicate);
        QVERIFY(!onlyRoom().members.contains(dave));
    }

    void theLastOwnerHandsTheRoomOn()
    {
        const auto left = f->append(f->event(RoomEventKind::MemberLeft, lobby, alice));
        // Both joined at the same time: then by id.
        QCOMPARE(left->event.metadata.value("owner"_L1).toString(), u"bob"_s);
        QCOMPARE(onlyRoom().members.value(bob).role, MemberRole::Owner);
        QCOMPARE(everything().constLast(), left->event);
        const auto carolLeft = f->append(f->event(RoomEventKind::MemberLeft, lobby, carol));
        QVERIFY(carolLeft->event.metadata.isEmpty());
        QVERIFY(f->append(f->event(RoomEventKind::MemberLeft, lobby, bob)));
        QVERIFY(onlyRoom().members.isEmpty());
    }

    void pagesGoBothWays()
    {
        for (int i = 4; i <= 20; ++i) {
            if (i % 3 == 0) {
                EventDraft receipt = f->event(RoomEventKind::Receipt, lobby, bob);
                receipt.event.readUpTo = i - 1;
                QCOMPARE(f->append(receipt)->event.seq, i);
            } else {
                QCOMPARE(f->append(f->message(lobby, alice, QString::number(i)))->event.seq, i);
            }
        }
        const auto check = [](const Result<RoomEventPage> &page, qint64 first, qint64 last, bool before, bool after) {
            QVERIFY(page);
            QCOMPARE(page->events.size(), last - first + 1);
            for (qsizetype i = 0; i < page->events.size(); ++i)
                QCOMPARE(page->events[i].seq, first + i);
            QCOMPARE(page->hasMoreBefore, before);
            QCOMPARE(page->hasMoreAfter, after);
        };
        Rooms::RoomRepository &r = f->rooms();
        check(QCoro::waitFor(r.eventsBefore(lobby, 0, 5)), 16, 20, true, false);
        check(QCoro::waitFor(r.eventsBefore(lobby, 16, 5)), 11, 15, true, true);
        check(QCoro::waitFor(r.eventsBefore(lobby, 4, 5)), 1, 3, false, true);
        check(QCoro::waitFor(r.eventsBefore(lobby, 1, 5)), 1, 0, false, true);
        check(QCoro::waitFor(r.eventsAfter(lobby, 0, 4)), 1, 4, false, true);
        check(QCoro::waitFor(r.eventsAfter(lobby, 15, 5)), 16, 20, true, false);
        check(QCoro::waitFor(r.eventsAfter(lobby, 20, 5)), 1, 0, true, false);
    }

    void owedTurnsAreRememberedWithTheMessage()
    {
        EventDraft draft = f->message(lobby, alice, u"@assistant"_s, "t");
        draft.assistantTurn = true;
        const auto owed = f->append(draft);
        QVERIFY(f->append(draft)->duplicate);
        QVERIFY(f->append(f->message(lobby, alice, u"no turn"_s)));
        draft = f->message(lobby, bob, u"@assistant deleted"_s);
        draft.assistantTurn = true;
        QVERIFY(f->append(draft));
        QVERIFY(f->append(f->event(RoomEventKind::Deletion, lobby, bob, draft.event.message)));
        QVERIFY(f->open());
        auto pending = QCoro::waitFor(f->storage->assistant().pendingTurns());
        QCOMPARE(pending->size(), 1);
        QCOMPARE(pending->constFirst().message, owed->event);
        QVERIFY(QCoro::waitFor(f->storage->assistant().finishTurn({owed->event.message, {}, {}, std::nullopt})));
        QVERIFY(QCoro::waitFor(f->storage->assistant().finishTurn({MessageId("ephemeral"), {}, {}, std::nullopt})));
        pending = QCoro::waitFor(f->storage->assistant().pendingTurns());
        QVERIFY(pending->isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestSqliteRoomRepository)
#include "tst_sqliteroomrepository.moc"
