// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/sessionservice.h"

#include "server/identity/crypto.h"
#include "server/identity/logging.h"
#include "server/identity/passwordhasher.h"
#include "server/identity/peeraddress.h"
#include "server/identity/throttle.h"
#include "server/identity/tokens.h"
#include "shared/core/uuid.h"

#include <algorithm>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype deviceLimit = 128;

Error wrongCredentials()
{
    return Error(Errc::Unauthenticated, u"The user name or the password is wrong."_s);
}
Error wrongRefreshToken(const QString &cause)
{
    return Error(Errc::Unauthenticated, u"The refresh token is not valid. Sign in again."_s, cause);
}
Error sessionOver(const QString &cause)
{
    return Error(Errc::Unauthenticated, u"The session has ended. Sign in again."_s, cause);
}

} // namespace

struct SessionService::Private
{
    Settings settings;
    UserService &users;
    SessionRepository &repository;
    PasswordHasher &hasher;
    Clock &clock;
    SigningKeys keys;
    QByteArray refreshMacKey;
    QHash<SessionId, StoredSession> sessions; //!< the living ones only
    SignInThrottle throttle;
    TaskScope scope{u"sessions"_s};

    Private(Settings s, UserService &u, SessionRepository &r, PasswordHasher &h, Clock &c)
        : settings(std::move(s)), users(u), repository(r), hasher(h), clock(c), throttle(c)
    {
    }

    TokenPair pairFor(const StoredSession &session, const User &user, const QByteArray &refreshToken) const;
    Result<AccessClaims> claimsOf(QByteArrayView accessToken) const;
    //! The user of a session if both are good now, else null.
    const StoredUser *userOf(const StoredSession &session) const;
    QCoro::Task<void> saveDetached(StoredSession session);
};

SessionService::SessionService(Settings settings, UserService &users, SessionRepository &repository,
                               PasswordHasher &hasher, Clock &clock)
    : d(std::make_unique<Private>(std::move(settings), users, repository, hasher, clock))
{
    connect(&users, &UserService::passwordChanged, this, [this](const UserId &user) { endSessionsOf(user); });
    connect(&users, &UserService::userChanged, this, [this](const User &user) {
        if (user.disabled)
            endSessionsOf(user.id);
    });
}

SessionService::~SessionService() = default;

QCoro::Task<Result<void>> SessionService::load()
{
    const QByteArray keyName = "signing-key";
    Result<QByteArray> seed = co_await d->repository.secret(keyName);
    if (!seed)
        co_return seed.error();
    if (seed->isEmpty()) {
        seed = SigningKeys::newSeed();
        const Result<void> saved = co_await d->repository.saveSecret(keyName, *seed);
        if (!saved)
            co_return saved.error();
        qCInfo(lcIdentity) << "made a new signing key";
    }
    const bool isUsable = d->keys.add(*seed);
    Crypto::wipe(*seed);
    if (!isUsable) {
        co_return Error(Errc::Internal, u"The stored signing key is damaged. Restore the database from a backup, or"
                                        " delete the secret \"signing-key\": everybody signs in again then."_s);
    }
    d->refreshMacKey = d->keys.derivedKey("refresh1");

    const Timestamp now = d->clock.now();
    Result<QList<StoredSession>> sessions = co_await d->repository.active(now);
    if (!sessions)
        co_return sessions.error();
    for (const StoredSession &session : std::as_const(*sessions)) {
        if (!session.revoked && session.expiresAt > now && d->userOf(session))
            d->sessions.insert(session.id, session);
    }
    co_return Result<void>();
}

QCoro::Task<void> SessionService::close()
{
    co_await d->scope.close();
}

int SessionService::sessionCount() const
{
    return int(d->sessions.size());
}

const StoredUser *SessionService::Private::userOf(const StoredSession &session) const
{
    const StoredUser *user = users.find(session.user);
    return user && !user->user.disabled ? user : nullptr;
}

TokenPair SessionService::Private::pairFor(const StoredSession &session, const User &user,
                                           const QByteArray &refreshToken) const
{
    const qint64 now = std::chrono::floor<seconds>(clock.now()).time_since_epoch().count();
    const qint64 sessionEnd = std::chrono::floor<seconds>(session.expiresAt).time_since_epoch().count();
    AccessClaims claims;
    claims.issuer = settings.issuer;
    claims.audience = settings.audience;
    claims.subject = user.id;
    claims.session = session.id;
    claims.tokenId = Crypto::toBase64Url(Crypto::random(16));
    claims.issuedAt = now;
    claims.notBefore = now;
    claims.expiresAt = std::min(now + qint64(settings.accessLifetime.count()), sessionEnd);
    TokenPair pair;
    pair.accessToken = keys.sign(claims);
    pair.refreshToken = refreshToken;
    pair.accessLifetime = seconds(claims.expiresAt - now);
    pair.session = session.id;
    pair.user = user;
    return pair;
}

