// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What people keep for themselves, over the real storage; time is the test's.
#include "server/identity/passwordhasher.h"
#include "server/rooms/personalservice.h"
#include "tests/support/memorytraces.h"
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QJsonArray>
#include <QtCore/QRegularExpression>

using namespace Atom;
using namespace Atom::Rooms;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

namespace {
const RoomId lobby("lobby");

Actor person(const QByteArray &name, Role role = Role::Member)
{
    Actor actor;
    actor.user = UserId(name);
    actor.role = role;
    actor.device = DeviceId("device-of-" + name);
    return actor;
}
const Actor ann = person("ann");
const Actor ben = person("ben");
} // namespace

class TestPersonalService : public QObject
{
    Q_OBJECT

    struct Told
    {
        UserId user;
        PersonalItem item;
        DeviceId origin;
    };
    std::unique_ptr<StorageFixture> f;
    MemoryTraces sink;
    Identity::PasswordHasher hasher{Identity::PasswordHasher::Cost{1, 8192}};
    std::unique_ptr<Identity::Permissions> permissions;
    std::unique_ptr<Identity::UserService> users;
    std::unique_ptr<RoomService> rooms;
    std::unique_ptr<PersonalService> personal;
    QList<Told> told;

    void start()
    {
        permissions = std::make_unique<Identity::Permissions>(f->clock);
        users = std::make_unique<Identity::UserService>(f->storage->users(), hasher, f->clock);
        QVERIFY(QCoro::waitFor(users->load()));
        rooms = std::make_unique<RoomService>(f->rooms(), *permissions, sink, f->clock, f->metrics, RoomLimits());
        QVERIFY(QCoro::waitFor(rooms->load()));
        PersonalLimits limits;
        limits.bookmarks = 2;
        personal = std::make_unique<PersonalService>(f->storage->personal(), *rooms, *users, *permissions, f->clock,
                                                     limits);
        connect(personal.get(), &PersonalService::changed, this,
                [this](const UserId &user, const PersonalItem &item, const DeviceId &origin) {
                    told.append(Told{user, item, origin});
                });
        QVERIFY(QCoro::waitFor(personal->load()));
    }
    void stop()
    {
        QCoro::waitFor(personal->close());
        QCoro::waitFor(rooms->close());
        QCoro::waitFor(users->close());
        personal.reset();
        rooms.reset();
        users.reset();
    }
    void restart()
    {
        stop();
        QVERIFY(f->open());
        start();
    }
    RoomEvent say(const QString &text)
    {
        MessageDraft draft;
        draft.room = lobby;
        draft.text = text;
        const auto posted = QCoro::waitFor(rooms->postTask(ann, draft));
        return posted ? posted->event : RoomEvent();
    }
    //! The same while time goes on: looking up what is due takes a few turns of the loop, and its timer the test's clock.
    int timesSaidSoon(const QString &text)
    {
        f->clock.advance(milliseconds(10));
        return timesSaid(text);
    }
    int timesSaid(const QString &text)
    {
        const auto page = QCoro::waitFor(rooms->history(ann, lobby, 0, 0, 200));
        return int(std::count_if(page->events.begin(), page->events.end(),
                                 [&text](const RoomEvent &e) { return e.text == text; }));
    }
    ScheduledDraft later(const QString &text, seconds delay)
    {
        ScheduledDraft draft;
        draft.message.room = lobby;
        draft.message.text = text;
        draft.at = f->clock.now() + delay;
        return draft;
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        f = std::make_unique<StorageFixture>();
        QVERIFY(f->open());
        start();
        for (const char *name : {"ann", "ben"})
            QVERIFY(QCoro::waitFor(users->create(UserId(name), {}, Role::Member, u"xkcd-Tulip pot 7"_s)));
        RoomDraft draft;
        draft.id = lobby;
        draft.members = {ben.user};
        QVERIFY(QCoro::waitFor(rooms->create(ann, draft)));
        told.clear();
    }
    void cleanup()
    {
        stop();
        f.reset();
    }

