// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/definitionreader.h"

#include "server/expressions/jsonvalues.h"
#include "server/workflows/durations.h"

#include <QtCore/QJsonArray>
#include <QtCore/QRegularExpression>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
// Where the program begins in a text that may be wrapped in `${ }`.
qsizetype bodyOffset(const QString &text)
{
    return Expressions::isExpressionText(text) ? text.indexOf(u"${") + 2 : 0;
}
QString bodyOf(const QString &text)
{
    return Expressions::isExpressionText(text) ? Expressions::expressionBody(text) : text;
}
} // namespace

void DefinitionReader::issue(const QString &pointer, const QString &message)
{
    if (isFull())
        return;
    const Position at = m_source.positionOf(pointer);
    m_issues.append({at.line, at.column, pointer, message});
}

void DefinitionReader::issueAtKey(const QString &pointer, const QString &message)
{
    if (isFull())
        return;
    const Position at = m_source.keyPositionOf(pointer);
    m_issues.append({at.line, at.column, pointer, message});
}

void DefinitionReader::issueInside(const QString &pointer, qsizetype offset, const QString &message)
{
    if (isFull())
        return;
    const Position at = m_source.positionInside(pointer, textAt(pointer), offset);
    m_issues.append({at.line, at.column, pointer, message});
}

QString DefinitionReader::textAt(const QString &pointer) const
{
    QJsonValue value = m_source.value;
    const QStringList tokens = pointer.split(u'/').mid(1);
    for (QString token : tokens) {
        token.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
        value = value.isArray() ? value.toArray().at(token.toLongLong()) : value.toObject().value(token);
    }
    return value.toString();
}

void DefinitionReader::checkKeys(const QJsonObject &object, const QString &pointer, const QStringList &known)
{
    for (auto it = object.begin(); it != object.end() && !isFull(); ++it) {
        if (!known.contains(it.key())) {
            issueAtKey(pointerJoin(pointer, it.key()),
                       u"Unknown property `%1`.%2"_s.arg(it.key().left(64), hint(it.key(), known)));
        }
    }
}

bool DefinitionReader::require(const QJsonObject &object, const QString &pointer, const QStringList &keys)
{
    bool all = true;
    for (const QString &key : keys) {
        if (object.contains(key))
            continue;
        all = false;
        issue(pointer, u"`%1` is missing here."_s.arg(key));
    }
    return all;
}

std::optional<QJsonObject> DefinitionReader::object(const QJsonObject &parent, const QString &key,
                                                    const QString &pointer)
{
    const QJsonValue value = parent.value(key);
    if (value.isUndefined())
        return std::nullopt;
    if (value.isObject())
        return value.toObject();
    issue(pointerJoin(pointer, key),
          u"`%1` must be an object, not %2."_s.arg(key.left(64), Expressions::typeName(value)));
    return std::nullopt;
}

QString DefinitionReader::text(const QJsonObject &parent, const QString &key, const QString &pointer)
{
    const QJsonValue value = parent.value(key);
    if (!value.isUndefined() && !value.isString())
        issue(pointerJoin(pointer, key), u"`%1` must be text, not %2."_s.arg(key, Expressions::typeName(value)));
    return value.toString();
}

bool DefinitionReader::flag(const QJsonObject &parent, const QString &key, const QString &pointer, bool absent)
{
    const QJsonValue value = parent.value(key);
    if (!value.isUndefined() && !value.isBool())
        issue(pointerJoin(pointer, key), u"`%1` is true or false."_s.arg(key));
    return value.toBool(absent);
}

QString DefinitionReader::choice(const QJsonObject &parent, const QString &key, const QString &pointer,
                                 const QStringList &allowed)
{
    const QJsonValue value = parent.value(key);
    if (value.isUndefined())
        return allowed.first();
    if (allowed.contains(value.toString()))
        return value.toString();
    issue(pointerJoin(pointer, key),
          u"`%1` is one of %2.%3"_s.arg(key, allowed.join(u", "_s), hint(value.toString(), allowed)));
    return allowed.first();
}