QCoro::Task<void> SessionService::Private::saveDetached(StoredSession session)
{
    const Result<void> saved = co_await repository.save(session);
    if (!saved)
        qCWarning(lcIdentity) << "session" << session.id.toString() << "could not be saved:" << saved.error().detail;
}

void SessionService::endSession(const SessionId &id, const char *why)
{
    const auto it = d->sessions.find(id);
    if (it == d->sessions.end())
        return;
    StoredSession session = *it;
    d->sessions.erase(it);
    session.revoked = true;
    session.sealedSuccessor.clear();
    qCInfo(lcIdentity) << "session" << id.toString() << "of" << session.user.toString() << "ended:" << why;
    d->scope.spawn(d->saveDetached(session), "save ended session");
    Q_EMIT sessionEnded(id);
}

void SessionService::endSessionsOf(const UserId &user)
{
    QList<SessionId> ids;
    for (const StoredSession &session : std::as_const(d->sessions)) {
        if (session.user == user)
            ids.append(session.id);
    }
    for (const SessionId &id : std::as_const(ids))
        endSession(id, "account disabled or password changed");
}

void SessionService::makeRoomFor(const UserId &user)
{
    const Timestamp now = d->clock.now();
    QList<StoredSession> own;
    QList<SessionId> expired;
    for (const StoredSession &session : std::as_const(d->sessions)) {
        if (session.expiresAt <= now)
            expired.append(session.id);
        else if (session.user == user)
            own.append(session);
    }
    for (const SessionId &id : std::as_const(expired))
        endSession(id, "expired");
    std::sort(own.begin(), own.end(), [](const StoredSession &a, const StoredSession &b) {
        return std::max(a.createdAt, a.rotatedAt) < std::max(b.createdAt, b.rotatedAt);
    });
    for (qsizetype i = 0; i + d->settings.sessionsPerUser <= own.size(); ++i)
        endSession(own.at(i).id, "too many sessions of one account");
}

QCoro::Task<Result<TokenPair>> SessionService::signIn(QString userId, QString password, QString device,
                                                      QHostAddress peer)
{
    if (device.size() > deviceLimit)
        co_return Error::invalid(u"/device"_s, u"The device name is longer than 128 characters."_s);
    UserId id = UserId::fromString(userId);
    if (!UserService::isValidUserId(id))
        id = UserId("?"); // cannot be an account: all such names share one counter, so that it stays small
    const seconds wait = d->throttle.begin(id.bytes(), peer);
    if (wait > seconds(0)) {
        Error error(Errc::RateLimited, u"Too many attempts to sign in. Wait %1 s."_s.arg(wait.count()));
        error.retryAfter = wait;
        co_return error;
    }

    // Unknown and disabled accounts take as long as others: the hasher checks against a hash that nothing fits.
    QByteArray hash;
    qint64 version = 0;
    if (const StoredUser *stored = d->users.find(id); stored && !stored->user.disabled) {
        hash = stored->passwordHash;
        version = stored->credentialVersion;
    }
    Result<bool> fits = co_await d->hasher.verify(hash, password);
    if (!fits) {
        d->throttle.abandoned(id.bytes(), peer);
        co_return fits.error();
    }
    if (!*fits) {
        d->throttle.failed(id.bytes(), peer);
        qCInfo(lcIdentity) << "sign-in refused:" << id.toString() << "from" << peer.toString();
        co_return wrongCredentials();
    }
    d->throttle.succeeded(id.bytes(), peer);
    const StoredUser *stored = d->users.find(id); // again: it may have changed while we hashed
    if (!stored || stored->user.disabled || stored->credentialVersion != version)
        co_return wrongCredentials();
    const User user = stored->user;

    makeRoomFor(user.id);
    const Timestamp now = d->clock.now();
    StoredSession session;
    session.id = SessionId(newUuidV7(now));
    session.user = user.id;
    session.device = device;
    const QByteArray token = RefreshToken::make(session.id, d->refreshMacKey);
    session.refreshHash = Crypto::sha256(token);
    session.rotatedAt = now;
    session.createdAt = now;
    session.expiresAt = now + d->settings.refreshLifetime;
    // In memory before it is durable, so that disabling the account meanwhile ends this one too.
    d->sessions.insert(session.id, session);
    const Result<void> saved = co_await d->repository.save(session);
    if (!saved) {
        d->sessions.remove(session.id);
        co_return saved.error();
    }
    if (!d->sessions.contains(session.id))
        co_return sessionOver(u"ended while it was made"_s);
    qCInfo(lcIdentity) << "signed in:" << user.id.toString() << "session" << session.id.toString();
    co_return d->pairFor(session, user, token);
}

