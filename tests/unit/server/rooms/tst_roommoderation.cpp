// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Settings, moderation and approval over the real storage: the rules, what is told, what survives a restart.
#include "server/rooms/roomservice.h"
#include "tests/support/memorytraces.h"
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QRegularExpression>

using namespace Atom;
using namespace Atom::Rooms;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

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
const Actor olga = person("olga");
const Actor mod = person("mod");
const Actor ben = person("ben");
const Actor cleo = person("cleo");
const Actor admin = person("root", Role::Admin);
} // namespace

class TestRoomModeration : public QObject
{
    Q_OBJECT

    StorageFixture *f = nullptr;
    std::unique_ptr<Identity::Permissions> permissions;
    Test::MemoryTraces sink;
    std::unique_ptr<RoomService> rooms;
    QList<RoomEvent> events;
    QList<std::pair<JoinRequest, JoinDecision>> requests;

    void start()
    {
        rooms = std::make_unique<RoomService>(f->rooms(), *permissions, sink, f->clock, f->metrics, RoomLimits{});
        connect(rooms.get(), &RoomService::eventCommitted, this,
                [this](const RoomEvent &event, const DeviceId &) { events.append(event); });
        connect(rooms.get(), &RoomService::joinRequestChanged, this,
                [this](const JoinRequest &request, JoinDecision decision, const UserId &, const QString &) {
                    requests.append({request, decision});
                });
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
    void create(const RoomId &id, RoomPersistence persistence = RoomPersistence::Durable)
    {
        RoomDraft draft;
        draft.id = id;
        draft.persistence = persistence;
        QVERIFY(QCoro::waitFor(rooms->create(olga, draft)));
        QVERIFY(QCoro::waitFor(rooms->addMember(olga, id, mod.user, MemberRole::Moderator)));
        QVERIFY(QCoro::waitFor(rooms->addMember(olga, id, ben.user, MemberRole::Member)));
        events.clear();
    }
    Result<Appended> post(const Actor &actor, const QByteArray &clientId = {}, const RoomId &room = lobby)
    {
        MessageDraft draft;
        draft.room = room;
        draft.text = u"hello"_s;
        draft.clientId = clientId;
        return QCoro::waitFor(rooms->postTask(actor, std::move(draft)));
    }
    //! The code of the refusal; Cancelled when it was taken.
    Errc refusal(const Actor &actor)
    {
        const Result<Appended> posted = post(actor);
        return posted ? Errc::Cancelled : posted.error().code;
    }
    Result<Room> update(const Actor &actor, RoomChange change)
    {
        return QCoro::waitFor(rooms->update(actor, lobby, change));
    }
    static RoomChange topic(const QString &text)
    {
        RoomChange change;
        change.topic = text;
        return change;
    }
    static constexpr Errc taken = Errc::Cancelled;

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        f = new StorageFixture;
        QVERIFY(f->open());
        permissions = std::make_unique<Identity::Permissions>(f->clock);
        start();
        create(lobby);
        requests.clear();
    }
    void cleanup()
    {
        stop();
        delete f;
    }

    void settingsAreOneEventAndSurviveARestart()
    {
        RoomChange change = topic(u"Release on Friday"_s);
        change.purpose = u"First line\nsecond"_s;
        change.slowModeSeconds = 5;
        change.readOnly = true;
        change.joinApproval = true;
        QVERIFY(update(mod, change));
        QCOMPARE(events.size(), 1);
        QCOMPARE(events.first().kind, RoomEventKind::RoomUpdated);
        const QJsonObject changes = events.first().metadata.value(u"changes"_s).toObject();
        QCOMPARE(changes.size(), 5);
        QCOMPARE(changes.value(u"slow_mode_seconds"_s).toInt(), 5);
        QVERIFY(update(mod, change));
        QCOMPARE(events.size(), 1); // nothing different, nothing told
        change = {};
        change.retentionDays = std::optional<int>(30);
        change.visibility = RoomVisibility::Private;
        change.assistantEnabled = true;
        QVERIFY(update(olga, change));
        const Room before = rooms->find(lobby)->room;
        restart();
        QCOMPARE(rooms->find(lobby)->room, before);
        QCOMPARE(before.retentionDays, 30);
        QCOMPARE(before.purpose, u"First line\nsecond"_s);
        change = {};
        change.retentionDays = std::optional<int>();
        QVERIFY(update(olga, change));
        restart();
        QVERIFY(!rooms->find(lobby)->room.retentionDays);
    }

