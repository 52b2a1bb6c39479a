// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Application tokens, service accounts, imports and erasure, through the endpoints over a real database.
#include "tests/unit/server/http/endpoints/accountfixture.h"

#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;
using Identity::Action;
using Identity::Object;
using Test::jsonOf;

namespace {
using Fixture = Test::AccountFixture;
const QString tokensPath = u"/api/v1/tokens"_s;

QJsonObject scope(const QJsonArray &actions, const QJsonArray &rooms = {})
{
    return {{u"name"_s, u"bot"_s}, {u"actions"_s, actions}, {u"rooms"_s, rooms}};
}
Object memberOf(const QByteArray &room)
{
    Object object;
    object.isRoom = true;
    object.room = RoomId(room);
    object.isMember = true;
    return object;
}
} // namespace

class AccountTokensTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aTokenActsWithinItsScope()
    {
        Fixture f;
        f.actAs(u"mia"_s);
        const Http::Response made = f.api.post(tokensPath, scope({u"MessageSend"_s, u"RoomRead"_s}, {u"builds"_s}));
        QCOMPARE(made.status, 201);
        const QByteArray secret = jsonOf(made).value(u"token"_s).toString().toLatin1();
        QVERIFY(secret.startsWith("atk_"));
        QVERIFY(!jsonOf(f.api.get(tokensPath)).value(u"items"_s).toArray().first().toObject().contains(u"token"_s));
        const Result<Actor> bot = f.sessions->verify(secret);
        QVERIFY(bot.isOk());
        QCOMPARE(bot->user, UserId("mia"));
        QVERIFY(f.permissions.can(*bot, Action::MessageSend, memberOf("builds")));
        QVERIFY(!f.permissions.can(*bot, Action::MessageSend, memberOf("lobby")));
        QVERIFY(!f.permissions.can(*bot, Action::RoomLeave, memberOf("builds")));
        // Only ever less than the account: no membership, no sending.
        Object stranger = memberOf("builds");
        stranger.isMember = false;
        QVERIFY(!f.permissions.can(*bot, Action::MessageSend, stranger));
        QVERIFY(!f.permissions.can(*bot, Action::UserManage, Object::none()));
        QCOMPARE(f.sessions->expiryOf(secret).value(), Timestamp::max());
    }

    void aTokenOfSomeRoomsHasNothingOfAll()
    {
        Fixture f;
        f.actAs(u"mia"_s);
        const auto tokenFor = [&f](const QJsonArray &rooms) {
            const QJsonArray actions{u"PersonalKeep"_s, u"RoomPreferencesSet"_s, u"RoomCreate"_s};
            const QJsonObject made = jsonOf(f.api.post(tokensPath, scope(actions, rooms)));
            return f.sessions->verify(made.value(u"token"_s).toString().toLatin1());
        };
        const Result<Actor> everywhere = tokenFor({});
        const Result<Actor> builds = tokenFor({u"builds"_s});
        QVERIFY(everywhere && builds);
        const auto mayKeep = [&f](const Actor &actor, const RoomId &room) {
            Object object = Object::ownedBy(UserId("mia"));
            object.room = room;
            return f.permissions.can(actor, Action::PersonalKeep, object);
        };
        QVERIFY(mayKeep(*everywhere, {}));
        QVERIFY(!mayKeep(*builds, {})); // lists and deletes what belongs to whatever room
        QVERIFY(mayKeep(*builds, RoomId("builds")));
        QVERIFY(!mayKeep(*builds, RoomId("lobby")));
        QVERIFY(f.permissions.can(*everywhere, Action::RoomCreate, Object::none()));
        QVERIFY(!f.permissions.can(*builds, Action::RoomCreate, Object::none()));
    }

    void aTokenCannotMakeItselfMore_data()
    {
        QTest::addColumn<QJsonArray>("actions");
        QTest::newRow("credentials") << QJsonArray{u"AccountManage"_s};
        QTest::newRow("tokens") << QJsonArray{u"MessageSend"_s, u"TokenManage"_s};
        QTest::newRow("unknown") << QJsonArray{u"Everything"_s};
        QTest::newRow("star") << QJsonArray{u"*"_s};
        QTest::newRow("case") << QJsonArray{u"messagesend"_s};
        QTest::newRow("none") << QJsonArray{};
    }
    void aTokenCannotMakeItselfMore()
    {
        QFETCH(QJsonArray, actions);
        Fixture f;
        f.actAs(u"olga"_s);
        QCOMPARE(f.api.post(tokensPath, scope(actions)).status, 422);
    }

    void aTokenOfAnOwnerDoesNoMoreThanItsScope()
    {
        Fixture f;
        f.actAs(u"olga"_s);
        const QString secret = jsonOf(f.api.post(tokensPath, scope({u"MetricsRead"_s}))).value(u"token"_s).toString();
        QVERIFY(f.use(secret));
        QVERIFY(f.permissions.can(f.api.actor(), Action::MetricsRead, Object::none()));
        QCOMPARE(f.api.get(u"/api/v1/users"_s).status, 403);
        QCOMPARE(f.api.post(tokensPath, scope({u"UserManage"_s})).status, 403);
        QCOMPARE(f.api.put(u"/api/v1/users/me/status"_s, {{u"text"_s, u"x"_s}}).status, 403);
        QCOMPARE(f.api.post(u"/api/v1/users/me/totp"_s, {{u"password"_s, f.password}}).status, 403);
        // The account loses the role, the token what came from it.
        QVERIFY(QCoro::waitFor(f.users->setRole(UserId("adam"), Role::Owner)).isOk());
        QVERIFY(QCoro::waitFor(f.users->setRole(UserId("olga"), Role::Member)).isOk());
        QVERIFY(f.use(secret));
        QVERIFY(!f.permissions.can(f.api.actor(), Action::MetricsRead, Object::none()));
    }

    void oddTokensAreNobody_data()
    {
        QTest::addColumn<QByteArray>("bearer");
        QTest::newRow("prefix") << QByteArray("atk_");
        QTest::newRow("unknown") << QByteArray("atk_") + QByteArray(43, 'a');
        QTest::newRow("long") << QByteArray("atk_") + QByteArray(100'000, 'a');
        QTest::newRow("other kind") << QByteArray("ati_") + QByteArray(43, 'a');
        QTest::newRow("NUL") << QByteArray("atk_\0", 5);
    }
    void oddTokensAreNobody()
    {
        QFETCH(QByteArray, bearer);
        Fixture f;
        QCOMPARE(f.sessions->verify(bearer).error().code, Errc::Unauthenticated);
        QCOMPARE(f.sessions->expiryOf(bearer).error().code, Errc::Unauthenticated);
    }

    void tokensEnd()
    {
        Fixture f;
        QSignalSpy ended(f.sessions.get(), &Identity::SessionService::sessionEnded);
        f.actAs(u"mia"_s);
        const QJsonObject made = jsonOf(f.api.post(tokensPath, scope({u"MessageSend"_s})));
        const QByteArray secret = made.value(u"token"_s).toString().toLatin1();
        const Result<Actor> acting = f.sessions->verify(secret);
        QVERIFY(acting.isOk());
        const QString one = tokensPath + u'/' + made.value(u"id"_s).toString();
        f.actAs(u"ben"_s);
        QCOMPARE(f.api.remove(one).status, 404); // not his to know
        QCOMPARE(f.api.get(tokensPath + u"?user_id=mia"_s).status, 403);
        f.api.as("adam", Role::Admin);
        QCOMPARE(jsonOf(f.api.get(tokensPath + u"?user_id=mia"_s)).value(u"items"_s).toArray().size(), 1);
        QCOMPARE(f.api.remove(one).status, 204);
        QCOMPARE(ended.size(), 1);
        QCOMPARE(ended.first().first().value<SessionId>(), acting->session);
        QVERIFY(!f.sessions->verify(secret).isOk());
        QVERIFY(!f.permissions.can(*acting, Action::MessageSend, memberOf("builds"))); // who still acts with it

        f.actAs(u"mia"_s);
        QJsonObject shortLived = scope({u"MessageSend"_s});
        shortLived.insert(u"expires_in"_s, 60);
        const QByteArray brief = jsonOf(f.api.post(tokensPath, shortLived)).value(u"token"_s).toString().toLatin1();
        const QByteArray lasting =
            jsonOf(f.api.post(tokensPath, scope({u"MessageSend"_s}))).value(u"token"_s).toString().toLatin1();
        f.clock.advance(seconds(61));
        QVERIFY(!f.sessions->verify(brief).isOk());
        QVERIFY(f.sessions->verify(lasting).isOk());
        QVERIFY(QCoro::waitFor(f.users->setDisabled(UserId("mia"), true)).isOk());
        QVERIFY(!f.sessions->verify(lasting).isOk());
    }

    void tokensSurviveARestartAsHashes()
    {
        Fixture f;
        f.actAs(u"mia"_s);
        const QByteArray secret = jsonOf(f.api.post(tokensPath, scope({u"MessageSend"_s}, {u"builds"_s})))
                                      .value(u"token"_s)
                                      .toString()
                                      .toLatin1();
        Identity::Permissions permissions(f.clock);
        Identity::TokenService again(*f.users, f.storage->accounts(), permissions, f.clock);
        QVERIFY(QCoro::waitFor(again.load()).isOk());
        const Result<Actor> bot = again.verify(secret);
        QVERIFY(bot.isOk());
        QVERIFY(permissions.can(*bot, Action::MessageSend, memberOf("builds")));
        QVERIFY(!permissions.can(*bot, Action::MessageSend, memberOf("lobby")));
        QCoro::waitFor(again.close());
        f.storage->closeBlocking();
        for (const QString &name : {u"atom.db"_s, u"atom.db-wal"_s}) {
            QFile file(f.folder.path() + u'/' + name);
            if (file.open(QIODevice::ReadOnly))
                QVERIFY2(!file.readAll().contains(secret), qPrintable(name));
        }
    }

    void serviceAccountsHaveTokensAndNoPassword()
    {
        Fixture f;
        f.actAs(u"adam"_s);
        const QString users = u"/api/v1/users"_s;
        QCOMPARE(f.api.post(users, {{u"id"_s, u"ci"_s}, {u"kind"_s, u"robot"_s}}).status, 422);
        QCOMPARE(f.api.post(users, {{u"id"_s, u"ci"_s}, {u"kind"_s, u"service"_s}, {u"password"_s, f.password}}).status,
                 422);
        const Http::Response made = f.api.post(users, {{u"id"_s, u"ci"_s}, {u"kind"_s, u"service"_s}});
        QCOMPARE(made.status, 201);
        QVERIFY(!jsonOf(made).contains(u"initial_password"_s));
        QCOMPARE(jsonOf(made).value(u"managed_by"_s).toString(), u"adam"_s);
        for (const QString &guess : {QString(), QString(u" "_s), f.password})
            QVERIFY(f.trySignIn(u"ci"_s, guess).status >= 400);
        f.actAs(u"adam"_s);
        QCOMPARE(f.api.patch(u"/api/v1/users/ci"_s, {{u"password"_s, u"a quite new one"_s}}).status, 409);
        QCOMPARE(f.api.post(u"/api/v1/users/ci/password-reset"_s, {}).status, 409);
        QJsonObject draft = scope({u"MessageSend"_s});
        draft.insert(u"user_id"_s, u"ci"_s);
        const QByteArray secret = jsonOf(f.api.post(tokensPath, draft)).value(u"token"_s).toString().toLatin1();
        QCOMPARE(f.sessions->verify(secret)->user, UserId("ci"));
        // Not for other people: that would be acting as them.
        draft.insert(u"user_id"_s, u"mia"_s);
        QCOMPARE(f.api.post(tokensPath, draft).status, 403);
        f.actAs(u"mia"_s);
        draft.insert(u"user_id"_s, u"ci"_s);
        QCOMPARE(f.api.post(tokensPath, draft).status, 403);
        // Nobody is responsible any more: it stops.
        QVERIFY(QCoro::waitFor(f.users->setDisabled(UserId("adam"), true)).isOk());
        QVERIFY(!f.sessions->verify(secret).isOk());
    }

    void importsAllOrNothing()
    {
        Fixture f;
        f.actAs(u"adam"_s);
        const QString path = u"/api/v1/user-imports"_s;
        const QString bad = u"\ufeffid;role;display_name\r\n"
                            "pia;member;\"Pia; \"\"P\"\"\"\r\n"
                            "mia;member;there already\r\n"
                            "pia;member;twice\r\n"
                            "Bad Id;member;\r\n"
                            "rosa;king;\r\n"
                            "sven;owner;may not be given\r\n"_s;
        const QJsonObject report = jsonOf(f.api.post(path, {{u"csv"_s, bad}, {u"dry_run"_s, false}}));
        QCOMPARE(report.value(u"applied"_s).toBool(), false);
        QCOMPARE(report.value(u"good"_s).toInt(), 1);
        const QJsonArray rows = report.value(u"rows"_s).toArray();
        QCOMPARE(rows.size(), 6);
        QVERIFY(rows.at(0).toObject().value(u"ok"_s).toBool());
        const QStringList columns{u"/id"_s, u"/id"_s, u"/id"_s, u"/role"_s, u"/role"_s};
        for (int i = 1; i < 6; ++i) {
            QCOMPARE(rows.at(i).toObject().value(u"line"_s).toInt(), i + 2);
            const QJsonArray errors = rows.at(i).toObject().value(u"errors"_s).toArray();
            QCOMPARE(errors.first().toObject().value(u"pointer"_s).toString(), columns.at(i - 1));
        }
        QVERIFY(!f.users->find(UserId("pia")));

        const QString good = u"id,display_name,email\npia,Pia,pia@example.org\nrosa,,\n"_s;
        const QJsonObject dry = jsonOf(f.api.post(path, {{u"csv"_s, good}}));
        QCOMPARE(dry.value(u"good"_s).toInt(), 2);
        QCOMPARE(dry.value(u"applied"_s).toBool(), false);
        QVERIFY(!f.users->find(UserId("pia")));
        const QJsonObject done = jsonOf(f.api.post(path, {{u"csv"_s, good}, {u"dry_run"_s, false}}));
        QCOMPARE(done.value(u"applied"_s).toBool(), true);
        QCOMPARE(f.users->find(UserId("pia"))->profile.email, u"pia@example.org"_s);
        const QString token = done.value(u"rows"_s).toArray().first().toObject().value(u"reset_token"_s).toString();
        const QJsonObject set{{u"token"_s, token}, {u"password"_s, u"chosen by Pia 1"_s}};
        QCOMPARE(f.trySignIn(u"pia"_s, u"chosen by Pia 1"_s).status, 401);
        QCOMPARE(f.api.anonymous().post(u"/api/v1/auth/password-reset"_s, set).status, 204);
        QCOMPARE(f.trySignIn(u"pia"_s, u"chosen by Pia 1"_s).status, 200);
    }

    void importRefusals_data()
    {
        QTest::addColumn<QString>("csv");
        QTest::newRow("no header") << u"pia,Pia\n"_s;
        QTest::newRow("passwords") << u"id,password\npia,secret\n"_s;
        QTest::newRow("twice") << u"id,id\npia,pia\n"_s;
        QTest::newRow("open quote") << u"id\n\"pia\n"_s;
        QTest::newRow("only BOM") << u"\ufeff"_s;
        QTest::newRow("many") << (u"id\n"_s + QString(u"a\n"_s).repeated(10'001));
    }
    void importRefusals()
    {
        QFETCH(QString, csv);
        Fixture f;
        f.actAs(u"adam"_s);
        const Http::Response refused = f.api.post(u"/api/v1/user-imports"_s, {{u"csv"_s, csv}});
        QCOMPARE(refused.status, 422);
        QCOMPARE(Test::pointersOf(refused), QStringList(u"/csv"_s));
        f.actAs(u"mia"_s);
        QCOMPARE(f.api.post(u"/api/v1/user-imports"_s, {{u"csv"_s, csv}}).status, 403);
    }

    void tenThousandRowsAreImportedAtOnce()
    {
        Fixture f;
        f.actAs(u"adam"_s);
        QString csv = u"id,display_name\n"_s;
        for (int i = 0; i < 10'000; ++i)
            csv += u"person%1,Person %1\n"_s.arg(i);
        const int before = f.users->count();
        const Result<Identity::ImportReport> report =
            QCoro::waitFor(f.accounts->imports.run(f.api.actor(), csv, false));
        QVERIFY(report.isOk() && report->applied);
        QCOMPARE(f.users->count(), before + 10'000);
        Identity::UserService again(f.storage->users(), f.hasher, f.clock);
        QVERIFY(QCoro::waitFor(again.load()).isOk());
        QCOMPARE(again.count(), before + 10'000);
        QCoro::waitFor(again.close());
    }

    void erasedPeopleLeaveOnlyATombstone()
    {
        Fixture f;
        f.accounts->erasure.setLeaveRooms([](UserId) -> QCoro::Task<void> { co_return; });
        f.makeRoom("lobby");
        const auto post = [&f](const QString &text) {
            Rooms::MessageDraft draft;
            draft.room = RoomId("lobby");
            draft.text = text;
            return QCoro::waitFor(f.rooms->postTask(Fixture::member("mia"), draft));
        };
        QVERIFY(QCoro::waitFor(f.rooms->join(Fixture::member("mia"), RoomId("lobby"))).isOk());
        const Result<Rooms::Appended> message = post(u"words that stay"_s);
        QVERIFY(message.isOk());
        const QString session = f.actAs(u"mia"_s);
        f.api.patch(u"/api/v1/users/me/profile"_s, {{u"email"_s, u"marker@example.org"_s}});
        const QByteArray token =
            jsonOf(f.api.post(tokensPath, scope({u"MessageSend"_s}))).value(u"token"_s).toString().toLatin1();

        const QString path = u"/api/v1/users/mia/erase"_s;
        const QJsonObject keep{{u"messages"_s, u"keep"_s}, {u"reason"_s, u"asked for it"_s}};
        QCOMPARE(f.api.post(path, keep).status, 403); // not by oneself
        f.api.as("adam", Role::Admin);
        QCOMPARE(f.api.post(u"/api/v1/users/olga/erase"_s, keep).status, 403);
        QCOMPARE(f.api.post(u"/api/v1/users/adam/erase"_s, keep).status, 409);
        QCOMPARE(f.api.post(path, {{u"messages"_s, u"burn"_s}, {u"reason"_s, u"x"_s}}).status, 422);
        QCOMPARE(f.api.post(path, {{u"messages"_s, u"keep"_s}, {u"reason"_s, u" "_s}}).status, 422);
        const Http::Response erased = f.api.post(path, keep);
        QCOMPARE(erased.status, 202);
        const QString pseudonym = jsonOf(erased).value(u"pseudonym"_s).toString();

        QVERIFY(!f.sessions->verify(session.toLatin1()).isOk());
        QVERIFY(!f.sessions->verify(token).isOk());
        QCOMPARE(f.trySignIn(u"mia"_s, f.password).status, 401);
        f.api.as("adam", Role::Admin);
        QCOMPARE(f.api.get(u"/api/v1/users/mia"_s).status, 404);
        QCOMPARE(f.api.patch(u"/api/v1/users/mia"_s, {{u"disabled"_s, false}}).status, 404);
        QCOMPARE(f.api.post(path, keep).status, 404);
        QCOMPARE(f.api.post(u"/api/v1/users"_s, {{u"id"_s, u"mia"_s}}).status, 409); // never used again
        QCOMPARE(jsonOf(f.api.get(u"/api/v1/users/mia/profile"_s)).value(u"display_name"_s).toString(),
                 u"Deleted user"_s);

        // The messages lead to nobody; a restart finds them so.
        QSignalSpy detached(&f.accounts->erasure, &Identity::ErasureService::messagesDetached);
        const auto sender = [&f, &message] {
            const auto found =
                QCoro::waitFor(f.rooms->message(Fixture::member("ann"), RoomId("lobby"), message->event.message));
            return found.isOk() ? found->actor.toString() : found.error().detail;
        };
        QTRY_COMPARE(sender(), pseudonym);
        QCOMPARE(jsonOf(f.api.get(u"/api/v1/users/"_s + pseudonym + u"/profile"_s)).value(u"display_name"_s).toString(),
                 u"Deleted user"_s);
    }

    void aRestoredBackupDoesNotBringErasedPeopleBack()
    {
        QTemporaryDir beside;
        Identity::Accounts::Settings settings;
        settings.erasureLedger = beside.path() + u"/erasures.jsonl"_s;
        {
            Fixture f(settings);
            f.api.as("adam", Role::Admin);
            const QJsonObject remove{{u"messages"_s, u"remove"_s}, {u"reason"_s, u"asked for it"_s}};
            QCOMPARE(f.api.post(u"/api/v1/users/mia/erase"_s, remove).status, 202);
        }
        Fixture restored(settings); // a database of before: mia is there
        QVERIFY(!restored.users->find(UserId("mia"))->erasedAt);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"was erased and is back"_s));
        QVERIFY(QCoro::waitFor(restored.accounts->resume()).isOk());
        QVERIFY(restored.users->find(UserId("mia"))->erasedAt.has_value());
        QCOMPARE(restored.trySignIn(u"mia"_s, restored.password).status, 401);

        QFile ledger(settings.erasureLedger);
        QVERIFY(ledger.open(QIODevice::Append));
        ledger.write("{\"user\":\n");
        ledger.close();
        QCOMPARE(QCoro::waitFor(restored.accounts->resume()).error().code, Errc::Internal); // never guess
    }
};

QTEST_GUILESS_MAIN(AccountTokensTest)
#include "tst_accounttokens.moc"
