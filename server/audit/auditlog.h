// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/auditrepository.h"

namespace Atom::Audit {

//! \brief Takes refused acts, from whoever refuses. Main thread.
class RefusalSink
{
public:
    virtual ~RefusalSink() = default;
    //! \brief Queued and bounded: never blocks, never fails. Equal ones (actor, action, object) within a minute become
    //! one record with a count, so that a flood cannot fill the disk.
    virtual void refused(Draft draft) = 0;
};

} // namespace Atom::Audit
