// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The top level of a definition.
#include "server/expressions/jsonvalues.h"
#include "server/workflows/cron.h"
#include "server/workflows/definitionreader.h"
#include "server/workflows/durations.h"
#include "server/workflows/flowcheck.h"
#include "server/workflows/taskreader.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;
using Sees = DefinitionReader::Sees;

namespace {
constexpr milliseconds shortestInterval{1000};

class DocumentReader
{
public:
    DocumentReader(DefinitionReader &reader, const QJsonObject &root, Definition &definition)
        : m_reader(reader), m_root(root), m_definition(definition), m_tasks(reader, m_use)
    {
    }

    void read()
    {
        m_reader.checkKeys(
            m_root, {},
            {u"document"_s, u"input"_s, u"use"_s, u"do"_s, u"timeout"_s, u"output"_s, u"schedule"_s, u"evaluate"_s});
        document();
        evaluation();
        const QJsonObject use = m_reader.object(m_root, u"use"_s, {}).value_or(QJsonObject());
        m_tasks.readUse(use);
        m_definition.secrets = m_reader.secrets();
        data();
        m_definition.timeout = m_tasks.timeout(m_root, {});
        if (const auto part = m_reader.object(m_root, u"schedule"_s, {}))
            schedule(*part);
        m_tasks.readFunctions();
        const auto extensions = m_tasks.readExtensions(use.value(u"extensions"));
        if (m_root.contains(u"do"))
            m_definition.tasks = m_tasks.list(m_root.value(u"do"), u"/do"_s, 1);
        else
            m_reader.issue({}, u"`do`, the list of tasks, is missing."_s);
        if (m_reader.isGood())
            checkSelfRun(m_reader, m_definition);
        for (const auto &[name, target] : extensions)
            refuseExtended(m_definition.tasks, name, target);
    }

private:
    void document()
    {
        const QString pointer = u"/document"_s;
        const std::optional<QJsonObject> document = m_reader.object(m_root, u"document"_s, {});
        if (!document) {
            if (!m_root.contains(u"document"))
                m_reader.issue({}, u"`document` is missing: {dsl, namespace, name, version}."_s);
            return;
        }
        m_definition.document = *document;
        m_reader.checkKeys(
            *document, pointer,
            {u"dsl"_s, u"namespace"_s, u"name"_s, u"version"_s, u"title"_s, u"summary"_s, u"tags"_s, u"metadata"_s});
        static const QRegularExpression name(u"\\A[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\z"_s);
        static const QRegularExpression version(
            u"\\A(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})(?:[-+][0-9A-Za-z.+-]{1,64})?\\z"_s);
        for (const QString &key : {u"dsl"_s, u"namespace"_s, u"name"_s, u"version"_s}) {
            const QString value = m_reader.text(*document, key, pointer);
            const bool isVersion = key == u"dsl" || key == u"version";
            if (!document->contains(key))
                m_reader.issue(pointer, u"`document.%1` is missing."_s.arg(key));
            else if (document->value(key).isString() && !(isVersion ? version : name).match(value).hasMatch())
                m_reader.issue(pointerJoin(pointer, key),
                               isVersion ? u"`%1` must be a semantic version like 1.0.0."_s.arg(key)
                                         : u"`%1` must be 1 to 63 letters, digits or hyphens."_s.arg(key));
            else if (key == u"dsl" && document->value(key).isString() && !value.startsWith(u"1.0."))
                m_reader.issue(pointerJoin(pointer, key),
                               u"DSL version %1 is not supported; 1.0.0 to 1.0.3 are."_s.arg(value.left(64)));
        }
        const QString title = m_reader.text(*document, u"title"_s, pointer);
        (void)m_reader.text(*document, u"summary"_s, pointer);
        (void)m_reader.object(*document, u"tags"_s, pointer);
        (void)m_reader.object(*document, u"metadata"_s, pointer);
        const QString own = document->value(u"name").toString();
        m_definition.summary.id = WorkflowId::fromString(document->value(u"namespace").toString() + u'.' + own);
        m_definition.summary.version = document->value(u"version").toString();
        m_definition.summary.title = title.isEmpty() ? own : title;
    }

    void evaluation()
    {
        const auto evaluate = m_reader.object(m_root, u"evaluate"_s, {});
        if (!evaluate)
            return;
        m_reader.checkKeys(*evaluate, u"/evaluate"_s, {u"language"_s, u"mode"_s});
        if (evaluate->contains(u"language") && evaluate->value(u"language") != u"jq"_s)
            m_reader.issue(u"/evaluate/language"_s, u"Only the expression language `jq` is supported."_s);
        if (evaluate->contains(u"mode") && evaluate->value(u"mode") != u"strict"_s)
            m_reader.issue(u"/evaluate/mode"_s, u"Only the mode `strict` is supported."_s);
    }

