// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userrepository.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

class SqliteUserRepository final : public Identity::UserRepository
{
public:
    SqliteUserRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<QList<Identity::StoredUser>>> all() override;
    QCoro::Task<Result<void>> insert(Identity::StoredUser user, Audit::Draft audit) override;
    QCoro::Task<Result<void>> update(Identity::StoredUser user, Audit::Draft audit) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
