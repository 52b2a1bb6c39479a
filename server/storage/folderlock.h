// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <memory>

namespace Atom::Storage {

//! \brief Keeps a second server off the same data folder, by the file `atom.lock` in it. The operating system drops the
//! lock with the process, however it ended, so a start after a crash is never refused.
class FolderLock
{
public:
    //! \return Conflict when another process (or another lock of this one) has it, Internal when the file cannot be
    //! made.
    static Result<std::unique_ptr<FolderLock>> acquire(const QString &folder);
    virtual ~FolderLock() = default;
};

} // namespace Atom::Storage
