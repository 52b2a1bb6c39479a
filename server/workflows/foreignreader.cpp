// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of TaskReader for what is checked but cannot run here: calls of other protocols, and processes. Their
// arguments are described by JSON Schemas, after schema/workflow.yaml of the Open Workflow DSL 1.0.3.
#include "server/expressions/jsonvalues.h"
#include "server/workflows/authenticationreader.h"
#include "server/workflows/durations.h"
#include "server/workflows/taskreader.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
constexpr auto shared = R"(
"endpoint": {"anyOf": [{"type": "string", "minLength": 1},
    {"type": "object", "properties": {"uri": {"type": "string", "minLength": 1}, "authentication": {"type": "object"}},
     "required": ["uri"], "additionalProperties": false}]},
"resource": {"type": "object", "properties": {"name": {"type": "string"}, "endpoint": {"$ref": "#/$defs/endpoint"}},
    "required": ["endpoint"], "additionalProperties": false},
"output": {"enum": ["raw", "content", "response"]},
"duration": {"type": ["object", "string"]},
"texts": {"type": "object", "additionalProperties": {"type": "string"}},
"list": {"type": "array", "items": {"type": "string"}},
"free": {"type": ["object", "string"]},
"message": {"type": "object", "properties": {"payload": {"type": "object"}, "headers": {"type": "object"}},
    "additionalProperties": false})";

constexpr auto openapi = R"("properties": {"document": {"$ref": "#/$defs/resource"}, "operationId": {"type": "string"},
    "parameters": {"type": "object"}, "authentication": {"type": "object"}, "output": {"$ref": "#/$defs/output"},
    "redirect": {"type": "boolean"}}, "required": ["document", "operationId"])";

constexpr auto grpc = R"("properties": {"proto": {"$ref": "#/$defs/resource"}, "method": {"type": "string"},
    "arguments": {"type": "object"},
    "service": {"type": "object", "properties": {"name": {"type": "string"},
        "host": {"type": "string", "pattern": "^[a-zA-Z0-9](?:[a-zA-Z0-9-.]{0,61}[a-zA-Z0-9])?$"},
        "port": {"type": "integer", "minimum": 0, "maximum": 65535}, "authentication": {"type": "object"}},
        "required": ["name", "host"], "additionalProperties": false}},
    "required": ["proto", "service", "method"])";

constexpr auto asyncapi = R"("properties": {"document": {"$ref": "#/$defs/resource"}, "channel": {"type": "string"},
    "operation": {"type": "string"}, "authentication": {"type": "object"},
    "server": {"type": "object", "properties": {"name": {"type": "string"}, "variables": {"type": "object"}},
        "required": ["name"], "additionalProperties": false},
    "protocol": {"enum": ["amqp", "amqp1", "anypointmq", "googlepubsub", "http", "ibmmq", "jms", "kafka", "mercure",
        "mqtt", "mqtt5", "nats", "pulsar", "redis", "sns", "solace", "sqs", "stomp", "ws"]},
    "message": {"$ref": "#/$defs/message"},
    "subscription": {"type": "object", "properties": {"filter": {"type": "string"}, "foreach": {"type": "object"},
        "consume": {"type": "object", "properties": {"for": {"$ref": "#/$defs/duration"},
            "amount": {"type": "integer", "minimum": 1}, "while": {"type": "string"}, "until": {"type": "string"}},
            "oneOf": [{"required": ["amount"]}, {"required": ["while"]}, {"required": ["until"]}],
            "additionalProperties": false}},
        "required": ["consume"], "additionalProperties": false}},
    "required": ["document"],
    "allOf": [{"oneOf": [{"required": ["operation"]}, {"required": ["channel"]}]},
              {"oneOf": [{"required": ["message"]}, {"required": ["subscription"]}]}])";

constexpr auto a2a =
    R"("properties": {"agentCard": {"$ref": "#/$defs/resource"}, "server": {"$ref": "#/$defs/endpoint"},
    "method": {"enum": ["message/send", "message/stream", "tasks/get", "tasks/list", "tasks/cancel",
        "tasks/resubscribe", "tasks/pushNotificationConfig/set", "tasks/pushNotificationConfig/get",
        "tasks/pushNotificationConfig/list", "tasks/pushNotificationConfig/delete",
        "agent/getAuthenticatedExtendedCard"]},
    "parameters": {"$ref": "#/$defs/free"}}, "required": ["method"])";

constexpr auto mcp = R"("properties": {"protocolVersion": {"type": "string"},
    "method": {"enum": ["tools/list", "tools/call", "prompts/list", "prompts/get", "resources/list", "resources/read",
        "resources/templates/list"]},
    "parameters": {"$ref": "#/$defs/free"}, "timeout": {"$ref": "#/$defs/duration"},
    "transport": {"type": "object", "oneOf": [{"required": ["http"]}, {"required": ["stdio"]}],
        "properties": {"options": {"$ref": "#/$defs/texts"},
            "http": {"type": "object", "properties": {"endpoint": {"$ref": "#/$defs/endpoint"},
                "headers": {"$ref": "#/$defs/texts"}}, "required": ["endpoint"], "additionalProperties": false},
            "stdio": {"type": "object", "properties": {"command": {"type": "string"},
                "arguments": {"$ref": "#/$defs/list"}, "environment": {"$ref": "#/$defs/texts"}},
                "required": ["command"], "additionalProperties": false}},
        "additionalProperties": false},
    "client": {"type": "object", "properties": {"name": {"type": "string"}, "version": {"type": "string"}},
        "required": ["name", "version"], "additionalProperties": false}},
    "required": ["method", "transport"])";

