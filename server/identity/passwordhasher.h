// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QCoro/QCoroTask>

#include <QtCore/QThreadPool>

namespace Atom::Identity
{

//! \brief Argon2id (libsodium crypto_pwhash) in a pool of two threads with a queue of 64, so that a flood of sign-ins
//! never blocks chat. Called from the main thread, resumes there.
class PasswordHasher
{
public:
    struct Cost {
        unsigned long long operations = 2;
        size_t memoryBytes = 64u << 20;
    };
    explicit PasswordHasher(Cost cost);
    PasswordHasher() : PasswordHasher(Cost{}) {}
    ~PasswordHasher();

    //! \return Unavailable (retryAfter 2 s) when the queue is full.
    QCoro::Task<Result<QByteArray>> hash(QString password);
    //! \brief True if `password` (after NFKC) fits. With an empty `hash` it costs the same and answers false.
    QCoro::Task<Result<bool>> verify(QByteArray hash, QString password);
    //! \brief For tools without an event loop.
    QByteArray hashBlocking(const QString &password) const;

private:
    Cost m_cost;
    QByteArray m_dummyHash;
    QThreadPool m_pool;
    int m_queued = 0;
};

} // namespace Atom::Identity
