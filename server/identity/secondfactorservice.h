// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userservice.h"

#include <QtCore/QSet>

namespace Atom::Identity {

class SecretBox;

//! \brief One-time codes as the second stage of sign-in: set up, checked, taken away. Secrets lie sealed, recovery
//! codes hashed. Who may do it, and how often a code may be guessed, is the caller's to decide. Main thread.
class SecondFactorService
{
public:
    struct Settings
    {
        QSet<Role> requiredFor; //!< who has one of these roles cannot sign in without it
        QString issuer = QStringLiteral("Atom Chat");
    };
    //! \brief What an authenticator program needs; shown once.
    struct Enrolment
    {
        QByteArray secret; //!< base 32
        QString uri;       //!< otpauth://…
    };
    SecondFactorService(Settings settings, UserService &users, const SecretBox &box, Clock &clock);

    bool isActive(const UserId &user) const;
    bool isRequired(const UserId &user) const; //!< by the role the account has now
    int recoveryCodesLeft(const UserId &user) const;

    //! \brief Makes a secret that counts only after confirm(). \return Conflict when one is confirmed already, or for a
    //! service account; NotFound.
    QCoro::Task<Result<Enrolment>> enrol(UserId user, Audit::Draft audit);
    //! \brief The first code proves that the program has the secret; from now on it is asked at sign-in.
    //! \return the recovery codes, shown once. Unauthenticated for a wrong code; Conflict when there is nothing to
    //! confirm.
    QCoro::Task<Result<QByteArrayList>> confirm(UserId user, QString code, Audit::Draft audit);
    //! \brief Takes a code of the present time, or a recovery code; each works once. The record of a recovery code is
    //! stored as "totp.recovery_code_used". \return Unauthenticated; Internal when the master key does not fit.
    QCoro::Task<Result<void>> verify(UserId user, QString code, Audit::Draft audit);
    //! \brief New recovery codes instead of all before. \return Conflict without an active second factor.
    QCoro::Task<Result<QByteArrayList>> renewRecoveryCodes(UserId user, Audit::Draft audit);
    //! \brief Without one already: success.
    QCoro::Task<Result<void>> remove(UserId user, Audit::Draft audit);

private:
    Result<QByteArray> secretOf(const StoredUser &stored) const;
    Settings m_settings;
    UserService &m_users;
    const SecretBox &m_box;
    Clock &m_clock;
};

} // namespace Atom::Identity
