// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userrepository.h"
#include "shared/core/taskscope.h"

#include <QtCore/QHash>

namespace Atom::Identity {

class PasswordHasher;

//! \brief Accounts: made, listed, changed. All accounts are in memory; changes are durable before they are answered.
//! Main thread.
class UserService : public QObject
{
    Q_OBJECT
public:
    UserService(UserRepository &repository, PasswordHasher &hasher, Clock &clock);
    ~UserService() override;

    //! \brief Reads the accounts; once, before anything else.
    QCoro::Task<Result<void>> load();
    QCoro::Task<void> close();

    bool isEmpty() const { return m_users.isEmpty(); }
    const StoredUser *find(const UserId &id) const; //!< valid until the next change
    QList<User> all() const;                        //!< sorted by id
    //! \brief `id`: see User; `displayName` empty: the id; `password`: see passwordrules.h; any role but Guest. The
    //! permission is the caller's to check.
    //! \return ValidationFailed with every field at fault, Conflict, Unavailable (hashing queue full).
    QCoro::Task<Result<User>> create(UserId id, QString displayName, Role role, QString password);
    //! \return NotFound; Conflict when it would leave no enabled owner; ValidationFailed for Role::Guest.
    QCoro::Task<Result<User>> setRole(UserId id, Role role);
    QCoro::Task<Result<User>> setDisabled(UserId id, bool disabled);
    QCoro::Task<Result<User>> setPassword(UserId id, QString password);
    //! \brief `[a-z0-9][a-z0-9._-]{0,63}`, not "assistant", "system" or "guest".
    static bool isValidUserId(const UserId &id);
    //! \brief Whether a guest may call itself so: a valid id text (any case) that is no account (compared in lower
    //! case) and not reserved.
    bool isFreeForGuest(const UserId &id) const;
    //! \brief 20 random characters for a one-time password, without look-alikes.
    static QString generatePassword();

Q_SIGNALS:
    //! \brief Role, disabled or password changed: sessions and open connections of this user must be looked at again.
    void userChanged(const Atom::User &user);
    //! \brief Before userChanged(): what was signed in with the old password must end.
    void passwordChanged(const Atom::UserId &user);

private:
    QCoro::Task<Result<User>> store(StoredUser changed);
    Result<StoredUser> newest(const UserId &id) const; //!< with changes that are still being stored
    bool leavesNoOwner(const StoredUser &changed) const;
    UserRepository &m_repository;
    PasswordHasher &m_hasher;
    Clock &m_clock;
    QHash<UserId, StoredUser> m_users;
    QHash<UserId, StoredUser> m_pending; //!< being stored: later changes build on these
    TaskScope m_scope{QStringLiteral("users")};
};

} // namespace Atom::Identity
