// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Retention and legal hold over the real storage, invitations and preferences likewise.
#include "server/rooms/invitationservice.h"
#include "server/rooms/preferenceservice.h"
#include "server/rooms/retentionservice.h"
#include "tests/support/memorytraces.h"
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QRegularExpression>
#include <QtTest/QSignalSpy>

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
const Actor ben = person("ben");
const Actor admin = person("root", Role::Admin);
constexpr auto day = std::chrono::days(1);
} // namespace

class TestRetention : public QObject
{
    Q_OBJECT

    StorageFixture *f = nullptr;
    std::unique_ptr<Identity::Permissions> permissions;
    Test::MemoryTraces sink;
    std::unique_ptr<RoomService> rooms;
    std::unique_ptr<RetentionService> retention;
    RetentionService::Settings settings;

    void start()
    {
        rooms = std::make_unique<RoomService>(f->rooms(), *permissions, sink, f->clock, f->metrics, RoomLimits{});
        QVERIFY(QCoro::waitFor(rooms->load()));
        settings.pause = 0ms;
        settings.stepEvents = 10;
        retention = std::make_unique<RetentionService>(settings, f->storage->retention(), *rooms, f->clock, f->metrics);
    }
    void stop()
    {
        if (retention)
            QCoro::waitFor(retention->close());
        retention.reset();
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
    MessageId post(const QString &text, const RoomId &room = lobby)
    {
        MessageDraft draft;
        draft.room = room;
        draft.text = text;
        const auto posted = QCoro::waitFor(rooms->postTask(ben, std::move(draft)));
        return posted ? posted->event.message : MessageId();
    }
    void keepFor(std::optional<int> days, const RoomId &room = lobby)
    {
        RoomChange change;
        change.retentionDays = days;
        QVERIFY(QCoro::waitFor(rooms->update(olga, room, change)));
    }
    QList<RoomEvent> history(const RoomId &room = lobby)
    {
        return QCoro::waitFor(rooms->history(olga, room, 0, 0, 200))->events;
    }
    Purged purge()
    {
        const auto done = QCoro::waitFor(retention->run());
        return done ? *done : Purged{-1, -1, false};
    }
    //! Whether the text stands anywhere in the files of the closed database.
    bool isOnDisk(const QByteArray &text)
    {
        stop();
        if (f->storage)
            f->storage->closeBlocking();
        f->storage.reset();
        bool found = false;
        for (const QString &name : {u"/atom.db"_s, u"/atom.db-wal"_s}) {
            QFile file(f->folder() + name);
            if (file.open(QIODevice::ReadOnly))
                found = found || file.readAll().contains(text);
        }
        return found;
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        f = new StorageFixture;
        QVERIFY(f->open());
        permissions = std::make_unique<Identity::Permissions>(f->clock);
        settings = {};
        start();
        RoomDraft draft;
        draft.id = lobby;
        draft.members = {ben.user};
        QVERIFY(QCoro::waitFor(rooms->create(olga, draft)));
    }
    void cleanup()
    {
        stop();
        delete f;
    }

    void whatIsTooOldGoesInOrderAndTheSequenceGoesOn()
    {
        for (int i = 0; i < 25; ++i)
            post(u"old %1"_s.arg(i));
        f->clock.advance(31 * day);
        for (int i = 0; i < 5; ++i)
            post(u"new %1"_s.arg(i));
        QCOMPARE(purge().messages, 0); // kept for ever unless somebody says otherwise
        keepFor(30);
        const qint64 last = rooms->find(lobby)->room.lastSeq;
        const Purged purged = purge();
        QCOMPARE(purged.messages, 25);
        QCOMPARE(purged.events, 2); // who joined
        const QList<RoomEvent> left = history();
        QCOMPARE(left.size(), 6);
        QCOMPARE(left.first().text, u"new 0"_s);
        QCOMPARE(left.first().seq, 28);
        QCOMPARE(left.last().seq, last);
        QVERIFY(!QCoro::waitFor(rooms->history(olga, lobby, 0, 0, 200))->hasMoreBefore);
        QVERIFY(QCoro::waitFor(rooms->history(olga, lobby, 0, 0, 2))->hasMoreBefore);
        restart();
        QCOMPARE(rooms->find(lobby)->room.lastSeq, last);
        QCOMPARE(rooms->find(lobby)->members.size(), 2);
        post(u"next"_s);
        QCOMPARE(history().last().seq, last + 1);
        QCOMPARE(purge().messages, 0);
    }

    void theNewestEventStays()
    {
        keepFor(1);
        post(u"the last word"_s);
        f->clock.advance(400 * day);
        QCOMPARE(purge().messages, 1);
        QCOMPARE(history().size(), 1);
        QVERIFY(history().first().deleted && history().first().text.isEmpty()); // only its number stays
        QCOMPARE(purge().messages, 0);
        const qint64 last = rooms->find(lobby)->room.lastSeq;
        restart();
        QCOMPARE(rooms->find(lobby)->room.lastSeq, last);
        QVERIFY(!post(u"again"_s).isEmpty());
        QCOMPARE(history().last().seq, last + 1);
    }

    void theRoomsOwnTimeGoesBeforeTheServers()
    {
        stop();
        settings.defaultDays = 10;
        start();
        post(u"x"_s);
        keepFor(0);
        f->clock.advance(50 * day);
        post(u"y"_s);
        QCOMPARE(purge().messages, 0);
        keepFor(std::nullopt);
        QCOMPARE(purge().messages, 1);
    }

    void purgedTextsAreNowhereOnTheDisk()
    {
        keepFor(1);
        const MessageId id = post(u"marker-alpha-7341"_s);
        QVERIFY(QCoro::waitFor(rooms->edit(ben, lobby, id, u"marker-beta-7341"_s)));
        f->clock.advance(2 * day);
        post(u"later"_s);
        QVERIFY(purge().messages > 0);
        QVERIFY(!isOnDisk("marker-alpha-7341"));
        QVERIFY(!isOnDisk("marker-beta-7341"));
    }

    void deletedTextsAreNowhereOnTheDisk()
    {
        const MessageId id = post(u"marker-gamma-7341"_s);
        QVERIFY(QCoro::waitFor(rooms->remove(ben, lobby, id)));
        QVERIFY(!isOnDisk("marker-gamma-7341"));
    }

    void aHoldWinsOverRetentionAndDeletion()
    {
        keepFor(1);
        const MessageId old = post(u"old"_s);
        const MessageId deleted = post(u"first words"_s);
        QVERIFY(QCoro::waitFor(rooms->setLegalHold(admin, lobby, true, u"Case 17"_s)));
        QVERIFY(QCoro::waitFor(rooms->edit(ben, lobby, deleted, u"second words"_s)));
        QVERIFY(QCoro::waitFor(rooms->remove(ben, lobby, deleted)));
        f->clock.advance(30 * day);
        post(u"later"_s);
        QCOMPARE(purge().messages, 0);
        QCOMPARE(QCoro::waitFor(rooms->message(olga, lobby, old))->text, u"old"_s);
        QVERIFY(QCoro::waitFor(rooms->message(olga, lobby, deleted))->text.isEmpty()); // out of sight
        const auto held = QCoro::waitFor(f->storage->exports().heldTexts(lobby, 0, 100));
        QStringList texts;
        for (const Exports::HeldText &text : *held)
            texts.append(text.text);
        texts.sort();
        QCOMPARE(texts, (QStringList{u"first words"_s, u"second words"_s})); // each once
        QVERIFY(QCoro::waitFor(rooms->setLegalHold(admin, lobby, false, u"closed"_s)));
        QVERIFY(purge().messages >= 2);
        QVERIFY(QCoro::waitFor(f->storage->exports().heldTexts(lobby, 0, 100))->isEmpty());
        QVERIFY(!isOnDisk("first words"));
    }

    void deletingWithoutAHoldKeepsNothing()
    {
        const MessageId id = post(u"words"_s);
        QVERIFY(QCoro::waitFor(rooms->remove(ben, lobby, id)));
        QVERIFY(QCoro::waitFor(f->storage->exports().heldTexts(lobby, 0, 100))->isEmpty());
    }

    void thoseWhoWriteMeanwhileLoseNothing()
    {
        keepFor(1);
        for (int i = 0; i < 200; ++i)
            post(u"old"_s);
        f->clock.advance(2 * day);
        post(u"new"_s);
        // The purge and a hundred messages at the same time.
        QCoro::Task<Result<Purged>> purging = retention->run();
        QList<qint64> seqs;
        int answered = 0;
        for (int i = 0; i < 100; ++i) {
            MessageDraft draft;
            draft.room = lobby;
            draft.text = u"live %1"_s.arg(i);
            rooms->post(ben, std::move(draft), [&](const Result<Appended> &done) {
                ++answered;
                if (done)
                    seqs.append(done.value().event.seq);
            });
            if (i % 10 == 0)
                QTest::qWait(1);
        }
        QVERIFY(QCoro::waitFor(std::move(purging)));
        QTRY_COMPARE(answered, 100);
        QCOMPARE(seqs.size(), 100);
        for (qsizetype i = 1; i < seqs.size(); ++i)
            QCOMPARE(seqs.at(i), seqs.at(i - 1) + 1);
        const QList<RoomEvent> left = history();
        QCOMPARE(left.size(), 101);
        for (int i = 0; i < 100; ++i)
            QCOMPARE(left.at(i + 1).text, u"live %1"_s.arg(i));
    }

    void itRunsByItself()
    {
        keepFor(1);
        post(u"old"_s);
        f->clock.advance(2 * day);
        post(u"new"_s);
        QSignalSpy purged(retention.get(), &RetentionService::purged);
        retention->start();
        f->clock.advance(settings.firstRun);
        QTRY_VERIFY(!purged.isEmpty());
    }

    // --- invitations

    void invitationsLetPeopleIn()
    {
        const RoomId secret("secret");
        RoomDraft draft;
        draft.id = secret;
        draft.visibility = RoomVisibility::Private;
        QVERIFY(QCoro::waitFor(rooms->create(olga, draft)));
        InvitationService invitations(f->storage->invitations(), *rooms, f->clock);
        QCOMPARE(QCoro::waitFor(invitations.create(ben, secret, 1h, 0)).error().code, Errc::NotFound);
        QCOMPARE(QCoro::waitFor(invitations.create(ben, lobby, 1h, 0)).error().code, Errc::Forbidden);
        const auto made = QCoro::waitFor(invitations.create(olga, secret, 1h, 1));
        QVERIFY(made);
        const auto redeem = [&](const Actor &actor, const QByteArray &token) {
            const auto joined = QCoro::waitFor(invitations.redeem(actor, token));
            return joined ? Errc::Cancelled : joined.error().code;
        };
        QCOMPARE(redeem(person("gast", Role::Guest), made->token), Errc::Unauthenticated);
        QCOMPARE(redeem(ben, "ari_" + QByteArray(32, 'x')), Errc::NotFound);
        QCOMPARE(redeem(ben, made->token), Errc::Cancelled);
        QVERIFY(rooms->isMember(ben.user, secret));
        QCOMPARE(redeem(ben, made->token), Errc::Cancelled);           // a member already
        QCOMPARE(redeem(person("cleo"), made->token), Errc::NotFound); // used up
        QCOMPARE(QCoro::waitFor(invitations.list(olga, secret))->first().uses, 1);

        const auto second = QCoro::waitFor(invitations.create(olga, secret, 1h, 0));
        f->clock.advance(1h);
        QCOMPARE(redeem(person("cleo"), second->token), Errc::NotFound); // over
        const auto third = QCoro::waitFor(invitations.create(olga, secret, 1h, 0));
        QVERIFY(QCoro::waitFor(invitations.revoke(olga, secret, third->invitation.id)));
        QCOMPARE(redeem(person("cleo"), third->token), Errc::NotFound);
        const auto fourth = QCoro::waitFor(invitations.create(olga, secret, 1h, 0));
        QVERIFY(QCoro::waitFor(rooms->ban(olga, secret, UserId("cleo"), {}, {})));
        QCOMPARE(redeem(person("cleo"), fourth->token), Errc::Forbidden);
        QVERIFY(!isOnDisk(fourth->token));
    }

    void oneUseIsOneUse()
    {
        InvitationService invitations(f->storage->invitations(), *rooms, f->clock);
        const auto made = QCoro::waitFor(invitations.create(olga, lobby, 1h, 3));
        std::vector<QCoro::Task<Result<Room>>> all;
        for (int i = 0; i < 10; ++i)
            all.push_back(invitations.redeem(person("p" + QByteArray::number(i)), made->token));
        int joined = 0;
        for (auto &task : all)
            joined += QCoro::waitFor(std::move(task)) ? 1 : 0;
        QCOMPARE(joined, 3);
        QCOMPARE(rooms->find(lobby)->members.size(), 5);
    }

    // --- preferences

    void favouritesAreMineAndOrdered()
    {
        for (const char *id : {"a", "b", "c"}) {
            RoomDraft draft;
            draft.id = RoomId(id);
            QVERIFY(QCoro::waitFor(rooms->create(olga, draft)));
        }
        PreferenceService preferences(f->storage->preferences(), *rooms);
        QSignalSpy told(&preferences, &PreferenceService::changed);
        const auto order = [&](const Actor &actor) {
            QByteArray ids;
            const auto list = QCoro::waitFor(preferences.list(actor));
            for (const RoomPreference &p : *list)
                ids += p.favourite ? p.room.bytes() : QByteArray();
            return ids;
        };
        PreferenceChange favourite;
        favourite.favourite = true;
        QVERIFY(QCoro::waitFor(preferences.change(olga, RoomId("c"), favourite)));
        QVERIFY(QCoro::waitFor(preferences.change(olga, RoomId("a"), favourite)));
        QCOMPARE(order(olga), QByteArray("ca"));
        QCOMPARE(order(ben), QByteArray());
        QVERIFY(QCoro::waitFor(preferences.setFavourites(olga, {RoomId("a"), RoomId("b"), RoomId("c")})));
        QCOMPARE(order(olga), QByteArray("abc"));
        QCOMPARE(told.size(), 3);
        PreferenceChange quiet;
        quiet.notify = NotificationLevel::Mentions;
        QVERIFY(QCoro::waitFor(preferences.change(olga, RoomId("b"), quiet))->favourite);
        QCOMPARE(QCoro::waitFor(preferences.change(ben, RoomId("a"), favourite)).error().code, Errc::Forbidden);
        QCOMPARE(QCoro::waitFor(preferences.setFavourites(ben, {RoomId("a")})).error().code, Errc::ValidationFailed);
        restart();
        PreferenceService again(f->storage->preferences(), *rooms);
        const auto list = QCoro::waitFor(again.list(olga));
        QCOMPARE(list->size(), 3);
        QCOMPARE(list->at(1).notify, NotificationLevel::Mentions);
    }
};

QTEST_GUILESS_MAIN(TestRetention)
#include "tst_retention.moc"
