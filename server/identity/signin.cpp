// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// SessionService: how a session begins.
#include "server/identity/sessionservice_p.h"

#include "server/identity/crypto.h"
#include "server/identity/logging.h"
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
Error wrongChallenge()
{
    Error error(Errc::Unauthenticated, u"The sign-in took too long or failed too often. Begin again."_s);
    error.fields.append(FieldError{u"/challenge"_s, u"is over"_s});
    return error;
}

//! With a field, so that a client does not take it for an access token that ended.
Error wrongPassword()
{
    Error error(Errc::Unauthenticated, u"The password is wrong."_s);
    error.fields.append(FieldError{u"/password"_s, u"is wrong"_s});
    return error;
}

QByteArray codeKey(const UserId &user)
{
    return "code:" + user.bytes();
}

} // namespace

void SessionService::setSecondFactor(SecondFactorService *secondFactor)
{
    d->secondFactor = secondFactor;
}

void SessionService::setTokens(TokenService *tokens)
{
    d->tokens = tokens;
    connect(tokens, &TokenService::ended, this, &SessionService::sessionEnded);
}

void SessionService::setRefusals(Audit::RefusalSink *refusals)
{
    d->refusals = refusals;
}

std::optional<Error> SessionService::Private::beginAttempt(const QByteArray &account, const QHostAddress &peer)
{
    const seconds wait = throttle.begin(account, peer);
    if (wait <= seconds(0))
        return std::nullopt;
    Error error(Errc::RateLimited, u"Too many attempts. Wait %1 s."_s.arg(wait.count()));
    error.retryAfter = wait;
    return error;
}

void SessionService::Private::settle(const QByteArray &account, const QHostAddress &peer, const Result<void> &outcome)
{
    if (outcome)
        throttle.succeeded(account, peer);
    else if (outcome.error().code == Errc::Unauthenticated || outcome.error().code == Errc::NotFound)
        throttle.failed(account, peer);
    else
        throttle.abandoned(account, peer);
}

void SessionService::Private::refuse(const UserId &user, const QHostAddress &peer, const QByteArray &action)
{
    qCInfo(lcIdentity) << action << user.toString() << "from" << peer.toString();
    if (!refusals)
        return;
    // Nobody is signed in yet: the account is the object, not the actor. Names that are no accounts are not kept.
    Actor nobody;
    nobody.address = addressText(peer);
    const bool isAccount = users.find(user) != nullptr;
    Audit::Draft draft = Audit::draftFor(nobody, action, "user", isAccount ? user.bytes() : QByteArray(), clock.now());
    draft.outcome = Audit::Outcome::Refused;
    refusals->refused(std::move(draft));
}

Result<void> SessionService::beginAttempt(const QByteArray &what, const QHostAddress &peer)
{
    if (const std::optional<Error> wait = d->beginAttempt(what, peer))
        return *wait;
    return {};
}

void SessionService::endAttempt(const QByteArray &what, const QHostAddress &peer, const Result<void> &outcome)
{
    d->settle(what, peer, outcome);
}

QCoro::Task<Result<TokenPair>> SessionService::signIn(QString userId, QString password, QString device,
                                                      QHostAddress peer)
{
    if (device.size() > deviceLimit)
        co_return Error::invalid(u"/device"_s, u"The device name is longer than 128 characters."_s);
    UserId id = UserId::fromString(userId);
    if (!UserService::isValidUserId(id))
        id = UserId("?"); // cannot be an account: all such names share one counter, so that it stays small
    if (const std::optional<Error> wait = d->beginAttempt(id.bytes(), peer))
        co_return *wait;

    // Unknown and disabled accounts take as long as others: the hasher checks against a hash that nothing fits.
    QByteArray hash;
    if (const StoredUser *stored = d->users.find(id); stored && !stored->user.disabled)
        hash = stored->passwordHash;
    Result<bool> fits = co_await d->hasher.verify(hash, password);
    if (!fits) {
        d->throttle.abandoned(id.bytes(), peer);
        co_return fits.error();
    }
    if (!*fits) {
        d->throttle.failed(id.bytes(), peer);
        d->refuse(id, peer, "session.sign_in_refused");
        co_return wrongCredentials();
    }
    d->throttle.succeeded(id.bytes(), peer);
    const StoredUser *stored = d->users.find(id); // again: it may have changed while we hashed
    if (!stored || stored->user.disabled || stored->passwordHash != hash)
        co_return wrongCredentials();
    const bool mustEnrol = d->secondFactor && !stored->secondFactor.isActive() && d->secondFactor->isRequired(id);
    if (d->secondFactor && (stored->secondFactor.isActive() || mustEnrol)) {
        TokenPair unfinished;
        unfinished.user = stored->user;
        unfinished.challenge = d->challenge(*stored, device, mustEnrol);
        co_return Result<TokenPair>(std::move(unfinished));
    }
    const User user = stored->user;
    co_return co_await startSession(user, device, peer, false);
}

