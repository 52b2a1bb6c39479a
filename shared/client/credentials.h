// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"
#include "shared/model/user.h"

#include <QtCore/QObject>

namespace Atom::Client {

//! \brief What sign-in and refresh answered. Tokens are secrets: never log or show them.
struct Tokens
{
    QByteArray accessToken;
    QByteArray refreshToken;
    Timestamp accessExpiresAt{};
    SessionId session;
    User user;
    bool isEmpty() const { return accessToken.isEmpty(); }
};

} // namespace Atom::Client
