// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userservice.h"

#include <QtNetwork/QHostAddress>

namespace Atom::Identity
{

class PasswordHasher;
class SigningKeys;

//! \brief What a client gets at sign-in and refresh.
struct TokenPair {
    QByteArray accessToken; //!< JWT, EdDSA, see accessLifetime
    QByteArray refreshToken; //!< opaque, 43 characters base64url, good for one use
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
    struct Settings {
        seconds accessLifetime{300};
        seconds refreshLifetime{30 * 24 * 3600};
        seconds refreshGrace{10};
        GuestPolicy guests = GuestPolicy::Off;
        QString issuer = QStringLiteral("atom-chat");
    };
    SessionService(Settings settings, UserService &users, SessionRepository &repository, PasswordHasher &hasher,
                   Clock &clock);
    ~SessionService() override;

    //! \brief Reads sessions and the signing key (made at the first start).
    QCoro::Task<Result<void>> load();
    QCoro::Task<void> close();

    //! \return Unauthenticated (same words for unknown user, wrong password, disabled), RateLimited with retryAfter,
    //! Unavailable when the hashing queue is full.
    QCoro::Task<Result<TokenPair>> signIn(QString userId, QString password, QString device, QHostAddress peer);
    //! \return Unauthenticated. Reuse of an old token outside the grace revokes the whole session.
    QCoro::Task<Result<TokenPair>> refresh(QByteArray refreshToken);
    QCoro::Task<Result<void>> signOut(SessionId session);

    //! \brief Checks signature, times, session and user. \return Unauthenticated.
    Result<Actor> verify(QByteArrayView accessToken) const;
    //! \brief When the token verified by the last verify() of this actor expires; connections close then (4401).
    Result<Timestamp> expiryOf(QByteArrayView accessToken) const;
    //! \brief A guest from `peer` that names itself. \return Unauthenticated when guests are not allowed from there,
    //! ValidationFailed for a bad name, Conflict for a name that belongs to an account.
    Result<Actor> guest(const UserId &name, const QHostAddress &peer) const;
    bool guestsAllowed(const QHostAddress &peer) const;
    //! \brief RFC 7517 document for `/.well-known/jwks.json`.
    QByteArray jwks() const;

Q_SIGNALS:
    //! \brief The session ended (sign-out, reuse, user disabled): close its connections with 4401.
    void sessionEnded(const Atom::SessionId &session);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Identity