SignInChallenge SessionService::Private::challenge(const StoredUser &user, const QString &device, bool mustEnrol)
{
    const Monotonic now = clock.monotonic();
    if (challenges.size() >= challengeLimit) {
        challenges.removeIf([now](const QHash<QByteArray, Challenge>::iterator &it) { return it->endsAt <= now; });
        if (challenges.size() >= challengeLimit) // each took a right password: somebody signs in very busily
            challenges.erase(challenges.begin());
    }
    SignInChallenge given;
    given.token = "atc_" + Crypto::toBase64Url(Crypto::random(32));
    given.lifetime = challengeLifetime;
    given.mustEnrol = mustEnrol;
    Challenge kept;
    kept.user = user.user.id;
    kept.device = device;
    kept.passwordHash = user.passwordHash;
    kept.endsAt = now + challengeLifetime;
    kept.mustEnrol = mustEnrol;
    challenges.insert(Crypto::sha256(given.token), kept);
    return given;
}

SessionService::Private::Challenge *SessionService::Private::findChallenge(QByteArrayView token)
{
    const auto it = challenges.find(Crypto::sha256(token));
    if (it == challenges.end())
        return nullptr;
    const StoredUser *const stored = users.find(it->user);
    if (it->endsAt <= clock.monotonic() || it->wrongCodes >= challengeGuesses || !stored || stored->user.disabled ||
        stored->passwordHash != it->passwordHash) {
        challenges.erase(it);
        return nullptr;
    }
    return &*it;
}

QCoro::Task<Result<SecondFactorService::Enrolment>> SessionService::enrolAtSignIn(QByteArray challenge,
                                                                                  QHostAddress peer)
{
    const Private::Challenge *const found = d->secondFactor ? d->findChallenge(challenge) : nullptr;
    if (!found)
        co_return wrongChallenge();
    if (!found->mustEnrol)
        co_return Error(Errc::Conflict, u"This account has a second factor: send a code of it."_s);
    const UserId user = found->user;
    Actor actor;
    actor.user = user;
    actor.address = addressText(peer);
    Audit::Draft audit = Audit::draftFor(actor, "totp.enrolled", "user", user.bytes(), d->clock.now());
    co_return co_await d->secondFactor->enrol(user, std::move(audit));
}

QCoro::Task<Result<TokenPair>> SessionService::completeSignIn(QByteArray challenge, QString code, QHostAddress peer)
{
    const Private::Challenge *const found = d->secondFactor ? d->findChallenge(challenge) : nullptr;
    if (!found)
        co_return wrongChallenge();
    const UserId user = found->user;
    const QString device = found->device;
    const bool mustEnrol = found->mustEnrol;
    if (const std::optional<Error> wait = d->beginAttempt(codeKey(user), peer))
        co_return *wait;

    Actor actor;
    actor.user = user;
    actor.address = addressText(peer);
    Audit::Draft audit = Audit::draftFor(actor, "totp.confirmed", "user", user.bytes(), d->clock.now());
    QByteArrayList recoveryCodes;
    Result<void> outcome;
    if (mustEnrol) {
        const Result<QByteArrayList> codes = co_await d->secondFactor->confirm(user, code, std::move(audit));
        if (codes)
            recoveryCodes = *codes;
        else
            outcome = codes.error();
    } else {
        outcome = co_await d->secondFactor->verify(user, code, std::move(audit));
    }
    d->settle(codeKey(user), peer, outcome);
    Private::Challenge *const still = d->findChallenge(challenge); // also void when the password changed meanwhile
    if (!outcome) {
        if (still && outcome.error().code == Errc::Unauthenticated)
            ++still->wrongCodes;
        d->refuse(user, peer, "session.code_refused");
        co_return outcome.error();
    }
    if (!still)
        co_return wrongChallenge();
    d->challenges.remove(Crypto::sha256(challenge));
    const User account = d->users.find(user)->user;
    Result<TokenPair> tokens = co_await startSession(account, device, peer, true);
    if (tokens)
        tokens->recoveryCodes = recoveryCodes;
    co_return tokens;
}

