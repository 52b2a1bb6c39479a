// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/bulkendpoint.h"
#include "tests/unit/server/http/endpoints/roomfixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;

namespace {
struct Fixture : Test::RoomFixture
{
    BulkEndpoint bulk{*users, *sessions, *rooms, permissions, clock};
    Test::RouteCaller api{bulk.routes(), &permissions};

    QJsonObject change(const QJsonObject &body) { return Test::jsonOf(api.post(u"/api/v1/users/bulk"_s, body)); }
    //! "ok" or the code of the error, item by item.
    static QStringList outcomes(const QJsonObject &answer)
    {
        QStringList list;
        for (const QJsonValue item : answer.value(u"items"_s).toArray())
            list.append(item[u"ok"_s].toBool() ? u"ok"_s : item[u"error"_s][u"code"_s].toString());
        return list;
    }
};
QJsonArray array(std::initializer_list<const char *> names)
{
    QJsonArray list;
    for (const char *name : names)
        list.append(QString::fromLatin1(name));
    return list;
}
} // namespace

class BulkEndpointTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachAccountHasItsOwnResult()
    {
        Fixture f;
        f.api.as("olga", Role::Admin);
        const QJsonObject answer =
            f.change({{u"operation"_s, u"disable"_s}, {u"users"_s, array({"ann", "nobody", "ben"})}});
        QCOMPARE(Fixture::outcomes(answer), (QStringList{u"ok"_s, u"not_found"_s, u"ok"_s}));
        QCOMPARE(answer.value(u"done"_s).toInt(), 2);
        QCOMPARE(answer.value(u"failed"_s).toInt(), 1);
        QVERIFY(f.users->find(UserId("ann"))->user.disabled);
        QVERIFY(f.users->find(UserId("ben"))->user.disabled);
        f.change({{u"operation"_s, u"enable"_s}, {u"users"_s, array({"ann"})}});
        QVERIFY(!f.users->find(UserId("ann"))->user.disabled);
    }

    void rolesAreDecidedOneByOne()
    {
        Fixture f;
        f.api.as("olga", Role::Admin);
        const QJsonObject owner =
            f.change({{u"operation"_s, u"set_role"_s}, {u"role"_s, u"owner"_s}, {u"users"_s, array({"ann"})}});
        QCOMPARE(Fixture::outcomes(owner), (QStringList{u"forbidden"_s})); // only owners make owners
        const QJsonObject moderators = f.change(
            {{u"operation"_s, u"set_role"_s}, {u"role"_s, u"moderator"_s}, {u"users"_s, array({"ann", "ben"})}});
        QCOMPARE(Fixture::outcomes(moderators), (QStringList{u"ok"_s, u"ok"_s}));
        QCOMPARE(f.users->find(UserId("ben"))->user.role, Role::Moderator);
    }

    void badRequestsChangeNothing_data()
    {
        QTest::addColumn<QJsonObject>("body");
        QTest::newRow("no operation") << QJsonObject{{u"users"_s, array({"ann"})}};
        QTest::newRow("other operation") << QJsonObject{{u"operation"_s, u"erase"_s}, {u"users"_s, array({"ann"})}};
        QTest::newRow("nobody") << QJsonObject{{u"operation"_s, u"disable"_s}, {u"users"_s, QJsonArray()}};
        QTest::newRow("no role") << QJsonObject{{u"operation"_s, u"set_role"_s}, {u"users"_s, array({"ann"})}};
        QTest::newRow("a role too much") << QJsonObject{
            {u"operation"_s, u"disable"_s}, {u"role"_s, u"member"_s}, {u"users"_s, array({"ann"})}};
        QJsonArray many;
        for (int i = 0; i < 201; ++i)
            many.append(u"u%1"_s.arg(i));
        QTest::newRow("too many") << QJsonObject{{u"operation"_s, u"disable"_s}, {u"users"_s, many}};
    }
    void badRequestsChangeNothing()
    {
        QFETCH(QJsonObject, body);
        Fixture f;
        QCOMPARE(f.api.as("olga", Role::Admin).post(u"/api/v1/users/bulk"_s, body).status, 422);
        QVERIFY(!f.users->find(UserId("ann"))->user.disabled);
    }

    void isForThoseWhoManageAccounts()
    {
        Fixture f;
        const QJsonObject body{{u"operation"_s, u"disable"_s}, {u"users"_s, array({"ann"})}};
        QCOMPARE(f.api.as("ben").post(u"/api/v1/users/bulk"_s, body).status, 403);
    }

    void membersAreAddedAndRemoved()
    {
        Fixture f;
        f.makeRoom("team", RoomVisibility::Private);
        const QString path = u"/api/v1/rooms/team/members/bulk"_s;
        f.api.as("ann");
        const QJsonObject added = Test::jsonOf(f.api.post(path, {{u"add"_s, array({"ben", "nobody"})}}));
        QCOMPARE(Fixture::outcomes(added), (QStringList{u"ok"_s, u"not_found"_s}));
        QVERIFY(f.rooms->isMember(UserId("ben"), RoomId("team")));
        const QJsonObject removed = Test::jsonOf(f.api.post(path, {{u"remove"_s, array({"ben", "ben"})}}));
        QCOMPARE(Fixture::outcomes(removed), (QStringList{u"ok"_s, u"not_found"_s}));
        QVERIFY(!f.rooms->isMember(UserId("ben"), RoomId("team")));
        QCOMPARE(f.api.post(path, {}).status, 422);
        QCOMPARE(f.api.as("ben").post(path, {{u"add"_s, array({"ben"})}}).status, 404); // not his to know
    }
};

QTEST_GUILESS_MAIN(BulkEndpointTest)
#include "tst_bulkendpoint.moc"