    void whoChangesWhat()
    {
        QCOMPARE(update(ben, topic(u"x"_s)).error().code, Errc::Forbidden);
        QCOMPARE(update(cleo, topic(u"x"_s)).error().code, Errc::Forbidden);
        RoomChange forOwners;
        forOwners.retentionDays = std::optional<int>(1);
        QCOMPARE(update(mod, forOwners).error().code, Errc::Forbidden);
        QCOMPARE(update(admin, topic(u"x"_s)).error().code, Errc::Forbidden); // no member
        QCOMPARE(update(olga, topic(QString(251, u'x'))).error().fields.first().pointer, u"/topic"_s);
        QCOMPARE(update(olga, topic(u"two\nlines"_s)).error().fields.first().pointer, u"/topic"_s);
        QVERIFY(events.isEmpty());
    }

    void twoChangesAtTheSameTimeBothHold()
    {
        RoomChange other;
        other.purpose = u"p"_s;
        auto first = rooms->update(olga, lobby, topic(u"t"_s));
        auto second = rooms->update(mod, lobby, other);
        QVERIFY(QCoro::waitFor(std::move(first)));
        QVERIFY(QCoro::waitFor(std::move(second)));
        restart();
        QCOMPARE(rooms->find(lobby)->room.topic, u"t"_s);
        QCOMPARE(rooms->find(lobby)->room.purpose, u"p"_s);
    }

    void anArchivedRoomIsReadOnlyForEverybody()
    {
        QVERIFY(post(ben));
        RoomChange archive;
        archive.archived = true;
        QCOMPARE(update(mod, archive).error().code, Errc::Forbidden);
        QVERIFY(update(olga, archive));
        restart();
        for (const Actor &actor : {olga, mod, ben, internalActor(assistantUser())})
            QCOMPARE(refusal(actor), Errc::Forbidden);
        QCOMPARE(QCoro::waitFor(rooms->join(cleo, lobby)).error().code, Errc::Forbidden);
        QVERIFY(QCoro::waitFor(rooms->history(ben, lobby, 0, 0, 50)));
        QVERIFY(QCoro::waitFor(rooms->history(cleo, lobby, 0, 0, 50))); // it is still public
        archive.archived = false;
        QVERIFY(update(olga, archive));
        QCOMPARE(refusal(ben), taken);
    }

    void onlyModeratorsPostInAReadOnlyRoom()
    {
        const auto mine = post(ben);
        QVERIFY(mine);
        RoomChange readOnly;
        readOnly.readOnly = true;
        QVERIFY(update(mod, readOnly));
        QCOMPARE(refusal(ben), Errc::Forbidden);
        QCOMPARE(refusal(mod), taken);
        QCOMPARE(QCoro::waitFor(rooms->edit(ben, lobby, mine->event.message, u"other"_s)).error().code,
                 Errc::Forbidden);
        QVERIFY(QCoro::waitFor(rooms->markRead(ben, lobby, 1)));
    }

    void slowModeTellsWhenToComeBack()
    {
        RoomChange slow;
        slow.slowModeSeconds = 10;
        QVERIFY(update(mod, slow));
        QVERIFY(post(ben, "c1"));
        f->clock.advance(4s);
        const auto refused = post(ben, "c2");
        QCOMPARE(refused.error().code, Errc::RateLimited);
        QCOMPARE(refused.error().retryAfter, 6s);
        const auto again = post(ben, "c1"); // its acknowledgement was lost
        QVERIFY(again);
        QVERIFY(again->duplicate);
        QCOMPARE(refusal(mod), taken);
        QCOMPARE(refusal(mod), taken);
        restart(); // the wait does not begin anew, nor is it forgotten
        QCOMPARE(post(ben).error().retryAfter, 6s);
        f->clock.advance(6s);
        QVERIFY(post(ben, "c2"));
        f->clock.sleep(-3600s); // a clock that was set back silences nobody
        QCOMPARE(refusal(ben), taken);
    }

