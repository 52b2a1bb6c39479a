// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/definitionreader.h"

namespace Atom::Workflows {

//! \brief Checks the ways through one list: every `then` names a task of the same list, and every task can be reached.
//! The branches of a fork run side by side: nothing leads from one to another.
void checkFlow(DefinitionReader &reader, const TaskList &tasks, bool isFork);

//! \brief Reports a task that runs the workflow it belongs to and that every run reaches: such runs have no end.
//! A run that is not waited for, after a `wait` or `listen`, is meant so: it hands over to the next.
void checkSelfRun(DefinitionReader &reader, const Definition &definition);

} // namespace Atom::Workflows
