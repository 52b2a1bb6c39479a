// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/definitionreader.h"

#include "server/expressions/jsonvalues.h"
#include "server/workflows/durations.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
constexpr qsizetype maxIssues = 100; // of one definition; more help nobody

int editDistance(const QString &a, const QString &b)
{
    std::vector<int> row(size_t(b.size()) + 1);
    for (size_t j = 0; j < row.size(); ++j)
        row[j] = int(j);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        int diagonal = row[0];
        row[0] = int(i);
        for (size_t j = 1; j < row.size(); ++j) {
            const int substitute = diagonal + (a[i - 1].toLower() != b[qsizetype(j) - 1].toLower());
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
        }
    }
    return row.back();
}
} // namespace

QString DefinitionReader::didYouMean(const QString &word, const QStringList &known)
{
    if (word.size() > 40)
        return {};
    QString best;
    int bestDistance = std::max(2, int(word.size()) / 3) + 1;
    for (const QString &candidate : known) {
        const int distance = editDistance(word, candidate);
        if (distance < bestDistance) {
            bestDistance = distance;
            best = candidate;
        }
    }
    return best.isEmpty() ? QString() : u" Did you mean `%1`?"_s.arg(best);
}

void DefinitionReader::issue(const QString &pointer, const QString &message)
{
    const Position at = m_source.positionOf(pointer);
    if (m_issues.size() < maxIssues)
        m_issues.append({at.line, at.column, pointer, message});
}

void DefinitionReader::issueAtKey(const QString &pointer, const QString &message)
{
    const Position at = m_source.keyPositionOf(pointer);
    if (m_issues.size() < maxIssues)
        m_issues.append({at.line, at.column, pointer, message});
}

void DefinitionReader::checkKeys(const QJsonObject &object, const QString &pointer, const QStringList &known,
                                 const QStringList &unsupported)
{
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QString at = pointerJoin(pointer, it.key());
        if (unsupported.contains(it.key()))
            issueAtKey(at, u"`%1` is not supported yet."_s.arg(it.key()));
        else if (!known.contains(it.key()))
            issueAtKey(at, u"Unknown property `%1`.%2"_s.arg(it.key().left(64), didYouMean(it.key(), known)));
    }
}

std::optional<QJsonObject> DefinitionReader::object(const QJsonObject &parent, const QString &key,
                                                    const QString &pointer)
{
    const QJsonValue value = parent.value(key);
    if (value.isUndefined())
        return std::nullopt;
    if (value.isObject())
        return value.toObject();
    issue(pointerJoin(pointer, key), u"`%1` must be an object."_s.arg(key));
    return std::nullopt;
}

QString DefinitionReader::text(const QJsonObject &parent, const QString &key, const QString &pointer)
{
    const QJsonValue value = parent.value(key);
    if (!value.isUndefined() && !value.isString())
        issue(pointerJoin(pointer, key), u"`%1` must be text, not %2."_s.arg(key, Expressions::typeName(value)));
    return value.toString();
}

std::optional<milliseconds> DefinitionReader::duration(const QJsonObject &parent, const QString &key,
                                                       const QString &pointer)
{
    if (!parent.contains(key))
        return std::nullopt;
    const Result<milliseconds> parsed = parseDuration(parent.value(key));
    if (parsed)
        return *parsed;
    issue(pointerJoin(pointer, key), u"`%1`: %2."_s.arg(key, parsed.error().detail));
    return std::nullopt;
}

void DefinitionReader::checkVariables(const QStringList &used, const QString &pointer, Sees sees)
{
    QStringList known = {u"workflow"_s, u"runtime"_s};
    if (sees != Sees::WorkflowInput)
        known.append(u"context"_s);
    if (sees != Sees::WorkflowInput && sees != Sees::WorkflowOutput) {
        known.append(u"task"_s);
        known += m_variables;
    }
    if (sees == Sees::Inside || sees == Sees::After)
        known.append(u"input"_s);
    if (sees == Sees::After)
        known.append(u"output"_s);
    for (const QString &name : used) {
        if (!known.contains(name)) {
            issue(pointer,
                  u"The variable `$%1` is not defined here; defined are $%2."_s.arg(name, known.join(u", $"_s)));
        }
    }
}

std::optional<Expression> DefinitionReader::condition(const QJsonObject &parent, const QString &key,
                                                      const QString &pointer, Sees sees)
{
    if (!parent.contains(key))
        return std::nullopt;
    const QString at = pointerJoin(pointer, key);
    if (parent.value(key).isBool()) // `when: true` without quotes
        return *Expression::compile(parent.value(key).toBool() ? u"true"_s : u"false"_s);
    if (!parent.value(key).isString()) {
        issue(at, u"`%1` must be an expression."_s.arg(key));
        return std::nullopt;
    }
    Result<Expression> expression = Expression::compileCondition(parent.value(key).toString());
    if (!expression) {
        issue(at, u"`%1`: %2."_s.arg(key, expression.error().detail));
        return std::nullopt;
    }
    checkVariables(expression->variables(), at, sees);
    return *expression;
}

Template DefinitionReader::expressions(const QJsonValue &value, const QString &pointer, Sees sees, bool loose)
{
    QList<FieldError> errors;
    Template compiled =
        loose ? Template::compileLoose(value, pointer, errors) : Template::compile(value, pointer, errors);
    for (const FieldError &error : errors)
        issue(error.pointer, error.detail + u'.');
    checkVariables(compiled.variables(), pointer, sees);
    return compiled;
}

