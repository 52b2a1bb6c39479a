// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QCoro/QCoroTask>

#include <QtCore/QThreadPool>

#include <memory>

namespace Atom::Identity {

//! \brief Argon2id (libsodium crypto_pwhash) in a pool of two threads with a queue of 64, so that a flood of sign-ins
//! never blocks chat. Called from the main thread, resumes there. The destructor waits for what runs.
class PasswordHasher
{
public:
    static constexpr int threads = 2;
    static constexpr int queueLimit = 64;

    struct Cost
    {
        unsigned long long operations = 2;
        size_t memoryBytes = 64u << 20;
    };
    explicit PasswordHasher(Cost cost);
    PasswordHasher() : PasswordHasher(Cost{}) {}
    ~PasswordHasher();

    //! \return Unavailable (retryAfter 2 s) when the queue is full.
    QCoro::Task<Result<QByteArray>> hash(QString password);
    //! \brief True if `password` (after NFKC) fits. With an empty `hash` it costs the same and answers false.
    //! \return Unavailable (retryAfter 2 s) when the queue is full.
    QCoro::Task<Result<bool>> verify(QByteArray hash, QString password);
    //! \brief For tools without an event loop. Empty when there is not enough memory.
    QByteArray hashBlocking(const QString &password) const;

    //! \brief Running and waiting work.
    int queued() const { return *m_queued; }

private:
    Cost m_cost;
    QByteArray m_dummyHash;
    QThreadPool m_pool;
    std::shared_ptr<int> m_queued = std::make_shared<int>(0); //!< shared: a resumed coroutine may outlive the hasher
};

} // namespace Atom::Identity
