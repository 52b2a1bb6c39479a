// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userrepository.h"

namespace Atom::Identity {

//! \brief An application token, without the token.
struct StoredToken
{
    QByteArray id; //!< 16 hexadecimal digits, public
    UserId user;   //!< for whom its bearer acts
    QString name;
    QByteArray hash;        //!< SHA-256 of the token
    QByteArrayList actions; //!< names of actions, at least one: all that it may do
    QList<RoomId> rooms;    //!< only in these; empty: in all
    UserId createdBy;
    Timestamp createdAt{};
    std::optional<Timestamp> expiresAt;
    std::optional<Timestamp> lastUsedAt; //!< to the minute
};

//! \brief An invitation to this server, without the token.
struct StoredInvitation
{
    QByteArray id; //!< 16 hexadecimal digits, public
    QByteArray hash;
    Role role = Role::Member;
    QString note; //!< for whom, as the inviter remembers it
    UserId createdBy;
    Timestamp createdAt{};
    Timestamp expiresAt{};
    int maxUses = 1;
    int uses = 0;
};

//! \brief The right to set a new password once.
struct StoredReset
{
    UserId user; //!< one at a time for each account
    QByteArray hash;
    UserId createdBy;
    Timestamp expiresAt{};
};

//! \brief An account that was erased, and how far its traces in messages are gone.
struct StoredErasure
{
    UserId user;
    UserId pseudonym; //!< stands where the account stood in messages that are kept
    bool removesMessages = false;
    Timestamp at{};
    qint64 messagesDone = 0; //!< how far the sweep through messages has come,
    qint64 roomsDone = 0;    //!< and then the one through the other events of rooms
    bool isComplete = false;
};

//! \brief Where tokens, invitations, password resets and erasures live. Main thread; every call resumes there. The
//! audit record is stored in the transaction of the act.
class AccountRepository
{
public:
    virtual ~AccountRepository() = default;

    virtual QCoro::Task<Result<QList<StoredToken>>> tokens() = 0;
    virtual QCoro::Task<Result<void>> insertToken(StoredToken token, Audit::Draft audit) = 0;
    virtual QCoro::Task<Result<void>> removeToken(QByteArray id, Audit::Draft audit) = 0;
    virtual QCoro::Task<Result<void>> noteTokenUse(QByteArray id, Timestamp at) = 0;

    virtual QCoro::Task<Result<QList<StoredInvitation>>> invitations() = 0;
    virtual QCoro::Task<Result<void>> insertInvitation(StoredInvitation invitation, Audit::Draft audit) = 0;
    virtual QCoro::Task<Result<void>> removeInvitation(QByteArray id, Audit::Draft audit) = 0;
    //! \brief Counts a use and makes the account, or neither. \return Conflict: used up, expired or withdrawn; the id
    //! is taken.
    virtual QCoro::Task<Result<void>> redeemInvitation(QByteArray id, StoredUser user, Audit::Draft audit) = 0;

    virtual QCoro::Task<Result<void>> saveReset(StoredReset reset, Audit::Draft audit) = 0;
    //! \brief The reset with this hash; empty user: none.
    virtual QCoro::Task<Result<StoredReset>> reset(QByteArray hash) = 0;
    //! \brief Uses the reset up and stores the account, or neither. \return Conflict: used already.
    virtual QCoro::Task<Result<void>> redeemReset(QByteArray hash, StoredUser user, Audit::Draft audit) = 0;

    //! \brief All or nothing. \return Conflict when an id exists.
    virtual QCoro::Task<Result<void>> insertUsers(QList<StoredUser> users, QList<StoredReset> resets,
                                                  QList<Audit::Draft> audit) = 0;

    // --- erasure
    //! \brief In one transaction: the account becomes `tombstone`; its sessions, tokens, resets, drafts and everything
    //! else that is only its own go; the audit log forgets what it held about the person.
    virtual QCoro::Task<Result<void>> erase(StoredErasure erasure, StoredUser tombstone, Audit::Draft audit) = 0;
    virtual QCoro::Task<Result<QList<StoredErasure>>> erasures() = 0;
    //! \brief Goes on with the messages of an erased account, some at a time. \return the erasure as it is now.
    virtual QCoro::Task<Result<StoredErasure>> continueErasure(StoredErasure erasure) = 0;
};

} // namespace Atom::Identity
