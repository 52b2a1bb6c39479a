// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"
#include "shared/core/result.h"
#include "shared/model/account.h"
#include "shared/model/user.h"

#include <QCoro/QCoroTask>

#include <QtCore/QList>

namespace Atom::Identity {

//! \brief Time-based one-time codes of an account (see totp.h).
struct SecondFactor
{
    QByteArray sealedSecret;       //!< by SecretBox; empty: none
    bool isConfirmed = false;      //!< only then it is asked at sign-in
    qint64 lastStep = -1;          //!< the step of the last code that was taken: it does not work again
    QByteArrayList recoveryHashes; //!< SHA-256 of those not used yet, at most 10
    bool isActive() const { return isConfirmed && !sealedSecret.isEmpty(); }
    bool operator==(const SecondFactor &) const = default;
};

enum class AccountKind {
    Person,
    Service, //!< a program: no password, only application tokens; somebody is responsible for it
};

//! \brief A user with what only identity may see.
struct StoredUser
{
    User user;
    QByteArray passwordHash;      //!< libsodium crypto_pwhash_str text; empty: no password signs in
    qint64 credentialVersion = 1; //!< grows at each change of the row
    Profile profile;
    UserStatus status;
    SecondFactor secondFactor;
    AccountKind kind = AccountKind::Person;
    UserId managedBy;                  //!< of a service account: who is responsible
    std::optional<Timestamp> erasedAt; //!< only a tombstone is left, which keeps the id from being used again
};

//! \brief Where accounts live. Main thread; every call resumes there. Ids compare byte for byte (lower case only).
class UserRepository
{
public:
    virtual ~UserRepository() = default;
    //! \return all accounts, by id. Read once at start: accounts are kept in memory.
    virtual QCoro::Task<Result<QList<StoredUser>>> all() = 0;
    //! \return Conflict when the id exists.
    virtual QCoro::Task<Result<void>> insert(StoredUser user, Audit::Draft audit) = 0;
    //! \return NotFound when the id does not exist.
    virtual QCoro::Task<Result<void>> update(StoredUser user, Audit::Draft audit) = 0;
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
    QString address; //!< where the client was at sign-in
    bool usedSecondFactor = false;
};

//! \brief Where sessions and signing keys live. Main thread.
class SessionRepository
{
public:
    virtual ~SessionRepository() = default;
    virtual QCoro::Task<Result<QList<StoredSession>>> active(Timestamp now) = 0;
    virtual QCoro::Task<Result<void>> save(StoredSession session,
                                           Audit::Draft audit = {}) = 0; //!< insert or replace by id
    //! \brief Small named secrets of the server (signing key seed): absent -> empty.
    virtual QCoro::Task<Result<QByteArray>> secret(QByteArray name) = 0;
    virtual QCoro::Task<Result<void>> saveSecret(QByteArray name, QByteArray value) = 0;
};

} // namespace Atom::Identity
