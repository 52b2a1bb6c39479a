// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/secondfactorservice.h"

#include <QtNetwork/QHostAddress>

namespace Atom::Audit {
class RefusalSink;
}

namespace Atom::Identity {

class PasswordHasher;
class TokenService;

//! \brief The password was right, but it takes a second stage.
struct SignInChallenge
{
    QByteArray token; //!< "atc_" and 43 characters; good for a few guesses
    seconds lifetime{0};
    bool mustEnrol = false; //!< the role asks for a second factor that the account has not: enrolAtSignIn() comes first
};

//! \brief What a client gets at sign-in and refresh: tokens, or a challenge and nothing else.
struct TokenPair
{
    std::optional<SignInChallenge> challenge;
    QByteArrayList recoveryCodes; //!< when the sign-in set a second factor up
    QByteArray accessToken;       //!< JWT, EdDSA, see accessLifetime
    QByteArray refreshToken;      //!< opaque, 68 characters `atr_[A-Za-z0-9_-]{64}`, good for one use
    seconds accessLifetime{0};
    SessionId session;
    User user;
};

//! \brief A session as its owner sees it.
struct SessionSummary
{
    SessionId id;
    QString device;
    QString address; //!< of the sign-in
    Timestamp createdAt{};
    Timestamp lastUsedAt{};
    Timestamp expiresAt{};
    bool usedSecondFactor = false;
};

enum class GuestPolicy { Off, Loopback, On };

//! \brief Sign-in, refresh with reuse detection, verification of access tokens, guests, throttling.
//! Main thread; password hashing runs in a pool. Sessions are in memory as well, so that sign-out, disabling and role
//! changes act at once.
class SessionService : public QObject
{
    Q_OBJECT
public:
    struct Settings
    {
        seconds accessLifetime{300};
        seconds refreshLifetime{30 * 24 * 3600};
        seconds refreshGrace{10};
        GuestPolicy guests = GuestPolicy::Off;
        QString issuer = QStringLiteral("atom-chat");
        QString audience = QStringLiteral("atom-chat-api");
        int sessionsPerUser = 50; //!< one more sign-in ends the oldest
        seconds stepUp{0};        //!< how long after giving the password the most dangerous acts are allowed; 0: always
    };
    static constexpr seconds challengeLifetime{300};
    static constexpr int challengeGuesses = 5;
    static constexpr int challengeLimit = 10'000;
    SessionService(Settings settings, UserService &users, SessionRepository &repository, PasswordHasher &hasher,
                   Clock &clock);
    ~SessionService() override;

    //! \brief What sign-in asks besides the password, who answers for application tokens, and who records refusals.
    //! Before load(); each outlives this. Without one: no second stage, no application tokens, no record.
    void setSecondFactor(SecondFactorService *secondFactor);
    void setTokens(TokenService *tokens);
    void setRefusals(Audit::RefusalSink *refusals);

    //! \brief Reads sessions and the signing key (made at the first start). The seed of the key is kept as
    //! SessionRepository::secret("signing-key"): give a SealedSecrets here, so that it lies sealed.
    QCoro::Task<Result<void>> load();
    QCoro::Task<void> close();

    //! \brief `device`: a name for the list of sessions, 0..128 characters. `peer`: where the client really is.
    //! \return Unauthenticated (same words for unknown user, wrong password, disabled), RateLimited with retryAfter,
    //! Unavailable when the hashing queue is full, ValidationFailed for the device.
    QCoro::Task<Result<TokenPair>> signIn(QString userId, QString password, QString device, QHostAddress peer);
    //! \brief The second stage: a code for the challenge of signIn(); after enrolAtSignIn() the first code of the new
    //! second factor. \return Unauthenticated, RateLimited; Conflict when the second factor was not set up.
    QCoro::Task<Result<TokenPair>> completeSignIn(QByteArray challenge, QString code, QHostAddress peer);
    //! \brief For a challenge that says mustEnrol. \return Unauthenticated, Conflict for another challenge.
    QCoro::Task<Result<SecondFactorService::Enrolment>> enrolAtSignIn(QByteArray challenge, QHostAddress peer);
    //! \brief Whether this is the person's password, slowed down like sign-in; counts as recent proof for the session
    //! of `actor`. \return Unauthenticated, RateLimited, Unavailable.
    QCoro::Task<Result<void>> provePassword(Actor actor, QString password, QHostAddress peer);
    //! \brief For secrets other than passwords: begins an attempt (RateLimited), and tells how it went.
    Result<void> beginAttempt(const QByteArray &what, const QHostAddress &peer);
    void endAttempt(const QByteArray &what, const QHostAddress &peer, const Result<void> &outcome);
    //! \brief Whether the password was given lately in this session (Settings::stepUp). Application tokens never did.
    //! \return Forbidden, with a field error at "/password".
    Result<void> requireRecentProof(const Actor &actor) const;
    //! \brief The successor of a refresh token. Within the grace the same token gives the same successor again.
    //! \return Unauthenticated. Reuse of any older token of the session, or outside the grace, ends the whole session.
    QCoro::Task<Result<TokenPair>> refresh(QByteArray refreshToken);
    //! \brief Ends a session; a session that is not there has ended already.
    QCoro::Task<Result<void>> signOut(SessionId session);

    //! \brief The living sessions of an account, the last used first.
    QList<SessionSummary> sessionsOf(const UserId &user) const;
    //! \brief Ends one; its connections close at once. \return NotFound when it is not one of `user`.
    QCoro::Task<Result<void>> revoke(UserId user, SessionId session, Audit::Draft audit);
    //! \brief Ends all but `kept`. \return how many.
    QCoro::Task<Result<int>> revokeAll(UserId user, SessionId kept, Audit::Draft audit);

    //! \brief Checks signature, times, session and user; the role is the user's of this moment.
    //! \return Unauthenticated.
    Result<Actor> verify(QByteArrayView accessToken) const;
    //! \brief When this token, which must verify(), expires; connections close then (4401). \return Unauthenticated.
    Result<Timestamp> expiryOf(QByteArrayView accessToken) const;
    //! \brief A guest from `peer` that names itself. \return Unauthenticated when guests are not allowed from there,
    //! ValidationFailed for a bad name, Conflict for a name that belongs to an account.
    Result<Actor> guest(const UserId &name, const QHostAddress &peer) const;
    bool guestsAllowed(const QHostAddress &peer) const;
    //! \brief RFC 7517 document for `/.well-known/jwks.json`.
    QByteArray jwks() const;
    //! \brief Ed25519 by the newest key over a document of the server, and the id of that key. Any thread, after
    //! load(): the keys do not change while the server runs.
    std::pair<QByteArray, QByteArray> signDocument(const QByteArray &bytes) const; //!< {key id, signature}
    int sessionCount() const;

Q_SIGNALS:
    //! \brief The session ended (sign-out, reuse, user disabled, password changed): close its connections with 4401.
    //! A change of role does not end it: see UserService::userChanged().
    void sessionEnded(const Atom::SessionId &session);

private:
    void endSession(const SessionId &id, const char *why);
    void endSessionsOf(const UserId &user, const SessionId &kept);
    void makeRoomFor(const UserId &user); //!< before a sign-in
    QCoro::Task<Result<TokenPair>> startSession(User user, QString device, QHostAddress peer, bool usedSecondFactor);
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Identity
