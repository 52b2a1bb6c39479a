// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/auditlog.h"

namespace Atom::Test {

//! \brief Keeps what is recorded in a list.
struct FakeAudit : Audit::ActSink, Audit::RefusalSink
{
    QList<Audit::Draft> acts;
    QList<Audit::Draft> refusals;
    QCoro::Task<Result<void>> record(Audit::Draft draft) override
    {
        acts.append(draft);
        co_return Result<void>();
    }
    void refused(Audit::Draft draft) override { refusals.append(draft); }
};

} // namespace Atom::Test
