// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/passwordhasher.h"
#include "server/identity/sessionservice.h"

#include "tests/support/fakeclock.h"
#include "tests/support/memoryidentity.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Identity;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {
const QString goodPassword = u"xkcd-Tulip pot 7"_s;
const QHostAddress peer(u"192.0.2.7"_s);

template <typename T> void must(const Result<T> &result)
{
    if (!result)
        qFatal("%s", qPrintable(result.error().detail));
}

struct Fixture
{
    Test::FakeClock clock;
    Test::MemoryUsers userRepository;
    Test::MemorySessions sessionRepository;
    PasswordHasher hasher{PasswordHasher::Cost{1, 8192}};
    UserService users{userRepository, hasher, clock};
    std::unique_ptr<SessionService> sessions;

    explicit Fixture(SessionService::Settings settings = {})
    {
        must(QCoro::waitFor(users.load()));
        for (const char *id : {"ann", "bob"}) {
            const Result<User> made =
                QCoro::waitFor(users.create(UserId(id), {}, *id == 'a' ? Role::Owner : Role::Member, goodPassword));
            must(made);
        }
        restart(settings);
    }
    ~Fixture()
    {
        QCoro::waitFor(sessions->close());
        QCoro::waitFor(users.close());
    }
    void restart(SessionService::Settings settings = {})
    {
        if (sessions)
            QCoro::waitFor(sessions->close());
        sessions = std::make_unique<SessionService>(settings, users, sessionRepository, hasher, clock);
        must(QCoro::waitFor(sessions->load()));
    }
    Result<TokenPair> signIn(const QString &user = u"bob"_s, const QString &password = goodPassword)
    {
        return QCoro::waitFor(sessions->signIn(user, password, u"test"_s, peer));
    }
    Result<TokenPair> refresh(const QByteArray &token) { return QCoro::waitFor(sessions->refresh(token)); }
};

QCoro::Task<void> into(QCoro::Task<Result<TokenPair>> task, std::optional<Result<TokenPair>> *out)
{
    Result<TokenPair> result = co_await task;
    out->emplace(std::move(result));
}
} // namespace

