// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userservice.h"
#include "server/rooms/roomservice.h"

namespace Atom::App {

//! \brief An account made for the demo, with its generated password.
struct DemoAccount
{
    UserId user;
    QString password;
};

//! \brief Fills an empty server for a first look: three people, two rooms, a few messages. Accounts that exist are left
//! alone (and not in the answer), so calling it again does nothing. Main thread.
QCoro::Task<Result<QList<DemoAccount>>> seedDemo(Identity::UserService &users, Rooms::RoomService &rooms);

//! \brief Adds the accounts to `<dataFolder>/demo-credentials.txt`, readable by the owner only.
Result<void> writeDemoCredentials(const QString &dataFolder, const QList<DemoAccount> &accounts);

} // namespace Atom::App
