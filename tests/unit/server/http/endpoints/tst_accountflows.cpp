// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What people and administrators do about accounts, through the endpoints over a real database; the attack rows with
// it.
#include "tests/unit/server/http/endpoints/accountfixture.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;
using Test::jsonOf;

namespace {
using Fixture = Test::AccountFixture;
const QString signInPath = u"/api/v1/auth/sign-in"_s;
const QString codePath = u"/api/v1/auth/sign-in/totp"_s;

//! Sets the second factor of the acting account up. \return its secret; the recovery codes in `codes`.
QString enrol(Fixture &f, QJsonArray *codes = nullptr)
{
    const QJsonObject enrolment = jsonOf(f.api.post(u"/api/v1/users/me/totp"_s, {{u"password"_s, f.password}}));
    const QString secret = enrolment.value(u"secret"_s).toString();
    const Http::Response confirmed = f.api.post(u"/api/v1/users/me/totp/confirm"_s, {{u"code"_s, f.codeOf(secret)}});
    if (codes)
        *codes = jsonOf(confirmed).value(u"recovery_codes"_s).toArray();
    return confirmed.status == 200 ? secret : QString();
}

QString challengeOf(const Http::Response &response)
{
    return response.status == 202 ? jsonOf(response).value(u"challenge"_s).toString() : QString();
}
} // namespace

class AccountFlowsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void profileIsOwnAndPartlyPublic()
    {
        Fixture f;
        f.actAs(u"mia"_s);
        const QJsonObject change{{u"title"_s, u"Night shift"_s},       {u"email"_s, u"mia@example.org"_s},
                                 {u"time_zone"_s, u"Europe/Berlin"_s}, {u"locale"_s, u"de-AT"_s},
                                 {u"pronouns"_s, u"she/her"_s},        {u"bio"_s, u"two\nlines"_s}};
        QCOMPARE(f.api.patch(u"/api/v1/users/me/profile"_s, change).status, 200);
        QCOMPARE(f.api.patch(u"/api/v1/users/me/profile"_s, {{u"display_name"_s, u"Mia M."_s}}).status, 200);
        const QJsonObject own = jsonOf(f.api.get(u"/api/v1/users/me/profile"_s));
        QCOMPARE(own.value(u"email"_s).toString(), u"mia@example.org"_s);
        QCOMPARE(own.value(u"display_name"_s).toString(), u"Mia M."_s);
        f.actAs(u"ben"_s);
        const QJsonObject seen = jsonOf(f.api.get(u"/api/v1/users/mia/profile"_s));
        QCOMPARE(seen.value(u"title"_s).toString(), u"Night shift"_s);
        QVERIFY(!seen.contains(u"email"_s) && !seen.contains(u"locale"_s));
        QCOMPARE(f.api.get(u"/api/v1/users/nobody/profile"_s).status, 404);
    }

    void profileRefusals_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QJsonValue>("value");
        QTest::newRow("no name") << u"display_name"_s << QJsonValue(u"   "_s);
        QTest::newRow("long name") << u"display_name"_s << QJsonValue(QString(65, u'x'));
        QTest::newRow("control") << u"title"_s << QJsonValue(u"a\u001bb"_s);
        QTest::newRow("line break") << u"title"_s << QJsonValue(u"a\nb"_s);
        QTest::newRow("line separator") << u"bio"_s << QJsonValue(u"a\u2028b"_s);
        QTest::newRow("zone") << u"time_zone"_s << QJsonValue(u"Mars/Olympus"_s);
        QTest::newRow("locale") << u"locale"_s << QJsonValue(u"../../etc"_s);
        QTest::newRow("mail") << u"email"_s << QJsonValue(u"a@b@c"_s);
        QTest::newRow("long bio") << u"bio"_s << QJsonValue(QString(501, u'x'));
        QTest::newRow("role") << u"role"_s << QJsonValue(u"owner"_s); // mass assignment
        QTest::newRow("number") << u"title"_s << QJsonValue(1);
    }
    void profileRefusals()
    {
        QFETCH(QString, field);
        QFETCH(QJsonValue, value);
        Fixture f;
        f.actAs(u"mia"_s);
        const Http::Response refused = f.api.patch(u"/api/v1/users/me/profile"_s, {{field, value}});
        QCOMPARE(refused.status, 422);
        QCOMPARE(Test::pointersOf(refused), QStringList(u'/' + field));
    }

    void statusEndsByItselfAlsoAfterARestart()
    {
        Fixture f;
        f.actAs(u"mia"_s);
        QSignalSpy told(f.users.get(), &Identity::UserService::statusChanged);
        const QJsonObject busy{{u"text"_s, u"In a meeting"_s}, {u"do_not_disturb"_s, true}, {u"expires_in"_s, 600}};
        QCOMPARE(f.api.put(u"/api/v1/users/me/status"_s, busy).status, 200);
        QCOMPARE(told.size(), 1);
        const auto text = [&f] {
            return jsonOf(f.api.get(u"/api/v1/users/me/profile"_s))
                .value(u"status"_s)
                .toObject()
                .value(u"text"_s)
                .toString();
        };
        f.clock.advance(seconds(599));
        QCOMPARE(text(), u"In a meeting"_s);

        // Another server on the same data: it reads the end and keeps it.
        Identity::UserService again(f.storage->users(), f.hasher, f.clock);
        QVERIFY(QCoro::waitFor(again.load()).isOk());
        Identity::ProfileService profiles(again, f.permissions, f.clock);
        profiles.start();
        QCOMPARE(again.find(UserId("mia"))->status.text, u"In a meeting"_s);
        f.clock.advance(seconds(2));
        QTRY_VERIFY(again.find(UserId("mia"))->status.isEmpty());
        QTRY_COMPARE(text(), QString());
        QCOMPARE(told.size(), 2);
        QCoro::waitFor(profiles.close());
        QCoro::waitFor(again.close());
        QCOMPARE(f.api.put(u"/api/v1/users/me/status"_s, {{u"text"_s, u"x"_s}, {u"expires_in"_s, 1}}).status, 422);
    }

    void signInAsksForACodeThatWorksOnce()
    {
        Fixture f;
        f.actAs(u"mia"_s);
        const QString secret = enrol(f);
        QVERIFY(!secret.isEmpty());
        f.clock.advance(seconds(60));
        const Http::Response first = f.trySignIn(u"mia"_s, f.password);
        QVERIFY(!jsonOf(first).contains(u"access_token"_s));
        const QString challenge = challengeOf(first);
        QVERIFY(!challenge.isEmpty());
        const QString code = f.codeOf(secret);
        const Http::Response done = f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, code}});
        QCOMPARE(done.status, 200);
        QVERIFY(f.use(jsonOf(done).value(u"access_token"_s).toString()));
        // Neither the challenge nor the code again; an older code neither.
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, f.codeOf(secret, 1)}}).status, 401);
        const QString another = challengeOf(f.trySignIn(u"mia"_s, f.password));
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, another}, {u"code"_s, code}}).status, 401);
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, another}, {u"code"_s, f.codeOf(secret, -1)}}).status, 401);
        // A wrong password never gets as far.
        QCOMPARE(f.trySignIn(u"mia"_s, u"something else 1"_s).status, 401);
    }

    void codesCannotBeGuessed()
    {
        Fixture f;
        f.actAs(u"mia"_s);
        const QString secret = enrol(f);
        f.clock.advance(seconds(60));
        const QString challenge = challengeOf(f.trySignIn(u"mia"_s, f.password));
        for (int i = 0; i < 5; ++i)
            QCOMPARE(f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, u"000000"_s}}).status, 401);
        // The challenge is used up even for the right code, and a new one has to wait.
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, f.codeOf(secret)}}).status, 401);
        const QString next = challengeOf(f.trySignIn(u"mia"_s, f.password));
        const Http::Response slowed = f.api.post(codePath, {{u"challenge"_s, next}, {u"code"_s, f.codeOf(secret)}});
        QCOMPARE(slowed.status, 429);
        QVERIFY(!Test::headerOf(slowed, "Retry-After").isEmpty());
        f.clock.advance(seconds(30));
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, next}, {u"code"_s, f.codeOf(secret)}}).status, 200);
    }

    void challengesExpireAndEndWithThePassword()
    {
        Fixture f;
        f.actAs(u"mia"_s);
        const QString secret = enrol(f);
        f.clock.advance(seconds(60));
        const QString old = challengeOf(f.trySignIn(u"mia"_s, f.password));
        f.clock.advance(seconds(301));
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, old}, {u"code"_s, f.codeOf(secret)}}).status, 401);
        const QString open = challengeOf(f.trySignIn(u"mia"_s, f.password));
        f.api.as("adam", Role::Admin);
        QCOMPARE(f.api.patch(u"/api/v1/users/mia"_s, {{u"password"_s, u"chosen by an admin"_s}}).status, 200);
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, open}, {u"code"_s, f.codeOf(secret)}}).status, 401);
        for (const QString &odd : {QString(u"x"_s), QString(u"atc_x"_s), QString(128, u'a')})
            QCOMPARE(f.api.post(codePath, {{u"challenge"_s, odd}, {u"code"_s, u"000000"_s}}).status, 401);
    }

    void recoveryCodesWorkOnceEach()
    {
        Fixture f;
        f.actAs(u"mia"_s);
        QJsonArray codes;
        enrol(f, &codes);
        QCOMPARE(codes.size(), 10);
        const QString code = codes.at(3).toString().toUpper();
        QString challenge = challengeOf(f.trySignIn(u"mia"_s, f.password));
        const Http::Response done = f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, code}});
        QCOMPARE(done.status, 200);
        challenge = challengeOf(f.trySignIn(u"mia"_s, f.password));
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, code}}).status, 401);
        f.use(jsonOf(done).value(u"access_token"_s).toString());
        const QJsonObject state = jsonOf(f.api.get(u"/api/v1/users/me/totp"_s));
        QCOMPARE(state.value(u"recovery_codes_left"_s).toInt(), 9);
        const QJsonArray renewed =
            jsonOf(f.api.post(u"/api/v1/users/me/totp/recovery-codes"_s, {{u"password"_s, f.password}}))
                .value(u"recovery_codes"_s)
                .toArray();
        QCOMPARE(renewed.size(), 10);
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, codes.at(4).toString()}}).status, 401);
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, renewed.at(0).toString()}}).status,
                 200);
    }

    void secretsOfSecondFactorsLieSealed()
    {
        Fixture f;
        f.actAs(u"mia"_s);
        QJsonArray codes;
        const QString secret = enrol(f, &codes);
        const Identity::StoredUser *stored = f.users->find(UserId("mia"));
        QVERIFY(Identity::SecretBox::isSealed(stored->secondFactor.sealedSecret));
        QVERIFY(!stored->secondFactor.sealedSecret.contains(Fixture::fromBase32(secret.toLatin1())));
        // Moved to another account it does not open: ben cannot be given mia's codes.
        Identity::UserService::Mutation steal = [factor = stored->secondFactor](Identity::StoredUser &ben) {
            ben.secondFactor = factor;
            ben.secondFactor.lastStep = -1;
            return Result<void>();
        };
        QVERIFY(QCoro::waitFor(f.users->change(UserId("ben"), std::move(steal))).isOk());
        f.clock.advance(seconds(60));
        const QString challenge = challengeOf(f.trySignIn(u"ben"_s, f.password));
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, f.codeOf(secret)}}).status, 500);
    }

    void aRoleMayAskForTheSecondFactor()
    {
        Identity::Accounts::Settings settings;
        settings.secondFactor.requiredFor = {Role::Admin};
        Fixture f(settings);
        const Http::Response first = f.trySignIn(u"adam"_s, f.password);
        QCOMPARE(jsonOf(first).value(u"enrolment_required"_s).toBool(), true);
        const QString challenge = challengeOf(first);
        // Nothing without setting it up.
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, u"000000"_s}}).status, 409);
        const QString secret = jsonOf(f.api.post(u"/api/v1/auth/sign-in/enrol"_s, {{u"challenge"_s, challenge}}))
                                   .value(u"secret"_s)
                                   .toString();
        QCOMPARE(f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, u"000000"_s}}).status, 401);
        const Http::Response done = f.api.post(codePath, {{u"challenge"_s, challenge}, {u"code"_s, f.codeOf(secret)}});
        QCOMPARE(done.status, 200);
        QCOMPARE(jsonOf(done).value(u"recovery_codes"_s).toArray().size(), 10);
        QVERIFY(f.use(jsonOf(done).value(u"access_token"_s).toString()));
        QCOMPARE(f.api.post(u"/api/v1/users/me/totp/remove"_s, {{u"password"_s, f.password}}).status, 409);
        // With one, the challenge does not let it be replaced.
        f.clock.advance(seconds(60));
        const QString again = challengeOf(f.trySignIn(u"adam"_s, f.password));
        QCOMPARE(f.api.post(u"/api/v1/auth/sign-in/enrol"_s, {{u"challenge"_s, again}}).status, 409);
        QVERIFY(!jsonOf(f.trySignIn(u"mia"_s, f.password)).value(u"access_token"_s).isUndefined());
    }

    void passwordChangeEndsTheOtherSessions()
    {
        Fixture f;
        const QString elsewhere = f.actAs(u"mia"_s);
        const QString here = f.actAs(u"mia"_s);
        const QString path = u"/api/v1/users/me/password"_s;
        const QString next = u"a quite new one"_s;
        QCOMPARE(f.api.put(path, {{u"present"_s, u"wrong"_s}, {u"password"_s, next}}).status, 401);
        QCOMPARE(f.api.put(path, {{u"present"_s, f.password}, {u"password"_s, u"short"_s}}).status, 422);
        QCOMPARE(f.api.put(path, {{u"present"_s, f.password}, {u"password"_s, f.password}}).status, 422);
        QVERIFY(f.sessions->verify(elsewhere.toLatin1()).isOk());
        QCOMPARE(f.api.put(path, {{u"present"_s, f.password}, {u"password"_s, next}}).status, 204);
        QVERIFY(!f.sessions->verify(elsewhere.toLatin1()).isOk());
        QVERIFY(f.sessions->verify(here.toLatin1()).isOk());
        QCOMPARE(f.trySignIn(u"mia"_s, f.password).status, 401);
        QCOMPARE(f.trySignIn(u"mia"_s, next).status, 200);
        // An administrator's change ends all.
        f.api.as("adam", Role::Admin);
        QCOMPARE(f.api.patch(u"/api/v1/users/mia"_s, {{u"password"_s, u"chosen by an admin"_s}}).status, 200);
        QVERIFY(!f.sessions->verify(here.toLatin1()).isOk());
    }

    void resetTokensWorkOnce()
    {
        Fixture f;
        const QString session = f.actAs(u"mia"_s);
        QCOMPARE(f.api.as("ben").post(u"/api/v1/users/mia/password-reset"_s, {}).status, 403);
        f.api.as("adam", Role::Admin);
        QCOMPARE(f.api.post(u"/api/v1/users/olga/password-reset"_s, {}).status, 403); // an owner's
        const auto issue = [&f] {
            f.api.as("adam", Role::Admin);
            return jsonOf(f.api.post(u"/api/v1/users/mia/password-reset"_s, {{u"expires_in"_s, 3600}}))
                .value(u"token"_s)
                .toString();
        };
        const QString first = issue();
        const QString token = issue(); // the first one is void
        const QString path = u"/api/v1/auth/password-reset"_s;
        const QString next = u"a quite new one"_s;
        f.api.anonymous();
        QCOMPARE(f.api.post(path, {{u"token"_s, first}, {u"password"_s, next}}).status, 404);
        QCOMPARE(f.api.post(path, {{u"token"_s, token}, {u"password"_s, u"short"_s}}).status, 422);
        QVERIFY(f.sessions->verify(session.toLatin1()).isOk());
        QCOMPARE(f.api.post(path, {{u"token"_s, token}, {u"password"_s, next}}).status, 204);
        QCOMPARE(f.api.post(path, {{u"token"_s, token}, {u"password"_s, u"one more of them"_s}}).status, 404);
        QVERIFY(!f.sessions->verify(session.toLatin1()).isOk());
        QCOMPARE(f.trySignIn(u"mia"_s, next).status, 200);
        const QString late = issue();
        f.clock.advance(seconds(3601));
        QCOMPARE(f.api.anonymous().post(path, {{u"token"_s, late}, {u"password"_s, next}}).status, 404);
    }

    void invitationsMakeAccounts()
    {
        Fixture f;
        const QString path = u"/api/v1/account-invitations"_s;
        QCOMPARE(f.api.as("mia").post(path, {}).status, 403);
        f.api.as("adam", Role::Admin);
        QCOMPARE(f.api.post(path, {{u"role"_s, u"owner"_s}}).status, 403); // no more than one may give
        QCOMPARE(f.api.post(path, {{u"role"_s, u"guest"_s}}).status, 422);
        const QJsonObject made =
            jsonOf(f.api.post(path, {{u"role"_s, u"operator"_s}, {u"max_uses"_s, 2}, {u"note"_s, u"ops"_s}}));
        const QString token = made.value(u"token"_s).toString();
        QVERIFY(!jsonOf(f.api.get(path)).value(u"items"_s).toArray().first().toObject().contains(u"token"_s));
        const auto join = [&f, &token](const QString &id) {
            const QJsonObject body{{u"token"_s, token}, {u"id"_s, id}, {u"password"_s, u"another good one"_s}};
            return f.api.anonymous().post(u"/api/v1/auth/join"_s, body).status;
        };
        QCOMPARE(join(u"Bad Id"_s), 422);
        QCOMPARE(join(u"mia"_s), 409);
        QCOMPARE(join(u"deleted-1"_s), 422);
        QCOMPARE(join(u"pia"_s), 201);
        QVERIFY(f.users->find(UserId("pia"))->user.role == Role::Operator);
        QCOMPARE(join(u"rosa"_s), 201);
        QCOMPARE(join(u"sven"_s), 404); // used up
        QCOMPARE(f.trySignIn(u"pia"_s, u"another good one"_s).status, 200);
    }

    void invitationsEnd()
    {
        Fixture f;
        const QString path = u"/api/v1/account-invitations"_s;
        const auto join = [&f](const QString &token, const QString &id) {
            const QJsonObject body{{u"token"_s, token}, {u"id"_s, id}, {u"password"_s, u"another good one"_s}};
            return f.api.anonymous().post(u"/api/v1/auth/join"_s, body).status;
        };
        f.api.as("adam", Role::Admin);
        const QJsonObject withdrawn = jsonOf(f.api.post(path, {}));
        QCOMPARE(f.api.remove(path + u'/' + withdrawn.value(u"id"_s).toString()).status, 204);
        QCOMPARE(join(withdrawn.value(u"token"_s).toString(), u"pia"_s), 404);
        f.api.as("adam", Role::Admin);
        const QJsonObject late = jsonOf(f.api.post(path, {{u"expires_in"_s, 60}}));
        f.clock.advance(seconds(61));
        QCOMPARE(join(late.value(u"token"_s).toString(), u"pia"_s), 404);
        // Who may not give the role any more has given nothing.
        f.api.as("adam", Role::Admin);
        const QJsonObject open = jsonOf(f.api.post(path, {}));
        QVERIFY(QCoro::waitFor(f.users->setRole(UserId("adam"), Role::Member)).isOk());
        QCOMPARE(join(open.value(u"token"_s).toString(), u"pia"_s), 404);
        // The same wrong token again and again is slowed down.
        int status = 0;
        for (int i = 0; i < 10 && status != 429; ++i)
            status = join(u"ati_nonsense"_s, u"pia"_s);
        QCOMPARE(status, 429);
    }

    void sessionsAreSeenAndEnded()
    {
        Fixture f;
        const QString other = f.actAs(u"mia"_s);
        f.clock.advance(seconds(10));
        const QString here = f.actAs(u"mia"_s);
        const SessionId foreign = f.sessions->verify(f.actAs(u"ben"_s).toLatin1())->session;
        f.use(here);
        const QJsonArray items = jsonOf(f.api.get(u"/api/v1/users/me/sessions"_s)).value(u"items"_s).toArray();
        QCOMPARE(items.size(), 2);
        const QJsonObject current = items.first().toObject();
        QCOMPARE(current.value(u"current"_s).toBool(), true);
        QCOMPARE(current.value(u"device"_s).toString(), u"laptop"_s);
        QCOMPARE(current.value(u"address"_s).toString(), u"127.0.0.1"_s);
        // Not those of others, nor ones that never were: the same answer.
        QCOMPARE(f.api.remove(u"/api/v1/users/me/sessions/"_s + foreign.toString()).status, 404);
        QCOMPARE(f.api.remove(u"/api/v1/users/me/sessions/none"_s).status, 404);
        QSignalSpy ended(f.sessions.get(), &Identity::SessionService::sessionEnded);
        QCOMPARE(jsonOf(f.api.remove(u"/api/v1/users/me/sessions"_s)).value(u"ended"_s).toInt(), 1);
        QCOMPARE(ended.size(), 1);
        QVERIFY(!f.sessions->verify(other.toLatin1()).isOk());
        QVERIFY(f.sessions->verify(here.toLatin1()).isOk());
        // Administrators see and end those of others, except of owners.
        f.api.as("adam", Role::Admin);
        QCOMPARE(jsonOf(f.api.get(u"/api/v1/users/mia/sessions"_s)).value(u"items"_s).toArray().size(), 1);
        QCOMPARE(f.api.remove(u"/api/v1/users/mia/sessions"_s).status, 200);
        QVERIFY(!f.sessions->verify(here.toLatin1()).isOk());
        QCOMPARE(f.api.get(u"/api/v1/users/olga/sessions"_s).status, 403);
        QCOMPARE(f.api.get(u"/api/v1/users/nobody/sessions"_s).status, 404);
    }

    void dangerousActsNeedThePasswordLately()
    {
        Fixture f({}, seconds(300));
        const QJsonObject token{{u"name"_s, u"bot"_s}, {u"actions"_s, QJsonArray{u"MessageSend"_s}}};
        f.actAs(u"adam"_s);
        QCOMPARE(f.api.post(u"/api/v1/tokens"_s, token).status, 201);
        f.clock.advance(seconds(301));
        for (const QJsonObject &change :
             {QJsonObject{{u"role"_s, u"moderator"_s}}, QJsonObject{{u"password"_s, u"chosen by an admin"_s}}}) {
            const Http::Response refused = f.api.patch(u"/api/v1/users/mia"_s, change);
            QCOMPARE(refused.status, 403);
            QCOMPARE(Test::pointersOf(refused), QStringList(u"/password"_s));
        }
        QCOMPARE(f.api.post(u"/api/v1/tokens"_s, token).status, 403);
        QCOMPARE(f.api.patch(u"/api/v1/users/mia"_s, {{u"disabled"_s, true}}).status, 200); // must be quick
        QCOMPARE(f.api.post(u"/api/v1/auth/step-up"_s, {{u"password"_s, u"wrong"_s}}).status, 401);
        QCOMPARE(f.api.post(u"/api/v1/tokens"_s, token).status, 403);
        QCOMPARE(f.api.post(u"/api/v1/auth/step-up"_s, {{u"password"_s, f.password}}).status, 204);
        QCOMPARE(f.api.post(u"/api/v1/tokens"_s, token).status, 201);
    }
};

QTEST_GUILESS_MAIN(AccountFlowsTest)
#include "tst_accountflows.moc"
