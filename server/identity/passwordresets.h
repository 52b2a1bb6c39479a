// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/accountrepository.h"
#include "server/identity/sessionservice.h"

namespace Atom::Identity {

struct IssuedReset
{
    QByteArray secret; //!< "atp_" and 43 characters; shown once, good for one use
    Timestamp expiresAt{};
};

//! \brief Passwords that somebody forgot: an administrator gives the person a token by whatever way both trust, and the
//! person sets a new password with it. A second factor stays. Main thread.
class PasswordResets
{
public:
    PasswordResets(UserService &users, SessionService &sessions, AccountRepository &repository,
                   const Permissions &permissions, Clock &clock);

    //! \brief `lifetime`: a minute to 7 days. An earlier token of the account does not work any more.
    //! \return NotFound, Forbidden, ValidationFailed, Conflict for a service account.
    QCoro::Task<Result<IssuedReset>> issue(Actor actor, UserId user, seconds lifetime);
    //! \brief Sets the password and ends all sessions. \return NotFound for a token that is not good (any more),
    //! RateLimited, ValidationFailed for the password (the token stays good).
    QCoro::Task<Result<void>> redeem(QByteArray secret, QString password, QHostAddress peer);

    //! \brief A secret and what is stored of it.
    static std::pair<QByteArray, StoredReset> make(const UserId &user, const UserId &by, Timestamp expiresAt);

private:
    UserService &m_users;
    SessionService &m_sessions;
    AccountRepository &m_repository;
    const Permissions &m_permissions;
    Clock &m_clock;
};

} // namespace Atom::Identity
