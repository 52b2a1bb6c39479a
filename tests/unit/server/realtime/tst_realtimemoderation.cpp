// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the people of a room are told live when somebody changes or moderates it, and what a refused frame says.
#include "server/audit/sinks.h"
#include "tests/unit/server/realtime/chatfixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Test;

namespace {
const RoomId room("r");

struct Refusals final : Audit::RefusalSink
{
    QList<Audit::Draft> drafts;
    void refused(Audit::Draft draft) override { drafts.append(std::move(draft)); }
};
} // namespace

class TestRealtimeModeration : public QObject
{
    Q_OBJECT
    std::unique_ptr<ChatFixture> f;
    Device *ann = nullptr;
    Device *bob = nullptr;

    template <typename T> T must(QCoro::Task<Result<T>> task)
    {
        Result<T> result = QCoro::waitFor(std::move(task));
        ChatFixture::must(result);
        return *result;
    }
    void clear()
    {
        ann->take();
        bob->take();
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<ChatFixture>();
        f->start();
        ann = &f->signedIn(u"ann"_s);
        bob = &f->signedIn(u"bob"_s);
        ann->send(inRoom("join_room", u"r"_s));
        bob->send(inRoom("join_room", u"r"_s));
        clear();
    }
    void cleanup() { f.reset(); }

    void changesAreEvents()
    {
        Rooms::RoomChange change;
        change.topic = u"Friday"_s;
        must(f->rooms->update(member("ann"), room, change));
        const QJsonObject told = bob->one();
        QCOMPARE(told.value(u"type"_s).toString(), u"room_updated"_s);
        QCOMPARE(told.value(u"user_id"_s).toString(), u"ann"_s);
        QCOMPARE(told.value(u"changes"_s).toObject().value(u"topic"_s).toString(), u"Friday"_s);
        QVERIFY(told.value(u"seq"_s).toInt() > 0);
        // And again to who comes back.
        Device &later = f->signedIn(u"bob"_s, resume(u"r"_s, told.value(u"seq"_s).toInt() - 1));
        QVERIFY(later.takeTypes().contains(u"room_updated"_s));
    }

    void whatWasNotPermittedIsForTheAuditLog()
    {
        Refusals refusals;
        f->server->recordRefusals(refusals);
        f->rooms->recordRefusals(refusals);
        bob->send(inRoom("chat_message", u"r"_s, {{u"message"_s, u"x"_s}}));
        QVERIFY(refusals.drafts.isEmpty());
        must(f->rooms->mute(member("ann"), room, UserId("bob"), 60s, {}));
        clear();
        bob->send(inRoom("chat_message", u"r"_s, {{u"message"_s, u"x"_s}}));
        QCOMPARE(codeOf(bob->one()), u"forbidden"_s);
        QCOMPARE(refusals.drafts.size(), 1);
        QCOMPARE(refusals.drafts[0].action, "realtime.chat_message");
        QCOMPARE(refusals.drafts[0].actor, UserId("bob"));
        QCOMPARE(refusals.drafts[0].objectId, "r");

        Rooms::RoomDraft draft;
        draft.id = RoomId("secret");
        draft.name = u"Secret"_s;
        draft.visibility = RoomVisibility::Private;
        must(f->rooms->create(member("ann"), draft));
        clear();
        bob->send(inRoom("history", u"secret"_s));
        QCOMPARE(codeOf(bob->one()), u"not_found"_s); // as if there were none
        bob->send(inRoom("history", u"nowhere"_s));
        QCOMPARE(codeOf(bob->one()), u"not_found"_s);
        QCOMPARE(refusals.drafts.size(), 2);
        QCOMPARE(refusals.drafts[1].action, "RoomRead");
        QCOMPARE(refusals.drafts[1].objectId, "secret");
    }

    void whoFollowsAPublicRoomIsCutWhenItBecomesPrivate()
    {
        Device &cat = f->signedIn(u"cat"_s);
        cat.take();
        cat.send({{u"type"_s, u"subscribe"_s}, {u"topic"_s, u"room:r"_s}});
        QCOMPARE(cat.takeTypes(), QStringList{u"subscribed"_s});
        bob->send(inRoom("chat_message", u"r"_s, {{u"message"_s, u"for all"_s}}));
        QCOMPARE(cat.takeTypes(), QStringList{u"chat_message"_s});
        Rooms::RoomChange change;
        change.visibility = RoomVisibility::Private;
        must(f->rooms->update(member("ann"), room, change));
        const QJsonObject left = cat.one();
        QCOMPARE(left.value(u"type"_s).toString(), u"room_left"_s);
        QCOMPARE(left.value(u"reason"_s).toString(), u"forbidden"_s);
        clear();
        ann->send(inRoom("chat_message", u"r"_s, {{u"message"_s, u"for us"_s}}));
        QCOMPARE(bob->takeTypes(), QStringList{u"chat_message"_s});
        QVERIFY(cat.takeTypes().isEmpty());
    }

