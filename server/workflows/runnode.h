// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/egressclient.h"
#include "server/workflows/definition.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

namespace Atom::Workflows {

//! \brief An open position of a run: a task that has begun and not ended, or the run itself (the root, without a task).
//! Positions form a tree: a fork has a branch for each of its lists, everything else at most one child. Times are unix
//! milliseconds, 0: none. Owned by its parent.
struct RunNode
{
    enum class Phase {
        Body,      //!< works on its list
        Catch,     //!< try: works on `catch.do`
        RetryWait, //!< try: runs again at `dueAt`
        Effect,    //!< waits for an answer from outside
        Timer,     //!< wait: ends at `dueAt`
        Listen,    //!< takes events
    };
    static constexpr Phase lastPhase = Phase::Listen;

    const Task *task = nullptr; //!< of the definition; a branch has the task of its fork
    RunNode *parent = nullptr;
    std::vector<std::unique_ptr<RunNode>> children;
    Phase phase = Phase::Body;
    int place = 0; //!< in the list of the parent; of a branch: which one
    bool branch = false;
    QString reference; //!< JSON Pointer; inside of a function of `use`, that of the call before it
    QString path;      //!< which entry of the tasks around and of this one, see RunMachine::pathBelow()

    int index = 0;         //!< next task of the list
    QJsonValue data;       //!< its input
    QJsonValue raw, input; //!< of the task itself, as it came and transformed
    QJsonObject entered;   //!< how often each task of the list began in this pass, by place
    int attempt = 1;
    qint64 startedAt = 0;
    qint64 deadline = 0;        //!< of the task
    qint64 attemptDeadline = 0; //!< try: of this run of the block
    qint64 dueAt = 0;
    QJsonValue context; //!< Effect: `$context` as it began; branches beside it may change it
    int retries = 0;    //!< try: repetitions done
    QJsonObject error;  //!< Catch, RetryWait: what was caught

    QJsonArray items; //!< for: what is iterated; fork: outputs by branch; listen: outputs so far
    int item = -1;    //!< for, listen with foreach: the iteration, from 0
    int open = 0;     //!< fork: branches that have not ended

    QJsonArray queue;         //!< listen: events that wait for their iteration
    QJsonArray taken;         //!< listen to all: places of the filters that have their event; foreach with an
                              //!< `until` expression: the events it sees
    QJsonArray takenUntil;    //!< the same for `until`
    QJsonObject correlations; //!< listen: expected values by name
    QJsonValue event;         //!< listen with foreach: the one of this iteration
    bool closing = false;     //!< listen: takes no more events, ends after its queue

    // Not saved: what follows from the above.
    bool offered = false; //!< Effect: the caller knows it
    bool ready = false;   //!< stands in the list of positions that can go on
    std::optional<Connectors::HttpCall> call;

    const TaskList &list(const Definition &definition) const
    {
        if (!task)
            return definition.tasks;
        return phase == Phase::Catch ? task->caught.tasks : task->tasks;
    }
    //! Where the list ends: a branch is one task of the list of its fork.
    int listBegin() const { return branch ? place : 0; }
    int listEnd(const Definition &definition) const { return branch ? place + 1 : int(list(definition).size()); }
    bool isEffect() const { return phase == Phase::Effect; }
};

} // namespace Atom::Workflows
