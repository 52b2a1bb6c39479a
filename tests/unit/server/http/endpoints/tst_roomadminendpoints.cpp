// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Settings, moderation and approval as REST shows them: shapes, statuses and pointers. The rules: tst_roommoderation.
#include "server/http/endpoints/exportsendpoint.h"
#include "server/http/endpoints/invitationsendpoint.h"
#include "server/http/endpoints/messagesendpoint.h"
#include "server/http/endpoints/roommoderationendpoint.h"
#include "server/http/endpoints/roomsendpoint.h"
#include "server/http/endpoints/roomsettingsendpoint.h"
#include "tests/unit/server/http/endpoints/roomfixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;

namespace {
struct Fixture : Test::RoomFixture
{
    RoomsEndpoint roomsEndpoint{*rooms, *users};
    RoomSettingsEndpoint settingsEndpoint{*rooms};
    RoomModerationEndpoint moderationEndpoint{*rooms};
    MessagesEndpoint messagesEndpoint{*rooms};
    InvitationsEndpoint invitationsEndpoint{*invitations, *preferences};
    ExportsEndpoint exportsEndpoint{*exports};
    Test::RouteCaller api{roomsEndpoint.routes() + settingsEndpoint.routes() + moderationEndpoint.routes() +
                              messagesEndpoint.routes() + invitationsEndpoint.routes() + exportsEndpoint.routes(),
                          &permissions};
    const QString room = u"/api/v1/rooms/lobby"_s;

    Fixture()
    {
        makeRoom("lobby");
        api.as("ann");
        add(u"ben"_s);
    }
    void add(const QString &user)
    {
        QCOMPARE(api.as("ann").post(room + u"/members"_s, {{u"user_id"_s, user}}).status, 201);
    }
    int say() { return api.post(room + u"/messages"_s, {{u"message"_s, u"hello"_s}}).status; }
};
} // namespace

class RoomAdminEndpointsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void settings()
    {
        Fixture f;
        const Http::Response changed = f.api.as("ann").patch(
            f.room, {{u"topic"_s, u"Friday"_s}, {u"slow_mode_seconds"_s, 10}, {u"retention_days"_s, 30}});
        QCOMPARE(changed.status, 200);
        const QJsonObject json = Test::jsonOf(changed);
        QCOMPARE(json.value(u"topic"_s).toString(), u"Friday"_s);
        QCOMPARE(json.value(u"slow_mode_seconds"_s).toInt(), 10);
        QCOMPARE(json.value(u"retention_days"_s).toInt(), 30);
        const Http::Response usual = f.api.patch(f.room, {{u"retention_days"_s, u"default"_s}});
        QVERIFY(!Test::jsonOf(usual).contains(u"retention_days"_s));
        const Http::Response wrong = f.api.patch(f.room, {{u"slow_mode_seconds"_s, -1},
                                                          {u"retention_days"_s, u"soon"_s},
                                                          {u"visibility"_s, u"secret"_s},
                                                          {u"unknown"_s, 1}});
        QCOMPARE(wrong.status, 422);
        QCOMPARE(Test::pointersOf(wrong).size(), 4);
        QCOMPARE(f.api.as("ben").patch(f.room, {{u"topic"_s, u"x"_s}}).status, 403);
        QCOMPARE(f.api.as("ben").patch(u"/api/v1/rooms/missing"_s, {{u"topic"_s, u"x"_s}}).status, 404);
    }

    void slowModeAnswersWithRetryAfter()
    {
        Fixture f;
        f.api.as("ann").patch(f.room, {{u"slow_mode_seconds"_s, 10}});
        f.api.as("ben");
        QCOMPARE(f.say(), 201);
        const Http::Response refused = f.api.post(f.room + u"/messages"_s, {{u"message"_s, u"again"_s}});
        QCOMPARE(refused.status, 429);
        QCOMPARE(Test::jsonOf(refused).value(u"retry_after"_s).toInt(), 10);
    }

    void archive()
    {
        Fixture f;
        QCOMPARE(f.api.as("ben").post(f.room + u"/archive"_s, {}).status, 403);
        const Http::Response archived = f.api.as("ann").post(f.room + u"/archive"_s, {{u"reason"_s, u"done"_s}});
        QCOMPARE(archived.status, 200);
        QVERIFY(Test::jsonOf(archived).value(u"archived"_s).toBool());
        QVERIFY(Test::jsonOf(archived).contains(u"archived_at"_s));
        QCOMPARE(f.say(), 403);
        QCOMPARE(f.api.get(f.room + u"/messages"_s).status, 200);
        QCOMPARE(f.api.call("POST", f.room + u"/unarchive"_s).status, 200);
        QCOMPARE(f.say(), 201);
    }

    void mutesAndBans()
    {
        Fixture f;
        const QString mute = f.room + u"/mutes/ben"_s;
        QCOMPARE(Test::pointersOf(f.api.as("ann").put(mute, QJsonObject{})), QStringList{u"/seconds"_s});
        const Http::Response muted = f.api.put(mute, {{u"seconds"_s, 60}, {u"reason"_s, u"calm down"_s}});
        QCOMPARE(muted.status, 200);
        QCOMPARE(Test::jsonOf(muted).value(u"by"_s).toString(), u"ann"_s);
        f.api.as("ben");
        const Http::Response refused = f.api.post(f.room + u"/messages"_s, {{u"message"_s, u"x"_s}});
        QCOMPARE(refused.status, 403);
        QCOMPARE(Test::jsonOf(refused).value(u"retry_after"_s).toInt(), 60);
        QCOMPARE(f.api.get(f.room + u"/mutes"_s).status, 403);
        QCOMPARE(Test::jsonOf(f.api.as("ann").get(f.room + u"/mutes"_s)).value(u"items"_s).toArray().size(), 1);
        QCOMPARE(f.api.remove(mute).status, 204);
        QCOMPARE(f.api.remove(mute).status, 204);

        QCOMPARE(f.api.call("PUT", f.room + u"/bans/ben"_s).status, 200); // for ever, without a word
        QCOMPARE(f.api.as("ben").get(f.room).status, 403);
        QCOMPARE(f.api.post(f.room + u"/join"_s, {}).status, 403);
        QCOMPARE(f.api.as("ann").post(f.room + u"/members"_s, {{u"user_id"_s, u"ben"_s}}).status, 409);
        const QJsonArray bans = Test::jsonOf(f.api.get(f.room + u"/bans"_s)).value(u"items"_s).toArray();
        QCOMPARE(bans.size(), 1);
        QVERIFY(!bans.at(0).toObject().contains(u"until"_s));
        QCOMPARE(f.api.remove(f.room + u"/bans/ben"_s).status, 204);
        QCOMPARE(f.api.as("ben").post(f.room + u"/join"_s, {}).status, 200);
        QCOMPARE(f.api.as("ann").remove(f.room + u"/members/ben?reason=spam%20again"_s).status, 204);
        const QJsonArray events = Test::jsonOf(f.api.get(f.room + u"/messages?limit=1"_s)).value(u"events"_s).toArray();
        QCOMPARE(events.at(0).toObject().value(u"reason"_s).toString(), u"spam again"_s);
    }

    void listsArePaged()
    {
        Fixture f;
        for (const char *user : {"x1", "x2", "x3"})
            QCOMPARE(f.api.as("ann").put(f.room + u"/bans/"_s + QLatin1StringView(user), {{u"seconds"_s, 5}}).status,
                     200);
        const QJsonObject first = Test::jsonOf(f.api.get(f.room + u"/bans?limit=2"_s));
        QCOMPARE(first.value(u"items"_s).toArray().size(), 2);
        const QJsonObject second =
            Test::jsonOf(f.api.get(f.room + u"/bans?limit=2&cursor="_s + first.value(u"next"_s).toString()));
        QCOMPARE(second.value(u"items"_s).toArray().size(), 1);
        QVERIFY(!second.contains(u"next"_s));
    }

    void joinRequests()
    {
        Fixture f;
        f.api.as("ann").patch(f.room, {{u"join_approval"_s, true}});
        const QString asked = f.room + u"/join-requests"_s;
        QCOMPARE(f.api.as("cleo").post(f.room + u"/join"_s, {{u"message"_s, u"please"_s}}).status, 202);
        QCOMPARE(f.api.get(asked).status, 403);
        const QJsonArray items = Test::jsonOf(f.api.as("ann").get(asked)).value(u"items"_s).toArray();
        QCOMPARE(items.at(0).toObject().value(u"message"_s).toString(), u"please"_s);
        QCOMPARE(f.api.as("ben").post(asked + u"/cleo/approve"_s, {}).status, 403);
        QCOMPARE(f.api.as("ann").post(asked + u"/cleo/deny"_s, {{u"reason"_s, u"no"_s}}).status, 204);
        QCOMPARE(f.api.post(asked + u"/cleo/deny"_s, {}).status, 409);
        QCOMPARE(f.api.as("cleo").post(f.room + u"/join"_s, {}).status, 202);
        QCOMPARE(f.api.as("ben").remove(asked + u"/cleo"_s).status, 404);
        QCOMPARE(f.api.as("cleo").remove(asked + u"/cleo"_s).status, 204);
        QCOMPARE(f.api.post(f.room + u"/join"_s, {}).status, 202);
        QCOMPARE(f.api.as("ann").post(asked + u"/cleo/approve"_s, {}).status, 204);
        QCOMPARE(f.api.as("cleo").post(f.room + u"/join"_s, {}).status, 200);
    }

    void rolesAndOwner()
    {
        Fixture f;
        const QString ben = f.room + u"/members/ben"_s;
        QCOMPARE(f.api.as("ann").patch(ben, {{u"role"_s, u"moderator"_s}}).status, 200);
        QCOMPARE(Test::pointersOf(f.api.patch(ben, QJsonObject{})), QStringList{u"/role"_s});
        QCOMPARE(f.api.patch(f.room + u"/members/ann"_s, {{u"role"_s, u"member"_s}}).status, 409);
        QCOMPARE(f.api.put(f.room + u"/owner"_s, {{u"user_id"_s, u"cleo"_s}}).status, 404);
        QCOMPARE(f.api.put(f.room + u"/owner"_s, {{u"user_id"_s, u"ben"_s}}).status, 200);
        QCOMPARE(f.api.patch(ben, {{u"role"_s, u"member"_s}}).status, 403);
    }

    void invitations()
    {
        Fixture f;
        const QString all = f.room + u"/invitations"_s;
        QCOMPARE(f.api.as("ben").post(all, {}).status, 403);
        const Http::Response made = f.api.as("ann").post(all, {{u"expires_in_seconds"_s, 3600}, {u"max_uses"_s, 1}});
        QCOMPARE(made.status, 201);
        const QString token = Test::jsonOf(made).value(u"token"_s).toString();
        QCOMPARE(Test::jsonOf(made).value(u"link"_s).toString(), u"/#/invitation/"_s + token);
        QCOMPARE(Test::pointersOf(f.api.post(all, {{u"expires_in_seconds"_s, 1}, {u"max_uses"_s, -1}})).size(), 2);
        const Http::Response list = f.api.get(all);
        QVERIFY(!list.body.contains(token.toLatin1()));
        const QString redeem = u"/api/v1/room-invitations/redeem"_s;
        QCOMPARE(f.api.as("cleo").post(redeem, {{u"token"_s, token}}).status, 200);
        QCOMPARE(f.api.as("otto").post(redeem, {{u"token"_s, token}}).status, 404);
        const QString id = Test::jsonOf(made).value(u"id"_s).toString();
        QCOMPARE(f.api.as("ann").remove(all + u'/' + id).status, 204);
        QCOMPARE(f.api.remove(all + u"/missing"_s).status, 404);
    }

    void preferences()
    {
        Fixture f;
        const Http::Response set =
            f.api.as("ben").patch(f.room + u"/preferences"_s, {{u"favourite"_s, true}, {u"notify"_s, u"mentions"_s}});
        QCOMPARE(set.status, 200);
        QCOMPARE(Test::jsonOf(set).value(u"notify"_s).toString(), u"mentions"_s);
        const QString mine = u"/api/v1/users/me/room-preferences"_s;
        QCOMPARE(Test::jsonOf(f.api.get(mine)).value(u"items"_s).toArray().size(), 1);
        QCOMPARE(Test::jsonOf(f.api.as("ann").get(mine)).value(u"items"_s).toArray().size(), 0);
        const QString favourites = u"/api/v1/users/me/favourites"_s;
        QCOMPARE(f.api.put(favourites, {{u"rooms"_s, QJsonArray{u"lobby"_s}}}).status, 200);
        QCOMPARE(Test::pointersOf(f.api.put(favourites, QJsonObject{})), QStringList{u"/rooms"_s});
        QCOMPARE(f.api.patch(f.room + u"/preferences"_s, {{u"notify"_s, u"loud"_s}}).status, 422);
    }

    void exports()
    {
        Fixture f;
        const QString all = f.room + u"/exports"_s;
        QCOMPARE(f.api.as("ben").post(all, {}).status, 403);
        const Http::Response asked = f.api.as("ann").post(all, {});
        QCOMPARE(asked.status, 202);
        const QString one = QString::fromLatin1(Test::headerOf(asked, "Location"));
        QTRY_COMPARE(Test::jsonOf(f.api.get(one)).value(u"state"_s).toString(), u"ready"_s);
        const Http::Response archive = f.api.get(one + u"/archive"_s);
        QCOMPARE(archive.status, 200);
        QCOMPARE(archive.contentType, QByteArray("application/zip"));
        QVERIFY(Test::headerOf(archive, "Content-Disposition").startsWith("attachment; filename=\"atom-chat-lobby-"));
        const QByteArray bytes = archive.file->readAll();
        QCOMPARE(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex(),
                 Test::jsonOf(f.api.get(one)).value(u"sha256"_s).toString().toLatin1());
        QCOMPARE(Test::jsonOf(f.api.get(all)).value(u"items"_s).toArray().size(), 1);
        QCOMPARE(f.api.remove(one).status, 204);
        QCOMPARE(f.api.get(one + u"/archive"_s).status, 409);
        QCOMPARE(f.api.post(all, {{u"with_held"_s, true}}).status, 403);
    }

    void legalHold()
    {
        Fixture f;
        const QString hold = f.room + u"/legal-hold"_s;
        QCOMPARE(f.api.as("ann").put(hold, {{u"reason"_s, u"x"_s}}).status, 403);
        f.api.as("olga", Role::Owner);
        QCOMPARE(Test::pointersOf(f.api.put(hold, QJsonObject{})), QStringList{u"/reason"_s});
        QCOMPARE(f.api.put(hold, {{u"reason"_s, u"Case 17"_s}}).status, 200);
        QCOMPARE(Test::jsonOf(f.api.get(hold)).value(u"reason"_s).toString(), u"Case 17"_s);
        const QJsonObject seen = Test::jsonOf(f.api.as("ben").get(f.room));
        QVERIFY(seen.value(u"legal_hold"_s).toBool());
        QVERIFY(!QJsonDocument(seen).toJson().contains("Case 17"));
        f.api.as("olga", Role::Owner);
        const Http::Response ended = f.api.call("DELETE", hold, R"({"reason":"closed"})");
        QCOMPARE(ended.status, 200);
        QVERIFY(!Test::jsonOf(ended).value(u"held"_s).toBool());
    }
};

QTEST_GUILESS_MAIN(RoomAdminEndpointsTest)
#include "tst_roomadminendpoints.moc"
