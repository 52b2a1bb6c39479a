// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What an administrator does with roles, permissions of a room and break-glass, by REST. Who may call which route:
// tests/permissions.
#include "tests/unit/server/http/endpoints/apifixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
struct Fixture : Test::ApiFixture
{
    Test::RouteCaller &as(const char *user)
    {
        Actor actor;
        const User account = users->find(UserId(user))->user;
        actor.user = account.id;
        actor.role = account.role;
        actor.customRole = account.customRole;
        actor.session = SessionId("session");
        caller->setActor(actor);
        return *caller;
    }
};
QStringList names(const QJsonValue &list)
{
    QStringList all;
    for (const QJsonValue &item : list.toArray())
        all.append(item.toString());
    return all;
}
} // namespace

class PermissionEndpointsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aRoleFromDraftToAccount()
    {
        Fixture f;
        const QJsonObject role{{u"id"_s, u"night-shift"_s},
                               {u"name"_s, u"Night shift"_s},
                               {u"base"_s, u"member"_s},
                               {u"allow"_s, QJsonArray{u"MetricsRead"_s}}};
        const Http::Response made = f.as("olga").post(u"/api/v1/roles"_s, role);
        QCOMPARE(made.status, 201);
        QCOMPARE(Test::headerOf(made, "Location"), QByteArray("/api/v1/roles/night-shift"));
        QVERIFY(names(Test::jsonOf(made).value(u"holds"_s)).contains(u"MetricsRead"_s));
        QCOMPARE(f.as("ann").get(u"/api/v1/metrics/history"_s).status, 403);
        // What would change if ann had it.
        const QJsonObject draft{{u"user_id"_s, u"ann"_s}, {u"give"_s, u"night-shift"_s}};
        const QJsonObject changes = Test::jsonOf(f.as("olga").post(u"/api/v1/permissions/simulate"_s, draft));
        QCOMPARE(changes.value(u"items"_s).toArray().size(), 1);
        QCOMPARE(changes.value(u"items"_s)[0][u"action"_s].toString(), u"MetricsRead"_s);
        QCOMPARE(changes.value(u"items"_s)[0][u"allowed"_s].toBool(), true);
        const Http::Response given = f.as("olga").patch(u"/api/v1/users/ann"_s, {{u"custom_role"_s, u"night-shift"_s}});
        QCOMPARE(given.status, 200);
        QCOMPARE(Test::jsonOf(given).value(u"custom_role"_s).toString(), u"night-shift"_s);
        QCOMPARE(f.as("ann").get(u"/api/v1/metrics/history"_s).status, 200);
        QCOMPARE(f.as("olga").remove(u"/api/v1/roles/night-shift"_s).status, 409);
        QCOMPARE(f.as("olga").patch(u"/api/v1/roles/night-shift"_s, {{u"allow"_s, QJsonArray{}}}).status, 200);
        QCOMPARE(f.as("ann").get(u"/api/v1/metrics/history"_s).status, 403);
        QCOMPARE(f.as("olga").patch(u"/api/v1/users/ann"_s, {{u"role"_s, u"member"_s}}).status, 200);
        QCOMPARE(f.as("olga").remove(u"/api/v1/roles/night-shift"_s).status, 204);
        QCOMPARE(f.as("olga").get(u"/api/v1/roles/night-shift"_s).status, 404);
        QCOMPARE(Test::jsonOf(f.as("olga").get(u"/api/v1/roles"_s)).value(u"items"_s).toArray().size(), 7);
    }

    void predefinedRolesStay()
    {
        Fixture f;
        QCOMPARE(f.as("olga").patch(u"/api/v1/roles/admin"_s, {{u"name"_s, u"x"_s}}).status, 409);
        QCOMPARE(f.as("olga").remove(u"/api/v1/roles/guest"_s).status, 409);
        QCOMPARE(f.as("olga").get(u"/api/v1/roles/admin"_s).status, 200);
        const Http::Response wrong =
            f.as("olga").post(u"/api/v1/roles"_s, {{u"id"_s, u"x"_s}, {u"allow"_s, QJsonArray{u"Fly"_s}}});
        QCOMPARE(wrong.status, 422);
        QVERIFY(Test::pointersOf(wrong).contains(u"/allow"_s));
        QCOMPARE(f.as("olga").patch(u"/api/v1/users/ann"_s, {{u"custom_role"_s, u"none-such"_s}}).status, 422);
    }

    void aRoomWhereOnlyOneSpeaks()
    {
        Fixture f;
        f.makeRoom("news");
        QCOMPARE(f.as("ben").post(u"/api/v1/rooms/news/join"_s, {}).status, 200);
        const QJsonObject deny{{u"kind"_s, u"role"_s},
                               {u"subject"_s, u"member"_s},
                               {u"action"_s, u"MessageSend"_s},
                               {u"effect"_s, u"deny"_s}};
        const QJsonObject changes{{u"changes"_s, QJsonArray{deny}}};
        const QString room = u"/api/v1/rooms/news/permissions"_s;
        QCOMPARE(f.as("ben").patch(room, changes).status, 403);
        const QString draft = QString::fromLatin1(QUrl::toPercentEncoding(QString::fromUtf8(
            Test::RouteCaller::text(QJsonObject{{u"room_id"_s, u"news"_s}, {u"changes"_s, QJsonArray{deny}}}))));
        const QString question = u"/api/v1/permissions/explain?action=MessageSend&room=news&user=ben"_s;
        const QJsonObject tried = Test::jsonOf(f.as("ann").get(question + u"&draft="_s + draft));
        QCOMPARE(tried.value(u"allowed"_s).toBool(), true);
        QCOMPARE(tried.value(u"after_draft"_s)[u"allowed"_s].toBool(), false);
        QCOMPARE(tried.value(u"after_draft"_s)[u"changes"_s][u"items"_s].toArray().size(), 1);
        QCOMPARE(f.as("ann").patch(room, changes).status, 200);
        QCOMPARE(f.as("ben").post(u"/api/v1/rooms/news/messages"_s, {{u"message"_s, u"hi"_s}}).status, 403);
        QCOMPARE(f.as("ann").post(u"/api/v1/rooms/news/messages"_s, {{u"message"_s, u"hi"_s}}).status, 201);
        const QJsonObject why =
            Test::jsonOf(f.as("ben").get(u"/api/v1/permissions/explain?action=MessageSend&room=news"_s));
        QCOMPARE(why.value(u"allowed"_s).toBool(), false);
        QVERIFY(why.value(u"steps"_s)[0][u"because"_s].toString().contains(u"member"_s));
        const Http::Response list = f.as("ann").get(room);
        QCOMPARE(Test::jsonOf(list).value(u"items"_s)[0][u"set_by"_s].toString(), u"ann"_s);
        const Http::Response wrong =
            f.as("ann").patch(room, {{u"changes"_s, QJsonArray{QJsonObject{{u"kind"_s, u"x"_s}}}}});
        QCOMPARE(wrong.status, 422);
        QVERIFY(Test::pointersOf(wrong).contains(u"/changes/0/kind"_s));
        QVERIFY(Test::pointersOf(wrong).contains(u"/changes/0/effect"_s));
    }

    void breakGlass()
    {
        Fixture f;
        f.makeRoom("board", RoomVisibility::Private);
        const QString history = u"/api/v1/rooms/board/messages"_s;
        QCOMPARE(f.as("olga").get(history).status, 404);
        QCOMPARE(f.as("ann").post(history, {{u"message"_s, u"saffron rice"_s}}).status, 201);
        const Http::Response opened = f.as("olga").post(
            u"/api/v1/break-glass"_s,
            {{u"room_id"_s, u"board"_s}, {u"reason"_s, u"Report of abuse, case 4711"_s}, {u"minutes"_s, 5}});
        QCOMPARE(opened.status, 201);
        QCOMPARE(f.as("olga").get(history).status, 200);
        // Search looks into it only when it is named, and says what was read.
        QByteArrayList noted;
        QObject::connect(f.rooms.get(), &Rooms::RoomService::readUnderGlass, f.rooms.get(),
                         [&noted](const Actor &, const RoomId &, const QByteArray &what, qint64 from, qint64) {
                             noted.append(from > 0 ? what + " with range" : what);
                         });
        const auto found = [&f](const QString &query) {
            const Http::Response response = f.as("olga").get(u"/api/v1/search?q="_s + query);
            return Test::jsonOf(response).value(u"items"_s).toArray().size();
        };
        QTRY_COMPARE(found(u"saffron+in:board"_s), 1);
        QVERIFY(noted.contains("search with range"));
        QCOMPARE(found(u"saffron"_s), 0);
        const QJsonObject list = Test::jsonOf(f.as("olga").get(u"/api/v1/break-glass?open=true"_s));
        QCOMPARE(list.value(u"items"_s).toArray().size(), 1);
        QCOMPARE(f.as("ann").get(u"/api/v1/break-glass"_s).status, 403);
        const QString id = Test::jsonOf(opened).value(u"id"_s).toString();
        QCOMPARE(f.as("ann").remove(u"/api/v1/break-glass/"_s + id).status, 404);
        QCOMPARE(f.as("olga").remove(u"/api/v1/break-glass/"_s + id).status, 200);
        QCOMPARE(found(u"saffron+in:board"_s), 0);
        QCOMPARE(f.as("olga").get(history).status, 404);
        QCOMPARE(f.as("olga").get(u"/api/v1/break-glass?open=maybe"_s).status, 422);
    }
};

QTEST_GUILESS_MAIN(PermissionEndpointsTest)
#include "tst_permissionendpoints.moc"
