// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"
#include "server/storage/connection.h"

//! Audit records on the writer's thread, inside the job that stores the act: both are committed or neither.
namespace Atom::Storage::AuditAppender {

//! \brief Appends to the chain; a draft without an action does nothing. Call it after the act was stored, and only when
//! the act changed something. A failure is the connection's (see Connection::failure()) and undoes the whole job.
void append(Connection &db, const Audit::Draft &draft);
void append(Connection &db, const QList<Audit::Draft> &drafts);
//! \brief Erases what the log holds about a person beyond the id: addresses, values, reasons. The chain stays whole.
//! Append a record of the action "user.erased" about the account in the same job: without it verification takes the
//! holes for tampering.
void erase(Connection &db, const UserId &account);

} // namespace Atom::Storage::AuditAppender