    void aRefusedMessageDoesNotUseUpTheTurn()
    {
        RoomChange slow;
        slow.slowModeSeconds = 10;
        QVERIFY(update(mod, slow));
        MessageDraft draft;
        draft.room = lobby;
        draft.text = u"x"_s;
        draft.replyTo = MessageId("nothing");
        QCOMPARE(QCoro::waitFor(rooms->postTask(ben, draft)).error().code, Errc::ValidationFailed);
        QCOMPARE(refusal(ben), taken);
    }

    void aMuteEndsByItself()
    {
        const auto mine = post(ben, "c1");
        QVERIFY(mine);
        events.clear();
        QVERIFY(QCoro::waitFor(rooms->mute(mod, lobby, ben.user, 60s, u"calm down"_s)));
        QCOMPARE(events.size(), 1);
        QCOMPARE(events.first().kind, RoomEventKind::MemberUpdated);
        QCOMPARE(events.first().metadata.value(u"member_id"_s).toString(), u"ben"_s);
        QCOMPARE(events.first().metadata.value(u"reason"_s).toString(), u"calm down"_s);
        const auto refused = post(ben);
        QCOMPARE(refused.error().code, Errc::Forbidden);
        QCOMPARE(refused.error().retryAfter, 60s);
        QVERIFY(post(ben, "c1")->duplicate);
        // Waiting does not help where the mute is not the reason.
        const auto moderating = QCoro::waitFor(rooms->mute(ben, lobby, mod.user, 60s, {}));
        QCOMPARE(moderating.error().code, Errc::Forbidden);
        QVERIFY(!moderating.error().retryAfter);
        QCOMPARE(QCoro::waitFor(rooms->edit(ben, lobby, mine->event.message, u"other"_s)).error().code,
                 Errc::Forbidden);
        // Leaving and coming back is no way around it, nor is a restart.
        QVERIFY(QCoro::waitFor(rooms->leave(ben, lobby)));
        QVERIFY(QCoro::waitFor(rooms->join(ben, lobby)));
        restart();
        QCOMPARE(rooms->restrictions(mod, lobby, RestrictionKind::Mute)->size(), 1);
        QCOMPARE(refusal(ben), Errc::Forbidden);
        f->clock.advance(60s);
        QCOMPARE(refusal(ben), taken);
        QVERIFY(rooms->restrictions(mod, lobby, RestrictionKind::Mute)->isEmpty());
        QVERIFY(QCoro::waitFor(rooms->mute(mod, lobby, ben.user, 60s, {})));
        QVERIFY(QCoro::waitFor(rooms->unmute(mod, lobby, ben.user)));
        QCOMPARE(refusal(ben), taken);
        const qsizetype told = events.size();
        QVERIFY(QCoro::waitFor(rooms->unmute(mod, lobby, ben.user))); // it is so already
        QCOMPARE(events.size(), told);
    }

    void whoMayModerateWhom()
    {
        const auto mute = [this](const Actor &actor, const Actor &target) {
            const auto done = QCoro::waitFor(rooms->mute(actor, lobby, target.user, 60s, {}));
            return done ? taken : done.error().code;
        };
        QCOMPARE(mute(ben, mod), Errc::Forbidden);
        QCOMPARE(mute(mod, olga), Errc::Forbidden);
        QCOMPARE(mute(mod, mod), Errc::Conflict);
        QCOMPARE(mute(olga, mod), taken);
        QCOMPARE(mute(mod, cleo), Errc::NotFound);
        QCOMPARE(mute(admin, ben), Errc::Forbidden);
        QCOMPARE(mute(olga, person("assistant")), Errc::Conflict);
        QCOMPARE(QCoro::waitFor(rooms->mute(olga, lobby, ben.user, 0s, {})).error().code, Errc::ValidationFailed);
        QCOMPARE(rooms->restrictions(ben, lobby, RestrictionKind::Mute).error().code, Errc::Forbidden);
    }

