// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userservice.h"

#include <QCoro/QCoroTask>

#include <QtCore/QTextStream>

namespace Atom::App {

//! \brief Whether the words are a command with what it takes, before anything is opened. \return 0, or 2 with the usage
//! on `err`.
int checkUserCommand(const QStringList &args, QTextStream &err);

//! \brief `atom-server user ...`, without the word "user": add NAME [--role R] [--name DISPLAY] [--password-stdin],
//! list, disable NAME, enable NAME, role NAME ROLE, password NAME [--password-stdin], remove-totp NAME, recover-owner
//! [NAME] (a new password, no second factor, enabled and owner again). Without --password-stdin a password is made and
//! printed once. The caller has opened the storage and loaded the service, and keeps everything alive until the task
//! ends. `in`: where a password is read from, one line; null: standard input. \return 0 done, 1 refused (the reason is
//! on `err`), 2 wrong usage.
//! Checks its arguments first, as checkUserCommand() does.
QCoro::Task<int> runUserCommand(QStringList args, Identity::UserService &users, QTextStream &out, QTextStream &err,
                                QTextStream *in = nullptr);

} // namespace Atom::App
