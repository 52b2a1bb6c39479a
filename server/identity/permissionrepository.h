// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"
#include "server/identity/roomrules.h"
#include "shared/core/result.h"

#include <QCoro/QCoroTask>

#include <QtCore/QList>

namespace Atom::Identity {

//! \brief A room opened by break-glass.
struct GlassOpening
{
    QByteArray id; //!< UUIDv7
    UserId user;   //!< who sees the contents
    RoomId room;
    QString reason; //!< 10..500 characters
    Timestamp openedAt{};
    Timestamp expiresAt{};
    std::optional<Timestamp> closedAt; //!< by a person, before it expired
    UserId closedBy;
    bool isOpen(Timestamp now) const { return !closedAt && now < expiresAt; }
    bool operator==(const GlassOpening &) const = default;
};

struct GlassQuery
{
    RoomId room;                     //!< empty: any
    UserId user;                     //!< empty: any
    std::optional<Timestamp> openAt; //!< only openings that are open then
    QByteArray before;               //!< only openings older than this id; empty: from the newest
    int limit = 50;
};

//! \brief All that decisions depend on, as stored.
struct StoredPermissions
{
    QList<CustomRole> roles;
    QHash<RoomId, QList<Override>> overrides;
};

//! \brief Where roles, overrides and break-glass openings live. Main thread. `audit` is stored in the same transaction.
class PermissionRepository
{
public:
    virtual ~PermissionRepository() = default;
    //! \brief Once, at start. What this program does not know (an action of a newer version) is left out.
    virtual QCoro::Task<Result<StoredPermissions>> all() = 0;
    //! \return Conflict when the id exists (isNew), NotFound when it does not (otherwise).
    virtual QCoro::Task<Result<void>> saveRole(CustomRole role, bool isNew, Audit::Draft audit) = 0;
    //! \return NotFound; Conflict while an account has the role.
    virtual QCoro::Task<Result<void>> removeRole(RoleId role, Audit::Draft audit) = 0;
    //! \brief Sets the given ones, removes those with Effect::None, leaves the others of the room alone.
    virtual QCoro::Task<Result<void>> changeOverrides(RoomId room, QList<Override> changes, Audit::Draft audit) = 0;
    //! \brief Inserts or replaces by id.
    virtual QCoro::Task<Result<void>> saveOpening(GlassOpening opening, Audit::Draft audit) = 0;
    //! \brief Audit records of what changes nothing here: contents that were read.
    virtual QCoro::Task<Result<void>> record(QList<Audit::Draft> audit) = 0;
    //! \brief Newest first, at most `limit`.
    virtual QCoro::Task<Result<QList<GlassOpening>>> openings(GlassQuery query) = 0;
};

} // namespace Atom::Identity
