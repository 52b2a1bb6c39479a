// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunMachine that is about effects: requests, functions and other workflows.
#include "server/workflows/httptask.h"
#include "server/workflows/runmachine.h"
#include "server/workflows/workflowerror.h"

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
bool usesSecrets(const HttpArguments &http)
{
    for (const Template *part : {&http.endpoint, &http.headers, &http.query, &http.body, &http.authentication.fields}) {
        if (part->variables().contains(u"secrets"_s))
            return true;
    }
    return false;
}

Error refusal(const QString &text)
{
    return Error(Errc::Unauthenticated, text);
}
} // namespace

void RunMachine::startCall(Begun &begun, qint64 now)
{
    if (Node *node = open(begun, Phase::Effect, now))
        node->context = m_context;
}

// A function of the definition itself is its one task with the arguments as input; others are effects.
void RunMachine::startFunction(Begun &begun, qint64 now)
{
    const Task &task = *begun.task;
    if (!task.function.catalog.isEmpty() || task.tasks.empty()) {
        startCall(begun, now);
        return;
    }
    const Result<QJsonValue> arguments = evaluate(task.function.with, begun.input, bindings(begun.parent, &begun));
    if (!arguments) {
        fail(begun, expressionError(u"with"_s, arguments.error(), begun.reference), now);
        return;
    }
    if (Node *node = open(begun, Phase::Body, now)) {
        node->data = arguments->isNull() ? QJsonValue(QJsonObject()) : *arguments;
        makeReady(*node);
    }
}

// Made again after a restart from the same input and context: the same request.
Result<RunEffect> RunMachine::effectOf(const Node &node) const
{
    const Task &task = *node.task;
    RunEffect effect;
    effect.key = keyOf(node);
    effect.idempotencyKey = idempotencyKey(node);
    effect.reference = node.reference;
    effect.name = task.name;
    effect.attempt = node.attempt;
    if (const qint64 limit = deadlineAround(node))
        effect.deadline = fromMillis(limit);
    const Begun about = begunOf(node);
    Expressions::Bindings variables = bindings(node.parent, &about);
    variables.insert(u"context"_s, node.context);
    if (task.kind == TaskKind::CallHttp) {
        effect.kind = RunEffect::Kind::Http;
        if (!m_missingSecrets.isEmpty() && usesSecrets(task.http))
            return secretRefused();
        const Result<QByteArray> authorization = authorize(node, variables, effect);
        if (!authorization)
            return authorization.error();
        Result<Connectors::HttpCall> call = buildHttpCall(task.http, node.input, variables, effect.idempotencyKey);
        if (!call)
            return std::move(call.error());
        effect.call = std::move(*call);
        if (!authorization->isEmpty())
            effect.call.headers.append({"Authorization", *authorization});
        return effect;
    }
    const bool isFunction = task.kind == TaskKind::CallFunction;
    effect.kind = isFunction ? RunEffect::Kind::Function : RunEffect::Kind::Subflow;
    effect.function = task.function.name;
    effect.catalog = task.function.catalog;
    effect.subflow = task.subflow;
    const Result<QJsonValue> arguments =
        evaluate(isFunction ? task.function.with : task.subflow.input, node.input, variables);
    if (!arguments)
        return arguments.error();
    effect.arguments = arguments->isNull() ? QJsonValue(QJsonObject()) : *arguments;
    return effect;
}

