// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/auditlog.h"
#include "server/http/endpoints/routing.h"

namespace Atom::HttpEndpoints {

//! \brief `/api/v1/audit`: who did what, as lists and files, and the check that nobody changed it. Reading the log and
//! checking it are recorded in it. Main thread.
class AuditEndpoint
{
public:
    AuditEndpoint(Audit::AuditLog &log, const Clock &clock);
    QList<Route> routes();

private:
    QCoro::Task<Response> list(Request request, Actor actor);
    QCoro::Task<Response> exportFile(Request request, Actor actor);
    QCoro::Task<Response> verify(Request request, Actor actor);

    Audit::AuditLog &m_log;
    const Clock &m_clock;
};

} // namespace Atom::HttpEndpoints
