// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userservice.h"

#include <QtNetwork/QHostAddress>

namespace Atom::Identity {

class PasswordHasher;

//! \brief What a client gets at sign-in and refresh.
struct TokenPair
{
    QByteArray accessToken;  //!< JWT, EdDSA, see accessLifetime
    QByteArray refreshToken; //!< opaque, 68 characters `atr_[A-Za-z0-9_-]{64}`, good for one use
    seconds accessLifetime{0};
    SessionId session;
    User user;
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
    };
    SessionService(Settings settings, UserService &users, SessionRepository &repository, PasswordHasher &hasher,
                   Clock &clock);
    ~SessionService() override;

    //! \brief Reads sessions and the signing key (made at the first start). The seed of the key is kept as
    //! SessionRepository::secret("signing-key"), today as plain bytes: who can read the database can sign tokens. It
    //! will be sealed with the server's master key; until then the data folder is what must be protected.
    QCoro::Task<Result<void>> load();
    QCoro::Task<void> close();

    //! \brief `device`: a name for the list of sessions, 0..128 characters. `peer`: where the client really is.
    //! \return Unauthenticated (same words for unknown user, wrong password, disabled), RateLimited with retryAfter,
    //! Unavailable when the hashing queue is full, ValidationFailed for the device.
    QCoro::Task<Result<TokenPair>> signIn(QString userId, QString password, QString device, QHostAddress peer);
    //! \brief The successor of a refresh token. Within the grace the same token gives the same successor again.
    //! \return Unauthenticated. Reuse of any older token of the session, or outside the grace, ends the whole session.
    QCoro::Task<Result<TokenPair>> refresh(QByteArray refreshToken);
    //! \brief Ends a session; a session that is not there has ended already.
    QCoro::Task<Result<void>> signOut(SessionId session);

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
    int sessionCount() const;

Q_SIGNALS:
    //! \brief The session ended (sign-out, reuse, user disabled, password changed): close its connections with 4401.
    //! A change of role does not end it: see UserService::userChanged().
    void sessionEnded(const Atom::SessionId &session);

private:
    void endSession(const SessionId &id, const char *why);
    void endSessionsOf(const UserId &user);
    void makeRoomFor(const UserId &user); //!< before a sign-in
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Identity