namespace {
void readDocument(DefinitionReader &reader, const QJsonObject &root, Definition &definition)
{
    const QString pointer = u"/document"_s;
    const std::optional<QJsonObject> document = reader.object(root, u"document"_s, {});
    if (!document) {
        if (!root.contains(u"document"))
            reader.issue({}, u"`document` is missing: {dsl, namespace, name, version}."_s);
        return;
    }
    definition.document = *document;
    reader.checkKeys(
        *document, pointer,
        {u"dsl"_s, u"namespace"_s, u"name"_s, u"version"_s, u"title"_s, u"summary"_s, u"tags"_s, u"metadata"_s});
    static const QRegularExpression name(u"\\A[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\z"_s);
    static const QRegularExpression version(
        u"\\A(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})(?:[-+][0-9A-Za-z.+-]{1,64})?\\z"_s);
    for (const QString &key : {u"dsl"_s, u"namespace"_s, u"name"_s, u"version"_s}) {
        const QString value = reader.text(*document, key, pointer);
        if (!document->contains(key)) {
            reader.issue(pointer, u"`document.%1` is missing."_s.arg(key));
        } else if (document->value(key).isString()) {
            const bool isVersion = key == u"dsl" || key == u"version";
            if (!(isVersion ? version : name).match(value).hasMatch()) {
                reader.issue(pointerJoin(pointer, key),
                             isVersion ? u"`%1` must be a semantic version like 1.0.0."_s.arg(key)
                                       : u"`%1` must be 1 to 63 letters, digits or hyphens."_s.arg(key));
            } else if (key == u"dsl" && !value.startsWith(u"1.0.")) {
                reader.issue(u"/document/dsl"_s, u"DSL version %1 is not supported; 1.0.x is."_s.arg(value));
            }
        }
    }
    definition.summary.id =
        WorkflowId::fromString(document->value(u"namespace").toString() + u'.' + document->value(u"name").toString());
    definition.summary.version = document->value(u"version").toString();
    const QString title = reader.text(*document, u"title"_s, pointer);
    definition.summary.title = title.isEmpty() ? document->value(u"name").toString() : title;
}

QHash<QString, RetryPolicy> readUse(DefinitionReader &reader, const QJsonObject &root)
{
    QHash<QString, RetryPolicy> retries;
    const std::optional<QJsonObject> use = reader.object(root, u"use"_s, {});
    if (!use)
        return retries;
    reader.checkKeys(*use, u"/use"_s, {u"retries"_s},
                     {u"authentications"_s, u"errors"_s, u"extensions"_s, u"functions"_s, u"secrets"_s, u"timeouts"_s,
                      u"catalogs"_s});
    if (const auto named = reader.object(*use, u"retries"_s, u"/use"_s)) {
        for (auto it = named->begin(); it != named->end(); ++it) {
            const QString at = pointerJoin(u"/use/retries"_s, it.key());
            if (it.value().isObject())
                retries.insert(it.key(), TaskReader::retryPolicy(reader, it.value().toObject(), at));
            else
                reader.issue(at, u"A retry policy must be an object."_s);
        }
    }
    return retries;
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
    reader.checkKeys(root, {}, {u"document"_s, u"input"_s, u"use"_s, u"do"_s, u"timeout"_s, u"output"_s, u"evaluate"_s},
                     {u"schedule"_s});
    readDocument(reader, root, *definition);
    if (const auto evaluate = reader.object(root, u"evaluate"_s, {})) {
        reader.checkKeys(*evaluate, u"/evaluate"_s, {u"language"_s, u"mode"_s});
        if (evaluate->contains(u"language") && evaluate->value(u"language") != u"jq"_s)
            reader.issue(u"/evaluate/language"_s, u"Only the expression language `jq` is supported."_s);
        if (evaluate->contains(u"mode") && evaluate->value(u"mode") != u"strict"_s)
            reader.issue(u"/evaluate/mode"_s, u"Only the mode `strict` is supported yet."_s);
    }
    if (const auto input = reader.object(root, u"input"_s, {})) {
        reader.checkKeys(*input, u"/input"_s, {u"schema"_s, u"from"_s});
        if (const auto schema = reader.object(*input, u"schema"_s, u"/input"_s)) {
            QList<FieldError> errors;
            definition->inputSchema = Schema::parse(*schema, u"/input/schema"_s, errors);
            for (const FieldError &e : errors)
                reader.issueAtKey(e.pointer, e.detail + u'.');
        }
        if (input->contains(u"from")) {
            definition->inputFrom = reader.expressions(input->value(u"from"), u"/input/from"_s,
                                                       DefinitionReader::Sees::WorkflowInput, true);
        }
    }
    if (const auto output = reader.object(root, u"output"_s, {})) {
        reader.checkKeys(*output, u"/output"_s, {u"as"_s}, {u"schema"_s});
        if (output->contains(u"as")) {
            definition->outputAs =
                reader.expressions(output->value(u"as"), u"/output/as"_s, DefinitionReader::Sees::WorkflowOutput, true);
        }
    }
    if (root.value(u"timeout").isString()) {
        reader.issue(u"/timeout"_s, u"A named timeout (use.timeouts) is not supported yet."_s);
    } else if (const auto timeout = reader.object(root, u"timeout"_s, {})) {
        reader.checkKeys(*timeout, u"/timeout"_s, {u"after"_s});
        if (const auto after = reader.duration(*timeout, u"after"_s, u"/timeout"_s))
            definition->timeout = DurationValue{*after, {}};
    }
    const QHash<QString, RetryPolicy> retries = readUse(reader, root);
    if (root.contains(u"do"))
        definition->tasks = TaskReader(reader, retries).list(root.value(u"do"), u"/do"_s, 1);
    else
        reader.issue({}, u"`do`, the list of tasks, is missing."_s);
    std::stable_sort(issues.begin(), issues.end(), [](const DefinitionIssue &a, const DefinitionIssue &b) {
        return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
    return definition;
}

} // namespace Atom::Workflows