class tst_sessionservice : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void signInAndVerify()
    {
        Fixture f;
        const Result<TokenPair> pair = f.signIn();
        QVERIFY(pair.isOk());
        QCOMPARE(pair->user.id, UserId("bob"));
        QCOMPARE(pair->accessLifetime, 300s);
        QCOMPARE(pair->refreshToken.size(), 68);
        const Result<Actor> actor = f.sessions->verify(pair->accessToken);
        QVERIFY(actor.isOk());
        QCOMPARE(actor->user, UserId("bob"));
        QCOMPARE(actor->role, Role::Member);
        QCOMPARE(actor->session, pair->session);
        QVERIFY(actor->device.isEmpty());
        QCOMPARE(*f.sessions->expiryOf(pair->accessToken), f.clock.now() + 300s);
        QCOMPARE(f.sessions->verify(pair->refreshToken).error().code, Errc::Unauthenticated);
        QCOMPARE(f.refresh(pair->accessToken).error().code, Errc::Unauthenticated);
        QCOMPARE(f.sessions->verify({}).error().code, Errc::Unauthenticated);
        f.clock.advance(300s);
        QCOMPARE(f.sessions->verify(pair->accessToken).error().code, Errc::Unauthenticated);
        QCOMPARE(f.sessions->expiryOf(pair->accessToken).error().code, Errc::Unauthenticated);
        QVERIFY(f.refresh(pair->refreshToken).isOk());
    }

    void storageNeverHoldsTokens()
    {
        Fixture f;
        const Result<TokenPair> pair = f.signIn();
        const Result<TokenPair> next = f.refresh(pair->refreshToken);
        for (const StoredSession &s : std::as_const(f.sessionRepository.sessions)) {
            for (const QByteArray &text : {s.refreshHash, s.previousHash, s.sealedSuccessor, s.id.bytes()}) {
                QVERIFY(!text.contains(pair->refreshToken));
                QVERIFY(!text.contains(next->refreshToken));
            }
        }
    }

    void sameWordsForEveryRefusal()
    {
        Fixture f;
        QVERIFY(QCoro::waitFor(f.users.create(UserId("dan"), {}, Role::Member, goodPassword)).isOk());
        QVERIFY(QCoro::waitFor(f.users.setDisabled(UserId("dan"), true)).isOk());
        const Error wrong = f.signIn(u"bob"_s, u"wrong-Tulip pot 7"_s).error();
        QCOMPARE(wrong.code, Errc::Unauthenticated);
        QCOMPARE(f.signIn(u"zoe"_s).error(), wrong);
        QCOMPARE(f.signIn(u"dan"_s).error(), wrong);
        QCOMPARE(f.signIn(u"assistant"_s).error(), wrong);
        QCOMPARE(f.signIn(u"BOB"_s).error(), wrong);
        QCOMPARE(f.signIn(u"bob\n"_s).error(), wrong);
        QCOMPARE(f.signIn(QString()).error(), wrong);
        QCOMPARE(f.signIn(u"bob"_s, QString()).error(), wrong);
        QCOMPARE(QCoro::waitFor(f.sessions->signIn(u"bob"_s, goodPassword, QString(129, u'd'), peer)).error().code,
                 Errc::ValidationFailed);
    }

    void guessingIsSlowedDown()
    {
        Fixture f;
        for (int i = 0; i < 5; ++i)
            QCOMPARE(f.signIn(u"bob"_s, u"wrong-Tulip pot 7"_s).error().code, Errc::Unauthenticated);
        const Result<TokenPair> limited = f.signIn(); // even the right one has to wait
        QCOMPARE(limited.error().code, Errc::RateLimited);
        QCOMPARE(limited.error().retryAfter, 2s);
        QVERIFY(f.signIn(u"ann"_s).isOk());
        f.clock.advance(2s);
        QVERIFY(f.signIn().isOk());
        // Names that cannot be accounts do not fill the table: all share one counter.
        for (int i = 0; i < 5; ++i)
            QCOMPARE(f.signIn(u"no such %1"_s.arg(i)).error().code, Errc::Unauthenticated);
        QCOMPARE(f.signIn(u"no such at all"_s).error().code, Errc::RateLimited);
    }

    void refreshRotates()
    {
        Fixture f;
        const Result<TokenPair> first = f.signIn();
        f.clock.advance(60s);
        const Result<TokenPair> second = f.refresh(first->refreshToken);
        QVERIFY(second.isOk());
        QVERIFY(second->refreshToken != first->refreshToken);
        QCOMPARE(second->session, first->session);
        QVERIFY(f.sessions->verify(second->accessToken).isOk());
        const Result<TokenPair> third = f.refresh(second->refreshToken);
        QVERIFY(third.isOk());
        QCOMPARE(f.sessions->sessionCount(), 1);
    }

    void replayInsideTheGraceGivesTheSameSuccessor()
    {
        Fixture f;
        const Result<TokenPair> first = f.signIn();
        const Result<TokenPair> second = f.refresh(first->refreshToken);
        f.clock.advance(10s);
        const Result<TokenPair> again = f.refresh(first->refreshToken);
        QVERIFY(again.isOk());
        QCOMPARE(again->refreshToken, second->refreshToken);
        QVERIFY(f.refresh(second->refreshToken).isOk());
    }

    void reuseAfterTheGraceEndsTheSession()
    {
        Fixture f;
        QSignalSpy ended(f.sessions.get(), &SessionService::sessionEnded);
        const Result<TokenPair> first = f.signIn();
        const Result<TokenPair> other = f.signIn();
        const Result<TokenPair> second = f.refresh(first->refreshToken);
        f.clock.advance(10s + 1ms);
        QCOMPARE(f.refresh(first->refreshToken).error().code, Errc::Unauthenticated);
        QCOMPARE(ended.size(), 1);
        QCOMPARE(ended.first().first().value<SessionId>(), first->session);
        QCOMPARE(f.refresh(second->refreshToken).error().code, Errc::Unauthenticated);
        QCOMPARE(f.sessions->verify(second->accessToken).error().code, Errc::Unauthenticated);
        QVERIFY(f.sessionRepository.sessions.value(first->session.bytes()).revoked);
        QVERIFY(f.refresh(other->refreshToken).isOk()); // the other device is not concerned
    }

    void reuseOfAnOlderTokenEndsTheSessionAlsoInsideTheGrace()
    {
        // A thief who rotated twice must not get away with it because the victim's token is two steps old.
        Fixture f;
        const Result<TokenPair> first = f.signIn();
        const Result<TokenPair> second = f.refresh(first->refreshToken);
        const Result<TokenPair> third = f.refresh(second->refreshToken);
        QVERIFY(third.isOk());
        QCOMPARE(f.refresh(first->refreshToken).error().code, Errc::Unauthenticated);
        QCOMPARE(f.refresh(third->refreshToken).error().code, Errc::Unauthenticated);
        QCOMPARE(f.sessions->sessionCount(), 0);
    }

    void inventedTokensEndNothing()
    {
        Fixture f;
        const Result<TokenPair> first = f.signIn();
        QByteArray forged = first->refreshToken;
        forged[40] = forged[40] == 'A' ? 'B' : 'A';
        QCOMPARE(f.refresh(forged).error().code, Errc::Unauthenticated);
        QCOMPARE(f.refresh({}).error().code, Errc::Unauthenticated);
        QCOMPARE(f.refresh(QByteArray(1 << 20, 'A')).error().code, Errc::Unauthenticated);
        QVERIFY(f.refresh(first->refreshToken).isOk());
    }

    void twoRefreshesAtOnceAgree()
    {
        Fixture f;
        const Result<TokenPair> first = f.signIn();
        f.sessionRepository.held = true;
        std::optional<Result<TokenPair>> a;
        std::optional<Result<TokenPair>> b;
        into(f.sessions->refresh(first->refreshToken), &a);
        into(f.sessions->refresh(first->refreshToken), &b);
        QVERIFY(!a && !b); // nothing is answered before it is durable
        f.sessionRepository.release();
        QVERIFY(a && b && a->isOk() && b->isOk());
        QCOMPARE((*a)->refreshToken, (*b)->refreshToken);
    }

    void failedSaveCanBeTriedAgain()
    {
        Fixture f;
        const Result<TokenPair> first = f.signIn();
        f.sessionRepository.failure = Error(Errc::Unavailable, u"busy"_s);
        QCOMPARE(f.refresh(first->refreshToken).error().code, Errc::Unavailable);
        QCOMPARE(f.signIn().error().code, Errc::Unavailable);
        QCOMPARE(f.sessions->sessionCount(), 1);
        f.sessionRepository.failure.reset();
        QVERIFY(f.refresh(first->refreshToken).isOk());
    }

    void sessionsEndByTime()
    {
        Fixture f;
        const Result<TokenPair> first = f.signIn();
        f.clock.advance(std::chrono::hours(24 * 29));
        const Result<TokenPair> second = f.refresh(first->refreshToken);
        QVERIFY(second.isOk()); // each use extends it
        f.clock.advance(std::chrono::hours(24 * 30));
        QCOMPARE(f.refresh(second->refreshToken).error().code, Errc::Unauthenticated);
        QCOMPARE(f.sessions->sessionCount(), 0);
    }

    void accessNeverOutlivesTheSession()
    {
        SessionService::Settings settings;
        settings.refreshLifetime = 100s;
        Fixture f(settings);
        QCOMPARE(f.signIn()->accessLifetime, 100s);
    }

    void signOut()
    {
        Fixture f;
        QSignalSpy ended(f.sessions.get(), &SessionService::sessionEnded);
        const Result<TokenPair> pair = f.signIn();
        QVERIFY(QCoro::waitFor(f.sessions->signOut(pair->session)).isOk());
        QCOMPARE(ended.size(), 1);
        QCOMPARE(f.sessions->verify(pair->accessToken).error().code, Errc::Unauthenticated);
        QCOMPARE(f.refresh(pair->refreshToken).error().code, Errc::Unauthenticated);
        QVERIFY(f.sessionRepository.sessions.value(pair->session.bytes()).revoked);
        QVERIFY(QCoro::waitFor(f.sessions->signOut(pair->session)).isOk());
        QCOMPARE(ended.size(), 1);
    }

    void disablingEndsSessionsAtOnce()
    {
        Fixture f;
        QSignalSpy ended(f.sessions.get(), &SessionService::sessionEnded);
        const Result<TokenPair> bob = f.signIn();
        const Result<TokenPair> ann = f.signIn(u"ann"_s);
        QVERIFY(QCoro::waitFor(f.users.setDisabled(UserId("bob"), true)).isOk());
        QCOMPARE(ended.size(), 1);
        QCOMPARE(f.sessions->verify(bob->accessToken).error().code, Errc::Unauthenticated);
        QCOMPARE(f.refresh(bob->refreshToken).error().code, Errc::Unauthenticated);
        QVERIFY(f.sessions->verify(ann->accessToken).isOk());
        QVERIFY(QCoro::waitFor(f.users.setDisabled(UserId("bob"), false)).isOk());
        QCOMPARE(f.sessions->verify(bob->accessToken).error().code, Errc::Unauthenticated); // it stays ended
        QVERIFY(f.signIn().isOk());
    }

    void disabledWhileSigningIn()
    {
        Fixture f;
        f.sessionRepository.held = true;
        std::optional<Result<TokenPair>> pair;
        into(f.sessions->signIn(u"bob"_s, goodPassword, u"test"_s, peer), &pair);
        QTRY_COMPARE(f.sessions->sessionCount(), 1);
        QVERIFY(QCoro::waitFor(f.users.setDisabled(UserId("bob"), true)).isOk());
        f.sessionRepository.release();
        QTRY_VERIFY(pair.has_value());
        QCOMPARE(pair->error().code, Errc::Unauthenticated);
        QCOMPARE(f.sessions->sessionCount(), 0);
    }

    void passwordChangeEndsSessions()
    {
        Fixture f;
        const Result<TokenPair> bob = f.signIn();
        QVERIFY(QCoro::waitFor(f.users.setPassword(UserId("bob"), u"another-Tulip pot 8"_s)).isOk());
        QCOMPARE(f.sessions->verify(bob->accessToken).error().code, Errc::Unauthenticated);
        QCOMPARE(f.signIn().error().code, Errc::Unauthenticated);
        QVERIFY(f.signIn(u"bob"_s, u"another-Tulip pot 8"_s).isOk());
    }

    void roleChangeActsAtOnce()
    {
        Fixture f;
        const Result<TokenPair> bob = f.signIn();
        QVERIFY(QCoro::waitFor(f.users.setRole(UserId("bob"), Role::Operator)).isOk());
        QCOMPARE(f.sessions->verify(bob->accessToken)->role, Role::Operator);
    }

    void restartKeepsSessionsAndKey()
    {
        Fixture f;
        const Result<TokenPair> bob = f.signIn();
        const Result<TokenPair> ann = f.signIn(u"ann"_s);
        QVERIFY(QCoro::waitFor(f.sessions->signOut(ann->session)).isOk());
        const QByteArray jwks = f.sessions->jwks();
        f.restart();
        QCOMPARE(f.sessions->jwks(), jwks);
        QVERIFY(f.sessions->verify(bob->accessToken).isOk());
        QCOMPARE(f.sessions->verify(ann->accessToken).error().code, Errc::Unauthenticated);
        QVERIFY(f.refresh(bob->refreshToken).isOk());
        QVERIFY(f.refresh(bob->refreshToken).isOk()); // grace
        f.restart();
        QVERIFY(f.refresh(bob->refreshToken).isOk()); // the grace survives as well
    }

    void damagedKeyIsRefused()
    {
        Fixture f;
        f.sessionRepository.secrets.insert("signing-key", "too short");
        SessionService broken({}, f.users, f.sessionRepository, f.hasher, f.clock);
        QCOMPARE(QCoro::waitFor(broken.load()).error().code, Errc::Internal);
    }

    void oldestSessionsGiveWay()
    {
        SessionService::Settings settings;
        settings.sessionsPerUser = 3;
        Fixture f(settings);
        QList<TokenPair> pairs;
        for (int i = 0; i < 5; ++i) {
            pairs.append(*f.signIn());
            f.clock.advance(1s);
        }
        QCOMPARE(f.sessions->sessionCount(), 3);
        QVERIFY(!f.sessions->verify(pairs.at(1).accessToken).isOk());
        QVERIFY(f.sessions->verify(pairs.at(2).accessToken).isOk());
    }

    void guests_data()
    {
        QTest::addColumn<GuestPolicy>("policy");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("code"); // -1: welcome
        const QString far = u"192.0.2.7"_s;
        QTest::newRow("off") << GuestPolicy::Off << u"127.0.0.1"_s << QByteArray("zoe") << int(Errc::Unauthenticated);
        QTest::newRow("loopback") << GuestPolicy::Loopback << u"127.0.0.1"_s << QByteArray("zoe") << -1;
        QTest::newRow("loopback, other") << GuestPolicy::Loopback << u"127.9.9.9"_s << QByteArray("zoe") << -1;
        QTest::newRow("loopback v6") << GuestPolicy::Loopback << u"::1"_s << QByteArray("zoe") << -1;
        QTest::newRow("loopback mapped") << GuestPolicy::Loopback << u"::ffff:127.0.0.1"_s << QByteArray("zoe") << -1;
        QTest::newRow("far, loopback") << GuestPolicy::Loopback << far << QByteArray("zoe")
                                       << int(Errc::Unauthenticated);
        QTest::newRow("far mapped") << GuestPolicy::Loopback << u"::ffff:192.0.2.7"_s << QByteArray("zoe")
                                    << int(Errc::Unauthenticated);
        QTest::newRow("no address") << GuestPolicy::Loopback << QString() << QByteArray("zoe")
                                    << int(Errc::Unauthenticated);
        QTest::newRow("on") << GuestPolicy::On << far << QByteArray("User_7:web") << -1;
        QTest::newRow("account") << GuestPolicy::On << far << QByteArray("bob") << int(Errc::Conflict);
        QTest::newRow("account in capitals") << GuestPolicy::On << far << QByteArray("BoB") << int(Errc::Conflict);
        QTest::newRow("assistant") << GuestPolicy::On << far << QByteArray("assistant") << int(Errc::Conflict);
        QTest::newRow("System") << GuestPolicy::On << far << QByteArray("System") << int(Errc::Conflict);
        QTest::newRow("empty") << GuestPolicy::On << far << QByteArray() << int(Errc::ValidationFailed);
        QTest::newRow("space") << GuestPolicy::On << far << QByteArray("z oe") << int(Errc::ValidationFailed);
        QTest::newRow("long") << GuestPolicy::On << far << QByteArray(129, 'z') << int(Errc::ValidationFailed);
    }
    void guests()
    {
        QFETCH(GuestPolicy, policy);
        QFETCH(QString, from);
        QFETCH(QByteArray, name);
        QFETCH(int, code);
        SessionService::Settings settings;
        settings.guests = policy;
        Fixture f(settings);
        const Result<Actor> guest = f.sessions->guest(UserId(name), QHostAddress(from));
        QCOMPARE(guest.isOk() ? -1 : int(guest.error().code), code);
        if (guest) {
            QCOMPARE(guest->user.bytes(), name);
            QCOMPARE(guest->role, Role::Guest);
            QVERIFY(guest->session.isEmpty());
        }
    }
};

QTEST_GUILESS_MAIN(tst_sessionservice)
#include "tst_sessionservice.moc"
