// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/credentialservice.h"
#include "server/identity/erasureservice.h"
#include "server/identity/invitationservice.h"
#include "server/identity/passwordresets.h"
#include "server/identity/profileservice.h"
#include "server/identity/userimport.h"

namespace Atom::Identity {

//! \brief Everything about accounts that stands on UserService and SessionService, made and ended together. Tells the
//! sessions about second factors and tokens. Main thread.
class Accounts
{
public:
    struct Settings
    {
        SecondFactorService::Settings secondFactor;
        QString erasureLedger; //!< file; empty: only in memory
    };
    Accounts(Settings settings, UserService &users, SessionService &sessions, AccountRepository &repository,
             const SecretBox &box, Permissions &permissions, Clock &clock);

    //! \brief After UserService::load().
    QCoro::Task<Result<void>> load();
    //! \brief Erasures, after rooms are loaded and ErasureService::setLeaveRooms().
    QCoro::Task<Result<void>> resume();
    QCoro::Task<void> close();

    ProfileService profiles;
    SecondFactorService secondFactor;
    CredentialService credentials;
    TokenService tokens;
    InvitationService invitations;
    PasswordResets resets;
    UserImport imports;
    ErasureService erasure;
};

} // namespace Atom::Identity
