// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/http/endpoints/accountfixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;

namespace {
struct Fixture : Test::AccountFixture
{
    QJsonObject signIn(const QString &user)
    {
        const QJsonObject body{{u"user"_s, user}, {u"password"_s, password}, {u"device"_s, u"laptop"_s}};
        return Test::jsonOf(api.anonymous().post(u"/api/v1/auth/sign-in"_s, body));
    }
};
} // namespace

class AccountEndpointsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void signInRefreshAndSignOut()
    {
        Fixture f;
        const QJsonObject tokens = f.signIn(u"mia"_s);
        QCOMPARE(tokens.value(u"token_type"_s).toString(), u"Bearer"_s);
        QCOMPARE(tokens.value(u"expires_in"_s).toInt(), 300);
        QCOMPARE(tokens.value(u"user"_s).toObject().value(u"id"_s).toString(), u"mia"_s);
        const Result<Actor> actor = f.sessions->verify(tokens.value(u"access_token"_s).toString().toLatin1());
        QVERIFY(actor.isOk());
        QCOMPARE(actor->session.toString(), tokens.value(u"session_id"_s).toString());

        const QJsonObject again{{u"refresh_token"_s, tokens.value(u"refresh_token"_s)}};
        const Http::Response refreshed = f.api.post(u"/api/v1/auth/refresh"_s, again);
        QCOMPARE(refreshed.status, 200);
        const QJsonObject renewed = Test::jsonOf(refreshed);
        QVERIFY(renewed.value(u"refresh_token"_s) != tokens.value(u"refresh_token"_s));

        f.api.setActor(*actor);
        QCOMPARE(Test::jsonOf(f.api.get(u"/api/v1/users/me"_s)).value(u"role"_s).toString(), u"member"_s);
        QCOMPARE(f.api.post(u"/api/v1/auth/sign-out"_s, {}).status, 204);
        QVERIFY(!f.sessions->verify(renewed.value(u"access_token"_s).toString().toLatin1()));
    }

    void signInRefusals()
    {
        Fixture f;
        const QString path = u"/api/v1/auth/sign-in"_s;
        const Http::Response wrong = f.api.post(path, {{u"user"_s, u"mia"_s}, {u"password"_s, u"nonsense"_s}});
        const Http::Response unknown = f.api.post(path, {{u"user"_s, u"nobody"_s}, {u"password"_s, u"nonsense"_s}});
        QCOMPARE(wrong.status, 401);
        QCOMPARE(unknown.status, 401);
        QCOMPARE(Test::jsonOf(wrong).value(u"detail"_s), Test::jsonOf(unknown).value(u"detail"_s));
        const Http::Response missing = f.api.post(path, {{u"user"_s, 1}, {u"extra"_s, 2}});
        QCOMPARE(missing.status, 422);
        QCOMPARE(Test::pointersOf(missing), (QStringList{u"/user"_s, u"/password"_s, u"/extra"_s}));
        QCOMPARE(f.api.call("POST", path, "{\"user\":").status, 400);
        QCOMPARE(f.api.post(u"/api/v1/auth/refresh"_s, {{u"refresh_token"_s, u"guess"_s}}).status, 401);
    }

    void keysVerifyTokens()
    {
        Fixture f;
        const QJsonArray keys = Test::jsonOf(f.api.get(u"/.well-known/jwks.json"_s)).value(u"keys"_s).toArray();
        QVERIFY(!keys.isEmpty());
        QCOMPARE(keys.first().toObject().value(u"crv"_s).toString(), u"Ed25519"_s);
        QVERIFY(!keys.first().toObject().contains(u"d"_s)); // the private part
    }

    void onlyManagersSeeAccounts()
    {
        Fixture f;
        QCOMPARE(f.api.anonymous().get(u"/api/v1/users"_s).status, 401);
        QCOMPARE(f.api.as("mia").get(u"/api/v1/users"_s).status, 403);
        QCOMPARE(f.api.as("mia").get(u"/api/v1/users/adam"_s).status, 403);
        QCOMPARE(f.api.as("mia").post(u"/api/v1/users"_s, {{u"id"_s, u"x"_s}}).status, 403);
        QCOMPARE(f.api.as("adam", Role::Admin).get(u"/api/v1/users/mia"_s).status, 200);
        QCOMPARE(f.api.get(u"/api/v1/users/nobody"_s).status, 404);
        QCOMPARE(f.api.get(u"/api/v1/users/not%20an%20id"_s).status, 404);
    }

    void everybodyFindsPeople()
    {
        Fixture f;
        f.api.as("adam", Role::Admin);
        QCOMPARE(
            f.api.post(u"/api/v1/users"_s, {{u"id"_s, u"zoe"_s}, {u"display_name"_s, u"Zoë van Adamsen"_s}}).status,
            201);
        QCOMPARE(f.api.patch(u"/api/v1/users/otto"_s, {{u"disabled"_s, true}}).status, 200);
        f.api.as("mia");
        const auto found = [&f](const QString &items) {
            QStringList ids;
            for (const QJsonValue &one :
                 Test::jsonOf(f.api.get(u"/api/v1/people"_s + items)).value(u"items"_s).toArray())
                ids.append(one.toObject().value(u"id"_s).toString());
            return ids;
        };
        QCOMPARE(found({}), (QStringList{u"adam"_s, u"ann"_s, u"ben"_s, u"cleo"_s, u"mia"_s, u"olga"_s, u"zoe"_s}));
        QCOMPARE(found(u"?q=ADAM"_s), (QStringList{u"adam"_s, u"zoe"_s})); // an id, and a word of a name
        QCOMPARE(found(u"?q=dam"_s), QStringList());
        const QJsonObject page = Test::jsonOf(f.api.get(u"/api/v1/people?limit=3"_s));
        QCOMPARE(found(u"?cursor="_s + page.value(u"next"_s).toString()),
                 (QStringList{u"cleo"_s, u"mia"_s, u"olga"_s, u"zoe"_s}));
        QVERIFY(!page.value(u"items"_s).toArray().first().toObject().contains(u"email"_s));
        QCOMPARE(f.api.get(u"/api/v1/people?q="_s + QString(129, u'x')).status, 422);
        QCOMPARE(f.api.anonymous().get(u"/api/v1/people"_s).status, 401);
    }

    void listIsPaged()
    {
        Fixture f;
        f.api.as("adam", Role::Admin);
        QStringList seen;
        QString target = u"/api/v1/users?limit=2"_s;
        for (int pages = 0; pages < 5 && !target.isEmpty(); ++pages) {
            const QJsonObject page = Test::jsonOf(f.api.get(target));
            for (const QJsonValue &user : page.value(u"items"_s).toArray())
                seen.append(user.toObject().value(u"id"_s).toString());
            const QString next = page.value(u"next"_s).toString();
            target = next.isEmpty() ? QString() : u"/api/v1/users?limit=2&cursor="_s + next;
        }
        QCOMPARE(seen, (QStringList{u"adam"_s, u"ann"_s, u"ben"_s, u"cleo"_s, u"mia"_s, u"olga"_s, u"otto"_s}));
        QCOMPARE(f.api.get(u"/api/v1/users?limit=0"_s).status, 422);
        QCOMPARE(f.api.get(u"/api/v1/users?limit=ten"_s).status, 422);
        QCOMPARE(f.api.get(u"/api/v1/users?cursor=%21%21"_s).status, 422);
    }

    void createShowsTheOneTimePasswordOnce()
    {
        Fixture f;
        f.api.as("adam", Role::Admin);
        const Http::Response made = f.api.post(u"/api/v1/users"_s, {{u"id"_s, u"grace"_s}, {u"role"_s, u"operator"_s}});
        QCOMPARE(made.status, 201);
        QCOMPARE(Test::headerOf(made, "Location"), QByteArray("/api/v1/users/grace"));
        const QString once = Test::jsonOf(made).value(u"initial_password"_s).toString();
        QVERIFY(QCoro::waitFor(f.sessions->signIn(u"grace"_s, once, {}, f.api.peer)).isOk());
        QVERIFY(!Test::jsonOf(f.api.get(u"/api/v1/users/grace"_s)).contains(u"initial_password"_s));

        const QJsonObject own{{u"id"_s, u"henry"_s}, {u"password"_s, u"another good one"_s}};
        QVERIFY(!Test::jsonOf(f.api.post(u"/api/v1/users"_s, own)).contains(u"initial_password"_s));
        QCOMPARE(f.api.post(u"/api/v1/users"_s, {{u"id"_s, u"grace"_s}}).status, 409);
        QCOMPARE(f.api.post(u"/api/v1/users"_s, {{u"id"_s, u"Bad Id"_s}}).status, 422);
        QCOMPARE(f.api.post(u"/api/v1/users"_s, {{u"id"_s, u"x"_s}, {u"role"_s, u"guest"_s}}).status, 422);
        QCOMPARE(f.api.post(u"/api/v1/users"_s, {{u"id"_s, u"x"_s}, {u"password"_s, u"short"_s}}).status, 422);
    }

    void onlyOwnersTouchOwners()
    {
        Fixture f;
        f.api.as("adam", Role::Admin);
        QCOMPARE(f.api.post(u"/api/v1/users"_s, {{u"id"_s, u"x"_s}, {u"role"_s, u"owner"_s}}).status, 403);
        QCOMPARE(f.api.patch(u"/api/v1/users/mia"_s, {{u"role"_s, u"owner"_s}}).status, 403);
        QCOMPARE(f.api.patch(u"/api/v1/users/olga"_s, {{u"disabled"_s, true}}).status, 403);
        QCOMPARE(f.api.patch(u"/api/v1/users/olga"_s, {{u"password"_s, u"taken over now"_s}}).status, 403);
        QVERIFY(f.users->find(UserId("olga"))->user.role == Role::Owner);
        f.api.as("olga", Role::Owner);
        QCOMPARE(f.api.patch(u"/api/v1/users/mia"_s, {{u"role"_s, u"owner"_s}}).status, 200);
    }

    void aRefusedChangeChangesNothing()
    {
        Fixture f;
        f.api.as("adam", Role::Admin);
        const QJsonObject both{{u"disabled"_s, true}, {u"role"_s, u"owner"_s}};
        QCOMPARE(f.api.patch(u"/api/v1/users/mia"_s, both).status, 403);
        QVERIFY(!f.users->find(UserId("mia"))->user.disabled);
        QCOMPARE(f.api.patch(u"/api/v1/users/mia"_s, {}).status, 422);
        QCOMPARE(f.api.patch(u"/api/v1/users/mia"_s, {{u"disabled"_s, u"yes"_s}}).status, 422);
        QCOMPARE(f.api.patch(u"/api/v1/users/nobody"_s, {{u"disabled"_s, true}}).status, 404);
        QCOMPARE(f.api.patch(u"/api/v1/users/mia"_s, {{u"disabled"_s, true}}).status, 200);
        QVERIFY(f.signIn(u"mia"_s).value(u"access_token"_s).isUndefined());
        // The last owner stays.
        f.api.as("olga", Role::Owner);
        QCOMPARE(f.api.patch(u"/api/v1/users/olga"_s, {{u"role"_s, u"member"_s}}).status, 409);
    }
};

QTEST_GUILESS_MAIN(AccountEndpointsTest)
#include "tst_accountendpoints.moc"