    void aBannedUserIsOutUntilItEnds()
    {
        QVERIFY(QCoro::waitFor(rooms->ban(mod, lobby, ben.user, 3600s, u"spam"_s)));
        QCOMPARE(events.size(), 2);
        QCOMPARE(events.first().kind, RoomEventKind::UserBanned);
        QCOMPARE(events.last().kind, RoomEventKind::MemberLeft);
        QCOMPARE(events.last().seq, events.first().seq + 1);
        QCOMPARE(events.last().metadata.value(u"removed_by"_s).toString(), u"mod"_s);
        QVERIFY(!rooms->isMember(ben.user, lobby));
        restart();
        QVERIFY(!rooms->isMember(ben.user, lobby));
        const auto joined = QCoro::waitFor(rooms->join(ben, lobby));
        QCOMPARE(joined.error().code, Errc::Forbidden);
        QCOMPARE(joined.error().retryAfter, 3600s);
        QCOMPARE(rooms->room(ben, lobby).error().code, Errc::Forbidden); // the room is public
        QCOMPARE(QCoro::waitFor(rooms->addMember(mod, lobby, ben.user, MemberRole::Member)).error().code,
                 Errc::Conflict);
        QCOMPARE(rooms->restrictions(mod, lobby, RestrictionKind::Ban)->first().reason, u"spam"_s);
        f->clock.advance(3600s);
        QVERIFY(QCoro::waitFor(rooms->join(ben, lobby)));
        // For ever, of somebody who never was here, and ended.
        QVERIFY(QCoro::waitFor(rooms->ban(olga, lobby, cleo.user, {}, {})));
        QVERIFY(!QCoro::waitFor(rooms->join(cleo, lobby)).error().retryAfter);
        QVERIFY(QCoro::waitFor(rooms->unban(olga, lobby, cleo.user)));
        QVERIFY(QCoro::waitFor(rooms->join(cleo, lobby)));
    }

    void rolesAndOwnership()
    {
        const auto role = [this](const Actor &actor, const Actor &target, MemberRole wanted) {
            const auto done = QCoro::waitFor(rooms->setMemberRole(actor, lobby, target.user, wanted));
            return done ? taken : done.error().code;
        };
        QCOMPARE(role(mod, ben, MemberRole::Moderator), Errc::Forbidden);
        QCOMPARE(role(olga, olga, MemberRole::Member), Errc::Conflict); // the last owner
        QCOMPARE(role(olga, ben, MemberRole::Moderator), taken);
        QCOMPARE(QCoro::waitFor(rooms->transferOwnership(mod, lobby, mod.user)).error().code, Errc::Forbidden);
        events.clear();
        QVERIFY(QCoro::waitFor(rooms->transferOwnership(olga, lobby, ben.user)));
        QCOMPARE(events.size(), 2);
        restart();
        QCOMPARE(rooms->find(lobby)->members.value(ben.user).role, MemberRole::Owner);
        QCOMPARE(rooms->find(lobby)->members.value(olga.user).role, MemberRole::Moderator);
        QCOMPARE(role(olga, ben, MemberRole::Member), Errc::Forbidden);
    }

