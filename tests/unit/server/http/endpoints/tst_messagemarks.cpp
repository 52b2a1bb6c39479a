// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What hangs on messages and what people keep, by REST.
#include "tests/unit/server/http/endpoints/apifixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
struct Fixture : Test::ApiFixture
{
    Fixture()
    {
        makeRoom("lobby");
        must(QCoro::waitFor(rooms->join(member("ben"), RoomId("lobby"))));
        caller->as("ann");
    }
    QJsonObject say(const QString &text, QJsonObject more = {})
    {
        more.insert(u"message"_s, text);
        return Test::jsonOf(caller->post(u"/api/v1/rooms/lobby/messages"_s, more));
    }
    static QString at(const QJsonObject &message, const QString &rest = {})
    {
        return u"/api/v1/rooms/lobby/messages/"_s + message.value(u"id"_s).toString() + rest;
    }
    QString in(seconds delay) const { return toIso(clock.now() + delay); }
};
} // namespace

class MessageMarksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void reactionsPinsAndAcknowledgements()
    {
        Fixture f;
        const QJsonObject m = f.say(u"read this @ben"_s, {{u"must_acknowledge"_s, true}});
        QCOMPARE(m.value(u"mentions"_s).toArray(), QJsonArray{u"ben"_s});
        const QString thumb = f.at(m, u"/reactions/%F0%9F%91%8D"_s);
        f.caller->as("ben");
        const Http::Response first = f.caller->call("PUT", thumb);
        QCOMPARE(first.status, 200);
        QCOMPARE(Test::jsonOf(first).value(u"type"_s).toString(), u"reaction_added"_s);
        QCOMPARE(f.caller->call("PUT", thumb).status, 204);
        QCOMPARE(f.caller->call("PUT", f.at(m, u"/reactions/a%20b"_s)).status, 422);
        QCOMPARE(f.caller->call("PUT", f.at(m, u"/pin"_s)).status, 200);
        QCOMPARE(f.caller->call("PUT", f.at(m, u"/pin"_s)).status, 204);
        QCOMPARE(f.caller->call("PUT", f.at(m, u"/acknowledgement"_s)).status, 200);
        QCOMPARE(f.caller->as("cleo").call("PUT", thumb).status, 403); // reads the public room, is no member

        const QJsonObject now = Test::jsonOf(f.caller->as("ann").get(f.at(m)));
        QCOMPARE(now.value(u"reactions"_s).toObject().value(u"\U0001F44D"_s).toArray(), QJsonArray{u"ben"_s});
        QCOMPARE(now.value(u"pinned_by"_s).toString(), u"ben"_s);
        QCOMPARE(now.value(u"acknowledged_by"_s).toArray(), QJsonArray{u"ben"_s});
        const QJsonObject acknowledged = Test::jsonOf(f.caller->get(f.at(m, u"/acknowledgements"_s)));
        QCOMPARE(acknowledged.value(u"items"_s).toArray().size(), 1);
        QCOMPARE(acknowledged.value(u"missing"_s).toArray(), QJsonArray{u"ann"_s});
        QCOMPARE(Test::jsonOf(f.caller->get(u"/api/v1/rooms/lobby/pins"_s)).value(u"items"_s).toArray().size(), 1);
        QCOMPARE(f.caller->call("DELETE", f.at(m, u"/pin"_s)).status, 200);
        QCOMPARE(f.caller->as("ben").call("DELETE", thumb).status, 200);
        QCOMPARE(f.caller->call("DELETE", thumb).status, 204);
    }

    void threadsLinksAndFormerTexts()
    {
        Fixture f;
        const QJsonObject root = f.say(u"root"_s);
        const QString id = root.value(u"id"_s).toString();
        const QJsonObject reply = f.say(u"reply"_s, {{u"reply_to"_s, id}});
        QCOMPARE(reply.value(u"thread_root"_s).toString(), id);
        const QJsonObject thread = Test::jsonOf(f.caller->get(f.at(root, u"/thread"_s)));
        QCOMPARE(thread.value(u"events"_s).toArray().size(), 1);
        QCOMPARE(f.caller->get(f.at(root, u"/thread?limit=0"_s)).status, 422);

        const QJsonObject link = Test::jsonOf(f.caller->get(u"/api/v1/messages/"_s + id + u"?context=1"_s));
        QCOMPARE(link.value(u"message"_s).toObject().value(u"reply_count"_s).toInt(), 1);
        QCOMPARE(link.value(u"room"_s).toObject().value(u"id"_s).toString(), u"lobby"_s);
        const QJsonArray around = link.value(u"context"_s).toObject().value(u"events"_s).toArray();
        QCOMPARE(around.size(), 3);
        QCOMPARE(around.at(1).toObject().value(u"id"_s).toString(), id);
        QCOMPARE(f.caller->get(u"/api/v1/messages/none"_s).status, 404);

        QCOMPARE(f.caller->patch(f.at(root), {{u"message"_s, u"roots"_s}}).status, 200);
        const QJsonArray versions = Test::jsonOf(f.caller->get(f.at(root, u"/versions"_s))).value(u"items"_s).toArray();
        QCOMPARE(versions.size(), 2);
        QCOMPARE(versions.at(0).toObject().value(u"message"_s).toString(), u"root"_s);
        const Http::Response gone = f.caller->remove(f.at(root, u"?reason=a%20mistake"_s));
        QCOMPARE(Test::jsonOf(gone).value(u"reason"_s).toString(), u"a mistake"_s);
        QVERIFY(Test::jsonOf(f.caller->get(f.at(root, u"/versions"_s))).value(u"items"_s).toArray().isEmpty());
        QCOMPARE(f.caller->call("PUT", f.at(root, u"/pin"_s)).status, 409);
    }

    void aLinkToAPrivateRoomLeadsNowhereForStrangers()
    {
        Fixture f;
        f.makeRoom("secret", RoomVisibility::Private);
        const QJsonObject m =
            Test::jsonOf(f.caller->post(u"/api/v1/rooms/secret/messages"_s, {{u"message"_s, u"psst"_s}}));
        const QString link = u"/api/v1/messages/"_s + m.value(u"id"_s).toString();
        QCOMPARE(f.caller->get(link).status, 200);
        QCOMPARE(f.caller->as("ben").get(link).status, 404);
        QCOMPARE(f.caller->put(u"/api/v1/users/me/bookmarks/"_s + m.value(u"id"_s).toString(), {}).status, 404);
    }

    void countersAndMarksAsUnread()
    {
        Fixture f;
        const qint64 first = f.say(u"one"_s).value(u"seq"_s).toInteger();
        f.say(u"two @room"_s);
        f.caller->as("ben");
        const auto mine = [&f] {
            return Test::jsonOf(f.caller->get(u"/api/v1/users/me/counters"_s)).value(u"items"_s).toArray().at(0).toObject();
        };
        QCOMPARE(mine().value(u"unread"_s).toInt(), 2);
        QCOMPARE(mine().value(u"mentions"_s).toInt(), 1);
        QCOMPARE(f.caller->post(u"/api/v1/rooms/lobby/read"_s, {{u"up_to"_s, first + 1}}).status, 200);
        QCOMPARE(mine().value(u"unread"_s).toInt(), 0);
        const Http::Response back = f.caller->post(u"/api/v1/rooms/lobby/unread"_s, {{u"from"_s, first + 1}});
        QCOMPARE(Test::jsonOf(back).value(u"unread"_s).toInt(), 1);
        QCOMPARE(f.caller->post(u"/api/v1/rooms/lobby/unread"_s, {{u"from"_s, 0}}).status, 422);
        QCOMPARE(f.caller->as("cleo").post(u"/api/v1/rooms/lobby/unread"_s, {{u"from"_s, 1}}).status, 403);
    }

    void whatOneKeeps()
    {
        Fixture f;
        const QString id = f.say(u"one"_s).value(u"id"_s).toString();
        const QString me = u"/api/v1/users/me/"_s;
        QCOMPARE(f.caller->put(me + u"drafts/lobby"_s, {{u"message"_s, u"I wan"_s}}).status, 200);
        QCOMPARE(f.caller->put(me + u"drafts/none"_s, {{u"message"_s, u"x"_s}}).status, 404);
        QCOMPARE(f.caller->put(me + u"bookmarks/"_s + id, {{u"note"_s, u"later"_s}}).status, 200);
        QCOMPARE(f.caller->put(me + u"keywords"_s, {{u"words"_s, QJsonArray{u"Deploy"_s}}}).status, 200);
        QCOMPARE(f.caller->put(me + u"keywords"_s, {{u"words"_s, QJsonArray{u"a b"_s}}}).status, 422);
        QCOMPARE(Test::jsonOf(f.caller->get(me + u"keywords"_s)).value(u"words"_s).toArray(), QJsonArray{u"deploy"_s});
        const Http::Response reminder =
            f.caller->post(me + u"reminders"_s, {{u"message_id"_s, id}, {u"at"_s, f.in(seconds(60))}});
        QCOMPARE(reminder.status, 201);
        QCOMPARE(f.caller->post(me + u"reminders"_s, {{u"message_id"_s, id}, {u"at"_s, u"soon"_s}}).status, 422);
        QCOMPARE(f.caller->post(me + u"reminders"_s, {{u"message_id"_s, id}, {u"at"_s, f.in(seconds(-60))}}).status, 422);
        const QJsonObject draft{{u"room_id"_s, u"lobby"_s}, {u"message"_s, u"good morning"_s}, {u"at"_s, f.in(seconds(60))}};
        const Http::Response scheduled = f.caller->post(me + u"scheduled"_s, draft);
        QCOMPARE(scheduled.status, 201);
        const QString one = me + u"scheduled/"_s + Test::jsonOf(scheduled).value(u"id"_s).toString();
        QCOMPARE(f.caller->put(one, draft).status, 200);
        QCOMPARE(f.caller->as("ben").put(one, draft).status, 404);
        f.caller->as("ann");
        const QJsonObject state = Test::jsonOf(f.caller->get(me + u"state"_s));
        QCOMPARE(state.value(u"items"_s).toArray().size(), 5);
        QVERIFY(state.value(u"complete"_s).toBool());
        QCOMPARE(f.caller->remove(one).status, 204);
        QCOMPARE(f.caller->remove(one).status, 404);
        QCOMPARE(f.caller->remove(me + u"drafts/lobby"_s).status, 204);
        QCOMPARE(f.caller->remove(me + u"bookmarks/"_s + id).status, 204);
        const QJsonObject missed =
            Test::jsonOf(f.caller->get(me + u"state?since=%1"_s.arg(state.value(u"version"_s).toInteger())));
        QCOMPARE(missed.value(u"items"_s).toArray().size(), 3);
        QCOMPARE(Test::jsonOf(f.caller->as("ben").get(me + u"state"_s)).value(u"items"_s).toArray().size(), 0);
    }
};

QTEST_GUILESS_MAIN(MessageMarksTest)
#include "tst_messagemarks.moc"
