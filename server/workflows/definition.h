// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/template.h"
#include "server/workflows/schema.h"
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

enum class TaskKind {
    Do,
    Set,
    Switch,
    For,
    Fork,
    Try,
    Raise,
    Wait,
    Emit,
    Listen,
    CallHttp,
    CallFunction, //!< of `use.functions`, or `name@catalog` given by the server
    RunWorkflow,
    Unsupported, //!< valid, but not built or not allowed: a configuration error when it is run
};

//! \brief A duration that is known, or that is computed when it is needed (then `computed` gives text or an object).
struct DurationValue
{
    milliseconds fixed{0};
    std::optional<Template> computed;
};

//! \brief How often and when a try block runs again. `attempts` counts the repetitions, not the first run.
struct RetryPolicy
{
    enum class Backoff { Constant, Linear, Exponential };
    std::optional<Expression> when, exceptWhen;
    DurationValue delay;
    Backoff backoff = Backoff::Constant;
    std::optional<DurationValue> increment; //!< linear; default: the delay
    double factor = 2;                      //!< exponential
    std::optional<DurationValue> maxDelay;
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

//! \brief How a call proves who calls. Field values may be expressions; `secret` names an entry of `use.secrets` that
//! holds the whole object.
struct Authentication
{
    enum class Kind { None, Basic, Bearer, Digest, OAuth2, Oidc, Certificate, Connection };
    Kind kind = Kind::None;
    QString secret;     //!< basic: {use: name}
    QString connection; //!< Kind::Connection: `use: connection:<id>`
    Template fields;    //!< username, password, token, authority, grant, client, ...
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
    Authentication authentication;
};

struct FunctionCall
{
    QString name;    //!< without the catalog
    QString catalog; //!< empty: `use.functions`, expanded: `tasks` of the Task holds that one task, name `name`
    Template with;   //!< arguments
};

struct ForLoop
{
    QString each = QStringLiteral("item"), at = QStringLiteral("index"); //!< without `$`
    Template in;                                                         //!< gives an array
    std::optional<Expression> whileTrue;
};

//! \brief What events a listener takes: all attributes must match.
struct EventFilter
{
    struct Attribute
    {
        QString name;                     //!< id, source, type, subject, data, an extension, ...
        QJsonValue literal;               //!< equal, or for text also a regular expression over the whole value
        std::optional<Expression> wanted; //!< true with the attribute's value as input
    };
    struct Correlation
    {
        QString name;
        Expression from;                //!< over the event (envelope)
        std::optional<Template> expect; //!< absent: the first event's value is expected of the others
    };
    QList<Attribute> with;
    QList<Correlation> correlate;
};

//! \brief `to` of listen, `on` of schedule.
struct EventStrategy
{
    enum class Mode { One, Any, All };
    Mode mode = Mode::One;
    QList<EventFilter> filters; //!< any, empty: every event
    //! `until` of any: none given and `untilForever` false: the first event that matches ends it.
    std::optional<Expression> untilTrue;          //!< over the array consumed so far
    std::shared_ptr<EventStrategy> untilConsumed; //!< ends when this strategy is satisfied
    bool untilForever = false;                    //!< `until: false`
};

enum class EventRead { Data, Envelope, Raw };

//! \brief `foreach` of listen: each event is worked on as it comes.
struct EventLoop
{
    QString item = QStringLiteral("item"), at = QStringLiteral("index");
    std::optional<Template> outputAs, exportAs; // the tasks are Task::tasks
    Schema outputSchema, exportSchema;
};

struct ListenArguments
{
    EventStrategy to;
    EventRead read = EventRead::Data;
    std::optional<EventLoop> each;
};

struct SubflowCall
{
    QString ns, name, version; //!< version may be "latest"
    Template input;
    bool await = true;
};

//! \brief One task of a list. Immutable after parsing.
struct Task
{
    TaskKind kind = TaskKind::Do;
    QString name;
    QString reference;                   //!< JSON Pointer of its definition, for example "/do/0/getPet"
    std::optional<Expression> condition; //!< `if`
    Schema inputSchema, outputSchema, exportSchema;
    std::optional<Template> inputFrom, outputAs, exportAs;
    QString then; //!< "", "continue", "exit", "end" or a name in the same list
    std::optional<DurationValue> timeout;
    QJsonObject metadata;

    //! do, try, for, fork (the branches), listen.foreach, call of an own function (its one task, whose references begin
    //! with the call's: they are unique, but no place of the source).
    TaskList tasks;
    Template set;
    std::vector<SwitchCase> cases;
    ForLoop loop;
    bool compete = false; //!< fork
    CatchClause caught;   //!< try
    Template error;       //!< raise: the object, `instance` is set when it is raised
    DurationValue wait;
    Template event; //!< emit.event.with
    ListenArguments listen;
    HttpArguments http;
    FunctionCall function;
    SubflowCall subflow;
    QString refusal; //!< Unsupported: what it is and why it cannot run here
};

//! \brief What starts runs by itself.
struct Schedule
{
    std::optional<milliseconds> every, after;
    QString cron; //!< five fields, or six with a leading second
    std::optional<EventStrategy> on;
    EventRead read = EventRead::Data;
    bool isEmpty() const { return !every && !after && cron.isEmpty() && !on; }
};

//! \brief A parsed, checked definition.
struct Definition
{
    WorkflowSummary summary;
    QJsonObject document;
    QByteArray canonical; //!< compact JSON of the whole source
    Schema inputSchema, outputSchema;
    std::optional<Template> inputFrom, outputAs;
    QStringList secrets; //!< use.secrets
    TaskList tasks;
    std::optional<DurationValue> timeout;
    Schedule schedule;
};

} // namespace Atom::Workflows