// The value of the Authorization header, if it can be told here; what has to be asked for is left to the sender.
// `$authorization` becomes known to the request.
Result<QByteArray> RunMachine::authorize(const Node &node, Expressions::Bindings &variables, RunEffect &effect) const
{
    const Authentication &how = node.task->http.authentication;
    if (how.kind == Authentication::Kind::None)
        return QByteArray();
    QJsonObject fields;
    if (how.secret.isEmpty()) {
        const Result<QJsonValue> given = how.fields.evaluate(node.input, variables);
        if (!given)
            return given.error();
        fields = given->toObject();
    } else {
        if (!m_secrets.contains(how.secret))
            return Error(Errc::Forbidden, u"the secret %1 is not there or not allowed here"_s.arg(how.secret));
        fields = m_secrets.value(how.secret).toObject();
    }
    const auto text = [&fields](const QString &name) { return fields.value(name).toString(); };
    QString scheme, parameter;
    switch (how.kind) {
    case Authentication::Kind::Basic:
        if (!fields.value(u"username").isString() || !fields.value(u"password").isString())
            return refusal(u"basic authentication needs `username` and `password`"_s);
        scheme = u"Basic"_s;
        parameter = QString::fromLatin1((text(u"username"_s) + u':' + text(u"password"_s)).toUtf8().toBase64());
        break;
    case Authentication::Kind::Bearer:
        if (text(u"token"_s).isEmpty())
            return refusal(u"bearer authentication needs a `token`"_s);
        scheme = u"Bearer"_s;
        parameter = text(u"token"_s);
        break;
    case Authentication::Kind::Certificate:
        return refusal(u"authentication with a certificate is not supported"_s);
    case Authentication::Kind::None:
    case Authentication::Kind::Digest:
    case Authentication::Kind::OAuth2:
    case Authentication::Kind::Oidc:
    case Authentication::Kind::Connection:
        effect.authentication = how.kind;
        effect.authenticationFields = fields;
        effect.connection = how.connection;
        return QByteArray();
    }
    variables.insert(u"authorization"_s, QJsonObject{{u"scheme"_s, scheme}, {u"parameter"_s, parameter}});
    return (scheme + u' ' + parameter).toUtf8();
}

// Tells the caller of the effects it does not know yet. \return false: one cannot be made, and its task failed.
bool RunMachine::offerEffects(Node &node, qint64 now)
{
    if (node.isEffect() && !node.offered) {
        Result<RunEffect> effect = effectOf(node);
        if (!effect) {
            const Begun begun = close(node);
            const bool isSetting = effect.error().code == Errc::Unauthenticated;
            fail(begun,
                 isSetting ? makeError(ErrorType::Configuration, u"The request cannot be made"_s, effect.error().detail,
                                       begun.reference)
                           : expressionError(u"call"_s, effect.error(), begun.reference),
                 now);
            return false;
        }
        node.offered = true;
        if (effect->kind == RunEffect::Kind::Http)
            node.call = effect->call;
        m_out.start.append(std::move(*effect));
        return true;
    }
    for (size_t i = 0; i < node.children.size(); ++i) {
        if (!offerEffects(*node.children[i], now))
            return false;
    }
    return true;
}

void RunMachine::callFinished(const QString &key, const Result<Connectors::HttpReply> &reply, Timestamp time)
{
    const qint64 now = toMillis(time);
    if (!m_effects.contains(key) || isTerminal(m_status))
        return;
    // A call that ended because a time limit around it passed is that limit's error.
    if (!reply && reply.error().code == Errc::DeadlineExceeded && !m_suspendedAt) {
        while (expire(now)) {
        }
        if (isTerminal(m_status) || !m_effects.contains(key))
            return;
    }
    Node &node = *m_effects.value(key);
    const Task &task = *node.task;
    if (!node.call) {
        const Result<RunEffect> effect = effectOf(node);
        node.call = effect ? effect->call : Connectors::HttpCall();
    }
    const EffectOutcome outcome = readHttpReply(task.http, *node.call, reply, node.reference, RunLimits::valueBytes);
    effectFinished(key, outcome, time);
}

void RunMachine::effectFinished(const QString &key, const EffectOutcome &outcome, Timestamp time)
{
    const qint64 now = toMillis(time);
    Node *node = m_effects.value(key);
    if (!node || isTerminal(m_status))
        return;
    node->offered = false; // nothing to abort: it has ended
    Begun begun = close(*node);
    if (std::holds_alternative<QJsonValue>(outcome)) {
        complete(begun, std::get<QJsonValue>(outcome), now, begun.task->then);
        return;
    }
    QJsonObject error = std::get<QJsonObject>(outcome);
    error.insert(u"instance"_s, begun.reference);
    fail(begun, error, now);
}

} // namespace Atom::Workflows
