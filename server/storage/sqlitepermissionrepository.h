// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/permissionrepository.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

class SqlitePermissionRepository final : public Identity::PermissionRepository
{
public:
    SqlitePermissionRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<Identity::StoredPermissions>> all() override;
    QCoro::Task<Result<void>> saveRole(Identity::CustomRole role, bool isNew, Audit::Draft audit) override;
    QCoro::Task<Result<void>> removeRole(RoleId role, Audit::Draft audit) override;
    QCoro::Task<Result<void>> changeOverrides(RoomId room, QList<Identity::Override> changes,
                                              Audit::Draft audit) override;
    QCoro::Task<Result<void>> saveOpening(Identity::GlassOpening opening, Audit::Draft audit) override;
    QCoro::Task<Result<void>> record(QList<Audit::Draft> audit) override;
    QCoro::Task<Result<QList<Identity::GlassOpening>>> openings(Identity::GlassQuery query) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
