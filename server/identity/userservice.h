// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"
#include "server/identity/userrepository.h"
#include "shared/core/taskscope.h"

#include <QtCore/QHash>

#include <functional>

namespace Atom::Identity {

class PasswordHasher;
class Permissions;

//! \brief An account to be made.
struct NewAccount
{
    UserId id;
    QString displayName; //!< empty: the id
    Role role = Role::Member;
    QString password; //!< see passwordrules.h; empty only for service accounts and where `mayLackPassword`
    AccountKind kind = AccountKind::Person;
    UserId managedBy;
    Profile profile;
    bool mayLackPassword = false; //!< nobody can sign in until a password is set by a reset token
};

//! \brief Accounts: made, listed, changed. All accounts are in memory; changes are durable before they are answered.
//! Main thread. Permissions are the caller's to check. Each change takes the audit record of the act (empty: none),
//! which is stored in the same transaction; what changed is filled in here.
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
    QList<User> all() const;                        //!< sorted by id, without tombstones
    int count() const { return int(m_users.size()); }
    //! \brief Every account and tombstone, in no order; `visit` must not change any.
    template <typename Visit> void forEach(Visit visit) const
    {
        for (const StoredUser &stored : m_users)
            visit(stored);
    }

    //! \brief How a change is stored instead of by UserRepository alone, in one transaction with something else.
    using Write = std::function<QCoro::Task<Result<void>>(StoredUser, Audit::Draft)>;
    using WriteAll = std::function<QCoro::Task<Result<void>>(QList<StoredUser>)>;
    //! \brief Changes one account in memory; an error changes nothing.
    using Mutation = std::function<Result<void>(StoredUser &)>;

    //! \brief The row of an account that may be made so, without its password's hash.
    //! \return ValidationFailed with every field at fault; Conflict when the id is taken.
    Result<StoredUser> drafted(NewAccount account) const;
    //! \return as drafted(), Unavailable (hashing queue full).
    QCoro::Task<Result<User>> make(NewAccount account, Audit::Draft audit, Write write = {});
    QCoro::Task<Result<User>> create(UserId id, QString displayName, Role role, QString password,
                                     Audit::Draft audit = {});
    //! \brief Rows of drafted(), all or none. \return Conflict when an id was taken meanwhile.
    QCoro::Task<Result<void>> adopt(QList<StoredUser> rows, WriteAll write);
    //! \return NotFound; Conflict when it would leave no enabled owner; ValidationFailed for Role::Guest.
    //! `customRole` refines `role`, its base; empty: none. That it exists and fits is the caller's to check.
    QCoro::Task<Result<User>> setRole(UserId id, Role role, Audit::Draft audit = {}, RoleId customRole = {});
    QCoro::Task<Result<User>> setDisabled(UserId id, bool disabled, Audit::Draft audit = {});
    //! \return also Conflict for a service account, which has no password.
    QCoro::Task<Result<User>> setPassword(UserId id, QString password, Audit::Draft audit = {}, Write write = {});
    //! \brief Any other change, on top of those that are still being stored. Without `write`: UserRepository::update().
    //! \return NotFound (also for a tombstone), what `mutate` says, Conflict when it would leave no enabled owner.
    QCoro::Task<Result<User>> change(UserId id, Mutation mutate, Audit::Draft audit = {}, Write write = {});
    //! \brief No other enabled owner would be left without this one.
    bool isLastOwner(const UserId &id) const;
    //! \brief `[a-z0-9][a-z0-9._-]{0,63}`, not "assistant", "system" or "guest", not "deleted-…".
    static bool isValidUserId(const UserId &id);
    //! \brief Whether a guest may call itself so: a valid id text (any case) that is no account (compared in lower
    //! case) and not reserved.
    bool isFreeForGuest(const UserId &id) const;
    //! \brief 20 random characters for a one-time password, without look-alikes.
    static QString generatePassword();

Q_SIGNALS:
    //! \brief Role, disabled or password changed: sessions and open connections of this user must be looked at again.
    void userChanged(const Atom::User &user);
    //! \brief Before userChanged(): what was signed in with the old password must end, except the session in which the
    //! person itself changed it (`kept`; empty: none).
    void passwordChanged(const Atom::UserId &user, const Atom::SessionId &kept);
    //! \brief Profile or status of an account changed.
    void statusChanged(const Atom::UserId &user, const Atom::UserStatus &status);

private:
    QCoro::Task<Result<User>> store(StoredUser changed, Audit::Draft audit, Write write);
    void settle(const StoredUser &changed, const SessionId &ownSession);
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