QCoro::Task<Result<TokenPair>> SessionService::startSession(User user, QString device, QHostAddress peer,
                                                            bool usedSecondFactor)
{
    makeRoomFor(user.id);
    const Timestamp now = d->clock.now();
    StoredSession session;
    session.id = SessionId(newUuidV7(now));
    session.user = user.id;
    session.device = device;
    session.address = QString::fromLatin1(addressText(peer));
    session.usedSecondFactor = usedSecondFactor;
    const QByteArray token = RefreshToken::make(session.id, d->refreshMacKey);
    session.refreshHash = Crypto::sha256(token);
    session.rotatedAt = now;
    session.createdAt = now;
    session.expiresAt = now + d->settings.refreshLifetime;
    Actor actor;
    actor.user = user.id;
    actor.session = session.id;
    actor.address = addressText(peer);
    Audit::Draft audit = Audit::draftFor(actor, "session.started", "session", session.id.bytes(), now);
    audit.after.insert(u"device"_s, device);
    audit.after.insert(u"second_factor"_s, usedSecondFactor);
    // In memory before it is durable, so that disabling the account meanwhile ends this one too.
    d->sessions.insert(session.id, session);
    d->provenAt.insert(session.id, d->clock.monotonic());
    const Result<void> saved = co_await d->repository.save(session, std::move(audit));
    if (!saved) {
        d->sessions.remove(session.id);
        d->provenAt.remove(session.id);
        co_return saved.error();
    }
    if (!d->sessions.contains(session.id))
        co_return sessionOver(u"ended while it was made"_s);
    qCInfo(lcIdentity) << "signed in:" << user.id.toString() << "session" << session.id.toString();
    co_return d->pairFor(session, user, token);
}

QCoro::Task<Result<void>> SessionService::provePassword(Actor actor, QString password, QHostAddress peer)
{
    const UserId id = actor.user;
    if (const std::optional<Error> wait = d->beginAttempt(id.bytes(), peer))
        co_return *wait;
    const StoredUser *const stored = d->users.find(id);
    const QByteArray hash = stored && !stored->user.disabled ? stored->passwordHash : QByteArray();
    const Result<bool> fits = co_await d->hasher.verify(hash, password);
    Result<void> outcome;
    if (!fits)
        outcome = fits.error();
    else if (!*fits)
        outcome = wrongPassword();
    d->settle(id.bytes(), peer, outcome);
    if (outcome && d->sessions.contains(actor.session))
        d->provenAt.insert(actor.session, d->clock.monotonic());
    else if (!outcome && outcome.error().code == Errc::Unauthenticated)
        d->refuse(id, peer, "session.password_refused");
    co_return outcome;
}

Result<void> SessionService::requireRecentProof(const Actor &actor) const
{
    if (d->settings.stepUp <= seconds(0))
        return {};
    const auto proven = d->provenAt.constFind(actor.session);
    if (proven != d->provenAt.cend() && d->clock.monotonic() - *proven <= d->settings.stepUp)
        return {};
    Error error(Errc::Forbidden, u"This needs your password again: POST /api/v1/auth/step-up first."_s);
    error.fields.append(FieldError{u"/password"_s, u"was not given lately"_s});
    return error;
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

} // namespace Atom::Identity
