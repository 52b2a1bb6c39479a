// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/workflowrepository.h"

namespace Atom::Workflows {

//! \brief The lifecycle events of the Open Workflow DSL for one transition (dsl.md, "Lifecycle Events"), in order:
//! `io.serverlessworkflow.task.{created,started,completed,faulted,cancelled,retried}.v1` and
//! `io.serverlessworkflow.workflow.{started,suspended,resumed,completed,faulted,cancelled}.v1`. They carry no inputs;
//! outputs only of what completed. `before`: the status of the run before, nullopt: it begins.
QList<QJsonObject> lifecycleEvents(std::optional<RunStatus> before, const RunTransition &transition);

} // namespace Atom::Workflows
