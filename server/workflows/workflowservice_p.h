// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/rundriver.h"
#include "server/workflows/workflowservice.h"

#include <map>

namespace Atom::Workflows {

struct WorkflowService::Private
{
    struct Loaded
    {
        StoredDefinition stored;
        std::shared_ptr<const Definition> parsed;
    };
    Private(WorkflowRepository &r, Connectors::EgressClient &e, TraceSink &t, Clock &c, MetricRegistry &m)
        : repository(r), clock(c), driver(r, e, t, c, m)
    {
    }
    WorkflowRepository &repository;
    Clock &clock;
    std::map<QByteArray, Loaded> definitions; //!< the version in use, by id
    BootReport boot;
    bool closing = false;
    RunDriver driver;
};

} // namespace Atom::Workflows