QCoro::Task<Result<TokenPair>> SessionService::refresh(QByteArray refreshToken)
{
    const SessionId id = RefreshToken::sessionOf(refreshToken, d->refreshMacKey);
    if (id.isEmpty())
        co_return wrongRefreshToken(u"not one of ours"_s);
    const auto it = d->sessions.find(id);
    if (it == d->sessions.end())
        co_return sessionOver(u"no such session"_s);
    const Timestamp now = d->clock.now();
    if (it->expiresAt <= now) {
        endSession(id, "expired");
        co_return sessionOver(u"expired"_s);
    }
    if (!d->userOf(*it)) {
        endSession(id, "account disabled");
        co_return sessionOver(u"account disabled"_s);
    }

    const QByteArray hash = Crypto::sha256(refreshToken);
    QByteArray successor;
    if (Crypto::equal(hash, it->refreshHash)) {
        successor = RefreshToken::make(id, d->refreshMacKey);
        it->previousHash = hash;
        it->refreshHash = Crypto::sha256(successor);
        it->sealedSuccessor = Crypto::seal(RefreshToken::successorKey(refreshToken), successor, id.bytes());
        it->rotatedAt = now;
        it->expiresAt = now + d->settings.refreshLifetime;
    } else {
        const bool inGrace = Crypto::equal(hash, it->previousHash) && now - it->rotatedAt <= d->settings.refreshGrace &&
                             now >= it->rotatedAt;
        const std::optional<QByteArray> again =
            inGrace ? Crypto::unseal(RefreshToken::successorKey(refreshToken), it->sealedSuccessor, id.bytes())
                    : std::nullopt;
        if (!again) {
            qCWarning(lcIdentity) << "a used refresh token came back; session" << id.toString() << "of"
                                  << it->user.toString() << "is ended";
            endSession(id, "refresh token used twice");
            co_return sessionOver(u"refresh token used twice"_s);
        }
        successor = *again;
    }

    // Also for a replay: the first answer may still be on its way to the disk, and saving the same again is harmless.
    const StoredSession session = *it;
    const Result<void> saved = co_await d->repository.save(session);
    if (!saved)
        co_return saved.error();
    const auto still = d->sessions.constFind(id);
    const StoredUser *user = still == d->sessions.constEnd() ? nullptr : d->userOf(*still);
    if (!user)
        co_return sessionOver(u"ended while it was refreshed"_s);
    co_return d->pairFor(session, user->user, successor);
}

QCoro::Task<Result<void>> SessionService::signOut(SessionId session)
{
    const auto it = d->sessions.find(session);
    if (it == d->sessions.end())
        co_return Result<void>();
    StoredSession ended = *it;
    ended.revoked = true;
    ended.sealedSuccessor.clear();
    d->sessions.erase(it);
    qCInfo(lcIdentity) << "signed out:" << ended.user.toString() << "session" << session.toString();
    Q_EMIT sessionEnded(session);
    co_return co_await d->repository.save(ended);
}

Result<AccessClaims> SessionService::Private::claimsOf(QByteArrayView accessToken) const
{
    return keys.verify(accessToken, settings.issuer, settings.audience, clock.now());
}

Result<Actor> SessionService::verify(QByteArrayView accessToken) const
{
    const Result<AccessClaims> claims = d->claimsOf(accessToken);
    if (!claims)
        return claims.error();
    const auto session = d->sessions.constFind(claims->session);
    if (session == d->sessions.constEnd() || session->user != claims->subject || session->expiresAt <= d->clock.now())
        return sessionOver(u"no such session"_s);
    const StoredUser *user = d->userOf(*session);
    if (!user)
        return sessionOver(u"account disabled"_s);
    Actor actor;
    actor.user = user->user.id;
    actor.role = user->user.role;
    actor.customRole = user->user.customRole;
    actor.session = session->id;
    return actor;
}

Result<Timestamp> SessionService::expiryOf(QByteArrayView accessToken) const
{
    const Result<AccessClaims> claims = d->claimsOf(accessToken);
    if (!claims)
        return claims.error();
    return Timestamp(seconds(claims->expiresAt));
}

bool SessionService::guestsAllowed(const QHostAddress &peer) const
{
    switch (d->settings.guests) {
    case GuestPolicy::Off:
        return false;
    case GuestPolicy::On:
        return true;
    case GuestPolicy::Loopback: {
        bool isV4 = false;
        const quint32 v4 = peer.toIPv4Address(&isV4); // also ::ffff:127.0.0.1, as a dual-stack socket reports it
        return isV4 ? (v4 >> 24) == 127 : peer == QHostAddress(QHostAddress::LocalHostIPv6);
    }
    }
    return false;
}

Result<Actor> SessionService::guest(const UserId &name, const QHostAddress &peer) const
{
    if (!guestsAllowed(peer))
        return Error(Errc::Unauthenticated, u"Guests are not allowed here. Sign in."_s);
    if (!isValidIdText(name.bytes())) {
        return Error::invalid(u"/user_id"_s,
                              u"A guest's name is 1 to 128 characters of A-Z, a-z, 0-9, '.', '_', ':' and '-'."_s);
    }
    if (!d->users.isFreeForGuest(name))
        return Error(Errc::Conflict, u"The name belongs to somebody else. Choose another, or sign in."_s);
    Actor actor;
    actor.user = name;
    actor.role = Role::Guest;
    actor.address = addressText(peer);
    return actor;
}

QByteArray SessionService::jwks() const
{
    return d->keys.jwks();
}

} // namespace Atom::Identity
