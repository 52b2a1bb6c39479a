// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userrepository.h"
#include "server/storage/connection.h"

//! Rows of `users`, on the writer's or the reader's thread, within a job.
namespace Atom::Storage::UserRows {

QList<Identity::StoredUser> all(Connection &db);
bool exists(Connection &db, const UserId &id);
//! \brief \return Conflict when the id exists.
Result<void> insert(Connection &db, const Identity::StoredUser &user);
//! \brief With another password all sessions end in the same transaction, also when no server runs, except the one in
//! which the person itself changed it (see `audit`). \return NotFound when the id does not exist.
Result<void> update(Connection &db, const Identity::StoredUser &user, const Audit::Draft &audit);

} // namespace Atom::Storage::UserRows
