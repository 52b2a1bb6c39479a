// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The route table and resources/openapi.yaml say the same, both ways.
#include "tests/unit/server/http/endpoints/apifixture.h"

#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;

class RouteTableTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<Test::ApiFixture> m_fixture;
    QHash<QString, Route> m_routes; //!< by "get /path"
    QHash<QString, QJsonObject> m_operations;

private Q_SLOTS:
    void initTestCase()
    {
        m_fixture = std::make_unique<Test::ApiFixture>();
        for (const Route &route : m_fixture->api->routes()) {
            const QString key = QString::fromLatin1(route.method.toLower()) + u' ' + route.path;
            QVERIFY2(!m_routes.contains(key), qPrintable(key));
            m_routes.insert(key, route);
        }
        const Result<OpenApiDocument> document = OpenApiDocument::load();
        QVERIFY(document.isOk());
        const QJsonObject paths = document->object().value(u"paths"_s).toObject();
        for (auto path = paths.constBegin(); path != paths.constEnd(); ++path) {
            for (const QString &method : path->toObject().keys())
                m_operations.insert(method + u' ' + path.key(), path->toObject().value(method).toObject());
        }
    }
    void cleanupTestCase() { m_fixture.reset(); }

    void sameRoutesBothWays()
    {
        QStringList routes = m_routes.keys();
        QStringList operations = m_operations.keys();
        routes.sort();
        operations.sort();
        QCOMPARE(operations, routes);
        QVERIFY(routes.size() > 50);
    }

    void sameAccessAndAction()
    {
        for (auto it = m_routes.constBegin(); it != m_routes.constEnd(); ++it) {
            const QJsonObject operation = m_operations.value(it.key());
            QVERIFY2(operation.value(u"x-atom-access"_s).toString() == accessName(it->access), qPrintable(it.key()));
            // An open route decides nothing, unless it says so in the table.
            const bool isOpen = it->access == Access::Public && it->action == Route{}.action;
            const QString action = isOpen ? QString() : actionName(it->action);
            QVERIFY2(operation.value(u"x-atom-action"_s).toString() == action, qPrintable(it.key()));
            const bool mayBeForbidden = operation.value(u"responses"_s).toObject().contains(u"403"_s);
            const bool everybodyMay = it->action == Action::ChatWithAssistant;
            QVERIFY2(!it->checkAction || mayBeForbidden || everybodyMay, qPrintable(it.key()));
        }
    }

    void securityFollowsAccess()
    {
        for (auto it = m_routes.constBegin(); it != m_routes.constEnd(); ++it) {
            const QJsonObject operation = m_operations.value(it.key());
            const bool anonymousMay = !operation.contains(u"security"_s)
                                          ? false
                                          : operation.value(u"security"_s).toArray().isEmpty() ||
                                                operation.value(u"security"_s).toArray().contains(QJsonObject{});
            QVERIFY2(anonymousMay == (it->access != Access::User), qPrintable(it.key()));
        }
    }

    //! Whoever may do nothing gets nothing: no user route answers 2xx to a stranger or, where the table decides the
    //! action, to a member without the role.
    void userRoutesRefuseStrangers()
    {
        const QSet<Action> open{Action::RoomList,          Action::RoomCreate,    Action::ProfileRead,
                                Action::ChatWithAssistant, Action::AccountManage, Action::TokenManage,
                                Action::PersonalKeep,      Action::PeopleRead};
        for (auto it = m_routes.constBegin(); it != m_routes.constEnd(); ++it) {
            if (it->access != Access::User)
                continue;
            QString target = it->path;
            target.replace(QRegularExpression(u"\\{[a-z_]+\\}"_s), u"unknown"_s);
            const QByteArray body = m_operations.value(it.key()).contains(u"requestBody"_s) ? "{}" : "";
            const int anonymous = m_fixture->caller->anonymous().call(it->method, target, body).status;
            QVERIFY2(anonymous == 401, qPrintable(it.key()));
            const int member = m_fixture->caller->as("ben").call(it->method, target, body).status;
            const bool refused = it->checkAction ? member == 403 : member >= 400;
            const bool coversOwnRoomsOnly = it.key() == u"GET /api/v1/search"_s;
            QVERIFY2(refused || open.contains(it->action) || coversOwnRoomsOnly,
                     qPrintable(it.key() + u' ' + QString::number(member)));
        }
    }

    void literalPathsComeFirst()
    {
        QCOMPARE(m_fixture->caller->as("ben").get(u"/api/v1/users/me"_s).status, 200);
        QCOMPARE(m_fixture->caller->as("otto", Role::Operator).get(u"/api/v1/alerts/rules"_s).status, 200);
    }

    //! Every write with a body refuses an unknown field by name, except where the document allows others.
    void bodiesAreReadStrictly()
    {
        m_fixture->makeRoom("unknown");
        m_fixture->caller->as("ann", Role::Owner);
        int writes = 0;
        for (auto it = m_routes.constBegin(); it != m_routes.constEnd(); ++it) {
            if (!m_operations.value(it.key()).contains(u"requestBody"_s))
                continue;
            ++writes;
            QString target = it->path;
            target.replace(QRegularExpression(u"\\{[a-z_]+\\}"_s), u"unknown"_s);
            const Http::Response refused = m_fixture->caller->call(it->method, target, R"({"no such/field":1})");
            QVERIFY2(refused.status == 422, qPrintable(it.key() + u' ' + QString::number(refused.status)));
            const QJsonValue body = m_operations.value(it.key()).value(u"requestBody"_s);
            const QJsonValue others = body[u"content"_s][u"application/json"_s][u"schema"_s][u"additionalProperties"_s];
            QVERIFY2(Test::pointersOf(refused).contains(u"/no such~1field"_s) != others.toBool(), qPrintable(it.key()));
            QVERIFY2(m_fixture->caller->call(it->method, target, "{").status == 400, qPrintable(it.key()));
        }
        QVERIFY(writes >= 14);
    }
};

QTEST_GUILESS_MAIN(RouteTableTest)
#include "tst_routetable.moc"
