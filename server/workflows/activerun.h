// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/rundriver.h"

namespace Atom::Workflows {

//! \brief A run in memory. Shared by its coroutine and those of its effects.
struct RunDriver::Active
{
    Active(StoredRun s, RunMachine m) : stored(std::move(s)), snapshot(stored.snapshot), machine(std::move(m))
    {
        stored.snapshot.steps.clear();
    }
    struct Answer
    {
        QString key;
        std::variant<Result<Connectors::HttpReply>, EffectOutcome> outcome;
    };
    StoredRun stored;     //!< as in the repository, without steps
    RunSnapshot snapshot; //!< with steps
    RunMachine machine;
    TraceContext trace;
    int depth = 0;            //!< runs around it
    bool hasSubflows = false; //!< its definition has tasks that start others
    bool resumed = false;
    std::optional<RunStatus> lastStatus;           //!< before the transition under way; nullopt: it begins
    bool gone = false;                             //!< its coroutine has ended
    QList<Answer> answers;                         //!< not given to the machine yet
    QList<OneShot<bool>> given;                    //!< events the machine has seen, not yet journaled
    std::map<QString, CancellationSource> effects; //!< under way, by key
    QHash<RunId, QString> children;                //!< subflows waited for: their key
    std::function<void()> wake;                    //!< ends the wait under way
    OneShot<bool> journaled;                       //!< first transition saved, or given up
    std::unique_ptr<SpanScope> span;
    std::map<QString, std::unique_ptr<SpanScope>> stepSpans; //!< open ones by reference
};

//! \brief What a caller hears while the server stops.
Error closingError();

} // namespace Atom::Workflows
