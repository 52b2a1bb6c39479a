// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/runeffect.h"
#include "shared/core/cancellation.h"
#include "shared/core/deadline.h"
#include "shared/model/trace.h"

#include <QCoro/QCoroTask>

namespace Atom::Workflows {

//! \brief A call of a function that the server gives (`name@catalog`).
struct FunctionRequest
{
    QString name, catalog;
    QJsonValue arguments;
    QByteArray idempotencyKey; //!< the same for the repetition of a call whose answer was lost
    RunId run;
    WorkflowId workflow;
    RoomId room; //!< where the run was started from; may be empty
    UserId user; //!< who started it
    TraceContext trace;
};

//! \brief The functions of the server. Main thread.
class FunctionRegistry
{
public:
    virtual ~FunctionRegistry() = default;
    virtual bool has(const QString &name, const QString &catalog) const = 0;
    //! \brief The value, or a DSL error object (makeError(); `instance` is set by the engine). Called at least once for
    //! each call of a run; `token` asks to stop, then the outcome is not looked at.
    virtual QCoro::Task<EffectOutcome> call(FunctionRequest request, Deadline deadline, CancellationToken token) = 0;
};

//! \brief Where the values of `use.secrets` come from. Main thread; answers from memory.
class SecretProvider
{
public:
    virtual ~SecretProvider() = default;
    //! \brief The value for this workflow; nullopt: there is none, or this workflow may not have it.
    virtual std::optional<QJsonValue> secret(const WorkflowId &workflow, const QString &name) const = 0;
};

//! \brief Adds what a request needs to prove who calls: tokens that have to be asked for, stored connections.
class RequestAuthorizer
{
public:
    virtual ~RequestAuthorizer() = default;
    //! \return the completed request, or a DSL error object.
    virtual QCoro::Task<std::variant<Connectors::HttpCall, QJsonObject>>
    authorize(RunEffect effect, WorkflowId workflow, Deadline deadline, CancellationToken token) = 0;
};

} // namespace Atom::Workflows
