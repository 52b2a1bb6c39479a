// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What runs want of the world outside.
#include "server/workflows/activerun.h"
#include "server/workflows/workflowerror.h"

#include <QtCore/QUrl>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
QJsonObject refused(const QString &detail)
{
    return makeError(ErrorType::Configuration, u"The task cannot run here"_s, detail, {});
}

QJsonObject startError(const Error &error)
{
    const bool invalid = error.code == Errc::ValidationFailed;
    QString detail = error.detail;
    for (const FieldError &field : error.fields.mid(0, 3))
        detail += u' ' + field.pointer + u": "_s + field.detail;
    return makeError(invalid                        ? ErrorType::Validation
                     : error.code == Errc::NotFound ? ErrorType::Configuration
                                                    : ErrorType::Runtime,
                     u"The workflow could not be started"_s, detail, {});
}

EffectOutcome outcomeOf(const RunSnapshot &child)
{
    if (child.status == RunStatus::Completed)
        return child.output;
    if (child.status == RunStatus::Faulted)
        return child.error;
    return makeError(ErrorType::Runtime, u"The workflow was cancelled"_s,
                     child.reason.isEmpty() ? u"run %1"_s.arg(child.id.toString()) : child.reason, {});
}
} // namespace

QCoro::Task<void> RunDriver::carryOutEffect(ActivePtr run, RunEffect effect, CancellationSource cancel)
{
    Deadline deadline;
    if (effect.deadline)
        deadline = Deadline::after(m_clock, std::max(milliseconds(0), *effect.deadline - m_clock.now()));
    Active::Answer answer;
    answer.key = effect.key;
    bool answered = true;
    if (effect.kind == RunEffect::Kind::Http) {
        answer.outcome = co_await sendCall(run, effect, deadline, cancel.token());
    } else if (effect.kind == RunEffect::Kind::Function) {
        answer.outcome = co_await callFunction(run, effect, deadline, cancel.token());
    } else {
        std::optional<EffectOutcome> outcome = co_await startSubflow(run, effect);
        answered = outcome.has_value();
        if (outcome)
            answer.outcome = std::move(*outcome);
    }
    // Stopped in the middle: the journal keeps it as started, so it is done again with the same key.
    if (m_scope.isClosing() || cancel.isCancelled() || run->gone)
        co_return;
    run->effects.erase(effect.key);
    if (answered)
        run->answers.append(std::move(answer));
    if (run->wake)
        run->wake();
}

QCoro::Task<Result<Connectors::HttpReply>> RunDriver::sendCall(ActivePtr run, RunEffect effect, Deadline deadline,
                                                               CancellationToken token)
{
    Connectors::HttpCall request = effect.call;
    const QUrl url(request.url);
    SpanScope span(m_traces, spanParent(*run, effect.reference), u"connector.call"_s);
    span.set(u"method"_s, QString::fromLatin1(request.method));
    span.set(u"host"_s, url.port() > 0 ? u"%1:%2"_s.arg(url.host()).arg(url.port()) : url.host());
    span.set(u"path"_s, run->machine.masked(url.path(QUrl::FullyEncoded)));
    span.set(u"attempt"_s, effect.attempt);
    if (effect.authentication != Authentication::Kind::None) {
        if (!m_authorizer) {
            span.fail(u"not authorized"_s);
            co_return Error(Errc::ValidationFailed, u"this kind of authentication is not supported here"_s);
        }
        std::variant<Connectors::HttpCall, QJsonObject> ready =
            co_await m_authorizer->authorize(effect, run->snapshot.workflow, deadline, token);
        if (ready.index() == 1) {
            span.fail(u"not authorized"_s);
            co_return Error(Errc::Unauthenticated, std::get<1>(ready).value(u"detail").toString());
        }
        request = std::get<0>(std::move(ready));
    }
    Result<Connectors::HttpReply> reply = co_await m_egress.send(request, deadline, token);
    if (reply) {
        span.set(u"status"_s, reply->status);
        span.set(u"bytes"_s, qint64(reply->body.size()));
        if (reply->status < 400)
            span.end();
        else
            span.fail(u"answered with status %1"_s.arg(reply->status));
    } else {
        span.set(u"code"_s, errcName(reply.error().code));
        span.fail(run->machine.masked(reply.error().detail));
    }
    co_return reply;
}