constexpr auto container = R"("properties": {"image": {"type": "string"}, "name": {"type": "string"},
    "command": {"type": "string"}, "ports": {"type": "object"}, "volumes": {"type": "object"},
    "environment": {"type": "object"}, "stdin": {"type": "string"}, "arguments": {"$ref": "#/$defs/list"},
    "pullPolicy": {"enum": ["ifNotPresent", "always", "never"]},
    "lifetime": {"type": "object", "properties": {"cleanup": {"enum": ["always", "never", "eventually"]},
        "after": {"$ref": "#/$defs/duration"}}, "required": ["cleanup"], "additionalProperties": false,
        "if": {"properties": {"cleanup": {"const": "eventually"}}}, "then": {"required": ["after"]},
        "else": {"properties": {"after": false}}}},
    "required": ["image"])";

constexpr auto script = R"("properties": {"language": {"type": "string"}, "stdin": {"type": "string"},
    "arguments": {"$ref": "#/$defs/list"}, "environment": {"type": "object"}, "code": {"type": "string"},
    "source": {"$ref": "#/$defs/resource"}},
    "required": ["language"], "oneOf": [{"required": ["code"]}, {"required": ["source"]}])";

constexpr auto shell = R"("properties": {"command": {"type": "string"}, "stdin": {"type": "string"},
    "arguments": {"$ref": "#/$defs/list"}, "environment": {"type": "object"}}, "required": ["command"])";

struct Foreign
{
    Schema shape;
    QString refusal;
    QList<QStringList> durations; //!< where they stand
};

Foreign foreignKind(const char *properties, const QString &refusal, const QList<QStringList> &durations = {})
{
    const QByteArray text = QByteArray(R"({"type": "object", "additionalProperties": false, "$defs": {)") + shared +
                            "}, " + properties + '}';
    QList<FieldError> issues;
    Foreign out{Schema::compile(QJsonDocument::fromJson(text).object(), {}, issues), refusal, durations};
    Q_ASSERT(issues.isEmpty());
    return out;
}

const std::map<QString, Foreign> &foreignKinds()
{
    static const std::map<QString, Foreign> kinds = {
        {u"openapi"_s, foreignKind(openapi, u"calls described by an OpenAPI document are not built"_s)},
        {u"grpc"_s, foreignKind(grpc, u"calls of gRPC services are not built"_s)},
        {u"asyncapi"_s, foreignKind(asyncapi, u"calls described by an AsyncAPI document are not built"_s,
                                    {{u"subscription"_s, u"consume"_s, u"for"_s}})},
        {u"a2a"_s, foreignKind(a2a, u"calls of A2A agents are not built"_s)},
        {u"mcp"_s, foreignKind(mcp, u"calls of MCP servers are not built"_s, {{u"timeout"_s}})},
        {u"container"_s, foreignKind(container, u"this server runs no containers"_s, {{u"lifetime"_s, u"after"_s}})},
        {u"script"_s, foreignKind(script, u"this server runs no scripts"_s)},
        {u"shell"_s, foreignKind(shell, u"this server runs no shell commands"_s)},
    };
    return kinds;
}

} // namespace

const QStringList &foreignCalls()
{
    static const QStringList names = {u"openapi"_s, u"mcp"_s, u"grpc"_s, u"asyncapi"_s, u"a2a"_s};
    return names;
}

void TaskReader::foreign(Task &task, const QString &kind, const QJsonObject &arguments, const QString &pointer,
                         int depth)
{
    const Foreign &known = foreignKinds().at(kind);
    task.kind = TaskKind::Unsupported;
    task.refusal = u"`%1`: %2"_s.arg(kind, known.refusal);
    if (const Result<void> fits = known.shape.check(arguments); !fits) {
        for (const FieldError &field : fits.error().fields) {
            const QString at = pointer + field.pointer;
            m_reader.issueAtKey(at, u"`%1` %2%3"_s.arg(at.section(u'/', -1), field.detail,
                                                       field.detail.endsWith(u'?') ? QString() : u"."_s));
        }
        return;
    }
    for (const QStringList &path : known.durations) {
        QJsonObject around = arguments;
        QString at = pointer;
        for (const QString &step : path.first(path.size() - 1)) {
            around = around.value(step).toObject();
            at = pointerJoin(at, step);
        }
        (void)m_reader.durationValue(around, path.last(), at, Sees::Inside);
    }
    foreignAuthentications(arguments, pointer);
    // The tasks of a subscription are tasks; everything else may hold expressions.
    QJsonObject plain = arguments;
    QJsonObject subscription = arguments.value(u"subscription").toObject();
    QStringList itsVariables;
    if (subscription.contains(u"foreach")) {
        TaskList unused;
        const EventLoop each =
            eventLoop(unused, subscription.value(u"foreach").toObject(), pointer + u"/subscription/foreach"_s, depth);
        subscription.remove(u"foreach"_s);
        plain.insert(u"subscription"_s, subscription);
        itsVariables = {each.item, each.at};
    }
    for (const QString &name : itsVariables)
        m_reader.pushVariable(name);
    (void)m_reader.expressions(plain, pointer, Sees::Inside);
    for (qsizetype i = 0; i < itsVariables.size(); ++i)
        m_reader.popVariable();
}

void TaskReader::foreignAuthentications(const QJsonValue &value, const QString &pointer)
{
    static const QStringList payload = {u"parameters"_s, u"arguments"_s, u"message"_s, u"environment"_s, u"foreach"_s};
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QString at = pointerJoin(pointer, it.key());
        if (it.key() == u"authentication" && it.value().isObject())
            (void)readAuthentication(m_reader, it.value().toObject(), at, m_use.authentications);
        else if (!payload.contains(it.key()))
            foreignAuthentications(it.value(), at);
    }
}

} // namespace Atom::Workflows
