// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/sessionservice.h"

namespace Atom::Identity {

//! \brief What people do about their own credentials, and administrators about those of others: passwords, second
//! factors, sessions. Decides, audits, slows guesses down. Main thread.
class CredentialService
{
public:
    CredentialService(UserService &users, SessionService &sessions, SecondFactorService &secondFactor,
                      const Permissions &permissions, Clock &clock);

    //! \brief Needs the present password; ends all other sessions. \return Unauthenticated, RateLimited,
    //! ValidationFailed, Unavailable.
    QCoro::Task<Result<void>> changePassword(Actor actor, QString present, QString next, QHostAddress peer);
    //! \brief The password again: what needs recent proof is allowed for a while.
    QCoro::Task<Result<void>> stepUp(Actor actor, QString password, QHostAddress peer);

    // --- the own second factor; `password`: the present one
    QCoro::Task<Result<SecondFactorService::Enrolment>> enrol(Actor actor, QString password, QHostAddress peer);
    //! \return the recovery codes.
    QCoro::Task<Result<QByteArrayList>> confirm(Actor actor, QString code, QHostAddress peer);
    QCoro::Task<Result<QByteArrayList>> renewRecoveryCodes(Actor actor, QString password, QHostAddress peer);
    //! \return also Conflict where the role asks for a second factor.
    QCoro::Task<Result<void>> removeOwn(Actor actor, QString password, QHostAddress peer);

    // --- for those who manage accounts
    QCoro::Task<Result<void>> removeOf(Actor actor, UserId user);

    // --- sessions, the own ones or, for those who manage accounts, those of others
    Result<QList<SessionSummary>> sessions(const Actor &actor, const UserId &user) const;
    QCoro::Task<Result<void>> revoke(Actor actor, UserId user, SessionId session);
    //! \brief All, except the one that acts. \return how many.
    QCoro::Task<Result<int>> revokeAll(Actor actor, UserId user);

private:
    //! The account, when the actor may manage its credentials: its own, or by UserManage.
    Result<void> access(const Actor &actor, const UserId &user) const;
    Audit::Draft draft(const Actor &actor, const QByteArray &action, const UserId &user) const;
    UserService &m_users;
    SessionService &m_sessions;
    SecondFactorService &m_secondFactor;
    const Permissions &m_permissions;
    Clock &m_clock;
};

} // namespace Atom::Identity