    void data()
    {
        if (const auto input = m_reader.object(m_root, u"input"_s, {})) {
            m_reader.checkKeys(*input, u"/input"_s, {u"schema"_s, u"from"_s});
            m_definition.inputSchema = m_reader.schema(*input, u"/input"_s);
            if (input->contains(u"from"))
                m_definition.inputFrom =
                    m_reader.expressions(input->value(u"from"), u"/input/from"_s, Sees::WorkflowInput, true);
        }
        if (const auto output = m_reader.object(m_root, u"output"_s, {})) {
            m_reader.checkKeys(*output, u"/output"_s, {u"schema"_s, u"as"_s});
            m_definition.outputSchema = m_reader.schema(*output, u"/output"_s);
            if (output->contains(u"as"))
                m_definition.outputAs =
                    m_reader.expressions(output->value(u"as"), u"/output/as"_s, Sees::WorkflowOutput, true);
        }
    }

    void schedule(const QJsonObject &object)
    {
        const QString pointer = u"/schedule"_s;
        Schedule &out = m_definition.schedule;
        m_reader.checkKeys(object, pointer, {u"every"_s, u"cron"_s, u"after"_s, u"on"_s, u"read"_s});
        if (object.isEmpty())
            m_reader.issue(pointer, u"`schedule` needs one of every, cron, after, on."_s);
        out.every = m_reader.duration(object, u"every"_s, pointer);
        out.after = m_reader.duration(object, u"after"_s, pointer);
        if (out.every && *out.every < shortestInterval)
            m_reader.issue(pointer + u"/every"_s, u"`every` is at least one second."_s);
        if (object.contains(u"cron")) {
            out.cron = m_reader.text(object, u"cron"_s, pointer);
            const Result<CronExpression> cron = CronExpression::parse(out.cron);
            if (object.value(u"cron").isString() && !cron)
                m_reader.issue(pointer + u"/cron"_s, u"`cron`: %1."_s.arg(cron.error().detail));
        }
        if (const auto on = m_reader.object(object, u"on"_s, pointer))
            out.on = m_tasks.strategy(*on, pointer + u"/on"_s, Sees::Trigger);
        const QString read = m_reader.choice(object, u"read"_s, pointer, {u"data"_s, u"envelope"_s, u"raw"_s});
        out.read = read == u"envelope" ? EventRead::Envelope : read == u"raw" ? EventRead::Raw : EventRead::Data;
        if (object.contains(u"read") && !object.contains(u"on"))
            m_reader.issueAtKey(pointer + u"/read"_s, u"`read` goes with `on`: it says how the events are read."_s);
    }

    // An extension puts tasks around others; those it is meant for cannot run without it.
    static void refuseExtended(TaskList &tasks, const QString &name, const QString &target)
    {
        for (Task &task : tasks) {
            refuseExtended(task.tasks, name, target);
            refuseExtended(task.caught.tasks, name, target);
            if (!isExtended(task, target) || task.kind == TaskKind::Unsupported)
                continue;
            task.kind = TaskKind::Unsupported;
            task.refusal =
                u"the extension `%1` is meant for this task, and extensions are not built"_s.arg(name.left(64));
        }
    }
    static bool isExtended(const Task &task, const QString &target)
    {
        static const QHash<QString, QList<TaskKind>> kinds = {
            {u"call"_s, {TaskKind::CallHttp, TaskKind::CallFunction}},
            {u"composite"_s, {TaskKind::Do, TaskKind::Fork}},
            {u"emit"_s, {TaskKind::Emit}},
            {u"for"_s, {TaskKind::For}},
            {u"listen"_s, {TaskKind::Listen}},
            {u"raise"_s, {TaskKind::Raise}},
            {u"run"_s, {TaskKind::RunWorkflow}},
            {u"set"_s, {TaskKind::Set}},
            {u"switch"_s, {TaskKind::Switch}},
            {u"try"_s, {TaskKind::Try}},
            {u"wait"_s, {TaskKind::Wait}},
        };
        return target == u"all" || kinds.value(target).contains(task.kind);
    }

    DefinitionReader &m_reader;
    const QJsonObject &m_root;
    Definition &m_definition;
    Reusables m_use;
    TaskReader m_tasks;
};

void sortByPlace(QList<DefinitionIssue> &issues)
{
    std::stable_sort(issues.begin(), issues.end(), [](const DefinitionIssue &a, const DefinitionIssue &b) {
        return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
}
} // namespace

std::shared_ptr<const Definition> parseDefinition(const QByteArray &source, QList<DefinitionIssue> &issues)
{
    auto definition = std::make_shared<Definition>();
    const SourceDocument document = SourceDocument::parse(source);
    for (const SourceIssue &i : document.issues) {
        const QString message =
            i.message.left(1).toUpper() + i.message.mid(1) + (i.message.endsWith(u'.') ? u""_s : u"."_s);
        issues.append({i.position.line, i.position.column, i.pointer, message});
    }
    if (!issues.isEmpty())
        return definition;
    DefinitionReader reader(document, issues);
    if (!document.value.isObject()) {
        reader.issue({}, u"A workflow definition is an object with `document` and `do`."_s);
        return definition;
    }
    const QJsonObject root = document.value.toObject();
    definition->canonical = QJsonDocument(root).toJson(QJsonDocument::Compact);
    DocumentReader(reader, root, *definition).read();
    sortByPlace(issues);
    return definition;
}

} // namespace Atom::Workflows
