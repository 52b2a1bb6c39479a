// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

namespace Atom::Storage {

class Connection;

//! \brief Brings a database to the newest schema with the numbered scripts `resources/sql/migrations/NNNN_name.sql`.
//! Each runs in a transaction of its own together with `PRAGMA user_version`, so a crash leaves a whole version.
class Migrator
{
public:
    //! \brief The version this program writes: the number of its last script.
    static int newestVersionBlocking();
    //! \return the version found before; Internal for a database of a newer program, of another program, or when a
    //! script fails. The detail says what to do.
    static Result<int> migrateBlocking(Connection &db);
    //! \brief True: migrateBlocking() would run scripts on what is there already.
    static bool isDueBlocking(Connection &db);
};

} // namespace Atom::Storage
