// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/rooms/permissionworld.h"

#include <QtTest/QSignalSpy>

using namespace Atom;
using namespace Atom::Identity;
using namespace Atom::Rooms;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using std::chrono::minutes;

namespace {
const QString reason = u"Report of abuse, case 4711"_s;
const RoomId board("board");

Result<GlassOpening> openAs(PermissionWorld &w, const char *who, int duration = 30)
{
    return QCoro::waitFor(w.glass->open(w.as(who), board, reason, minutes(duration)));
}
Result<RoomEventPage> historyAs(PermissionWorld &w, const char *who)
{
    return QCoro::waitFor(w.rooms->history(w.as(who), board, 0, 0, 50));
}
} // namespace

class TestBreakGlass : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void opensToldAndAudited()
    {
        PermissionWorld w;
        QCOMPARE(historyAs(w, "adam").error().code, Errc::NotFound);
        const auto opened = openAs(w, "adam");
        QVERIFY(opened.isOk());
        QCOMPARE(opened->expiresAt, w.store.clock.now() + minutes(30));
        // The members read it in the room, before anything else can be read.
        const auto page = historyAs(w, "adam");
        QVERIFY(page.isOk());
        QTRY_VERIFY(historyAs(w, "ned")->events.constLast().messageType == u"system"_s);
        const RoomEvent notice = historyAs(w, "ned")->events.constLast();
        QCOMPARE(notice.actor, systemUser());
        QVERIFY(notice.text.contains(u"adam"_s) && notice.text.contains(reason));
        // Every read is in the audit log, with its range; those of members are not.
        QVERIFY(w.rooms->room(w.as("adam"), board).isOk());
        QVERIFY(w.rooms->members(w.as("adam"), board).isOk());
        QVERIFY(w.rooms->room(w.as("ned"), board).isOk());
        QCOMPARE(w.repository.acts(), (QByteArrayList{"room.break_glass_opened", "room.read_under_break_glass",
                                                      "room.read_under_break_glass", "room.read_under_break_glass"}));
        QCOMPARE(w.repository.audits.constFirst().reason, reason);
        const QJsonObject read = w.repository.audits.at(1).after;
        QCOMPARE(read.value(u"what"_s).toString(), u"history"_s);
        QCOMPARE(read.value(u"from"_s).toInteger(), page->events.constFirst().seq);
        QCOMPARE(read.value(u"to"_s).toInteger(), page->events.constLast().seq);
        QCOMPARE(read.value(u"opening"_s).toString(), QString::fromLatin1(opened->id));
        QCOMPARE(w.repository.audits.at(1).actor, UserId("adam"));
        QCOMPARE(w.repository.audits.at(1).objectId, board.bytes());
        QCOMPARE(w.repository.audits.at(3).after.value(u"what"_s).toString(), u"members"_s);
    }

    void readsAndNothingElse()
    {
        PermissionWorld w;
        QVERIFY(openAs(w, "olga").isOk());
        MessageDraft draft;
        draft.room = board;
        draft.text = u"hi"_s;
        QCOMPARE(QCoro::waitFor(w.rooms->postTask(w.as("olga"), draft)).error().code, Errc::Forbidden);
        QCOMPARE(QCoro::waitFor(w.rooms->join(w.as("olga"), board)).error().code, Errc::Forbidden);
        QCOMPARE(QCoro::waitFor(w.rooms->markRead(w.as("olga"), board, 1)).error().code, Errc::Forbidden);
        // Only for who opened it, and only this room.
        QCOMPARE(historyAs(w, "adam").error().code, Errc::NotFound);
    }

    void endsByItself()
    {
        PermissionWorld w;
        QVERIFY(openAs(w, "uma", 1).isOk());
        QVERIFY(historyAs(w, "uma").isOk());
        QSignalSpy ended(&w.permissions, &Permissions::glassChanged);
        w.store.clock.advance(seconds(59));
        QVERIFY(ended.isEmpty());
        w.store.clock.advance(seconds(1));
        QCOMPARE(ended.size(), 1); // open connections hear of it at once
        QCOMPARE(historyAs(w, "uma").error().code, Errc::NotFound);
        QCOMPARE(w.repository.acts().constLast(), QByteArray("room.break_glass_expired"));
    }

    void endsEarlier()
    {
        PermissionWorld w;
        const auto opened = openAs(w, "adam");
        QVERIFY(opened.isOk());
        QCOMPARE(openAs(w, "adam").error().code, Errc::Conflict);
        QCOMPARE(QCoro::waitFor(w.glass->end(w.as("uma"), opened->id)).error().code, Errc::NotFound);
        const auto closed = QCoro::waitFor(w.glass->end(w.as("olga"), opened->id));
        QVERIFY(closed.isOk());
        QCOMPARE(closed->closedBy, UserId("olga"));
        QCOMPARE(historyAs(w, "adam").error().code, Errc::NotFound);
        QVERIFY(QCoro::waitFor(w.glass->end(w.as("adam"), opened->id)).isOk()); // again
        QVERIFY(openAs(w, "adam").isOk());
    }

    void whoMayAndHowLong()
    {
        PermissionWorld w(BreakGlassSettings{minutes(45), true});
        QCOMPARE(openAs(w, "ned").error().code, Errc::Forbidden); // a member needs none
        Actor stranger;
        stranger.user = UserId("eve");
        stranger.role = Role::Moderator;
        QCOMPARE(QCoro::waitFor(w.glass->open(stranger, board, reason, minutes(5))).error().code, Errc::Forbidden);
        QCOMPARE(QCoro::waitFor(w.glass->open(stranger, RoomId("no-such"), reason, minutes(5))).error().code,
                 Errc::Forbidden); // the same: nobody learns of rooms by asking
        QCOMPARE(openAs(w, "adam", 46).error().code, Errc::ValidationFailed);
        QCOMPARE(openAs(w, "adam", 0).error().code, Errc::ValidationFailed);
        QCOMPARE(QCoro::waitFor(w.glass->open(w.as("adam"), board, u"why not"_s, minutes(5))).error().code,
                 Errc::ValidationFailed);
        QVERIFY(w.repository.audits.isEmpty());
    }

    //! Nobody posts in an archived room, but its members are told all the same.
    void toldInAnArchivedRoom()
    {
        PermissionWorld w;
        RoomChange change;
        change.archived = true;
        QVERIFY(QCoro::waitFor(w.rooms->update(w.as("mia"), board, change)).isOk());
        QVERIFY(openAs(w, "adam").isOk());
        QTRY_COMPARE(historyAs(w, "ned")->events.constLast().actor, systemUser());
    }

    void noticeByPolicy()
    {
        PermissionWorld w(BreakGlassSettings{minutes(60), false});
        QVERIFY(openAs(w, "adam").isOk());
        const auto page = historyAs(w, "adam");
        QVERIFY(page.isOk());
        for (const RoomEvent &event : page->events)
            QVERIFY(event.kind != RoomEventKind::Message);
        QCOMPARE(w.repository.acts().constFirst(), QByteArray("room.break_glass_opened"));
    }

    void whatIsNotStoredIsNotOpen()
    {
        PermissionWorld w;
        w.repository.failure = Error(Errc::Unavailable, u"full"_s);
        QCOMPARE(openAs(w, "adam").error().code, Errc::Unavailable);
        QCOMPARE(historyAs(w, "adam").error().code, Errc::NotFound);
        w.repository.failure.reset();
        QVERIFY(openAs(w, "adam").isOk());
    }

    void survivesARestart()
    {
        PermissionWorld w;
        QVERIFY(openAs(w, "adam", 10).isOk());
        Permissions fresh(w.store.clock);
        BreakGlassService again({}, w.repository, fresh, *w.rooms, w.store.clock);
        QVERIFY(QCoro::waitFor(again.load()).isOk());
        QVERIFY(fresh.isGlassOpen(UserId("adam"), board));
        w.store.clock.advance(minutes(10));
        QVERIFY(!fresh.isGlassOpen(UserId("adam"), board));
        QCoro::waitFor(again.close());
    }

    void listsOnesOwnOrAll()
    {
        PermissionWorld w;
        QVERIFY(openAs(w, "adam").isOk());
        QVERIFY(openAs(w, "olga").isOk());
        QCOMPARE(QCoro::waitFor(w.glass->list(w.as("uma"), {}))->size(), 2);
        QCOMPARE(QCoro::waitFor(w.glass->list(w.as("ned"), {}))->size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestBreakGlass)
#include "tst_breakglass.moc"
