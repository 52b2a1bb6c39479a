// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/accountrepository.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

class SqliteAccountRepository final : public Identity::AccountRepository
{
public:
    SqliteAccountRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}

    QCoro::Task<Result<QList<Identity::StoredToken>>> tokens() override;
    QCoro::Task<Result<void>> insertToken(Identity::StoredToken token, Audit::Draft audit) override;
    QCoro::Task<Result<void>> removeToken(QByteArray id, Audit::Draft audit) override;
    QCoro::Task<Result<void>> noteTokenUse(QByteArray id, Timestamp at) override;

    QCoro::Task<Result<QList<Identity::StoredInvitation>>> invitations() override;
    QCoro::Task<Result<void>> insertInvitation(Identity::StoredInvitation invitation, Audit::Draft audit) override;
    QCoro::Task<Result<void>> removeInvitation(QByteArray id, Audit::Draft audit) override;
    QCoro::Task<Result<void>> redeemInvitation(QByteArray id, Identity::StoredUser user, Audit::Draft audit) override;

    QCoro::Task<Result<void>> saveReset(Identity::StoredReset reset, Audit::Draft audit) override;
    QCoro::Task<Result<Identity::StoredReset>> reset(QByteArray hash) override;
    QCoro::Task<Result<void>> redeemReset(QByteArray hash, Identity::StoredUser user, Audit::Draft audit) override;
    QCoro::Task<Result<void>> insertUsers(QList<Identity::StoredUser> users, QList<Identity::StoredReset> resets,
                                          QList<Audit::Draft> audit) override;

    // --- erasurerows.cpp
    QCoro::Task<Result<void>> erase(Identity::StoredErasure erasure, Identity::StoredUser tombstone,
                                    Audit::Draft audit) override;
    QCoro::Task<Result<QList<Identity::StoredErasure>>> erasures() override;
    QCoro::Task<Result<Identity::StoredErasure>> continueErasure(Identity::StoredErasure erasure) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
