// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqliteuserrepository.h"

#include "server/storage/auditappender.h"
#include "server/storage/userrows.h"

namespace Atom::Storage {
using Identity::StoredUser;

QCoro::Task<Result<QList<StoredUser>>> SqliteUserRepository::all()
{
    return m_reader.run<QList<StoredUser>>(
        [](Connection &db) -> Result<QList<StoredUser>> { return UserRows::all(db); });
}

QCoro::Task<Result<void>> SqliteUserRepository::insert(StoredUser stored, Audit::Draft audit)
{
    return m_writer.run<void>([stored = std::move(stored), audit = std::move(audit)](Connection &db) -> Result<void> {
        if (Result<void> inserted = UserRows::insert(db, stored); !inserted)
            return inserted;
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<void>> SqliteUserRepository::update(StoredUser stored, Audit::Draft audit)
{
    return m_writer.run<void>([stored = std::move(stored), audit = std::move(audit)](Connection &db) -> Result<void> {
        if (Result<void> updated = UserRows::update(db, stored, audit); !updated)
            return updated;
        AuditAppender::append(db, audit);
        return {};
    });
}

} // namespace Atom::Storage