QCoro::Task<EffectOutcome> RunDriver::callFunction(ActivePtr run, RunEffect effect, Deadline deadline,
                                                   CancellationToken token)
{
    const QString name = effect.catalog.isEmpty() ? effect.function : effect.function + u'@' + effect.catalog;
    if (!m_functions || !m_functions->has(effect.function, effect.catalog))
        co_return EffectOutcome(refused(u"there is no function %1"_s.arg(name)));
    SpanScope span(m_traces, spanParent(*run, effect.reference), u"function.call"_s);
    span.set(u"name"_s, name);
    span.set(u"attempt"_s, effect.attempt);
    FunctionRequest request;
    request.name = effect.function;
    request.catalog = effect.catalog;
    request.arguments = effect.arguments;
    request.idempotencyKey = effect.idempotencyKey;
    request.run = run->snapshot.id;
    request.workflow = run->snapshot.workflow;
    request.room = run->snapshot.room;
    request.user = run->snapshot.startedBy;
    request.trace = span.child();
    EffectOutcome outcome = co_await m_functions->call(std::move(request), deadline, token);
    if (outcome.index() == 0)
        span.end();
    else
        span.fail(run->machine.masked(std::get<1>(outcome).value(u"title").toString()));
    co_return outcome;
}

// nullopt: it runs, and its end will be told by childEnded().
QCoro::Task<std::optional<EffectOutcome>> RunDriver::startSubflow(ActivePtr run, RunEffect effect)
{
    if (!m_startSubflow)
        co_return std::optional<EffectOutcome>(refused(u"other workflows cannot be started here"_s));
    if (run->depth + 1 > m_settings.subflowDepth) {
        co_return std::optional<EffectOutcome>(
            makeError(ErrorType::Runtime, u"Too many workflows inside of each other"_s,
                      u"at most %1 are possible"_s.arg(m_settings.subflowDepth), {}));
    }
    const TraceContext trace = spanParent(*run, effect.reference);
    Result<RunSnapshot> child = co_await m_startSubflow(effect, run->snapshot, trace, run->depth + 1);
    if (!child) {
        if (m_scope.isClosing())
            co_return std::nullopt;
        co_return std::optional<EffectOutcome>(startError(child.error()));
    }
    if (!effect.subflow.await)
        co_return std::optional<EffectOutcome>(effect.arguments);
    if (isTerminal(child->status))
        co_return std::optional<EffectOutcome>(outcomeOf(*child));
    const RunId id = child->id;
    run->children.insert(id, effect.key);
    if (isKnown(id))
        co_return std::nullopt;
    // It may have ended before it was known here.
    const Result<RunSnapshot> stored = co_await m_repository.run(id);
    if (stored && isTerminal(stored->status) && run->children.remove(id) > 0)
        co_return std::optional<EffectOutcome>(outcomeOf(*stored));
    co_return std::nullopt;
}

void RunDriver::childEnded(const RunSnapshot &child)
{
    if (child.parent.isEmpty() || m_scope.isClosing())
        return;
    const ActivePtr parent = m_active.value(child.parent);
    if (!parent) {
        if (m_dormant.contains(child.parent))
            kick(child.parent); // asks for its subflow again, and finds it ended
        return;
    }
    const QString key = parent->children.take(child.id);
    if (key.isEmpty())
        return;
    Active::Answer answer;
    answer.key = key;
    answer.outcome = outcomeOf(child);
    parent->answers.append(std::move(answer));
    if (parent->wake)
        parent->wake();
}

// A run that failed or was cancelled leaves nobody behind who works for it.
QCoro::Task<void> RunDriver::cancelChildren(RunId parent)
{
    const Result<QList<RunId>> children = co_await m_repository.openChildren(parent);
    if (!children || m_scope.isClosing())
        co_return;
    for (const RunId &child : *children)
        cancel(child, u"the run that started it has ended"_s);
}

} // namespace Atom::Workflows
