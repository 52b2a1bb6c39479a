// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"
#include "shared/model/room.h"
#include "shared/model/roomevent.h"

#include <QtCore/QJsonObject>

namespace Atom::Rooms {

//! \brief What a person wants to be different about a room. Absent: stays.
struct RoomChange
{
    std::optional<QString> name;
    std::optional<QString> topic;   //!< 0..250 characters, one line
    std::optional<QString> purpose; //!< 0..2000 characters
    std::optional<RoomVisibility> visibility;
    std::optional<bool> assistantEnabled;
    std::optional<bool> readOnly;
    std::optional<bool> joinApproval;
    std::optional<int> slowModeSeconds;              //!< 0..slowModeLimitSeconds
    std::optional<std::optional<int>> retentionDays; //!< 0..retentionLimitDays; inner none: as the server
    std::optional<bool> archived;

    //! \brief Whether it touches what only the owners of a room decide: who sees it, whether the assistant listens, how
    //! long it is kept, whether it goes on.
    bool isForOwners() const;
};

//! \brief Lengths, ranges, characters. \return ValidationFailed with a pointer for each field at fault.
Result<void> checkRoomChange(const RoomChange &change);
//! \brief 0..reasonLimit characters without control characters. \return ValidationFailed at /reason.
Result<void> checkReason(const QString &reason);

//! \brief The fields of `change` that differ from `room`, with their new values: {name?, topic?, purpose?, visibility?,
//! assistant_enabled?, read_only?, join_approval?, slow_mode_seconds?, retention_days? (null: as the server),
//! archived?}. These travel in the event (metadata "changes"); memory and storage apply the very same object, so that
//! two changes at the same time do not undo each other.
QJsonObject changesTo(const Room &room, const RoomChange &change);
//! \brief Applies metadata "changes" of a RoomUpdated event; also {legal_hold: bool}, whose reason is the event's text.
void applyRoomChanges(Room &room, const RoomEvent &event);
//! \brief The present values of the fields named in `changes`: what an audit record shows as "before".
QJsonObject presentValues(const Room &room, const QJsonObject &changes);

} // namespace Atom::Rooms