    void draftsFollowTheUser()
    {
        const auto first = QCoro::waitFor(personal->setDraft(ann, lobby, u"I wanted"_s, {}));
        QCOMPARE(first->version, 1);
        const auto second = QCoro::waitFor(personal->setDraft(ann, lobby, u"I wanted to"_s, {}));
        QCOMPARE(second->version, 2);
        QCOMPARE(told.size(), 2);
        QCOMPARE(told[1].origin, ann.device);
        QCOMPARE(told[1].item.value["message"_L1].toString(), u"I wanted to"_s);
        QVERIFY(QCoro::waitFor(personal->list(ben, "draft", {}, 10))->isEmpty()); // each their own
        restart();
        const auto kept = QCoro::waitFor(personal->list(ann, "draft", {}, 10));
        QCOMPARE(kept->size(), 1);
        QCOMPARE(kept->first().version, 2);
        const auto gone = QCoro::waitFor(personal->setDraft(ann, lobby, {}, {}));
        QCOMPARE(gone->version, 3);
        QVERIFY(gone->value.isEmpty());
        QVERIFY(QCoro::waitFor(personal->setDraft(ann, lobby, {}, {}))); // none is none
        QCOMPARE(QCoro::waitFor(personal->setDraft(ann, RoomId("none"), u"x"_s, {})).error().code, Errc::NotFound);
        QCOMPARE(QCoro::waitFor(personal->setDraft(person("gast", Role::Guest), lobby, u"x"_s, {})).error().code,
                 Errc::Unauthenticated);
    }

    void aDeviceHearsWhatItMissed()
    {
        const RoomEvent one = say(u"one"_s);
        QVERIFY(QCoro::waitFor(personal->setDraft(ann, lobby, u"draft"_s, {})));
        QVERIFY(QCoro::waitFor(personal->setBookmark(ann, one.message, u"keep"_s)));
        QVERIFY(QCoro::waitFor(personal->remove(ann, "bookmark", one.message.bytes())));
        auto changes = QCoro::waitFor(personal->changes(ann, 0, 10));
        QVERIFY(changes->complete);
        QCOMPARE(changes->items.size(), 1); // what was removed is not shown to who knows nothing
        QCOMPARE(changes->version, 3);
        changes = QCoro::waitFor(personal->changes(ann, 1, 10));
        QVERIFY(!changes->complete);
        QCOMPARE(changes->items.size(), 1);
        QVERIFY(changes->items.first().value.isEmpty());
        changes = QCoro::waitFor(personal->changes(ann, 3, 10));
        QVERIFY(changes->items.isEmpty() && !changes->complete);
        changes = QCoro::waitFor(personal->changes(ann, 99, 10)); // the server was restored from a backup
        QVERIFY(changes->complete);
        // Pages
        for (int i = 0; i < 5; ++i)
            QVERIFY(QCoro::waitFor(personal->remind(ann, one.message, f->clock.now() + std::chrono::hours(1), {})));
        changes = QCoro::waitFor(personal->changes(ann, 3, 2));
        QVERIFY(changes->more);
        QCOMPARE(changes->version, 5);
    }

