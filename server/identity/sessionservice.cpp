// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// SessionService: sessions and their tokens. signin.cpp: how one begins; sessionlist.cpp: what people see and end.
#include "server/identity/sessionservice_p.h"

#include "server/identity/crypto.h"
#include "server/identity/logging.h"

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {

Error wrongRefreshToken(const QString &cause)
{
    return Error(Errc::Unauthenticated, u"The refresh token is not valid. Sign in again."_s, cause);
}

} // namespace

SessionService::SessionService(Settings settings, UserService &users, SessionRepository &repository,
                               PasswordHasher &hasher, Clock &clock)
    : d(std::make_unique<Private>(std::move(settings), users, repository, hasher, clock))
{
    connect(&users, &UserService::passwordChanged, this,
            [this](const UserId &user, const SessionId &kept) { endSessionsOf(user, kept); });
    connect(&users, &UserService::userChanged, this, [this](const User &user) {
        if (user.disabled)
            endSessionsOf(user.id, SessionId());
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
    d->lastUsed.remove(id);
    d->provenAt.remove(id);
    session.revoked = true;
    session.sealedSuccessor.clear();
    qCInfo(lcIdentity) << "session" << id.toString() << "of" << session.user.toString() << "ended:" << why;
    d->scope.spawn(d->saveDetached(session), "save ended session");
    Q_EMIT sessionEnded(id);
}

void SessionService::endSessionsOf(const UserId &user, const SessionId &kept)
{
    QList<SessionId> ids;
    for (const StoredSession &session : std::as_const(d->sessions)) {
        if (session.user == user && session.id != kept)
            ids.append(session.id);
    }
    for (const SessionId &id : std::as_const(ids))
        endSession(id, "account disabled or password changed");
    d->challenges.removeIf(
        [&user](const QHash<QByteArray, Private::Challenge>::iterator &it) { return it->user == user; });
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
    d->lastUsed.remove(session);
    d->provenAt.remove(session);
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
    if (d->tokens && TokenService::isToken(accessToken))
        return d->tokens->verify(accessToken);
    const Result<AccessClaims> claims = d->claimsOf(accessToken);
    if (!claims)
        return claims.error();
    const auto session = d->sessions.constFind(claims->session);
    if (session == d->sessions.constEnd() || session->user != claims->subject || session->expiresAt <= d->clock.now())
        return sessionOver(u"no such session"_s);
    const StoredUser *user = d->userOf(*session);
    if (!user)
        return sessionOver(u"account disabled"_s);
    d->lastUsed.insert(session->id, d->clock.now());
    Actor actor;
    actor.user = user->user.id;
    actor.role = user->user.role;
    actor.customRole = user->user.customRole;
    actor.session = session->id;
    return actor;
}

Result<Timestamp> SessionService::expiryOf(QByteArrayView accessToken) const
{
    if (d->tokens && TokenService::isToken(accessToken))
        return d->tokens->expiryOf(accessToken);
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

std::pair<QByteArray, QByteArray> SessionService::signDocument(const QByteArray &bytes) const
{
    return {d->keys.keyId(), d->keys.signBytes(bytes)};
}

QByteArray SessionService::jwks() const
{
    return d->keys.jwks();
}

} // namespace Atom::Identity
