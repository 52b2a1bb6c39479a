// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/erasureledger.h"
#include "server/identity/tokenservice.h"

namespace Atom::Identity {

//! \brief Takes a person out of the server for good (GDPR, article 17). What stays: a tombstone that keeps the id from
//! being used again, the id in the audit log, and, if so decided, messages under a pseudonym that leads to nobody.
//!
//! Order: the ledger (synced), the account with its credentials (one transaction), rooms, then the messages in the
//! background, taken up again after a restart. Main thread.
class ErasureService : public QObject
{
    Q_OBJECT
public:
    //! \brief Takes a user out of all rooms; called after the account is gone.
    using LeaveRooms = std::function<QCoro::Task<void>(UserId)>;
    ErasureService(QString ledgerFile, UserService &users, TokenService &tokens, AccountRepository &repository,
                   const Permissions &permissions, Clock &clock);
    ~ErasureService() override;

    void setLeaveRooms(LeaveRooms leave) { m_leaveRooms = std::move(leave); }
    //! \brief Reads the ledger, erases again whom a restored backup brought back, goes on with what is not complete.
    //! After everything else was loaded.
    QCoro::Task<Result<void>> load();
    QCoro::Task<void> close();

    //! \brief `reason`: 1..500 characters, for the audit log. \return the erasure; NotFound, Forbidden,
    //! ValidationFailed, Conflict for the last owner and for oneself.
    QCoro::Task<Result<StoredErasure>> erase(Actor actor, UserId user, bool removeMessages, QString reason);

    //! \brief Whether an id is the pseudonym of somebody erased; nobody can register such a name.
    static bool isPseudonym(const UserId &id) { return id.bytes().startsWith("deleted-"); }
    static QString shownName() { return QStringLiteral("Deleted user"); }

Q_SIGNALS:
    //! \brief The messages of an erased account changed; what keeps copies must let them go.
    void messagesDetached(const Atom::UserId &user, const Atom::UserId &pseudonym);

private:
    QCoro::Task<Result<void>> apply(StoredErasure erasure, Audit::Draft audit);
    QCoro::Task<void> finish(StoredErasure erasure);
    ErasureLedger m_ledger;
    UserService &m_users;
    TokenService &m_tokens;
    AccountRepository &m_repository;
    const Permissions &m_permissions;
    Clock &m_clock;
    LeaveRooms m_leaveRooms;
    TaskScope m_scope{QStringLiteral("erasure")};
};

} // namespace Atom::Identity