    void removalsAreForgottenAtLast()
    {
        const RoomEvent one = say(u"one"_s);
        QVERIFY(QCoro::waitFor(personal->setDraft(ann, lobby, u"stays"_s, {})));
        for (int i = 0; i < 1'005; ++i) {
            auto reminder = QCoro::waitFor(personal->remind(ann, one.message, f->clock.now() + seconds(60), {}));
            QVERIFY(reminder);
            QVERIFY(QCoro::waitFor(personal->remove(ann, "reminder", reminder->key)));
        }
        QVERIFY(QCoro::waitFor(personal->changes(ann, 2, 10))->complete); // too long ago to say what went
        QVERIFY(!QCoro::waitFor(personal->changes(ann, 2'000, 10))->complete);
    }

    void bookmarksAreBoundedAndNeedAReadableMessage()
    {
        const RoomEvent one = say(u"one"_s);
        QCOMPARE(QCoro::waitFor(personal->setBookmark(ann, MessageId("none"), {})).error().code, Errc::NotFound);
        QVERIFY(QCoro::waitFor(personal->setBookmark(ann, one.message, {})));
        QVERIFY(QCoro::waitFor(personal->setBookmark(ann, say(u"two"_s).message, {})));
        QCOMPARE(QCoro::waitFor(personal->setBookmark(ann, say(u"three"_s).message, {})).error().code, Errc::Conflict);
        QVERIFY(QCoro::waitFor(personal->setBookmark(ann, one.message, u"again"_s))); // changing one is no new one
        QCOMPARE(QCoro::waitFor(personal->remove(ann, "bookmark", "none")).error().code, Errc::NotFound);
    }

    void keywordsWorkAfterARestart()
    {
        const auto set = QCoro::waitFor(personal->setKeywords(ben, {u"Deploy"_s, u"deploy"_s, u"alarm"_s}));
        QCOMPARE(set->value["words"_L1].toArray(), (QJsonArray{u"alarm"_s, u"deploy"_s}));
        QCOMPARE(QCoro::waitFor(personal->setKeywords(ben, {u"two words"_s})).error().code, Errc::ValidationFailed);
        restart();
        say(u"deploy now"_s);
        QCOMPARE(rooms->counters(ben.user, lobby).mentions, 1);
    }

    void aScheduledMessageIsSentOnce()
    {
        QVERIFY(QCoro::waitFor(personal->schedule(ann, later(u"good morning"_s, seconds(60)))));
        f->clock.advance(seconds(59));
        QCOMPARE(timesSaid(u"good morning"_s), 0);
        f->clock.advance(seconds(2));
        QTRY_COMPARE(timesSaidSoon(u"good morning"_s), 1);
        QTRY_VERIFY(QCoro::waitFor(personal->list(ann, "scheduled", {}, 10))->isEmpty());
        QVERIFY(told.constLast().item.value.isEmpty()); // the devices hear that it is gone
        restart();
        f->clock.advance(seconds(60));
        QCOMPARE(timesSaid(u"good morning"_s), 1);
    }

    void whatWasDueWhileTheServerWasDownIsDoneAtItsStart()
    {
        QVERIFY(QCoro::waitFor(personal->schedule(ann, later(u"late"_s, seconds(60)))));
        const RoomEvent one = say(u"one"_s);
        QVERIFY(QCoro::waitFor(personal->remind(ann, one.message, f->clock.now() + seconds(60), u"answer"_s)));
        stop();
        f->clock.advance(seconds(3'600));
        QVERIFY(f->open());
        start();
        QCOMPARE(timesSaid(u"late"_s), 1);
        const auto reminders = QCoro::waitFor(personal->list(ann, "reminder", {}, 10));
        QCOMPARE(reminders->first().value["state"_L1].toString(), u"due"_s);
    }

    //! Killed between the commit of the message and the note that it was sent: it is due again, and stays one message.
    void aCrashBetweenSendingAndNotingDoesNotRepeatIt()
    {
        const auto item = QCoro::waitFor(personal->schedule(ann, later(u"once"_s, seconds(60))));
        MessageDraft draft = messageFromScheduled(item->value);
        draft.clientId = "scheduled-" + item->key;
        QVERIFY(QCoro::waitFor(rooms->postTask(ann, draft)));
        f->clock.advance(seconds(120));
        restart();
        QCOMPARE(timesSaid(u"once"_s), 1);
        QVERIFY(QCoro::waitFor(personal->list(ann, "scheduled", {}, 10))->isEmpty());
    }

    void aScheduledMessageCanBeChangedAndCancelled()
    {
        const auto item = QCoro::waitFor(personal->schedule(ann, later(u"draft"_s, seconds(60))));
        QVERIFY(QCoro::waitFor(personal->reschedule(ann, item->key, later(u"better"_s, seconds(120)))));
        const auto other = QCoro::waitFor(personal->schedule(ann, later(u"never"_s, seconds(60))));
        QVERIFY(QCoro::waitFor(personal->remove(ann, "scheduled", other->key)));
        QCOMPARE(QCoro::waitFor(personal->reschedule(ben, item->key, later(u"not mine"_s, seconds(60)))).error().code,
                 Errc::NotFound);
        f->clock.advance(seconds(61));
        QCOMPARE(timesSaid(u"draft"_s), 0);
        f->clock.advance(seconds(61));
        QTRY_COMPARE(timesSaidSoon(u"better"_s), 1);
        QCOMPARE(timesSaid(u"never"_s), 0);
        QCOMPARE(QCoro::waitFor(personal->schedule(ann, later(u"past"_s, seconds(-1)))).error().code,
                 Errc::ValidationFailed);
        QCOMPARE(QCoro::waitFor(personal->schedule(person("stranger"), later(u"x"_s, seconds(60)))).error().code,
                 Errc::Forbidden);
    }

    void aScheduledMessageThatMayNotBeSentFailsOpenly()
    {
        QVERIFY(QCoro::waitFor(personal->schedule(ben, later(u"from outside"_s, seconds(60)))));
        QVERIFY(QCoro::waitFor(rooms->leave(ben, lobby)));
        f->clock.advance(seconds(61));
        const auto state = [this] {
            f->clock.advance(milliseconds(10));
            const auto list = QCoro::waitFor(personal->list(ben, "scheduled", {}, 10));
            return list->isEmpty() ? QString() : list->first().value["state"_L1].toString();
        };
        QTRY_COMPARE(state(), u"failed"_s);
        QCOMPARE(timesSaid(u"from outside"_s), 0);
        const auto list = QCoro::waitFor(personal->list(ben, "scheduled", {}, 10));
        QCOMPARE(list->first().value["error"_L1].toString(), u"forbidden"_s);
    }
};

QTEST_GUILESS_MAIN(TestPersonalService)
#include "tst_personalservice.moc"
