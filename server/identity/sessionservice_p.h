// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/auditlog.h"
#include "server/identity/passwordhasher.h"
#include "server/identity/peeraddress.h"
#include "server/identity/secondfactorservice.h"
#include "server/identity/sessionservice.h"
#include "server/identity/throttle.h"
#include "server/identity/tokens.h"
#include "server/identity/tokenservice.h"

namespace Atom::Identity {

inline Error sessionOver(const QString &cause)
{
    return Error(Errc::Unauthenticated, QStringLiteral("The session has ended. Sign in again."), cause);
}

//! \brief What the files of SessionService share.
struct SessionService::Private
{
    Settings settings;
    UserService &users;
    SessionRepository &repository;
    PasswordHasher &hasher;
    Clock &clock;
    SecondFactorService *secondFactor = nullptr;
    TokenService *tokens = nullptr;
    Audit::RefusalSink *refusals = nullptr;
    SigningKeys keys;
    QByteArray refreshMacKey;
    QHash<SessionId, StoredSession> sessions; //!< the living ones only
    QHash<SessionId, Timestamp> lastUsed;     //!< since the start of the server
    QHash<SessionId, Monotonic> provenAt;     //!< when the password was last given; not kept over a restart

    //! The password was right; what is missing is a code, or a second factor to be set up.
    struct Challenge
    {
        UserId user;
        QString device;
        QByteArray passwordHash; //!< another one meanwhile: the challenge is void
        Monotonic endsAt{};
        int wrongCodes = 0;
        bool mustEnrol = false;
    };
    QHash<QByteArray, Challenge> challenges; //!< by SHA-256 of its token
    SignInThrottle throttle;
    TaskScope scope{QStringLiteral("sessions")};

    Private(Settings s, UserService &u, SessionRepository &r, PasswordHasher &h, Clock &c)
        : settings(std::move(s)), users(u), repository(r), hasher(h), clock(c), throttle(c)
    {
    }

    TokenPair pairFor(const StoredSession &session, const User &user, const QByteArray &refreshToken) const;
    Result<AccessClaims> claimsOf(QByteArrayView accessToken) const;
    //! The user of a session if both are good now, else null.
    const StoredUser *userOf(const StoredSession &session) const;
    QCoro::Task<void> saveDetached(StoredSession session);
    SignInChallenge challenge(const StoredUser &user, const QString &device, bool mustEnrol);
    //! The challenge of this token, if it is still good; null otherwise.
    Challenge *findChallenge(QByteArrayView token);
    //! How long to wait before another guess, as an error; none: go on, and end the attempt with settle().
    std::optional<Error> beginAttempt(const QByteArray &account, const QHostAddress &peer);
    void settle(const QByteArray &account, const QHostAddress &peer, const Result<void> &outcome);
    void refuse(const UserId &user, const QHostAddress &peer, const QByteArray &action);
};

} // namespace Atom::Identity