    void aMutedPersonHearsWhenItEnds()
    {
        must(f->rooms->mute(member("ann"), room, UserId("bob"), 60s, u"calm down"_s));
        const QJsonObject told = bob->one();
        QCOMPARE(told.value(u"type"_s).toString(), u"member_updated"_s);
        QCOMPARE(told.value(u"member_id"_s).toString(), u"bob"_s);
        QCOMPARE(told.value(u"reason"_s).toString(), u"calm down"_s);
        bob->send(inRoom("chat_message", u"r"_s, {{u"message"_s, u"x"_s}, {u"ref"_s, u"1"_s}}));
        const QJsonObject refused = bob->one();
        QCOMPARE(codeOf(refused), u"forbidden"_s);
        QCOMPARE(refused.value(u"ref"_s).toString(), u"1"_s);
        QCOMPARE(refused.value(u"retry_after"_s).toInt(), 60);
        bob->send(inRoom("typing_indicator", u"r"_s, {{u"is_typing"_s, true}}));
        QCOMPARE(codeOf(bob->one()), u"forbidden"_s);
    }

    void slowModeSaysWhenToComeBack()
    {
        Rooms::RoomChange slow;
        slow.slowModeSeconds = 10;
        must(f->rooms->update(member("ann"), room, slow));
        clear();
        const auto say = [this](const QString &id) {
            bob->send(inRoom("chat_message", u"r"_s, {{u"message"_s, u"x"_s}, {u"client_id"_s, id}}));
            return bob->one();
        };
        QCOMPARE(say(u"1"_s).value(u"type"_s).toString(), u"message_ack"_s);
        const QJsonObject refused = say(u"2"_s);
        QCOMPARE(codeOf(refused), u"rate_limited"_s);
        QCOMPARE(refused.value(u"retry_after"_s).toInt(), 10);
        QVERIFY(say(u"1"_s).value(u"duplicate"_s).toBool());
    }

    void aBanIsToldToAllAndEndsTheRoom()
    {
        must(f->rooms->ban(member("ann"), room, UserId("bob"), std::nullopt, u"spam"_s));
        const QList<QJsonObject> frames = bob->take();
        QVERIFY(!frames.isEmpty());
        QCOMPARE(frames.last().value(u"type"_s).toString(), u"room_left"_s);
        QCOMPARE(frames.last().value(u"removed_by"_s).toString(), u"ann"_s);
        QCOMPARE(frames.last().value(u"reason"_s).toString(), u"spam"_s);
        const QStringList types = ann->takeTypes();
        QVERIFY(types.contains(u"user_banned"_s) && types.contains(u"user_left"_s));
        bob->send(inRoom("join_room", u"r"_s));
        QCOMPARE(codeOf(bob->one()), u"forbidden"_s);
        post(*f, "ann", "r");
        QVERIFY(bob->take().isEmpty());
    }

    void whoJoinsIsApproved()
    {
        Rooms::RoomChange approval;
        approval.joinApproval = true;
        must(f->rooms->update(member("ann"), room, approval));
        clear();
        Device &cat = f->signedIn(u"cat"_s);
        cat.take();
        cat.send(inRoom("join_room", u"r"_s));
        QStringList types = cat.takeTypes();
        QVERIFY(types.contains(u"join_pending"_s));
        const QJsonObject asked = ann->one();
        QCOMPARE(asked.value(u"type"_s).toString(), u"join_request"_s);
        QCOMPARE(asked.value(u"status"_s).toString(), u"pending"_s);
        QVERIFY(bob->take().isEmpty()); // none of his business
        const Result<void> done = QCoro::waitFor(f->rooms->approveJoin(member("ann"), room, UserId("cat")));
        ChatFixture::must(done);
        types = cat.takeTypes();
        QVERIFY(types.contains(u"room_joined"_s) && types.contains(u"join_request"_s));
        QVERIFY(bob->takeTypes().contains(u"user_joined"_s));
        post(*f, "ann", "r");
        QVERIFY(cat.takeTypes().contains(u"chat_message"_s));
    }
};

QTEST_GUILESS_MAIN(TestRealtimeModeration)
#include "tst_realtimemoderation.moc"
