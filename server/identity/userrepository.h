// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"
#include "shared/model/user.h"

#include <QCoro/QCoroTask>

#include <QtCore/QList>

namespace Atom::Identity {

//! \brief A user with what only identity may see.
struct StoredUser
{
    User user;
    QByteArray passwordHash;      //!< libsodium crypto_pwhash_str text
    qint64 credentialVersion = 1; //!< grows at each password change, disable and role change
};

//! \brief Where accounts live. Main thread; every call resumes there. Ids compare byte for byte (lower case only).
class UserRepository
{
public:
    virtual ~UserRepository() = default;
    //! \return all accounts, by id. Read once at start: accounts are kept in memory.
    virtual QCoro::Task<Result<QList<StoredUser>>> all() = 0;
    //! \return Conflict when the id exists.
    virtual QCoro::Task<Result<void>> insert(StoredUser user) = 0;
    //! \return NotFound when the id does not exist.
    virtual QCoro::Task<Result<void>> update(StoredUser user) = 0;
};

//! \brief A refresh-token family: one sign-in on one device.
struct StoredSession
{
    SessionId id;
    UserId user;
    QString device;             //!< as named by the client, 0..128 characters
    QByteArray refreshHash;     //!< SHA-256 of the current refresh token
    QByteArray previousHash;    //!< the one before; its use within the grace returns the same successor, later is reuse
    QByteArray sealedSuccessor; //!< the current refresh token for a replay inside the grace; empty after
    Timestamp rotatedAt{};
    Timestamp createdAt{};
    Timestamp expiresAt{};
    bool revoked = false;
};

//! \brief Where sessions and signing keys live. Main thread.
class SessionRepository
{
public:
    virtual ~SessionRepository() = default;
    virtual QCoro::Task<Result<QList<StoredSession>>> active(Timestamp now) = 0;
    virtual QCoro::Task<Result<void>> save(StoredSession session) = 0; //!< insert or replace by id
    //! \brief Small named secrets of the server (signing key seed): absent -> empty.
    virtual QCoro::Task<Result<QByteArray>> secret(QByteArray name) = 0;
    virtual QCoro::Task<Result<void>> saveSecret(QByteArray name, QByteArray value) = 0;
};

} // namespace Atom::Identity
