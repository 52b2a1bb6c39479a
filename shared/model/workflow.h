// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

namespace Atom {

//! \brief Phases of a run or a step (Open Workflow DSL 1.0). Wire names: lower case.
enum class RunStatus { Pending, Running, Waiting, Completed, Faulted, Cancelled, Suspended };
QString runStatusName(RunStatus status);
std::optional<RunStatus> runStatusFromName(const QString &name);
inline bool isTerminal(RunStatus s)
{
    return s == RunStatus::Completed || s == RunStatus::Faulted || s == RunStatus::Cancelled;
}

//! \brief What lists show of a workflow definition.
struct WorkflowSummary
{
    WorkflowId id;   //!< "namespace.name"
    QString version; //!< document.version, semver
    QString title;
    bool enabled = true;
    bool operator==(const WorkflowSummary &) const = default;
};

//! \brief One attempt of one task of a run.
struct StepRecord
{
    QString reference; //!< JSON Pointer of the task in the definition, for example "/do/0/getPet"
    QString name;
    int attempt = 1; //!< 1-based
    RunStatus status = RunStatus::Running;
    QJsonValue input;
    QJsonValue output;
    QJsonObject error; //!< DSL error object {type, status, title, detail, instance}; empty when none
    Timestamp startedAt{};
    std::optional<Timestamp> endedAt;
    bool operator==(const StepRecord &) const = default;
};

//! \brief A run as shown to people; steps in start order.
struct RunSnapshot
{
    RunId id;
    WorkflowId workflow;
    QString version;
    RunStatus status = RunStatus::Pending;
    QJsonValue input;
    QJsonValue output;
    QJsonObject error;
    RoomId room; //!< where it was started from; may be empty
    UserId startedBy;
    TraceId trace;
    Timestamp startedAt{};
    std::optional<Timestamp> endedAt;
    RunId parent;   //!< the run that started it by a task; may be empty
    RunId retryOf;  //!< the faulted run it repeats; may be empty
    QString reason; //!< why it was cancelled or suspended; may be empty
    QList<StepRecord> steps;
    bool operator==(const RunSnapshot &) const = default;
};

//! \brief One change of a run, without its contents: for live views. `step` empty: the run itself.
struct RunProgress
{
    RunId run;
    WorkflowId workflow;
    RoomId room;
    QString step; //!< name of the task
    QString reference;
    RunStatus status = RunStatus::Running;
};

} // namespace Atom
