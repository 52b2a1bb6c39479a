// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

#include <QtCore/QString>

namespace Atom {

//! \brief What a person says about itself. All texts are plain and may be empty; lengths in code points.
struct Profile
{
    QString title;    //!< 0..64
    QString email;    //!< 0..254, never verified, never shown to others
    QString timeZone; //!< an IANA id, for example "Europe/Berlin", or empty
    QString locale;   //!< BCP 47, for example "de-AT", or empty
    QString pronouns; //!< 0..32
    QString bio;      //!< 0..500, line breaks allowed
    bool operator==(const Profile &) const = default;
};

//! \brief What a person does right now, as told to those who share a room with it.
struct UserStatus
{
    QString text;  //!< 0..100 code points, plain
    QString emoji; //!< 0..8 code points: one emoji, or empty
    bool doNotDisturb = false;
    std::optional<Timestamp> expiresAt; //!< gone by itself then; none: stays
    bool isEmpty() const { return text.isEmpty() && emoji.isEmpty() && !doNotDisturb; }
    bool operator==(const UserStatus &) const = default;
};

} // namespace Atom
