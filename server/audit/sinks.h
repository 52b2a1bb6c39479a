// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"
#include "shared/core/result.h"

#include <QCoro/QCoroTask>

namespace Atom::Audit {

//! \brief Takes refused acts, from whoever refuses. Main thread.
class RefusalSink
{
public:
    virtual ~RefusalSink() = default;
    //! \brief Queued and bounded: never blocks, never fails. Equal ones (actor, action, kind of object) become one
    //! record with a count, so that a flood cannot fill the disk: see RefusalBuffer.
    virtual void refused(Draft draft) = 0;
};

//! \brief Records acts that change nothing in the database. Main thread.
class ActSink
{
public:
    virtual ~ActSink() = default;
    //! \return Unavailable, Internal: the act should then not be reported as done.
    virtual QCoro::Task<Result<void>> record(Draft draft) = 0;
};

} // namespace Atom::Audit
