// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/accountrepository.h"
#include "server/identity/sessionservice.h"

namespace Atom::Identity {

struct InvitationDraft
{
    Role role = Role::Member;
    QString note;                    //!< 0..100 characters
    seconds lifetime{7 * 24 * 3600}; //!< a minute to 90 days
    int maxUses = 1;                 //!< 1..1000
};

struct IssuedInvitation
{
    QByteArray secret; //!< "ati_" and 43 characters; shown once, goes into the link
    StoredInvitation invitation;
};

//! \brief Invitations to this server: who has the token makes an account. Main thread.
class InvitationService
{
public:
    static constexpr int invitationLimit = 1'000;
    InvitationService(UserService &users, SessionService &sessions, AccountRepository &repository,
                      const Permissions &permissions, Clock &clock);

    QCoro::Task<Result<void>> load();
    //! \brief Only for roles that the actor may give. \return ValidationFailed, Forbidden, Conflict (too many).
    QCoro::Task<Result<IssuedInvitation>> create(Actor actor, InvitationDraft draft);
    //! \brief Newest first, used up and expired ones included. \return Forbidden.
    Result<QList<StoredInvitation>> list(const Actor &actor) const;
    QCoro::Task<Result<void>> withdraw(Actor actor, QByteArray id);
    //! \brief Makes the account `id` with the invitation's role. Void when its maker may not give that role any more.
    //! \return NotFound for a token that is not good (any more), RateLimited, as UserService::make().
    QCoro::Task<Result<User>> redeem(QByteArray secret, UserId id, QString displayName, QString password,
                                     QHostAddress peer);

private:
    bool mayStillInvite(const StoredInvitation &invitation) const;
    UserService &m_users;
    SessionService &m_sessions;
    AccountRepository &m_repository;
    const Permissions &m_permissions;
    Clock &m_clock;
    QHash<QByteArray, StoredInvitation> m_byHash;
};

} // namespace Atom::Identity
