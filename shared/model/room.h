// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QtCore/QString>

#include <optional>

namespace Atom {

//! Wire names of these enumerations: lower case of the enumerator.
enum class RoomKind { Group, Direct, Assistant };
enum class RoomVisibility { Public /*!< anyone may join */, Private /*!< members are added */ };
enum class RoomPersistence { Durable, Ephemeral };
enum class MemberRole { Owner, Moderator, Member };

QString roomKindName(RoomKind kind);
std::optional<RoomKind> roomKindFromName(const QString &name);
QString roomVisibilityName(RoomVisibility visibility);
std::optional<RoomVisibility> roomVisibilityFromName(const QString &name);
QString memberRoleName(MemberRole role);
std::optional<MemberRole> memberRoleFromName(const QString &name);

//! \brief Nothing of the room may be lost: see docs/architecture.md, "Retention and legal hold".
struct LegalHold
{
    UserId by;
    Timestamp since{};
    QString reason; //!< only for those who may set a hold
    bool operator==(const LegalHold &) const = default;
};

//! \brief A conversation.
struct Room
{
    RoomId id;    //!< chosen by the creator or a UUIDv7
    QString name; //!< 0..128 characters, plain text
    RoomKind kind = RoomKind::Group;
    RoomVisibility visibility = RoomVisibility::Public;
    RoomPersistence persistence = RoomPersistence::Durable;
    bool assistantEnabled = false; //!< the assistant reads every message (always so in Assistant rooms)
    UserId createdBy;
    Timestamp createdAt{};
    qint64 lastSeq = 0; //!< sequence number of the newest event; 0 when there is none
    int memberCount = 0;
    qint64 messageCount = 0; //!< messages ever sent; kept by the server, not on the wire
    QString topic;                       //!< 0..250 characters in one line, plain text
    QString purpose;                     //!< 0..2000 characters, plain text
    bool readOnly = false;               //!< only owners and moderators post
    bool joinApproval = false;           //!< who wants to join waits for a moderator
    int slowModeSeconds = 0;             //!< between two messages of a member, 0..21600; 0: none
    std::optional<Timestamp> archivedAt; //!< set: readable and searchable, but nothing can be posted
    std::optional<int> retentionDays;    //!< 0: kept for ever; none: as the server is configured
    std::optional<LegalHold> hold;
    bool operator==(const Room &) const = default;
};

//! \brief A user's membership of a room.
struct Member
{
    UserId user;
    MemberRole role = MemberRole::Member;
    Timestamp joinedAt{};
    qint64 readUpTo = 0; //!< highest seq the user confirmed to have read; everybody in the room sees it
    // Private to the user, not on the wire of others. Unread is what lies behind it.
    qint64 seenUpTo = 0;   //!< the later of read and own sent; lower after "mark as unread"
    qint64 seenCount = 0;  //!< messages of the room up to there
    bool operator==(const Member &) const = default;
};

} // namespace Atom
