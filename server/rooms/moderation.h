// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QtCore/QString>

#include <optional>

namespace Atom::Rooms {

enum class RestrictionKind { Mute /*!< may read, not speak */, Ban /*!< no member, and cannot become one */ };

//! \brief What a moderator imposed on somebody in one room. It outlives the membership: who leaves and comes back is
//! still muted.
struct Restriction
{
    RestrictionKind kind = RestrictionKind::Mute;
    UserId user;
    UserId by;
    Timestamp at{};
    std::optional<Timestamp> until; //!< none: for ever (bans only)
    QString reason;                 //!< 0..500 characters; told to the members
    bool isInForce(Timestamp now) const { return !until || *until > now; }
    bool operator==(const Restriction &) const = default;
};

//! \brief Somebody waits to be let in. Seen by moderators and by the person.
struct JoinRequest
{
    RoomId room;
    UserId user;
    Timestamp at{};
    QString message; //!< 0..500 characters from the person
    bool operator==(const JoinRequest &) const = default;
};
enum class JoinDecision { Pending, Approved, Denied, Withdrawn };

inline constexpr qsizetype reasonLimit = 500;
inline constexpr int slowModeLimitSeconds = 6 * 3600;
inline constexpr int retentionLimitDays = 36'500;
inline constexpr qsizetype restrictionsPerRoom = 10'000;
inline constexpr qsizetype joinRequestsPerRoom = 500;

} // namespace Atom::Rooms