    void joiningWaitsForAModerator()
    {
        RoomChange approval;
        approval.joinApproval = true;
        QVERIFY(update(mod, approval));
        events.clear();
        QVERIFY(QCoro::waitFor(rooms->join(cleo, lobby, u"it is me"_s)));
        QVERIFY(QCoro::waitFor(rooms->join(cleo, lobby))); // asking twice is asking once
        QVERIFY(!rooms->isMember(cleo.user, lobby));
        QVERIFY(rooms->hasRequested(cleo.user, lobby));
        QVERIFY(events.isEmpty());
        QCOMPARE(requests.size(), 1);
        QCOMPARE(QCoro::waitFor(rooms->join(person("gast", Role::Guest), lobby)).error().code, Errc::Unauthenticated);
        restart();
        QCOMPARE(rooms->joinRequests(ben, lobby).error().code, Errc::Forbidden);
        QCOMPARE(rooms->joinRequests(mod, lobby)->first().message, u"it is me"_s);
        QVERIFY(QCoro::waitFor(rooms->denyJoin(mod, lobby, cleo.user, u"no"_s)));
        QCOMPARE(requests.last().second, JoinDecision::Denied);
        QVERIFY(!rooms->hasRequested(cleo.user, lobby));
        QCOMPARE(QCoro::waitFor(rooms->approveJoin(mod, lobby, cleo.user)).error().code, Errc::Conflict);
        QVERIFY(QCoro::waitFor(rooms->join(cleo, lobby)));
        QVERIFY(QCoro::waitFor(rooms->approveJoin(mod, lobby, cleo.user)));
        QCOMPARE(requests.last().second, JoinDecision::Approved);
        QVERIFY(rooms->isMember(cleo.user, lobby));
        QCOMPARE(events.last().metadata.value(u"approved_by"_s).toString(), u"mod"_s);
        const Actor dan = person("dan");
        QVERIFY(QCoro::waitFor(rooms->join(dan, lobby)));
        QVERIFY(QCoro::waitFor(rooms->withdrawJoin(dan, lobby)));
        restart();
        QVERIFY(rooms->joinRequests(mod, lobby)->isEmpty());
    }

    void aHoldIsToldWithoutItsReason()
    {
        QCOMPARE(QCoro::waitFor(rooms->setLegalHold(olga, lobby, true, u"x"_s)).error().code, Errc::Forbidden);
        QCOMPARE(QCoro::waitFor(rooms->setLegalHold(admin, lobby, true, {})).error().code, Errc::ValidationFailed);
        QVERIFY(QCoro::waitFor(rooms->setLegalHold(admin, lobby, true, u"Case 17"_s)));
        const auto page = QCoro::waitFor(rooms->history(ben, lobby, 0, 0, 1));
        QVERIFY(page->events.first().metadata.value(u"changes"_s).toObject().value(u"legal_hold"_s).toBool());
        QVERIFY(page->events.first().text.isEmpty());
        restart();
        QCOMPARE(rooms->legalHold(admin, lobby).value()->reason, u"Case 17"_s);
        QCOMPARE(rooms->legalHold(admin, lobby).value()->by, admin.user);
        QCOMPARE(rooms->legalHold(olga, lobby).error().code, Errc::Forbidden);
        QVERIFY(QCoro::waitFor(rooms->setLegalHold(admin, lobby, false, u"closed"_s)));
        restart();
        QVERIFY(!rooms->find(lobby)->room.hold);
    }

    void roomsInMemoryObeyTheSameRules()
    {
        const RoomId quick("quick");
        create(quick, RoomPersistence::Ephemeral);
        RoomChange change;
        change.joinApproval = true;
        QVERIFY(QCoro::waitFor(rooms->update(olga, quick, change)));
        QVERIFY(QCoro::waitFor(rooms->join(cleo, quick)));
        QVERIFY(QCoro::waitFor(rooms->approveJoin(mod, quick, cleo.user)));
        QVERIFY(QCoro::waitFor(rooms->mute(mod, quick, cleo.user, 5s, {})));
        QCOMPARE(post(cleo, {}, quick).error().code, Errc::Forbidden);
        QVERIFY(QCoro::waitFor(rooms->ban(mod, quick, cleo.user, 5s, {})));
        QVERIFY(!rooms->isMember(cleo.user, quick));
        QVERIFY(QCoro::waitFor(rooms->transferOwnership(olga, quick, mod.user)));
        QCOMPARE(rooms->find(quick)->members.value(mod.user).role, MemberRole::Owner);
        QCOMPARE(QCoro::waitFor(rooms->setLegalHold(admin, quick, true, u"x"_s)).error().code, Errc::Conflict);
    }
};

QTEST_GUILESS_MAIN(TestRoomModeration)
#include "tst_roommoderation.moc"
