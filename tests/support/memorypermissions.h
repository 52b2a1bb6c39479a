// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/permissionrepository.h"

namespace Atom::Test {

//! \brief Roles, overrides and openings in memory, with the audit records they came with. `failure` makes writes fail.
class MemoryPermissions final : public Identity::PermissionRepository
{
public:
    QCoro::Task<Result<Identity::StoredPermissions>> all() override
    {
        co_return Result<Identity::StoredPermissions>(stored);
    }
    QCoro::Task<Result<void>> saveRole(Identity::CustomRole role, bool isNew, Audit::Draft audit) override
    {
        if (failure)
            co_return *failure;
        (void)isNew;
        stored.roles.removeIf([&role](const Identity::CustomRole &r) { return r.id == role.id; });
        stored.roles.append(role);
        audits.append(audit);
        co_return Result<void>();
    }
    QCoro::Task<Result<void>> removeRole(RoleId role, Audit::Draft audit) override
    {
        if (failure)
            co_return *failure;
        stored.roles.removeIf([&role](const Identity::CustomRole &r) { return r.id == role; });
        audits.append(audit);
        co_return Result<void>();
    }
    QCoro::Task<Result<void>> changeOverrides(RoomId room, QList<Identity::Override> changes,
                                              Audit::Draft audit) override
    {
        if (failure)
            co_return *failure;
        stored.overrides[room] += changes;
        audits.append(audit);
        co_return Result<void>();
    }
    QCoro::Task<Result<void>> saveOpening(Identity::GlassOpening opening, Audit::Draft audit) override
    {
        if (failure)
            co_return *failure;
        openingsById.insert(opening.id, opening);
        audits.append(audit);
        co_return Result<void>();
    }
    QCoro::Task<Result<void>> record(QList<Audit::Draft> drafts) override
    {
        audits += drafts;
        co_return Result<void>();
    }
    QCoro::Task<Result<QList<Identity::GlassOpening>>> openings(Identity::GlassQuery query) override
    {
        QList<Identity::GlassOpening> found;
        for (const Identity::GlassOpening &opening : std::as_const(openingsById)) {
            if ((query.user.isEmpty() || opening.user == query.user) &&
                (!query.openAt || opening.isOpen(*query.openAt)))
                found.prepend(opening);
        }
        co_return Result<QList<Identity::GlassOpening>>(found);
    }
    //! \brief The acts recorded, in order.
    QByteArrayList acts() const
    {
        QByteArrayList list;
        for (const Audit::Draft &draft : audits)
            list.append(draft.action);
        return list;
    }

    Identity::StoredPermissions stored;
    QMap<QByteArray, Identity::GlassOpening> openingsById;
    QList<Audit::Draft> audits;
    std::optional<Error> failure;
};

} // namespace Atom::Test
