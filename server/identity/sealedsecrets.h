// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/secretbox.h"
#include "server/identity/userrepository.h"

namespace Atom::Identity {

//! \brief A SessionRepository whose secrets lie sealed in the one below. What an older server stored in plain is
//! sealed when it is first read. Main thread.
class SealedSecrets final : public SessionRepository
{
public:
    SealedSecrets(SessionRepository &below, const SecretBox &box) : m_below(below), m_box(box) {}

    //! \return Internal when the master key does not fit; empty when the key file was lost and made anew: then nothing
    //! that was sealed can be opened, and its owner makes a new one.
    QCoro::Task<Result<QByteArray>> secret(QByteArray name) override;
    QCoro::Task<Result<void>> saveSecret(QByteArray name, QByteArray value) override;
    QCoro::Task<Result<QList<StoredSession>>> active(Timestamp now) override { return m_below.active(now); }
    QCoro::Task<Result<void>> save(StoredSession session, Audit::Draft audit) override
    {
        return m_below.save(std::move(session), std::move(audit));
    }

private:
    SessionRepository &m_below;
    const SecretBox &m_box;
};

} // namespace Atom::Identity
