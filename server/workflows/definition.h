// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/template.h"
#include "server/workflows/inputschema.h"
#include "shared/core/clock.h"
#include "shared/model/workflow.h"

#include <memory>
#include <optional>
#include <vector>

namespace Atom::Workflows {

using Expressions::Expression;
using Expressions::Template;
using Expressions::UriTemplate;

struct Task;
using TaskList = std::vector<Task>;

enum class TaskKind { Do, Set, Switch, CallHttp, Try };

//! \brief How often and when a try block runs again. `attempts` counts the repetitions, not the first run.
struct RetryPolicy
{
    enum class Backoff { Constant, Linear, Exponential };
    std::optional<Expression> when, exceptWhen;
    milliseconds delay{0};
    Backoff backoff = Backoff::Constant;
    milliseconds jitterFrom{0}, jitterTo{0};
    std::optional<int> attempts;
    std::optional<milliseconds> attemptDuration; //!< one run of the block
    std::optional<milliseconds> duration;        //!< all runs and waits together
};

struct CatchClause
{
    QJsonObject filter;                         //!< errors.with
    QString variable = QStringLiteral("error"); //!< `as`
    std::optional<Expression> when, exceptWhen;
    std::optional<RetryPolicy> retry;
    bool hasTasks = false; //!< `do` is there
    TaskList tasks;        //!< `do`
    QString then;
};

struct SwitchCase
{
    QString name;
    std::optional<Expression> when; //!< nullopt: the default
    QString then;
};

struct HttpArguments
{
    enum class Output { Content, Raw, Response };
    QByteArray method;              //!< upper case
    std::optional<UriTemplate> uri; //!< or:
    Template endpoint;              //!< an expression
    Template headers, query;        //!< objects
    bool hasBody = false;
    Template body;
    Output output = Output::Content;
    bool redirect = false; //!< 3xx is an answer, not an error
};

//! \brief One task of a list. Immutable after parsing.
struct Task
{
    TaskKind kind = TaskKind::Do;
    QString name;
    QString reference;                   //!< JSON Pointer of its definition, for example "/do/0/getPet"
    std::optional<Expression> condition; //!< `if`
    std::optional<Template> inputFrom, outputAs, exportAs;
    QString then; //!< "", "continue", "exit", "end" or a name in the same list
    std::optional<milliseconds> timeout;

    TaskList tasks; //!< do, try
    Template set;
    std::vector<SwitchCase> cases;
    HttpArguments http;
    CatchClause caught; //!< try
};

//! \brief A parsed, checked definition.
struct Definition
{
    WorkflowSummary summary;
    QJsonObject document;
    QByteArray canonical; //!< compact JSON of the whole source
    InputSchema inputSchema;
    std::optional<Template> inputFrom, outputAs;
    TaskList tasks;
    std::optional<milliseconds> timeout;
};

} // namespace Atom::Workflows
