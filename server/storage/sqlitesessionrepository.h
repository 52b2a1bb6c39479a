// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userrepository.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

//! \brief save() of a session whose user does not exist: Conflict.
class SqliteSessionRepository final : public Identity::SessionRepository
{
public:
    SqliteSessionRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<QList<Identity::StoredSession>>> active(Timestamp now) override;
    QCoro::Task<Result<void>> save(Identity::StoredSession session, Audit::Draft audit) override;
    QCoro::Task<Result<QByteArray>> secret(QByteArray name) override;
    QCoro::Task<Result<void>> saveSecret(QByteArray name, QByteArray value) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