QString DefinitionReader::variableName(const QJsonObject &parent, const QString &key, const QString &pointer,
                                       const QString &absent)
{
    if (!parent.contains(key))
        return absent;
    static const QRegularExpression form(u"\\A[A-Za-z_][A-Za-z0-9_]{0,63}\\z"_s);
    static const QStringList reserved = {u"context"_s,  u"input"_s,   u"output"_s, u"secrets"_s, u"authorization"_s,
                                         u"workflow"_s, u"runtime"_s, u"task"_s,   u"ENV"_s,     u"__loc__"_s};
    const QString name = text(parent, key, pointer);
    if (parent.value(key).isString() && !form.match(name).hasMatch())
        issue(pointerJoin(pointer, key), u"`%1` must be a variable name without `$`."_s.arg(key));
    else if (reserved.contains(name))
        issue(pointerJoin(pointer, key), u"`$%1` has a meaning already; take another name."_s.arg(name));
    return name.isEmpty() ? absent : name;
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

std::optional<DurationValue> DefinitionReader::durationValue(const QJsonObject &parent, const QString &key,
                                                             const QString &pointer, Sees sees)
{
    DurationValue out;
    if (Expressions::isExpressionText(parent.value(key).toString())) {
        out.computed = expressions(parent.value(key), pointerJoin(pointer, key), sees);
        return out;
    }
    const std::optional<milliseconds> fixed = duration(parent, key, pointer);
    if (!fixed)
        return std::nullopt;
    out.fixed = *fixed;
    return out;
}

QStringList DefinitionReader::visible(Sees sees) const
{
    if (sees == Sees::Trigger)
        return {};
    QStringList known = {u"workflow"_s, u"runtime"_s};
    if (sees != Sees::WorkflowInput)
        known.append(u"context"_s);
    if (sees != Sees::WorkflowInput && sees != Sees::WorkflowOutput) {
        known.append(u"task"_s);
        known += m_variables;
    }
    if (sees == Sees::Inside || sees == Sees::After)
        known.append(u"input"_s);
    if (sees == Sees::After) {
        known.append(u"output"_s);
        if (m_authorizes)
            known.append(u"authorization"_s);
    }
    if (!m_secrets.isEmpty() && sees != Sees::WorkflowOutput)
        known.append(u"secrets"_s);
    return known;
}

void DefinitionReader::undefined(const QString &pointer, const QString &name, const QString &message)
{
    if (isFull())
        return;
    const QRegularExpression use(u"\\$\\s*"_s + QRegularExpression::escape(name) + u"(?![A-Za-z0-9_])"_s);
    issueInside(pointer, textAt(pointer).indexOf(use), message);
}

void DefinitionReader::checkVariables(const Expression &expression, const QString &pointer, Sees sees)
{
    const QStringList known = visible(sees);
    for (const QString &name : expression.variables()) {
        if (known.contains(name))
            continue;
        if (name == u"secrets" && m_secrets.isEmpty() && sees != Sees::Trigger && sees != Sees::WorkflowOutput) {
            undefined(pointer, name, u"`$secrets` is empty: declare the names in `use.secrets`."_s);
            continue;
        }
        const QString rest = known.isEmpty() ? u"no variables are."_s : u"defined are $%1."_s.arg(known.join(u", $"_s));
        undefined(pointer, name, u"The variable `$%1` is not defined here; %2"_s.arg(name.left(64), rest));
    }
    for (const QString &secret : expression.fieldsOf(u"secrets"_s)) {
        if (!secret.isNull() && !m_secrets.contains(secret) && !m_secrets.isEmpty()) {
            undefined(
                pointer, u"secrets"_s,
                u"The secret `%1` is not declared in `use.secrets`.%2"_s.arg(secret.left(64), hint(secret, m_secrets)));
        }
    }
}

void DefinitionReader::badExpression(const QString &pointer, const QString &what, const Error &error)
{
    if (isFull())
        return;
    const QString text = textAt(pointer);
    qsizetype at = 0;
    const Result<Expression> again = Expression::compile(bodyOf(text), &at);
    const QString reason = again ? error.detail : again.error().detail;
    const QString whose = reason.contains(u" column ") ? u" of the expression"_s : QString();
    issueInside(pointer, bodyOffset(text) + at, u"%1%2%3."_s.arg(what, reason, whose));
}

std::optional<Expression> DefinitionReader::condition(const QJsonObject &parent, const QString &key,
                                                      const QString &pointer, Sees sees)
{
    return parent.contains(key) ? condition(parent.value(key), pointerJoin(pointer, key), sees) : std::nullopt;
}

std::optional<Expression> DefinitionReader::condition(const QJsonValue &value, const QString &pointer, Sees sees)
{
    const QString key = pointer.section(u'/', -1);
    if (value.isBool()) // `when: true` without quotes
        return *Expression::compile(value.toBool() ? u"true"_s : u"false"_s);
    if (!value.isString()) {
        issue(pointer, u"`%1` must be an expression."_s.arg(key));
        return std::nullopt;
    }
    Result<Expression> expression = Expression::compileCondition(value.toString());
    if (!expression) {
        badExpression(pointer, u"`%1`: "_s.arg(key), expression.error());
        return std::nullopt;
    }
    checkVariables(*expression, pointer, sees);
    return *expression;
}

Template DefinitionReader::expressions(const QJsonValue &value, const QString &pointer, Sees sees, bool loose)
{
    QList<FieldError> errors;
    Template compiled =
        loose ? Template::compileLoose(value, pointer, errors) : Template::compile(value, pointer, errors);
    for (const FieldError &error : errors)
        badExpression(error.pointer, {}, Error(Errc::ValidationFailed, error.detail));
    const QHash<QString, Expression> &all = compiled.expressions();
    for (auto it = all.begin(); it != all.end(); ++it)
        checkVariables(it.value(), pointer + it.key(), sees);
    return compiled;
}

Schema DefinitionReader::schema(const QJsonObject &parent, const QString &pointer)
{
    const std::optional<QJsonObject> part = object(parent, u"schema"_s, pointer);
    if (!part)
        return {};
    QList<FieldError> errors;
    Schema out = Schema::parse(*part, pointerJoin(pointer, u"schema"_s), errors);
    for (const FieldError &e : errors)
        issueAtKey(e.pointer, e.detail + (e.detail.endsWith(u'?') ? QString() : u"."_s));
    return out;
}

} // namespace Atom::Workflows
