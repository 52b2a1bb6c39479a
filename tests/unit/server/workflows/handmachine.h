// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/jsonvalues.h"
#include "server/workflows/definitionreader.h"
#include "server/workflows/runmachine.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QSet>

#include <functional>

namespace Atom::Workflows {

inline QJsonValue json(const QByteArray &text)
{
    return QJsonDocument::fromJson("[" + text + "]").array().first();
}

inline QByteArray keyOf(const Connectors::HttpCall &call)
{
    for (const auto &[name, value] : call.headers) {
        if (name == "Idempotency-Key")
            return value;
    }
    return {};
}

//! \brief Runs a machine by hand: a clock that moves only in waits, answers from a list or a function, events one at a
//! time when it listens. With `restarts` the machine is thrown away and made again from its cursor after each
//! transition, as after a crash; with `crashAt` once, after that transition.
class Hand
{
public:
    explicit Hand(const QByteArray &source, const QByteArray &input = "{}") : m_input(json(input))
    {
        QList<DefinitionIssue> issues;
        m_definition = parseDefinition(source, issues);
        if (!issues.isEmpty())
            qFatal("%s", qPrintable(issues.first().pointer + QStringLiteral(": ") + issues.first().message));
        begin();
    }
    Hand(std::shared_ptr<const Definition> definition, const QByteArray &input)
        : m_definition(std::move(definition)), m_input(json(input))
    {
        begin();
    }
    void begin()
    {
        m_machine = std::make_unique<RunMachine>(m_definition, RunId("run"), m_input, now);
        m_machine->setSecrets(secrets);
    }
    //! \return false: it waits for something that does not come.
    bool run()
    {
        for (int i = 0; i < 100'000; ++i) {
            const RunAdvance next = m_machine->advance(now);
            for (const QString &key : next.abort)
                drop(key);
            open += next.start;
            emitted += next.emitted;
            for (const StepRecord &step : next.steps)
                note(step);
            if (next.changed && (restarts || ++transitions == crashAt)) {
                restart();
                continue;
            }
            if (next.ended)
                return true;
            if (next.more)
                continue;
            if (!open.isEmpty()) {
                answerOne();
            } else if (!events.isEmpty() && m_machine->isListening()) {
                taken.append(m_machine->eventArrived(events.takeFirst(), now));
            } else if (next.wakeAt) {
                waits.append((*next.wakeAt - now).count());
                now = *next.wakeAt;
            } else {
                return false;
            }
        }
        qFatal("the run does not end");
    }
    void restart()
    {
        const QJsonObject cursor = QJsonDocument::fromJson(QJsonDocument(m_machine->cursor()).toJson()).object();
        cursors.append(cursor);
        Result<RunMachine> again =
            RunMachine::restore(m_definition, RunId("run"), m_input, fromMillis(1000), cursor, secrets);
        if (!again)
            qFatal("%s", qPrintable(again.error().detail));
        m_machine = std::make_unique<RunMachine>(std::move(*again));
        open.clear();
    }
    void answer(int status, const QByteArray &body, const QByteArray &type = "application/json")
    {
        answers.append(reply(status, body, type));
    }
    static Connectors::HttpReply reply(int status, const QByteArray &body, const QByteArray &type = "application/json")
    {
        Connectors::HttpReply reply;
        reply.status = status;
        reply.body = body;
        reply.headers = {{"content-type", type}};
        return reply;
    }
    QByteArray output() const { return Expressions::toJsonText(m_machine->output()); }
    RunStatus status() const { return m_machine->status(); }
    const QJsonObject &error() const { return m_machine->error(); }
    QStringList named(RunStatus status) const
    {
        QStringList list;
        for (const StepRecord &s : steps) {
            if (s.status == status)
                list.append(s.name);
        }
        return list;
    }
    QStringList completed() const { return named(RunStatus::Completed); }
    RunMachine &machine() { return *m_machine; }
    const std::shared_ptr<const Definition> &definition() const { return m_definition; }

    Timestamp now = fromMillis(1000);
    bool restarts = false;
    int crashAt = 0, transitions = 0;
    QJsonObject secrets;
    QList<Result<Connectors::HttpReply>> answers;
    std::function<Result<Connectors::HttpReply>(const Connectors::HttpCall &)> service; //!< instead of `answers`
    std::function<EffectOutcome(const RunEffect &)> function;
    std::function<int(const QList<RunEffect> &)> choose; //!< which of the open effects is answered next
    QList<QJsonObject> events;
    QList<bool> taken;
    QList<Connectors::HttpCall> calls;
    QList<RunEffect> asked; //!< every effect that was answered
    QStringList aborted;    //!< keys
    QList<QJsonObject> emitted, cursors;
    QList<qint64> waits;
    QList<StepRecord> steps;
    QList<RunEffect> open;

private:
    void drop(const QString &key)
    {
        aborted.append(key);
        open.removeIf([&](const RunEffect &e) { return e.key == key; });
    }
    void answerOne()
    {
        const RunEffect effect = open.takeAt(choose ? choose(open) : 0);
        // An effect that was answered is never asked for again.
        const QString identity = effect.key + u'#' + QString::number(effect.attempt);
        if (m_answered.contains(identity))
            qFatal("asked for again: %s", qPrintable(identity));
        m_answered.insert(identity);
        asked.append(effect);
        if (effect.kind != RunEffect::Kind::Http) {
            m_machine->effectFinished(effect.key, function ? function(effect) : EffectOutcome(QJsonValue()), now);
            return;
        }
        calls.append(effect.call);
        Result<Connectors::HttpReply> reply = service             ? service(effect.call)
                                              : answers.isEmpty() ? Error(Errc::UpstreamFailed, QStringLiteral("gone"))
                                                                  : answers.takeFirst();
        if (!reply && reply.error().code == Errc::DeadlineExceeded && effect.deadline)
            now = *effect.deadline;
        m_machine->callFinished(effect.key, reply, now);
    }
    void note(const StepRecord &step)
    {
        for (StepRecord &s : steps) {
            if (s.attempt == step.attempt && s.reference == step.reference) {
                s = step;
                return;
            }
        }
        steps.append(step);
    }
    std::shared_ptr<const Definition> m_definition;
    QJsonValue m_input;
    std::unique_ptr<RunMachine> m_machine;
    QSet<QString> m_answered;
};

} // namespace Atom::Workflows
